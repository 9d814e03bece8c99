//! What a session is told with a colon: one table of commands. Each speaks to
//! the session and says what came of it; none of them edits lines.

use std::fmt::Write as _;
use std::path::Path;

use crate::fault::{Fault, Result, nearest};
use crate::repl;
use crate::report::{self, Report};
use crate::run::DocumentKind;
use crate::script::Script;

use super::super::ask;
use super::super::common::Format;
use super::super::output;
use super::explorer::{Explorer, Flow};
use super::{help, live};

/// Something a session can be told.
pub(super) struct Command {
    /// Its name, without the colon.
    pub(super) name: &'static str,
    /// What can follow it.
    pub(super) args: &'static str,
    /// What that is, for whoever completes it.
    pub(super) takes: Takes,
    /// What it does, a sentence.
    pub(super) doc: &'static str,
    run: fn(&mut Explorer<'_>, &str) -> Result<Flow>,
}

/// What can follow a command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    /// A name of the reference.
    Name,
    /// A file, or a bundled script.
    Script,
    /// A file.
    File,
    /// A node.
    Node,
    /// The name of a parameter.
    Param,
    /// One of these words.
    Words(&'static [&'static str]),
}

impl Command {
    /// How it is written.
    pub(super) fn usage(&self) -> String {
        format!(":{} {}", self.name, self.args)
            .trim_end()
            .to_owned()
    }
}

/// Every command, in the order of `:help`.
pub(super) const COMMANDS: &[Command] = &[
    Command {
        name: "help",
        args: "[NAME or WORDS]",
        takes: Takes::Name,
        doc: "Shows this list, or what the reference says; `NAME?` is the same.",
        run: help::show,
    },
    Command {
        name: "plan",
        args: "[--format FORMAT]",
        takes: Takes::Words(&["--format", "text", "json", "markdown", "html"]),
        doc: "Shows every staged step, with the commands that a live run would start.",
        run: show_plan,
    },
    Command {
        name: "diff",
        args: "",
        takes: Takes::Nothing,
        doc: "Shows what is staged for aspera.conf.",
        run: show_diff,
    },
    Command {
        name: "undo",
        args: "[N]",
        takes: Takes::Nothing,
        doc: "Takes back the last line that staged something, or the last N.",
        run: undo,
    },
    Command {
        name: "apply",
        args: "[--yes]",
        takes: Takes::Words(&["--yes", "--done", "--allow-argv-secrets"]),
        doc: "Performs what is staged, after a question, and starts anew on the changed node.",
        run: live::apply,
    },
    Command {
        name: "save",
        args: "FILE [--force]",
        takes: Takes::File,
        doc: "Saves the session as a script with the same plan; --force replaces a file.",
        run: save,
    },
    Command {
        name: "run",
        args: "SCRIPT",
        takes: Takes::Script,
        doc: "Runs a script here: a file, or a bundled one by its name.",
        run: run_script,
    },
    Command {
        name: "params",
        args: "[NAME=VALUE]",
        takes: Takes::Param,
        doc: "Shows the parameters, or gives one a value and runs all lines again with it.",
        run: params,
    },
    Command {
        name: "node",
        args: "[WHERE]",
        takes: Takes::Node,
        doc: "Tells which node it is, or runs all lines again on another one.",
        run: node,
    },
    Command {
        name: "history",
        args: "",
        takes: Takes::Nothing,
        doc: "Shows the lines that the session stands on; * marks those that staged something.",
        run: history,
    },
    Command {
        name: "clear",
        args: "",
        takes: Takes::Nothing,
        doc: "Forgets every line, staged or not, after a question. Ctrl-L clears the screen.",
        run: clear,
    },
    Command {
        name: "quit",
        args: "",
        takes: Takes::Nothing,
        doc: "Ends the session, as Ctrl-D does.",
        run: |_, _| Ok(Flow::Leave(0)),
    },
];

