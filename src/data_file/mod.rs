//! Values in files of data: CSV, JSON, TOML or YAML, as the end of the name says.

mod limits;
mod repeated_keys;
mod rows;
mod table;
mod text;

use serde_json::Value as Json;
use serde_saphyr::UserMessageFormatter;

use crate::fault::{Fault, Result};
use crate::step::Value;

use repeated_keys::UniqueKeys;

pub use limits::{MAX_ENTRIES, MAX_ITEMS, MAX_TEXT};
pub use rows::{DataFile, row_name};

/// How the text of a file with that name is read.
type Parse = fn(&str, String) -> Result<DataFile>;

const FORMATS: [(&str, Parse); 5] = [
    ("csv", table::parse),
    ("json", |text, name| whole(parse_json(text), name)),
    ("toml", |text, name| whole(parse_toml(text), name)),
    ("yaml", |text, name| whole(parse_yaml(text), name)),
    ("yml", |text, name| whole(parse_yaml(text), name)),
];

/// The deepest nesting in YAML. A thread of 2 MiB overflows at 128, the limit of JSON.
const MAX_DEPTH: usize = 64;

/// The limit of what aliases in YAML may repeat, so that a small file does not become large.
const MAX_REPEATED: usize = 100_000;

/// The ends of the names of files of data.
pub fn extensions() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|(extension, _)| *extension)
}

/// The text of a CSV file with these rows, which are maps with the same keys.
pub fn csv_text(rows: &[Value]) -> Result<String> {
    table::text(rows)
}

/// Reads a file of data. CSV becomes a list of maps: the first row names the columns, each cell
/// is a string, and an empty one `()`.
pub fn parse(name: &str, bytes: &[u8]) -> Result<DataFile> {
    let extension = name.rsplit_once('.').map_or("", |(_, end)| end);
    let mut formats = FORMATS.iter();
    let format = formats.find(|(known, _)| extension.eq_ignore_ascii_case(known));
    let Some((_, parse)) = format else {
        return Err(unknown_format(name, extension));
    };
    let name = name.escape_debug().to_string();
    match text::decode(bytes) {
        Ok(text) => limits::check(parse(&text, name)?),
        Err(fault) => Err(fault.context(name)),
    }
}

fn whole(parsed: Result<Value>, name: String) -> Result<DataFile> {
    match parsed {
        Ok(value) => Ok(DataFile::new(name, value, Vec::new())),
        Err(fault) => Err(fault.context(name)),
    }
}

fn unknown_format(name: &str, extension: &str) -> Fault {
    let is_sheet = ["xlsx", "xls", "ods"]
        .iter()
        .any(|sheet| extension.eq_ignore_ascii_case(sheet));
    let hint = if is_sheet {
        "save the sheet as CSV"
    } else {
        "rename it so that it ends in `.csv`, `.json`, `.toml` or `.yaml`"
    };
    let name = name.escape_debug();
    Fault::usage(format!(
        "`{name}` is neither CSV, JSON, TOML nor YAML by its name"
    ))
    .hint(hint)
}

/// Reads JSON.
pub fn parse_json(text: &str) -> Result<Value> {
    let unique = serde_json::from_str::<UniqueKeys>(text);
    let json = unique.and_then(|_| serde_json::from_str::<Json>(text));
    json.map(Value::from)
        .map_err(|error| Fault::usage(error.to_string()))
}

/// Reads TOML.
pub fn parse_toml(text: &str) -> Result<Value> {
    let json = toml::from_str::<Json>(text);
    json.map(Value::from).map_err(|error| {
        let start = error.span().map(|span| span.start);
        let message = error.message();
        Fault::usage(match start.and_then(|start| text.get(..start)) {
            Some(before) => format!("{message} at {}", text::Position::after(before)),
            None => message.to_owned(),
        })
    })
}

