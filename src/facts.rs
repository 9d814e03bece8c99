//! All that a binding may see of the world. A binding reads here and drafts
//! steps here; it cannot act.

use crate::conf;
use crate::fault::{Fault, Result};
use crate::run::Recorder;
use crate::state::{Platform, Secret, Section, Service, State, Subject, WantedState};
use crate::step::{Advisory, Change, Command, Step, StepKind};
use crate::tools;

pub use crate::state::{Node, NodeSource};

/// What can be said of a secret without saying it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// How many characters.
    pub length: usize,
    /// How many of them are lower-case letters.
    pub lowercase: usize,
    /// How many are upper-case letters.
    pub uppercase: usize,
    /// How many are digits.
    pub digits: usize,
    /// Every character is one that all tools take as it is.
    pub is_plain: bool,
    /// It stands in a vendor document as an example.
    pub is_published: bool,
}

/// Whatever can be asked about a node.
pub trait NodeReader {
    /// Which node it is.
    fn node(&self) -> &Node;
    /// The state of a subject before any step.
    fn initial(&mut self, subject: &Subject) -> Result<State>;
    /// What is true of a subject, with all steps so far.
    fn read(&mut self, subject: &Subject) -> Result<State>;
    /// Whether the secret that is set is the one referred to; `None` where
    /// that cannot be told.
    fn compare(&mut self, subject: &Subject, secret: &Secret) -> Result<Option<bool>>;
    /// What can be said of a secret; `None` where it cannot be had now.
    fn traits(&mut self, secret: &Secret) -> Option<Traits>;
    /// Day and time now, for what expires.
    fn now(&self) -> jiff::civil::DateTime;
}

/// The facts of a node, for one call of a binding.
pub struct Facts<'a> {
    probe: &'a mut dyn NodeReader,
    recorder: &'a mut Recorder,
}

impl<'a> Facts<'a> {
    /// Facts that come from `probe` and are kept as premises in `recorder`.
    pub fn new(probe: &'a mut dyn NodeReader, recorder: &'a mut Recorder) -> Self {
        Self { probe, recorder }
    }

    /// What is true of a subject.
    pub fn read(&mut self, subject: &Subject) -> Result<State> {
        if !self.recorder.knows(subject) {
            let initial = self.probe.initial(subject)?;
            self.recorder.observe(subject, initial);
        }
        self.probe.read(subject)
    }

    /// The operating system of the node.
    pub fn platform(&self) -> Platform {
        self.probe.node().platform
    }

    /// Day and time now.
    pub fn now(&self) -> jiff::civil::DateTime {
        self.probe.now()
    }

    /// Whether the secret that is set is the one referred to; `None` where
    /// that cannot be told.
    pub fn compare(&mut self, subject: &Subject, secret: &Secret) -> Result<Option<bool>> {
        self.probe.compare(subject, secret)
    }

    /// What can be said of a secret.
    pub fn traits(&mut self, secret: &Secret) -> Option<Traits> {
        self.probe.traits(secret)
    }

    /// How many random secrets were asked for so far, this one included.
    pub fn next_random(&mut self) -> u32 {
        self.recorder.next_random_secret()
    }

    /// Drafts a step that brings each subject to what is wanted of it: a
    /// change with its commands, or a settled step.
    pub fn change<W: Into<WantedState>>(&mut self, wanted: Vec<(Subject, W)>) -> Result<Draft> {
        let mut draft = Draft {
            changes: Vec::with_capacity(wanted.len() + 1),
            ..Draft::default()
        };
        let section = wanted.iter().find_map(|(subject, _)| subject.section());
        let is_new = match section {
            Some(section) if section.is_named() => self.enter(section.clone(), &mut draft)?,
            _ => false,
        };
        for (subject, after) in wanted {
            // `enter` has seen to it.
            if is_new && matches!(subject, Subject::Entry(_)) {
                continue;
            }
            let before = if is_new && matches!(subject, Subject::Setting(..)) {
                State::Absent
            } else {
                self.read(&subject)?
            };
            self.add_change(subject, before, after.into(), &mut draft)?;
        }
        draft.commands = tools::commands(self.platform(), &draft.changes)?;
        Ok(draft)
    }

