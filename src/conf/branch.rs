//! New elements: a little tree, and how it is written. It knows nothing of
//! what stands in the file already but the layout it is given.

use std::borrow::Cow;
use std::ops::Range;

use super::document::Stage;
use super::encoding::Encoding;
use super::planted::planted;
use crate::state::{Secret, Section};

/// An element that is to be made.
#[derive(Debug)]
pub(super) struct Branch<'d> {
    name: &'static str,
    /// What it holds, where that is not other branches.
    content: Option<Content<'d>>,
    children: Vec<Branch<'d>>,
}

/// What a new element holds.
#[derive(Debug)]
pub(super) enum Content<'d> {
    Text(Cow<'d, str>),
    /// Text that must not be shown.
    Hidden(&'d str),
    Secret(&'d Secret),
    /// A whole section: its branches are made when it is written, and only for
    /// as long, since a file may get thousands.
    Section(&'d Section, &'d Stage),
}

/// Text with spans that must not be shown.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) masks: Vec<Mask>,
}

/// A span that must not be shown, and what may be in its place.
pub(super) type Mask = (Range<usize>, Option<Secret>);

impl<'d> Branch<'d> {
    /// Adds an element at that path below, in parents that are there or new
    /// ones.
    pub(super) fn add(branches: &mut Vec<Self>, path: &'static str, content: Content<'d>) {
        let Some((name, rest)) = path.split_once('/') else {
            branches.push(Self {
                name: path,
                content: Some(content),
                children: Vec::new(),
            });
            return;
        };
        let is_parent = |branch: &&mut Self| branch.name == name && branch.content.is_none();
        if let Some(parent) = branches.iter_mut().find(is_parent) {
            return Self::add(&mut parent.children, rest, content);
        }
        let mut children = Vec::with_capacity(1);
        Self::add(&mut children, rest, content);
        branches.push(Self {
            name,
            content: None,
            children,
        });
    }

    /// Writes it, after the first of the leads; what is inside goes after the
    /// next ones. Without leads all stands on one line.
    pub(super) fn write(&self, leads: &[String], encoding: Encoding, piece: &mut Piece) {
        piece.lead(leads);
        piece.push("<");
        piece.push(self.name);
        // The vendor's files mark a schedule so; a bare rate is one range.
        if self.name == "schedule" {
            piece.push(" format=\"ranges\"");
        }
        piece.push(">");
        match &self.content {
            None => Self::write_all(&self.children, leads, encoding, piece),
            Some(Content::Section(section, stage)) => {
                Self::write_all(&planted(section, stage), leads, encoding, piece);
            }
            Some(value) => piece.value(value, encoding),
        }
        piece.close(self.name);
    }

    fn write_all(children: &[Self], leads: &[String], encoding: Encoding, piece: &mut Piece) {
        let inside = leads.get(1..).unwrap_or_default();
        for child in children {
            child.write(inside, encoding, piece);
        }
        if !children.is_empty() {
            piece.lead(leads);
        }
    }
}

impl Content<'_> {
    /// The text, where it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Hidden(text) => Some(text),
            Self::Secret(_) | Self::Section(..) => None,
        }
    }
}

impl Piece {
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn lead(&mut self, leads: &[String]) {
        if let Some(lead) = leads.first() {
            self.push(lead);
        }
    }

    pub(super) fn close(&mut self, name: &str) {
        self.push("</");
        self.push(name);
        self.push(">");
    }

    /// Adds a leaf's value, escaped.
    pub(super) fn value(&mut self, value: &Content<'_>, encoding: Encoding) {
        let start = self.text.len();
        match value {
            Content::Section(..) => {}
            Content::Text(text) => self.push(&encoding.escape(text)),
            Content::Hidden(text) => {
                self.push(&encoding.escape(text));
                self.masks.push((start..self.text.len(), None));
            }
            Content::Secret(secret) => {
                self.push(&encoding.escape(&secret.to_string()));
                self.masks
                    .push((start..self.text.len(), Some((*secret).clone())));
            }
        }
    }

    /// Adds another piece; the longer text stays where it is.
    pub(super) fn append(&mut self, mut other: Self) {
        let shift = self.text.len();
        if shift < other.text.len() {
            std::mem::swap(&mut self.text, &mut other.text);
            self.text.insert_str(0, &other.text);
        } else {
            self.text.push_str(&other.text);
        }
        let masks = other.masks.into_iter().map(|(span, shown)| {
            let span = span.start + shift..span.end + shift;
            (span, shown)
        });
        self.masks.extend(masks);
    }
}
