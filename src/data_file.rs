//! Values in files of data: CSV, JSON or TOML, as the end of the name says.

use std::collections::BTreeSet;

use csv::{ReaderBuilder, StringRecord, Trim};
use serde_json::Value as Json;

use crate::fault::{Fault, Result};
use crate::step::Value;

/// The ends of the names of files of data.
pub const EXTENSIONS: [&str; 3] = ["csv", "json", "toml"];

/// Reads the text of a file of data. CSV becomes a list of maps: the first row names the
/// columns, each cell is a string, and an empty one `()`.
pub fn parse(name: &str, text: &str) -> Result<Value> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let extension = name.rsplit_once('.').map_or("", |(_, end)| end);
    let parsed = if extension.eq_ignore_ascii_case("csv") {
        table(text)
    } else if extension.eq_ignore_ascii_case("json") {
        parse_json(text)
    } else if extension.eq_ignore_ascii_case("toml") {
        parse_toml(text)
    } else {
        return Err(Fault::usage(format!(
            "`{}` is neither CSV, JSON nor TOML by its name",
            name.escape_debug()
        ))
        .hint("rename it so that it ends in `.csv`, `.json` or `.toml`"));
    };
    parsed.map_err(|fault| fault.context(name.escape_debug()))
}

/// Reads JSON.
pub fn parse_json(text: &str) -> Result<Value> {
    let json = serde_json::from_str::<Json>(text);
    json.map(Value::from)
        .map_err(|error| Fault::usage(error.to_string()))
}

/// Reads TOML.
pub fn parse_toml(text: &str) -> Result<Value> {
    let json = toml::from_str::<Json>(text);
    json.map(Value::from)
        .map_err(|error| Fault::usage(toml_error(&error, text)))
}

/// The error in one line, as `serde_json` writes its own.
fn toml_error(error: &toml::de::Error, text: &str) -> String {
    let Some(span) = error.span() else {
        return error.message().to_owned();
    };
    let before = text.get(..span.start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.lines().last().unwrap_or_default().chars().count() + 1;
    format!("{} at line {line} column {column}", error.message())
}

fn table(text: &str) -> Result<Value> {
    let mut reader = ReaderBuilder::new()
        .trim(Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let unreadable = |error: csv::Error| Fault::usage(error.to_string());
    let header = reader.headers().map_err(unreadable)?.clone();
    check_header(&header)?;
    let rows = reader.records().enumerate();
    let rows = rows.map(|(index, record)| row(&header, index + 1, &record.map_err(unreadable)?));
    Ok(Value::List(rows.collect::<Result<_>>()?))
}

fn check_header(header: &StringRecord) -> Result<()> {
    if header.len() == 1 && header[0].contains([';', '\t']) {
        return Err(Fault::usage("the columns are not separated by commas")
            .hint("save it as CSV with commas"));
    }
    let mut seen = BTreeSet::new();
    for (index, name) in header.iter().enumerate() {
        if name.is_empty() {
            let message = format!("column {} has no name in the first row", index + 1);
            return Err(Fault::usage(message));
        }
        if !seen.insert(name) {
            let message = format!("two columns are called `{}`", name.escape_debug());
            return Err(Fault::usage(message));
        }
    }
    if header.is_empty() {
        return Err(Fault::usage("there is no row of column names"));
    }
    Ok(())
}

fn row(header: &StringRecord, number: usize, record: &StringRecord) -> Result<Value> {
    if record.len() != header.len() {
        let (cells, names) = (record.len(), header.len());
        let message = format!(
            "the number of cells in row {number} is {cells}, not {names} as in the first line"
        );
        return Err(Fault::usage(message).hint("put a value with a comma in double quotes"));
    }
    let cells = record.iter().map(|cell| match cell {
        "" => Value::Unit,
        text => text.into(),
    });
    let mut entries: Vec<_> = header.iter().map(str::to_owned).zip(cells).collect();
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(Value::Map(entries))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_has_the_same_values() {
        let csv = "\u{feff}name, docroot\r\nanna,\"/srv/a,b\"\r\n\r\nben,\r\n";
        let csv = parse("users.csv", csv).unwrap();
        let json = r#"[{"name":"anna","docroot":"/srv/a,b"},{"name":"ben","docroot":null}]"#;
        assert_eq!(csv, parse("users.JSON", json).unwrap());
        let toml = parse("a.toml", "n = 1\non = true\nday = 2026-01-02").unwrap();
        let json = r#"{"n":1,"on":true,"day":"2026-01-02"}"#;
        assert_eq!(toml, parse("a.json", json).unwrap());
    }

    #[test]
    fn wrong_files_are_refused_with_their_place() {
        for (name, text, message) in [
            ("a.csv", "", "a.csv: there is no row of column names"),
            (
                "a.csv",
                "a;b\n1;2",
                "a.csv: the columns are not separated by commas",
            ),
            (
                "a.csv",
                "a,\n",
                "a.csv: column 2 has no name in the first row",
            ),
            ("a.csv", "a,a\n", "a.csv: two columns are called `a`"),
            (
                "a.csv",
                "a,b\n1,2\n\n3\n",
                "a.csv: the number of cells in row 2 is 1, not 2 as in the first line",
            ),
            (
                "a.json",
                "[1,]",
                "a.json: trailing comma at line 1 column 4",
            ),
            (
                "a.toml",
                "a = = 1",
                "a.toml: extra `=`, expected nothing at line 1 column 5",
            ),
            (
                "a.xlsx",
                "",
                "`a.xlsx` is neither CSV, JSON nor TOML by its name",
            ),
        ] {
            assert_eq!(parse(name, text).unwrap_err().message(), message);
        }
    }
}
