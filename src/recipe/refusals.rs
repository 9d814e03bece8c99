//! Lines of a recipe whose statements would be wrong in the script.

use std::collections::BTreeMap;

use super::draft::LineId;

/// The lines that must become comments, and why.
#[derive(Default)]
pub(super) struct Refusals {
    lines: BTreeMap<LineId, String>,
    /// Why every command must become a comment.
    all: Option<String>,
}

impl Refusals {
    /// Why a line must become a comment.
    pub(super) fn reason(&self, line: LineId) -> Option<&str> {
        let reason = self.lines.get(&line).or(self.all.as_ref());
        reason.map(String::as_str)
    }

    /// Refuses a line. Returns false if it was refused before.
    pub(super) fn add(&mut self, line: LineId, why: String) -> bool {
        self.lines.insert(line, why).is_none()
    }

    /// Refuses every command.
    pub(super) fn add_all(&mut self, why: String) {
        self.all = Some(why);
    }
}
