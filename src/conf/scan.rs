//! One pass over a file's text: is it well-formed, where are its sections and
//! users. Settings inside a section are left to be looked up when asked for.

use std::collections::hash_map::Entry as Slot;
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::entity::Entities;
use super::grammar::number as number_of;
use super::index::{Element, ElementSite, Entry, Index, SectionSite};
use super::leaf;
use super::unreadable::Unreadable;
use super::well_formed::clause;

// A comment of 1 MB was read in eleven seconds, one of 10 MB not in forty.
const LONG_COMMENT: usize = 256 * 1024;

/// What a secret's element may be called; kept in step with the table by a test.
const SECRET_NAMES: [&str; 5] = [
    "encryption_key",
    "content_protection_secret",
    "default_client_secret",
    "password",
    "role_id",
];

fn is_secret(name: &str) -> bool {
    let known = match name.len() {
        7.. => match name.as_bytes()[name.len() - 1] {
            b'y' => SECRET_NAMES[0],
            b't' if name.ends_with("default_client_secret") => SECRET_NAMES[2],
            b't' => SECRET_NAMES[1],
            b'd' if name.ends_with("role_id") => SECRET_NAMES[4],
            b'd' => SECRET_NAMES[3],
            _ => return false,
        },
        _ => return false,
    };
    name.strip_suffix(known)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with(':'))
}

/// An element's name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Reads the text once.
pub(super) fn scan(text: &str) -> Result<Index, Unreadable> {
    let base = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut scan = Scan::new(text, base);
    let mut reader = Reader::from_reader(&text.as_bytes()[base..]);
    reader.config_mut().check_comments = true;
    // Most text is indentation, which makes no event then.
    reader.config_mut().trim_text_start = true;
    let mut before = base;
    loop {
        let event = reader.read_event();
        let end = offset(reader.buffer_position(), base);
        if end > scan.checked {
            scan.check_characters(end)?;
        }
        match event {
            Ok(Event::Start(tag)) => scan.start(&tag, end - tag.len() - "<>".len(), end)?,
            Ok(Event::End(_)) => scan.end(end),
            Ok(Event::Text(run)) => scan.text(&run, end - run.len())?,
            Ok(Event::Empty(tag)) => scan.empty(&tag, end - tag.len() - "</>".len(), end)?,
            Ok(Event::Eof) => break,
            Ok(event) => scan.rare(&event, before, end)?,
            Err(error) => {
                let at = offset(reader.error_position(), base);
                return Err(scan.refuse(at, clause(&error)));
            }
        }
        before = end;
    }
    scan.finish()
}

fn offset(position: u64, base: usize) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX) + base
}

/// A pass that is under way.
pub(super) struct Scan<'t> {
    pub(super) text: &'t str,
    base: usize,
    pub(super) index: Index,
    /// Places whose end is yet to come, each the parent of the next.
    open: Vec<u32>,
    pub(super) depth: usize,
    /// Start of the innermost place's child being read.
    child: usize,
    /// Start of an entry's name being read.
    naming: Option<usize>,
    /// Depth and start of the secret being read.
    secret: Option<(usize, usize)>,
    /// Up to where characters have been looked at.
    pub(super) checked: usize,
    /// Whether a `]` was seen: there may be a `]]>` where none must be.
    pub(super) checks_text: bool,
    has_root: bool,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str, base: usize) -> Self {
        Self {
            text,
            base,
            index: Index::default(),
            open: Vec::new(),
            depth: 0,
            child: 0,
            naming: None,
            secret: None,
            checked: 0,
            checks_text: false,
            has_root: false,
        }
    }
}

