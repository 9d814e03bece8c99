//! Commands behind a condition, and what ends a script.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "only some kinds of items can be behind a condition"
)]

use super::Translator;
use super::variables::set_in;
use crate::recipe::answers::Treatment;
use crate::recipe::chunks::Origin;
use crate::recipe::context::{FunctionSets, ToolCall, Untranslated};
use crate::recipe::draft::StatementDraft;
use crate::recipe::effects::{Thing, ThingEffect, effect};
use crate::recipe::shell::{
    Condition, FunctionRole, Invocation, Jump, PlacedItem, ShellItem, ShellTest, ShellWord,
};
use crate::recipe::shell_parser::{CONDITION, ENDS_SCRIPT, is_report, only_run};

/// What scripts call the function that ends them with an error.
const ENDERS: &[&str] = &["die", "fail", "usage", "abort", "error", "fatal", "bail"];

/// Why a script does not need what only reports.
const REPORTED: &str = "the report of a run says what is done";

/// What the text of a function has that takes a password.
const SECRET_SIGNS: &[&str] = &["pass", "secret", "token", " -p", "key"];

/// Programs of the shell whose success says nothing.
const CERTAIN: &[&str] = &[
    "cd", "set", "umask", "unset", "shopt", "trap", "hash", "wait",
];

