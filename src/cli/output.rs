//! Where documents and messages go, and how they look.

use std::fmt;
use std::io::{BufWriter, IsTerminal as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Args, ValueEnum};

use crate::exec;
use crate::fault::{Fault, FaultKind, Result, reason};
use crate::plan;
use crate::report::{self, Report, Style};

use super::common::Format;
use super::pager_choice::{self, TerminalSize};

/// How things look.
#[derive(Args)]
pub(super) struct OutputOptions {
    /// When to use colors; `NO_COLOR` is respected
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        global = true
    )]
    color: When,
    /// Print only what is essential
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print more: the source of every note
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Write long documents without a pager
    #[arg(long, global = true)]
    no_pager: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

/// How much of a document is written at once.
const BUFFER: usize = 64 << 10;

/// How wide a report is where nobody looks at a terminal.
const WIDTH: usize = 100;

impl OutputOptions {
    /// For what goes to standard output.
    pub(super) fn of_stdout(&self) -> Style {
        self.style(
            std::io::stdout().is_terminal(),
            terminal_width(&std::io::stdout()),
        )
    }

    /// For what goes to standard error.
    pub(super) fn of_stderr(&self) -> Style {
        self.style(
            std::io::stderr().is_terminal(),
            terminal_width(&std::io::stderr()),
        )
    }

    /// Whether only the essential is wanted.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    fn style(&self, is_terminal: bool, width: Option<usize>) -> Style {
        let is_plain =
            std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) || is_dumb();
        Style {
            color: match self.color {
                When::Always => true,
                When::Never => false,
                When::Auto => is_terminal && !is_plain,
            },
            width: width.filter(|_| is_terminal).unwrap_or(WIDTH),
            quiet: self.quiet,
            verbose: self.verbose,
        }
    }

    /// Whether a person looks at standard output and has not said no to a
    /// pager.
    pub(super) fn may_page(&self) -> bool {
        !self.no_pager && std::io::stdout().is_terminal()
    }

    /// Writes the one document to standard output; where a person looks at it
    /// and it is longer than their screen, through their pager.
    pub(super) fn page(&self, text: &str) -> Result<()> {
        let is_long = self.may_page() && screen().is_some_and(|screen| !screen.fits(text));
        match pager_choice::chosen_pager().filter(|_| is_long) {
            // One that cannot be started is no reason to show nothing.
            Some(pager) if exec::page(&pager, text).is_ok() => Ok(()),
            Some(_) | None => document(&text),
        }
    }

    /// Says on standard error what went wrong.
    pub(super) fn complain(&self, fault: &Fault, sources: report::Sources<'_>) {
        let text = report::fault(fault, sources, self.of_stderr());
        clear();
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}

/// Says something on standard error; nobody is left to tell if that fails.
pub(super) fn say(text: &str) {
    clear();
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Whether a line that stands on standard error is there to be replaced.
/// There is but one standard error, so there is but one of these.
static STANDS: AtomicBool = AtomicBool::new(false);

/// Whether a line on standard error can be replaced by another.
pub(super) fn can_redraw() -> bool {
    std::io::stderr().is_terminal() && !is_dumb()
}

/// Replaces the line that stands on standard error.
pub(super) fn redraw(line: &str) {
    let width = terminal_width(&std::io::stderr()).unwrap_or(WIDTH);
    let line: String = line.chars().take(width.saturating_sub(1)).collect();
    STANDS.store(true, Ordering::Relaxed);
    let _ = write!(std::io::stderr(), "\r\x1b[K{line}");
}

/// Takes away the line that stands on standard error, before anything else is
/// written there.
pub(super) fn clear() {
    if STANDS.swap(false, Ordering::Relaxed) {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
}

/// Writes the one document to standard output. A reader who has seen enough
/// is no trouble.
pub(super) fn document(text: &dyn fmt::Display) -> Result<()> {
    clear();
    let mut stdout = BufWriter::with_capacity(BUFFER, std::io::stdout().lock());
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

/// Writes a file that was not there, or replaces it whole. What is no file,
/// such as a pipe, is written into.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    let written = match std::fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => std::fs::write(path, text),
        // A link stays a link.
        Ok(_) => path.canonicalize().and_then(|path| replace(&path, text)),
        Err(_) => replace(path, text),
    };
    written.map_err(|error| {
        Fault::usage(format!(
            "cannot write {}: {}",
            path.display(),
            reason(&error)
        ))
        .caused_by(error)
    })
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Replaces the text of a file whole, and leaves its mode as it is.
pub(super) fn rewrite(path: &Path, text: &str) -> Result<()> {
    let mode = std::fs::metadata(path).map(|metadata| metadata.permissions());
    mode.and_then(|mode| replace_as(path, text, mode))
        .map_err(|error| {
            Fault::usage(format!(
                "cannot write {}: {}",
                path.display(),
                reason(&error)
            ))
            .caused_by(error)
        })
}

fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    replace_as(path, text, std::fs::Permissions::from_mode(0o600))
}

fn replace_as(path: &Path, text: &str, mode: std::fs::Permissions) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::Builder::new()
        .permissions(mode.clone())
        .tempfile_in(folder.unwrap_or(Path::new(".")))?;
    // What is made is masked; what is asked for is not.
    file.as_file().set_permissions(mode)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

/// What standard output is, where it is a terminal.
fn screen() -> Option<TerminalSize> {
    let stdout = std::io::stdout();
    let size = rustix::termios::tcgetwinsize(&stdout).ok()?;
    let screen = TerminalSize {
        columns: usize::from(size.ws_col),
        rows: usize::from(size.ws_row),
    };
    Some(screen).filter(|screen| screen.columns > 0 && screen.rows > 0)
}

fn terminal_width(terminal: &impl rustix::fd::AsFd) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(terminal).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

/// A run in the form that was asked for.
pub(super) fn rendered<'a>(
    report: &'a Report<'a>,
    format: Format,
    look: &OutputOptions,
) -> Box<dyn fmt::Display + 'a> {
    match format {
        Format::Json => Box::new(plan::render(report.run)),
        Format::Markdown => Box::new(report::markdown(report)),
        Format::Html => Box::new(report::html(report)),
        Format::Text => Box::new(report::text(report, look.of_stdout())),
    }
}
