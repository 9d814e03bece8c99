//! The value of one element as the vendor's parser reads it, and which bytes
//! say it. It does not know which setting the element is.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::entity::Entities;
use super::index::Element;

/// What is trimmed from a value's ends.
pub(super) const BLANKS: &[char] = &[' ', '\t', '\r', '\n'];

/// What an element's content says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Leaf<'t> {
    /// The value; none where all of it is CDATA.
    pub(super) value: Option<Cow<'t, str>>,
    /// Its bytes without the blanks around.
    pub(super) span: Range<usize>,
    /// What stands inside besides text.
    pub(super) impurity: Option<Impurity>,
}

/// What in an element's content keeps text from being part of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Impurity {
    /// CDATA is not read.
    CData,
    /// Text after a comment or an instruction is lost.
    Comment,
    /// A comment before all text, which is harmless.
    LeadingComment,
    /// Text after an element is lost.
    Element,
}

/// Reads an element's content.
pub(super) fn read<'t>(text: &'t str, element: Element, entities: &Entities) -> Leaf<'t> {
    let inner = &text[element.inner..element.close];
    let from_start = inner.trim_start_matches(BLANKS);
    let start = element.inner + (inner.len() - from_start.len());
    let trimmed = from_start.trim_end_matches(BLANKS);
    let span = start..start + trimmed.len();
    if memchr::memchr3(b'<', b'&', b'\r', trimmed.as_bytes()).is_none() {
        return Leaf {
            value: Some(Cow::Borrowed(trimmed)),
            span,
            impurity: None,
        };
    }
    let (value, impurity) = events(trimmed, entities);
    Leaf {
        value,
        span,
        impurity,
    }
}

fn events(content: &str, entities: &Entities) -> (Option<Cow<'static, str>>, Option<Impurity>) {
    let mut value = String::new();
    let mut impurity = None;
    let mut reader = Reader::from_str(content);
    while let Ok(event) = reader.read_event() {
        let is_blank = value.trim_matches(BLANKS).is_empty();
        match event {
            Event::Text(run) => value.push_str(&run),
            Event::GeneralRef(name) => entities.resolve(&name, &mut value),
            Event::Comment(_) | Event::PI(_) if is_blank => {
                impurity = Some(Impurity::LeadingComment);
                value.clear();
            }
            Event::Comment(_) | Event::PI(_) => {
                impurity = Some(Impurity::Comment);
                break;
            }
            Event::CData(_) => {
                let value = (!is_blank).then(|| tidy(&value));
                return (value, Some(Impurity::CData));
            }
            Event::Start(_) | Event::Empty(_) => {
                impurity = Some(Impurity::Element);
                break;
            }
            Event::End(_) | Event::Decl(_) | Event::DocType(_) | Event::Eof => break,
        }
    }
    (Some(tidy(&value)), impurity)
}

// XML turns every line end into one `\n`.
fn tidy(value: &str) -> Cow<'static, str> {
    let value = value.trim_matches(BLANKS);
    Cow::Owned(value.replace("\r\n", "\n").replace('\r', "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(inner: &str) -> Option<String> {
        let element = Element {
            open: 0,
            inner: 0,
            close: inner.len(),
            end: inner.len(),
        };
        let entities = Entities::declared("<!ENTITY e 'stands'>");
        read(inner, element, &entities).value.map(Cow::into_owned)
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
        ] {
            assert_eq!(value(inner).as_deref(), expected, "{inner}");
        }
    }
}
