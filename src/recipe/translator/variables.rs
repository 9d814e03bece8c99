//! Variables of the shell.

use std::collections::BTreeSet;

use super::Translator;
use crate::recipe::answers::Treatment;
use crate::recipe::chunks::{Chunk, ChunkContent, Origin};
use crate::recipe::declared::from_variable;
use crate::recipe::draft::{LineId, StatementDraft};
use crate::recipe::masking::mask_possible;
use crate::recipe::parameters::is_hole;
use crate::recipe::shell::{ShellItem, ShellWord, WordPart};
use crate::script_text::Expression;
use crate::secret_name::may_name_secret;
use crate::source::is_identifier;

/// How long a line is at most whose variables are shown.
const MAX_SHOWN: usize = 1000;

/// The line that sets a variable.
pub(super) struct AssignedLine {
    /// Its value, where it is written out.
    value: Option<String>,
    lines: Vec<String>,
    id: LineId,
}

impl AssignedLine {
    /// Whether the line that uses the variable would show its value too: in the place of a
    /// password it would be masked.
    fn is_harmless(&self, name: &str, line: &str) -> bool {
        let Some(value) = &self.value else {
            return !may_name_secret(name);
        };
        let written = line
            .replace(&format!("${{{name}}}"), value)
            .replace(&format!("${name}"), value);
        value.is_empty() || !may_name_secret(name) && mask_possible(&written).contains(value)
    }
}

impl Translator<'_> {
    pub(super) fn assign(
        &mut self,
        name: &str,
        value: &ShellWord,
        origin: Origin<'_>,
        drafts: &mut Vec<StatementDraft>,
    ) {
        if self.depth > 0 && value.0.contains(&WordPart::Unknown) {
            self.context.parameters.forget(name);
            let why =
                "only a shell knows the value: a script reads the columns of a table with data()";
            return self.keep_as_comment(why, origin, drafts);
        }
        self.answer(origin, Treatment::Kept, Vec::new());
        self.context.assigned.push(name.to_owned());
        if self.depth == 0 {
            let assigned = AssignedLine {
                value: value.literal(),
                lines: origin.text().to_vec(),
                id: self.line(origin),
            };
            self.assigned.insert(name.to_owned(), assigned);
        }
        let parameters = &mut self.context.parameters;
        if let [
            WordPart::Variable {
                name: other,
                default,
                ..
            },
        ] = value.0.as_slice()
            && (default.is_some() || other.starts_with(|c: char| c.is_ascii_digit()))
        {
            let help = format!("the variable {name}");
            let hole = parameters.add(from_variable(name, default.as_deref(), help));
            return parameters.set(name, hole);
        }
        if value.0.contains(&WordPart::Unknown) {
            let help = format!("the variable {name}, which the shell script computed");
            let hole = parameters.add(from_variable(name, None, help));
            return parameters.set(name, hole);
        }
        let Some(word) = self.context.resolve(value) else {
            return self.context.parameters.forget(name);
        };
        let is_plain = !word.is_empty() && !word.contains(is_hole);
        if is_plain && self.depth == 0 && !self.reset.contains(name) {
            let parameter = from_variable(name, Some(&word), String::new());
            if parameter.kind == "secret" {
                self.context.hide(&word);
            }
            let hole = self.context.parameters.add(parameter);
            return self.context.parameters.set(name, hole);
        }
        self.context.parameters.set(name, word);
    }

    /// The lines that set what a comment uses, where they have not been shown.
    pub(super) fn show_assigned(&mut self, origin: Origin<'_>, drafts: &mut Vec<StatementDraft>) {
        for line in origin.text().iter().filter(|line| line.len() < MAX_SHOWN) {
            for rest in line.split('$').skip(1) {
                let rest = rest.trim_start_matches('{');
                let name = rest.split(|c| !is_identifier(c)).next().unwrap_or_default();
                let Some(assigned) = self.assigned.remove(name) else {
                    continue;
                };
                if assigned.is_harmless(name, line) {
                    let lines = assigned.lines.iter();
                    drafts.extend(lines.map(|text| StatementDraft::line(text, true, assigned.id)));
                }
            }
        }
    }

    /// Forgets the variables that a part sets which the translation does not follow.
    pub(super) fn forget_assigned(&mut self, origin: Origin<'_>) {
        for name in set_in(origin.text()) {
            self.context.parameters.forget(name);
        }
    }

    /// Forgets the variables that a function sets. After its first call, only those that have been
    /// set since can have a value.
    pub(super) fn forget_set_by(&mut self, function: &str) {
        let context = &mut self.context;
        let Some(sets) = context.function_sets.get_mut(function) else {
            return;
        };
        let seen = sets.seen.replace(context.assigned.len());
        let since = &context.assigned[seen.unwrap_or(0)..];
        let again = since.iter().filter(|name| sets.names.contains(*name));
        let all = sets.names.iter().filter(|_| seen.is_none());
        for name in again.chain(all) {
            context.parameters.forget(name);
        }
    }

    /// Forgets the arguments of the script.
    pub(super) fn forget_arguments(&mut self) {
        for number in 1..10 {
            self.context.parameters.forget(&number.to_string());
        }
    }

    /// The items of a loop over words.
    pub(super) fn items(&mut self, words: &[ShellWord]) -> Option<Expression> {
        if let [ShellWord(parts)] = words
            && let [
                WordPart::Variable {
                    name,
                    is_quoted: false,
                    ..
                },
            ] = parts.as_slice()
        {
            let word = self.context.parameters.variable(name)?;
            return self.context.parameters.list(&word);
        }
        let words = words.iter().map(|word| self.context.resolve(word));
        let words: Vec<_> = words.collect::<Option<_>>()?;
        let items = words.iter().map(|word| self.context.value(word)).collect();
        Some(Expression::List(items))
    }
}

/// The variables that lines set.
pub(super) fn set_in(lines: &[String]) -> impl Iterator<Item = &str> {
    let words = lines
        .iter()
        .flat_map(|line| line.split([' ', '\t', ';', '(', '{']));
    let names = words.filter_map(|word| word.split_once('=').map(|(name, _)| name));
    names.filter(|name| !name.is_empty() && name.chars().all(is_identifier))
}

/// The variables that are set more than once, or in a loop.
pub(super) fn set_repeatedly(chunks: &[Chunk]) -> BTreeSet<String> {
    let (mut seen, mut repeated) = (BTreeSet::new(), BTreeSet::new());
    for chunk in chunks {
        if let ChunkContent::Items(items) = &chunk.content {
            for placed in items {
                if let ShellItem::Assign { name, .. } = &placed.item
                    && !seen.insert(name.clone())
                {
                    repeated.insert(name.clone());
                }
            }
        }
    }
    repeated
}
