//! The rows of files of data that refused values are from.

use crate::bindings::{Args, Value};
use crate::data_file::{self, DataFile};
use crate::fault::Fault;
use crate::state::FastMap;

/// The files that a script has read, by the values in their rows. They are searched only after a
/// fault.
#[derive(Default)]
pub(super) struct DataRows {
    /// `None` for one that is wrong.
    files: Vec<Option<DataFile>>,
    /// The file and the row of each value; `None` if several rows have it.
    by_value: FastMap<String, Option<(usize, usize)>>,
}

impl DataRows {
    /// How many files it has.
    pub(super) fn file_count(&self) -> usize {
        self.files.len()
    }

    /// Adds a file.
    pub(super) fn add(&mut self, file: Option<DataFile>) {
        let number = self.files.len();
        if let Some(Value::List(rows)) = file.as_ref().map(|file| &file.value) {
            for (index, row) in rows.iter().enumerate() {
                for text in cells(row) {
                    let places = self.by_value.entry(text.to_owned());
                    let place = places.or_insert(Some((number, index)));
                    if *place != Some((number, index)) {
                        *place = None;
                    }
                }
            }
        }
        self.files.push(file);
    }

    /// Adds the row to the fault of a call, if one row alone has the value.
    pub(super) fn name_row(&self, fault: Fault, args: &Args) -> Fault {
        match refused(&fault, args).and_then(|text| self.row(text)) {
            Some(row) => fault.hint(format!("the value is from {row}")),
            None => fault,
        }
    }

    fn row(&self, text: &str) -> Option<String> {
        let (file, index) = (*self.by_value.get(text)?)?;
        let file = self.files[file].as_ref()?;
        let Value::List(rows) = &file.value else {
            return None;
        };
        let name = data_file::row_name(&rows[index], "name");
        Some(file.row_label(index, name.as_deref()))
    }
}

/// The texts in a row.
fn cells(row: &Value) -> Vec<&str> {
    let Value::Map(cells) = row else {
        return Vec::new();
    };
    cells.iter().filter_map(|(_, cell)| cell.text()).collect()
}

/// The text that a fault is about: an argument, or an entry of one.
fn refused<'a>(fault: &Fault, args: &'a Args) -> Option<&'a str> {
    let keys: Vec<&str> = fault.argument().collect();
    let (first, rest) = keys.split_first()?;
    let params = args.binding().params.iter();
    let mut named = params.zip(args.values());
    let value = match named.find(|(param, _)| param.name == *first) {
        Some((_, argument)) => entry(argument, rest),
        None => args
            .values()
            .iter()
            .find_map(|argument| entry(argument, &keys)),
    };
    value?.text()
}

fn entry<'a>(value: &'a Value, keys: &[&str]) -> Option<&'a Value> {
    keys.iter().try_fold(value, |value, key| value.entry(key))
}
