//! What a script takes of a file of data: more does not fit into its values.

use crate::fault::{Fault, Result};
use crate::step::Value;

use super::rows::DataFile;

/// The longest string, in bytes.
pub const MAX_TEXT: usize = 1 << 20;
/// The items of a list, with those of lists in it.
pub const MAX_ITEMS: usize = 10_000;
/// The entries of a map, with those of maps in it; of all rows of a table together.
pub const MAX_ENTRIES: usize = 100_000;

/// What values consist of.
#[derive(Default)]
struct Size {
    items: usize,
    entries: usize,
    longest: usize,
}

/// Refuses a file that no script can take.
pub(super) fn check(file: DataFile) -> Result<DataFile> {
    let mut all = Size::default();
    if let Value::List(rows) = &file.value {
        all.items = rows.len();
        for (index, row) in rows.iter().enumerate() {
            all.add(row);
            if all.longest > MAX_TEXT {
                return Err(too_long().context(file.row_label(index, None)));
            }
        }
    } else {
        all.add(&file.value);
    }
    let too_many = [
        (all.items, MAX_ITEMS, "rows and items"),
        (all.entries, MAX_ENTRIES, "values in its rows"),
    ];
    let fault = if all.longest > MAX_TEXT {
        too_long()
    } else if let Some((count, most, what)) = too_many.iter().find(|it| it.0 > it.1) {
        let message = format!("it has {count} {what}; a script takes {most}");
        Fault::usage(message).hint("split the file")
    } else {
        return Ok(file);
    };
    Err(fault.context(&file.name))
}

fn too_long() -> Fault {
    let message = format!("a value is longer than {} MiB", MAX_TEXT >> 20);
    Fault::usage(message).hint("keep a long text in a file of its own")
}

impl Size {
    fn add(&mut self, value: &Value) {
        if let Value::List(items) = value {
            self.items += items.len();
            for item in items {
                self.add(item);
            }
        } else if let Value::Map(entries) = value {
            self.entries += entries.len();
            for (_, entry) in entries {
                self.add(entry);
            }
        } else if let Some(text) = value.text() {
            self.longest = self.longest.max(text.len());
        }
    }
}
