//! Turns staged edits into splices of the text, and writes the edited file.

use std::collections::BTreeMap;
use std::ops::Range;

use super::content::BLANKS;
use super::document::Document;
use super::element_kind::ElementKind;
use super::elements::ElementSpan;
use super::fragment::Fragment;
use super::index::IndexedElement;
use super::layout::{self, Layout};
use super::new_element::{NewContent, NewElement, items};
use super::section_tree::SectionTree;
use super::settings::Setting;
use super::staged::{SectionEdits, StagedValue};
use super::unreadable::Unreadable;
use crate::state::{SecretText, Section, ValueType};

/// Text that replaces a range of the file.
#[derive(Debug)]
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) fragment: Fragment,
}

impl Document {
    /// The bytes of the file with the edits; without edits, the bytes that were
    /// read.
    ///
    /// Staged secrets are written as their references: such bytes serve to
    /// predict a file, and must never be put on a node.
    pub fn to_bytes(&self) -> Vec<u8> {
        let splices = splices(self);
        let added: usize = splices.iter().map(|s| s.fragment.text.len()).sum();
        let mut bytes = Vec::with_capacity(self.text.len() + added + 2);
        bytes.extend_from_slice(self.encoding.byte_order_mark());
        let mut from = 0;
        for Splice { range, fragment } in &splices {
            self.encoding
                .encode(&self.text[from..range.start], &mut bytes);
            self.encoding.encode(&fragment.text, &mut bytes);
            from = range.end;
        }
        self.encoding.encode(&self.text[from..], &mut bytes);
        bytes
    }

    /// Applies the edits, and reads the edited file. `reveal` returns the text
    /// of a staged secret.
    pub fn apply_edits(
        &self,
        reveal: &mut dyn FnMut(&Setting, &SecretText) -> String,
    ) -> Result<Self, Unreadable> {
        let mut edited = self.clone();
        let sections = edited.edits.values_mut();
        for (setting, value) in sections.flat_map(|edits| &mut edits.values) {
            if let StagedValue::Secret(secret) = value {
                *value = StagedValue::Text(reveal(setting, secret).into());
            }
        }
        Ok(Self {
            is_masked: self.is_masked,
            ..Self::parse(edited.to_bytes())?
        })
    }
}

/// All splices of a document, in the text's order and not overlapping.
pub(super) fn splices(document: &Document) -> Vec<Splice> {
    if document.edits.is_empty() {
        return Vec::new();
    }
    let mut script = EditScript {
        document,
        layout: Layout::detect(document),
        splices: Vec::new(),
        insertions: BTreeMap::new(),
    };
    for (section, edits) in &document.edits {
        script.add_section(section, edits);
    }
    script.finish()
}

/// The splices that are being collected.
struct EditScript<'d> {
    document: &'d Document,
    layout: Layout,
    splices: Vec<Splice>,
    /// By the numbers of their parents.
    insertions: BTreeMap<u32, Insertion<'d>>,
}

/// New children of one element.
struct Insertion<'d> {
    parent: ElementSpan,
    last_child: Option<Range<usize>>,
    elements: Vec<NewElement<'d>>,
}

impl Insertion<'_> {
    /// After the last child, or after other content.
    fn position(&self, text: &str) -> usize {
        if let Some(last) = &self.last_child {
            return layout::after(text, last.end);
        }
        let inner = &text[self.parent.inner..self.parent.close];
        self.parent.inner + inner.trim_end_matches(BLANKS).len()
    }
}

impl<'d> EditScript<'d> {
    fn add_section(&mut self, section: &'d Section, edits: &'d SectionEdits) {
        let element = self.document.indexed_element(section);
        if let Some(first) = element.filter(|_| edits.is_replaced) {
            let repetitions = self.document.index.repetitions(first);
            for element in std::iter::once(first).chain(repetitions) {
                let span = self.document.span(element.number);
                self.delete(span);
            }
        } else if let Some(element) = element {
            self.edit_section(section, element, edits);
            return;
        }
        if edits.is_ensured {
            self.insert_section(section, edits);
        }
    }

    fn delete(&mut self, element: ElementSpan) {
        self.splices.push(Splice {
            range: layout::lines_of(&self.document.text, element),
            fragment: Fragment::default(),
        });
    }

    fn edit_section(
        &mut self,
        section: &Section,
        element: &IndexedElement,
        edits: &'d SectionEdits,
    ) {
        if edits.values.is_empty() {
            return;
        }
        let tree = self.document.tree(section.kind(), element);
        let placed = edits.values.iter();
        for (setting, value) in placed.filter(|(setting, _)| !setting.path.is_empty()) {
            debug_assert!(setting.is_in(section));
            let elements = setting.own_elements(&tree);
            match (value, setting.kind) {
                (StagedValue::Unset, _) => elements.iter().for_each(|e| self.delete(*e)),
                (StagedValue::Text(text), ValueType::Items) => {
                    self.set_items(&tree, setting, &elements, text);
                }
                (StagedValue::Text(_) | StagedValue::Secret(_), _) => {
                    let content = NewContent::of_edit(setting, value);
                    match elements.first() {
                        Some(element) => self.rewrite(*element, &content),
                        None => self.insert(&tree, setting, content),
                    }
                }
            }
        }
    }

