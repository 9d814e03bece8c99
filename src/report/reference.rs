//! Renders the reference manual: the table of contents, a page, a list of
//! matches, the whole manual as Markdown or JSON, and definition files.

mod definitions;
mod markdown;
mod text;

use serde::Serialize;

use crate::reference::ReferenceEntry;

use super::document;

pub use definitions::definitions;
pub use markdown::{manual, single};
pub use text::{contents, listing, pages};

/// Renders entries as one JSON document.
pub fn json(entries: &[&ReferenceEntry]) -> String {
    #[derive(Serialize)]
    struct ReferenceDocument<'a> {
        entries: &'a [&'a ReferenceEntry],
    }
    document::render("reference", &ReferenceDocument { entries })
}
