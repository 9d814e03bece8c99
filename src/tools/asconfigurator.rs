//! `asconfigurator`: moves in one section of aspera.conf become calls. It
//! knows the grammar of a call, and nothing of what a setting may be.

use std::borrow::Cow;

use super::impossible;
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{Secret, Section, State, Subject};
use crate::step::{Change, Command, Piece, Stdin};

/// Linux takes no argument above 128 KiB.
const LONGEST_ARGUMENT: usize = 100_000;

/// The value that takes a setting back to its default ("Syntax and usage").
const RESET: &str = "AS_NULL";

/// A setting's name, and the value it is to have.
type Pair<'a> = (&'a str, Said<'a>);

/// A value as a call says it.
#[derive(Clone, Copy, PartialEq)]
enum Said<'a> {
    Text(&'a str),
    Secret(&'a Secret),
}

/// The calls for moves that are all in `section`.
pub(super) fn commands(section: &Section, changes: &[Change]) -> Result<Vec<Command>> {
    let selector = selector(section)?;
    let pairs = pairs(section, changes)?;
    let is_entry = |m: &&Change| matches!(&m.subject, Subject::Entry(entry) if entry == section);
    let entry = changes.iter().rfind(is_entry);
    match entry.map(|m| (m, &m.after.state)) {
        Some((asked, State::Absent)) => {
            if pairs.iter().any(|(_, value)| *value != Said::Text(RESET)) {
                return Err(impossible(asked));
            }
            Ok(vec![delete(section, selector, asked)?])
        }
        // Setting something makes the entry; alone, the selector does.
        Some((_, State::Present)) if selector.is_some() => Ok(calls(section, selector, &pairs)),
        Some((asked, _)) => Err(impossible(asked)),
        None => Ok(calls(section, selector, &pairs)),
    }
}

impl Said<'_> {
    /// The text; of a secret there is none.
    fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Secret(_) => "",
        }
    }
}

fn calls(section: &Section, selector: Option<Selector<'_>>, pairs: &[Pair<'_>]) -> Vec<Command> {
    let has_secret = pairs
        .iter()
        .any(|(_, value)| matches!(value, Said::Secret(_)));
    let separator = if has_secret { "\n" } else { ";" };
    let mut head = String::with_capacity(96);
    head.push_str(section.info().set_command);
    if let Some((name, value)) = selector {
        head.extend([separator, name, ",", &value]);
    }
    if has_secret {
        vec![by_input(head, pairs)]
    } else {
        by_argument(head, pairs)
    }
}

