//! A fault with the line it points at, as compilers show one.

use std::rc::Rc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::fault::{Fault, Place};

use super::{Style, clean};

/// Gives the text of a source by its name.
pub type Sources<'a> = &'a dyn Fn(&str) -> Option<Rc<str>>;

/// The fault, with its place, what led there, and what to do next.
pub fn render(fault: &Fault, sources: Sources<'_>, style: Style) -> String {
    with_notes(fault, &[], sources, style)
}

/// The same, and lines under words of their own before what to do next.
pub(super) fn with_notes(
    fault: &Fault,
    notes: &[(&'static str, &[String])],
    sources: Sources<'_>,
    style: Style,
) -> String {
    let notes = notes.iter().filter(|(_, lines)| !lines.is_empty());
    let notes: Vec<_> = notes
        .map(|(word, lines)| {
            let lines: Vec<_> = lines.iter().map(|line| clean::line(line)).collect();
            (Level::NOTE.with_name(*word), lines.join("\n"))
        })
        .collect();
    let title = clean::line(fault.message()).into_owned();
    let hints: Vec<_> = fault
        .hints()
        .iter()
        .map(|hint| clean::line(hint).into_owned())
        .collect();
    let places: Vec<_> = fault.place().into_iter().chain(fault.frames()).collect();
    let texts: Vec<_> = places.iter().map(|place| sources(&place.file)).collect();
    let mut group = Group::with_title(Level::ERROR.primary_title(title));
    for (index, (place, text)) in places.iter().zip(&texts).enumerate() {
        if let Some(text) = text.as_deref().filter(|_| place.line > 0) {
            group = group.element(snippet(place, text, index == 0));
        }
    }
    for (level, text) in &notes {
        group = group.element(level.clone().message(text.as_str()));
    }
    for hint in &hints {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    let renderer = if style.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = renderer.term_width(style.width.max(60)).render(&[group]);
    text.push('\n');
    text
}

fn snippet<'a>(
    place: &'a Place,
    text: &'a str,
    is_innermost: bool,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let span = span(place, text);
    let kind = if is_innermost {
        AnnotationKind::Primary.span(span)
    } else {
        AnnotationKind::Context.span(span).label("called here")
    };
    Snippet::source(text).path(&*place.file).annotation(kind)
}

/// The word at a place: a call up to its bracket, a literal to its end.
fn span(place: &Place, text: &str) -> std::ops::Range<usize> {
    let line_start: usize = text
        .split_inclusive('\n')
        .take(place.line.saturating_sub(1) as usize)
        .map(str::len)
        .sum();
    let line = text[line_start..].lines().next().unwrap_or_default();
    let offset = line
        .char_indices()
        .nth(place.column.saturating_sub(1) as usize)
        .map_or(line.len(), |(index, _)| index);
    let rest = &line[offset..];
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut start = line_start + offset;
    let length = match rest.chars().next() {
        Some(quote @ ('"' | '`')) => rest[1..].find(quote).map_or(rest.len(), |end| end + 2),
        Some(first) if is_word(first) => {
            // The engine points behind the dot of `conf.set_user`.
            let lead = line[..offset].trim_end_matches(|c| is_word(c) || c == '.');
            start = line_start + lead.len();
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        }
        Some(first) => first.len_utf8(),
        None => 0,
    };
    start..(line_start + offset + length).min(text.len())
}
