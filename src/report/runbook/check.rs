//! How a person checks that a step was done: the command that reads, and what it must show.

use crate::state::{State, Subject, System};
use crate::step::{Act, Change, Command, Step};
use crate::tools;

use super::super::{changes, clean};
use super::command;

/// Writes the checks of a step.
pub(super) fn write(step: &Step, system: System, out: &mut String) {
    let mut checks: Vec<(Option<Command>, Vec<String>)> = Vec::new();
    for change in &step.changes {
        let reading = reading(change, system);
        let reading = reading.map(|reading| match step.act.as_deref() {
            Some(Act::LogIn(login)) => tools::as_node_api_user(&reading, login),
            _ => reading,
        });
        let expected = expected(change);
        match checks.iter_mut().find(|(known, _)| *known == reading) {
            Some((_, lines)) => lines.extend(expected),
            None => checks.push((reading, expected)),
        }
    }
    if checks.is_empty() && !step.commands.is_empty() {
        out.push_str(
            "\nCheck: each command ends without an error; no reading shows what it did.\n",
        );
    }
    for (reading, expected) in checks {
        match reading {
            Some(reading) => {
                out.push_str("\nCheck:\n");
                command::write(&reading, system.platform, out);
            }
            None => out.push_str("\nCheck, in the file itself or the product's own view:\n"),
        }
        out.push_str("\nExpected:\n\n");
        for line in expected {
            out.push_str("- ");
            clean::inline(&line, out);
            out.push('\n');
        }
    }
}

/// The command that shows what a change sets.
fn reading(change: &Change, system: System) -> Option<Command> {
    match (&change.subject, &change.before, &change.after.state) {
        (Subject::AuthorizedKey(..), _, State::AuthorizedKey(key))
        | (Subject::AuthorizedKey(..), State::AuthorizedKey(key), _) => {
            Some(Command::new("cat").arg(key.file.clone()))
        }
        (Subject::FileLine(path, start), ..) => {
            let args = ["-n", "-F", "--", start, path].map(str::to_owned);
            Some(Command::new("grep").args(args))
        }
        // asuserdata prints values of users who do not exist, too.
        (Subject::Entry(section), ..) => {
            let name = section.name()?;
            let conf = format!("{}/etc/aspera.conf", system.platform.installation());
            let args = ["-n", "-F", "--", &name, &conf].map(str::to_owned);
            Some(Command::new("grep").args(args))
        }
        (subject, ..) => tools::reading(system, subject),
    }
}

/// What a reading must show, part by part. No reading shows a password.
fn expected(change: &Change) -> Vec<String> {
    let owner = changes::owner(&change.subject);
    let change = Change {
        after: change.after.state.clone().into(),
        ..change.clone()
    };
    if let (Subject::EnabledService(_), State::Present | State::Absent) =
        (&change.subject, &change.after.state)
    {
        let is_enabled = change.after.state == State::Present;
        return vec![if is_enabled { "enabled" } else { "disabled" }.to_owned()];
    }
    let has_value = |state: &State| *state == State::Hidden || state.text().is_some();
    let is = &change.after.state;
    if matches!(is, State::Service(service) if service.running) {
        return vec![format!("{owner} runs, and started after this step")];
    }
    if *is == State::Hidden {
        let leaf = clean::line_of(change.subject.leaf().into_owned());
        return vec![format!("{leaf} is set; its value is a secret")];
    }
    if *is == State::Absent && !has_value(&change.before) {
        return vec![format!("{owner} is not there")];
    }
    let parts = changes::changed_parts(&change);
    if parts.is_empty() {
        return vec![format!("{owner} is there")];
    }
    let line = |part: &changes::ChangedPart<'_>| match (&part.after, &part.before) {
        (Some(value), _) | (None, Some(value)) => format!("{}: {value}", part.name),
        (None, None) => part.name.to_string(),
    };
    parts.iter().map(line).collect()
}
