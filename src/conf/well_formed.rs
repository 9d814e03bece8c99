//! What makes a file not well-formed, beyond the checks of quick-xml.

use quick_xml::events::BytesStart;

use super::entity::Entities;
use super::unreadable::Unreadable;

/// The vendor's parser refuses elements nested this deep.
const MAX_DEPTH: usize = 300;

/// How many bytes are checked at once, while they are still in the cache.
const BLOCK: usize = 16 * 1024;

/// Describes an error of quick-xml, whose own messages quote the file.
pub(super) fn describe(error: &quick_xml::Error) -> &'static str {
    use quick_xml::Error;
    use quick_xml::errors::IllFormedError as Ill;
    match error {
        Error::Syntax(_) => "this markup does not end",
        Error::IllFormed(Ill::MismatchedEndTag { .. }) => {
            "this end tag does not match the open element"
        }
        Error::IllFormed(Ill::UnmatchedEndTag(_)) => "this end tag has no start tag",
        Error::IllFormed(Ill::UnclosedReference) => "`&` must be written `&amp;`",
        Error::IllFormed(Ill::DoubleHyphenInComment) => "a comment cannot have `--` in it",
        Error::IllFormed(Ill::MissingEndTag(_)) => "an element has no end tag",
        Error::IllFormed(
            Ill::MissingDeclVersion(_) | Ill::MissingDoctypeName | Ill::UnknownVersion,
        )
        | Error::Io(_)
        | Error::InvalidAttr(_)
        | Error::Encoding(_)
        | Error::Escape(_)
        | Error::Namespace(_) => "this markup is not XML",
    }
}

/// Checks a text while it is read.
pub(super) struct Checker<'t> {
    text: &'t str,
    /// Up to where characters have been checked.
    pub(super) checked: usize,
    /// Whether a `]` was seen, so that text may hold a `]]>`.
    has_bracket: bool,
}

impl<'t> Checker<'t> {
    pub(super) fn new(text: &'t str, start: usize) -> Self {
        Self {
            text,
            checked: start,
            has_bracket: false,
        }
    }

    /// The error at that offset.
    pub(super) fn error(&self, at: usize, what: impl Into<String>) -> Unreadable {
        Unreadable::at(self.text.as_bytes(), at, what)
    }

    /// Checks characters up to there, or some further.
    pub(super) fn check_characters(&mut self, to: usize) -> Result<(), Unreadable> {
        let text = self.text.as_bytes();
        let from = self.checked;
        let to = text.len().min(to.next_multiple_of(BLOCK));
        let is_control = |b: u8| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r');
        for block in text[from..to].chunks(BLOCK) {
            // Without a branch, so that the compiler vectorizes it.
            if block.iter().fold(false, |any, &b| any | is_control(b)) {
                let within = block.iter().position(|&b| is_control(b)).unwrap_or(0);
                return Err(self.error(self.checked + within, "there is a control character"));
            }
            self.checked += block.len();
        }
        self.has_bracket |= memchr::memchr(b']', &text[from..to]).is_some();
        Ok(())
    }

    /// Checks text between tags.
    pub(super) fn check_text(&self, run: &str, at: usize) -> Result<(), Unreadable> {
        if self.has_bracket && run.contains("]]>") {
            return Err(self.error(at, "text cannot have `]]>` in it"));
        }
        Ok(())
    }

    /// Checks a start tag, and returns its name.
    #[inline]
    pub(super) fn check_tag<'e>(
        &self,
        tag: &'e BytesStart<'_>,
        at: usize,
        depth: usize,
        entities: &Entities,
    ) -> Result<&'e str, Unreadable> {
        if depth >= MAX_DEPTH {
            return Err(self.error(at, "elements are nested more than 300 deep"));
        }
        let name = tag.name().0;
        if !is_name(name) {
            return Err(self.error(at, "this tag has no valid name"));
        }
        if tag.len() > name.len() && !has_valid_attributes(tag, entities) {
            return Err(self.error(at, "this tag has an attribute that is not XML"));
        }
        Ok(name)
    }
}

fn has_valid_attributes(tag: &BytesStart<'_>, entities: &Entities) -> bool {
    let mut names = Vec::new();
    // The reader would compare each name with all others.
    let are_valid = tag.attributes().with_checks(false).all(|attribute| {
        attribute.is_ok_and(|attribute| {
            let value = &attribute.value;
            names.push(attribute.key.0);
            is_name(attribute.key.0)
                && !value.contains('<')
                && has_known_references(value, entities)
        })
    });
    names.sort_unstable();
    are_valid && names.windows(2).all(|pair| pair[0] != pair[1])
}

/// Whether that is a name of XML; every character beyond ASCII passes.
fn is_name(text: &str) -> bool {
    let is_start = |c: u8| c.is_ascii_alphabetic() || matches!(c, b'_' | b':') || c >= 0x80;
    let is_inside = |c: u8| is_start(c) || c.is_ascii_digit() || matches!(c, b'-' | b'.');
    text.bytes().next().is_some_and(is_start) && text.bytes().all(is_inside)
}

fn has_known_references(value: &str, entities: &Entities) -> bool {
    value.split('&').skip(1).all(|rest| {
        rest.split_once(';')
            .is_some_and(|(name, _)| entities.is_known(name))
    })
}
