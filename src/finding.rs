//! A problem found in a script without running it, and what fixes it.

use std::ops::Range;
use std::rc::Rc;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use crate::fault::{Rule, Severity};
use crate::source::SourceText;

/// A problem in a script. It serializes as `check --format json` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that is broken.
    pub rule: Rule,
    /// Where the problem is, in lines and columns.
    pub region: Region,
    /// The same in bytes.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hints: Vec<String>,
    /// An edit that fixes it.
    pub fix: Option<Fix>,
}

/// A part of a script in lines and columns, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Region {
    /// The script's name.
    pub file: Rc<str>,
    /// The line of the first character.
    pub line: u32,
    /// The column of the first character.
    pub column: u32,
    /// The line of the end.
    pub end_line: u32,
    /// The column behind the last character.
    pub end_column: u32,
}

/// Edits that fix a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// What they do.
    pub title: String,
    /// Whether nothing else can have been meant, so that no review is needed.
    #[serde(rename = "safe")]
    pub is_safe: bool,
    /// What changes.
    pub edits: Vec<Edit>,
}

/// Bytes that are replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// The bytes to remove.
    #[serde(flatten)]
    pub span: Range<usize>,
    /// The text to insert.
    pub text: String,
}

/// A script with its findings in the order of the text.
#[derive(Clone, Debug)]
pub struct CheckedScript {
    /// The script.
    pub source: SourceText,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Finding {
    /// Its rule's severity.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }

    /// The fix that needs no review.
    pub fn safe_fix(&self) -> Option<&Fix> {
        self.fix.as_ref().filter(|fix| fix.is_safe)
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut finding = serializer.serialize_struct("Finding", 6)?;
        finding.serialize_field("id", self.rule.id())?;
        finding.serialize_field("severity", &self.severity())?;
        finding.serialize_field("message", &self.message)?;
        finding.serialize_field("hints", &self.hints)?;
        finding.serialize_field("at", &self.region)?;
        finding.serialize_field("fix", &self.fix)?;
        finding.end()
    }
}

impl Region {
    /// The region of these bytes.
    pub fn new(source: &SourceText, span: &Range<usize>) -> Self {
        let (line, column) = source.line_column(span.start);
        let (end_line, end_column) = source.line_column(span.end);
        Self {
            file: Rc::clone(&source.name),
            line,
            column,
            end_line,
            end_column,
        }
    }
}

impl CheckedScript {
    /// The text with every safe fix applied, and the findings that they fix. Of two fixes that
    /// overlap only the first is applied.
    pub fn fixed(&self) -> (String, Vec<&Finding>) {
        let original = &self.source.text;
        let mut text = String::with_capacity(original.len());
        let mut done = 0;
        let mut fixed = Vec::new();
        for finding in &self.findings {
            let edits = finding.safe_fix().map_or(&[][..], |fix| &fix.edits);
            let overlaps = edits.iter().any(|edit| edit.span.start < done);
            if edits.is_empty() || overlaps {
                continue;
            }
            for edit in edits {
                text.push_str(&original[done..edit.span.start]);
                text.push_str(&edit.text);
                done = edit.span.end;
            }
            fixed.push(finding);
        }
        text.push_str(&original[done..]);
        (text, fixed)
    }
}
