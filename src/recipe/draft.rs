//! Statements with the lines of the recipe that they come from.

use super::masking::SecretMask;
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
    /// A line of the recipe that becomes a comment: a command, or a comment.
    Line { text: String, is_command: bool },
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

    /// A line of the recipe that becomes a comment.
    pub(super) fn line(text: &str, is_command: bool, line: LineId) -> Self {
        Self {
            content: DraftContent::Line {
                text: text.to_owned(),
                is_command,
            },
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
                | DraftContent::Line { .. }
        )
    }

    /// The function that it calls, and the arguments.
    pub(super) fn called(&self) -> Option<(&str, &[Expression])> {
        match &self.content {
            DraftContent::Single(Statement::Expression(Expression::Call(function, args))) => {
                Some((function, args))
            }
            DraftContent::Single(_) | DraftContent::Line { .. } | DraftContent::Loop { .. } => None,
        }
    }

    /// The function that it calls, and the arguments, to change them.
    pub(super) fn called_mut(&mut self) -> Option<(&mut String, &mut Vec<Expression>)> {
        match &mut self.content {
            DraftContent::Single(Statement::Expression(Expression::Call(function, args))) => {
                Some((function, args))
            }
            DraftContent::Single(_) | DraftContent::Line { .. } | DraftContent::Loop { .. } => None,
        }
    }

    /// Hides secrets in its comments.
    pub(super) fn mask_comments(&mut self, mask: &SecretMask) {
        match &mut self.content {
            DraftContent::Single(Statement::Comment(text)) => *text = mask.text(text),
            DraftContent::Line { text, is_command } => {
                let text = if *is_command {
                    format!("    {}", mask.line(text))
                } else {
                    mask.comment(text)
                };
                self.content = DraftContent::Single(Statement::Comment(text));
            }
            DraftContent::Single(_) => {}
            DraftContent::Loop { body, .. } => {
                for draft in body {
                    draft.mask_comments(mask);
                }
            }
        }
    }

    /// Adds the lines of each file whose content shows a secret.
    pub(super) fn add_leaks(&self, mask: &SecretMask, lines: &mut Vec<LineId>) {
        if let DraftContent::Loop { body, .. } = &self.content {
            for draft in body {
                draft.add_leaks(mask, lines);
            }
        }
        let is_file = self.called().filter(|(name, _)| name.starts_with("file."));
        let options = is_file.and_then(|(_, args)| args.last());
        if options.is_some_and(|options| options.has_text(&|text| mask.shows_one(text))) {
            lines.extend(&self.lines);
        }
    }

    /// The statement. Adds its lines, and those of the statements inside, in the order of the text.
    pub(super) fn into_statement(self, lines: &mut Vec<Vec<LineId>>) -> Statement {
        lines.push(self.lines);
        match self.content {
            DraftContent::Single(statement) => statement,
            DraftContent::Line { text, .. } => Statement::Comment(text),
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
