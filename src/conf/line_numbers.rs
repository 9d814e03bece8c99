//! The lines of a file on which sections and settings stand.

use super::document::Document;
use super::settings::Setting;
use crate::state::Section;

/// Where the lines of a file start.
pub struct LineNumbers<'d> {
    document: &'d Document,
    starts: Vec<usize>,
}

impl Document {
    /// The lines of the file as it was read.
    pub fn line_numbers(&self) -> LineNumbers<'_> {
        let breaks = memchr::memchr_iter(b'\n', self.text.as_bytes());
        LineNumbers {
            document: self,
            starts: breaks.map(|at| at + 1).collect(),
        }
    }
}

impl LineNumbers<'_> {
    /// The line of a section, or of a setting in it, from 1. `None` where the file does not have
    /// it.
    pub fn line(&self, section: &Section, setting: Option<&Setting>) -> Option<usize> {
        let element = self.document.indexed_element(section)?;
        let tree = self.document.tree(section.kind(), element);
        let own = setting.and_then(|setting| setting.own_elements(&tree).into_iter().next());
        let own = own.unwrap_or_else(|| self.document.span(element.number));
        Some(self.starts.partition_point(|start| *start <= own.open) + 1)
    }
}
