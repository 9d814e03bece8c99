//! The JSON documents that are not runs. Each starts with its format, its kind and
//! the program that wrote it.

use serde::Serialize;

use crate::fault::Fault;
use crate::run::ToolVersion;

/// The number that says how to read these documents.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Document<'a, T> {
    format: u32,
    kind: &'static str,
    tool: ToolVersion,
    #[serde(flatten)]
    content: &'a T,
}

/// Renders a document of that kind, with a final newline.
///
/// # Panics
///
/// Never: every key is a text.
pub(super) fn render<T: Serialize>(kind: &'static str, content: &T) -> String {
    let document = Document {
        format: FORMAT,
        kind,
        tool: ToolVersion::current(),
        content,
    };
    let mut text = serde_json::to_string_pretty(&document).expect("every key is a text");
    text.push('\n');
    text
}

/// Renders a fault of a command that made no other document.
pub fn fault(fault: &Fault) -> String {
    #[derive(Serialize)]
    struct FaultDocument<'a> {
        fault: &'a Fault,
    }
    render("fault", &FaultDocument { fault })
}

/// Renders the version of this program.
pub fn version() -> String {
    #[derive(Serialize)]
    struct VersionDocument {}
    render("version", &VersionDocument {})
}
