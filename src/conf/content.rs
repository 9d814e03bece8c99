//! The content of one element as the vendor's parser reads it.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::entity::Entities;

/// What the parser trims from both ends of a value.
pub(super) const BLANKS: &[char] = &[' ', '\t', '\r', '\n'];

/// What an element's content means.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Content<'t> {
    /// The value; none where all of it is CDATA.
    pub(super) value: Option<Cow<'t, str>>,
    /// The content without the blanks at its ends.
    pub(super) span: Range<usize>,
    /// What the content has besides text.
    pub(super) markup: Option<Markup>,
}

/// Markup in an element's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Markup {
    /// The parser ignores CDATA and the text after it.
    CData,
    /// The parser ignores the text after a comment or an instruction.
    Comment,
    /// A comment before all text is harmless.
    LeadingComment,
    /// The parser ignores the text after an element.
    Element,
}

/// Reads an element's content, which is that part of the text.
pub(super) fn read<'t>(text: &'t str, part: Range<usize>, entities: &Entities) -> Content<'t> {
    let inner = &text[part.clone()];
    let from_start = inner.trim_start_matches(BLANKS);
    let start = part.start + (inner.len() - from_start.len());
    let trimmed = from_start.trim_end_matches(BLANKS);
    let span = start..start + trimmed.len();
    if memchr::memchr3(b'<', b'&', b'\r', trimmed.as_bytes()).is_none() {
        return Content {
            value: Some(Cow::Borrowed(trimmed)),
            span,
            markup: None,
        };
    }
    let (value, markup) = parse(trimmed, entities);
    Content {
        value: value.map(Cow::Owned),
        span,
        markup,
    }
}

fn parse(content: &str, entities: &Entities) -> (Option<String>, Option<Markup>) {
    // A reader drops a U+FEFF at its start, which is text here.
    let plain = memchr::memchr2(b'<', b'&', content.as_bytes()).unwrap_or(content.len());
    let mut value = content[..plain].to_owned();
    let mut markup = None;
    let mut reader = Reader::from_str(&content[plain..]);
    while let Ok(event) = reader.read_event() {
        let is_blank = value.trim_matches(BLANKS).is_empty();
        match event {
            Event::Text(text) => value.push_str(&text),
            Event::GeneralRef(name) => entities.resolve(&name, &mut value),
            Event::Comment(_) | Event::PI(_) if is_blank => {
                markup = Some(Markup::LeadingComment);
                value.clear();
            }
            Event::Comment(_) | Event::PI(_) => {
                markup = Some(Markup::Comment);
                break;
            }
            Event::CData(_) => {
                let value = (!is_blank).then(|| normalize(&value));
                return (value, Some(Markup::CData));
            }
            Event::Start(_) | Event::Empty(_) => {
                markup = Some(Markup::Element);
                break;
            }
            Event::End(_) | Event::Decl(_) | Event::DocType(_) | Event::Eof => break,
        }
    }
    (Some(normalize(&value)), markup)
}

/// Trims a value, and turns every line end into `\n` as XML requires.
fn normalize(value: &str) -> String {
    let value = value.trim_matches(BLANKS);
    value.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(inner: &str) -> Option<String> {
        let entities = Entities::declared("<!ENTITY e 'stands'>");
        read(inner, 0..inner.len(), &entities)
            .value
            .map(Cow::into_owned)
    }

    #[test]
    fn values_are_read_as_the_vendor_reads_them() {
        for (inner, expected) in [
            (" \n plain\t", Some("plain")),
            ("a &amp; b &#65; &e;", Some("a & b A stands")),
            ("before<!-- c -->after", Some("before")),
            ("<!-- c -->after", Some("after")),
            ("<![CDATA[lost]]>", None),
            ("kept<![CDATA[lost]]>", Some("kept")),
            ("text<x/>lost", Some("text")),
            ("", Some("")),
            ("a\r\nb", Some("a\nb")),
            ("\u{feff}a&amp;b", Some("\u{feff}a&b")),
        ] {
            assert_eq!(value(inner).as_deref(), expected, "{inner}");
        }
    }
}
