//! The elements of one section, by their places in it.

use std::cell::OnceCell;
use std::ops::Range;

use super::document::Document;
use super::elements::{ElementSpan, Elements};
use super::index::IndexedElement;
use super::places::{Place, SectionPlaces};
use super::settings::Setting;
use super::table;
use crate::state::SectionKind;

/// A section's element, and those inside it.
pub(super) struct SectionTree<'d> {
    pub(super) document: &'d Document,
    pub(super) kind: SectionKind,
    places: &'static SectionPlaces,
    numbers: Range<u32>,
    rules: OnceCell<Vec<u32>>,
}

impl Document {
    /// The elements of a section of that kind.
    pub(super) fn tree(&self, kind: SectionKind, section: &IndexedElement) -> SectionTree<'_> {
        SectionTree {
            document: self,
            kind,
            places: table::places(kind),
            numbers: section.number..self.index.elements.next(section.number),
            rules: OnceCell::new(),
        }
    }

    /// Where an element is in the text.
    pub(super) fn span(&self, number: u32) -> ElementSpan {
        self.index.elements.span(&self.text, number)
    }

    /// The range of an element's last child.
    pub(super) fn last_child(&self, number: u32) -> Option<Range<usize>> {
        self.index.elements.last_child(&self.text, number)
    }
}

impl<'d> SectionTree<'d> {
    fn elements(&self) -> &'d Elements {
        &self.document.index.elements
    }

    /// The elements inside the section's element.
    pub(super) fn numbers(&self) -> Range<u32> {
        self.numbers.start + 1..self.numbers.end
    }

    /// The place of an element.
    pub(super) fn place(&self, number: u32) -> Place {
        self.elements().place(number)
    }

    /// The first element after it that is not inside it.
    pub(super) fn next(&self, number: u32) -> u32 {
        self.elements().next(number)
    }

    /// Where an element is in the text.
    pub(super) fn span(&self, number: u32) -> ElementSpan {
        self.document.span(number)
    }

    /// The name of an element without its prefix.
    pub(super) fn name(&self, number: u32) -> &'d str {
        self.elements().name(&self.document.text, number)
    }

    /// The setting of an element, if it has one.
    pub(super) fn setting(&self, number: u32) -> Option<&'static Setting> {
        table::setting_at(self.kind, self.place(number))
    }

    /// All elements at a place, whichever of equal parents has them.
    pub(super) fn at(&self, place: Place) -> impl Iterator<Item = u32> {
        let numbers = self.numbers.clone();
        numbers.filter(move |number| self.place(*number) == place)
    }

    /// All elements with that path.
    pub(super) fn with_path(&self, path: &str) -> impl Iterator<Item = u32> {
        let place = self.places.find(path);
        place.into_iter().flat_map(|place| self.at(place))
    }

    /// The elements of the section's rules, whose path is the same for all their settings.
    pub(super) fn rules(&self) -> &[u32] {
        self.rules.get_or_init(|| {
            let setting = table::setting_of_rules(self.kind);
            let path = setting.map(Setting::rule_path);
            path.map_or_else(Vec::new, |path| self.with_path(path).collect())
        })
    }

    /// The first of the deepest elements that contain that path or a parent of it, and
    /// the rest of the path. The last part is the element that will be added.
    pub(super) fn deepest<'p>(&self, path: &'p str) -> (u32, &'p str) {
        let mut ends = path.rmatch_indices('/').map(|(end, _)| end);
        let found = ends.find_map(|end| {
            let parent = self.with_path(&path[..end]).next()?;
            Some((parent, &path[end + 1..]))
        });
        found.unwrap_or((self.numbers.start, path))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Document;
    use super::*;
    use crate::state::Section;

    #[test]
    fn parents_with_the_same_path_are_one() {
        let text = "<CONF><server><rproxy><rules/></rproxy><!-- --><p:rproxy><rules><x/>\
                    <rule><host>1</host></rule></rules></p:rproxy></server></CONF>";
        let document = Document::parse(text.into()).unwrap();
        let section = document.section_element(&Section::Server).unwrap();
        let tree = document.tree(SectionKind::Server, section);
        let starts = |path| -> Vec<_> {
            let numbers = tree.with_path(path);
            numbers.map(|number| tree.span(number).open).collect()
        };
        let open = |tag: &str| text.find(tag).unwrap();
        assert_eq!(starts("rproxy"), [open("<rproxy>"), open("<p:rproxy>")]);
        assert_eq!(starts("rproxy/rules/rule/host"), [open("<host>")]);
        let unknown: Vec<_> = tree
            .numbers()
            .filter(|n| !tree.place(*n).is_known())
            .collect();
        assert_eq!(
            unknown.iter().map(|n| tree.name(*n)).collect::<Vec<_>>(),
            ["x"]
        );
        let deepest = |path| {
            let (number, rest) = tree.deepest(path);
            (tree.span(number).open, rest)
        };
        assert_eq!(deepest("rproxy/rules/y"), (open("<rules/>"), "y"));
        assert_eq!(deepest("rproxy/rules/rule/y/z"), (open("<rule>"), "y/z"));
        assert_eq!(deepest("server_name"), (open("<server>"), "server_name"));
    }
}
