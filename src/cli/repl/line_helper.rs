//! What the line editor asks while a line is written: what can follow, what
//! helps, how it looks, whether it is whole. The answers come from elsewhere.

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
use crate::repl::{self, Choice, Staging, scan};

use super::super::output::{self, OutputOptions};
use super::explorer::Explorer;
use super::{help, paint, tab};

/// Stands beside whoever writes a line.
pub(super) struct LineHelper {
    staging: Rc<RefCell<Staging>>,
    reference: OnceCell<Reference>,
    has_color: bool,
    width: usize,
    partner: Cell<Option<usize>>,
}

impl LineHelper {
    pub(super) fn new(explorer: &Explorer<'_>) -> Self {
        let style = explorer.look.of_stdout();
        Self {
            staging: explorer.shared(),
            reference: OnceCell::new(),
            has_color: style.color,
            width: style.width,
            partner: Cell::new(None),
        }
    }

    /// Windows change their size.
    pub(super) fn fit(&mut self, look: &OutputOptions) {
        self.width = look.of_stdout().width;
    }

    /// Whether a line may be remembered.
    pub(super) fn may_be_kept(&self, line: &str) -> bool {
        repl::may_be_kept(self.reference(), line)
    }

    /// It is read when first asked for: not before the first prompt.
    fn reference(&self) -> &Reference {
        self.reference.get_or_init(help::reference)
    }

    fn painted<'l>(&self, style: Style, text: &'l str) -> Cow<'l, str> {
        if self.has_color {
            Cow::Owned(paint::paint(style, text))
        } else {
            Cow::Borrowed(text)
        }
    }
}

/// A choice as the editor takes one.
pub(super) struct Offered(Choice);

impl Candidate for Offered {
    fn display(&self) -> &str {
        &self.0.shown
    }

    fn replacement(&self) -> &str {
        &self.0.text
    }
}

/// A line under the one that is written; nothing of it can be taken over.
pub(super) struct Help(String);

impl Hint for Help {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Completer for LineHelper {
    type Candidate = Offered;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Offered>)> {
        let mut staging = self.staging.borrow_mut();
        let (start, found) = if line.starts_with(':') {
            tab::complete(&staging, &line[..at])
        } else {
            repl::complete(self.reference(), &mut staging, line, at)
        };
        if found.len() > 1 {
            // The list is written where the hint stands, and does not clear it.
            let _ = output::document(&"\u{1b}[J");
        }
        Ok((start, found.into_iter().map(Offered).collect()))
    }
}

impl Hinter for LineHelper {
    type Hint = Help;

    fn hint(&self, line: &str, at: usize, _: &Context<'_>) -> Option<Help> {
        if at < line.len() || line.starts_with(':') || !line.contains('(') {
            return None;
        }
        let text = repl::hint(self.reference(), &self.staging.borrow(), line)?;
        let room = self.width.saturating_sub(3);
        let cut: String = text.chars().take(room).collect();
        let more = if cut.len() < text.len() { "…" } else { "" };
        Some(Help(format!("\n  {cut}{more}")))
    }
}

impl Highlighter for LineHelper {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if !self.has_color || line.starts_with(':') {
            return Cow::Borrowed(line);
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
            CmdKind::MoveCursor | CmdKind::Other => scan::partner(line, at),
        };
        self.partner.set(partner);
        self.has_color
    }
}

impl Validator for LineHelper {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input().trim();
        let is_told = text.starts_with(':') || text.ends_with('?');
        Ok(if !is_told && self.staging.borrow().wants_more(text, 1) {
            ValidationResult::Incomplete
        } else {
            ValidationResult::Valid(None)
        })
    }
}

impl Helper for LineHelper {}
