//! The parts of a syntax tree of the shell.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a translation follows few of the many kinds of nodes"
)]

use rable::{Node, NodeKind};

use super::shell_words::literal;

/// The commands inside of a node, and its redirections, in the order of the text.
fn parts(node: &Node) -> Vec<&Node> {
    let (commands, redirects): (Vec<&Node>, &[Node]) = match &node.kind {
        NodeKind::Pipeline { commands, .. } => (commands.iter().collect(), &[]),
        NodeKind::List { items } => (items.iter().map(|item| &item.command).collect(), &[]),
        NodeKind::If {
            condition,
            then_body,
            else_body,
            redirects,
        } => {
            let parts = [&**condition, then_body].into_iter();
            (parts.chain(else_body.as_deref()).collect(), redirects)
        }
        NodeKind::While {
            condition,
            body,
            redirects,
        }
        | NodeKind::Until {
            condition,
            body,
            redirects,
        } => (vec![&**condition, body], redirects),
        NodeKind::For {
            body, redirects, ..
        }
        | NodeKind::ForArith {
            body, redirects, ..
        }
        | NodeKind::Select {
            body, redirects, ..
        }
        | NodeKind::Subshell { body, redirects }
        | NodeKind::BraceGroup { body, redirects } => (vec![&**body], redirects),
        NodeKind::Case {
            patterns,
            redirects,
            ..
        } => (
            patterns.iter().filter_map(|it| it.body.as_ref()).collect(),
            redirects,
        ),
        NodeKind::Command { redirects, .. }
        | NodeKind::ConditionalExpr { redirects, .. }
        | NodeKind::ArithmeticCommand { redirects, .. } => (Vec::new(), redirects),
        NodeKind::Function { body, .. } => (vec![&**body], &[]),
        NodeKind::Coproc { command, .. } => (vec![&**command], &[]),
        NodeKind::Negation { pipeline } | NodeKind::Time { pipeline, .. } => {
            (vec![&**pipeline], &[])
        }
        _ => (Vec::new(), &[]),
    };
    commands.into_iter().chain(redirects).collect()
}

/// Whether a node or a part of it fulfills a condition.
pub(super) fn has_part(node: &Node, wanted: &mut dyn FnMut(&Node) -> bool) -> bool {
    wanted(node) || parts(node).into_iter().any(|part| has_part(part, wanted))
}

/// Whether a here-document has no end. The parser takes the end of the text for it.
pub(super) fn has_open_document(nodes: &[Node], text: &str) -> bool {
    let mut lines = text.lines().skip(1);
    let mut is_open = |node: &Node| {
        let NodeKind::HereDoc {
            delimiter,
            strip_tabs,
            ..
        } = &node.kind
        else {
            return false;
        };
        !lines.any(|line| {
            let line = if *strip_tabs {
                line.trim_start_matches('\t')
            } else {
                line
            };
            line == delimiter
        })
    };
    nodes.iter().any(|node| has_part(node, &mut is_open))
}

/// Whether a command that has others inside reads or writes a file.
pub(super) fn is_redirected(node: &Node) -> bool {
    let (NodeKind::If { redirects, .. }
    | NodeKind::For { redirects, .. }
    | NodeKind::BraceGroup { redirects, .. }
    | NodeKind::ConditionalExpr { redirects, .. }) = &node.kind
    else {
        return false;
    };
    !redirects.iter().all(|redirect| match &redirect.kind {
        NodeKind::Redirect { op, target, fd, .. } => {
            op == ">&" || *fd == 2 || literal(target) == "/dev/null"
        }
        _ => false,
    })
}
