//! The bindings as Rhai's definition files, for editors that read those. An
//! editor may complain where a name is a word that Rhai reserves.

use std::fmt::Write as _;

use crate::reference::{Entry, EntryKind, Field, Reference};

use super::markdown::item;

/// One definition file.
pub struct Definitions {
    /// Its name: `conf.d.rhai`.
    pub name: String,
    /// What is in it.
    pub text: String,
}

const NOTE: &str =
    "// Written by `ascript docs --definitions`. Rhai itself reserves some words that
// ascript gives back as names, such as `sync`: an editor may complain about them.
";

/// A file for each namespace, and `global.d.rhai` for what has none.
pub fn definitions(reference: &Reference) -> Vec<Definitions> {
    let mut files = vec![file("global", "static")];
    for entry in reference.entries() {
        let define = match entry.kind {
            EntryKind::Binding => functions,
            EntryKind::Value => value,
            EntryKind::Namespace
            | EntryKind::Declaration
            | EntryKind::Module
            | EntryKind::Function
            | EntryKind::Section
            | EntryKind::Setting
            | EntryKind::Command => continue,
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

fn file(name: &str, module: &str) -> Definitions {
    Definitions {
        name: format!("{name}.d.rhai"),
        text: format!("module {module};\n\n{NOTE}"),
    }
}

/// One definition for each number of arguments.
fn functions(entry: &Entry, name: &str, out: &mut String) {
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

fn value(entry: &Entry, name: &str, out: &mut String) {
    comment(entry, out);
    if !name.is_empty() {
        let _ = writeln!(out, "let {name}: ?;");
    }
}

fn comment(entry: &Entry, out: &mut String) {
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

/// The engine's name of a type; `?` is any.
fn ty(field: &Field) -> &'static str {
    match &*field.ty {
        "bool" => "bool",
        "int" | "port" => "int",
        "string" | "name" | "path" | "choice" => "String",
        "map" => "Map",
        list if list.starts_with("list") => "Array",
        _ => "?",
    }
}
