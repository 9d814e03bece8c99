//! Lists of commands: what `;`, `&`, `&&` and `||` join.

use rable::{ListItem, ListOperator, Node, NodeKind};

use super::shell::{Condition, PlacedItem, ShellItem};
use super::shell_conditions::condition;
use super::shell_parser::{TreeReader, only_reports};

impl TreeReader {
    /// Commands joined by `;`, `&&`, `||` or `&`.
    pub(super) fn list(&mut self, items: &[ListItem]) {
        let ends =
            |item: &ListItem| !matches!(item.operator, Some(ListOperator::And | ListOperator::Or));
        for joined in items.split_inclusive(ends) {
            match joined {
                [.., last] if last.operator == Some(ListOperator::Background) => {
                    let why = "it runs in the background";
                    self.between(&unnested(joined), ShellItem::Other(why));
                }
                [only] => self.read(&only.command),
                _ => self.joined(joined),
            }
        }
    }

    fn between(&mut self, items: &[ListedCommand<'_>], item: ShellItem) {
        if let [first, .., last] = items {
            self.add_between(first.command, last.command, item);
        } else if let [only] = items {
            self.add(only.command, item);
        }
    }

    /// Commands joined by `&&` and `||`.
    fn joined(&mut self, items: &[ListItem]) {
        let items: &[ListedCommand<'_>] = &unnested(items);
        let ends = |item: &ListedCommand<'_>| item.operator != Some(ListOperator::And);
        let mut chains = items.split_inclusive(ends);
        let first = chains.next().unwrap_or_default();
        let others: Vec<_> = chains.collect();
        let questions = items
            .iter()
            .filter(|item| condition(item.command).is_some());
        if questions.count() > 1 {
            return self.unknown(items);
        }
        if let [head, met @ ..] = first
            && let Some(asked) = condition(head.command)
        {
            return self.asked(asked, items, met, &others);
        }
        self.chain(first);
        for other in others {
            let reaction = self.reaction(other);
            self.items.extend(reaction);
        }
    }

    /// What runs if the command before it fails.
    fn reaction(&mut self, items: &[ListedCommand<'_>]) -> Vec<PlacedItem> {
        let mut reaction = Vec::new();
        for item in items {
            reaction.extend(self.inside(item.command));
        }
        let outer = std::mem::take(&mut self.items);
        self.between(items, ShellItem::Reaction(reaction));
        std::mem::replace(&mut self.items, outer)
    }

    /// Commands whose condition a translation does not follow.
    fn unknown(&mut self, items: &[ListedCommand<'_>]) {
        let mut body = Vec::new();
        for item in items {
            body.extend(self.inside(item.command));
        }
        let condition = Condition::unknown();
        self.between(items, ShellItem::Conditional { condition, body });
    }

    /// Commands behind a condition: those after `&&`, and those after each `||`.
    fn asked(
        &mut self,
        asked: Condition,
        items: &[ListedCommand<'_>],
        met: &[ListedCommand<'_>],
        others: &[&[ListedCommand<'_>]],
    ) {
        let body = self.chained(met);
        let (condition, body) = match others {
            [] => (asked, body),
            [[other], failed @ ..] if only_reports(&body) => {
                let mut body = self.inside(other.command);
                for items in failed {
                    body.extend(self.reaction(items));
                }
                (asked.negated(), body)
            }
            [[other]] if only_reports(&self.inside(other.command)) => (asked, body),
            _ => return self.unknown(items),
        };
        self.between(items, ShellItem::Conditional { condition, body });
    }

    /// Commands joined by `&&`, where one may be a condition for those after it.
    fn chain(&mut self, items: &[ListedCommand<'_>]) {
        let question = items
            .iter()
            .position(|item| condition(item.command).is_some());
        let (plain, rest) = items.split_at(question.unwrap_or(items.len()));
        let mut groups: Vec<_> = plain.iter().map(|item| self.inside(item.command)).collect();
        if let [asked, met @ ..] = rest
            && let Some(condition) = condition(asked.command)
        {
            let body = self.chained(met);
            let outer = std::mem::take(&mut self.items);
            self.between(rest, ShellItem::Conditional { condition, body });
            groups.push(std::mem::replace(&mut self.items, outer));
        }
        self.between(items, ShellItem::Chain(groups));
    }

    /// The items of commands joined by `&&`.
    fn chained(&mut self, items: &[ListedCommand<'_>]) -> Vec<PlacedItem> {
        let outer = std::mem::take(&mut self.items);
        match items {
            [] => {}
            [only] => self.read(only.command),
            _ => self.chain(items),
        }
        std::mem::replace(&mut self.items, outer)
    }
}

/// A command of a list, and the operator after it.
#[derive(Clone, Copy)]
struct ListedCommand<'a> {
    command: &'a Node,
    operator: Option<ListOperator>,
}

/// The commands of a list. The parser reads `a && b || c` as a list that starts with another one.
fn unnested(mut items: &[ListItem]) -> Vec<ListedCommand<'_>> {
    let mut reversed = Vec::new();
    let mut operator = None;
    while let [first, rest @ ..] = items {
        for item in rest.iter().rev() {
            let operator = operator.take().or(item.operator);
            let command = &item.command;
            reversed.push(ListedCommand { command, operator });
        }
        operator = operator.or(first.operator);
        let command = &first.command;
        if let NodeKind::List { items: inner } = &command.kind {
            items = inner;
        } else {
            reversed.push(ListedCommand { command, operator });
            break;
        }
    }
    reversed.reverse();
    reversed
}
