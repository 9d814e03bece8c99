//! CSV, as spreadsheets write it.

use std::collections::BTreeSet;

use csv::{ReaderBuilder, StringRecord, Trim, WriterBuilder};

use crate::fault::{Fault, Result};
use crate::step::Value;

use super::rows::{self, DataFile};

/// What may separate the cells. Spreadsheets write semicolons where the comma is in numbers.
const DELIMITERS: [(char, u8, &str); 3] = [
    (',', b',', "commas"),
    (';', b';', "semicolons"),
    ('\t', b'\t', "tabs"),
];

/// A column with a name, and its index.
type Column = (usize, String);

/// The column whose value names a row in messages.
const NAME: &str = "name";

/// Reads a table. Rows and columns without any value are skipped.
pub(super) fn parse(text: &str, name: String) -> Result<DataFile> {
    if let Some(line) = open_quote(text) {
        let place = rows::row_label(&name, &format!("line {line}"), None);
        return Err(Fault::usage("a double quote has no second one")
            .hint("write `\"\"` for one in a value, and double quotes around the value")
            .context(place));
    }
    let in_file = |fault: Fault| fault.context(&name);
    let unreadable = |error: csv::Error| in_file(Fault::usage(error.to_string()));
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text).map_err(in_file)?)
        .trim(Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(unreadable)?;
    let is_named = header.get(0) == Some(NAME);
    let columns = columns(header).map_err(in_file)?;
    let mut counter = LineCounter {
        text,
        at: 0,
        line: 1,
    };
    let (mut values, mut lines) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        let line = counter.line_of(&record);
        let row = row(&columns, &record).map_err(|fault| {
            let first = record.get(0).filter(|first| is_named && !first.is_empty());
            let first = first.map(rows::shown);
            fault.context(rows::row_label(
                &name,
                &format!("line {line}"),
                first.as_deref(),
            ))
        });
        values.push(row?);
        lines.push(line);
    }
    Ok(DataFile::new(name, Value::List(values), lines))
}

/// The line of a double quote without a second one: the parser would read all that follows as one
/// cell.
fn open_quote(text: &str) -> Option<usize> {
    let is_odd = |text: &str| text.matches('"').count() % 2 == 1;
    is_odd(text).then(|| text.lines().position(is_odd).unwrap_or_default() + 1)
}

/// The one character that separates the names in the first row.
fn delimiter(text: &str) -> Result<u8> {
    let mut is_quoted = false;
    let header: String = text
        .trim_start_matches(['\r', '\n'])
        .chars()
        .take_while(|letter| {
            is_quoted ^= *letter == '"';
            is_quoted || *letter != '\n'
        })
        .collect();
    let outside: String = header.split('"').step_by(2).collect();
    let mut used = DELIMITERS.iter().filter(|(it, ..)| outside.contains(*it));
    match (used.next(), used.next()) {
        (Some((.., one)), Some((.., other))) => {
            let message = format!("the first row has {one} and {other} between its names");
            Err(Fault::usage(message).hint("put a name in double quotes if it contains one"))
        }
        (Some((_, byte, _)), None) => Ok(*byte),
        (None, _) => Ok(b','),
    }
}

fn columns(header: &StringRecord) -> Result<Vec<Column>> {
    let mut columns = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, name) in header.iter().enumerate() {
        if name.is_empty() {
            continue;
        }
        if !seen.insert(name) {
            let message = format!("two columns are called `{}`", name.escape_debug());
            return Err(Fault::usage(message).hint("give each column a name of its own"));
        }
        columns.push((index, name.to_owned()));
    }
    if columns.is_empty() {
        return Err(Fault::usage("there is no row of column names")
            .hint("write the names of the columns in the first line"));
    }
    if let [(_, only)] = &columns[..]
        && only.starts_with("sep=")
    {
        return Err(
            Fault::usage("the first row is a `sep=`, which only Excel reads")
                .hint("remove that line"),
        );
    }
    if let [(_, only)] = &columns[..]
        && only.starts_with('#')
    {
        return Err(
            Fault::usage("the first row is a comment, not the names of columns").hint(
                "a CSV file has no comments: write the names of the columns in the first line",
            ),
        );
    }
    columns.sort_by(|(_, a), (_, b)| a.cmp(b));
    Ok(columns)
}

/// A row, or what is wrong with it.
fn row(columns: &[Column], record: &StringRecord) -> Result<Value> {
    let wanted = columns.iter().map(|(index, _)| index + 1).max();
    if let Some(wanted) = wanted.filter(|wanted| record.len() < *wanted) {
        let message = format!("the row ends at column {} of {wanted}", record.len());
        return Err(Fault::usage(message).hint("leave a cell empty, but not out"));
    }
    let is_named = |index: usize| columns.iter().any(|(named, _)| *named == index);
    let mut cells = record.iter().enumerate();
    if let Some((index, _)) = cells.find(|(index, cell)| !cell.is_empty() && !is_named(*index)) {
        let message = format!(
            "there is a value in column {}, which has no name in the first row",
            index + 1
        );
        return Err(
            Fault::usage(message).hint("put a value that contains the separator in double quotes")
        );
    }
    let cell = |index: usize| match &record[index] {
        "" => Value::Unit,
        text => text.into(),
    };
    let entries = columns.iter();
    let entries = entries.map(|(index, name)| (name.clone(), cell(*index)));
    Ok(Value::Map(entries.collect()))
}

/// Counts the lines of records, which come in their order.
struct LineCounter<'a> {
    text: &'a str,
    /// Up to where the lines are counted.
    at: usize,
    line: usize,
}

