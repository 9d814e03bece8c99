//! `ascript man`: the manual pages, made from the same table as the help, with
//! what the help has no room for.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, Command, CommandFactory as _};
use clap_mangen::Man as Page;
use clap_mangen::roff::{Roff, bold, roman};

use crate::exec;
use crate::fault::{Fault, Result, reason};

use super::output::{self, OutputOptions};

/// Shows the manual page of ascript, or of one of its commands
///
/// On a terminal it opens as `man` would open it; in a pipe it is roff.
#[derive(Args)]
pub(super) struct Man {
    /// A command; without one, the page of ascript itself
    #[arg(value_name = "COMMAND")]
    page: Option<String>,
    /// Writes all pages into a folder, such as /usr/local/share/man/man1
    #[arg(short, long, value_name = "DIR", conflicts_with = "page")]
    output: Option<PathBuf>,
}

/// A heading, and what stands below it: terms and what they mean.
type Section = (&'static str, &'static [(&'static str, &'static str)]);

const SECTIONS: &[Section] = &[
    (
        "EXIT STATUS",
        &[
            ("0", "Done, or previewed."),
            ("1", "The script failed, or the node refuses what it asks."),
            ("2", "Wrong usage: arguments, parameters, script syntax."),
            (
                "3",
                "The node is in trouble: a tool failed, a fact could not be read, a change did not show.",
            ),
            ("4", "A stale or foreign plan: nothing was done."),
            (
                "5",
                "Stopped part-way by an interrupt or the script; the message says what was done.",
            ),
            ("10", "With --exit-code: changes are pending."),
            ("70", "A mistake of ascript's own."),
            ("130", "Interrupted before anything was done."),
        ],
    ),
    (
        "ENVIRONMENT",
        &[
            (
                "ASCRIPT_PAGER, PAGER",
                "What shows a document that is longer than the screen, the first before the second; empty or \"cat\" for nothing. Without them, less.",
            ),
            ("NO_COLOR", "No colours, unless --color says otherwise."),
            (
                "Any other",
                "A secret that a script calls env:NAME is read from NAME. With sudo, name it: sudo --preserve-env=NAME.",
            ),
        ],
    ),
    (
        "FILES",
        &[
            (
                "/opt/aspera, /Library/Aspera",
                "The installation that is meant where --node names none, on Linux and on macOS.",
            ),
            (
                "/var/lib/ascript, /Library/Application Support/ascript",
                "The receipts of its live runs, each with a copy of aspera.conf as it was before; only their owner can read them.",
            ),
            ("DIR/var/ascript", "The same of a node in the folder DIR."),
        ],
    ),
];

/// Examples, with the command that each is for.
const EXAMPLES: &[(&str, &str, &str)] = &[
    (
        "run",
        "ascript run faspex-node-macos",
        "Previews a bundled script.",
    ),
    (
        "run",
        "ascript run ./site.rhai --set region=eu --node blank:linux",
        "Previews a script of one's own on a node fresh from the installer.",
    ),
    (
        "run",
        "sudo --preserve-env=FASPEX_TOKEN_KEY ascript run ./site.rhai --live",
        "Performs it, after a question.",
    ),
    (
        "plan",
        "ascript plan faspex-node-linux -o plan.json",
        "Keeps a preview as a plan.",
    ),
    (
        "show",
        "ascript show plan.json --format markdown",
        "Renders it for a comment on a pull request.",
    ),
    (
        "apply",
        "ascript apply plan.json --expect DIGEST --yes",
        "Performs the plan that was reviewed, and no other.",
    ),
    ("undo", "ascript undo 3 --live", "Takes run 3 back."),
    (
        "snapshot",
        "ascript snapshot -o node.json",
        "Keeps a node's facts, to preview on elsewhere.",
    ),
    (
        "lab",
        "ascript lab ./lab --platform linux",
        "Makes an emulated node to try things on.",
    ),
    (
        "info",
        "ascript info faspex-node-macos",
        "Tells what a script would touch.",
    ),
    (
        "repl",
        "ascript repl --node ./lab",
        "Explores a node line by line.",
    ),
    (
        "new",
        "ascript new site.rhai",
        "Writes a script to start from.",
    ),
    (
        "test",
        "ascript test site.rhai",
        "Runs its tests on a node in memory.",
    ),
    (
        "docs",
        "ascript docs conf.set_user",
        "Shows a page of the reference.",
    ),
    (
        "man",
        "ascript man -o /usr/local/share/man/man1",
        "Installs the manual pages.",
    ),
];

