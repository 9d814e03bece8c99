//! What is found wrong with a script that was read and not run. It knows
//! texts and places in them, and nothing of what a script means.

use std::ops::Range;
use std::rc::Rc;

use crate::fault::{Location, Rule, Severity};

/// One thing that is wrong with a script, or looks so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule is broken.
    pub rule: Rule,
    /// Where it starts.
    pub place: Location,
    /// The bytes it is about.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hints: Vec<String>,
    /// What would mend it.
    pub fix: Option<Fix>,
}

/// A change of a text that mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does.
    pub title: String,
    /// Whether it can only mean what was meant, so nobody need look at it.
    pub is_safe: bool,
    /// What changes.
    pub edits: Vec<Edit>,
}

/// Bytes that are replaced by a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What goes.
    pub span: Range<usize>,
    /// What comes.
    pub text: String,
}

/// A script with all that was found wrong with it, in the order of the text.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The script's name.
    pub name: Rc<str>,
    /// Its text.
    pub text: Rc<str>,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Finding {
    /// How much it weighs.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }

    /// The fix that need not be looked at.
    pub fn safe_fix(&self) -> Option<&Fix> {
        self.fix.as_ref().filter(|fix| fix.is_safe)
    }
}

impl Checked {
    /// The line and the column of a byte, both from 1.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..offset];
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[start..].chars().count() + 1)
    }

    /// The text with every safe fix in it, and those fixes with their places.
    /// Of two that touch the same bytes the first is taken.
    pub fn mended(&self) -> (String, Vec<&Finding>) {
        let mut text = String::with_capacity(self.text.len());
        let mut done = 0;
        let mut mended = Vec::new();
        for finding in &self.findings {
            let Some(fix) = finding.safe_fix() else {
                continue;
            };
            let is_free = fix.edits.iter().all(|edit| edit.span.start >= done);
            if !is_free {
                continue;
            }
            for edit in &fix.edits {
                text.push_str(&self.text[done..edit.span.start]);
                text.push_str(&edit.text);
                done = edit.span.end;
            }
            mended.push(finding);
        }
        text.push_str(&self.text[done..]);
        (text, mended)
    }
}
