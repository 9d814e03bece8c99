//! Files that were made to be misread, or to take long: each is read as it is or refused, in a
//! time that grows with its length. A pass that is quadratic takes minutes for these.

use std::fmt::Write as _;

use ascript::conf::{Document, SettingValue, find};
use ascript::fault::nearest;
use ascript::state::{Section, SectionKind};

/// U+FEFF is a character as others inside a file.
const MARK: char = '\u{feff}';

fn read(text: &str) -> Document {
    Document::parse(text.as_bytes().to_vec()).unwrap()
}

fn get(document: &Document, section: &Section, name: &str) -> Option<String> {
    match document.get(section, find(section, name).unwrap())? {
        SettingValue::Text(text) => Some(text.into_owned()),
        SettingValue::Secret(_) | SettingValue::Hidden => None,
    }
}

fn set(document: &mut Document, section: &Section, name: &str, value: &str) {
    let setting = find(section, name).unwrap();
    document.set(section, setting, Some(SettingValue::Text(value.into())));
}

#[test]
fn a_byte_order_mark_inside_a_file_moves_nothing() {
    let name = "<server_name>old</server_name>";
    let port = "<http_port>9091</http_port>";
    for server in [
        format!("{MARK}\n  {name}\n  {port}\n"),
        format!("{MARK}{name}{port}"),
        format!("{name}{MARK}{MARK}{port}"),
        format!("<!-- {MARK} -->{MARK}<{MARK}x/>{name}{port}"),
    ] {
        let mut document = read(&format!("<CONF>\n<server>{server}</server>\n</CONF>\n"));
        let server = Section::Server;
        assert_eq!(get(&document, &server, "server_name").unwrap(), "old");
        assert_eq!(get(&document, &server, "http_port").unwrap(), "9091");
        document.findings();
        set(&mut document, &server, "server_name", "new");
        let bytes = String::from_utf8(document.to_bytes()).unwrap();
        assert!(bytes.contains("<server_name>new</server_name>"), "{bytes}");
        let diff = document.diff();
        assert!(diff.contains("<server_name>new</server_name>"), "{diff}");
    }
}

#[test]
fn a_byte_order_mark_is_part_of_a_value() {
    let document = read(&format!(
        "<CONF><server><server_name>{MARK}a&amp;b</server_name></server></CONF>"
    ));
    let name = get(&document, &Section::Server, "server_name");
    assert_eq!(name.unwrap(), format!("{MARK}a&b"));
}

#[test]
fn what_cannot_be_read_without_doubt_is_refused() {
    let entity = |value: &str, inside: &str| {
        format!("<!DOCTYPE CONF [<!ENTITY e '{value}'>]>\n<CONF>{inside}</CONF>")
    };
    for (text, line, what) in [
        (
            "<?xml version='1.0' encoding=é'UTF-8'?>\n<CONF version=\"2\"/>",
            1,
            "quotes",
        ),
        (
            "<?xml version='1.0' encoding='UTF-8?>\n<CONF version=\"2\"/>",
            1,
            "quotes",
        ),
        (&format!("{MARK}\n{MARK}<CONF/>"), 2, "outside the root"),
        (
            &format!("{MARK}{MARK}<?xml version='1.0'?><CONF/>"),
            1,
            "outside the root",
        ),
        (&entity("&e;", "&e;"), 2, "refers to itself"),
        (&entity("&other;", "&e;"), 2, "not declared"),
        (
            &entity(&"x".repeat(10_000), &"&e;".repeat(1000)),
            2,
            "too much text",
        ),
        (
            &nested_entities("<server_name>&e7;</server_name>"),
            2,
            "too much text",
        ),
        (
            "<!DOCTYPE CONF>\n<!DOCTYPE CONF>\n<CONF/>",
            2,
            "second DOCTYPE",
        ),
    ] {
        let error = Document::parse(text.as_bytes().to_vec()).unwrap_err();
        assert!(error.what.contains(what), "{error}");
        assert_eq!(error.line, line, "{error}");
    }
}

/// Entities that stand for nothing, after 16 to the power of 7 references.
fn nested_entities(inside: &str) -> String {
    let mut doctype = "<!ENTITY e0 ''>".to_owned();
    for level in 1..8 {
        let value = format!("&e{};", level - 1).repeat(16);
        let _ = write!(doctype, "<!ENTITY e{level} '{value}'>");
    }
    format!("<!DOCTYPE CONF [{doctype}]>\n<CONF><server>{inside}</server></CONF>")
}

