//! `asconfigurator`: turns changes in one section of aspera.conf into commands. It
//! does not check whether a setting accepts a value.

use std::borrow::Cow;

use super::no_command_for;
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{SecretText, Section, State, Subject};
use crate::step::{Change, Command, Piece, Stdin};

/// Linux accepts arguments up to 128 KiB.
const MAX_ARGUMENT: usize = 100_000;

/// The value that resets a setting to its default ("Syntax and usage").
const RESET: &str = "AS_NULL";

/// A setting's name and its new value.
type Assignment<'a> = (&'a str, ArgumentValue<'a>);

const PROGRAM: &str = "asconfigurator";

/// A value in the input or the argument of asconfigurator.
#[derive(Clone, Copy, PartialEq)]
enum ArgumentValue<'a> {
    Text(&'a str),
    Secret(&'a SecretText),
}

/// Returns the commands for changes that are all in `section`.
pub(super) fn commands(section: &Section, changes: &[Change]) -> Result<Vec<Command>> {
    let selector = selector(section)?;
    let pairs = pairs(section, changes)?;
    let is_entry = |m: &&Change| matches!(&m.subject, Subject::Entry(entry) if entry == section);
    let entry = changes.iter().rfind(is_entry);
    match entry.map(|change| (change, &change.after.state)) {
        Some((change, State::Absent)) => {
            if pairs
                .iter()
                .any(|(_, value)| *value != ArgumentValue::Text(RESET))
            {
                return Err(no_command_for(change));
            }
            Ok(vec![delete(section, selector, change)?])
        }
        // asconfigurator creates the section, even without any setting.
        Some((_, State::Present)) if selector.is_some() => {
            Ok(set_commands(section, selector, &pairs))
        }
        Some((change, _)) => Err(no_command_for(change)),
        None => Ok(set_commands(section, selector, &pairs)),
    }
}

impl ArgumentValue<'_> {
    /// The text; empty for a secret.
    fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Secret(_) => "",
        }
    }
}

fn set_commands(
    section: &Section,
    selector: Option<Selector<'_>>,
    pairs: &[Assignment<'_>],
) -> Vec<Command> {
    let has_secret = pairs
        .iter()
        .any(|(_, value)| matches!(value, ArgumentValue::Secret(_)));
    let separator = if has_secret { "\n" } else { ";" };
    let mut head = section.info().set_command.to_owned();
    if let Some((name, value)) = selector {
        head.extend([separator, name, ",", &value]);
    }
    if has_secret {
        vec![with_input(head, pairs)]
    } else {
        with_arguments(head, pairs)
    }
}

/// `-x 'set_user_data;user_name,faspex;absolute,/srv'`, in several commands if the
/// argument would be too long.
fn with_arguments(head: String, pairs: &[Assignment<'_>]) -> Vec<Command> {
    let mut commands = Vec::new();
    let (start, mut line) = (head.len(), head);
    for (name, value) in pairs {
        let length = ";,".len() + name.len() + value.text().len();
        if line.len() > start && line.len() + length > MAX_ARGUMENT {
            let next = line[..start].to_owned();
            commands.push(with_argument(std::mem::replace(&mut line, next)));
        }
        line.extend([";", name, ",", value.text()]);
    }
    commands.push(with_argument(line));
    commands
}

/// Whether a command edits aspera.conf.
pub fn edits_conf(command: &Command) -> bool {
    command.program == PROGRAM
}

fn with_argument(line: String) -> Command {
    Command::new(PROGRAM).args([Piece::from("-x"), Piece::from(line)])
}

/// Every local user can see arguments, so secrets are passed by standard input:
/// the command and each setting on a line of its own, an empty line to execute,
/// `terminate` to exit. This format is known from published scripts only.
fn with_input(head: String, pairs: &[Assignment<'_>]) -> Command {
    let mut pieces = Vec::new();
    let mut text = head;
    for (name, value) in pairs {
        text.extend(["\n", name, ","]);
        text.push_str(value.text());
        let ArgumentValue::Secret(value) = value else {
            continue;
        };
        for piece in value.pieces() {
            match piece {
                Piece::Text(part) => text.push_str(part),
                // No setting has one.
                Piece::File(_) => {}
                Piece::Secret(secret) => {
                    pieces.push(Piece::from(std::mem::take(&mut text)));
                    pieces.push(Piece::from(secret.clone()));
                }
            }
        }
    }
    text.push_str("\n\nterminate\n");
    pieces.push(Piece::from(text));
    Command::new(PROGRAM).stdin(Stdin::Pipe(pieces))
}

fn delete(section: &Section, selector: Option<Selector<'_>>, change: &Change) -> Result<Command> {
    let command = section.info().delete_command.ok_or_else(|| {
        Fault::refused(format!("asconfigurator cannot delete {}", change.subject))
    })?;
    let (name, value) = selector.ok_or_else(|| no_command_for(change))?;
    Ok(with_argument(format!("{command};{name},{value}")))
}

/// The name and value that select a section; they come first ("Syntax and
/// usage").
type Selector<'a> = (&'static str, Cow<'a, str>);

fn selector(section: &Section) -> Result<Option<Selector<'_>>> {
    let Some((field, value)) = section.info().name.as_ref().zip(section.name()) else {
        return Ok(None);
    };
    if *section == Section::Trunk(0) {
        return Err(Fault::refused(
            "the id of a trunk must be a number from 1 to 255",
        ));
    }
    let what = || format!("the name of the {}", section.info().keyword);
    if value.is_empty() || value.contains(',') {
        return Err(Fault::refused(format!(
            "{} is empty or contains a comma: `{}`",
            what(),
            value.escape_debug()
        )));
    }
    check_representable(what, &value)?;
    Ok(Some((field.argument, value)))
}

fn pairs<'a>(section: &Section, changes: &'a [Change]) -> Result<Vec<Assignment<'a>>> {
    let mut pairs = Vec::with_capacity(changes.len());
    for change in changes {
        // It goes with its section.
        if change.subject.is_read_only() && change.after.state == State::Absent {
            continue;
        }
        if let Subject::Setting(_, name) = &change.subject {
            check_setting_name(section, name)?;
            pairs.push((name.as_ref(), argument_value(name, change)?));
        }
    }
    Ok(pairs)
}

