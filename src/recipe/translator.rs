//! Follows the commands of recipes one after the other.

mod calls;
mod variables;

use std::collections::BTreeSet;

use super::answers::{LineAnswer, Treatment};
use super::asconfigurator;
use super::chunks::{Chunk, ChunkContent, Origin, chunks, command_blocks};
use super::commands;
use super::context::{Context, Translated, Untranslated};
use super::merge;
use super::page::{self, PageKind};
use super::parameters::is_hole;
use super::placeholders;
use super::shell::{PlacedItem, ShellItem, ShellWord};
use super::{Recipe, Translation};
use crate::script_text::{ScriptText, Statement};
use variables::set_repeatedly;

/// Marks a line of the recipe that is only a comment of the script.
const MARK: &str = "Not translated";

/// Translates recipes into one script.
pub(super) fn translate(recipes: &[Recipe<'_>]) -> Translation {
    let mut translator = Translator::default();
    let mut statements = Vec::new();
    for recipe in recipes {
        recipe.name.clone_into(&mut translator.file);
        if !statements.is_empty() {
            statements.push(Statement::Blank);
        }
        translator.recipe(recipe, &mut statements);
    }
    translator.finish(recipes, statements)
}

#[derive(Default)]
struct Translator {
    context: Context,
    answers: Vec<LineAnswer>,
    file: String,
    /// Variables that the recipe sets more than once.
    reset: BTreeSet<String>,
    /// How many loops are around the present item.
    depth: usize,
}

impl Translator {
    fn recipe(&mut self, recipe: &Recipe<'_>, statements: &mut Vec<Statement>) {
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
        self.reset = set_repeatedly(&chunks);
        for chunk in &chunks {
            self.chunk(chunk, statements);
        }
    }

    fn chunk(&mut self, chunk: &Chunk, statements: &mut Vec<Statement>) {
        let origin = Origin {
            chunk,
            line: 0,
            last_line: chunk.lines.len() - 1,
        };
        match &chunk.content {
            ChunkContent::Blank => statements.push(Statement::Blank),
            ChunkContent::Prose => {
                statements.push(Statement::Blank);
                self.answer(origin, Treatment::LeftOut, vec!["text".to_owned()]);
            }
            ChunkContent::Comment => self.comment(origin, statements),
            ChunkContent::Pattern { line } => {
                statements.push(Statement::Blank);
                let reason = format!("line {line} is an example of it");
                self.answer(origin, Treatment::LeftOut, vec![reason]);
            }
            ChunkContent::Settings => {
                let input = chunk.lines.join("\n");
                let translated = asconfigurator::translate_input(&input, &mut self.context);
                self.answer_translated(translated, origin, statements);
            }
            ChunkContent::Unreadable => {
                self.keep_as_comment("a shell cannot parse it", origin, statements);
            }
            ChunkContent::Items(items) => {
                for slip in &chunk.slips {
                    self.context.changed(*slip);
                }
                for item in items {
                    self.item(item, chunk, statements);
                }
                self.context.take_changes();
            }
        }
    }

    fn comment(&mut self, origin: Origin<'_>, statements: &mut Vec<Statement>) {
        let text = origin.text().first().map_or("", String::as_str);
        if text.starts_with("#!") {
            return self.answer(
                origin,
                Treatment::LeftOut,
                vec!["a script has no interpreter line".to_owned()],
            );
        }
        let text = text.trim().trim_start_matches('#').trim();
        statements.push(Statement::Comment(self.context.secrets.mask_comment(text)));
        self.answer(origin, Treatment::Kept, Vec::new());
    }

    fn item(&mut self, placed: &PlacedItem, chunk: &Chunk, statements: &mut Vec<Statement>) {
        let origin = Origin {
            chunk,
            line: placed.line,
            last_line: placed.last_line.max(placed.line),
        };
        match &placed.item {
            ShellItem::Other(why) => {
                self.forget_assigned(origin);
                self.keep_as_comment(why, origin, statements);
            }
            ShellItem::Assign { name, value } => self.assign(name, value, origin),
            ShellItem::Run(invocation) => {
                let translated = match self.call(invocation) {
                    Some(call) => commands::translate(&call, &mut self.context),
                    None => Err(Untranslated::comment(
                        "only a shell knows one of its values",
                    )),
                };
                self.answer_translated(translated, origin, statements);
            }
            ShellItem::Loop {
                variable,
                words,
                body,
            } => {
                self.for_loop(variable, words, body, origin, statements);
            }
        }
    }

    fn for_loop(
        &mut self,
        variable: &str,
        words: &[ShellWord],
        body: &[PlacedItem],
        origin: Origin<'_>,
        statements: &mut Vec<Statement>,
    ) {
        let Some(items) = self.items(words) else {
            self.forget_assigned(origin);
            return self.keep_as_comment(
                "only a shell knows the words of its loop",
                origin,
                statements,
            );
        };
        let name = self.context.parameters.free_name(variable);
        let hole = self.context.parameters.known(&name);
        self.context.parameters.set(variable, hole);
        let api_users = self.context.api_users.clone();
        self.depth += 1;
        let mut inner = Vec::new();
        for item in body {
            self.item(item, origin.chunk, &mut inner);
        }
        self.depth -= 1;
        // The variable of the loop is in their names.
        self.context.api_users = api_users;
        self.context.parameters.forget(variable);
        statements.push(Statement::Loop {
            variable: name,
            over: items,
            body: merge::merge(inner),
        });
    }

    fn answer(&mut self, origin: Origin<'_>, treatment: Treatment, reasons: Vec<String>) {
        self.answers.push(LineAnswer {
            file: self.file.clone(),
            line: origin.number(),
            treatment,
            reasons,
        });
    }

    fn answer_translated(
        &mut self,
        translated: Translated,
        origin: Origin<'_>,
        statements: &mut Vec<Statement>,
    ) {
        let changes = self.context.take_changes();
        match translated {
            Ok(new) => {
                statements.extend(new);
                let treatment = if changes.is_empty() {
                    Treatment::Kept
                } else {
                    Treatment::Changed
                };
                self.answer(origin, treatment, changes);
            }
            Err(Untranslated::Needless(why)) => self.answer(origin, Treatment::LeftOut, vec![why]),
            Err(Untranslated::Comment(why)) => self.keep_as_comment(&why, origin, statements),
        }
    }

    fn keep_as_comment(&mut self, why: &str, origin: Origin<'_>, statements: &mut Vec<Statement>) {
        self.context.take_changes();
        let why = self.context.parameters.readable(why);
        statements.push(Statement::Comment(format!("{MARK} ({why}):")));
        for line in origin.text() {
            let line = self.context.secrets.mask_line(line);
            statements.push(Statement::Comment(format!("    {line}")));
        }
        self.answer(origin, Treatment::Commented, vec![why]);
    }

    fn finish(mut self, recipes: &[Recipe<'_>], statements: Vec<Statement>) -> Translation {
        let names: Vec<_> = recipes.iter().map(|recipe| recipe.name).collect();
        let mut header = vec![format!(
            "Translated from {} by `ascript import`.",
            names.join(", ")
        )];
        let commented = self.count(Treatment::Commented);
        if commented > 0 {
            header.push(format!(
                "Lines that it could not translate: {commented}. Search for `{MARK}`."
            ));
        }
        let mut platforms = self.context.platforms.iter();
        let platform = platforms.next().filter(|_| platforms.next().is_none());
        let script = ScriptText {
            header,
            platform: platform.copied(),
            params: self.context.parameters.used(),
            statements: merge::merge(statements),
            ..ScriptText::default()
        };
        let script = script.to_string();
        // A secret may be named in a line before the one that says what it is.
        let script = self.context.secrets.mask_script(&script);
        for answer in &mut self.answers {
            for reason in &mut answer.reasons {
                *reason = self.context.secrets.mask(reason);
            }
        }
        Translation {
            script,
            answers: self.answers,
        }
    }

    fn count(&self, treatment: Treatment) -> usize {
        let answers = self.answers.iter();
        answers
            .filter(|answer| answer.treatment == treatment)
            .count()
    }
}
