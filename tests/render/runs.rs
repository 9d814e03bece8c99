//! Runs to be rendered, made by hand.

use std::rc::Rc;

use ascript::bindings::Params;
use ascript::facts::{Node, NodeSource};
use ascript::fault::{Fault, Location};
use ascript::journal::Journal;
use ascript::plan::DocumentKind;
use ascript::report::Report;
use ascript::state::{Platform, Section, State, Subject};
use ascript::step::{Change, Command, Step, StepKind};

pub(crate) struct Run {
    pub(crate) node: Node,
    pub(crate) script: String,
    pub(crate) params: Params,
    pub(crate) journal: Journal,
    pub(crate) diff: String,
    pub(crate) fault: Option<Fault>,
    pub(crate) remark: Option<String>,
    pub(crate) kind: DocumentKind,
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
                source: NodeSource::Folder,
            },
            script: "onboarding".into(),
            params: Vec::new(),
            journal,
            diff: String::new(),
            fault: None,
            remark: None,
            kind: DocumentKind::Preview,
        }
    }

    pub(crate) fn with<T>(&self, render: impl Fn(&Report<'_>) -> T) -> T {
        let sources = |name: &str| Some(Rc::from(format!("one\n  {name}\nthree\n")));
        render(&Report {
            kind: self.kind,
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

pub(crate) fn step(kind: StepKind, binding: &str, line: u32) -> Step {
    Step {
        binding: binding.to_owned().into(),
        at: Some(Location {
            file: "onboarding".into(),
            line,
            column: 1,
        }),
        kind,
        changes: Vec::new(),
        commands: Vec::new(),
        advisories: Vec::new(),
    }
}

pub(crate) fn set(user: &str, name: &str, before: &str, after: &str, line: u32) -> Step {
    let fact = |text: &str| match text {
        "" => State::Absent,
        _ => State::Text(text.into()),
    };
    let mut step = step(StepKind::Change, "conf.set_user", line);
    step.changes.push(Change {
        subject: Subject::setting(Section::User(user.into()), name.to_owned()),
        before: fact(before),
        after: fact(after),
    });
    let line = format!("set_user_data;user_name,{user};{name},{after}");
    step.commands
        .push(Command::new("asconfigurator").arg("-x").arg(line));
    step
}