/// Does what a line says if it is a command; nothing if it is an input.
pub(super) fn take(explorer: &mut Explorer<'_>, line: &str) -> Result<Option<Flow>> {
    if let Some(rest) = line.strip_prefix(':') {
        let (name, args) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        return obey(explorer, name, args.trim()).map(Some);
    }
    let is_name = |name: &str| {
        name.chars()
            .all(|c| c.is_alphanumeric() || "_.".contains(c))
    };
    if let Some(name) = line.strip_suffix('?').filter(|name| is_name(name)) {
        return help::show(explorer, name).map(Some);
    }
    // What people type who do not know yet that commands have a colon.
    let is_free = |word: &str| !explorer.staging().variables().contains(&word);
    match line {
        "exit" | "quit" if is_free(line) => Ok(Some(Flow::Leave(0))),
        "help" | "?" if is_free(line) => help::show(explorer, "").map(Some),
        _ => Ok(None),
    }
}

fn obey(explorer: &mut Explorer<'_>, name: &str, args: &str) -> Result<Flow> {
    let command = COMMANDS.iter().find(|command| command.name == name);
    let Some(command) = command else {
        return Err(unknown(name));
    };
    if command.args.is_empty() && !args.is_empty() {
        return Err(Fault::usage(format!(
            "`:{name}` takes nothing, not `{args}`"
        )));
    }
    (command.run)(explorer, args)
}

fn unknown(name: &str) -> Fault {
    let fault = Fault::usage(format!("there is no command `:{name}`"));
    let starting = COMMANDS
        .iter()
        .filter(|command| !name.is_empty() && command.name.starts_with(name));
    let known = || COMMANDS.iter().map(|command| command.name);
    let starting: Vec<_> = starting.map(|command| command.name).collect();
    match (&starting[..], nearest(name, known())) {
        ([only], _) => fault.hint(format!("did you mean `:{only}`?")),
        (_, Some(near)) => fault.hint(format!("did you mean `:{near}`?")),
        _ => fault.hint("`:help` shows them all"),
    }
}

fn show_plan(explorer: &mut Explorer<'_>, args: &str) -> Result<Flow> {
    let format = format(args)?;
    let staging = explorer.staging();
    let kind = match format {
        Format::Json => DocumentKind::Plan,
        Format::Text | Format::Markdown | Format::Html => DocumentKind::Preview,
    };
    let plan = staging.plan(kind);
    let sources = |name: &str| staging.source(name);
    let report = Report {
        run: &plan,
        remark: explorer.runner.place().remark.as_deref(),
        sources: Some(&sources),
    };
    output::document(&output::rendered(&report, format, explorer.look))?;
    Ok(Flow::Stay)
}

fn format(args: &str) -> Result<Format> {
    let word = args
        .strip_prefix("--format")
        .map_or(args, |rest| rest.trim_start_matches('=').trim());
    match word {
        "" | "text" => Ok(Format::Text),
        "json" => Ok(Format::Json),
        "markdown" => Ok(Format::Markdown),
        "html" => Ok(Format::Html),
        other => Err(Fault::usage(format!("there is no format `{other}`"))
            .hint("write `:plan --format text`, json, markdown or html")),
    }
}

fn show_diff(explorer: &mut Explorer<'_>, _: &str) -> Result<Flow> {
    let diff = explorer.staging().plan(DocumentKind::Preview).conf_diff;
    if diff.is_empty() {
        output::say("Nothing is staged for aspera.conf.");
    } else {
        output::document(&report::conf_diff(&diff, explorer.look.of_stdout()))?;
    }
    Ok(Flow::Stay)
}

fn undo(explorer: &mut Explorer<'_>, args: &str) -> Result<Flow> {
    let count = match args {
        "" => 1,
        number => number
            .parse()
            .ok()
            .filter(|count| *count > 0)
            .ok_or_else(|| {
                Fault::usage(format!("`:undo` takes a number of lines, not `{number}`"))
            })?,
    };
    let (undone, dropped) = explorer.staging_mut().undo(count);
    if undone.is_empty() {
        return Err(Fault::usage("nothing is staged"));
    }
    for input in &undone {
        output::say(&format!("taken back: {}", one_line(&input.script)));
    }
    explorer.tell_dropped(&dropped);
    Ok(Flow::Stay)
}

