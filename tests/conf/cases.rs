//! Files of particular shapes, and how edits change them.

use ascript::conf::{Document, SettingValue, find};
use ascript::state::{Secret, Section};

fn server_name(bytes: &[u8], name: &str) -> Vec<u8> {
    let mut document = Document::parse(bytes.to_vec()).unwrap();
    let setting = find(&Section::Server, "server_name").unwrap();
    document.set(
        &Section::Server,
        setting,
        Some(SettingValue::Text(name.to_owned().into())),
    );
    let bytes = document.to_bytes();
    let again = Document::parse(bytes.clone()).unwrap();
    assert_eq!(
        again.get(&Section::Server, setting),
        Some(SettingValue::Text(name.to_owned().into()))
    );
    bytes
}

#[test]
fn a_file_on_one_line_stays_on_one_line() {
    assert_eq!(
        server_name(b"<CONF/>", "a"),
        b"<CONF><server><server_name>a</server_name></server></CONF>"
    );
}

#[test]
fn new_elements_of_a_blank_document_have_their_own_lines() {
    let bytes = server_name(&Document::blank().to_bytes(), "a");
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        "<?xml version='1.0' encoding='UTF-8'?>\n<CONF version=\"2\">\n  <server>\n    \
         <server_name>a</server_name>\n  </server>\n</CONF>\n"
    );
}

#[test]
fn new_elements_take_tabs_and_line_ends() {
    let file =
        b"<CONF>\r\n\t<server>\r\n\t\t<http_port>1</http_port>\r\n\t</server>\r\n</CONF>\r\n";
    assert_eq!(
        server_name(file, "a"),
        b"<CONF>\r\n\t<server>\r\n\t\t<http_port>1</http_port>\r\n\t\t<server_name>a</server_name>\
          \r\n\t</server>\r\n</CONF>\r\n"
    );
}

#[test]
fn the_encoding_stays() {
    let text = "<CONF>é</CONF>";
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let bytes = server_name(&utf16, "€");
    assert!(bytes.starts_with(&utf16[..utf16.len() - 14]));
    let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><CONF>\xe9</CONF>";
    let bytes = server_name(latin, "é€");
    assert!(bytes.windows(10).any(|w| w == b">\xe9&#8364;<"));
    let marked = server_name("\u{feff}<CONF/>".as_bytes(), "a");
    assert!(marked.starts_with(b"\xef\xbb\xbf<CONF><server>"));
}

#[test]
fn what_is_not_aspera_conf_is_unreadable() {
    for bytes in [
        &b""[..],
        b"not XML",
        b"\x7fELF\0\0",
        b"<html/>",
        b"<CONF>\xff</CONF>",
        b"\xff\xfe<",
    ] {
        Document::parse(bytes.to_vec()).unwrap_err();
    }
    let deep = "<CONF>".repeat(10_000) + "</CONF>".repeat(10_000).as_str();
    let error = Document::parse(deep.into_bytes()).unwrap_err();
    assert!(error.what.contains("300"));
}

#[test]
fn a_root_in_mixed_case_is_not_read() {
    let document =
        Document::parse(b"<Conf><server><server_name>a</server_name></server></Conf>".to_vec());
    let document = document.unwrap();
    assert!(!document.has(&Section::Server));
    assert!(document.check(&Section::Server).is_err());
}

#[test]
fn users_are_added_and_removed() {
    let mut document = Document::blank();
    let user = |name: &str| Section::User(name.into());
    for name in ["b", "a"] {
        document.ensure(&user(name));
    }
    assert_eq!(document.users(), ["b", "a"]);
    let mut document = Document::parse(document.to_bytes()).unwrap();
    assert_eq!(document.users(), ["b", "a"]);
    document.remove(&user("b"));
    document.ensure(&user("c"));
    assert_eq!(document.users(), ["a", "c"]);
    let text = String::from_utf8(document.to_bytes()).unwrap();
    assert!(text.contains(
        "        <users>\n          <user>\n            <name>a</name>\n          </user>\n          \
         <user>\n            <name>c</name>\n          </user>\n        </users>\n"
    ));
}

#[test]
fn a_service_notices_its_settings() {
    let mut document = Document::blank();
    let key = find(&Section::Node, "token_encryption_key").unwrap();
    let secret = Secret::parse("env:KEY").unwrap();
    document.set(
        &Section::Node,
        key,
        Some(SettingValue::Secret(secret.into())),
    );
    let port = find(&Section::HttpServer, "http_port").unwrap();
    document.set(
        &Section::HttpServer,
        port,
        Some(SettingValue::Text("1".into())),
    );
    let mut seen = Vec::new();
    for service in ["asperanoded", "asperahttpd"] {
        document.noticed_by(
            service,
            &mut |_, secret| secret.to_string(),
            &mut |section, name, value, notice| {
                seen.push(format!("{service} {section}/{name}={value} {notice:?}"));
            },
        );
    }
    assert_eq!(
        seen,
        [
            "asperanoded node/token_encryption_key=‹env:KEY› Reload",
            "asperanoded http_server/http_port=1 Restart",
            "asperahttpd http_server/http_port=1 Restart"
        ]
    );
}

#[test]
fn a_secret_is_visible_only_as_raw_text() {
    let file = "<CONF>\n<default>\n<authorization><token>\n<encryption_key>hunter2</encryption_key>\n\
                </token></authorization>\n</default>\n</CONF>";
    let mut document = Document::parse(file.as_bytes().to_vec()).unwrap();
    let key = find(&Section::Node, "token_encryption_key").unwrap();
    let life = find(&Section::Node, "token_life_seconds").unwrap();
    assert_eq!(
        document.get(&Section::Node, key),
        Some(SettingValue::Hidden)
    );
    assert_eq!(
        document.secret_text(&Section::Node, key).as_deref(),
        Some("hunter2")
    );
    document.set(&Section::Node, life, Some(SettingValue::Text("60".into())));
    let shown = format!(
        "{document:?} {:?} {} {:?}",
        document.settings(&Section::Node),
        document.diff(),
        document.findings()
    );
    assert!(!shown.contains("hunter2") && shown.contains("‹secret›"));
    document.set(
        &Section::Node,
        key,
        Some(SettingValue::Text("hunter3".into())),
    );
    assert!(!format!("{document:?} {}", document.diff()).contains("hunter"));
    assert!(
        String::from_utf8(document.to_bytes())
            .unwrap()
            .contains("hunter3")
    );
}
