//! Follows the commands of recipes one after the other.

mod calls;
mod conditions;
mod loops;
mod variables;

use std::collections::{BTreeMap, BTreeSet};

use super::answers::{LineAnswer, Treatment};
use super::asconfigurator;
use super::chunks::{Chunk, ChunkContent, Origin, chunks, command_blocks};
use super::commands;
use super::context::{Context, ToolCall, Translated, Untranslated};
use super::draft::{LineId, StatementDraft, into_statements};
use super::masking::SecretMask;
use super::merge;
use super::page::{self, PageKind};
use super::parameters::is_hole;
use super::placeholders;
use super::refusals::Refusals;
use super::shell::{PlacedItem, ShellItem};
use super::supersede::{Superseded, supersede};
use super::{Recipe, Translation};
use crate::script_text::{ScriptText, Statement};
use crate::source::is_identifier;
use loops::Table;
use variables::{AssignedLine, set_repeatedly};

/// Marks a line of the recipe that is only a comment of the script.
const MARK: &str = "Not translated";

/// A translation that was not checked yet.
pub(super) struct Attempt {
    pub(super) translation: Translation,
    /// The line of the script on which each statement starts, in their order.
    pub(super) starts: Vec<usize>,
    /// The lines of the recipes that each statement comes from.
    pub(super) lines: Vec<Vec<LineId>>,
    /// Those with a file that shows a secret of another line.
    pub(super) leaks: Vec<LineId>,
}

/// Translates recipes once.
pub(super) struct Translator<'r> {
    refusals: &'r Refusals,
    context: Context,
    answers: Vec<LineAnswer>,
    file: String,
    file_index: usize,
    /// Variables that the recipe sets more than once.
    reset: BTreeSet<String>,
    /// How many loops are around the present item.
    depth: usize,
    /// Variables that are set, and not yet shown in a comment.
    assigned: BTreeMap<String, AssignedLine>,
    /// How many loops there were.
    loops: usize,
    /// Lines that later ones take back.
    superseded: Vec<Superseded>,
    /// Whether the file is a shell script.
    is_script: bool,
    /// The line with the end of the script, where nothing behind it runs.
    ended: Option<usize>,
    /// Whether nothing but text follows a step of a page.
    is_after_step: bool,
}

impl<'r> Translator<'r> {
    /// A translator that makes comments of some lines.
    pub(super) fn new(refusals: &'r Refusals) -> Self {
        Self {
            refusals,
            context: Context::default(),
            answers: Vec::new(),
            file: String::new(),
            file_index: 0,
            reset: BTreeSet::new(),
            depth: 0,
            assigned: BTreeMap::new(),
            loops: 0,
            superseded: Vec::new(),
            is_script: false,
            ended: None,
            is_after_step: false,
        }
    }