/// Refuses a name that asconfigurator would not read as the name of a setting. It
/// may come from a script, for a setting that is not in the table.
fn check_setting_name(section: &Section, name: &str) -> Result<()> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_selector = section
        .info()
        .name
        .as_ref()
        .is_some_and(|field| field.argument == name);
    if name.is_empty() || !name.chars().all(is_word) || is_selector {
        return Err(Fault::refused(format!(
            "`{}` is not a valid name of a setting",
            name.escape_debug()
        )));
    }
    Ok(())
}

fn argument_value<'a>(name: &str, change: &'a Change) -> Result<ArgumentValue<'a>> {
    if let Some(secret) = change.after.setting_secret() {
        if let Some(text) = change.after.state.text() {
            check_representable(|| format!("`{name}`"), text)?;
        }
        return Ok(ArgumentValue::Secret(secret));
    }
    let state = &change.after.state;
    if *state == State::Absent {
        return Ok(ArgumentValue::Text(RESET));
    }
    if state.has_hidden_part() {
        return Err(Fault::refused(format!(
            "the earlier value of {} is a secret that is not stored",
            change.subject
        ))
        .hint("set it from a reference, such as `secret(\"env:NAME\")`"));
    }
    let text = state.text().ok_or_else(|| no_command_for(change))?;
    check_representable(|| format!("`{name}`"), text)?;
    if text == RESET {
        return Err(
            Fault::refused(format!("`{name}` cannot have the value `{RESET}`"))
                .hint("write `()` to reset a setting to its default"),
        );
    }
    Ok(ArgumentValue::Text(text))
}

/// Refuses a value that asconfigurator may read differently: no escape of the
/// separator is documented, nor whether it keeps blanks at the ends.
fn check_representable(what: impl Fn() -> String, text: &str) -> Result<()> {
    let problem = if text.contains(';') {
        "a `;`, which asconfigurator reads as the end of a setting"
    } else if text.contains(char::is_control) {
        "a control character"
    } else if text.trim() != text {
        "a leading or trailing blank"
    } else if text.len() > MAX_ARGUMENT / 2 {
        return Err(Fault::refused(format!(
            "{} is too long for an argument",
            what()
        )));
    } else {
        return Ok(());
    };
    Err(
        Fault::new(FaultKind::Refused, format!("{} contains {problem}", what()))
            .hint("remove it: asconfigurator has no known way to quote it"),
    )
}
