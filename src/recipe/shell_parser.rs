//! Reads the syntax tree of a shell script. `rable` parses it; nothing is executed.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a translation follows few of the many kinds of nodes"
)]

use rable::{Node, NodeKind};

use super::shell::{Condition, Invocation, Jump, PlacedItem, ShellItem, ShellWord, WordPart};
use super::shell_conditions::condition;
use super::shell_tables::{read_file, read_variables, shown_file};
use super::shell_tree::{has_open_document, has_part, is_redirected};
use super::shell_words::{assignment, here_document, literal, word, words as expanded};

/// Programs that only report something.
pub(super) const REPORTS: &[&str] = &[
    "echo", "printf", "clear", "logger", "tput", "log", "info", "warn", "msg", "err", "true", ":",
    "sleep",
];

/// Why an item whose condition is not known is a comment.
pub(super) const CONDITION: &str = "it depends on a condition";

/// The same for one that may end the script.
pub(super) const ENDS_SCRIPT: &str =
    "it may end the script: everything after it depends on its condition";

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
    if has_open_document(&nodes, text) {
        return None;
    }
    let chars = text.chars().enumerate();
    let mut reader = TreeReader {
        line_ends: chars
            .filter(|(_, c)| *c == '\n')
            .map(|(at, _)| at)
            .collect(),
        items: Vec::new(),
    };
    for node in &nodes {
        reader.read(node);
    }
    Some(reader.items)
}

pub(super) struct TreeReader {
    /// The places of the line ends, in characters.
    line_ends: Vec<usize>,
    pub(super) items: Vec<PlacedItem>,
}

impl TreeReader {
    pub(super) fn add(&mut self, node: &Node, item: ShellItem) {
        self.add_between(node, node, item);
    }

    /// Adds an item that is on the lines of several nodes.
    pub(super) fn add_between(&mut self, first: &Node, last: &Node, item: ShellItem) {
        let line_of = |place: usize| self.line_ends.partition_point(|end| *end < place);
        let (line, last_line) = (line_of(first.span.start), line_of(last.span.end));
        self.items.push(PlacedItem {
            line,
            last_line,
            item,
        });
    }

    fn other(&mut self, node: &Node, why: &'static str) {
        let why = if leaves_script(node) {
            ENDS_SCRIPT
        } else {
            why
        };
        self.add(node, ShellItem::Other(why));
    }

    pub(super) fn read(&mut self, node: &Node) {
        if is_redirected(node) {
            return self.other(
                node,
                "it reads or writes a file in a way that only a shell can",
            );
        }
        match &node.kind {
            NodeKind::Empty | NodeKind::Comment { .. } => {}
            NodeKind::Command { .. } => self.command(node, None),
            NodeKind::Pipeline { commands, .. } => self.pipeline(node, commands),
            NodeKind::List { items } => self.list(items),
            NodeKind::BraceGroup { body, .. } => self.read(body),
            NodeKind::For {
                var,
                words: Some(words),
                body,
                ..
            } => self.for_loop(node, var, words, body),
            NodeKind::If {
                condition,
                then_body,
                else_body,
                ..
            } => self.branches(node, condition, then_body, else_body.as_deref()),
            NodeKind::Case { .. } | NodeKind::ConditionalExpr { .. } => self.other(node, CONDITION),
            NodeKind::While {
                condition,
                body,
                redirects,
            } => self.rows(node, condition, body, read_file(redirects)),
            NodeKind::Until { .. } | NodeKind::ForArith { .. } => {
                self.other(node, "its loop has no list of words");
            }
            NodeKind::Function { name, body } => {
                let body = self.inside(body);
                let name = name.clone();
                self.add(node, ShellItem::Function { name, body });
            }
            _ => self.other(node, "only a shell can run it"),
        }
    }

    /// `if … then … else … fi`.
    fn branches(&mut self, node: &Node, asked: &Node, then_body: &Node, else_body: Option<&Node>) {
        let asked = condition(asked).unwrap_or_else(Condition::unknown);
        let mut body = self.inside(then_body);
        let other = else_body.map(|body| self.inside(body));
        let condition = match other {
            Some(other) if only_reports(&body) => {
                body = other;
                asked.negated()
            }
            Some(other) if !only_reports(&other) => {
                body.extend(other);
                Condition::unknown()
            }
            _ => asked,
        };
        self.add(node, ShellItem::Conditional { condition, body });
    }

