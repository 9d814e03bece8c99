//! The lines of a file on which sections and settings stand.

use super::document::Document;
use super::table;
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
    /// The line of a section, or of a setting or [variant](Document::variants) in it, from 1.
    /// `None` where the file does not have it.
    pub fn line(&self, section: &Section, name: Option<&str>) -> Option<usize> {
        let at = self.start(section, name)?;
        Some(self.starts.partition_point(|start| *start <= at) + 1)
    }

    fn start(&self, section: &Section, name: Option<&str>) -> Option<usize> {
        let variant = name.and_then(|name| self.document.variant_start(section, name));
        if variant.is_some() {
            return variant;
        }
        let element = self.document.indexed_element(section)?;
        let tree = self.document.tree(section.kind(), element);
        let setting = name.and_then(|name| table::find(section, name));
        let own = setting.and_then(|setting| setting.own_elements(&tree).into_iter().next());
        let own = own.unwrap_or_else(|| self.document.span(element.number));
        Some(own.open)
    }
}
