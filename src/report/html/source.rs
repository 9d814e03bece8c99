//! Lines of scripts. Each file is split once, however many steps it has.

use std::collections::HashMap;
use std::rc::Rc;

use crate::fault::Location;

use super::super::SourceLookup;
use super::super::plain_secrets::redact;

/// The lines of all files that were requested.
pub(super) struct SourceLines<'a> {
    sources: Option<SourceLookup<'a>>,
    known: HashMap<Rc<str>, Option<SourceFile>>,
}

struct SourceFile {
    text: Rc<str>,
    starts: Vec<usize>,
}

impl<'a> SourceLines<'a> {
    /// Lines from those texts.
    pub(super) fn new(sources: Option<SourceLookup<'a>>) -> Self {
        Self {
            sources,
            known: HashMap::new(),
        }
    }

    /// The line at a location, trimmed.
    pub(super) fn line(&mut self, location: &Location) -> Option<&str> {
        let sources = self.sources?;
        let file = self
            .known
            .entry(Rc::clone(&location.file))
            .or_insert_with(|| sources(&location.file).map(|text| SourceFile::new(&text)));
        file.as_ref()?.line(location.line as usize)
    }
}

impl SourceFile {
    fn new(text: &str) -> Self {
        let text: Rc<str> = redact(text).into();
        let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1);
        let starts = [0].into_iter().chain(ends).collect();
        Self { text, starts }
    }

    fn line(&self, number: usize) -> Option<&str> {
        let start = *self.starts.get(number.checked_sub(1)?)?;
        let line = self.text[start..].lines().next()?.trim();
        (!line.is_empty()).then_some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_count_from_one() {
        let file = SourceFile::new("a\r\n  b();\n\nd");
        let lines: Vec<_> = (0..=5).map(|number| file.line(number)).collect();
        assert_eq!(
            lines,
            [None, Some("a"), Some("b();"), None, Some("d"), None]
        );
    }
}
