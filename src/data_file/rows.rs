//! The rows of a file of data, as messages name them.

use crate::secret_name;
use crate::step::Value;

/// The longest name of a row in a message.
const LONGEST_NAME: usize = 40;

/// The values in a file of data.
pub struct DataFile {
    /// Its name, as messages show it.
    pub name: String,
    /// The values.
    pub value: Value,
    /// The line of each row of a table; of another format, none.
    lines: Vec<usize>,
}

impl DataFile {
    pub(super) fn new(name: String, value: Value, lines: Vec<usize>) -> Self {
        Self { name, value, lines }
    }

    /// Whether it is a table, which has the same columns in each row.
    pub fn is_table(&self) -> bool {
        !self.lines.is_empty()
    }

    /// A row by its index: `line 3` of a table, `item 2` of a list.
    pub fn row(&self, index: usize) -> String {
        match self.lines.get(index) {
            Some(line) => format!("line {line}"),
            None => format!("item {}", index + 1),
        }
    }

    /// The same with the names of the file and of the row: `users.csv, line 3 (ben)`.
    pub fn row_label(&self, index: usize, name: Option<&str>) -> String {
        row_label(&self.name, &self.row(index), name)
    }
}

pub(super) fn row_label(file: &str, row: &str, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{file}, {row} ({name})"),
        None => format!("{file}, {row}"),
    }
}

/// What tells a row from others, for a message: the value of that key, if it is a string.
pub fn row_name(row: &Value, key: &str) -> Option<String> {
    if secret_name::may_name_secret(key) {
        return None;
    }
    row.entry(key)?.text().map(shown)
}

pub(super) fn shown(name: &str) -> String {
    let is_longer = name.chars().nth(LONGEST_NAME).is_some();
    let start: String = name.chars().take(LONGEST_NAME).collect();
    let more = if is_longer { "…" } else { "" };
    format!("{}{more}", start.escape_debug())
}