fn save(explorer: &mut Explorer<'_>, args: &str) -> Result<Flow> {
    let mut words: Vec<_> = args.split_whitespace().collect();
    let is_forced = words.contains(&"--force");
    words.retain(|word| *word != "--force");
    let [file] = words[..] else {
        return Err(Fault::usage("`:save` wants one file")
            .hint("write `:save site.rhai`; --force replaces a file that is there"));
    };
    let path = Path::new(file);
    if path.exists() && !is_forced {
        return Err(Fault::usage(format!("{file} is there already"))
            .hint(format!("`:save {file} --force` replaces it")));
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let text = explorer.staging_mut().saved(Script {
        name: file.to_owned(),
        text: "".into(),
        folder: Some(folder.unwrap_or(Path::new(".")).to_owned()),
    })?;
    output::write(path, &text)?;
    output::say(&format!(
        "{file} is saved; `ascript run {}` previews it",
        run_name(file)
    ));
    Ok(Flow::Stay)
}

/// As the command line wants a path: with a slash or the extension.
fn run_name(file: &str) -> String {
    let is_path = file.contains('/') || Path::new(file).extension().is_some_and(|e| e == "rhai");
    if is_path {
        file.to_owned()
    } else {
        format!("./{file}")
    }
}

fn run_script(explorer: &mut Explorer<'_>, args: &str) -> Result<Flow> {
    if args.is_empty() {
        return Err(Fault::usage("`:run` wants a script").hint("write `:run ./site.rhai`"));
    }
    let script = explorer.find(args)?;
    let flow = explorer.run(script, 1)?;
    // A script may well end itself; the session goes on.
    Ok(match flow {
        Flow::Leave(_) => Flow::Stay,
        Flow::Stay | Flow::Failed(_) => flow,
    })
}

fn params(explorer: &mut Explorer<'_>, args: &str) -> Result<Flow> {
    if !args.is_empty() {
        explorer.staging_mut().set_param(args)?;
        return Ok(Flow::Stay);
    }
    let params = explorer.staging().params();
    if params.is_empty() {
        output::say(
            "There are no parameters; `:params NAME=VALUE` makes one, `params.NAME` reads it.",
        );
    }
    let mut text = String::new();
    for (name, value) in &params {
        let width = explorer.look.of_stdout().width;
        let value = repl::shown(value, width).unwrap_or_else(|| "()".to_owned());
        let _ = writeln!(text, "{name} = {value}");
    }
    output::document(&text)?;
    Ok(Flow::Stay)
}

fn node(explorer: &mut Explorer<'_>, args: &str) -> Result<Flow> {
    if !args.is_empty() {
        let fresh = explorer.fresh(Some(args))?;
        explorer.staging_mut().move_to(fresh.0.world()?)?;
        explorer.settle(fresh);
    }
    output::document(&format!("{}\n", explorer.described()))?;
    Ok(Flow::Stay)
}

fn history(explorer: &mut Explorer<'_>, _: &str) -> Result<Flow> {
    let mut text = String::new();
    if explorer.staging().inputs().is_empty() {
        output::say("There are no lines yet.");
    }
    for input in explorer.staging().inputs() {
        let mark = if input.acted > 0 { '*' } else { ' ' };
        let _ = writeln!(text, "{mark} {:8} {}", input.name(), body(&input.script));
    }
    output::document(&text)?;
    Ok(Flow::Stay)
}

fn clear(explorer: &mut Explorer<'_>, _: &str) -> Result<Flow> {
    let question = format!("Forget {}?", explorer.staged_words());
    let is_wanted = explorer.staging().staged() == 0 || !ask::can() || ask::confirm(&question)?;
    if is_wanted {
        explorer.staging_mut().clear();
    }
    Ok(Flow::Stay)
}

/// A typed input as it was typed; of a script its name says enough.
fn body(script: &Script) -> String {
    let is_typed = script.name == "-" || script.name.starts_with("repl:");
    if is_typed {
        script.text.trim().replace('\n', "\n           ")
    } else {
        format!(":run {}", script.name)
    }
}

/// The first line of an input.
fn one_line(script: &Script) -> String {
    let mut lines = script.text.trim().lines();
    let first = lines.next().unwrap_or_default();
    let more = if lines.next().is_some() { " …" } else { "" };
    report::line(&format!("{first}{more}")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_says_what_it_does() {
        for command in COMMANDS {
            assert!(command.doc.ends_with('.'), "{}", command.name);
        }
    }

    #[test]
    fn an_unknown_command_names_the_nearest() {
        assert_eq!(unknown("plna").hints(), ["did you mean `:plan`?"]);
        assert_eq!(unknown("hi").hints(), ["did you mean `:history`?"]);
        assert_eq!(unknown("zzz").hints(), ["`:help` shows them all"]);
    }
}
