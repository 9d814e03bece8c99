//! From staged edits to splices of the text. It decides what bytes change, and
//! changes none.

use std::collections::BTreeMap;
use std::ops::Range;

use super::branch::{Branch, Content, Piece};
use super::document::{Document, Stage, Staged};
use super::encoding::Encoding;
use super::index::{Element, ElementSite, SectionSite};
use super::layout::{self, Style};
use super::leaf::{self, BLANKS};
use super::outline::Outline;
use super::planted::{content, items, text_of};
use super::settings::Setting;
use super::table;
use crate::state::{Section, ValueType};

/// Some text to stand in the place of some bytes.
#[derive(Debug)]
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) piece: Piece,
}

/// All splices of a document, in the text's order and apart from each other.
pub(super) fn splices(document: &Document) -> Vec<Splice> {
    if document.stages.is_empty() {
        return Vec::new();
    }
    let index = &document.index;
    let root = index.places.first();
    let mut plan = Plan {
        document,
        style: Style::of(&document.text, root),
        splices: Vec::new(),
        grown: BTreeMap::new(),
    };
    for (section, stage) in &document.stages {
        plan.section(section, stage);
    }
    plan.finish()
}

struct Plan<'d> {
    document: &'d Document,
    style: Style,
    splices: Vec<Splice>,
    /// Elements that get new children, by where they start.
    grown: BTreeMap<usize, Grown<'d>>,
}

struct Grown<'d> {
    element: Element,
    last: Option<(usize, usize)>,
    branches: Vec<Branch<'d>>,
}

impl Grown<'_> {
    // Past the last child, or what else is in it.
    fn end(&self, text: &str) -> usize {
        if let Some((_, end)) = self.last {
            return layout::after(text, end);
        }
        let inner = &text[self.element.inner..self.element.close];
        self.element.inner + inner.trim_end_matches(BLANKS).len()
    }
}

impl<'d> Plan<'d> {
    fn section(&mut self, section: &'d Section, stage: &'d Stage) {
        let place = self.document.raw_place(section);
        if stage.is_replaced {
            self.drop_all(section);
        } else if let Some(place) = place {
            self.edit(section, place, stage);
            return;
        }
        if stage.is_ensured {
            self.plant(section, stage);
        }
    }

    fn drop_all(&mut self, section: &Section) {
        let Some(first) = self.document.raw_place(section) else {
            return;
        };
        let index = &self.document.index;
        let repeated = index.repeated.iter();
        let same = repeated
            .map(|number| &index.places[*number as usize])
            .filter(|place| place.spot == first.spot && place.name == first.name);
        for place in std::iter::once(first).chain(same) {
            self.delete(place.element);
        }
    }

    fn delete(&mut self, element: Element) {
        self.splices.push(Splice {
            range: layout::line_of(&self.document.text, element),
            piece: Piece::default(),
        });
    }

    fn edit(&mut self, section: &Section, place: &SectionSite, stage: &'d Stage) {
        if stage.values.is_empty() {
            return;
        }
        let outline = Outline::of(&self.document.text, place.element);
        for (order, staged) in &stage.values {
            let Some(setting) = table::at(*order).filter(|s| !s.path.is_empty()) else {
                continue;
            };
            debug_assert!(setting.is_in(section));
            let leaves = outline.leaves(setting.path);
            match (staged, setting.kind) {
                (Staged::Gone, _) => leaves.iter().for_each(|leaf| self.delete(*leaf)),
                (Staged::Text(text), ValueType::Items) => {
                    self.set_items(&outline, setting, &leaves, text);
                }
                (Staged::Text(_) | Staged::Secret(_), _) => match leaves.first() {
                    Some(leaf) => self.rewrite(*leaf, &content(setting, staged)),
                    None => self.grow(&outline, setting, content(setting, staged)),
                },
            }
        }
    }

    // Items keep their elements as far as there are any.
    fn set_items(
        &mut self,
        outline: &Outline,
        setting: &'static Setting,
        leaves: &[Element],
        list: &'d str,
    ) {
        let is_same = |now: &str| setting.agree(now, list);
        let now = self.document.read_leaves(setting, leaves);
        if now.is_some_and(|now| is_same(&now)) {
            return;
        }
        let items = items(list);
        let mut kept = leaves.to_vec();
        if items.len() > kept.len() {
            // New items go to the first list; one in a later list would come
            // after them.
            let home = outline.element(outline.deepest(setting.path).0);
            kept.retain(|leaf| leaf.open < home.end);
        }
        kept.truncate(items.len());
        for leaf in &leaves[kept.len()..] {
            self.delete(*leaf);
        }
        let (same, more) = items.split_at(kept.len());
        for (leaf, item) in kept.iter().zip(same) {
            self.rewrite(*leaf, &text_of(setting, item));
        }
        for item in more {
            self.grow(outline, setting, text_of(setting, item));
        }
    }

