//! What a script is for, takes and touches, for eyes and machines.

use std::fmt::Write as _;

use serde::Serialize;

use super::style::{Role, Style, wrap};
use super::{clean, document};

/// What is known of a script without running it.
#[derive(Serialize)]
pub struct About {
    /// Its name.
    pub name: String,
    /// What it says of itself.
    pub purpose: String,
    /// The platform it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<&'static str>,
    /// What it takes, in the order written.
    pub parameters: Vec<Parameter>,
    /// What it may do and read, in the order of the manual.
    pub effects: Vec<Effect>,
    /// The programs that it may start.
    pub programs: Vec<&'static str>,
    /// What the bindings it calls rest on.
    pub sources: Vec<&'static str>,
    /// The command of a live run, for a script that changes something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live_run: Option<String>,
    /// The paths of the aspera.conf that it is about.
    pub conf_files: Vec<String>,
}

/// A parameter.
#[derive(Serialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(flatten)]
    pub ty: ParameterType,
    /// Its value where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether it must be given.
    pub required: bool,
    /// What it is for.
    pub help: String,
}

/// What a parameter or a part of it takes.
#[derive(Default, Serialize)]
pub struct ParameterType {
    /// The type in a word.
    #[serde(rename = "type")]
    pub word: &'static str,
    /// What it may be, where that is a choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Its limits, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub limits: String,
    /// What each item of a list takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<Box<ParameterType>>,
    /// The fields of a map.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Parameter>,
}

/// One kind of thing that a script does or reads.
#[derive(Serialize)]
pub struct Effect {
    /// Such as `edits aspera.conf`.
    pub kind: &'static str,
    /// Upon what: `user {name}: absolute, read_allowed`.
    pub subjects: Vec<String>,
}

/// As one JSON document.
pub fn json(about: &About) -> String {
    document::render("script", about)
}

/// For a terminal.
pub fn text(about: &About, style: Style) -> String {
    let name = style.paint(Role::Strong, &clean::line(&about.name));
    let mut text = format!("{name}\n\n");
    for line in about.purpose.lines() {
        block(line, 0, style, &mut text);
    }
    if let Some(platform) = about.platform {
        let _ = writeln!(text, "\nPlatform: {platform}");
    }
    if let Some(command) = &about.live_run {
        heading(
            "A live run requires administrative rights",
            false,
            &mut text,
        );
        let _ = writeln!(text, "  {}", clean::line(command));
    }
    heading("aspera.conf", about.conf_files.is_empty(), &mut text);
    for path in &about.conf_files {
        let _ = writeln!(text, "  {}", clean::line(path));
    }
    heading("Parameters", about.parameters.is_empty(), &mut text);
    parameters(&about.parameters, 2, style, &mut text);
    heading("Effects", about.effects.is_empty(), &mut text);
    for effect in &about.effects {
        let _ = writeln!(text, "  {}", effect.kind);
        for subject in &effect.subjects {
            block(subject, 6, style, &mut text);
        }
    }
    heading("Programs", about.programs.is_empty(), &mut text);
    if !about.programs.is_empty() {
        block(&about.programs.join(", "), 2, style, &mut text);
    }
    heading("Sources", about.sources.is_empty(), &mut text);
    for source in &about.sources {
        block(source, 2, style, &mut text);
    }
    text
}

/// Parameters, or the fields of one, each with its own fields further to the right.
fn parameters(all: &[Parameter], indent: usize, style: Style, out: &mut String) {
    let names = all.iter().map(|one| one.name.chars().count());
    let width = names.max().unwrap_or_default();
    let columns = style.width.saturating_sub(indent + width + 2).max(20);
    for one in all {
        let name = format!("{:width$}", clean::line(&one.name));
        let name = style.paint(Role::Strong, &name);
        let takes = wrap(&clean::line(&one.takes()), columns, columns);
        let further = format!("\n{:1$}", "", indent + width + 2);
        let _ = writeln!(out, "{:indent$}{name}  {}", "", takes.join(&further));
        if !one.help.is_empty() {
            block(&one.help, indent + width + 4, style, out);
        }
        parameters(one.ty.parts(), indent + width + 4, style, out);
    }
}

fn heading(name: &str, is_empty: bool, text: &mut String) {
    if !is_empty {
        let _ = writeln!(text, "\n{name}:");
    }
}

