//! Connects rustyline to the session: completion, hints, highlighting, and
//! whether a line is complete.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use anstyle::{AnsiColor, Style};
use rustyline::completion::{Candidate, Completer};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};

use crate::reference::Reference;
use crate::repl::{self, Choice, Staging};
use crate::report;
use crate::script;
use crate::source::matching_bracket;

use super::super::output::{self, OutputOptions};
use super::interactive_session::InteractiveSession;
use super::{command_completion, paint};

/// The rustyline helper of a session.
pub(super) struct LineHelper {
    staging: Rc<RefCell<Staging>>,
    reference: OnceCell<Reference>,
    has_color: bool,
    width: usize,
    /// Where the bracket is that matches the one at the cursor.
    partner: Cell<Option<usize>>,
    listed: RefCell<ListedChoices>,
    /// Whether the line that was drawn last has a hint below it.
    has_hint: Cell<bool>,
}

/// Whether choices were listed. rustyline lists them over the hint, so the line for which it does
/// has none.
enum ListedChoices {
    /// The next line that is drawn is another one.
    No,
    /// The next line that is drawn is the one with the choices.
    Now,
    /// This line has them.
    For(String),
}

impl ListedChoices {
    /// Whether a line that is drawn has the choices.
    fn are_for(&mut self, line: &str) -> bool {
        if let Self::Now = self {
            *self = Self::For(line.to_owned());
        }
        let are_for = matches!(self, Self::For(listed) if listed == line);
        if !are_for {
            *self = Self::No;
        }
        are_for
    }
}

impl LineHelper {
    pub(super) fn new(session: &InteractiveSession<'_>) -> Self {
        let style = session.options.of_stdout();
        Self {
            staging: session.shared_staging(),
            reference: OnceCell::new(),
            has_color: style.color,
            width: style.width,
            partner: Cell::new(None),
            listed: RefCell::new(ListedChoices::No),
            has_hint: Cell::new(false),
        }
    }

    /// Adapts to the current width of the terminal.
    pub(super) fn update_width(&mut self, options: &OutputOptions) {
        self.width = options.of_stdout().width;
    }

    /// Erases the hint below a line that was dropped with Ctrl-C. The cursor is in the row below.
    pub(super) fn erase_hint(&self) {
        if self.has_hint.take() {
            output::erase_line_above();
        }
    }

    /// Whether the history file may keep a line: not if it may hold a secret.
    pub(super) fn may_be_kept(&self, line: &str) -> bool {
        repl::may_be_remembered(self.reference(), line)
    }

    /// The reference, built on first use so that it does not delay the first
    /// prompt.
    fn reference(&self) -> &Reference {
        self.reference
            .get_or_init(|| Reference::new(script::reference_entries()))
    }

    fn painted<'l>(&self, style: Style, text: &'l str) -> Cow<'l, str> {
        if self.has_color {
            Cow::Owned(paint::paint(style, text))
        } else {
            Cow::Borrowed(text)
        }
    }
}

/// A completion as rustyline takes it.
pub(super) struct LineCandidate(Choice);

impl Candidate for LineCandidate {
    fn display(&self) -> &str {
        &self.0.shown
    }

    fn replacement(&self) -> &str {
        &self.0.text
    }
}

/// A hint shown below the line. It cannot be accepted as input.
pub(super) struct LineHint(String);

impl Hint for LineHint {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Completer for LineHelper {
    type Candidate = LineCandidate;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<LineCandidate>)> {
        let mut staging = self.staging.borrow_mut();
        let (start, choices) = if line.starts_with(':') {
            command_completion::complete(self.reference(), &staging, &line[..at])
        } else {
            repl::complete(self.reference(), &mut staging, line, at)
        };
        if choices.len() > 1 {
            self.listed.replace(ListedChoices::Now);
            // Erases the hint that is shown now.
            output::erase_below();
        }
        let listed = |choice: Choice| {
            let shown = report::line(&choice.shown).into_owned();
            LineCandidate(Choice { shown, ..choice })
        };
        Ok((start, choices.into_iter().map(listed).collect()))
    }
}

impl Hinter for LineHelper {
    type Hint = LineHint;

    fn hint(&self, line: &str, at: usize, _: &Context<'_>) -> Option<LineHint> {
        self.has_hint.set(false);
        let are_listed = self.listed.borrow_mut().are_for(line);
        if are_listed || at < line.len() || line.starts_with(':') || !line.contains('(') {
            return None;
        }
        let text = repl::hint(self.reference(), &self.staging.borrow(), line)?;
        // Two blanks before it, the mark of a cut behind it, and a column that stays free.
        let room = self.width.saturating_sub(4);
        let cut: String = text.chars().take(room).collect();
        let more = if cut.len() < text.len() { "…" } else { "" };
        self.has_hint.set(true);
        // rustyline counts a row that is exactly full as two, and a terminal does so only when
        // something follows: the blank.
        Some(LineHint(format!(" \n  {cut}{more}")))
    }
}

impl Highlighter for LineHelper {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if !self.has_color || line.starts_with(':') || paint::has_hostile_letter(line) {
            return paint::harmless(line);
        }
        Cow::Owned(paint::line(line, self.partner.get(), self.reference()))
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        self.painted(Style::new().fg_color(Some(AnsiColor::Cyan.into())), prompt)
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        self.painted(Style::new().dimmed(), hint)
    }

    fn highlight_char(&self, line: &str, at: usize, kind: CmdKind) -> bool {
        let partner = match kind {
            CmdKind::ForcedRefresh => None,
            CmdKind::MoveCursor | CmdKind::Other => matching_bracket(line, at),
        };
        self.partner.set(partner);
        // Without that, the editor writes a letter to the terminal as it came.
        self.has_color || paint::has_hostile_letter(line)
    }
}

impl Validator for LineHelper {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input().trim();
        let is_command = text.starts_with(':') || text.ends_with('?');
        Ok(
            if !is_command && self.staging.borrow().is_incomplete(text, 1) {
                ValidationResult::Incomplete
            } else {
                ValidationResult::Valid(None)
            },
        )
    }
}

impl Helper for LineHelper {}