    fn for_loop(&mut self, node: &Node, var: &str, words: &[Node], body: &Node) {
        let body = self.inside(body);
        let item = ShellItem::Loop {
            variable: var.to_owned(),
            words: words.iter().flat_map(loop_words).collect(),
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
    pub(super) fn inside(&mut self, node: &Node) -> Vec<PlacedItem> {
        let outer = std::mem::take(&mut self.items);
        self.read(node);
        std::mem::replace(&mut self.items, outer)
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
            && let Some(feeder) = invocation(feeder)
        {
            return self.command(reader, Some(Box::new(feeder)));
        }
        self.other(node, "it is a pipeline");
    }

    fn command(&mut self, node: &Node, feeder: Option<Box<Invocation>>) {
        let NodeKind::Command { words, .. } = &node.kind else {
            return self.other(node, "it is a pipeline");
        };
        let is_export = words.first().is_some_and(|first| {
            ["export", "readonly", "local", "declare"].contains(&&*literal(first))
        });
        if words.is_empty() || is_export {
            return self.assignments(node);
        }
        if let Some(jump) = jump(words) {
            return self.add(node, ShellItem::Jump(jump));
        }
        if let Some((name, value)) = default_of(words) {
            return self.add(node, ShellItem::Assign { name, value });
        }
        match invocation(node) {
            Some(program) => {
                let invocation = Invocation { feeder, ..program };
                self.add(node, ShellItem::Run(Box::new(invocation)));
            }
            None => self.other(
                node,
                "it reads or writes a file in a way that only a shell can",
            ),
        }
    }

    /// `NAME=value`, `export NAME=value`.
    fn assignments(&mut self, node: &Node) {
        let NodeKind::Command {
            assignments,
            words,
            redirects,
        } = &node.kind
        else {
            return;
        };
        for assigned in assignments.iter().chain(words.iter().skip(1)) {
            if let Some((name, value)) = assignment(assigned) {
                self.add(node, ShellItem::Assign { name, value });
            }
        }
        let is_document = |node: &Node| matches!(node.kind, NodeKind::HereDoc { .. });
        if redirects.iter().all(is_document) {
            return;
        }
        self.other(
            node,
            "it empties a file: write file.ensure with its content",
        );
    }
}

/// A program with its arguments and files.
fn invocation(node: &Node) -> Option<Invocation> {
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
        add_redirect(redirect, &mut invocation)?;
    }
    Some(invocation)
}

/// Notes where a program reads or writes; none if that is not known.
fn add_redirect(node: &Node, invocation: &mut Invocation) -> Option<()> {
    if let NodeKind::HereDoc {
        content, quoted, ..
    } = &node.kind
    {
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

/// The words of a loop. Without any, the parser writes the arguments of the script as a text.
fn loop_words(node: &Node) -> Vec<ShellWord> {
    if literal(node) == "$@" {
        return vec![ShellWord(vec![WordPart::Unknown])];
    }
    expanded(node)
}

/// The word of a here-string, which the shell ends with a line end.
fn with_line_end(word: ShellWord) -> ShellWord {
    let ShellWord(mut parts) = word;
    parts.push(WordPart::Text("\n".to_owned()));
    ShellWord(parts)
}

/// Whether items do nothing but report something.
pub(super) fn only_reports(items: &[PlacedItem]) -> bool {
    only_run(items, &is_report)
}

/// Whether items do nothing but run such programs.
pub(super) fn only_run(items: &[PlacedItem], is_such: &dyn Fn(&Invocation) -> bool) -> bool {
    items.iter().all(|placed| match &placed.item {
        ShellItem::Run(invocation) => is_such(invocation),
        ShellItem::Chain(groups) => groups.iter().all(|group| only_run(group, is_such)),
        _ => false,
    })
}

/// Whether a program only reports something.
pub(super) fn is_report(invocation: &Invocation) -> bool {
    let program = invocation.program();
    invocation.output.is_none() && program.is_some_and(|name| REPORTS.contains(&&*name))
}

/// What a command leaves.
fn jump(words: &[Node]) -> Option<Jump> {
    match literal(words.first()?).as_str() {
        "exit" => Some(Jump::Exit {
            is_success: words.get(1).is_some_and(|code| literal(code) == "0"),
        }),
        "return" | "continue" | "break" => Some(Jump::Inner),
        _ => None,
    }
}

/// Whether a part of a node leaves the script, or a loop around the node.
fn leaves_script(node: &Node) -> bool {
    let is_loop = matches!(
        node.kind,
        NodeKind::While { .. } | NodeKind::Until { .. } | NodeKind::ForArith { .. }
    );
    let is_apart = matches!(
        node.kind,
        NodeKind::Subshell { .. } | NodeKind::Pipeline { .. } | NodeKind::Function { .. }
    );
    let mut leaves = |part: &Node| match &part.kind {
        NodeKind::Command { words, .. } => {
            jump(words).is_some_and(|jump| !is_loop || jump != Jump::Inner)
        }
        _ => false,
    };
    !is_apart && has_part(node, &mut leaves)
}

/// The variable of `: ${NAME:=value}`, and its default.
fn default_of(words: &[Node]) -> Option<(String, ShellWord)> {
    let [program, value] = words else {
        return None;
    };
    let value = word(value);
    match value.0.as_slice() {
        [
            WordPart::Variable {
                name,
                default: Some(_),
                ..
            },
        ] if literal(program) == ":" => Some((name.clone(), value)),
        _ => None,
    }
}
