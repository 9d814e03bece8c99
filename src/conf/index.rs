//! Where a file's sections are, and what else the one pass over it noted.

use std::ops::Range;
use std::rc::Rc;

use super::element_kind::ElementKind;
use super::elements::Elements;
use super::entity::Entities;
use crate::state::{FastMap, SectionKind};

/// A section's element, or one that contains sections.
#[derive(Clone, Debug)]
pub(super) struct IndexedElement {
    pub(super) kind: ElementKind,
    /// Its number among the elements of the file.
    pub(super) number: u32,
    /// The name of a named section, empty or not, if it has one.
    pub(super) name: Option<Rc<str>>,
}

/// An element that is neither a section nor a container of sections.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unrecognized {
    /// The `<` of its start tag.
    pub(super) at: usize,
    /// What it is a child of.
    pub(super) container: ElementKind,
}

/// What the pass found.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    pub(super) elements: Elements,
    /// Sections and what contains them, in the order of their start tags, the root first.
    pub(super) outline: Vec<IndexedElement>,
    /// The elements of named sections by name, for each kind of section.
    pub(super) by_name: [FastMap<Rc<str>, u32>; SectionKind::COUNT],
    /// The first element of each kind.
    pub(super) first: Vec<Option<u32>>,
    /// Later elements of a section or container, by its first element.
    pub(super) repeated: FastMap<u32, Vec<u32>>,
    /// Content of elements that hold secrets, in order and not overlapping.
    pub(super) secrets: Vec<Range<usize>>,
    pub(super) entities: Entities,
    /// Unrecognized elements where only sections and their containers belong.
    pub(super) unrecognized: Vec<Unrecognized>,
    /// Comments so long that the vendor's parser takes seconds for them.
    pub(super) long_comments: Vec<usize>,
    /// Whether the server reads the file: the root is `CONF` or `conf`.
    pub(super) is_read: bool,
}

impl Index {
    /// The first element of that kind.
    pub(super) fn first(&self, kind: ElementKind) -> Option<&IndexedElement> {
        let number = self.first.get(kind.row()).copied().flatten()?;
        self.outline.get(number as usize)
    }

    /// Elements that are the same section or container as an earlier one.
    pub(super) fn repeated(&self) -> impl Iterator<Item = &IndexedElement> {
        let numbers = self.repeated.values().flatten();
        numbers.map(|number| &self.outline[*number as usize])
    }

    /// Later elements of the section that `first` is.
    pub(super) fn repetitions(
        &self,
        first: &IndexedElement,
    ) -> impl Iterator<Item = &IndexedElement> {
        let number = |element: &IndexedElement| element.number;
        let number = self.outline.binary_search_by_key(&first.number, number);
        let number = number.ok().and_then(|number| u32::try_from(number).ok());
        let numbers = number.and_then(|number| self.repeated.get(&number));
        let numbers = numbers.into_iter().flatten();
        numbers.map(|number| &self.outline[*number as usize])
    }
}