    /// Reuses the elements of earlier items as far as possible.
    fn set_items(
        &mut self,
        tree: &SectionTree<'_>,
        setting: &'static Setting,
        elements: &[ElementSpan],
        list: &'d str,
    ) {
        let now = self.document.value_of(setting, elements.iter().copied());
        if now.is_some_and(|now| now != "AS_NULL" && setting.agree(&now, list)) {
            return;
        }
        let items = items(list);
        let mut reused = elements.to_vec();
        if items.len() > reused.len() {
            // New items go to the first parent; one in a later parent would come
            // after them.
            let parent = tree.span(tree.deepest(setting.path).0);
            reused.retain(|element| element.open < parent.end);
        }
        reused.truncate(items.len());
        for element in &elements[reused.len()..] {
            self.delete(*element);
        }
        let (rewritten, added) = items.split_at(reused.len());
        for (element, item) in reused.iter().zip(rewritten) {
            self.rewrite(*element, &NewContent::of_text(setting, item));
        }
        for item in added {
            self.insert(tree, setting, NewContent::of_text(setting, item));
        }
    }

    fn rewrite(&mut self, element: ElementSpan, wanted: &NewContent<'_>) {
        let text = &self.document.text;
        let now = self.document.content(element);
        if wanted.text().is_some() && wanted.text() == now.value.as_deref() {
            return;
        }
        let encoding = self.document.encoding;
        let mut fragment = Fragment::default();
        let range = if element.is_self_closed() {
            let tag = SelfClosedTag::parse(text, element);
            fragment.push(">");
            wanted.write(encoding, &mut fragment);
            fragment.push_end_tag(tag.name);
            tag.slash..element.end
        } else {
            wanted.write(encoding, &mut fragment);
            match now.markup {
                None => now.span,
                Some(_) => element.inner..element.close,
            }
        };
        self.splices.push(Splice { range, fragment });
    }

    fn insert(
        &mut self,
        tree: &SectionTree<'_>,
        setting: &'static Setting,
        content: NewContent<'d>,
    ) {
        let (node, rest) = tree.deepest(setting.path);
        let insertion = self.insertion_in(node);
        NewElement::add(&mut insertion.elements, rest, content);
    }

    /// Inserts a section, and its containers where they are missing.
    fn insert_section(&mut self, section: &'d Section, edits: &'d SectionEdits) {
        let kind = ElementKind::of_section(section.kind());
        let containers = std::iter::successors(kind.parent(), |kind| kind.parent());
        let mut containers = containers
            .map(|kind| self.document.index.first(kind))
            .enumerate();
        let found = containers.find_map(|(missing, container)| Some((missing, container?)));
        let Some((missing, container)) = found else {
            return;
        };
        let path = section.info().path;
        let present = path.rmatch_indices('/').nth(missing);
        let path = present.map_or(path, |(end, _)| &path[end + 1..]);
        let insertion = self.insertion_in(container.number);
        let content = NewContent::Section(section, edits);
        NewElement::add(&mut insertion.elements, path, content);
    }

    fn insertion_in(&mut self, parent: u32) -> &mut Insertion<'d> {
        let document = self.document;
        self.insertions.entry(parent).or_insert_with(|| Insertion {
            parent: document.span(parent),
            last_child: document.last_child(parent),
            elements: Vec::new(),
        })
    }

    fn finish(mut self) -> Vec<Splice> {
        for insertion in std::mem::take(&mut self.insertions).into_values() {
            let splice = self.splice_of(&insertion);
            self.splices.push(splice);
        }
        self.splices
            .sort_by_key(|splice| (splice.range.start, splice.range.end));
        self.splices
    }

    fn splice_of(&self, insertion: &Insertion<'_>) -> Splice {
        let text = &self.document.text;
        let parent = insertion.parent;
        let last_start = insertion.last_child.as_ref().map(|last| last.start);
        let starts = self.layout.line_starts(text, parent, last_start);
        let tag = parent
            .is_self_closed()
            .then(|| SelfClosedTag::parse(text, parent));
        let mut fragment = Fragment::default();
        if tag.is_some() {
            fragment.push(">");
        }
        let levels = starts
            .child
            .as_deref()
            .map(|start| self.layout.levels(start));
        let levels = levels.unwrap_or_default();
        for element in &insertion.elements {
            element.write(&levels, self.document.encoding, &mut fragment);
        }
        if let Some(tag) = tag {
            fragment.push(starts.own.as_deref().unwrap_or(""));
            fragment.push_end_tag(tag.name);
            return Splice {
                range: tag.slash..parent.end,
                fragment,
            };
        }
        let at = insertion.position(text);
        let is_end_tag_on_line = !text[at..parent.close].contains('\n');
        if let (None, true, Some(_), Some(own)) =
            (last_start, is_end_tag_on_line, &starts.child, &starts.own)
        {
            fragment.push(own);
        }
        Splice {
            range: at..at,
            fragment,
        }
    }
}

/// A tag such as `<x/>`.
struct SelfClosedTag<'t> {
    name: &'t str,
    /// Where `/>` and the blanks before it start.
    slash: usize,
}

impl<'t> SelfClosedTag<'t> {
    fn parse(text: &'t str, element: ElementSpan) -> Self {
        let tag = &text[element.open + 1..element.end];
        let end = tag.find(|c| BLANKS.contains(&c) || matches!(c, '/' | '>'));
        let body = tag.strip_suffix("/>").unwrap_or(tag);
        Self {
            name: &tag[..end.unwrap_or(tag.len())],
            slash: element.open + 1 + body.trim_end_matches(BLANKS).len(),
        }
    }
}
