//! Reads the syntax tree of a shell script. `rable` parses it; nothing is executed.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a translation follows few of the many kinds of nodes"
)]

use rable::{ListItem, ListOperator, Node, NodeKind};

use super::shell::{Invocation, PlacedItem, ShellItem, ShellWord, WordPart};
use super::shell_tables::{read_file, read_variables, shown_file};
use super::shell_words::{assignment, here_document, literal, word, words as expanded};

/// Programs that only ask whether something exists.
const CHECKS: &[&str] = &[
    "[", "test", "id", "getent", "grep", "command", "which", "type", "pgrep", "rpm", "dpkg", "dscl",
];

/// What follows `||` only to report or accept a failure.
const REACTIONS: &[&str] = &[
    "true", ":", "exit", "echo", "printf", "die", "fail", "return",
];

const CONDITION: &str = "it depends on a condition";

/// How many brackets a command may open: each may be inside of the one before it, and needs stack.
const MAX_BRACKETS: usize = 500;

/// Enough stack for them.
const STACK: usize = 64 << 20;

/// Parses a text; none if it has an error or is not complete.
pub(super) fn parse(text: &str) -> Option<Vec<PlacedItem>> {
    let brackets = text.bytes().filter(|byte| b"({`[".contains(byte));
    if brackets.count() > MAX_BRACKETS {
        return None;
    }
    stacker::maybe_grow(STACK / 2, STACK, || parse_shallow(text))
}

fn parse_shallow(text: &str) -> Option<Vec<PlacedItem>> {
    let nodes = rable::parse(text, false).ok()?;
    let mut reader = TreeReader {
        text,
        items: Vec::new(),
        has_open_document: false,
    };
    for node in &nodes {
        reader.read(node);
    }
    (!reader.has_open_document).then_some(reader.items)
}

struct TreeReader<'a> {
    text: &'a str,
    items: Vec<PlacedItem>,
    /// Whether a here-document has no end.
    has_open_document: bool,
}

impl TreeReader<'_> {
    fn add(&mut self, node: &Node, item: ShellItem) {
        let ends = |end: usize| self.text.chars().take(end).filter(|c| *c == '\n').count();
        let (line, last_line) = (ends(node.span.start), ends(node.span.end));
        self.items.push(PlacedItem {
            line,
            last_line,
            item,
        });
    }

    fn other(&mut self, node: &Node, why: &'static str) {
        self.add(node, ShellItem::Other(why));
    }

    fn read(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::Empty | NodeKind::Comment { .. } => {}
            NodeKind::Command { .. } => self.command(node, None),
            NodeKind::Pipeline { commands, .. } => self.pipeline(node, commands),
            NodeKind::List { items } => self.list(items),
            NodeKind::BraceGroup { body, redirects } if redirects.is_empty() => self.read(body),
            NodeKind::For {
                var,
                words: Some(words),
                body,
                redirects,
            } if redirects.is_empty() => self.for_loop(node, var, words, body),
            NodeKind::If {
                condition,
                then_body,
                else_body: None,
                ..
            } if asks_for_absence(condition) => self.read(then_body),
            NodeKind::If { .. } | NodeKind::Case { .. } | NodeKind::ConditionalExpr { .. } => {
                self.other(node, CONDITION);
            }
            NodeKind::While {
                condition,
                body,
                redirects,
            } => self.rows(node, condition, body, read_file(redirects)),
            NodeKind::Until { .. } | NodeKind::ForArith { .. } => {
                self.other(node, "its loop has no list of words");
            }
            NodeKind::Function { .. } => self.other(node, "it is a function of the shell"),
            _ => self.other(node, "only a shell can run it"),
        }
    }

    fn for_loop(&mut self, node: &Node, var: &str, words: &[Node], body: &Node) {
        let body = self.inside(body);
        let item = ShellItem::Loop {
            variable: var.to_owned(),
            words: words.iter().flat_map(expanded).collect(),
            body,
        };
        self.add(node, item);
    }

    /// `while read a b; do …; done < FILE`.
    fn rows(
        &mut self,
        node: &Node,
        condition: &Node,
        body: &Node,
        file: Option<(ShellWord, bool)>,
    ) {
        let (Some((file, has_header)), Some(variables)) = (file, read_variables(condition)) else {
            return self.other(node, "its loop has no list of words and no file");
        };
        let body = self.inside(body);
        let item = ShellItem::Rows {
            file,
            has_header,
            variables,
            body,
        };
        self.add(node, item);
    }

    /// The items of a part.
    fn inside(&mut self, node: &Node) -> Vec<PlacedItem> {
        let outer = std::mem::take(&mut self.items);
        self.read(node);
        std::mem::replace(&mut self.items, outer)
    }

    /// Commands joined by `;`, `&&`, `||` or `&`.
    fn list(&mut self, items: &[ListItem]) {
        let mut before: Option<&ListItem> = None;
        for item in items {
            let operator = before.and_then(|before| before.operator);
            let follows = before.map(|before| &before.command);
            before = Some(item);
            let node = &item.command;
            if item.operator == Some(ListOperator::Background) {
                self.other(node, "it runs in the background");
                continue;
            }
            let is_certain = match (operator, follows) {
                (Some(ListOperator::And), Some(before)) => {
                    !is_check(before) || asks_for_absence(before)
                }
                (Some(ListOperator::Or), Some(before)) => is_check(before),
                _ => true,
            };
            if is_certain {
                self.read(node);
            } else if operator != Some(ListOperator::Or) || !is_reaction(node) {
                self.other(node, CONDITION);
            }
        }
    }

    fn pipeline(&mut self, node: &Node, commands: &[Node]) {
        if let [feeder, reader] = commands
            && let NodeKind::While {
                condition,
                body,
                redirects,
            } = &reader.kind
            && redirects.is_empty()
        {
            return self.rows(node, condition, body, shown_file(feeder));
        }
        if let [feeder, reader] = commands
            && let Some(feeder) = self.invocation(feeder)
        {
            return self.command(reader, Some(Box::new(feeder)));
        }
        self.other(node, "it is a pipeline");
    }

    fn command(&mut self, node: &Node, feeder: Option<Box<Invocation>>) {
        let NodeKind::Command {
            assignments, words, ..
        } = &node.kind
        else {
            return self.other(node, "it is a pipeline");
        };
        let is_export = words.first().is_some_and(|first| {
            ["export", "readonly", "local", "declare"].contains(&&*literal(first))
        });
        if words.is_empty() || is_export {
            for assigned in assignments.iter().chain(words.iter().skip(1)) {
                if let Some((name, value)) = assignment(assigned) {
                    self.add(node, ShellItem::Assign { name, value });
                }
            }
            return;
        }
        match self.invocation(node) {
            Some(invocation) => {
                let invocation = Invocation {
                    feeder,
                    ..invocation
                };
                self.add(node, ShellItem::Run(Box::new(invocation)));
            }
            None => self.other(
                node,
                "it reads or writes a file in a way that only a shell can",
            ),
        }
    }

    fn invocation(&mut self, node: &Node) -> Option<Invocation> {
        let NodeKind::Command {
            assignments,
            words,
            redirects,
        } = &node.kind
        else {
            return None;
        };
        let mut invocation = Invocation {
            words: words.iter().flat_map(expanded).collect(),
            environment: assignments.iter().filter_map(assignment).collect(),
            ..Invocation::default()
        };
        for redirect in redirects {
            self.redirect(redirect, &mut invocation)?;
        }
        Some(invocation)
    }

    /// Notes where a program reads or writes; none if that is not known.
    fn redirect(&mut self, node: &Node, invocation: &mut Invocation) -> Option<()> {
        if let NodeKind::HereDoc {
            delimiter,
            content,
            quoted,
            ..
        } = &node.kind
        {
            // The parser takes the end of the text for the end of the document.
            let mut lines = self.text.lines().skip(1);
            let is_closed = lines.any(|line| line.trim_start_matches('\t') == delimiter);
            self.has_open_document |= !is_closed;
            invocation.input = Some(here_document(content, *quoted));
            return Some(());
        }
        let NodeKind::Redirect { op, target, fd, .. } = &node.kind else {
            return None;
        };
        let target = word(target);
        let is_lost = target.literal().is_some_and(|name| name == "/dev/null");
        match op.as_str() {
            _ if is_lost || *fd == 2 => {}
            ">&" | "<&" => {}
            "<<<" => invocation.input = Some(with_line_end(target)),
            ">" | ">|" | "&>" | ">>" | "&>>" if invocation.output.is_none() => {
                invocation.appends = op.ends_with(">>");
                invocation.output = Some(target);
            }
            _ => return None,
        }
        Some(())
    }
}

