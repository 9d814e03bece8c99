//! Writes documents and messages, in the style of the terminal.

use std::fmt;
use std::io::{BufWriter, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Args, ValueEnum};

use crate::exec;
use crate::fault::{Fault, FaultKind, Result, reason};
use crate::report::{self, Colors, Style};

use super::locale;
use super::pager_choice::{self, TerminalSize};
use super::requested_format;

/// How documents and messages are written.
#[derive(Args, Clone)]
pub(super) struct OutputOptions {
    /// When to use colors; `NO_COLOR` is respected
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        global = true
    )]
    color: ColorChoice,
    /// Print only what is essential
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print more: the source of every note, each step that a table would show in a row
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Write long documents without a pager
    #[arg(long, global = true)]
    no_pager: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ColorChoice {
    Auto,
    Always,
    Never,
}

/// The size of the buffer between a report and standard output.
const BUFFER: usize = 64 << 10;

/// The width of a report that does not go to a terminal.
const WIDTH: usize = 100;

impl OutputOptions {
    /// The style of standard output.
    pub(super) fn of_stdout(&self) -> Style {
        self.style(
            std::io::stdout().is_terminal(),
            terminal_width(&std::io::stdout()),
        )
    }

    /// The style of standard error.
    pub(super) fn of_stderr(&self) -> Style {
        self.style(
            std::io::stderr().is_terminal(),
            terminal_width(&std::io::stderr()),
        )
    }

    /// The same, with every document written directly.
    pub(super) fn without_pager(&self) -> Self {
        Self {
            no_pager: true,
            ..self.clone()
        }
    }

    /// Whether `--quiet` was given.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    fn style(&self, is_terminal: bool, width: Option<usize>) -> Style {
        let color = match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => is_terminal && !is_plain(),
        };
        HAS_COLORS.fetch_or(color, Ordering::Relaxed);
        Style {
            color,
            width: width.filter(|_| is_terminal).unwrap_or(WIDTH),
            quiet: self.quiet,
            verbose: self.verbose,
            charset: locale::charset(),
        }
    }

    /// Whether standard output is a terminal, and a pager is not ruled out.
    pub(super) fn may_page(&self) -> bool {
        !self.no_pager && std::io::stdout().is_terminal()
    }

    /// Writes a text to standard output like [`Self::page_document`].
    pub(super) fn page(&self, text: &str) -> Result<()> {
        self.page_document(&self.of_stdout().charset.marks(text).to_string())
    }

    /// Writes the document to standard output; through the pager, if it is
    /// longer than the screen of a terminal.
    pub(super) fn page_document(&self, text: &str) -> Result<()> {
        let is_long = self.may_page() && screen().is_some_and(|screen| !screen.fits(text));
        if let Some(pager) = pager_choice::chosen_pager().filter(|_| is_long) {
            let shown = report::printed(text, colors()).to_string();
            if exec::page(&pager, &shown).is_ok() {
                return Ok(());
            }
        }
        // Without a working pager, the document is written directly.
        document(&text)
    }

    /// Reports the fault that ends the command: on standard error, and where JSON
    /// was asked for and no document was made, as the document.
    pub(super) fn complain(&self, fault: &Fault, sources: report::SourceLookup<'_>) {
        write_fault_document(fault);
        self.warn(fault, sources);
    }

    /// Prints a fault on standard error.
    pub(super) fn warn(&self, fault: &Fault, sources: report::SourceLookup<'_>) {
        let style = self.of_stderr();
        let text = if std::io::stderr().is_terminal() {
            report::wrapped_fault(fault, sources, style)
        } else {
            report::fault(fault, sources, style)
        };
        print(style.charset.marks(text), colors());
    }
}

/// Whether a style with colors was made: no report has colors before.
static HAS_COLORS: AtomicBool = AtomicBool::new(false);

/// What is done with the colors in a report.
fn colors() -> Colors {
    if HAS_COLORS.load(Ordering::Relaxed) {
        Colors::Kept
    } else {
        Colors::Escaped
    }
}

/// Prints a text on standard error. A failure to print cannot be reported.
fn print(text: impl fmt::Display, colors: Colors) {
    clear();
    let _ = write!(std::io::stderr(), "{}", report::printed(text, colors));
}

/// Prints a line without colors on standard error.
pub(super) fn say(text: &str) {
    let text = locale::charset().marks(text);
    print(format_args!("{text}\n"), Colors::Escaped);
}

/// Prints a report on standard error, in the colors of its style.
pub(super) fn say_report(text: &str) {
    let text = locale::charset().marks(text);
    print(format_args!("{text}\n"), colors());
}

