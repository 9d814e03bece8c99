//! `ascript man`: manual pages, generated from the definitions that the help is
//! generated from, with exit codes, environment, files and examples.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::exec;
use crate::fault::{Fault, Result};

use super::output::OutputOptions;

/// Shows the manual page of ascript, or of one of its commands
///
/// On a terminal the page opens in man; in a pipe it is text. --output writes roff.
#[derive(Args)]
pub(super) struct ManArgs {
    /// The command; without one, the page of ascript itself
    #[arg(value_name = "COMMAND")]
    page: Option<String>,
    /// Write all pages to a folder, such as /usr/local/share/man/man1
    #[arg(short, long, value_name = "DIR", conflicts_with = "page")]
    output: Option<PathBuf>,
}

/// A heading, and the terms below it with their meanings.
type ManSection = (&'static str, &'static [(&'static str, &'static str)]);

const SECTIONS: &[ManSection] = &[
    (
        "EXIT STATUS",
        &[
            ("0", "Done, or previewed."),
            (
                "1",
                "The script failed, or the node does not allow what it asks for.",
            ),
            ("2", "Wrong usage: arguments, parameters, script syntax."),
            (
                "3",
                "The node has a problem: a tool failed, its state could not be read, or a change had no effect.",
            ),
            (
                "4",
                "The plan is outdated or for another node; nothing was changed.",
            ),
            (
                "5",
                "Stopped part-way by an interrupt or the script; the last line counts the steps that were done.",
            ),
            (
                "10",
                "With --exit-code: changes are pending. In drift: something drifted. With fmt --check: a script would change.",
            ),
            ("70", "Internal error."),
            ("130", "Interrupted before anything was changed."),
        ],
    ),
    (
        "ENVIRONMENT",
        &[
            (
                "ASCRIPT_PAGER, PAGER",
                "The pager for documents that are longer than the screen; ASCRIPT_PAGER wins. Empty or \"cat\" means no pager. The default is less.",
            ),
            ("NO_COLOR", "Disables colors; --color overrides it."),
            (
                "Others",
                "A secret env:NAME is read from the variable NAME. Pass it through sudo with sudo --preserve-env=NAME.",
            ),
        ],
    ),
    (
        "FILES",
        &[
            (
                "/opt/aspera, /Library/Aspera",
                "The installation that is used without --node, on Linux and on macOS.",
            ),
            (
                "/var/lib/ascript, /Library/Application Support/ascript",
                "The receipts of its live runs, each with a copy of the earlier aspera.conf; only root can read them.",
            ),
            (
                "DIR/var/ascript",
                "The receipts of a node in the folder DIR.",
            ),
            (
                "/run/ascript, /var/db/ascript",
                "The locks of root's live runs, on Linux and on macOS.",
            ),
        ],
    ),
];

/// A command, a command line and what that does.
type Example = (&'static str, &'static str, &'static str);

/// Examples, each with the command that it belongs to.
const EXAMPLES: &[Example] = &[
    (
        "run",
        "ascript run faspex-node-macos",
        "Previews a bundled script.",
    ),
    (
        "run",
        "ascript run ./site.rhai --set region=eu --node blank:linux",
        "Previews a script file on a freshly installed node.",
    ),
    (
        "run",
        "sudo --preserve-env=FASPEX_TOKEN_KEY ascript run ./site.rhai --live",
        "Asks, then performs it.",
    ),
    (
        "plan",
        "ascript plan faspex-node-linux -o plan.json",
        "Saves a preview as a plan.",
    ),
    (
        "show",
        "ascript show plan.json --format markdown",
        "Renders it for a comment on a pull request.",
    ),
    (
        "apply",
        "ascript apply plan.json --expect DIGEST --yes",
        "Performs the plan if it is the one that was reviewed.",
    ),
    ("undo", "ascript undo 3 --live", "Reverts run 3."),
    (
        "snapshot",
        "ascript snapshot -o node.json",
        "Writes a node's state to a file, to preview on it elsewhere.",
    ),
    (
        "lab",
        "ascript lab ./lab --platform linux",
        "Creates an emulated node.",
    ),
    (
        "info",
        "ascript info faspex-node-macos",
        "Shows what a script does.",
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
        "Shows the reference entry of a binding.",
    ),
    (
        "man",
        "ascript man -o /usr/local/share/man/man1",
        "Installs the manual pages.",
    ),
];

impl ManArgs {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let mut program = super::Arguments::command();
        program.build();
        if let Some(folder) = &self.output {
            return write_all(&program, folder).map(|()| 0);
        }
        let command = match &self.page {
            Some(name) => find(&program, name)?,
            None => &program,
        };
        if !(options.may_page() && open_in_man(&page(command))) {
            options.page(&text_page(command))?;
        }
        Ok(0)
    }
}

