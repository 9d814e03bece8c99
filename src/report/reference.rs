//! Renders the reference manual: the table of contents, a page, a list of
//! matches, the whole manual as Markdown or JSON, and definition files.

mod definitions;
mod markdown;
mod text;

use serde::Serialize;

use crate::reference::ReferenceEntry;

pub use definitions::definitions;
pub use markdown::{manual, single};
pub use text::{contents, listing, pages};

/// Renders entries as one JSON document.
pub fn json(entries: &[&ReferenceEntry]) -> String {
    #[derive(Serialize)]
    struct ReferenceDocument<'a> {
        format: u8,
        kind: &'static str,
        entries: &'a [&'a ReferenceEntry],
    }
    let document = ReferenceDocument {
        format: 1,
        kind: "reference",
        entries,
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}