#[test]
fn entities_that_nothing_refers_to_cost_nothing() {
    let document = read(&nested_entities("<server_name>&e1;a</server_name>"));
    assert_eq!(
        get(&document, &Section::Server, "server_name").unwrap(),
        "a"
    );
}

/// Many of one thing, numbered where its text has a `#`.
fn many(count: usize, text: &str) -> String {
    let numbered = (0..count).map(|number| text.replace('#', &number.to_string()));
    numbered.collect()
}

fn users(inside: &str) -> String {
    format!("<aaa><realms><realm><users>{inside}</users></realm></realms></aaa>")
}

/// Files of which some part is there thousands of times.
fn long_files() -> Vec<(&'static str, String)> {
    const MANY: usize = 40_000;
    const FEWER: usize = 5000;
    let cap = "<transfer><in><bandwidth><flow><target_rate><cap>20000</cap></target_rate></flow>\
               </bandwidth></in></transfer>";
    let named = |name: &str| format!("<user><name>{name}</name>{cap}</user>\n");
    let attributes = many(MANY, " a#='x'");
    vec![
        ("unknown elements", many(MANY, "<unknown#/>\n")),
        (
            "unknown elements of a section",
            format!("<server>{}</server>", many(FEWER, "<server_nam#e/>\n")),
        ),
        ("equal users", users(&many(MANY, &named("u")))),
        (
            "users with rates, and a long default section",
            format!(
                "<default>{}</default>{}",
                many(MANY, "<unknown/>"),
                users(&many(FEWER, &named("u#")))
            ),
        ),
        (
            "rules",
            format!(
                "<server><rproxy><rules>{}</rules></rproxy></server>",
                many(MANY, "<rule><host>h#</host></rule>\n")
            ),
        ),
        (
            "conditions",
            format!(
                "<default><file_system><access><paths><path>{}</path></paths></access>\
                 </file_system></default>",
                many(MANY, "<absolute peer_ip='#'>/srv</absolute>\n")
            ),
        ),
        ("attributes", format!("<x{attributes}/><WEB{attributes}/>")),
        (
            "secrets in a comment",
            format!("<!--{}-->", many(MANY, "password ")),
        ),
        (
            "references in CDATA",
            format!("<x>s3://<![CDATA[{}]]></x>", "&".repeat(1_000_000)),
        ),
        (
            "URLs in one word",
            format!("<x>{}</x>", "a://".repeat(250_000)),
        ),
        (
            "users on one line",
            users(&many(FEWER, &named("u#").replace('\n', ""))),
        ),
    ]
}

#[test]
fn every_pass_over_a_file_takes_time_by_its_length() {
    for (what, inside) in long_files() {
        let document = read(&format!("<CONF>\n{inside}\n</CONF>\n"));
        document.findings();
        let masked = document.mask(&mut |_| "masked".to_owned());
        assert!(!masked.text.is_empty(), "{what}");
        for section in [Section::Server, Section::Node, Section::HttpServer] {
            document.variants(&section);
            document.settings(&section);
        }
        let mut edited = document.clone();
        for name in document.names(SectionKind::User) {
            set(
                &mut edited,
                &Section::User(name.into()),
                "absolute",
                "/srv/new",
            );
        }
        set(&mut edited, &Section::Node, "read_allowed", "false");
        drop(edited.check(&Section::Node));
        assert!(edited.diff().contains("false"), "{what}");
        let edited = edited.apply_edits(&mut |_, _| String::new()).unwrap();
        assert!(!document.differences(&edited).is_empty(), "{what}");
    }
}

#[test]
fn entities_that_a_file_refers_to_are_found_in_one_pass() {
    let declared = many(40_000, "<!ENTITY e# 'x'>");
    let used = many(40_000, "<x>&e#;</x><password>&e#;</password>\n");
    let document = read(&format!(
        "<!DOCTYPE CONF [{declared}]>\n<CONF>{used}</CONF>"
    ));
    let masked = document.mask(&mut |_| "masked".to_owned());
    assert!(masked.text.contains("<!ENTITY e0 \"masked\">"));
}

#[test]
fn a_very_long_name_is_compared_with_no_other() {
    let name = "abs".repeat(1_000_000);
    assert_eq!(nearest(&name, ["absolute", "absabs"].repeat(1000)), None);
}