/// Shows a page with `man`; returns whether that worked. The page goes through a
/// file, since `man` on macOS cannot read standard input.
fn open_in_man(page: &str) -> bool {
    let file = tempfile::Builder::new().suffix(".1").tempfile();
    file.is_ok_and(|mut file| {
        let is_written = file.write_all(page.as_bytes()).is_ok();
        is_written && exec::page(&format!("man {}", file.path().display()), "").is_ok()
    })
}

fn visible_commands(program: &Command) -> impl Iterator<Item = &Command> {
    program
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
}

fn find<'a>(program: &'a Command, name: &str) -> Result<&'a Command> {
    visible_commands(program)
        .find(|command| command.get_name() == name)
        .ok_or_else(|| {
            let known = visible_commands(program).map(Command::get_name);
            Fault::usage(format!("there is no command `{name}`")).suggest(name, known)
        })
}

fn write_all(program: &Command, folder: &std::path::Path) -> Result<()> {
    fs_err::create_dir_all(folder).map_err(Fault::from_io)?;
    for command in std::iter::once(program).chain(visible_commands(program)) {
        let name = command.get_display_name().unwrap_or(command.get_name());
        let path = folder.join(format!("{name}.1"));
        fs_err::write(&path, page(command)).map_err(Fault::from_io)?;
    }
    Ok(())
}

fn page(command: &Command) -> String {
    // Writing to memory cannot fail.
    let mut text = Vec::new();
    let _ = write_help(command, &mut text);
    let mut more = Roff::new();
    for (heading, terms) in SECTIONS {
        more.control("SH", [*heading]);
        for (term, meaning) in *terms {
            add_term(&mut more, term, meaning);
        }
    }
    let mut examples = examples_of(command).peekable();
    if examples.peek().is_some() {
        more.control("SH", ["EXAMPLES"]);
    }
    examples.for_each(|(_, line, meaning)| add_term(&mut more, line, meaning));
    let _ = more.to_writer(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// The page as plain text.
fn text_page(command: &Command) -> String {
    let mut text = command.clone().render_long_help().to_string();
    let mut add = |heading: &str, terms: &[(&str, &str)]| {
        let _ = write!(text, "\n{heading}\n");
        for (term, meaning) in terms {
            let _ = writeln!(text, "  {term}\n      {meaning}");
        }
    };
    for (heading, terms) in SECTIONS {
        add(heading, terms);
    }
    let examples: Vec<_> = examples_of(command)
        .map(|(_, line, meaning)| (*line, *meaning))
        .collect();
    if !examples.is_empty() {
        add("EXAMPLES", &examples);
    }
    text
}

/// The examples on the page of a command; the page of the program has all.
fn examples_of(command: &Command) -> impl Iterator<Item = &Example> {
    let (name, is_program) = (command.get_name(), command.has_subcommands());
    EXAMPLES
        .iter()
        .filter(move |(command, ..)| is_program || *command == name)
}

/// Writes the sections that correspond to the help.
fn write_help(command: &Command, text: &mut Vec<u8>) -> std::io::Result<()> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let version = env!("CARGO_PKG_VERSION");
    writeln!(
        text,
        ".TH {} 1 \"\" \"ascript {version}\" ascript",
        name.to_uppercase()
    )?;
    let page = Man::new(command.clone());
    page.render_name_section(text)?;
    page.render_synopsis_section(text)?;
    page.render_description_section(text)?;
    page.render_options_section(text)?;
    if command.has_subcommands() {
        page.render_subcommands_section(text)?;
    }
    Ok(())
}

fn add_term(page: &mut Roff, term: &str, meaning: &str) {
    page.control("TP", []);
    page.text([bold(term)]);
    page.text([roman(meaning)]);
}