/// `-x 'set_user_data;user_name,faspex;absolute,/srv'`, as often as needed.
fn by_argument(head: String, pairs: &[Pair<'_>]) -> Vec<Command> {
    let mut made = Vec::with_capacity(1);
    let (start, mut line) = (head.len(), head);
    for (name, value) in pairs {
        let length = ";,".len() + name.len() + value.text().len();
        if line.len() > start && line.len() + length > LONGEST_ARGUMENT {
            let next = line[..start].to_owned();
            made.push(with_argument(std::mem::replace(&mut line, next)));
        }
        line.extend([";", name, ",", value.text()]);
    }
    made.push(with_argument(line));
    made
}

fn with_argument(line: String) -> Command {
    Command::new("asconfigurator").args([Piece::from("-x"), Piece::from(line)])
}

/// Every local user can see arguments, so a call with a secret goes by
/// standard input: the command word and each pair on a line of its own, an
/// empty line to execute, `terminate` to leave. The form is known from
/// published scripts only.
fn by_input(head: String, pairs: &[Pair<'_>]) -> Command {
    let mut pieces = Vec::with_capacity(2 * pairs.len() + 1);
    let mut text = head;
    for (name, value) in pairs {
        text.extend(["\n", name, ","]);
        text.push_str(value.text());
        if let Said::Secret(secret) = value {
            pieces.push(Piece::from(std::mem::take(&mut text)));
            pieces.push(Piece::from((*secret).clone()));
        }
    }
    text.push_str("\n\nterminate\n");
    pieces.push(Piece::from(text));
    Command::new("asconfigurator").stdin(Stdin::Pipe(pieces))
}

fn delete(section: &Section, selector: Option<Selector<'_>>, asked: &Change) -> Result<Command> {
    let command = section.info().delete_command.ok_or_else(|| {
        Fault::refused(format!(
            "asconfigurator has no command that deletes {}",
            asked.subject
        ))
    })?;
    let (name, value) = selector.ok_or_else(|| impossible(asked))?;
    Ok(with_argument(format!("{command};{name},{value}")))
}

/// The pair that says which of several; it comes first ("Syntax and usage").
type Selector<'a> = (&'static str, Cow<'a, str>);

fn selector(section: &Section) -> Result<Option<Selector<'_>>> {
    let Some((field, value)) = section.info().name.as_ref().zip(section.name()) else {
        return Ok(None);
    };
    if *section == Section::Trunk(0) {
        return Err(Fault::refused(
            "the id of a trunk is a number from 1 to 255",
        ));
    }
    let what = || format!("the name of the {}", section.info().keyword);
    if value.is_empty() || value.contains(',') {
        return Err(Fault::refused(format!(
            "{} is empty or has a comma: `{}`",
            what(),
            value.escape_debug()
        )));
    }
    sayable(what, &value)?;
    Ok(Some((field.argument, value)))
}

fn pairs<'a>(section: &Section, changes: &'a [Change]) -> Result<Vec<Pair<'a>>> {
    let mut pairs = Vec::with_capacity(changes.len());
    for asked in changes {
        if let Subject::Setting(_, name) = &asked.subject {
            setting_name(section, name)?;
            pairs.push((name.as_ref(), said(name, asked)?));
        }
    }
    Ok(pairs)
}

/// A name from outside the settings table could end the pair it stands in.
fn setting_name(section: &Section, name: &str) -> Result<()> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_selector = section
        .info()
        .name
        .as_ref()
        .is_some_and(|field| field.argument == name);
    if name.is_empty() || !name.chars().all(is_word) || is_selector {
        return Err(Fault::refused(format!(
            "`{}` is no name of a setting",
            name.escape_debug()
        )));
    }
    Ok(())
}

fn said<'a>(name: &str, asked: &'a Change) -> Result<Said<'a>> {
    if let Some(secret) = asked.after.setting_secret() {
        return Ok(Said::Secret(secret));
    }
    match &asked.after.state {
        State::Absent => Ok(Said::Text(RESET)),
        State::Text(text) => {
            sayable(|| format!("`{name}`"), text)?;
            if **text == *RESET {
                return Err(
                    Fault::refused(format!("`{name}` cannot have the value `{RESET}`"))
                        .hint("write `()` to take a setting back to its default"),
                );
            }
            Ok(Said::Text(text))
        }
        State::Hidden => Err(Fault::refused(format!(
            "the earlier value of {} is a secret that nobody kept",
            asked.subject
        ))
        .hint("set it from a reference, such as `secret(\"env:NAME\")`")),
        State::Present
        | State::Names(_)
        | State::Settings(_)
        | State::License(_)
        | State::ApiUser(_)
        | State::Account(_)
        | State::RootUser(_)
        | State::Service(_)
        | State::Dir(_) => Err(impossible(asked)),
    }
}

/// No escape is documented for what separates pairs, nor whether blanks at
/// the ends survive: what cannot be said exactly is not said.
fn sayable(what: impl Fn() -> String, text: &str) -> Result<()> {
    let trouble = if text.contains(';') {
        "a `;`, which ends a setting"
    } else if text.contains(char::is_control) {
        "a control character"
    } else if text.trim() != text {
        "a blank at an end"
    } else if text.len() > LONGEST_ARGUMENT / 2 {
        return Err(Fault::refused(format!(
            "{} is longer than a call can be",
            what()
        )));
    } else {
        return Ok(());
    };
    Err(
        Fault::new(FaultKind::Refused, format!("{} has {trouble}", what()))
            .hint("asconfigurator has no way to write it"),
    )
}
