//! Renders the reference for a terminal, in its width and with color if allowed.

use std::fmt::Write as _;

use crate::reference::{DocText, EntryKind, FieldDoc, Reference, ReferenceEntry, SettingDoc};

use super::super::Style;
use super::super::style::{Role, wrap};

/// Wider lines are hard to read.
const MAX_WIDTH: usize = 100;

/// Lists every name except those of settings, one per line.
pub fn contents(reference: &Reference, style: Style) -> String {
    let mut out = String::new();
    let lead = "`ascript docs NAME` shows an entry, `ascript docs WORDS` searches, `ascript docs guide` teaches.";
    paragraph(lead, 0, style, &mut out);
    for entry in reference.entries() {
        let is_titled = !entry.members.is_empty() && entry.kind == EntryKind::Topic;
        if is_titled || matches!(entry.kind, EntryKind::Namespace | EntryKind::Module) {
            let title = style.paint(Role::Strong, &entry.name);
            let _ = writeln!(out, "\n{title}  {}", entry.summary());
        } else if !matches!(entry.kind, EntryKind::Setting | EntryKind::Foreign) {
            if is_first(reference, entry) {
                let _ = writeln!(
                    out,
                    "\n{}",
                    style.paint(Role::Strong, group_title(entry.kind))
                );
            }
            line(entry, style, &mut out);
        }
    }
    out
}

/// Whether the entry is the first of a group without a title entry.
fn is_first(reference: &Reference, entry: &ReferenceEntry) -> bool {
    let has_title = entry.kind == EntryKind::Language
        || matches!(entry.kind, EntryKind::Binding | EntryKind::Function)
            && entry.name.contains(['.', ':']);
    let is_free =
        |other: &&ReferenceEntry| entry.kind != EntryKind::Binding || !other.name.contains('.');
    let first = reference.of_kind(entry.kind).find(is_free);
    !has_title && first.is_some_and(|first| std::ptr::eq(first, entry))
}

fn group_title(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Namespace | EntryKind::Binding => "global functions",
        EntryKind::Value => "values",
        EntryKind::Declaration => "declarations and errors",
        EntryKind::Module | EntryKind::Function => "modules",
        EntryKind::Recipe => "recipes",
        EntryKind::Topic | EntryKind::Language => "guide",
        EntryKind::Section | EntryKind::Setting => "settings in aspera.conf",
        EntryKind::Command => "REPL commands",
        EntryKind::Foreign => "words of shells and other languages",
    }
}

/// Lists search results, one per line.
pub fn listing(entries: &[&ReferenceEntry], style: Style) -> String {
    let mut out = String::new();
    for entry in entries {
        line(entry, style, &mut out);
    }
    out
}

fn line(entry: &ReferenceEntry, style: Style, out: &mut String) {
    let column = style.width.min(MAX_WIDTH).div_ceil(3).min(28);
    let name = &entry.name;
    let length = name.chars().count() + 2;
    let description = one_line_description(entry);
    let painted = style.paint(Role::Act, name);
    if description.is_empty() {
        let _ = writeln!(out, "  {painted}");
        return;
    }
    let gap = (column + 2).saturating_sub(length).max(2);
    let rest = columns(style, column + 2);
    let first = columns(style, length + gap);
    let mut lead = format!("  {painted}{:gap$}", "");
    for text in wrap(&description, first, rest) {
        let _ = writeln!(out, "{lead}{text}");
        lead = " ".repeat(column + 2);
    }
}

/// The first sentence of the description. For a setting without one, its
/// accepted values; for any setting, also its sections.
fn one_line_description(entry: &ReferenceEntry) -> DocText {
    let summary = entry.summary();
    let first = summary
        .split_once(". ")
        .map_or(summary, |(first, _)| &summary[..=first.len()]);
    let Some(field) = entry
        .fields
        .first()
        .filter(|_| entry.kind == EntryKind::Setting)
    else {
        return first.to_owned().into();
    };
    let what = if first.is_empty() {
        &*field.fits
    } else {
        first
    };
    format!("{what} ({})", entry.sections.join(", ")).into()
}

/// Renders entries one after the other.
pub fn pages(reference: &Reference, entries: &[&ReferenceEntry], style: Style) -> String {
    let pages = entries.iter().map(|entry| page(reference, entry, style));
    pages.collect::<Vec<_>>().join("\n")
}

fn page(reference: &Reference, entry: &ReferenceEntry, style: Style) -> String {
    let mut out = String::new();
    let title = if entry.usage.is_empty() {
        &entry.name
    } else {
        &entry.usage
    };
    let width = columns(style, 0);
    for (index, line) in wrap(title, width, width - 4).iter().enumerate() {
        let indent = if index == 0 { "" } else { "    " };
        let _ = writeln!(out, "{indent}{}", style.paint(Role::Strong, line));
    }
    for text in paragraphs(&entry.doc) {
        out.push('\n');
        paragraph(&text, 2, style, &mut out);
    }
    match (entry.kind, &entry.fields[..]) {
        (EntryKind::Setting, [field]) => setting(entry, field, style, &mut out),
        (_, []) => {}
        (_, fields) => {
            heading("arguments", style, &mut out);
            for field in fields {
                argument(field, 2, style, &mut out);
            }
        }
    }
    if !entry.members.is_empty() {
        heading("members", style, &mut out);
        for member in reference.members_of(entry) {
            line(member, style, &mut out);
        }
    }
    if !entry.example.is_empty() {
        heading("example", style, &mut out);
        for line in entry.example.lines() {
            let _ = writeln!(out, "  {line}");
        }
    }
    let see = if entry.kind == EntryKind::Setting {
        "set by"
    } else {
        "see also"
    };
    names(see, &entry.see, style, &mut out);
    if !entry.sources.is_empty() {
        heading("source", style, &mut out);
        for source in &entry.sources {
            paragraph(source, 2, style, &mut out);
        }
    }
    out
}

