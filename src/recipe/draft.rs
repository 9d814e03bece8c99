//! Statements with the lines of the recipe that they come from.

use crate::script_text::{Expression, Statement};

/// A line of a recipe: the index of its file, and its number.
pub(super) type LineId = (usize, usize);

/// A statement of the script, and the lines that it does the work of.
#[derive(Debug)]
pub(super) struct StatementDraft {
    pub(super) content: DraftContent,
    pub(super) lines: Vec<LineId>,
}

/// What a draft becomes.
#[derive(Debug)]
pub(super) enum DraftContent {
    /// A statement that has no others inside.
    Single(Statement),
    /// A loop over a list.
    Loop {
        variable: String,
        over: Expression,
        body: Vec<StatementDraft>,
    },
}

impl StatementDraft {
    pub(super) fn new(statement: Statement, line: LineId) -> Self {
        Self {
            content: DraftContent::Single(statement),
            lines: vec![line],
        }
    }

    pub(super) fn blank() -> Self {
        Self {
            content: DraftContent::Single(Statement::Blank),
            lines: Vec::new(),
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        matches!(self.content, DraftContent::Single(Statement::Blank))
    }

    /// Whether it does something.
    pub(super) fn acts(&self) -> bool {
        !matches!(
            self.content,
            DraftContent::Single(Statement::Comment(_) | Statement::Blank)
        )
    }

    /// The function that it calls, and the arguments.
    pub(super) fn called(&self) -> Option<(&str, &[Expression])> {
        match &self.content {
            DraftContent::Single(Statement::Expression(Expression::Call(function, args))) => {
                Some((function, args))
            }
            DraftContent::Single(_) | DraftContent::Loop { .. } => None,
        }
    }

    /// The function that it calls, and the arguments, to change them.
    pub(super) fn called_mut(&mut self) -> Option<(&mut String, &mut Vec<Expression>)> {
        match &mut self.content {
            DraftContent::Single(Statement::Expression(Expression::Call(function, args))) => {
                Some((function, args))
            }
            DraftContent::Single(_) | DraftContent::Loop { .. } => None,
        }
    }

    /// Masks the comments in it.
    pub(super) fn mask_comments(&mut self, mask: &dyn Fn(&str) -> String) {
        match &mut self.content {
            DraftContent::Single(Statement::Comment(text)) => *text = mask(text),
            DraftContent::Single(_) => {}
            DraftContent::Loop { body, .. } => {
                for draft in body {
                    draft.mask_comments(mask);
                }
            }
        }
    }

    /// Adds the lines of each file whose content shows a secret.
    pub(super) fn add_leaks(&self, shows_secret: &dyn Fn(&str) -> bool, lines: &mut Vec<LineId>) {
        if let DraftContent::Loop { body, .. } = &self.content {
            for draft in body {
                draft.add_leaks(shows_secret, lines);
            }
        }
        let is_file = self.called().filter(|(name, _)| name.starts_with("file."));
        let options = is_file.and_then(|(_, args)| args.last());
        if options.is_some_and(|options| options.has_text(shows_secret)) {
            lines.extend(&self.lines);
        }
    }

    /// The statement. Adds its lines, and those of the statements inside, in the order of the text.
    pub(super) fn into_statement(self, lines: &mut Vec<Vec<LineId>>) -> Statement {
        lines.push(self.lines);
        match self.content {
            DraftContent::Single(statement) => statement,
            DraftContent::Loop {
                variable,
                over,
                body,
            } => Statement::Loop {
                variable,
                over,
                body: into_statements(body, lines),
            },
        }
    }
}

/// The statements of drafts, in their order.
pub(super) fn into_statements(
    drafts: Vec<StatementDraft>,
    lines: &mut Vec<Vec<LineId>>,
) -> Vec<Statement> {
    let drafts = drafts.into_iter();
    drafts.map(|draft| draft.into_statement(lines)).collect()
}
