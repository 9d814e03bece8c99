//! The whole reference as one markdown document.

use std::fmt::Write as _;

use crate::reference::{Entry, EntryKind, Field, Reference};

const HEAD: &str = "# Reference

Every name a script can use. `ascript docs NAME` shows one of them in a terminal,
`ascript docs WORDS` finds some. This file is what `ascript docs --format markdown`
prints.

Every operation gives an outcome with `.changed`, `.before` and `.after`. Where no
source gives a default, a unit or a version, none is told. The name of a setting is
*documented* or *attested*, or it is a *label*, *derived* from its place in the file or
*guessed*: then `asuserdata -+` on your server settles it.
";

/// The manual: all entries, the settings in tables.
pub fn manual(reference: &Reference) -> String {
    let mut out = HEAD.to_owned();
    let mut last = None;
    for entry in reference.entries() {
        let chapter = chapter(entry);
        if chapter.is_some() && chapter != last {
            let _ = writeln!(out, "\n## {}", chapter.unwrap_or_default());
            last = chapter;
        }
        match entry.kind {
            EntryKind::Setting => {}
            EntryKind::Section => section(reference, entry, &mut out),
            EntryKind::Namespace | EntryKind::Module => {
                let _ = writeln!(out, "\n## `{}`", entry.name);
                body(entry, &mut out);
                last = None;
            }
            EntryKind::Binding
            | EntryKind::Value
            | EntryKind::Declaration
            | EntryKind::Function
            | EntryKind::Command => page(entry, &mut out),
        }
    }
    out
}

/// The heading over entries that no other entry is a heading for.
fn chapter(entry: &Entry) -> Option<&'static str> {
    match entry.kind {
        EntryKind::Binding if !entry.name.contains('.') => Some("Everywhere"),
        EntryKind::Value => Some("Values"),
        EntryKind::Declaration => Some("What a script says of itself"),
        EntryKind::Section => Some("Settings in aspera.conf"),
        EntryKind::Command => Some("At the prompt"),
        EntryKind::Namespace
        | EntryKind::Binding
        | EntryKind::Module
        | EntryKind::Function
        | EntryKind::Setting => None,
    }
}

/// One entry by itself, with what is below it.
pub fn alone(reference: &Reference, entry: &Entry) -> String {
    let mut out = String::new();
    if entry.kind == EntryKind::Section {
        section(reference, entry, &mut out);
        return out.trim_start().to_owned();
    }
    page(entry, &mut out);
    for below in reference.below(entry) {
        page(below, &mut out);
    }
    out.trim_start().to_owned()
}

fn page(entry: &Entry, out: &mut String) {
    let title = if entry.usage.is_empty() {
        &entry.name
    } else {
        &entry.usage
    };
    let _ = writeln!(out, "\n### `{title}`");
    body(entry, out);
}

fn body(entry: &Entry, out: &mut String) {
    let _ = writeln!(out, "\n{}", entry.doc);
    if !entry.fields.is_empty() {
        out.push('\n');
        for field in &entry.fields {
            item(field, 0, out);
        }
    }
    if !entry.example.is_empty() {
        let _ = writeln!(out, "\n```rhai\n{}\n```", entry.example);
    }
    sources(entry, out);
}

fn sources(entry: &Entry, out: &mut String) {
    if !entry.sources.is_empty() {
        let _ = writeln!(out, "\nSource: {}", entry.sources.join("; "));
    }
}

/// A field as an item of a list, its keys below it.
pub(super) fn item(field: &Field, indent: usize, out: &mut String) {
    let required = if field.is_required { ", required" } else { "" };
    let _ = write!(
        out,
        "{:indent$}- `{}` ({}{required}): {}",
        "", field.name, field.fits, field.doc
    );
    for (word, text) in [
        ("Unit", &field.unit),
        ("Default", &field.default),
        ("Since", &field.since),
    ] {
        if !text.is_empty() {
            let _ = write!(out, " {word}: {text}.");
        }
    }
    if !field.sources.is_empty() {
        let _ = write!(out, " Source: {}.", field.sources.join("; "));
    }
    out.push('\n');
    for key in &field.fields {
        item(key, indent + 2, out);
    }
}

/// A section and its settings; sections that share theirs share one table.
fn section(reference: &Reference, entry: &Entry, out: &mut String) {
    let _ = writeln!(out, "\n### `{}`\n\n{}", entry.name, entry.doc);
    if !entry.see.is_empty() {
        let _ = writeln!(out, "\nSee `{}`.", entry.see.join("`, `"));
    }
    let word = entry.sections.first().copied().unwrap_or_default();
    let mut settings = reference.below(entry).peekable();
    let first = settings.peek().and_then(|setting| setting.sections.first());
    if let Some(first) = first.filter(|first| **first != word) {
        let _ = writeln!(out, "\nIts settings are those of `conf/{first}`.");
        return;
    }
    out.push_str("\n| setting | type | default | noticed by | name | does |\n");
    out.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for setting in settings {
        row(setting, out);
    }
}

fn row(entry: &Entry, out: &mut String) {
    let Some(field) = entry.fields.first() else {
        return;
    };
    let place = field.in_file.as_ref();
    let cell = |text: &str| text.replace('|', "\\|");
    let code = |text: &str| {
        if text.is_empty() {
            String::new()
        } else {
            format!("`{text}`")
        }
    };
    let is_choice = field.ty.starts_with("choice");
    let mut ty = if is_choice {
        code(&field.allowed.join(" "))
    } else {
        field.ty.to_string()
    };
    if !field.unit.is_empty() {
        let _ = write!(ty, ", {}", field.unit);
    }
    let mut does = field.doc.to_string();
    if let Some(remark) = place
        .map(|place| &place.remark)
        .filter(|remark| !remark.is_empty())
    {
        let _ = write!(does, " {remark}.");
    }
    let _ = writeln!(
        out,
        "| `{}` | {} | {} | {} | {} | {} |",
        field.name,
        cell(&ty),
        cell(&code(&field.default)),
        place.map_or("", |place| &*place.noticed),
        place
            .and_then(|place| place.certainty.split(':').next())
            .unwrap_or_default(),
        cell(does.trim())
    );
}
