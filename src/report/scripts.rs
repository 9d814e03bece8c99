//! The list of scripts, as text and as JSON.

use std::fmt::Write as _;

use serde::Serialize;

use super::style::{columns, labeled};
use super::{clean, document};

/// A script that can be run by name.
#[derive(Serialize)]
pub struct ListedScript {
    /// Its name.
    pub name: String,
    /// What it does, in a line.
    pub summary: String,
}

/// The scripts in a line each; in several where a terminal is narrower.
pub fn text(scripts: &[ListedScript], terminal: Option<usize>) -> String {
    let lines = scripts.iter();
    let lines = lines.map(|script| (clean::line(&script.name), clean::line(&script.summary)));
    let lines: Vec<_> = lines.collect();
    let width = lines.iter().map(|(name, _)| columns(name)).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for (name, summary) in lines {
        let label = format!("{name:width$}  ");
        let _ = writeln!(text, "{}", labeled(&label, &summary, terminal));
    }
    text
}

/// The scripts as JSON.
pub fn json(scripts: &[ListedScript]) -> String {
    #[derive(Serialize)]
    struct ScriptsDocument<'a> {
        scripts: &'a [ListedScript],
    }
    document::render("scripts", &ScriptsDocument { scripts })
}