fn heading(text: &str, style: Style, out: &mut String) {
    let _ = writeln!(out, "\n{}", style.paint(Role::Strong, text));
}

fn names(title: &str, names: &[DocText], style: Style, out: &mut String) {
    if names.is_empty() {
        return;
    }
    heading(title, style, out);
    paragraph(&names.join(", "), 2, style, out);
}

fn argument(field: &FieldDoc, indent: usize, style: Style, out: &mut String) {
    let mut properties = vec![field.fits.to_string()];
    properties.extend(other_properties(field));
    let mut lead = format!("{:indent$}{}  ", "", style.paint(Role::Act, &field.name));
    let width = columns(style, indent + 4);
    let first = columns(style, indent + 2 + field.name.chars().count());
    for line in wrap(&properties.join(" · "), first, width) {
        let _ = writeln!(out, "{lead}{}", style.paint(Role::Faint, &line));
        lead = " ".repeat(indent + 4);
    }
    paragraph(&field.doc, indent + 4, style, out);
    for key in &field.fields {
        argument(key, indent + 4, style, out);
    }
}

/// Whether the field is required, and its unit, default, version and source as
/// far as they are known.
fn other_properties(field: &FieldDoc) -> Vec<String> {
    let sources = field.sources.join("; ");
    let known = [
        ("in ", &*field.unit),
        ("default ", &*field.default),
        ("since ", &*field.since),
        ("source: ", &*sources),
    ];
    let known = known.iter().filter(|(_, text)| !text.is_empty());
    let required = field.is_required.then(|| "required".to_owned());
    let rest = known.map(|(word, text)| format!("{word}{text}"));
    required.into_iter().chain(rest).collect()
}

/// What of its value is a secret.
fn secrecy(field: &FieldDoc) -> Option<&'static str> {
    if field.is_secret {
        Some("yes, never shown")
    } else if field.may_hold_login {
        Some("the login of a URL, as in s3://login@host: never shown")
    } else {
        None
    }
}

fn setting(entry: &ReferenceEntry, field: &FieldDoc, style: Style, out: &mut String) {
    let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let in_file = field.in_file.as_ref();
    let of = |part: fn(&SettingDoc) -> &str| in_file.and_then(|setting| known(part(setting)));
    let default = known(&field.default).unwrap_or_else(|| "not set".to_owned());
    let rows = [
        ("sections", known(&subjects(entry))),
        ("type", known(&field.ty)),
        ("values", known(&field.fits)),
        ("reads as", of(|setting| &setting.reads)),
        ("unit", known(&field.unit)),
        ("default", Some(default)),
        ("secret", secrecy(field).map(str::to_owned)),
        ("since", known(&field.since)),
        ("path", of(|setting| &setting.path)),
        ("to reload", of(|setting| &setting.noticed)),
        ("name", of(|setting| &setting.certainty)),
        ("remark", of(|setting| &setting.remark)),
    ];
    out.push('\n');
    for (label, text) in rows {
        let Some(text) = text else { continue };
        let width = columns(style, 15);
        let mut lead = style.paint(Role::Faint, &format!("{label:11}"));
        for line in wrap(&text, width, width) {
            let _ = writeln!(out, "  {lead}  {line}");
            lead = " ".repeat(11);
        }
    }
}

fn subjects(entry: &ReferenceEntry) -> String {
    let subjects = entry
        .sections
        .iter()
        .map(|section| format!("conf/{section}"));
    subjects.collect::<Vec<_>>().join(", ")
}

/// How many columns an indented text has; at least 16, however narrow the
/// terminal is.
fn columns(style: Style, indent: usize) -> usize {
    style.width.min(MAX_WIDTH).saturating_sub(indent).max(16)
}

/// The paragraphs of a text. A fenced block is one, also with empty lines in it.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    for text in text.split("\n\n").filter(|text| !text.is_empty()) {
        let is_open = |text: &String| text.matches("```").count() % 2 == 1;
        match paragraphs.last_mut().filter(|last| is_open(last)) {
            Some(block) => block.extend(["\n\n", text]),
            None => paragraphs.push(text.to_owned()),
        }
    }
    paragraphs
}

/// Wraps a paragraph. A fenced block keeps its lines, and a table its rows.
fn paragraph(text: &str, indent: usize, style: Style, out: &mut String) {
    if text.starts_with("```") {
        for line in text.lines().filter(|line| !line.starts_with("```")) {
            let _ = writeln!(out, "{:indent$}{line}", "");
        }
        return;
    }
    if text.starts_with("| ") {
        return table(text, indent, out);
    }
    if let Some(title) = text.strip_prefix("## ") {
        let _ = writeln!(out, "{:indent$}{}", "", style.paint(Role::Strong, title));
        return;
    }
    if text.is_empty() {
        return;
    }
    let width = columns(style, indent);
    for line in wrap(&text.replace('\n', " "), width, width) {
        let _ = writeln!(out, "{:indent$}{line}", "");
    }
}

/// A table of two columns.
fn table(text: &str, indent: usize, out: &mut String) {
    let lines = text.lines().filter(|line| !line.starts_with("| ---"));
    let rows = lines.filter_map(|line| {
        let cells = line.strip_prefix("| ")?.strip_suffix(" |")?;
        cells.split_once(" | ")
    });
    let rows: Vec<_> = rows.collect();
    let width = rows.iter().map(|(cell, _)| cell.chars().count()).max();
    let width = width.unwrap_or_default();
    for (first, second) in rows {
        let _ = writeln!(out, "{:indent$}{first:width$}  {second}", "");
    }
}
