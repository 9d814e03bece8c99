//! Loops over words and over the lines of a file.

use super::Translator;
use crate::recipe::answers::Treatment;
use crate::recipe::chunks::Origin;
use crate::recipe::declared::script_name;
use crate::recipe::draft::{DraftContent, LineId, StatementDraft};
use crate::recipe::merge;
use crate::recipe::parameters::is_hole;
use crate::recipe::shell::{PlacedItem, ShellWord};
use crate::recipe::supersede::supersede;
use crate::script_text::{Expression, Statement, free_name};
use crate::secret_name::{may_name_secret, names_secret};

/// Why a loop stays a comment if it has `continue`, `break` or `exit`.
const LEAVES_LOOP: &str = "a condition in it ends the loop or one of its rounds";

/// A file whose lines a loop reads.
pub(super) struct Table<'a> {
    pub(super) file: &'a ShellWord,
    pub(super) has_header: bool,
    pub(super) variables: &'a [String],
}

/// The head of a loop.
struct LoopHead {
    variable: String,
    over: Expression,
    /// What a person must do for it.
    note: Option<String>,
    /// How many parameters were used before it.
    mark: usize,
}

impl Translator<'_> {
    pub(super) fn for_loop(
        &mut self,
        variable: &str,
        words: &[ShellWord],
        body: &[PlacedItem],
        origin: Origin<'_>,
        drafts: &mut Vec<StatementDraft>,
    ) {
        if self.has_jump(body) {
            self.forget_assigned(origin);
            return self.keep_as_comment(LEAVES_LOOP, origin, drafts);
        }
        let mark = self.context.parameters.mark();
        let Some(over) = self.items(words) else {
            self.forget_assigned(origin);
            return self.keep_as_comment(
                "only a shell knows the words of its loop",
                origin,
                drafts,
            );
        };
        let name = self.context.parameters.free_name(variable);
        let hole = self.context.parameters.known(&name);
        self.context.parameters.set(variable, hole);
        let head = LoopHead {
            variable: name,
            over,
            note: None,
            mark,
        };
        self.add_loop(head, body, origin, drafts);
        self.context.parameters.forget(variable);
    }

    /// `while read a b; do …; done < FILE`: a loop over the rows of a table.
    pub(super) fn rows(
        &mut self,
        table: &Table<'_>,
        body: &[PlacedItem],
        origin: Origin<'_>,
        drafts: &mut Vec<StatementDraft>,
    ) {
        if self.has_jump(body) {
            self.forget_assigned(origin);
            return self.keep_as_comment(LEAVES_LOOP, origin, drafts);
        }
        let mark = self.context.parameters.mark();
        let Some(word) = self.context.resolve(table.file) else {
            self.forget_assigned(origin);
            return self.keep_as_comment("only a shell knows the file of its loop", origin, drafts);
        };
        let variable = self.context.parameters.free_name("row");
        let columns: Vec<_> = table.variables.iter().map(|it| column_name(it)).collect();
        for (name, column) in table.variables.iter().zip(&columns) {
            let hole = self
                .context
                .parameters
                .known(&format!("{variable}.{column}"));
            self.context.parameters.set(name, hole);
        }
        let (file, how) = self.table(&word);
        let row = if table.has_header {
            "whose first row must be"
        } else {
            "with a new first row"
        };
        let head = LoopHead {
            variable,
            over: Expression::Call("data".to_owned(), vec![file]),
            note: Some(format!("put {how}, {row} {}", columns.join(","))),
            mark,
        };
        self.add_loop(head, body, origin, drafts);
        for name in table.variables {
            self.context.parameters.forget(name);
        }
    }

    /// The file that `data` reads for a file of the recipe, and what to do with that.
    fn table(&mut self, word: &str) -> (Expression, String) {
        let default = self.context.parameters.default_text(word);
        let path = default.unwrap_or(word).to_owned();
        let name = path.rsplit('/').next().unwrap_or_default();
        if path.contains(is_hole) || name.is_empty() {
            let file = self.context.parameters.readable(word);
            let how = format!("the file {file} beside the script as CSV");
            return (self.context.value(word), how);
        }
        let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
        let is_csv = end == "csv";
        let taken = &self.context.tables;
        let is_taken = |free: &str| {
            let file = format!("{free}.csv");
            taken
                .iter()
                .any(|(other, known)| *known == file && *other != path)
        };
        let file = format!("{}.csv", free_name(stem, is_taken));
        self.context.tables.insert(path.clone(), file.clone());
        let how = if is_csv && file == name {
            format!("{file} beside the script")
        } else {
            format!("{name} beside the script as {file}, with commas between the columns")
        };
        (Expression::Text(file), how)
    }

    fn add_loop(
        &mut self,
        head: LoopHead,
        body: &[PlacedItem],
        origin: Origin<'_>,
        drafts: &mut Vec<StatementDraft>,
    ) {
        let api_users = self.context.api_users.clone();
        let answered = self.answers.len();
        self.loops += 1;
        let outer = std::mem::replace(&mut self.context.around, self.loops);
        self.depth += 1;
        let mut inner = Vec::new();
        for item in body {
            self.item(item, origin.chunk, &mut inner);
        }
        self.depth -= 1;
        self.context.around = outer;
        // The variable of the loop is in their names.
        self.context.api_users = api_users;
        let line = self.line(origin);
        if let Some(why) = self.why_no_loop(line, &inner, answered) {
            self.context.parameters.unuse(head.mark);
            self.answers.truncate(answered);
            return self.keep_as_comment(&why, origin, drafts);
        }
        if inner.is_empty() {
            return self.context.parameters.unuse(head.mark);
        }
        self.superseded.extend(supersede(&mut inner));
        if let Some(note) = head.note {
            let comment = Statement::Comment(note.clone());
            drafts.push(StatementDraft::new(comment, line));
            self.answer(origin, Treatment::Changed, vec![note]);
            self.answers[answered..].rotate_right(1);
        }
        drafts.push(StatementDraft {
            content: DraftContent::Loop {
                variable: head.variable,
                over: head.over,
                body: merge::merge(inner),
            },
            lines: vec![line],
        });
    }

    /// Why a loop must become a comment: it is refused, or nothing in it could be translated.
    fn why_no_loop(
        &self,
        line: LineId,
        body: &[StatementDraft],
        answered: usize,
    ) -> Option<String> {
        if let Some(why) = self.refusals.reason(line) {
            return Some(why.to_owned());
        }
        if body.iter().any(StatementDraft::acts) {
            return None;
        }
        let mut answers = self.answers[answered..].iter();
        let commented = answers.find(|one| one.treatment == Treatment::Commented)?;
        commented.reasons.first().cloned()
    }
}

/// The column for a variable. `data` takes the cells for secrets if the name is that of one.
fn column_name(variable: &str) -> String {
    if variable == "_" {
        return "rest".to_owned();
    }
    let name = script_name(variable);
    if may_name_secret(&name) && !names_secret(&name) {
        format!("{name}_secret")
    } else {
        name
    }
}
