//! The JSON documents that are not runs. Each starts with its format, its kind and
//! the program that wrote it.

use serde::Serialize;

use crate::exec::snapshot;
use crate::fault::Fault;
use crate::plan;
use crate::run::{self, OLDEST_FORMAT, ToolVersion};

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
pub fn render<T: Serialize>(kind: &'static str, content: &T) -> String {
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
        exit: u8,
        fault: &'a Fault,
    }
    let exit = fault.kind().exit_code();
    render("fault", &FaultDocument { exit, fault })
}

/// The formats of one kind of document that this program understands.
#[derive(Serialize)]
struct Formats {
    read: &'static [u32],
    /// Of plans: those that can be applied, and not only shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    applied: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<u32>,
}

#[derive(Serialize)]
struct VersionJson {
    formats: FormatsByKind,
}

#[derive(Serialize)]
struct FormatsByKind {
    request: Formats,
    plan: Formats,
    receipt: Formats,
    snapshot: Formats,
    review: Formats,
}

/// Renders the version of this program, with the formats that it understands. `requests` are those
/// of requests.
pub fn version(requests: &'static [u32]) -> String {
    let run = |applied| Formats {
        read: &[OLDEST_FORMAT, run::FORMAT],
        applied,
        written: Some(run::FORMAT),
    };
    let formats = FormatsByKind {
        request: Formats {
            read: requests,
            applied: None,
            written: None,
        },
        plan: run(Some(run::FORMAT)),
        receipt: run(None),
        snapshot: Formats {
            read: &snapshot::FORMATS,
            applied: None,
            written: snapshot::FORMATS.last().copied(),
        },
        review: Formats {
            read: &plan::REVIEW_FORMATS,
            applied: None,
            written: plan::REVIEW_FORMATS.last().copied(),
        },
    };
    render("version", &VersionJson { formats })
}
