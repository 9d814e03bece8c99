//! Recognizes the syntax of shells at the location of a fault.

use crate::source::{KEYWORDS, is_identifier};

use super::foreign_hints::{CALL, COUNTED_LOOP};
use super::foreign_syntax::{FaultSite, leading_word, word_hint};

impl FaultSite<'_> {
    /// The hint for `[ … ]` as a condition, and for an operator such as `-eq`.
    pub(super) fn shell_test(&self) -> Option<&'static str> {
        let before = self.before.trim_end();
        let is_condition = ["if", "while", "until", "&&", "||"]
            .iter()
            .any(|word| before.ends_with(word));
        if is_condition && self.rest.starts_with('[') {
            return word_hint("[");
        }
        if let Some(flag) = self.rest.strip_prefix('-') {
            return word_hint(&format!("-{}", leading_word(flag)));
        }
        let is_flag = self.before.ends_with(" -") || self.before.ends_with("[-");
        is_flag
            .then(|| word_hint(&format!("-{}", self.word)))
            .flatten()
    }

    /// The hint for the path of a program that a function stands for.
    pub(super) fn program(&self) -> Option<&'static str> {
        let path = self.rest.split_whitespace().next()?;
        word_hint(path.rsplit('/').next()?)
    }

    /// The hint for what the line of the location starts with or has around it.
    pub(super) fn by_line(&self) -> Option<&'static str> {
        let start = self.before.rfind('\n').map_or(0, |end| end + 1);
        let before = self.before[start..].trim_start();
        let rest = self.rest.lines().next().unwrap_or_default();
        let (line, next) = (format!("{before}{rest}"), rest.trim_start());
        let first = leading_word(&line);
        let second = line[first.len()..].trim_start();
        let is_condition = matches!(first, "" | "if" | "elif" | "while" | "until");
        let is_test = is_condition && !before.is_empty() && second.starts_with('[');
        let is_path = before.chars().all(|c| is_identifier(c) || c == '.');
        let is_call = is_path && !before.is_empty() && next.starts_with(['"', '`', '#']);
        let is_range = before.ends_with(" in ") && next.starts_with('{');
        let is_choice = before.contains('=') && next.starts_with("if ");
        let is_function = !first.is_empty() && is_body(second);
        let is_command = !KEYWORDS.contains(&first) && !second.starts_with(['(', '=', '.']);
        let shapes = [
            (is_test, word_hint("[")),
            (line.contains("$("), word_hint("$(")),
            (
                first == "for" && second.starts_with("(("),
                Some(COUNTED_LOOP),
            ),
            (is_range, word_hint("seq")),
            (is_choice, word_hint("?")),
            (is_function, word_hint("function")),
            (
                first == "export" && is_assigned(second),
                word_hint("export"),
            ),
            (is_call, Some(CALL)),
            (is_command, word_hint(first)),
        ];
        let found = shapes.into_iter().find(|(is_here, _)| *is_here);
        found.and_then(|(_, hint)| hint)
    }
}

/// Whether a text continues the name of a function of a shell: `() { … }`.
fn is_body(text: &str) -> bool {
    let body = text.strip_prefix("()");
    body.is_some_and(|body| body.trim_start().starts_with('{'))
}

/// Whether a text starts with `NAME=`.
fn is_assigned(text: &str) -> bool {
    let assigned = text.split_once('=');
    assigned.is_some_and(|(name, _)| name.chars().all(is_identifier))
}