impl LineCounter<'_> {
    /// The line that a record starts in. The parser counts the empty lines before it to the record.
    fn line_of(&mut self, record: &StringRecord) -> usize {
        let start = record.position().map(csv::Position::byte);
        let start = start.and_then(|byte| usize::try_from(byte).ok());
        let rest = start.and_then(|start| self.text.get(start..));
        let Some(rest) = rest.map(|rest| rest.trim_start_matches(['\r', '\n'])) else {
            return self.line;
        };
        let start = self.text.len() - rest.len();
        let passed = self.text.get(self.at..start).unwrap_or_default();
        self.line += passed.matches('\n').count();
        self.at = start;
        self.line
    }
}

/// Writes rows, which are maps with the same keys.
pub(super) fn text(rows: &[Value]) -> Result<String> {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let failed = |error: csv::Error| Fault::usage(error.to_string());
    for (number, row) in rows.iter().enumerate() {
        let Value::Map(cells) = row else {
            continue;
        };
        if number == 0 {
            writer
                .write_record(cells.iter().map(|(name, _)| name))
                .map_err(failed)?;
        }
        let cells = cells
            .iter()
            .map(|(_, cell)| cell.plain().unwrap_or_default());
        writer.write_record(cells).map_err(failed)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| Fault::usage(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| Fault::usage(error.to_string()))
}

#[cfg(test)]
mod tests {
    use crate::step::Value;

    fn csv(bytes: &[u8]) -> Result<Value, String> {
        let parsed = super::super::parse("a.csv", bytes);
        let parsed = parsed.map(|file| file.value);
        parsed.map_err(|fault| fault.message().to_owned())
    }

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn what_spreadsheets_write_is_the_same_table() {
        let json = r#"[{"full name":"Anna \"A\" Ü","id":"007","rate":"1e5"},
            {"full name":"Ben, B","id":"008","rate":null}]"#;
        let wanted = super::super::parse_json(json).unwrap();
        let plain = "id,full name,rate\n007,\"Anna \"\"A\"\" Ü\",1e5\n008,\"Ben, B\",\n";
        let tabs = plain.replace(',', "\t").replace("Ben\t B", "Ben, B");
        let tables = [
            plain.to_owned(),
            format!("\u{feff}{plain}"),
            plain.replace('\n', "\r\n"),
            plain.trim_end().to_owned(),
            format!("\n{}\n\n", plain.replace('\n', "\n\n")),
            plain.replace(',', ";").replace("Ben; B", "Ben, B"),
            tabs.clone(),
            plain
                .replace("rate\n", "rate,,\n")
                .replace("1e5\n", "1e5,,\n"),
            plain.replace("rate\n", "rate,,\n"),
            format!("{plain},,\n , ,\n"),
            plain.replace("id,", " id , ").replace("007,", "007 ,"),
        ];
        for table in &tables {
            assert_eq!(csv(table.as_bytes()).as_ref(), Ok(&wanted), "{table}");
        }
        let tabs = format!("\u{feff}{}", tabs.replace('\n', "\r\n"));
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            assert_eq!(csv(&utf16(&tabs, to_bytes)).as_ref(), Ok(&wanted));
        }
    }

    #[test]
    fn each_row_has_its_line() {
        let table = "\r\nname,b\r\n\r\nanna,\"1\r\n2\"\r\n,\r\nben,2\r\n\ncara,3";
        let file = super::super::parse("a.csv", table.as_bytes()).unwrap();
        let rows = [0, 1, 2].map(|index| file.row(index));
        assert_eq!(rows, ["line 4", "line 7", "line 9"]);
        assert_eq!(file.row_label(1, Some("ben")), "a.csv, line 7 (ben)");
        let list = super::super::parse("a.json", b"[1, 2]").unwrap();
        assert_eq!(list.row_label(1, None), "a.json, item 2");
    }

    #[test]
    fn wrong_tables_are_refused_with_their_place() {
        for (table, message) in [
            (&b""[..], ": there is no row of column names"),
            (b"\r\n\r\n", ": there is no row of column names"),
            (b",,\nanna,,\n", ": there is no row of column names"),
            (
                b"a;b,c\n",
                ": the first row has commas and semicolons between its names",
            ),
            (
                b"a\tb;c\n",
                ": the first row has semicolons and tabs between its names",
            ),
            (b"a,b,a\n", ": two columns are called `a`"),
            (b"a, a \n", ": two columns are called `a`"),
            (
                b"a,b\n1,2\n\n3\n",
                ", line 4: the row ends at column 1 of 2",
            ),
            (
                b"# users
a,b
1,2
",
                ": the first row is a comment, not the names of columns",
            ),
            (
                b"a,b\n1,2,\n3,4,5\n",
                ", line 3: there is a value in column 3, which has no name in the first row",
            ),
            (
                b"a,,c\n1,,3\n4,5,6\n",
                ", line 3: there is a value in column 2, which has no name in the first row",
            ),
            (
                b"a,b\n\"x\ny\",2\n1,2,3\n",
                ", line 4: there is a value in column 3, which has no name in the first row",
            ),
            (
                b"a,b\n1,2\n3,\"4\n5,6\n",
                ", line 3: a double quote has no second one",
            ),
            (
                b"a,b\n1,2\nJ\xf6rg,3\n",
                ": it is not UTF-8 text at line 3 column 2",
            ),
            (
                b"name,b\nanna,2\nben\n",
                ", line 3 (ben): the row ends at column 1 of 2",
            ),
            (b"\xff\xfea", ": it is not valid UTF-16 text"),
        ] {
            let wanted = Err(format!("a.csv{message}"));
            assert_eq!(csv(table), wanted, "{}", table.escape_ascii());
        }
    }
}
