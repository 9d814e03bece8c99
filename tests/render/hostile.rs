//! Text that wants to be more than text.

use std::collections::BTreeMap;

use ascript::bindings::Value;
use ascript::fault::{Fault, Location};
use ascript::run::Observation;
use ascript::state::{Section, State, Subject};
use ascript::step::{Advisory, Change, Command, Level, Piece, Stdin, Step, StepKind};

use super::runs::{ReportCase, set, step};

const HOSTILE: &[&str] = &[
    "`",
    "``",
    "```\n# x\n```",
    "a ```` b `````` c",
    "` @a `",
    "|a|b|\n|---|---|",
    "a | b \\| c \\",
    "[x](http://evil.example)",
    "![x](//evil.example/p.png)",
    "<http://evil.example>",
    "[a]: http://b.example",
    "https://evil.example/a",
    "www.evil.example",
    "mail@evil.example",
    "ssh://x",
    "mailto:a@b.example",
    "@team please",
    "@org/team",
    "#12",
    "GH-12",
    "org/repo#3",
    "!7",
    "$8",
    "%9",
    "~bug",
    "&1",
    "deadbeef01",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</code></pre></details>",
    "<!-- --> -->",
    "--> <b>",
    "\" onload=\"x",
    "' autofocus='",
    "&lt;b&gt;&amp;#60;",
    "]]>",
    "<![CDATA[x]]>",
    "<?php ?>",
    "</style><script>",
    "**bold** _it_ ~~s~~",
    "# heading",
    "- item",
    "1. one",
    "    code",
    "> quote",
    "- [ ] task",
    "---",
    "===",
    "/close",
    "/assign @me",
    ":tada:",
    "$x^2$",
    "[^1]",
    "\\",
    "\\`",
    "a\\`b`",
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]8;;http://evil.example\u{7}x",
    "a\rb",
    "a\nb",
    "\n\n@team",
    "a\tb",
    "\u{0}",
    "\u{7f}\u{9b}31m",
    "\u{202e}txt.exe",
    "\u{2066}a\u{2069}",
    "\u{61c}\u{200b}\u{feff}\u{ad}",
    "\u{e0041}\u{fe0f}\u{2028}",
    "",
    " ",
    "  ",
    "‹secret›",
    "—",
    "日本語 @x",
    "<CONF>\u{85}",
];

/// A run that holds `text` wherever a text can be.
pub(crate) fn hostile(text: &str) -> ReportCase {
    let mut manual = step(StepKind::Manual, text, 3);
    manual.advisories.push(note(Level::Note, text));
    let steps = vec![
        change(text),
        manual,
        step(StepKind::Act, text, 4),
        step(StepKind::Settled, text, 5),
    ];
    let mut case = ReportCase::new(steps);
    let line = text.replace('\n', " ");
    let run = &mut case.run;
    run.observations.push(Observation {
        subject: Subject::Account(text.into()),
        value: State::Names(vec![text.into()]),
    });
    run.advise(note(Level::Danger, text));
    run.advise(Advisory::new(Level::Note, "x", format!("{text} {text}")));
    run.params.push((text.into(), Value::Text(text.into())));
    run.node.name = text.into();
    run.script.name = text.into();
    run.conf_diff = format!("--- a\n+++ b\n@@ -1,2 +1,2 @@\n {line}\n-{line}a\n+{line}b\n");
    run.fault = Some(Fault::script(text).hint(text).at(Some(Location {
        file: text.into(),
        line: 2,
        column: 1,
    })));
    case
}

/// Everything at once, besides each alone.
pub(crate) fn corpus() -> Vec<ReportCase> {
    let mut cases: Vec<_> = HOSTILE.iter().map(|text| hostile(text)).collect();
    cases.push(hostile(&HOSTILE.concat()));
    cases.push(hostile(&HOSTILE.join(" ")));
    for case in cases.iter_mut().skip(1).step_by(2) {
        case.remark = Some(case.run.script.name.clone());
    }
    cases
}

/// Runs whose steps are a group, with each text as a name, a setting, a value or a note.
pub(crate) fn groups_of_hostile() -> impl Iterator<Item = ReportCase> {
    HOSTILE.iter().map(|text| {
        let steps = (0..6).map(|row| {
            let name = format!("{row}{}", text.replace('/', ""));
            let mut step = set(&name, &format!("x{text}"), text, &format!("{row}{text}"), 2);
            step.changes
                .push(set(&name, "y", text, "same", 2).changes.remove(0));
            if row == 3 {
                step.advisories.push(note(Level::Caution, text));
            }
            step
        });
        ReportCase::new(steps.collect())
    })
}

fn note(level: Level, text: &str) -> Advisory {
    Advisory::new(level, text.to_owned(), text.to_owned()).source(text.to_owned())
}

fn change(text: &str) -> Step {
    let mut change = set(text, text, text, text, 2);
    change.at = Some(Location {
        file: text.into(),
        line: 2,
        column: 1,
    });
    let settings = BTreeMap::from([(text.to_owned(), State::Text(text.into()))]);
    change.changes.push(Change {
        subject: Subject::Settings(Section::Group(text.into())),
        before: State::Absent,
        after: State::Settings(settings).into(),
    });
    let pieces = vec![Piece::from(text.to_owned())];
    let command = Command::new(text.to_owned()).env(text.to_owned(), text.to_owned());
    change
        .commands
        .push(command.clone().stdin(Stdin::Pipe(pieces.clone())));
    change.commands.push(command.stdin(Stdin::Terminal(pieces)));
    change.advisories = [Level::Danger, Level::Caution, Level::Note]
        .map(|level| note(level, text))
        .into();
    change
}
