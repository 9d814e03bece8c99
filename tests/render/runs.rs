//! Runs to be rendered, made by hand.

use std::rc::Rc;

use ascript::bindings::Params;
use ascript::facts::{Node, Source};
use ascript::fault::{Fault, Place};
use ascript::journal::Journal;
use ascript::plan::Tells;
use ascript::report::Report;
use ascript::state::{Fact, Platform, Section, Subject};
use ascript::step::{Command, Kind, Move, Step};

pub(crate) struct Run {
    pub(crate) node: Node,
    pub(crate) script: String,
    pub(crate) params: Params,
    pub(crate) journal: Journal,
    pub(crate) diff: String,
    pub(crate) fault: Option<Fault>,
    pub(crate) remark: Option<String>,
    pub(crate) tells: Tells,
}

impl Run {
    pub(crate) fn of(steps: Vec<Step>) -> Self {
        let mut journal = Journal::default();
        for step in steps {
            journal.record(step);
        }
        Self {
            node: Node {
                name: "node-1".into(),
                platform: Platform::Linux,
                source: Source::Folder,
            },
            script: "onboarding".into(),
            params: Vec::new(),
            journal,
            diff: String::new(),
            fault: None,
            remark: None,
            tells: Tells::Preview,
        }
    }

    pub(crate) fn with<T>(&self, render: impl Fn(&Report<'_>) -> T) -> T {
        let sources = |name: &str| Some(Rc::from(format!("one\n  {name}\nthree\n")));
        render(&Report {
            tells: self.tells,
            node: &self.node,
            script: &self.script,
            script_digest: "sha256:0",
            params: &self.params,
            journal: &self.journal,
            conf_diff: &self.diff,
            fault: self.fault.as_ref(),
            remark: self.remark.as_deref(),
            sources: Some(&sources),
        })
    }
}

pub(crate) fn step(kind: Kind, binding: &str, line: u32) -> Step {
    Step {
        binding: binding.to_owned().into(),
        at: Some(Place {
            file: "onboarding".into(),
            line,
            column: 1,
        }),
        kind,
        moves: Vec::new(),
        commands: Vec::new(),
        advisories: Vec::new(),
    }
}

pub(crate) fn set(user: &str, name: &str, before: &str, after: &str, line: u32) -> Step {
    let fact = |text: &str| match text {
        "" => Fact::Absent,
        _ => Fact::Text(text.into()),
    };
    let mut step = step(Kind::Change, "conf.set_user", line);
    step.moves.push(Move {
        subject: Subject::setting(Section::User(user.into()), name.to_owned()),
        before: fact(before),
        after: fact(after),
    });
    let line = format!("set_user_data;user_name,{user};{name},{after}");
    step.commands
        .push(Command::new("asconfigurator").arg("-x").arg(line));
    step
}
