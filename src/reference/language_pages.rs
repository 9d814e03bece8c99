//! The pages about the language, the guide and the recipes, which are Markdown files in `docs/`.

use super::entry::{EntryKind, ReferenceEntry};

const LANGUAGE: &str = include_str!("../../docs/language.md");
const GUIDE: &str = include_str!("../../docs/guide.md");
const RECIPES: &str = include_str!("../../docs/recipes.md");

/// The guide, the recipes, then each group of the language before its members.
pub(super) fn entries() -> Vec<ReferenceEntry> {
    let mut entries = vec![guide()];
    let recipes = sections(RECIPES, "\n## ");
    entries.extend(recipes.map(|(title, body)| page(EntryKind::Recipe, title, body)));
    for (title, body) in sections(LANGUAGE, "\n## ") {
        let text = body.split("\n### ").next().unwrap_or_default();
        let members = sections(body, "\n### ");
        let members: Vec<_> = members
            .map(|(title, body)| page(EntryKind::Language, title, body))
            .collect();
        entries.push(ReferenceEntry {
            members: members.iter().map(|entry| entry.name.clone()).collect(),
            ..page(EntryKind::Topic, title, text)
        });
        entries.extend(members);
    }
    entries
}

fn guide() -> ReferenceEntry {
    let text = GUIDE.split_once("\n\n").map_or(GUIDE, |(_, text)| text);
    ReferenceEntry::new(EntryKind::Topic, "guide", text.trim_end())
}

/// The titles and bodies of the sections with that mark.
fn sections(
    text: &'static str,
    mark: &'static str,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    let sections = text.split(mark).skip(1);
    sections.map(|section| section.split_once('\n').unwrap_or((section, "")))
}

/// A page: a block of `text` at its start is the usage, one of `rhai` the example.
fn page(kind: EntryKind, title: &'static str, body: &'static str) -> ReferenceEntry {
    let (mut usage, mut example, mut doc) = (Vec::new(), Vec::new(), Vec::new());
    let mut fence = None;
    for line in body.lines() {
        let opened = line.strip_prefix("```");
        match (fence, opened) {
            (None, Some("text")) => fence = Some(Fence::Usage),
            (None, Some(word)) if word.starts_with("rhai") => fence = Some(Fence::Example),
            (None, Some(_)) => fence = Some(Fence::Other),
            (Some(Fence::Other) | None, None) => doc.push(line),
            (Some(Fence::Usage), None) => usage.push(line),
            (Some(Fence::Example), None) => example.push(line),
            (Some(ended), Some(_)) => {
                fence = None;
                if ended != Fence::Other {
                    continue;
                }
            }
        }
        if opened.is_some() && fence.is_none_or(|fence| fence == Fence::Other) {
            doc.push(line);
        }
    }
    let mut doc = doc.join("\n").trim().to_owned();
    while doc.contains("\n\n\n") {
        doc = doc.replace("\n\n\n", "\n\n");
    }
    ReferenceEntry {
        usage: usage.join(", ").into(),
        example: example.join("\n").into(),
        ..ReferenceEntry::new(kind, title, doc)
    }
}

/// A block of code in a page.
#[derive(Clone, Copy, PartialEq)]
enum Fence {
    Usage,
    Example,
    Other,
}
