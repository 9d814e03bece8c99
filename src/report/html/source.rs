//! Lines of scripts, each file split once however many steps it has.

use std::collections::HashMap;
use std::rc::Rc;

use crate::fault::Location;

use super::super::Sources;
use super::super::plain_secrets::redact;

/// The lines of all files that were asked for.
pub(super) struct Lines<'a> {
    sources: Option<Sources<'a>>,
    known: HashMap<Rc<str>, Option<File>>,
}

struct File {
    text: Rc<str>,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Lines from the texts at hand.
    pub(super) fn new(sources: Option<Sources<'a>>) -> Self {
        Self {
            sources,
            known: HashMap::new(),
        }
    }

    /// The line at a place, without the blanks around it.
    pub(super) fn line(&mut self, place: &Location) -> Option<&str> {
        let sources = self.sources?;
        let file = self
            .known
            .entry(Rc::clone(&place.file))
            .or_insert_with(|| sources(&place.file).map(|text| File::new(&text)));
        file.as_ref()?.line(place.line as usize)
    }
}

impl File {
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
        let file = File::new("a\r\n  b();\n\nd");
        let lines: Vec<_> = (0..=5).map(|number| file.line(number)).collect();
        assert_eq!(
            lines,
            [None, Some("a"), Some("b();"), None, Some("d"), None]
        );
    }
}
