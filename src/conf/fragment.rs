//! Text with secrets in it that must not be shown.

use std::ops::Range;

use crate::state::Secret;

/// New text for a file.
#[derive(Debug, Default)]
pub(super) struct Fragment {
    pub(super) text: String,
    pub(super) masks: Vec<Mask>,
}

/// The range of a secret, and the reference to show in its place, if any.
pub(super) type Mask = (Range<usize>, Option<Secret>);

impl Fragment {
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn push_end_tag(&mut self, name: &str) {
        self.push("</");
        self.push(name);
        self.push(">");
    }

    /// Appends a secret.
    pub(super) fn push_masked(&mut self, text: &str, reference: Option<Secret>) {
        let start = self.text.len();
        self.push(text);
        self.masks.push((start..self.text.len(), reference));
    }

    /// Appends another fragment. Copies the shorter text.
    pub(super) fn append(&mut self, mut other: Self) {
        let shift = self.text.len();
        if shift < other.text.len() {
            std::mem::swap(&mut self.text, &mut other.text);
            self.text.insert_str(0, &other.text);
        } else {
            self.text.push_str(&other.text);
        }
        let masks = other.masks.into_iter().map(|(span, reference)| {
            let span = span.start + shift..span.end + shift;
            (span, reference)
        });
        self.masks.extend(masks);
    }
}
