//! Renders the reference as Markdown: the whole manual, or one entry.

use std::fmt::Write as _;

use crate::reference::{EntryKind, FieldDoc, Reference, ReferenceEntry};

const HEAD: &str = "# Reference

Every name that a script can use. `ascript docs NAME` shows one entry in a terminal,
`ascript docs WORDS` searches. This file is the output of `ascript docs --format markdown`.
What scripts are written in has pages of its own: [the guide](guide.md), [the language](language.md),
[recipes by task](recipes.md), [words of shells and other languages](shell.md).

Every operation returns an outcome with `.changed`, `.before` and `.after`. A default, unit
or version is missing where no source states it. In the tables of settings, *to reload* lists
the services that must reload aspera.conf after a change, and *name* says how certain the
name of the setting is: *documented* (published by the vendor), *attested* (seen in output),
*label* (the server's own label for it), *derived* (from its place in the file) or *guessed*.
Check names of the last three kinds with `asuserdata -+` on your server.
";

/// Renders the manual: all entries, with the settings in tables.
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
            // The language has pages of its own.
            EntryKind::Setting
            | EntryKind::Recipe
            | EntryKind::Topic
            | EntryKind::Language
            | EntryKind::Foreign => {}
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

/// The chapter of entries that belong to no namespace or module.
fn chapter(entry: &ReferenceEntry) -> Option<&'static str> {
    match entry.kind {
        EntryKind::Binding if !entry.name.contains('.') => Some("Global functions"),
        EntryKind::Value => Some("Values"),
        EntryKind::Declaration => Some("Declarations and errors"),
        EntryKind::Section => Some("Settings in aspera.conf"),
        EntryKind::Command => Some("REPL commands"),
        EntryKind::Namespace
        | EntryKind::Binding
        | EntryKind::Module
        | EntryKind::Function
        | EntryKind::Recipe
        | EntryKind::Topic
        | EntryKind::Language
        | EntryKind::Setting
        | EntryKind::Foreign => None,
    }
}

/// Renders one entry with its members.
pub fn single(reference: &Reference, entry: &ReferenceEntry) -> String {
    let mut out = String::new();
    if entry.kind == EntryKind::Section {
        section(reference, entry, &mut out);
        return out.trim_start().to_owned();
    }
    page(entry, &mut out);
    for member in reference.members_of(entry) {
        page(member, &mut out);
    }
    out.trim_start().to_owned()
}

fn page(entry: &ReferenceEntry, out: &mut String) {
    let title = if entry.usage.is_empty() {
        &entry.name
    } else {
        &entry.usage
    };
    let _ = writeln!(out, "\n### `{title}`");
    body(entry, out);
}

fn body(entry: &ReferenceEntry, out: &mut String) {
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

fn sources(entry: &ReferenceEntry, out: &mut String) {
    if !entry.sources.is_empty() {
        let _ = writeln!(out, "\nSource: {}", entry.sources.join("; "));
    }
}

/// Renders a field as a list item, with its keys as a nested list.
pub(super) fn item(field: &FieldDoc, indent: usize, out: &mut String) {
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

/// Renders a section with a table of its settings. Sections that have the same
/// settings share one table.
fn section(reference: &Reference, entry: &ReferenceEntry, out: &mut String) {
    let _ = writeln!(out, "\n### `{}`\n\n{}", entry.name, entry.doc);
    if !entry.see.is_empty() {
        let _ = writeln!(out, "\nSee `{}`.", entry.see.join("`, `"));
    }
    let word = entry.sections.first().copied().unwrap_or_default();
    let mut settings = reference.members_of(entry).peekable();
    let first = settings.peek().and_then(|setting| setting.sections.first());
    if let Some(first) = first.filter(|first| **first != word) {
        let _ = writeln!(out, "\nIt has the settings of `conf/{first}`.");
        return;
    }
    out.push_str(
        "\nA script reads `int` and `number` as a number, `bool` as true or false, and all others \
         as a string. A word such as `Unlimited` and a value that does not fit stay strings.\n",
    );
    out.push_str("\n| setting | type | default | to reload | name | description |\n");
    out.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for setting in settings {
        row(setting, out);
    }
}

fn row(entry: &ReferenceEntry, out: &mut String) {
    let Some(field) = entry.fields.first() else {
        return;
    };
    let in_file = field.in_file.as_ref();
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
    let mut description = field.doc.to_string();
    if let Some(remark) = in_file
        .map(|setting| &setting.remark)
        .filter(|remark| !remark.is_empty())
    {
        let _ = write!(description, " {remark}.");
    }
    let _ = writeln!(
        out,
        "| `{}` | {} | {} | {} | {} | {} |",
        field.name,
        cell(&ty),
        cell(&code(&field.default)),
        in_file.map_or("", |setting| &*setting.noticed),
        in_file
            .and_then(|setting| setting.certainty.split(':').next())
            .unwrap_or_default(),
        cell(description.trim())
    );
}