    /// Translates recipes into one script.
    pub(super) fn translate(mut self, recipes: &[Recipe<'_>]) -> Attempt {
        let mut drafts = Vec::new();
        for (index, recipe) in recipes.iter().enumerate() {
            self.file_index = index;
            recipe.name.clone_into(&mut self.file);
            if !drafts.is_empty() {
                drafts.push(StatementDraft::blank());
            }
            self.recipe(recipe, &mut drafts);
        }
        self.finish(recipes, drafts)
    }

    fn recipe(&mut self, recipe: &Recipe<'_>, drafts: &mut Vec<StatementDraft>) {
        // A hole is a character that no recipe contains.
        let text: String = recipe
            .text
            .chars()
            .map(|c| if is_hole(c) { '\u{fffd}' } else { c })
            .collect();
        let kind = page::kind(recipe.name, &text);
        let lines = page::lines(kind, &text);
        let is_page = matches!(kind, PageKind::Text | PageKind::Markdown);
        let mut chunks = if kind == PageKind::Commands {
            command_blocks(&lines)
        } else {
            chunks(&lines, is_page)
        };
        if is_page {
            placeholders::replace(&mut chunks, &mut self.context);
        }
        self.is_script = kind == PageKind::Shell;
        self.ended = None;
        self.reset = set_repeatedly(&chunks);
        for chunk in &chunks {
            self.chunk(chunk, drafts);
        }
    }

    fn chunk(&mut self, chunk: &Chunk, drafts: &mut Vec<StatementDraft>) {
        let origin = Origin {
            chunk,
            line: 0,
            last_line: chunk.lines.len() - 1,
        };
        if chunk.is_gap() && !self.is_after_step {
            drafts.push(StatementDraft::blank());
        }
        self.is_after_step &= chunk.is_gap();
        match &chunk.content {
            ChunkContent::Blank => {}
            ChunkContent::Prose => {
                self.answer(origin, Treatment::LeftOut, vec!["text".to_owned()]);
            }
            ChunkContent::Step => {
                drafts.push(StatementDraft::blank());
                self.comment(origin, drafts);
                self.is_after_step = true;
            }
            ChunkContent::Comment => self.comment(origin, drafts),
            ChunkContent::Pattern { line } => {
                let reason = format!("line {line} is an example of it");
                self.answer(origin, Treatment::LeftOut, vec![reason]);
            }
            ChunkContent::Settings => {
                let input = chunk.lines.join("\n");
                self.translated(origin, drafts, |translator| {
                    asconfigurator::translate_input(&input, &mut translator.context)
                });
            }
            ChunkContent::Unreadable => {
                self.keep_as_comment("a shell cannot parse it", origin, drafts);
            }
            ChunkContent::Items(items) => {
                for slip in &chunk.slips {
                    self.context.changed(*slip);
                }
                for item in items {
                    self.item(item, chunk, drafts);
                }
                self.context.take_changes();
            }
        }
    }

    fn comment(&mut self, origin: Origin<'_>, drafts: &mut Vec<StatementDraft>) {
        let text = origin.text().first().map_or("", String::as_str);
        if text.starts_with("#!") {
            return self.answer(
                origin,
                Treatment::LeftOut,
                vec!["a script has no interpreter line".to_owned()],
            );
        }
        let text = text.trim().trim_start_matches('#').trim();
        drafts.push(StatementDraft::line(text, false, self.line(origin)));
        self.answer(origin, Treatment::Kept, Vec::new());
    }

    fn item(&mut self, placed: &PlacedItem, chunk: &Chunk, drafts: &mut Vec<StatementDraft>) {
        let origin = Origin {
            chunk,
            line: placed.line,
            last_line: placed.last_line.max(placed.line),
        };
        if let Some(line) = self.ended {
            let why = format!("line {line} ends the shell script before it");
            return self.answer(origin, Treatment::LeftOut, vec![why]);
        }
        match &placed.item {
            ShellItem::Other(why) => {
                self.forget_assigned(origin);
                self.keep_as_comment(why, origin, drafts);
            }
            ShellItem::Assign { name, value } => self.assign(name, value, origin, drafts),
            ShellItem::Chain(groups) => self.chain(groups, origin, drafts),
            ShellItem::Conditional { condition, body } => {
                self.conditional(condition, body, origin, drafts);
            }
            ShellItem::Reaction(items) => self.reaction(items, origin, drafts),
            ShellItem::Function { name, body } => self.function(name, body, origin, drafts),
            ShellItem::Jump(jump) => self.jump(*jump, origin),
            ShellItem::Run(invocation) => self.translated(origin, drafts, |translator| {
                if let Some(role) = translator.called_function(invocation) {
                    return Err(translator.call_of_function(role, invocation));
                }
                let call = translator
                    .call(invocation)
                    .ok_or_else(|| Untranslated::comment("only a shell knows one of its values"))?;
                if sets_arguments(&call) {
                    translator.forget_arguments();
                    return Err(Untranslated::comment("it sets the arguments of the script"));
                }
                commands::translate(&call, &mut translator.context)
            }),
            ShellItem::Loop {
                variable,
                words,
                body,
            } => self.for_loop(variable, words, body, origin, drafts),
            ShellItem::Rows {
                file,
                has_header,
                variables,
                body,
            } => {
                let table = Table {
                    file,
                    has_header: *has_header,
                    variables,
                };
                self.rows(&table, body, origin, drafts);
            }
        }
    }

    fn line(&self, origin: Origin<'_>) -> LineId {
        (self.file_index, origin.number())
    }

    fn answer(&mut self, origin: Origin<'_>, treatment: Treatment, reasons: Vec<String>) {
        self.answers.push(LineAnswer {
            file: self.file.clone(),
            line: origin.number(),
            treatment,
            reasons,
        });
    }

    /// Adds the translation of an item. One that is refused is translated too, since that finds
    /// the secrets in it.
    fn translated(
        &mut self,
        origin: Origin<'_>,
        drafts: &mut Vec<StatementDraft>,
        translate: impl FnOnce(&mut Self) -> Translated,
    ) {
        let mark = self.context.parameters.mark();
        let translated = translate(self);
        let line = self.line(origin);
        let translated = match self.refusals.reason(line) {
            Some(why) if translated.is_ok() => Err(Untranslated::comment(why)),
            _ => translated,
        };
        let changes = self.context.take_changes();
        let has_comment = self.context.take_comment();
        if translated.is_err() {
            self.context.parameters.unuse(mark);
        }
        match translated {
            Ok(new) => {
                drafts.extend(new.into_iter().map(|one| StatementDraft::new(one, line)));
                let treatment = if has_comment {
                    Treatment::Commented
                } else if changes.is_empty() {
                    Treatment::Kept
                } else {
                    Treatment::Changed
                };
                self.answer(origin, treatment, changes);
            }
            Err(Untranslated::Needless(why)) => self.answer(origin, Treatment::LeftOut, vec![why]),
            Err(Untranslated::Comment(why)) => self.keep_as_comment(&why, origin, drafts),
        }
    }

    fn keep_as_comment(&mut self, why: &str, origin: Origin<'_>, drafts: &mut Vec<StatementDraft>) {
        self.context.take_changes();
        let why = self.context.parameters.readable(why);
        let reasons = vec![why.clone()];
        let is_answered = self.answers.last().is_some_and(|last| {
            (last.line, &last.file, &last.reasons) == (origin.number(), &self.file, &reasons)
        });
        // The line has several commands, and is a comment already.
        if is_answered {
            return;
        }
        let id = self.line(origin);
        let mark = Statement::Comment(format!("{MARK} ({why}):"));
        drafts.push(StatementDraft::new(mark, id));
        self.show_assigned(origin, drafts);
        for line in origin.text() {
            drafts.push(StatementDraft::line(line, true, id));
        }
        self.answer(origin, Treatment::Commented, reasons);
    }

    fn finish(mut self, recipes: &[Recipe<'_>], mut drafts: Vec<StatementDraft>) -> Attempt {
        self.superseded.extend(supersede(&mut drafts));
        self.answer_superseded(recipes);
        let mut platforms = self.context.platforms.iter();
        let platform = platforms.next().filter(|_| platforms.next().is_none());
        let mut drafts = merge::merge(drafts);
        let mask = self.context.secrets.mask();
        let mut leaks = Vec::new();
        for draft in &mut drafts {
            draft.mask_comments(&mask);
            draft.add_leaks(&mask, &mut leaks);
        }
        // A value that a later line takes back may have been the only use of a parameter.
        let shown = format!("{drafts:?}");
        let mut params = self.context.parameters.used();
        let names = shown.split("params.").skip(1);
        let names = names.map(|rest| rest.split(|c| !is_identifier(c)).next());
        let names: BTreeSet<_> = names.flatten().collect();
        params.retain(|param| names.contains(&*param.name));
        let mut lines = Vec::new();
        let script = ScriptText {
            header: self.header(recipes, &mask),
            platform: platform.copied(),
            params,
            statements: into_statements(drafts, &mut lines),
            ..ScriptText::default()
        };
        let (script, starts) = script.with_lines();
        for answer in &mut self.answers {
            for reason in &mut answer.reasons {
                *reason = mask.text(reason);
            }
        }
        Attempt {
            translation: Translation {
                script,
                answers: self.answers,
            },
            starts,
            lines,
            leaks,
        }
    }

    /// Says of each line that a later one takes it back.
    fn answer_superseded(&mut self, recipes: &[Recipe<'_>]) {
        let lines: BTreeMap<_, _> = std::mem::take(&mut self.superseded).into_iter().collect();
        for answer in &mut self.answers {
            let file = recipes.iter().position(|recipe| recipe.name == answer.file);
            let Some(why) = file.and_then(|file| lines.get(&(file, answer.line))) else {
                continue;
            };
            if answer.treatment == Treatment::Kept {
                answer.treatment = Treatment::Changed;
            }
            if answer.treatment == Treatment::Changed {
                answer.reasons.push(why.clone());
            }
        }
    }

    fn header(&self, recipes: &[Recipe<'_>], mask: &SecretMask) -> Vec<String> {
        let names: Vec<_> = recipes.iter().map(|recipe| recipe.name).collect();
        let names = mask.text(&names.join(", "));
        let mut header = vec![format!("Translated from {names} by `ascript import`.")];
        let answers = self.answers.iter();
        let commented = answers.filter(|one| one.treatment == Treatment::Commented);
        let commented = commented.count();
        if commented > 0 {
            header.push(format!(
                "Lines that it could not translate: {commented}. Search for `{MARK}`."
            ));
        }
        header
    }
}

/// `shift`, `set -- a b`.
fn sets_arguments(call: &ToolCall) -> bool {
    call.program == "shift" || call.program == "set" && call.args.iter().any(|arg| arg == "--")
}