impl Scan<'_> {
    #[inline]
    fn start(&mut self, tag: &BytesStart<'_>, at: usize, inner: usize) -> Result<(), Unreadable> {
        self.depth += 1;
        let tag = self.tag(tag, at)?;
        if self.depth == self.open.len() + 1 {
            self.enter(tag, at, inner)?;
        }
        if is_secret(tag) && self.secret.is_none() {
            self.secret = Some((self.depth, inner));
        }
        Ok(())
    }

    #[inline]
    fn end(&mut self, end: usize) {
        // No `<` stands inside an end tag.
        let close = memchr::memrchr(b'<', &self.text.as_bytes()[..end]).unwrap_or(end);
        if self.depth == self.open.len() {
            self.leave(close, end);
        } else if self.depth == self.open.len() + 1 {
            if let Some(inner) = self.naming.take() {
                self.name(inner, close, end);
            }
            self.last_child((self.child, end));
        }
        if let Some((depth, inner)) = self.secret
            && depth == self.depth
        {
            self.index.secrets.push(inner..close);
            self.secret = None;
        }
        self.depth -= 1;
    }

    fn empty(&mut self, tag: &BytesStart<'_>, at: usize, end: usize) -> Result<(), Unreadable> {
        self.depth += 1;
        let name = self.tag(tag, at)?;
        if self.depth == self.open.len() + 1 {
            self.enter(name, at, end)?;
        }
        if self.depth == self.open.len() {
            self.leave(end, end);
        } else if self.depth == self.open.len() + 1 {
            if self.naming.take().is_some() {
                self.name(end, end, end);
            }
            self.last_child((self.child, end));
        }
        self.depth -= 1;
        Ok(())
    }

    #[inline]
    fn text(&mut self, run: &str, at: usize) -> Result<(), Unreadable> {
        if self.depth == 0 && !run.trim_matches(leaf::BLANKS).is_empty() {
            let at = at + (run.len() - run.trim_start_matches(leaf::BLANKS).len());
            return Err(self.refuse(at, "there is text outside the root element"));
        }
        if self.checks_text && run.contains("]]>") {
            return Err(self.refuse(at, "there is `]]>` in text"));
        }
        Ok(())
    }

    fn enter(&mut self, name: &str, at: usize, inner: usize) -> Result<(), Unreadable> {
        self.child = at;
        let Some(&parent) = self.open.last() else {
            return self.root(name, at, inner);
        };
        let parent = &self.index.places[parent as usize];
        match parent.spot.child(local(name)) {
            Some(ElementSite::Name) if parent.name.is_none() => self.naming = Some(inner),
            None if parent.spot.is_on_the_way() => self.index.strays.push(at),
            Some(ElementSite::Name) | None => {}
            Some(spot) => self.push(spot, at, inner),
        }
        Ok(())
    }

    fn root(&mut self, name: &str, at: usize, inner: usize) -> Result<(), Unreadable> {
        if self.has_root {
            return Err(self.refuse(at, "there is a second root element"));
        }
        self.has_root = true;
        let name = local(name);
        if !name.eq_ignore_ascii_case("conf") {
            return Err(self.refuse(at, "the root element is not CONF"));
        }
        self.index.is_read = matches!(name, "CONF" | "conf");
        self.push(ElementSite::Root, at, inner);
        Ok(())
    }

    fn push(&mut self, spot: ElementSite, at: usize, inner: usize) {
        let element = Element {
            open: at,
            inner,
            close: inner,
            end: inner,
        };
        let number = u32::try_from(self.index.places.len()).unwrap_or(u32::MAX);
        self.open.push(number);
        let first = &mut self.index.first[spot as usize];
        if first.is_none() {
            *first = Some(number);
        } else if spot.entry().is_none() {
            self.index.repeated.push(number);
        }
        self.index.places.push(SectionSite {
            spot,
            element,
            last: None,
            name: None,
        });
    }

    fn leave(&mut self, close: usize, end: usize) {
        let Some(number) = self.open.pop() else {
            return;
        };
        let place = &mut self.index.places[number as usize];
        place.element.close = close;
        place.element.end = end;
        let last = (place.element.open, end);
        if let Some(entry) = place.spot.entry() {
            self.register(entry, number);
        }
        self.last_child(last);
    }

    // The first of equal names is the one that is read.
    fn register(&mut self, entry: Entry, number: u32) {
        let place = &mut self.index.places[number as usize];
        let mut name = place.name.clone().unwrap_or_default();
        // A trunk's id is a number, in any spelling.
        if let (Entry::Trunk, Some(id)) = (entry, number_of(&name)) {
            name = id.to_string().into();
            place.name = Some(Rc::clone(&name));
        }
        let names = &mut self.index.entries[entry as usize];
        if names.is_empty() {
            // A guess at how many there are spares most of the growing.
            let guess = (self.text.len() - place.element.end) / 1024;
            names.reserve(guess);
            self.index.places.reserve(guess);
        }
        match names.entry(name) {
            Slot::Vacant(slot) => {
                slot.insert(number);
            }
            Slot::Occupied(_) => self.index.repeated.push(number),
        }
    }

    fn last_child(&mut self, child: (usize, usize)) {
        if let Some(&parent) = self.open.last() {
            self.index.places[parent as usize].last = Some(child);
        }
    }

    // The first name counts, also where it is empty.
    fn name(&mut self, inner: usize, close: usize, end: usize) {
        let element = Element {
            open: inner,
            inner,
            close,
            end,
        };
        let read = leaf::read(self.text, element, &self.index.entities);
        if let Some(&parent) = self.open.last() {
            let value = read.value.unwrap_or_default();
            self.index.places[parent as usize].name = Some(value.as_ref().into());
        }
    }

    fn rare(&mut self, event: &Event<'_>, from: usize, to: usize) -> Result<(), Unreadable> {
        let markup = self.text[from..to].trim_start_matches(leaf::BLANKS);
        let at = to - markup.len();
        match event {
            Event::Decl(_) if at != self.base => {
                Err(self.refuse(at, "the XML declaration does not stand first"))
            }
            Event::DocType(_) if self.has_root => {
                Err(self.refuse(at, "there is a DOCTYPE after the root element's start"))
            }
            Event::DocType(content) => {
                self.index.entities = Entities::declared(content);
                if !self.index.entities.is_empty() {
                    self.index.secrets.push(at..to);
                }
                Ok(())
            }
            Event::CData(_) | Event::GeneralRef(_) if self.depth == 0 => {
                Err(self.refuse(at, "there is text outside the root element"))
            }
            Event::GeneralRef(name) if !self.index.entities.knows(name) => {
                Err(self.refuse(at, "there is a reference to an entity that is not declared"))
            }
            Event::Comment(content) => {
                self.comment(content, at + 4);
                Ok(())
            }
            Event::Decl(_)
            | Event::CData(_)
            | Event::GeneralRef(_)
            | Event::PI(_)
            | Event::Start(_)
            | Event::End(_)
            | Event::Empty(_)
            | Event::Text(_)
            | Event::Eof => Ok(()),
        }
    }

    // A setting that is commented out may still show a secret.
    fn comment(&mut self, content: &str, at: usize) {
        if content.len() > LONG_COMMENT {
            self.index.long_comments.push(at);
        }
        for name in SECRET_NAMES {
            for start in memchr::memmem::find_iter(content.as_bytes(), name) {
                let after = start + name.len();
                let rest = &content[after..];
                let end = rest
                    .find("</")
                    .or_else(|| rest.find('\n'))
                    .unwrap_or(rest.len());
                let skipped = rest[..end].find('>').map_or(0, |tag| tag + 1);
                self.index
                    .secrets
                    .push(at + after + skipped..at + after + end);
            }
        }
    }

    fn finish(mut self) -> Result<Index, Unreadable> {
        if !self.has_root {
            return Err(self.refuse(0, "there is no root element"));
        }
        if self.depth > 0 {
            let what = "the file ends inside an element";
            return Err(self.refuse(self.text.len(), what));
        }
        self.index.secrets.sort_by_key(|span| span.start);
        // Apart from each other, so that they can be searched.
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
    use super::super::table;
    use super::*;

    #[test]
    fn the_names_of_secrets_are_the_tables() {
        for setting in table::all().filter(|setting| setting.is_secret) {
            let leaf = setting.path.rsplit('/').next().unwrap();
            assert!(is_secret(leaf), "{leaf}");
            assert!(is_secret(&format!("p:{leaf}")));
            assert!(!is_secret(&format!("x{leaf}")));
        }
        assert!(!is_secret("key_file") && !is_secret("absolute"));
    }

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
    fn users_of_all_realms_are_found() {
        let text = "<conf><x:aaa><realms><realm><users><user><name>a</name></user></users></realm>\
                    <realm><users><user><name> b<!-- --></name><name>c</name></user></users></realm>\
                    </realms></x:aaa><users><user><name>d</name></user></users></conf>";
        let index = scan(text).unwrap();
        let mut names: Vec<_> = index.entries[Entry::User as usize]
            .keys()
            .map(AsRef::as_ref)
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["a", "b"]);
    }
}
