//! The one pass over a file's text: checks that it is well-formed, and indexes
//! its sections. Settings inside a section are read when asked for.

use std::collections::hash_map::Entry;
use std::ops::Range;
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::content::{self, BLANKS};
use super::element_kind::ElementKind;
use super::elements::{self, without_prefix};
use super::entity::Entities;
use super::grammar;
use super::index::{Index, IndexedElement, Unrecognized};
use super::places::{Place, SectionPlaces};
use super::secret_elements::{self, is_secret};
use super::table;
use super::unreadable::Unreadable;
use super::well_formed::{self, Checker};
use crate::state::SectionKind;

/// A text may begin with it; elsewhere it is a character as others.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// How much text the entities of a file may stand for, beyond the length of the file:
/// nested ones stand for gigabytes in a few lines.
const MAX_ENTITY_TEXT: usize = 1024 * 1024;

/// The server took eleven seconds to read a comment of 1 MB, and did not finish
/// one of 10 MB in forty.
const LONG_COMMENT: usize = 256 * 1024;

/// Reads the text once.
pub(super) fn scan(text: &str) -> Result<Index, Unreadable> {
    let head = if text.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len_utf8()
    } else {
        0
    };
    let mut scan = Scan::new(text, head);
    if text.len() > elements::MAX_TEXT {
        return Err(scan.checker.error(0, "the file is larger than 4 GiB"));
    }
    // From the first tag on: a reader drops a U+FEFF at its start, and counts it not.
    let base = memchr::memchr(b'<', text.as_bytes()).unwrap_or(text.len());
    scan.text(&text[head..base], head)?;
    let mut reader = Reader::from_reader(&text.as_bytes()[base..]);
    reader.config_mut().check_comments = true;
    // Most text is indentation, which makes no event then.
    reader.config_mut().trim_text_start = true;
    let mut before = base;
    loop {
        let event = reader.read_event();
        let end = offset(reader.buffer_position(), base);
        if end > scan.checker.checked {
            scan.checker.check_characters(end)?;
        }
        match event {
            Ok(Event::Start(tag)) => scan.start(&tag, end - tag.len() - "<>".len(), end)?,
            Ok(Event::End(tag)) => scan.end(tag.len(), end),
            Ok(Event::Text(run)) => scan.text(&run, end - run.len())?,
            Ok(Event::Empty(tag)) => scan.empty(&tag, end - tag.len() - "</>".len(), end)?,
            Ok(Event::Eof) => break,
            Ok(event) => scan.other(&event, before, end)?,
            Err(error) => {
                let at = offset(reader.error_position(), base);
                return Err(scan.checker.error(at, well_formed::describe(&error)));
            }
        }
        before = end;
    }
    scan.finish()
}

fn offset(position: u64, base: usize) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX) + base
}

