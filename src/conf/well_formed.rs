//! What keeps a file from being well-formed, beyond what quick-xml looks at by
//! itself. It refuses, and records nothing.

use quick_xml::events::BytesStart;

use super::scan::Scan;
use super::unreadable::Unreadable;

/// Elements inside each other that the vendor's parser no longer takes.
const TOO_DEEP: usize = 300;

const BLOCK: usize = 16 * 1024;

// The library's own messages repeat names out of the file.
pub(super) fn clause(error: &quick_xml::Error) -> &'static str {
    use quick_xml::Error;
    use quick_xml::errors::IllFormedError as Ill;
    match error {
        Error::Syntax(_) => "there is markup that does not end",
        Error::IllFormed(Ill::MismatchedEndTag { .. }) => {
            "there is an end tag of another element than the open one"
        }
        Error::IllFormed(Ill::UnmatchedEndTag(_)) => "there is an end tag without a start tag",
        Error::IllFormed(Ill::UnclosedReference) => "there is a bare `&`; it is written `&amp;`",
        Error::IllFormed(Ill::DoubleHyphenInComment) => "there is `--` inside a comment",
        Error::IllFormed(Ill::MissingEndTag(_)) => "there is an element that does not end",
        Error::IllFormed(
            Ill::MissingDeclVersion(_) | Ill::MissingDoctypeName | Ill::UnknownVersion,
        )
        | Error::Io(_)
        | Error::InvalidAttr(_)
        | Error::Encoding(_)
        | Error::Escape(_)
        | Error::Namespace(_) => "there is markup that is not XML",
    }
}

impl Scan<'_> {
    pub(super) fn refuse(&self, at: usize, what: impl Into<String>) -> Unreadable {
        Unreadable::at(self.text.as_bytes(), at, what)
    }

    // In blocks, and just after the reader was there: the bytes are still near.
    pub(super) fn check_characters(&mut self, to: usize) -> Result<(), Unreadable> {
        let text = self.text.as_bytes();
        let from = self.checked;
        let to = text.len().min(to.next_multiple_of(BLOCK));
        let is_control = |b: u8| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r');
        for block in text[from..to].chunks(BLOCK) {
            // Without a branch, so that the compiler makes vector code of it.
            if block.iter().fold(false, |any, &b| any | is_control(b)) {
                let within = block.iter().position(|&b| is_control(b)).unwrap_or(0);
                return Err(self.refuse(self.checked + within, "there is a control character"));
            }
            self.checked += block.len();
        }
        // Hardly any file has a bracket; one that has is looked at closely.
        self.checks_text |= memchr::memchr(b']', &text[from..to]).is_some();
        Ok(())
    }

    #[inline]
    pub(super) fn tag<'e>(
        &self,
        tag: &'e BytesStart<'_>,
        at: usize,
    ) -> Result<&'e str, Unreadable> {
        if self.depth >= TOO_DEEP {
            return Err(self.refuse(at, "there are about 300 elements inside each other"));
        }
        let name = tag.name().0;
        let first = name.as_bytes().first().copied().unwrap_or(b' ');
        if !(first.is_ascii_alphabetic() || matches!(first, b'_' | b':') || first >= 0x80) {
            return Err(self.refuse(at, "there is a tag without a proper name"));
        }
        if tag.len() > name.len() {
            self.attributes(tag, at)?;
        }
        Ok(name)
    }

    fn attributes(&self, tag: &BytesStart<'_>, at: usize) -> Result<(), Unreadable> {
        for attribute in tag.attributes() {
            let is_sound = attribute.is_ok_and(|a| {
                !a.key.0.is_empty() && !a.value.contains('<') && self.has_sound_references(&a.value)
            });
            if !is_sound {
                return Err(self.refuse(at, "there is an attribute that is not XML"));
            }
        }
        Ok(())
    }

    fn has_sound_references(&self, value: &str) -> bool {
        value.split('&').skip(1).all(|rest| {
            rest.split_once(';')
                .is_some_and(|(name, _)| self.index.entities.knows(name))
        })
    }
}