impl Translator<'_> {
    /// A function of the script: one that only reports is not needed.
    pub(super) fn function(
        &mut self,
        name: &str,
        body: &[PlacedItem],
        origin: Origin<'_>,
        drafts: &mut Vec<StatementDraft>,
    ) {
        let role = if self.only_reports(body) {
            FunctionRole::Reports
        } else if self.end(body) == Some(Jump::Exit { is_success: false }) {
            FunctionRole::Ends
        } else {
            FunctionRole::Acts
        };
        self.context.functions.insert(name.to_owned(), role);
        let names = set_in(origin.text()).map(str::to_owned).collect();
        let sets = FunctionSets { names, seen: None };
        self.context.function_sets.insert(name.to_owned(), sets);
        let takes_secret = |line: &String| SECRET_SIGNS.iter().any(|sign| line.contains(sign));
        if origin.text().iter().any(takes_secret) {
            self.context.secret_functions.insert(name.to_owned());
        }
        self.forget_assigned(origin);
        if role == FunctionRole::Acts {
            return self.keep_as_comment("it is a function of the shell", origin, drafts);
        }
        self.answer(origin, Treatment::LeftOut, vec![REPORTED.to_owned()]);
    }

    /// The role of the function that a command calls.
    pub(super) fn called_function(&self, invocation: &Invocation) -> Option<FunctionRole> {
        let name = invocation.program()?;
        self.context.functions.get(&name).copied()
    }

    /// What becomes of a call of a function of the script. What it may take as a password is hidden.
    pub(super) fn call_of_function(
        &mut self,
        role: FunctionRole,
        invocation: &Invocation,
    ) -> Untranslated {
        let name = invocation.program();
        let name = name.unwrap_or_default();
        self.forget_set_by(&name);
        if self.context.secret_functions.contains(&name) {
            for text in invocation
                .words
                .iter()
                .skip(2)
                .filter_map(ShellWord::literal)
            {
                if !text.starts_with(['/', '-']) {
                    self.context.hide(&text);
                }
            }
        }
        match role {
            FunctionRole::Reports => Untranslated::needless(REPORTED),
            FunctionRole::Ends | FunctionRole::Acts => {
                Untranslated::comment("it calls a function of the shell script")
            }
        }
    }

    /// Commands of which each needs the success of the one before.
    pub(super) fn chain(
        &mut self,
        groups: &[Vec<PlacedItem>],
        origin: Origin<'_>,
        drafts: &mut Vec<StatementDraft>,
    ) {
        for (index, group) in groups.iter().enumerate() {
            if index > 0 && self.has_jump(group) {
                return self.keep_as_comment(ENDS_SCRIPT, origin, drafts);
            }
            let answered = self.answers.len();
            let mut inner = Vec::new();
            for item in group {
                self.item(item, origin.chunk, &mut inner);
            }
            let is_last = index + 1 == groups.len();
            if is_last || self.is_certain(group, answered) {
                drafts.append(&mut inner);
                continue;
            }
            self.answers.truncate(answered);
            let why = "what follows in its line depends on it, and a script does not do it";
            self.forget_assigned(origin);
            return self.keep_as_comment(why, origin, drafts);
        }
    }

    /// Whether the script stops where these items fail, or they cannot fail.
    fn is_certain(&self, items: &[PlacedItem], answered: usize) -> bool {
        let is_harmless = |placed: &PlacedItem| match &placed.item {
            ShellItem::Run(invocation) => {
                let program = invocation.program();
                let verb = invocation.words.get(1).and_then(ShellWord::literal);
                self.reports(invocation)
                    || program.is_some_and(|name| CERTAIN.contains(&&*name))
                    || verb.is_some_and(|verb| verb == "daemon-reload")
            }
            _ => false,
        };
        let mut answers = self.answers[answered..].iter();
        items.iter().all(is_harmless)
            || answers.all(|one| [Treatment::Kept, Treatment::Changed].contains(&one.treatment))
    }

    /// Items that run if the command before them fails: a script stops then.
    pub(super) fn reaction(
        &mut self,
        items: &[PlacedItem],
        origin: Origin<'_>,
        drafts: &mut Vec<StatementDraft>,
    ) {
        let end = self.end(items);
        if end == Some(Jump::Exit { is_success: true }) {
            return self.keep_as_comment(ENDS_SCRIPT, origin, drafts);
        }
        if end.is_none() && !self.only_reports(items) {
            self.forget_assigned(origin);
            self.keep_as_comment(CONDITION, origin, drafts);
        }
    }

    /// Items that run if a condition holds.
    pub(super) fn conditional(
        &mut self,
        condition: &Condition,
        body: &[PlacedItem],
        origin: Origin<'_>,
        drafts: &mut Vec<StatementDraft>,
    ) {
        if self.only_reports(body) {
            return self.answer(origin, Treatment::LeftOut, vec![REPORTED.to_owned()]);
        }
        if let Some(end) = self.end(body) {
            let Some(why) = harmless_guard(condition, end) else {
                return self.keep_as_comment(ENDS_SCRIPT, origin, drafts);
            };
            return self.answer(origin, Treatment::LeftOut, vec![why.to_owned()]);
        }
        if self.is_asked_by_functions(condition, body) {
            for item in body {
                self.item(item, origin.chunk, drafts);
            }
            return;
        }
        self.forget_assigned(origin);
        let why = if self.has_jump(body) {
            ENDS_SCRIPT
        } else {
            CONDITION
        };
        self.keep_as_comment(why, origin, drafts);
    }

    /// Whether the functions that the items become look themselves at what a condition tests:
    /// what is missing is made, or what exists is removed.
    fn is_asked_by_functions(&mut self, condition: &Condition, body: &[PlacedItem]) -> bool {
        let Some(thing) = self.thing(&condition.test) else {
            return false;
        };
        let wanted = if condition.holds {
            ThingEffect::Removes
        } else {
            ThingEffect::Makes
        };
        let Some(calls) = self.calls(body) else {
            return false;
        };
        let effects: Option<Vec<_>> = calls.iter().map(effect).collect();
        let effects = effects.unwrap_or_default();
        let is_later =
            |effect: ThingEffect| wanted == ThingEffect::Makes && effect == ThingEffect::Changes;
        effects.first().is_some_and(|(effect, _)| *effect == wanted)
            && effects
                .iter()
                .all(|(effect, about)| (*effect == wanted || is_later(*effect)) && *about == thing)
    }

    fn thing(&mut self, test: &ShellTest) -> Option<Thing> {
        let mut resolve = |word: &ShellWord| self.context.resolve(word);
        match test {
            ShellTest::Account(name) => resolve(name).map(Thing::Account),
            ShellTest::Group(name) => resolve(name).map(Thing::Group),
            ShellTest::Path(path) => resolve(path).map(|path| Thing::path(&path)),
            ShellTest::Line { file, line } => {
                let file = resolve(file)?;
                resolve(line).map(|line| Thing::Line { file, line })
            }
            ShellTest::Usable
            | ShellTest::Root
            | ShellTest::Given
            | ShellTest::Arguments
            | ShellTest::Unknown => None,
        }
    }

    /// The calls of items that are nothing else, without those that only report.
    fn calls(&mut self, items: &[PlacedItem]) -> Option<Vec<ToolCall>> {
        let mut calls = Vec::new();
        for placed in items {
            match &placed.item {
                ShellItem::Run(invocation) if self.reports(invocation) => {}
                ShellItem::Run(invocation) if self.called_function(invocation).is_some() => {
                    return None;
                }
                ShellItem::Run(invocation) => calls.push(self.call(invocation)?),
                ShellItem::Chain(groups) => {
                    for group in groups {
                        calls.extend(self.calls(group)?);
                    }
                }
                // What it does if a call fails is left out.
                ShellItem::Reaction(items)
                    if self.end(items).is_some() || self.only_reports(items) => {}
                _ => return None,
            }
        }
        Some(calls)
    }

    fn reports(&self, invocation: &Invocation) -> bool {
        match self.called_function(invocation) {
            Some(role) => role == FunctionRole::Reports,
            None => is_report(invocation),
        }
    }

    fn only_reports(&self, items: &[PlacedItem]) -> bool {
        only_run(items, &|invocation| self.reports(invocation))
    }

    /// How items end that only report something before.
    fn end(&self, items: &[PlacedItem]) -> Option<Jump> {
        let (last, before) = items.split_last()?;
        let jump = match &last.item {
            ShellItem::Jump(jump) => *jump,
            ShellItem::Run(invocation) if self.ends(invocation) => Jump::Exit { is_success: false },
            ShellItem::Chain(groups) => {
                let (last, before) = groups.split_last()?;
                let is_report = before.iter().all(|group| self.only_reports(group));
                self.end(last).filter(|_| is_report)?
            }
            _ => return None,
        };
        self.only_ends(before).then_some(jump)
    }

    /// Whether items only report something, or assign what nothing can use behind the end.
    fn only_ends(&self, items: &[PlacedItem]) -> bool {
        items.iter().all(|placed| {
            matches!(placed.item, ShellItem::Assign { .. })
                || self.only_reports(std::slice::from_ref(placed))
                || self.end(std::slice::from_ref(placed)).is_some()
        })
    }

    fn ends(&self, invocation: &Invocation) -> bool {
        let name = invocation.program();
        match self.called_function(invocation) {
            Some(role) => role == FunctionRole::Ends,
            None => name.is_some_and(|name| ENDERS.contains(&&*name)),
        }
    }

    /// Whether items may leave the script, or the loop around them, where nothing has failed.
    pub(super) fn has_jump(&self, items: &[PlacedItem]) -> bool {
        items.iter().any(|placed| match &placed.item {
            ShellItem::Jump(_) => true,
            ShellItem::Run(invocation) => self.ends(invocation),
            ShellItem::Other(why) => *why == ENDS_SCRIPT,
            ShellItem::Conditional { body, .. } => self.has_jump(body),
            ShellItem::Chain(groups) => groups.iter().any(|group| self.has_jump(group)),
            ShellItem::Reaction(items) => self.end(items) == Some(Jump::Exit { is_success: true }),
            ShellItem::Assign { .. }
            | ShellItem::Loop { .. }
            | ShellItem::Rows { .. }
            | ShellItem::Function { .. } => false,
        })
    }

    /// An end without a condition: nothing behind it runs.
    pub(super) fn jump(&mut self, jump: Jump, origin: Origin<'_>) {
        let is_exit = matches!(jump, Jump::Exit { .. });
        if is_exit && self.is_script && self.depth == 0 {
            self.ended = Some(origin.number());
        }
        let why = "a script ends with its last call";
        self.answer(origin, Treatment::LeftOut, vec![why.to_owned()]);
    }
}

/// Why a script does not need a condition that ends it; none if what follows depends on it.
fn harmless_guard(condition: &Condition, end: Jump) -> Option<&'static str> {
    let Jump::Exit { is_success } = end else {
        return None;
    };
    match (&condition.test, condition.holds) {
        (ShellTest::Arguments, _) | (ShellTest::Given, false) => {
            Some("a parameter without a value ends the run")
        }
        (ShellTest::Root, false) if !is_success => Some("a run says what requires root"),
        (
            ShellTest::Account(_)
            | ShellTest::Group(_)
            | ShellTest::Path(_)
            | ShellTest::Line { .. }
            | ShellTest::Usable,
            false,
        ) if !is_success => Some("each function looks first at what is there"),
        _ => None,
    }
}