/// The state of the pass.
struct Scan<'t> {
    text: &'t str,
    /// Past the byte order mark.
    head: usize,
    /// What the references to entities so far cost.
    entity_cost: usize,
    checker: Checker<'t>,
    index: Index,
    /// Elements that have not ended yet, each the parent of the next.
    open: Vec<u32>,
    /// Those of them that are indexed, the outermost ones.
    outline: Vec<u32>,
    /// The places in the section that is being read.
    places: Option<&'static SectionPlaces>,
    /// Start of the content of a section's name that is being read.
    name: Option<usize>,
    /// Whether an attribute of the last tag says that its element holds a secret.
    names_secret: bool,
    /// Depth and start of the secret being read.
    secret: Option<(usize, usize)>,
    has_root: bool,
    has_doctype: bool,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str, head: usize) -> Self {
        Self {
            text,
            head,
            entity_cost: 0,
            checker: Checker::new(text, 0),
            index: Index {
                first: vec![None; ElementKind::count()],
                ..Index::default()
            },
            open: Vec::new(),
            outline: Vec::new(),
            places: None,
            name: None,
            names_secret: false,
            secret: None,
            has_root: false,
            has_doctype: false,
        }
    }

    #[inline]
    fn start(&mut self, tag: &BytesStart<'_>, at: usize, inner: usize) -> Result<(), Unreadable> {
        let name = self.enter(tag, at, inner)?;
        if self.secret.is_none() && (self.names_secret || is_secret(name)) {
            self.secret = Some((self.open.len(), inner));
        }
        Ok(())
    }

    #[inline]
    fn end(&mut self, name: usize, end: usize) {
        let close = self.start_of_end_tag(name, end);
        if let Some((depth, inner)) = self.secret
            && depth == self.open.len()
        {
            self.index.secrets.push(inner..close);
            self.secret = None;
        }
        self.leave(close);
    }

    /// Where an end tag starts that has a name of that length. Blanks may follow the name.
    #[inline]
    fn start_of_end_tag(&self, name: usize, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        let shortest = end.saturating_sub(name + "</>".len());
        if bytes.get(shortest) == Some(&b'<') {
            return shortest;
        }
        // It has no other `<`.
        memchr::memrchr(b'<', &bytes[..end]).unwrap_or(end)
    }

    fn empty(&mut self, tag: &BytesStart<'_>, at: usize, end: usize) -> Result<(), Unreadable> {
        self.enter(tag, at, end)?;
        self.leave(end);
        Ok(())
    }

    #[inline]
    fn text(&self, run: &str, at: usize) -> Result<(), Unreadable> {
        if self.open.is_empty() && !run.trim_matches(BLANKS).is_empty() {
            let at = at + (run.len() - run.trim_start_matches(BLANKS).len());
            return Err(self
                .checker
                .error(at, "there is text outside the root element"));
        }
        self.checker.check_text(run, at)
    }

    /// Handles a start tag, and returns its name.
    #[inline]
    fn enter<'e>(
        &mut self,
        tag: &'e BytesStart<'_>,
        at: usize,
        inner: usize,
    ) -> Result<&'e str, Unreadable> {
        let entities = &self.index.entities;
        let depth = self.open.len() + 1;
        let name = self.checker.check_tag(tag, at, depth, entities)?;
        self.names_secret = tag.len() > name.len()
            && self.attributes(name, &tag[name.len()..], at + "<".len() + name.len());
        let tag = without_prefix(name);
        let mut place = self.place_of(tag);
        if self.open.len() == self.outline.len() {
            if let Some(kind) = self.indexed_kind(tag, at)? {
                self.places = kind.section().map(table::places);
                place = Place::SECTION;
                self.push(kind);
            } else if place.is_known() {
                self.enter_child(place, inner);
            }
        }
        self.open.push(self.index.elements.begin(at, inner, place));
        Ok(name)
    }

    /// Notes the secrets in attributes. Returns whether one says that the element holds one.
    fn attributes(&mut self, name: &str, attributes: &str, at: usize) -> bool {
        let (secrets, is_named) = secret_elements::in_tag(name, attributes);
        let secrets = secrets.into_iter();
        let secrets = secrets.map(|span| at + span.start..at + span.end);
        self.index.secrets.extend(secrets);
        is_named
    }

    /// The place of a child of the innermost open element.
    #[inline]
    fn place_of(&self, tag: &str) -> Place {
        match (self.places, self.open.last()) {
            (Some(places), Some(&parent)) => places.child(self.index.elements.place(parent), tag),
            _ => Place::OUTSIDE,
        }
    }

    /// The kind of a child of the innermost indexed element, if it is to be indexed too.
    fn indexed_kind(&mut self, tag: &str, at: usize) -> Result<Option<ElementKind>, Unreadable> {
        let Some(&parent) = self.outline.last() else {
            return self.check_root(tag, at).map(Some);
        };
        let container = self.index.outline[parent as usize].kind;
        let kind = container.child(tag);
        if kind.is_none() && container.is_container() {
            let unrecognized = Unrecognized { at, container };
            self.index.unrecognized.push(unrecognized);
        }
        Ok(kind)
    }

    fn check_root(&mut self, tag: &str, at: usize) -> Result<ElementKind, Unreadable> {
        if self.has_root {
            return Err(self.checker.error(at, "there is a second root element"));
        }
        self.has_root = true;
        if !tag.eq_ignore_ascii_case("conf") {
            return Err(self.checker.error(at, "the root element is not CONF"));
        }
        self.index.is_read = matches!(tag, "CONF" | "conf");
        Ok(ElementKind::ROOT)
    }

    /// Handles the start of a known child of a section.
    fn enter_child(&mut self, place: Place, inner: usize) {
        let section = self.outline.last();
        let section = section.map(|number| &self.index.outline[*number as usize]);
        if let Some(section) = section.filter(|section| section.name.is_none())
            && section.kind.section().and_then(table::place_of_name) == Some(place)
        {
            self.name = Some(inner);
        }
    }

    /// Adds the element that comes next to those that are indexed.
    fn push(&mut self, kind: ElementKind) {
        let number = u32::try_from(self.index.outline.len()).unwrap_or(u32::MAX);
        self.outline.push(number);
        let first = *self.index.first[kind.row()].get_or_insert(number);
        if first != number && kind.named_section().is_none() {
            self.index.repeated.entry(first).or_default().push(number);
        }
        self.index.outline.push(IndexedElement {
            kind,
            number: self.index.elements.next_number(),
            name: None,
        });
    }

    /// Handles the end of an element.
    #[inline]
    fn leave(&mut self, close: usize) {
        let Some(number) = self.open.pop() else {
            return;
        };
        self.index.elements.finish(number, close);
        if self.open.len() < self.outline.len() {
            self.leave_indexed(close);
        } else if self.open.len() == self.outline.len()
            && let Some(inner) = self.name.take()
        {
            self.set_name(inner..close);
        }
    }

    fn leave_indexed(&mut self, close: usize) {
        self.places = None;
        let number = self.outline.pop();
        let kind = number.map(|number| self.index.outline[number as usize].kind);
        if let (Some(number), Some(section)) = (number, kind.and_then(ElementKind::named_section)) {
            self.index_name(section, number, close);
        }
    }

    /// Indexes a named section. The server reads the first of equal names.
    fn index_name(&mut self, section: SectionKind, number: u32, close: usize) {
        let element = &mut self.index.outline[number as usize];
        let mut name = element.name.clone().unwrap_or_default();
        // The id of a trunk is a number, in any spelling.
        if let (SectionKind::Trunk, Some(id)) = (section, grammar::number(&name)) {
            name = id.to_string().into();
            element.name = Some(Rc::clone(&name));
        }
        let names = &mut self.index.by_name[section as usize];
        if names.is_empty() {
            // A user takes about 1 KB: a guess that spares most of the growing.
            let guess = (self.text.len() - close) / 1024;
            names.reserve(guess);
            self.index.outline.reserve(guess);
        }
        match names.entry(name) {
            Entry::Vacant(entry) => {
                entry.insert(number);
            }
            Entry::Occupied(first) => {
                let repeated = self.index.repeated.entry(*first.get());
                repeated.or_default().push(number);
            }
        }
    }

    // The first name counts, also where it is empty.
    fn set_name(&mut self, inner: Range<usize>) {
        let content = content::read(self.text, inner, &self.index.entities);
        if let Some(&section) = self.outline.last() {
            let value = content.value.unwrap_or_default();
            self.index.outline[section as usize].name = Some(value.as_ref().into());
        }
    }

    fn other(&mut self, event: &Event<'_>, from: usize, to: usize) -> Result<(), Unreadable> {
        let markup = self.text[from..to].trim_start_matches(BLANKS);
        let at = to - markup.len();
        let problem = match event {
            Event::Decl(_) if at != self.head => "the XML declaration is not at the start",
            Event::DocType(_) if self.has_root => "there is a DOCTYPE inside the root element",
            Event::DocType(_) if self.has_doctype => "there is a second DOCTYPE",
            Event::CData(_) | Event::GeneralRef(_) if self.open.is_empty() => {
                "there is text outside the root element"
            }
            Event::GeneralRef(name) => match self.index.entities.cost(name) {
                None => "this entity is not declared, or refers to itself",
                Some(cost) => {
                    self.entity_cost = self.entity_cost.saturating_add(cost);
                    if self.entity_cost <= self.text.len() + MAX_ENTITY_TEXT {
                        return Ok(());
                    }
                    "the entities of this file stand for too much text"
                }
            },
            Event::DocType(content) => {
                self.has_doctype = true;
                self.index.entities = Entities::declared(content);
                if !self.index.entities.is_empty() {
                    self.index.secrets.push(at..to);
                }
                return Ok(());
            }
            Event::Comment(content) => {
                self.comment(content, at + "<!--".len());
                return Ok(());
            }
            Event::Decl(_)
            | Event::CData(_)
            | Event::PI(_)
            | Event::Start(_)
            | Event::End(_)
            | Event::Empty(_)
            | Event::Text(_)
            | Event::Eof => return Ok(()),
        };
        Err(self.checker.error(at, problem))
    }

    // A setting that is commented out may still hold a secret.
    fn comment(&mut self, content: &str, at: usize) {
        if content.len() > LONG_COMMENT {
            self.index.long_comments.push(at);
        }
        let secrets = secret_elements::in_comment(content).into_iter();
        let secrets = secrets.map(|span| at + span.start..at + span.end);
        self.index.secrets.extend(secrets);
    }

    fn finish(mut self) -> Result<Index, Unreadable> {
        if !self.has_root {
            return Err(self.checker.error(0, "there is no root element"));
        }
        if !self.open.is_empty() {
            let what = "the file ends inside an element";
            return Err(self.checker.error(self.text.len(), what));
        }
        self.index.secrets.sort_by_key(|span| span.start);
        self.index.secrets.dedup_by(|next, span| {
            let is_inside = next.start < span.end;
            if is_inside {
                span.end = span.end.max(next.end);
            }
            is_inside
        });
        Ok(self.index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_vendor_refuses_is_unreadable() {
        for (text, line) in [
            ("", 1),
            ("text", 1),
            ("<CONF>", 1),
            ("<OTHER/>", 1),
            ("\n<?xml version='1.0'?><CONF/>", 2),
            ("<CONF/>\ntext", 2),
            ("<CONF/><CONF/>", 1),
            ("<CONF>\na & b</CONF>", 2),
            ("<CONF>&other;</CONF>", 1),
            ("<CONF>]]></CONF>", 1),
            ("<CONF a='1' a='2'/>", 1),
            ("<CONF>\n<a></b></CONF>", 2),
            ("<CONF><1/></CONF>", 1),
            ("<CONF>\u{1}</CONF>", 1),
            ("\u{feff}\u{feff}<CONF/>", 1),
            ("<!DOCTYPE a>\n<!DOCTYPE b><CONF/>", 2),
        ] {
            let error = scan(text).unwrap_err();
            assert_eq!(error.line, line, "{text}: {error}");
        }
        let nested = |depth| format!("{}{}", "<CONF>".repeat(depth), "</CONF>".repeat(depth));
        assert!(scan(&nested(200)).is_ok());
        assert!(scan(&nested(300)).is_err());
        assert!(scan(&nested(10_000)).is_err());
    }

    #[test]
    fn an_end_tag_may_have_blanks_after_its_name() {
        for end in ["</passphrase>", "</passphrase >", "</passphrase\n\t>"] {
            let text = format!("<CONF><passphrase>a secret{end}</CONF>");
            let index = scan(&text).unwrap();
            let secrets = index.secrets.iter().map(|span| &text[span.clone()]);
            assert!(secrets.eq(["a secret"]), "{end}");
        }
    }

    #[test]
    fn users_of_all_realms_are_found() {
        let text = "<conf><x:aaa><realms><realm><users><user><name>a</name></user></users></realm>\
                    <realm><users><user><name> b<!-- --></name><name>c</name></user></users></realm>\
                    </realms></x:aaa><users><user><name>d</name></user></users></conf>";
        let index = scan(text).unwrap();
        let mut names: Vec<_> = index.by_name[SectionKind::User as usize]
            .keys()
            .map(AsRef::as_ref)
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["a", "b"]);
    }
}