/// Appends a text, wrapped and indented.
fn block(text: &str, indent: usize, style: Style, out: &mut String) {
    let text = clean::line(text);
    let columns = style.width.saturating_sub(indent).max(20);
    for line in wrap(&text, columns, columns) {
        let _ = writeln!(out, "{}", format!("{:indent$}{line}", "").trim_end());
    }
}

impl Parameter {
    /// `choice eu|us, default eu`.
    fn takes(&self) -> String {
        let takes = self.ty.takes();
        match (&self.default, self.required) {
            (Some(default), _) => takes + ", default " + default.as_str(),
            (None, true) => takes + ", required",
            (None, false) => takes + ", optional",
        }
    }
}

impl ParameterType {
    /// The fields of the map that it is, or that each item is.
    fn parts(&self) -> &[Parameter] {
        match &self.of {
            Some(item) => item.parts(),
            None => &self.fields,
        }
    }

    /// `list of map, 1 to 3 items`, without the fields.
    fn takes(&self) -> String {
        let mut takes = self.word.to_owned();
        if !self.values.is_empty() {
            let _ = write!(takes, " {}", self.values.join("|"));
        }
        if let Some(item) = &self.of {
            let _ = write!(takes, " of {}", item.takes());
        }
        if !self.limits.is_empty() {
            let _ = write!(takes, ", {}", self.limits);
        }
        takes
    }
}

/// For a page or a comment.
pub fn markdown(about: &About) -> String {
    let mut text = format!("# {}\n\n", plain(&about.name));
    for line in about.purpose.lines() {
        let _ = writeln!(text, "{}", plain(line));
    }
    if let Some(platform) = about.platform {
        let _ = writeln!(text, "\nPlatform: {platform}");
    }
    if !about.parameters.is_empty() {
        text.push_str("\n## Parameters\n\n| name | takes | |\n| --- | --- | --- |\n");
    }
    rows("", &about.parameters, &mut text);
    if !about.effects.is_empty() {
        text.push_str("\n## Effects\n\n");
    }
    for effect in &about.effects {
        let _ = writeln!(text, "- {}", effect.kind);
        for subject in &effect.subjects {
            let _ = writeln!(text, "  - {}", plain(subject));
        }
    }
    for (heading, items) in [("Programs", &about.programs), ("Sources", &about.sources)] {
        if !items.is_empty() {
            let _ = writeln!(text, "\n## {heading}\n");
        }
        for item in items {
            let _ = writeln!(text, "- {}", plain(item));
        }
    }
    text
}

/// A row for each parameter, and for each field: `users[].name`.
fn rows(outer: &str, all: &[Parameter], out: &mut String) {
    for one in all {
        let name = format!("{outer}{}", one.name);
        let cells = [&name, &one.takes(), &one.help];
        let cells = cells.map(|cell| plain(cell).replace('|', "\\|"));
        let _ = writeln!(out, "| {} |", cells.join(" | "));
        let mut ty = &one.ty;
        let mut path = name;
        while let Some(item) = &ty.of {
            path.push_str("[]");
            ty = item;
        }
        rows(&format!("{path}."), &ty.fields, out);
    }
}

/// Text that markdown takes for nothing else, in a table too.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    clean::prose(&clean::line(text), &mut plain);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_breaks_a_table_or_becomes_a_link_or_an_image() {
        let parameter = Parameter {
            name: "region".to_owned(),
            ty: ParameterType {
                word: "choice",
                values: vec!["a|b".to_owned(), "![x](https://h/p)".to_owned()],
                ..ParameterType::default()
            },
            default: Some("[y](https://h)\n| z |".to_owned()),
            required: false,
            help: "see <https://h> `|`".to_owned(),
        };
        let about = About {
            name: "s\n# t".to_owned(),
            purpose: String::new(),
            platform: None,
            parameters: vec![parameter],
            effects: Vec::new(),
            programs: Vec::new(),
            sources: Vec::new(),
            live_run: None,
            conf_files: Vec::new(),
        };
        let page = markdown(&about);
        let rows: Vec<_> = page.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(rows.len(), 3, "{page}");
        // GitHub splits a row at each bar without a backslash, also in code.
        assert_eq!(rows[2].replace("\\|", "").matches('|').count(), 4, "{page}");
        let events: Vec<_> = pulldown_cmark::Parser::new(&page).collect();
        for event in events {
            use pulldown_cmark::{Event, Tag};
            let is_markup = matches!(
                event,
                Event::Start(Tag::Link { .. } | Tag::Image { .. })
                    | Event::Html(_)
                    | Event::InlineHtml(_)
            );
            assert!(!is_markup, "{event:?} {page}");
        }
    }
}
