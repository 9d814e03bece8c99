//! New elements: a little tree, and how it is written. It knows nothing of
//! what stands in the file already but the layout it is given.

use std::ops::Range;

use super::encoding::Encoding;
use super::layout::Lead;
use crate::state::Secret;

/// An element that is to be made.
#[derive(Debug)]
pub(super) struct Branch {
    name: &'static str,
    value: Option<Content>,
    children: Vec<Branch>,
}

/// The value of a leaf.
#[derive(Debug)]
pub(super) enum Content {
    Text(String),
    /// Text that must not be shown.
    Hidden(String),
    Secret(Secret),
}

/// Text with spans that must not be shown.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) text: String,
    /// What may be shown in the place of each.
    pub(super) masks: Vec<(Range<usize>, Option<Secret>)>,
}

impl Branch {
    /// An element with those inside.
    pub(super) fn new(name: &'static str, children: Vec<Self>) -> Self {
        Self {
            name,
            value: None,
            children,
        }
    }

    /// Adds a leaf at that path below, in parents that are there or new ones.
    pub(super) fn add(branches: &mut Vec<Self>, path: &'static str, value: Content) {
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let parts = above.split('/').filter(|part| !part.is_empty());
        Self::parent(branches, parts).push(Self {
            name,
            value: Some(value),
            children: Vec::new(),
        });
    }

    /// The children of the branch at that path, which is made if need be.
    pub(super) fn parent(
        branches: &mut Vec<Self>,
        path: impl Iterator<Item = &'static str>,
    ) -> &mut Vec<Self> {
        let mut children = branches;
        for part in path {
            let found = children.iter().position(|branch| branch.name == part);
            let found = found.unwrap_or_else(|| {
                children.push(Self::new(part, Vec::new()));
                children.len() - 1
            });
            children = &mut children[found].children;
        }
        children
    }

    /// Writes it on a line of its own if there is a lead, else where it is.
    pub(super) fn write(&self, lead: Option<Lead<'_>>, encoding: Encoding, piece: &mut Piece) {
        piece.lead(lead);
        piece.push("<");
        piece.push(self.name);
        // The vendor's files mark a schedule so; a bare rate is one range.
        if self.name == "schedule" {
            piece.push(" format=\"ranges\"");
        }
        piece.push(">");
        for child in &self.children {
            child.write(lead.map(Lead::inside), encoding, piece);
        }
        if !self.children.is_empty() {
            piece.lead(lead);
        }
        if let Some(value) = &self.value {
            piece.value(value, encoding);
        }
        piece.close(self.name);
    }
}

impl Piece {
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn lead(&mut self, lead: Option<Lead<'_>>) {
        if let Some(lead) = lead {
            self.push(lead.outer);
            (0..lead.depth).for_each(|_| self.push(lead.unit));
        }
    }

    pub(super) fn close(&mut self, name: &str) {
        self.push("</");
        self.push(name);
        self.push(">");
    }

    /// Adds a leaf's value, escaped.
    pub(super) fn value(&mut self, value: &Content, encoding: Encoding) {
        let start = self.text.len();
        match value {
            Content::Text(text) => self.push(&encoding.escape(text)),
            Content::Hidden(text) => {
                self.push(&encoding.escape(text));
                self.masks.push((start..self.text.len(), None));
            }
            Content::Secret(secret) => {
                self.push(&encoding.escape(&secret.to_string()));
                self.masks
                    .push((start..self.text.len(), Some(secret.clone())));
            }
        }
    }

    /// Adds another piece.
    pub(super) fn append(&mut self, other: Self) {
        if self.text.is_empty() {
            *self = other;
            return;
        }
        let shift = self.text.len();
        self.text.push_str(&other.text);
        let masks = other.masks.into_iter().map(|(span, shown)| {
            let span = span.start + shift..span.end + shift;
            (span, shown)
        });
        self.masks.extend(masks);
    }
}
