//! A fault with the source lines it points at, as compilers show one.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::rc::Rc;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet, Title};

use crate::fault::{Fault, Location};
use crate::source::SourceText;

use super::plain_secrets::redact;
use super::style::{Role, wrap};
use super::{Style, clean};

/// The least room for words.
const MIN_WIDTH: usize = 20;

/// Returns the text of a source by its name.
pub type SourceLookup<'a> = &'a dyn Fn(&str) -> Option<Rc<str>>;

/// The texts of sources with masked secrets, each masked once.
pub(super) struct RedactedSources<'a> {
    texts: SourceLookup<'a>,
    redacted: RefCell<BTreeMap<Rc<str>, Option<SourceText>>>,
}

impl<'a> RedactedSources<'a> {
    pub(super) fn new(texts: SourceLookup<'a>) -> Self {
        Self {
            texts,
            redacted: RefCell::default(),
        }
    }

    fn get(&self, name: &Rc<str>) -> Option<SourceText> {
        let mut redacted = self.redacted.borrow_mut();
        let source = redacted.entry(Rc::clone(name)).or_insert_with(|| {
            let text = (self.texts)(name)?;
            Some(SourceText::new(Rc::clone(name), redact(&text).into_owned()))
        });
        source.clone()
    }
}

/// Lines of text under a label.
type Note<'a> = (&'static str, &'a [String]);

/// Renders a fault with its location, the calls that led there, and what to do next.
pub fn render(fault: &Fault, sources: SourceLookup<'_>, style: Style) -> String {
    render_with_notes(fault, &[], &RedactedSources::new(sources), style)
}

/// Renders a fault with notes before what to do next.
pub(super) fn render_with_notes(
    fault: &Fault,
    notes: &[Note<'_>],
    sources: &RedactedSources<'_>,
    style: Style,
) -> String {
    let title = clean::line(fault.message()).into_owned();
    render_texts(
        fault,
        title,
        notes,
        &clean_lines(fault.hints()),
        sources,
        style,
    )
}

/// Renders a fault for a terminal, its texts broken at blanks.
pub fn render_wrapped(fault: &Fault, sources: SourceLookup<'_>, style: Style) -> String {
    let title = wrapped(&clean::line(fault.message()), style.width, "error: ".len());
    let hints = clean_lines(fault.hints()).into_iter();
    let hints: Vec<_> = hints
        .map(|hint| wrapped(&hint, style.width, "    = help: ".len()))
        .collect();
    let sources = RedactedSources::new(sources);
    render_texts(fault, title, &[], &hints, &sources, style)
}

fn render_texts(
    fault: &Fault,
    title: String,
    notes: &[Note<'_>],
    hints: &[String],
    sources: &RedactedSources<'_>,
    style: Style,
) -> String {
    let locations = fault.location().into_iter().chain(fault.calls());
    let sources: Vec<_> = locations
        .filter(|location| location.line > 0)
        .filter_map(|location| Some((location, sources.get(&location.file)?)))
        .collect();
    if sources.is_empty() {
        return without_snippet(&title, notes, hints, style);
    }
    let snippets = sources
        .iter()
        .enumerate()
        .map(|(index, (location, source))| {
            let is_innermost = index == 0 && fault.location() == Some(location);
            snippet(location, source, is_innermost)
        });
    let title = Level::ERROR.primary_title(title);
    render_group(title, snippets, &joined(notes), hints, style)
}

/// A text in lines that fit the width behind a label.
fn wrapped(text: &str, width: usize, label: usize) -> String {
    let room = width.saturating_sub(label).max(MIN_WIDTH);
    wrap(text, room, room).join("\n")
}

/// Each text in one line without control characters.
pub(super) fn clean_lines(texts: &[String]) -> Vec<String> {
    let lines = texts.iter().map(|text| clean::line(text).into_owned());
    lines.collect()
}

/// The notes that have lines, each as one text.
fn joined(notes: &[Note<'_>]) -> Vec<(&'static str, String)> {
    let notes = notes.iter().filter(|(_, lines)| !lines.is_empty());
    let notes = notes.map(|(label, lines)| (*label, clean_lines(lines).join("\n")));
    notes.collect()
}

/// Renders a title with its snippets, notes and hints.
pub(super) fn render_group<'a>(
    title: Title<'a>,
    snippets: impl IntoIterator<Item = Snippet<'a, Annotation<'a>>>,
    notes: &'a [(&'static str, String)],
    hints: &'a [String],
    style: Style,
) -> String {
    let mut group = Group::with_title(title);
    for snippet in snippets {
        group = group.element(snippet);
    }
    for (label, text) in notes {
        group = group.element(Level::NOTE.with_name(*label).message(text.as_str()));
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

/// Renders a fault for which no source snippet is available.
fn without_snippet(title: &str, notes: &[Note<'_>], hints: &[String], style: Style) -> String {
    let mut text = style.paint(Role::Danger, "error");
    let title = title.replace('\n', "\n       ");
    text.push_str(&style.paint(Role::Strong, &format!(": {title}")));
    text.push('\n');
    let helps = hints.iter().map(|hint| ("help", hint.clone()));
    for (label, lines) in joined(notes).into_iter().chain(helps) {
        let lines = lines.replace('\n', &format!("\n   {:1$}  ", "", label.len()));
        let _ = writeln!(text, " = {}: {lines}", style.paint(Role::Strong, label));
    }
    text
}

fn snippet<'a>(
    location: &Location,
    source: &'a SourceText,
    is_innermost: bool,
) -> Snippet<'a, Annotation<'a>> {
    let span = source.path_span(source.offset_at(location));
    line_snippet(source, span, |span| {
        if is_innermost {
            AnnotationKind::Primary.span(span)
        } else {
            AnnotationKind::Context.span(span).label("called here")
        }
    })
}

/// The line in which a span starts, and the part of the span that is in it: a string may go over
/// several lines. It has no other lines, since each is read again for each snippet.
pub(super) fn line_snippet<'a>(
    source: &'a SourceText,
    span: Range<usize>,
    annotate: impl FnOnce(Range<usize>) -> Annotation<'a>,
) -> Snippet<'a, Annotation<'a>> {
    let (number, line) = source.line_at(span.start);
    let start = span.start.min(line.end) - line.start;
    let end = span.end.min(line.end) - line.start;
    Snippet::source(&source.text[line])
        .line_start(number)
        .path(&*source.name)
        .annotation(annotate(start..end.max(start)))
}
