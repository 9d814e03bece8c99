//! All elements of a file, in the order of their start tags.

use std::ops::Range;

use super::content::BLANKS;
use super::places::Place;

/// Where an element is in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ElementSpan {
    /// The `<` of its start tag.
    pub(super) open: usize,
    /// Past the `>` of its start tag.
    pub(super) inner: usize,
    /// The `<` of its end tag; where there is none, its end.
    pub(super) close: usize,
    /// Past its last `>`.
    pub(super) end: usize,
}

impl ElementSpan {
    /// Whether it is written `<x/>`.
    pub(super) fn is_self_closed(self) -> bool {
        self.close == self.end
    }
}

/// The elements of a file, by their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Elements(Vec<Element>);

/// An element in 20 bytes: a file may have millions.
#[derive(Clone, Copy, Debug)]
struct Element {
    open: u32,
    inner: u32,
    close: u32,
    /// The number of the first element after it that is not inside it.
    next: u32,
    place: Place,
}

/// The length of a text whose offsets an element can hold.
pub(super) const MAX_TEXT: usize = u32::MAX as usize;

// No text is longer than `MAX_TEXT`.
fn short(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

impl Elements {
    /// Adds an element whose start tag was read, and returns its number.
    #[inline]
    pub(super) fn begin(&mut self, open: usize, inner: usize, place: Place) -> u32 {
        let number = self.next_number();
        self.0.push(Element {
            open: short(open),
            inner: short(inner),
            close: short(inner),
            next: number + 1,
            place,
        });
        number
    }

    /// The number that the next element gets.
    pub(super) fn next_number(&self) -> u32 {
        short(self.0.len())
    }

    /// Ends an element whose end tag starts there.
    #[inline]
    pub(super) fn finish(&mut self, number: u32, close: usize) {
        let next = self.next_number();
        let element = &mut self.0[number as usize];
        element.close = short(close);
        element.next = next;
    }

    /// The place of an element in its section.
    pub(super) fn place(&self, number: u32) -> Place {
        self.0[number as usize].place
    }

    /// The number of the first element after it that is not inside it.
    pub(super) fn next(&self, number: u32) -> u32 {
        self.0[number as usize].next
    }

    /// Where an element is in the text.
    pub(super) fn span(&self, text: &str, number: u32) -> ElementSpan {
        let element = self.0[number as usize];
        let (inner, close) = (element.inner as usize, element.close as usize);
        let is_self_closed = text[..inner].ends_with("/>");
        let end_tag = &text.as_bytes()[close..];
        let end = memchr::memchr(b'>', end_tag).filter(|_| !is_self_closed);
        ElementSpan {
            open: element.open as usize,
            inner,
            close,
            end: end.map_or(close, |end| close + end + 1),
        }
    }

    /// The name of an element without its prefix.
    pub(super) fn name<'t>(&self, text: &'t str, number: u32) -> &'t str {
        tag_name(&text[self.0[number as usize].open as usize..])
    }

    /// The range of an element's last child.
    pub(super) fn last_child(&self, text: &str, number: u32) -> Option<Range<usize>> {
        let end = self.next(number);
        let first = Some(number + 1).filter(|&child| child < end);
        let next = |&child: &u32| Some(self.next(child)).filter(|&next| next < end);
        let last = self.span(text, std::iter::successors(first, next).last()?);
        Some(last.open..last.end)
    }

    /// Calls with the path from the root and the number of every element inside the root.
    pub(super) fn walk(&self, text: &str, mut each: impl FnMut(&str, u32)) {
        let mut path = String::new();
        let mut ends: Vec<(u32, usize)> = Vec::new();
        for number in 1..self.next_number() {
            while let Some(&(end, length)) = ends.last()
                && end <= number
            {
                path.truncate(length);
                ends.pop();
            }
            ends.push((self.next(number), path.len()));
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(self.name(text, number));
            each(&path, number);
        }
    }
}

/// The name of the start tag at the start of a text, without its prefix.
pub(super) fn tag_name(tag: &str) -> &str {
    let name = tag.get(1..).unwrap_or_default();
    let end = name.find(|c| BLANKS.contains(&c) || matches!(c, '/' | '>'));
    without_prefix(&name[..end.unwrap_or(0)])
}

/// An element's name without its namespace prefix.
pub(super) fn without_prefix(name: &str) -> &str {
    // A name is short: a search with a set-up of its own takes longer.
    let colon = name.bytes().rposition(|byte| byte == b':');
    colon.map_or(name, |colon| &name[colon + 1..])
}
