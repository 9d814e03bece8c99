//! Translates what people have into scripts: shell scripts, commands for asconfigurator's
//! standard input, Markdown and copied vendor pages. It executes nothing, and answers each line:
//! kept, changed, left as a comment, or left out.

mod accounts;
mod answers;
mod asconfigurator;
mod asnodeadmin;
mod checked;
mod chunks;
mod commands;
mod conf_command;
mod content;
mod context;
mod declared;
mod draft;
mod effects;
mod files;
mod flags;
mod folders;
mod macos_accounts;
mod masking;
mod merge;
mod page;
mod parameters;
mod placeholders;
mod refusals;
mod repair;
mod services;
mod shell;
mod shell_conditions;
mod shell_lists;
mod shell_parser;
mod shell_tables;
mod shell_tree;
mod shell_words;
mod statement;
mod supersede;
mod sync;
mod tokens;
mod translator;
mod written;

pub use answers::{LineAnswer, Treatment};

/// A file to translate.
#[derive(Clone, Copy, Debug)]
pub struct Recipe<'a> {
    /// Its name, as messages show it.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// The script, and what became of each line.
#[derive(Debug)]
pub struct Translation {
    /// The text of the script.
    pub script: String,
    /// What became of the lines, in their order.
    pub answers: Vec<LineAnswer>,
}

/// Translates files into one script, which passes `check`. No secret of them is in the result.
pub fn translate(recipes: &[Recipe<'_>]) -> Translation {
    checked::translate(recipes)
}
