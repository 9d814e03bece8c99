//! Reports what a shell would do and a script does not: `$name` in a string, and a loop over the
//! words of a string.

use std::collections::HashSet;

use rhai::{Expr, Position, Stmt};

use crate::fault::{Fault, Rule};
use crate::source::{TokenKind, code_tokens, is_identifier};

use super::finding_collector::FindingCollector;

/// The words of a text, such as its variables.
pub(super) fn words(text: &str) -> HashSet<&str> {
    let words = code_tokens(text).filter(|token| token.kind == TokenKind::Word);
    words.map(|word| word.text).collect()
}

/// Warns about a string with `$name`, where `name` is a word of the script or looks like a variable
/// of the environment.
pub(super) fn check_string(
    text: &str,
    position: Position,
    words: &HashSet<&str>,
    findings: &mut FindingCollector<'_>,
) {
    let token = findings.token_at(position);
    // In a hole of a template it is written out on purpose.
    if findings.source.text[..token.start].ends_with("${") {
        return;
    }
    let names = text.split('$').skip(1);
    let names = names.map(|rest| &rest[..rest.find(|c| !is_identifier(c)).unwrap_or(rest.len())]);
    let is_upper =
        |name: &str| name.len() > 1 && name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    for name in names.filter(|name| !name.is_empty()) {
        let hint = if words.contains(name) {
            format!("write the string in back-ticks, with `${{{name}}}` in it")
        } else if is_upper(name) {
            "a script does not read the environment: declare a parameter in `PARAMS`".to_owned()
        } else {
            continue;
        };
        let fault = Fault::script(format!("a string keeps `${name}` as it is written")).hint(hint);
        findings.add_fault(&fault, Rule::DollarInString, token);
        return;
    }
}

/// Warns about a loop over a string that is written out.
pub(super) fn check_loop(statement: &Stmt, findings: &mut FindingCollector<'_>) {
    let Stmt::For(parts, _) = statement else {
        return;
    };
    if let Expr::StringConstant(_, position) = &parts.2.expr {
        let fault = Fault::script("this loop runs once for each character of the string").hint(
            "write a list, such as [\"asp1\", \"asp2\"]; the rows of a file are `data(\"users.csv\")`",
        );
        findings.add_fault(&fault, Rule::LoopOverString, findings.token_at(*position));
    }
}
