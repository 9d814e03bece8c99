//! Renders the bindings as Rhai definition files for editors. An editor may
//! report an error at a name that Rhai reserves.

use std::fmt::Write as _;

use crate::reference::{EntryKind, FieldDoc, Reference, ReferenceEntry};

use super::markdown::item;

/// A definition file.
pub struct DefinitionFile {
    /// The file name: `conf.d.rhai`.
    pub name: String,
    /// The content.
    pub text: String,
}

const NOTE: &str =
    "// Written by `ascript docs --definitions`. Rhai itself reserves some names that
// ascript allows, such as `sync`, so an editor may report errors about them.
";

/// A file for each namespace, and `global.d.rhai` for names without one.
pub fn definitions(reference: &Reference) -> Vec<DefinitionFile> {
    let mut files = vec![file("global", "static")];
    for entry in reference.entries() {
        let define = match entry.kind {
            EntryKind::Binding => functions,
            EntryKind::Value => value,
            EntryKind::Namespace
            | EntryKind::Declaration
            | EntryKind::Module
            | EntryKind::Function
            | EntryKind::Recipe
            | EntryKind::Topic
            | EntryKind::Language
            | EntryKind::Section
            | EntryKind::Setting
            | EntryKind::Command
            | EntryKind::Foreign => continue,
        };
        let (module, name) = entry
            .name
            .split_once('.')
            .unwrap_or(("global", &entry.name));
        let name_of_file = format!("{module}.d.rhai");
        let known = files.iter().position(|file| file.name == name_of_file);
        let index = known.unwrap_or_else(|| {
            files.push(file(module, module));
            files.len() - 1
        });
        define(entry, name, &mut files[index].text);
    }
    files
}

fn file(name: &str, module: &str) -> DefinitionFile {
    DefinitionFile {
        name: format!("{name}.d.rhai"),
        text: format!("module {module};\n\n{NOTE}"),
    }
}

/// One definition for each number of arguments.
fn functions(entry: &ReferenceEntry, name: &str, out: &mut String) {
    let least = entry
        .fields
        .iter()
        .filter(|field| field.is_required)
        .count();
    for count in least..=entry.fields.len() {
        comment(entry, out);
        let params = entry.fields[..count].iter();
        let params: Vec<_> = params
            .map(|field| format!("{}: {}", field.name, ty(field)))
            .collect();
        let _ = writeln!(out, "fn {name}({}) -> ?;", params.join(", "));
    }
}

fn value(entry: &ReferenceEntry, name: &str, out: &mut String) {
    comment(entry, out);
    if !name.is_empty() {
        let _ = writeln!(out, "let {name}: ?;");
    }
}

fn comment(entry: &ReferenceEntry, out: &mut String) {
    let mut text = format!("{}\n", entry.doc);
    if !entry.fields.is_empty() {
        text.push('\n');
        for field in &entry.fields {
            item(field, 0, &mut text);
        }
    }
    if !entry.example.is_empty() {
        let _ = write!(text, "\n```rhai\n{}\n```", entry.example);
    }
    out.push('\n');
    for line in text.lines() {
        let _ = writeln!(out, "{}", format!("/// {line}").trim_end());
    }
}

/// The name of a type in Rhai; `?` is any type.
fn ty(field: &FieldDoc) -> &'static str {
    match &*field.ty {
        "bool" => "bool",
        "int" | "port" => "int",
        "string" | "name" | "path" | "choice" => "String",
        "map" => "Map",
        list if list.starts_with("list") => "Array",
        _ => "?",
    }
}
