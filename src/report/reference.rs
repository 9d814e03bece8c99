//! The reference for eyes and machines: its contents, a page, a listing, the
//! whole as markdown or JSON. What is in it is decided elsewhere.

mod definitions;
mod markdown;
mod text;

use serde::Serialize;

use crate::reference::Entry;

pub use definitions::definitions;
pub use markdown::{alone, manual};
pub use text::{contents, listing, pages};

/// Entries as one JSON document.
pub fn json(entries: &[&Entry]) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        format: u8,
        kind: &'static str,
        entries: &'a [&'a Entry],
    }
    let document = Document {
        format: 1,
        kind: "reference",
        entries,
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}