/// The word of a here-string, which the shell ends with a line end.
fn with_line_end(word: ShellWord) -> ShellWord {
    let ShellWord(mut parts) = word;
    parts.push(WordPart::Text("\n".to_owned()));
    ShellWord(parts)
}

/// The words of a simple command.
fn simple(node: &Node) -> Option<Vec<String>> {
    match &node.kind {
        NodeKind::Command { words, .. } => Some(words.iter().map(literal).collect()),
        _ => None,
    }
}

fn is_check(node: &Node) -> bool {
    match &node.kind {
        NodeKind::ConditionalExpr { .. } => true,
        NodeKind::Negation { pipeline } => is_check(pipeline),
        _ => starts_with_one_of(node, CHECKS),
    }
}

fn is_reaction(node: &Node) -> bool {
    matches!(node.kind, NodeKind::BraceGroup { .. }) || starts_with_one_of(node, REACTIONS)
}

fn starts_with_one_of(node: &Node, programs: &[&str]) -> bool {
    let words = simple(node).unwrap_or_default();
    words
        .first()
        .is_some_and(|first| programs.contains(&&**first))
}

/// Whether a condition only asks whether something is missing: a binding asks that itself.
fn asks_for_absence(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Negation { pipeline } => is_check(pipeline) && is_existence(pipeline),
        NodeKind::ConditionalExpr { body, .. } => match &body.kind {
            NodeKind::CondNot { operand } => {
                matches!(&operand.kind, NodeKind::UnaryTest { op, .. } if is_file_test(op))
            }
            _ => false,
        },
        _ => {
            let words = simple(node).unwrap_or_default();
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            matches!(words.as_slice(), ["[" | "test", "!", test, ..] if is_file_test(test))
        }
    }
}

fn is_existence(node: &Node) -> bool {
    let words = simple(node).unwrap_or_default();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["[" | "test", test, ..] => is_file_test(test),
        ["id" | "getent" | "grep" | "dscl", ..] => true,
        _ => false,
    }
}

fn is_file_test(test: &str) -> bool {
    ["-d", "-e", "-f"].contains(&test)
}