    fn rewrite(&mut self, element: Element, wanted: &Content<'_>) {
        let text = &self.document.text;
        let now = leaf::read(text, element, &self.document.index.entities);
        if wanted.text().is_some() && wanted.text() == now.value.as_deref() {
            return;
        }
        let mut piece = Piece::default();
        let range = if element.is_self_closed() {
            let tag = Tag::of(text, element);
            piece.push(">");
            piece.value(wanted, self.encoding());
            piece.close(tag.name);
            tag.slash..element.end
        } else {
            piece.value(wanted, self.encoding());
            match now.impurity {
                None => now.span,
                Some(_) => element.inner..element.close,
            }
        };
        self.splices.push(Splice { range, piece });
    }

    fn grow(&mut self, outline: &Outline, setting: &'static Setting, content: Content<'d>) {
        let (node, rest) = outline.deepest(setting.path);
        let grown = self.grown_at(outline.element(node), outline.last_child(node));
        Branch::add(&mut grown.branches, rest, content);
    }

    fn plant(&mut self, section: &'d Section, stage: &'d Stage) {
        let (spots, path) = way(section);
        let index = &self.document.index;
        let found = spots.iter().enumerate().find_map(|(missing, spot)| {
            let number = index.first[*spot as usize]?;
            Some((missing, &index.places[number as usize]))
        });
        let Some((missing, place)) = found else {
            return;
        };
        // The path's last part is the section; so many before it are missing.
        let present = path.rmatch_indices('/').nth(missing);
        let path = present.map_or(path, |(end, _)| &path[end + 1..]);
        let grown = self.grown_at(place.element, place.last);
        Branch::add(&mut grown.branches, path, Content::Section(section, stage));
    }

    fn grown_at(&mut self, element: Element, last: Option<(usize, usize)>) -> &mut Grown<'d> {
        self.grown.entry(element.open).or_insert_with(|| Grown {
            element,
            last,
            branches: Vec::new(),
        })
    }

    fn finish(mut self) -> Vec<Splice> {
        for grown in std::mem::take(&mut self.grown).into_values() {
            let splice = self.growth(&grown);
            self.splices.push(splice);
        }
        self.splices
            .sort_by_key(|splice| (splice.range.start, splice.range.end));
        self.splices
    }

    fn growth(&self, grown: &Grown<'_>) -> Splice {
        let text = &self.document.text;
        let element = grown.element;
        let leads = self
            .style
            .leads(text, element, grown.last.map(|(open, _)| open));
        let tag = element.is_self_closed().then(|| Tag::of(text, element));
        let mut piece = Piece::default();
        if tag.is_some() {
            piece.push(">");
        }
        let depths = leads.child.as_deref().map(|lead| self.style.depths(lead));
        let depths = depths.unwrap_or_default();
        for branch in &grown.branches {
            branch.write(&depths, self.encoding(), &mut piece);
        }
        if let Some(tag) = tag {
            piece.push(leads.own.as_deref().unwrap_or(""));
            piece.close(tag.name);
            return Splice {
                range: tag.slash..element.end,
                piece,
            };
        }
        let at = grown.end(text);
        let is_tail_short = !text[at..element.close].contains('\n');
        if let (None, true, Some(_), Some(own)) =
            (grown.last, is_tail_short, &leads.child, &leads.own)
        {
            piece.push(own);
        }
        Splice {
            range: at..at,
            piece,
        }
    }

    fn encoding(&self) -> Encoding {
        self.document.encoding
    }
}

/// A self-closed element's tag.
struct Tag<'t> {
    name: &'t str,
    /// Where `/>` and the blanks before it start.
    slash: usize,
}

impl<'t> Tag<'t> {
    fn of(text: &'t str, element: Element) -> Self {
        let tag = &text[element.open + 1..element.end];
        let end = tag.find(|c| BLANKS.contains(&c) || matches!(c, '/' | '>'));
        let body = tag.strip_suffix("/>").unwrap_or(tag);
        Self {
            name: &tag[..end.unwrap_or(tag.len())],
            slash: element.open + 1 + body.trim_end_matches(BLANKS).len(),
        }
    }
}

// From the innermost container outwards, and the path from the root to the
// section itself.
fn way(section: &Section) -> (&'static [ElementSite], &'static str) {
    use ElementSite::{Aaa, Groups, Logging, Realm, Realms, Root, Trunks, Users};
    match section {
        Section::User(_) => (
            &[Users, Realm, Realms, Aaa, Root],
            "aaa/realms/realm/users/user",
        ),
        Section::Group(_) => (
            &[Groups, Realm, Realms, Aaa, Root],
            "aaa/realms/realm/groups/group",
        ),
        Section::Trunk(_) => (&[Trunks, Root], "trunks/trunk"),
        Section::Logging(_) => (&[Logging, Root], "logging/log_setting"),
        Section::Node => (&[Root], "default"),
        Section::Server
        | Section::HttpServer
        | Section::CentralServer
        | Section::Client
        | Section::Database => (&[Root], section.info().path),
    }
}
