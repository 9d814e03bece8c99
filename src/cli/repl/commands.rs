//! Runs the lines of a session: commands such as `:plan`, `NAME?`, and script
//! lines.

use std::fmt::Write as _;
use std::path::Path;

use crate::fault::{Fault, Result, nearest};
use crate::reference::SESSION_COMMANDS;
use crate::repl::{self, Input};
use crate::report::{self, Report};
use crate::run::DocumentKind;
use crate::script::Script;

use super::super::ask;
use super::super::common::{OutputFormat, parse_format};
use super::super::output;
use super::super::run_format::{RUN_FORMATS, rendered};
use super::interactive_session::{InteractiveSession, LineOutcome};
use super::{help, live_apply};

/// Runs a command with its arguments.
type Handler = fn(&mut InteractiveSession<'_>, &str) -> Result<LineOutcome>;

/// The implementations of [`SESSION_COMMANDS`].
const HANDLERS: &[(&str, Handler)] = &[
    ("help", help::show),
    ("plan", show_plan),
    ("diff", show_diff),
    ("undo", undo),
    ("apply", live_apply::apply),
    ("save", save),
    ("run", run_script),
    ("params", params),
    ("node", node),
    ("history", history),
    ("clear", clear),
    ("quit", |_, _| Ok(LineOutcome::Exit(0))),
];

/// Runs a line typed at a terminal: a command, or a script line.
pub(super) fn run_line(session: &mut InteractiveSession<'_>, line: &str) -> Result<LineOutcome> {
    let line = line.trim();
    if line.is_empty() {
        return Ok(LineOutcome::Continue);
    }
    match run_command(session, line)? {
        Some(outcome) => Ok(outcome),
        None => session.run_typed(line),
    }
}

/// Runs a line that is a command; returns nothing for a script line.
pub(super) fn run_command(
    session: &mut InteractiveSession<'_>,
    line: &str,
) -> Result<Option<LineOutcome>> {
    if let Some(rest) = line.strip_prefix(':') {
        let (name, args) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        return dispatch(session, name, args.trim()).map(Some);
    }
    let is_name = |name: &str| {
        name.chars()
            .all(|c| c.is_alphanumeric() || "_.".contains(c))
    };
    if let Some(name) = line.strip_suffix('?').filter(|name| is_name(name)) {
        return help::show(session, name).map(Some);
    }
    // Newcomers type these without the colon.
    let is_free = |word: &str| !session.staging().variables().contains(&word);
    match line {
        "exit" | "quit" if is_free(line) => Ok(Some(LineOutcome::Exit(0))),
        "help" | "?" if is_free(line) => help::show(session, "").map(Some),
        _ => Ok(None),
    }
}

fn dispatch(session: &mut InteractiveSession<'_>, name: &str, args: &str) -> Result<LineOutcome> {
    let command = SESSION_COMMANDS.iter().find(|command| command.name == name);
    let handler = HANDLERS.iter().find(|(handled, _)| *handled == name);
    let (Some(command), Some((_, handler))) = (command, handler) else {
        return Err(unknown_command(name));
    };
    if command.args.is_empty() && !args.is_empty() {
        return Err(Fault::usage(format!(
            "`:{name}` takes no arguments, but got `{args}`"
        )));
    }
    handler(session, args)
}

fn unknown_command(name: &str) -> Fault {
    let fault = Fault::usage(format!("there is no command `:{name}`"));
    let names = || SESSION_COMMANDS.iter().map(|command| command.name);
    let completions: Vec<_> = names()
        .filter(|known| !name.is_empty() && known.starts_with(name))
        .collect();
    match (&completions[..], nearest(name, names())) {
        ([only], _) => fault.hint(format!("did you mean `:{only}`?")),
        (_, Some(near)) => fault.hint(format!("did you mean `:{near}`?")),
        _ => fault.hint("`:help` lists them all"),
    }
}

fn show_plan(session: &mut InteractiveSession<'_>, args: &str) -> Result<LineOutcome> {
    let format = format(args)?;
    let kind = if format == OutputFormat::Json {
        DocumentKind::Plan
    } else {
        DocumentKind::Preview
    };
    let plan = session.staging_mut().plan(kind);
    let staging = session.staging();
    let sources = |name: &str| staging.source(name);
    let report = Report {
        run: &plan,
        remark: session.runner.target().remark.as_deref(),
        site: None,
        sources: Some(&sources),
    };
    output::document(&rendered(&report, format, session.options.of_stdout()))?;
    Ok(LineOutcome::Continue)
}

fn format(args: &str) -> Result<OutputFormat> {
    let word = args
        .strip_prefix("--format")
        .map_or(args, |rest| rest.trim_start_matches('=').trim());
    if word.is_empty() {
        return Ok(OutputFormat::Text);
    }
    parse_format(RUN_FORMATS, word).ok_or_else(|| {
        Fault::usage(format!("there is no format `{word}`"))
            .hint("write `:plan --format text`, json, markdown or html")
    })
}

fn show_diff(session: &mut InteractiveSession<'_>, _: &str) -> Result<LineOutcome> {
    let plan = session.staging_mut().plan(DocumentKind::Preview);
    let files = plan.file_diffs.iter().map(|file| &file.diff);
    let mut diffs = std::iter::once(&plan.conf_diff)
        .chain(files)
        .filter(|diff| !diff.is_empty())
        .peekable();
    if diffs.peek().is_none() {
        output::say("No changes to aspera.conf are staged.");
    }
    for diff in diffs {
        output::document(&report::conf_diff(diff, session.options.of_stdout()))?;
    }
    Ok(LineOutcome::Continue)
}

fn undo(session: &mut InteractiveSession<'_>, args: &str) -> Result<LineOutcome> {
    let count = match args {
        "" => 1,
        number => number
            .parse()
            .ok()
            .filter(|count| *count > 0)
            .ok_or_else(|| {
                Fault::usage(format!(
                    "`:undo` takes a number of lines, but got `{number}`"
                ))
            })?,
    };
    let (undone, dropped) = session.staging_mut().undo(count);
    if undone.is_empty() {
        return Err(Fault::usage("nothing is staged"));
    }
    for input in &undone {
        output::say(&format!("undone: {}", first_line(&input.script)));
    }
    session.report_dropped(&dropped);
    Ok(LineOutcome::Continue)
}

fn save(session: &mut InteractiveSession<'_>, args: &str) -> Result<LineOutcome> {
    let mut words: Vec<_> = args.split_whitespace().collect();
    let is_forced = words.contains(&"--force");
    words.retain(|word| *word != "--force");
    let [file] = words[..] else {
        return Err(Fault::usage("`:save` takes one file name")
            .hint("write `:save site.rhai`; --force overwrites an existing file"));
    };
    let path = Path::new(file);
    if path.exists() && !is_forced {
        return Err(Fault::usage(format!("{file} already exists"))
            .hint(format!("`:save {file} --force` overwrites it")));
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let text = session.staging_mut().saved(Script {
        name: file.to_owned(),
        text: "".into(),
        folder: Some(folder.unwrap_or(Path::new(".")).to_owned()),
    })?;
    output::write(path, &text)?;
    output::say(&format!(
        "saved {file}; `ascript run {}` previews it",
        run_name(file)
    ));
    Ok(LineOutcome::Continue)
}

/// The file as an argument of `ascript run`, which takes a bare name for that of
/// a bundled script.
fn run_name(file: &str) -> String {
    let is_path = file.contains('/') || Path::new(file).extension().is_some_and(|e| e == "rhai");
    if is_path {
        file.to_owned()
    } else {
        format!("./{file}")
    }
}

fn run_script(session: &mut InteractiveSession<'_>, args: &str) -> Result<LineOutcome> {
    if args.is_empty() {
        return Err(Fault::usage("`:run` takes a script").hint("write `:run ./site.rhai`"));
    }
    let script = session.find(args)?;
    // A call of `exit()` ends the script, but not the session.
    Ok(match session.run(script, 1)? {
        LineOutcome::Exit(_) => LineOutcome::Continue,
        outcome @ (LineOutcome::Continue | LineOutcome::Failed(_)) => outcome,
    })
}

fn params(session: &mut InteractiveSession<'_>, args: &str) -> Result<LineOutcome> {
    if !args.is_empty() {
        session.staging_mut().set_param(args)?;
        return Ok(LineOutcome::Continue);
    }
    let params = session.staging().params();
    if params.is_empty() {
        output::say(
            "There are no parameters. `:params NAME=VALUE` sets one, `params.NAME` reads it.",
        );
    }
    let mut text = String::new();
    for (name, value) in &params {
        let width = session.options.of_stdout().width;
        let value = repl::format_value(value, width).unwrap_or_else(|| "()".to_owned());
        let _ = writeln!(text, "{name} = {value}");
    }
    output::document(&text)?;
    Ok(LineOutcome::Continue)
}

fn node(session: &mut InteractiveSession<'_>, args: &str) -> Result<LineOutcome> {
    if !args.is_empty() {
        let opened = session.open_node(Some(args))?;
        session.staging_mut().move_to(opened.0.world()?)?;
        session.use_node(opened);
    }
    output::document(&format!("{}\n", session.node_description()))?;
    Ok(LineOutcome::Continue)
}

fn history(session: &mut InteractiveSession<'_>, _: &str) -> Result<LineOutcome> {
    let mut text = String::new();
    if session.staging().inputs().is_empty() {
        output::say("The session has no lines yet.");
    }
    for input in session.staging().inputs() {
        let mark = match input {
            Input {
                is_applied: true, ..
            } => '=',
            Input { acted: 1.., .. } => '*',
            Input { .. } => ' ',
        };
        let _ = writeln!(
            text,
            "{mark} {:8} {}",
            input.name(),
            typed_text(&input.script)
        );
    }
    output::document(&text)?;
    Ok(LineOutcome::Continue)
}

fn clear(session: &mut InteractiveSession<'_>, _: &str) -> Result<LineOutcome> {
    let question = format!("Discard {}?", session.staged_count());
    let asks = session.staging().staged() > 0 && ask::can_ask();
    let answer = if asks {
        ask::confirm(&question, &session.stop)
    } else {
        Ok(true)
    };
    // The user's Ctrl-C has been handled.
    session.stop.clear();
    if answer? {
        session.staging_mut().clear();
    }
    Ok(LineOutcome::Continue)
}

/// A line as it was typed; for a script file, the command that ran it.
fn typed_text(script: &Script) -> String {
    let is_typed = script.name == "-" || script.name.starts_with("repl:");
    if is_typed {
        script.text.trim().replace('\n', "\n           ")
    } else {
        format!(":run {}", script.name)
    }
}

/// The first line of an input.
fn first_line(script: &Script) -> String {
    let mut lines = script.text.trim().lines();
    let first = lines.next().unwrap_or_default();
    let more = if lines.next().is_some() { " …" } else { "" };
    report::line(&format!("{first}{more}")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_handler() {
        let handled: Vec<_> = HANDLERS.iter().map(|(name, _)| *name).collect();
        let commands: Vec<_> = SESSION_COMMANDS.iter().map(|row| row.name).collect();
        assert_eq!(handled, commands);
    }

    #[test]
    fn an_unknown_command_gets_a_suggestion() {
        assert_eq!(unknown_command("plna").hints(), ["did you mean `:plan`?"]);
        assert_eq!(unknown_command("hi").hints(), ["did you mean `:history`?"]);
        assert_eq!(unknown_command("zzz").hints(), ["`:help` lists them all"]);
    }
}