/// Prints a question on standard error, without a line break.
pub(super) fn say_question(question: &str) {
    print(format_args!("{question} "), Colors::Escaped);
}

/// Prints what the parser of the command line has rendered with colors.
pub(super) fn say_usage(rendered: &clap::builder::StyledStr) {
    if std::io::stderr().is_terminal() && !is_plain() {
        print(rendered.ansi(), Colors::Kept);
    } else {
        print(rendered, Colors::Escaped);
    }
}

/// A message in lines that fit the terminal on standard error.
pub(super) fn wrapped(text: &str) -> String {
    let width = terminal_width(&std::io::stderr()).unwrap_or(WIDTH);
    report::wrap(text, width, width).join("\n")
}

/// Whether the last line on standard error is a progress line.
static HAS_PROGRESS_LINE: AtomicBool = AtomicBool::new(false);

/// Whether standard error is a terminal on which a line can be replaced.
pub(super) fn can_redraw() -> bool {
    std::io::stderr().is_terminal() && !is_dumb()
}

/// Replaces the progress line on standard error.
pub(super) fn redraw(line: &str) {
    let width = terminal_width(&std::io::stderr()).unwrap_or(WIDTH);
    let line = report::line(line);
    let line = report::cut(&line, width.saturating_sub(1));
    HAS_PROGRESS_LINE.store(true, Ordering::Relaxed);
    let _ = write!(
        std::io::stderr(),
        "\r\x1b[K{}",
        locale::charset().marks(line)
    );
}

/// Removes the progress line from standard error, before anything else is
/// written there.
pub(super) fn clear() {
    if HAS_PROGRESS_LINE.swap(false, Ordering::Relaxed) {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
}

/// Clears standard output, if it is a terminal that can.
pub(super) fn clear_screen() {
    if std::io::stdout().is_terminal() && !is_dumb() {
        control("\u{1b}[2J\u{1b}[3J\u{1b}[H");
    }
}

/// Erases what is below the cursor of the terminal on standard output.
pub(super) fn erase_below() {
    control("\u{1b}[J");
}

/// Moves the cursor of that terminal up into a line that it erases.
pub(super) fn erase_line_above() {
    control("\u{1b}[A\u{1b}[2K");
}

fn control(sequence: &str) {
    let mut stdout = std::io::stdout();
    let _ = write!(stdout, "{sequence}").and_then(|()| stdout.flush());
}

/// Whether a document was written to standard output.
static HAS_DOCUMENT: AtomicBool = AtomicBool::new(false);

/// Writes a fault to standard output where JSON was asked for and no document was
/// made, so that there is always one.
pub(super) fn write_fault_document(fault: &Fault) {
    if requested_format::is_json() && !HAS_DOCUMENT.load(Ordering::Relaxed) {
        // The exit code and standard error tell the same.
        let _ = document(&report::fault_json(fault));
    }
}

/// Writes the document to standard output. It is no fault if the reader
/// closes the pipe early.
pub(super) fn document(text: &dyn fmt::Display) -> Result<()> {
    clear();
    HAS_DOCUMENT.store(true, Ordering::Relaxed);
    let mut stdout = BufWriter::with_capacity(BUFFER, std::io::stdout().lock());
    let text = report::printed(text, colors());
    let written = write!(stdout, "{text}").and_then(|()| stdout.flush());
    match written {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Fault::new(
            FaultKind::Usage,
            format!("cannot write the document: {}", reason(&error)),
        )
        .caused_by(error)),
    }
}

/// Creates a file, or replaces it atomically; a new one can be read by its owner
/// alone, and an existing one keeps its mode and its owner. Writes into what is not
/// a regular file, such as a pipe.
pub(super) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    exec::replace_file(path, content.as_ref()).map_err(|fault| {
        if fault.kind() == FaultKind::Unknown {
            fault.with_kind(FaultKind::Usage)
        } else {
            fault
        }
    })
}

/// Whether the environment asks for no colors.
fn is_plain() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) || is_dumb()
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// The size of the terminal on standard output.
fn screen() -> Option<TerminalSize> {
    let stdout = std::io::stdout();
    let size = rustix::termios::tcgetwinsize(&stdout).ok()?;
    let screen = TerminalSize {
        columns: usize::from(size.ws_col),
        rows: usize::from(size.ws_row),
    };
    Some(screen).filter(|screen| screen.columns > 0 && screen.rows > 0)
}

/// The width of the terminal on standard output; `None` if it is not one.
pub(super) fn terminal_columns() -> Option<usize> {
    let stdout = std::io::stdout();
    terminal_width(&stdout).filter(|_| stdout.is_terminal())
}

fn terminal_width(terminal: &impl rustix::fd::AsFd) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(terminal).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}
