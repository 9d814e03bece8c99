//! The phrases that all formats of a report share: titles, locations, counts.

use std::fmt::Write as _;

use crate::bindings::Value;
use crate::run::DocumentKind;
use crate::state::{Node, Platform, Subject, describe_json};
use crate::step::{Act, Command, Piece, Stdin, Step, StepKind};
use crate::tools;

use super::{Report, changes, clean};

/// A number of steps of one kind: `4 already as wanted`.
pub(super) struct KindCount {
    pub(super) number: usize,
    pub(super) what: &'static str,
}

/// `4 steps`, `1 step`.
pub(super) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// The operating system of a node, and what starts its services if that is unusual.
pub(super) fn system_name(node: &Node) -> String {
    let platform = platform_name(node.platform);
    match node.services {
        Some(manager) => format!("{platform}, {}", manager.name()),
        None => platform.to_owned(),
    }
}

/// The platform as its vendor writes it.
pub fn platform_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Macos => "macOS",
        Platform::Linux => "Linux",
    }
}

/// The state of the run in a few words.
pub(super) fn status(report: &Report<'_>) -> &'static str {
    match (report.run.kind, report.run.fault.is_some()) {
        (DocumentKind::Preview, _) => "preview, nothing was changed",
        (DocumentKind::Plan, _) => "plan, nothing was changed",
        (DocumentKind::Receipt, false) => "done, and read back",
        (DocumentKind::Receipt, true) => "stopped",
    }
}

/// Where aspera.conf is and what a live run there requires, before one.
pub(super) fn site<'a>(report: &Report<'a>) -> Option<&'a str> {
    report
        .site
        .filter(|_| report.run.kind != DocumentKind::Receipt)
}

/// The state of the run in a sentence.
pub(super) fn verdict(report: &Report<'_>) -> &'static str {
    let is_pending = report.run.is_pending();
    match (report.run.kind, report.run.fault.is_some(), is_pending) {
        (DocumentKind::Preview | DocumentKind::Plan, true, _) => {
            "Stopped before the end; nothing was changed."
        }
        (DocumentKind::Preview, false, true) => "Nothing was changed yet: this is a preview.",
        (DocumentKind::Plan, false, true) => "Nothing was changed yet: this is a plan.",
        (DocumentKind::Preview | DocumentKind::Plan, false, false) => {
            "Everything is already as wanted."
        }
        (DocumentKind::Receipt, true, _) => "Stopped part-way.",
        (DocumentKind::Receipt, false, true) => "Done, and read back.",
        (DocumentKind::Receipt, false, false) => "Everything was already as wanted.",
    }
}

/// The kinds of steps in the run, and how many there are of each.
pub(super) fn kind_counts(report: &Report<'_>) -> Vec<KindCount> {
    let summary = report.run.summary();
    let (change, act) = match report.run.kind {
        DocumentKind::Preview | DocumentKind::Plan => ("to change", "to run"),
        DocumentKind::Receipt => ("changed", "run"),
    };
    let all = [
        (summary.change, change),
        (summary.act, act),
        (summary.manual, "by hand"),
        (summary.settled, "already as wanted"),
    ];
    let some = all.into_iter().filter(|(number, _)| *number > 0);
    some.map(|(number, what)| KindCount { number, what })
        .collect()
}

/// `+` creates, `~` changes, `-` removes, `!` runs a command, `?` is manual,
/// `=` is settled.
pub(super) fn sign(step: &Step) -> char {
    match step.kind {
        StepKind::Settled => '=',
        StepKind::Manual => '?',
        StepKind::Act => '!',
        StepKind::Change => changes::sign(&step.changes),
    }
}

/// What a settled step found. Nothing can be wanted of a license: it is only checked.
pub(super) fn settled(step: &Step) -> &'static str {
    if !step.commands.is_empty() {
        "checked in a live run"
    } else if step.main_subject() == Some(&Subject::License) {
        "checked"
    } else {
        "already as wanted"
    }
}

/// What the step is about.
pub(super) fn title(step: &Step) -> String {
    match step.kind {
        StepKind::Settled => match step.main_subject() {
            Some(subject) if step.commands.is_empty() => changes::owner(subject),
            _ => call(step),
        },
        StepKind::Act => call(step),
        StepKind::Manual if step.changes_by_hand() => {
            let subject = step.changes.first().map(|change| &change.subject);
            let what = subject.map_or_else(|| clean::line(&step.binding).into(), changes::owner);
            format!("{what} by hand")
        }
        StepKind::Manual => "by hand".to_owned(),
        StepKind::Change => changes::title(&step.changes),
    }
}

/// The binding of a step, and what it acts on: `service.restart asperanoded`.
fn call(step: &Step) -> String {
    let binding = clean::line(&step.binding);
    match step.act.as_deref().and_then(Act::object) {
        Some(object) => format!("{binding} {}", clean::line(object)),
        None => binding.into_owned(),
    }
}

/// The location of the call, behind the one in the script that led to it; the file is left out if
/// it is `main`.
pub(super) fn location(step: &Step, main: &str) -> String {
    let calls = step.from.iter().chain(&step.at).map(|at| {
        if &*at.file == main {
            format!("line {}", at.line)
        } else {
            format!("{}:{}", clean::line(&at.file), at.line)
        }
    });
    calls.collect::<Vec<_>>().join(" → ")
}

/// The line a person would type, and the standard input.
pub(super) fn command_lines(command: &Command) -> Vec<String> {
    let mut lines = vec![clean::line_of(command.shell())];
    match &command.stdin {
        Stdin::Empty => {}
        Stdin::Terminal(answers) => {
            let answers: Vec<_> = answers.iter().map(Piece::to_string).collect();
            let _ = write!(lines[0], "    typed: {}", clean::line(&answers.join(", ")));
        }
        Stdin::Pipe(pieces) if tools::is_file_command(command) => {
            let file = pieces.iter().find(|piece| matches!(piece, Piece::File(_)));
            let is_line = command
                .args
                .iter()
                .any(|it| matches!(it, Piece::Text(it) if it == "set-line"));
            let new = if is_line {
                "the new line"
            } else {
                "the content in the diff"
            };
            let content = file.map_or(new.to_owned(), Piece::to_string);
            let _ = write!(lines[0], "    reads: {}", clean::line(&content));
        }
        Stdin::Pipe(pieces) => {
            lines[0].push_str("    reads:");
            let text: String = pieces.iter().map(Piece::to_string).collect();
            let input = text.lines().filter(|line| !line.is_empty());
            lines.extend(input.map(|line| format!("  {}", clean::line(line))));
        }
    }
    lines
}

/// The value of a parameter by its name; of a list of maps, each item in a row of its own.
pub(super) fn param_rows(name: &str, value: &Value) -> Vec<(String, String)> {
    if let Value::List(items) = value
        && items.iter().any(|item| matches!(item, Value::Map(_)))
    {
        let items = items.iter().enumerate();
        return items
            .map(|(index, item)| (format!("{name}[{index}]"), param_value(item)))
            .collect();
    }
    vec![(name.to_owned(), param_value(value))]
}

/// The value of a parameter.
fn param_value(value: &Value) -> String {
    if matches!(value, Value::Unit) {
        return "not set".to_owned();
    }
    serde_json::to_value(value).map_or_else(
        |_| String::new(),
        |json| clean::line_of(describe_json(&json)),
    )
}
