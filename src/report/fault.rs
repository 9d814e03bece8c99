//! A fault with the line it points at, as compilers show one.

use std::fmt::Write as _;
use std::rc::Rc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, Title};

use crate::fault::{Fault, Location};

use super::blank::blanked;
use super::style::Role;
use super::{Style, clean};

/// Gives the text of a source by its name.
pub type Sources<'a> = &'a dyn Fn(&str) -> Option<Rc<str>>;

/// Lines under a word of their own.
type Note<'a> = (&'static str, &'a [String]);

/// The fault, with its place, what led there, and what to do next.
pub fn render(fault: &Fault, sources: Sources<'_>, style: Style) -> String {
    with_notes(fault, &[], sources, style)
}

/// The same, and lines under words of their own before what to do next.
pub(super) fn with_notes(
    fault: &Fault,
    notes: &[Note<'_>],
    sources: Sources<'_>,
    style: Style,
) -> String {
    let title = clean::line(fault.message()).into_owned();
    let hints = cleaned(fault.hints());
    let places: Vec<_> = fault.location().into_iter().chain(fault.calls()).collect();
    let shown = places.iter().filter(|place| place.line > 0);
    let texts: Vec<_> = shown
        .filter_map(|place| Some((*place, sources(&place.file)?)))
        .collect();
    if texts.is_empty() {
        return without_lines(&title, notes, &hints, style);
    }
    let texts: Vec<_> = texts
        .iter()
        .map(|(place, text)| (*place, blanked(text)))
        .collect();
    let snippets = texts.iter().enumerate();
    let innermost = fault.location();
    let snippets = snippets
        .map(|(index, (place, text))| snippet(place, text, index == 0 && innermost == Some(place)));
    let title = Level::ERROR.primary_title(title);
    drawn(title, snippets, &told(notes), &hints, style)
}

/// Hints, each in one line.
pub(super) fn cleaned(hints: &[String]) -> Vec<String> {
    let hints = hints.iter().map(|hint| clean::line(hint).into_owned());
    hints.collect()
}

fn told(notes: &[Note<'_>]) -> Vec<(&'static str, String)> {
    let told = notes.iter().filter(|(_, lines)| !lines.is_empty());
    let told = told.map(|(word, lines)| {
        let lines: Vec<_> = lines.iter().map(|line| clean::line(line)).collect();
        (*word, lines.join("\n"))
    });
    told.collect()
}

/// A title with the lines it is about, and what to do next.
pub(super) fn drawn<'a>(
    title: Title<'a>,
    snippets: impl IntoIterator<Item = Snippet<'a, annotate_snippets::Annotation<'a>>>,
    notes: &'a [(&'static str, String)],
    hints: &'a [String],
    style: Style,
) -> String {
    let mut group = Group::with_title(title);
    for snippet in snippets {
        group = group.element(snippet);
    }
    for (word, text) in notes {
        group = group.element(Level::NOTE.with_name(*word).message(text.as_str()));
    }
    for hint in hints {
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

/// Where there is no line to point at, the words are all.
fn without_lines(title: &str, notes: &[Note<'_>], hints: &[String], style: Style) -> String {
    let mut text = style.paint(Role::Danger, "error");
    text.push_str(&style.paint(Role::Strong, &format!(": {title}")));
    text.push('\n');
    let helps = hints.iter().map(|hint| ("help", hint.clone()));
    for (word, lines) in told(notes).into_iter().chain(helps) {
        let lines = lines.replace('\n', &format!("\n   {:1$}  ", "", word.len()));
        let _ = writeln!(text, " = {}: {lines}", style.paint(Role::Strong, word));
    }
    text
}

fn snippet<'a>(
    place: &'a Location,
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
fn span(place: &Location, text: &str) -> std::ops::Range<usize> {
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