impl Man {
    pub(super) fn execute(&self, look: &OutputOptions) -> Result<u8> {
        let mut program = super::Arguments::command();
        program.build();
        if let Some(folder) = &self.output {
            return write_all(&program, folder).map(|()| 0);
        }
        let page = match &self.page {
            Some(name) => page(find(&program, name)?),
            None => page(&program),
        };
        if !(look.may_page() && open(&page)) {
            output::document(&page)?;
        }
        Ok(0)
    }
}

/// Lets `man` show a page; whether it could. It takes a file everywhere, but
/// standard input not on macOS.
fn open(page: &str) -> bool {
    let file = tempfile::Builder::new().suffix(".1").tempfile();
    file.is_ok_and(|mut file| {
        let is_written = file.write_all(page.as_bytes()).is_ok();
        is_written && exec::page(&format!("man {}", file.path().display()), "").is_ok()
    })
}

fn shown(program: &Command) -> impl Iterator<Item = &Command> {
    program
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
}

fn find<'a>(program: &'a Command, name: &str) -> Result<&'a Command> {
    shown(program)
        .find(|command| command.get_name() == name)
        .ok_or_else(|| {
            let known = shown(program).map(Command::get_name);
            Fault::usage(format!("there is no command `{name}`")).suggest(name, known)
        })
}

fn write_all(program: &Command, folder: &std::path::Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Fault::usage(format!(
            "cannot make {}: {}",
            folder.display(),
            reason(&error)
        ))
    })?;
    for command in std::iter::once(program).chain(shown(program)) {
        let name = command.get_display_name().unwrap_or(command.get_name());
        let path = folder.join(format!("{name}.1"));
        std::fs::write(&path, page(command)).map_err(|error| {
            Fault::usage(format!(
                "cannot write {}: {}",
                path.display(),
                reason(&error)
            ))
        })?;
    }
    Ok(())
}

fn page(command: &Command) -> String {
    // Nothing can go wrong where the page is a text in memory.
    let mut text = Vec::new();
    let _ = usual(command, &mut text);
    let mut more = Roff::new();
    for (heading, entries) in SECTIONS {
        more.control("SH", [*heading]);
        for (term, meaning) in *entries {
            entry(&mut more, term, meaning);
        }
    }
    let name = command.get_name();
    let is_program = command.has_subcommands();
    let mut examples = EXAMPLES
        .iter()
        .filter(|(of, ..)| is_program || *of == name)
        .peekable();
    if examples.peek().is_some() {
        more.control("SH", ["EXAMPLES"]);
    }
    examples.for_each(|(_, line, meaning)| entry(&mut more, line, meaning));
    let _ = more.to_writer(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// What the help says.
fn usual(command: &Command, text: &mut Vec<u8>) -> std::io::Result<()> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let version = env!("CARGO_PKG_VERSION");
    writeln!(
        text,
        ".TH {} 1 \"\" \"ascript {version}\" ascript",
        name.to_uppercase()
    )?;
    let page = Page::new(command.clone());
    page.render_name_section(text)?;
    page.render_synopsis_section(text)?;
    page.render_description_section(text)?;
    page.render_options_section(text)?;
    if command.has_subcommands() {
        page.render_subcommands_section(text)?;
    }
    Ok(())
}

fn entry(page: &mut Roff, term: &str, meaning: &str) {
    page.control("TP", []);
    page.text([bold(term)]);
    page.text([roman(meaning)]);
}