/// Reads YAML 1.2, where `no` and `on` are strings.
fn parse_yaml(text: &str) -> Result<Value> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        budget: serde_saphyr::budget! {
            // The size of the file limits these.
            max_events: usize::MAX,
            max_nodes: usize::MAX,
            max_depth: MAX_DEPTH,
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MAX_REPEATED,
        },
    };
    let json = serde_saphyr::from_str_with_options::<Json>(text, options);
    json.map(Value::from).map_err(|error| {
        let error = error.without_snippet();
        if let serde_saphyr::Error::AliasReplayLimitExceeded { .. } = error {
            return Fault::usage(format!(
                "its aliases repeat more than {MAX_REPEATED} values"
            ));
        }
        Fault::usage(error.render_with_formatter(&UserMessageFormatter))
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn parse(name: &str, bytes: &[u8]) -> Result<Value> {
        super::parse(name, bytes).map(|file| file.value)
    }

    #[test]
    fn each_format_has_the_same_values() {
        let csv = "\u{feff}name, docroot\r\nanna,\"/srv/a,b\"\r\n\r\nben,\r\n";
        let csv = parse("users.csv", csv.as_bytes()).unwrap();
        let json = r#"[{"name":"anna","docroot":"/srv/a,b"},{"name":"ben","docroot":null}]"#;
        assert_eq!(csv, parse("users.JSON", json.as_bytes()).unwrap());
        let yaml = "# users\n- {name: anna, docroot: '/srv/a,b'}\n- name: ben\n  docroot: ~\n";
        assert_eq!(csv, parse("users.yml", yaml.as_bytes()).unwrap());
        let json = br#"{"n":1,"on":true,"day":"2026-01-02"}"#;
        let json = parse("a.json", json).unwrap();
        let toml = b"n = 1\non = true\nday = 2026-01-02";
        assert_eq!(parse("a.toml", toml).unwrap(), json);
        let yaml = b"n: 1\non: true\nday: 2026-01-02\n";
        assert_eq!(parse("a.yaml", yaml).unwrap(), json);
    }

    #[test]
    fn words_of_yaml_1_1_are_strings() {
        let yaml = b"[no, on, Yes, y, env:ANNA, 1:30]";
        let json = br#"["no", "on", "Yes", "y", "env:ANNA", "1:30"]"#;
        assert_eq!(
            parse("a.yaml", yaml).unwrap(),
            parse("a.json", json).unwrap()
        );
        let shared = b"base: &b {cap: 1}\nanna: {<<: *b, home: /a}\nben: *b\n";
        let json = br#"{"base":{"cap":1},"anna":{"cap":1,"home":"/a"},"ben":{"cap":1}}"#;
        assert_eq!(
            parse("a.yaml", shared).unwrap(),
            parse("a.json", json).unwrap()
        );
    }

    #[test]
    fn small_files_cannot_become_large() {
        let mut bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n".to_owned();
        for level in 1..12 {
            let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
            let _ = writeln!(bomb, "a{level}: &a{level} [{aliases}]");
        }
        for (name, text) in [
            ("a.yaml", bomb),
            ("a.yaml", "[".repeat(100_000)),
            ("a.yaml", format!("{}1", "- ".repeat(10_000))),
            ("a.json", "[".repeat(100_000)),
            ("a.toml", format!("a = {}", "[".repeat(10_000))),
        ] {
            assert!(parse(name, text.as_bytes()).is_err(), "{name}");
        }
    }

    #[test]
    fn ten_thousand_rows_fit() {
        let row = "- {a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 10}\n";
        let rows = parse("a.yaml", row.repeat(10_000).as_bytes()).unwrap();
        assert!(matches!(rows, Value::List(rows) if rows.len() == 10_000));
    }

    #[test]
    fn wrong_files_are_refused_with_their_place() {
        for (name, text, message) in [
            (
                "a.json",
                "[1,]",
                "a.json: trailing comma at line 1 column 4",
            ),
            (
                "a.json",
                "{\"a\":[{\"b\":1,\n\"b\":2}]}",
                "a.json: the key `b` is there twice at line 2 column 3",
            ),
            (
                "a.toml",
                "a = = 1",
                "a.toml: extra `=`, expected nothing at line 1 column 5",
            ),
            (
                "a.yaml",
                "a: 1\na: 2\n",
                "a.yaml: duplicate mapping key `a` is not allowed here at line 2, column 1",
            ),
            (
                "a.yaml",
                "a: [1\nb: 2\n",
                "a.yaml: illegal placement of ':' indicator at line 2, column 2",
            ),
            (
                "a.yaml",
                "a: 1\n---\nb: 2\n",
                "a.yaml: only single YAML document expected but multiple found at line 3, column 1",
            ),
            (
                "a.yaml",
                "a: 1\n\tb: 2\n",
                "a.yaml: while scanning a plain scalar, found a tab at line 1, column 4",
            ),
            (
                "a.yaml",
                "a: .inf",
                "a.yaml: value `.inf` is not a finite number at line 1, column 4",
            ),
            (
                "a.yaml",
                "a: *b",
                "a.yaml: reference to unknown value at line 1, column 4",
            ),
            (
                "a.yaml",
                "? [1]\n: 2",
                "a.yaml: expected string scalar at line 1, column 3",
            ),
            (
                "a.ini",
                "",
                "`a.ini` is neither CSV, JSON, TOML nor YAML by its name",
            ),
        ] {
            let fault = parse(name, text.as_bytes()).unwrap_err();
            assert_eq!(fault.message(), message);
        }
    }

    #[test]
    fn what_no_script_takes_is_refused_with_its_place() {
        let long = "x".repeat(MAX_TEXT + 1);
        for (name, text, message) in [
            (
                "a.csv",
                format!("n\n1\n{long}\n"),
                "a.csv, line 3: a value is longer than 1 MiB",
            ),
            (
                "a.json",
                format!("{{\"n\": \"{long}\"}}"),
                "a.json: a value is longer than 1 MiB",
            ),
            (
                "a.csv",
                format!("n\n{}", "1\n".repeat(MAX_ITEMS + 1)),
                "a.csv: it has 10001 rows and items; a script takes 10000",
            ),
        ] {
            let fault = parse(name, text.as_bytes()).unwrap_err();
            assert_eq!(fault.message(), message);
        }
    }
}
