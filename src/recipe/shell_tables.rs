//! Loops over the lines of a file: `while read a b; do …; done < FILE`.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a translation follows few of the many kinds of nodes"
)]

use rable::{Node, NodeKind};

use super::shell::ShellWord;
use super::shell_words::{assignment, literal, word};
use crate::source::is_identifier;

/// The file that the only redirection reads, and whether its first line is skipped.
pub(super) fn read_file(redirects: &[Node]) -> Option<(ShellWord, bool)> {
    let [redirect] = redirects else {
        return None;
    };
    let NodeKind::Redirect { op, target, fd, .. } = &redirect.kind else {
        return None;
    };
    if op != "<" || ![0, -1].contains(fd) {
        return None;
    }
    match &target.kind {
        NodeKind::Word { parts, .. } => match parts.as_slice() {
            [part] => match &part.kind {
                NodeKind::ProcessSubstitution { command, .. } => shown_file(command),
                _ => Some((word(target), false)),
            },
            _ => Some((word(target), false)),
        },
        _ => None,
    }
}

/// The file that `cat FILE` or `tail -n +2 FILE` shows, and whether the first line is skipped.
pub(super) fn shown_file(command: &Node) -> Option<(ShellWord, bool)> {
    let NodeKind::Command { words, .. } = &command.kind else {
        return None;
    };
    let file = word(words.last()?);
    let before: Vec<_> = words[..words.len() - 1].iter().map(literal).collect();
    let before: Vec<_> = before.iter().map(String::as_str).collect();
    match before.as_slice() {
        ["cat"] => Some((file, false)),
        ["tail", "-n", "+2"] | ["tail", "-n+2" | "+2"] | ["sed", "1d"] => Some((file, true)),
        _ => None,
    }
}

/// The variables of `read a b c`.
pub(super) fn read_variables(condition: &Node) -> Option<Vec<String>> {
    let NodeKind::Command {
        assignments,
        words,
        redirects,
    } = &condition.kind
    else {
        return None;
    };
    let words: Vec<_> = words.iter().map(|node| word(node).literal()).collect();
    let words: Vec<_> = words.into_iter().collect::<Option<_>>()?;
    let (program, words) = words.split_first()?;
    let names: Vec<_> = words.iter().filter(|word| *word != "-r").cloned().collect();
    let is_name = |name: &String| !name.is_empty() && name.chars().all(is_identifier);
    let is_known = program == "read" && redirects.is_empty() && names.iter().all(is_name);
    let separates = |node: &Node| {
        let (name, separator) = assignment(node)?;
        let separator = separator.literal()?;
        // Without a separator, a line is one part.
        let is_split = !separator.is_empty() || names.len() == 1;
        (name == "IFS" && separator.chars().count() <= 1 && is_split).then_some(())
    };
    assignments
        .iter()
        .map(separates)
        .collect::<Option<Vec<_>>>()?;
    (is_known && !names.is_empty()).then_some(names)
}