    /// Drafts a restart of a service, unless it runs with aspera.conf as it is
    /// now.
    pub fn refresh(&mut self, name: &str) -> Result<Draft> {
        let subject = Subject::Service(name.into());
        if self.read(&subject)? == State::Absent {
            let known = tools::service_names(self.platform());
            return Err(Fault::refused(format!("this node has no service `{name}`"))
                .suggest(name, known.iter().copied())
                .in_argument("name"));
        }
        let up = State::Service(Service {
            running: true,
            current: true,
        });
        let mut draft = self.change(vec![(subject, up)])?;
        if !draft.is_settled() {
            draft.commands = tools::restart(self.platform(), name)?;
        }
        Ok(draft)
    }

    /// Drafts a step that takes a whole section away.
    pub fn remove(&mut self, section: &Section) -> Result<Draft> {
        let mut draft = Draft::default();
        let entry = Subject::Entry(section.clone());
        let before = self.read(&entry)?;
        if before != State::Absent {
            if let State::Settings(settings) = self.read(&Subject::Settings(section.clone()))? {
                draft.changes = settings
                    .into_iter()
                    .map(|(name, before)| Change {
                        subject: Subject::setting(section.clone(), name),
                        before,
                        after: State::Absent.into(),
                    })
                    .collect();
            }
            draft.changes.push(Change {
                subject: entry,
                before,
                after: State::Absent.into(),
            });
            draft.commands = tools::commands(self.platform(), &draft.changes)?;
        }
        Ok(draft)
    }

    fn enter(&mut self, section: Section, draft: &mut Draft) -> Result<bool> {
        let entry = Subject::Entry(section);
        let before = self.read(&entry)?;
        let is_new = before == State::Absent;
        if is_new {
            draft.changes.push(Change {
                subject: entry,
                before,
                after: State::Present.into(),
            });
        }
        Ok(is_new)
    }

    fn add_change(
        &mut self,
        subject: Subject,
        before: State,
        after: WantedState,
        draft: &mut Draft,
    ) -> Result<()> {
        let is_settled = match (&before, after.setting_secret()) {
            (State::Hidden, Some(secret)) => {
                let same = self.probe.compare(&subject, secret)?;
                if same.is_none() {
                    draft.advisories.push(uncompared(&subject, secret));
                }
                same == Some(true)
            }
            _ => is_met(&subject, &before, &after),
        };
        let change = Change {
            subject,
            before,
            after,
        };
        if is_settled {
            draft.settled.push(change);
        } else {
            draft.changes.push(change);
        }
        Ok(())
    }
}

/// Whether a reading shows that the wanted state holds. Two texts of a setting
/// may mean the same, such as `yes` and `true`.
pub fn is_met(subject: &Subject, reading: &State, wanted: &WantedState) -> bool {
    match (subject, reading, &wanted.state) {
        (Subject::Setting(section, name), State::Text(is), State::Text(wanted)) => {
            conf::find(section, name).is_some_and(|setting| setting.agree(is, wanted))
        }
        _ => wanted.is_met_by(reading),
    }
}

fn uncompared(subject: &Subject, secret: &Secret) -> Advisory {
    Advisory::new(
        crate::step::Level::Note,
        "secret-not-compared",
        format!("{secret} cannot be read here, so it could not be compared with what is set; it is set again"),
    )
    .about(subject.clone())
}

/// A step in the making.
#[derive(Debug, Default)]
pub struct Draft {
    /// What moves.
    pub changes: Vec<Change>,
    /// What was asked for and is so already.
    pub settled: Vec<Change>,
    /// What makes the moves.
    pub commands: Vec<Command>,
    /// What the reader should know.
    pub advisories: Vec<Advisory>,
}

impl Draft {
    /// Commands whose effect no reading shows.
    pub fn act(commands: Vec<Command>) -> Self {
        Self {
            commands,
            ..Self::default()
        }
    }

    /// Whether there is nothing left to do.
    pub fn is_settled(&self) -> bool {
        self.changes.is_empty() && self.commands.is_empty()
    }

    /// Adds a note.
    #[must_use]
    pub fn advise(mut self, advisory: impl IntoIterator<Item = Advisory>) -> Self {
        let advisory = advisory.into_iter();
        self.advisories.reserve_exact(advisory.size_hint().0);
        self.advisories.extend(advisory);
        self
    }

    /// The finished step; its binding and place are filled in by the session.
    pub fn step(self) -> Step {
        let kind = match (self.changes.is_empty(), self.commands.is_empty()) {
            (true, true) => StepKind::Settled,
            (false, _) => StepKind::Change,
            (true, false) => StepKind::Act,
        };
        Step {
            binding: "".into(),
            at: None,
            kind,
            changes: self.changes,
            commands: self.commands,
            advisories: self.advisories,
        }
    }
}
