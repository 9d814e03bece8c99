//! Runs to be rendered, made by hand.

use std::rc::Rc;

use ascript::fault::Location;
use ascript::report::Report;
use ascript::run::{RunRecord, ScriptId};
use ascript::state::{Node, NodeSource, Platform, Section, State, Subject};
use ascript::step::{Change, Command, Step, StepKind, StepSubjects};

/// A run, and why no real node was read.
pub(crate) struct ReportCase {
    pub(crate) run: RunRecord,
    pub(crate) remark: Option<String>,
}

impl ReportCase {
    pub(crate) fn new(steps: Vec<Step>) -> Self {
        let node = Node {
            name: "node-1".into(),
            platform: Platform::Linux,
            source: NodeSource::Folder,
            services: None,
        };
        let script = ScriptId {
            name: "onboarding".into(),
            digest: "sha256:0".into(),
        };
        Self {
            run: RunRecord {
                script,
                steps,
                ..RunRecord::new(node)
            },
            remark: None,
        }
    }

    pub(crate) fn with<T>(&self, render: impl Fn(&Report<'_>) -> T) -> T {
        let sources = |name: &str| Some(Rc::from(format!("one\n  {name}\nthree\n")));
        render(&Report {
            run: &self.run,
            remark: self.remark.as_deref(),
            site: Some("aspera.conf: /opt/aspera/etc/aspera.conf"),
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
        from: None,
        subjects: StepSubjects::Changed,
        changes: Vec::new(),
        act: None,
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
        after: fact(after).into(),
    });
    let line = format!("set_user_data;user_name,{user};{name},{after}");
    step.commands
        .push(Command::new("asconfigurator").arg("-x").arg(line));
    step
}
