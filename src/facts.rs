//! The interface of bindings to a node: they read states and draft steps here, and
//! cannot change anything.

mod access_keys;
mod contents;
mod defined_services;
mod draft;
mod services;
mod user_services;

use std::rc::Rc;

use crate::conf;
use crate::fault::Result;
use crate::run::Recorder;
use crate::state::{
    FileContent, Platform, Secret, SecretText, Section, State, Subject, WantedState,
};
use crate::step::{Act, Advisory, Change, NodeApiLogin, Step};
use crate::tools;

pub use crate::state::{Node, NodeSource};
pub use draft::Draft;

/// Properties of a secret that do not reveal it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SecretProperties {
    /// The number of characters.
    pub length: usize,
    /// The number of lower-case letters.
    pub lowercase: usize,
    /// The number of upper-case letters.
    pub uppercase: usize,
    /// The number of digits.
    pub digits: usize,
    /// Whether all tools accept every character without quoting.
    pub is_plain: bool,
    /// Whether the file of the variables of a service can hold it: in one line, without `'`.
    pub fits_variables: bool,
    /// What matters where it is a URL, or the login of one.
    pub url: UrlProperties,
    /// Whether it is an example in a vendor document.
    pub is_published: bool,
}

/// Properties of a secret as a URL, or as the login of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UrlProperties {
    /// Whether asconfigurator can take it as a value: no `;` or `,`, no blanks at its ends; and
    /// where it is a login, no `@`, which would end it for a reader.
    pub is_representable: bool,
    /// Whether it is a URL with a login.
    pub has_login: bool,
    /// Whether its login, or else all of it, is percent-encoded.
    pub is_percent_encoded: bool,
}

/// Reads a node.
pub trait NodeReader {
    /// Which node it is.
    fn node(&self) -> &Node;
    /// The state of a subject before any step.
    fn initial(&mut self, subject: &Subject) -> Result<State>;
    /// The state of a subject after all steps so far.
    fn read(&mut self, subject: &Subject) -> Result<State>;
    /// The address of the Node API that the user named, which may be another node's.
    fn named_node_api(&self) -> Option<String>;
    /// Sets as which Node API user an access key is read from now on.
    fn log_in(&mut self, id: &Rc<str>, login: &NodeApiLogin);
    /// The same for the access keys of a step, as the user whom it names.
    fn log_in_as(&mut self, step: &Step) {
        if let Some(Act::LogIn(login)) = step.act.as_deref() {
            let subjects = step.subjects().unwrap_or_default();
            for id in subjects.iter().filter_map(Subject::access_key) {
                self.log_in(id, login);
            }
        }
    }
    /// Whether a setting or an access key has that secret; `None` if that cannot be
    /// found out.
    fn compare(&mut self, subject: &Subject, secret: &SecretText) -> Result<Option<bool>>;
    /// Whether a file has that content, with secrets in it; `None` if their values are not known.
    fn compare_content(&mut self, subject: &Subject, content: &FileContent)
    -> Result<Option<bool>>;
    /// Whether a step of the run wrote that subject.
    fn is_staged(&self, subject: &Subject) -> bool;
    /// The digest of a file beside the script.
    fn source_digest(&mut self, path: &str) -> Result<String>;
    /// The bytes of a file of data beside the script.
    fn data(&mut self, path: &str) -> Result<Vec<u8>>;
    /// The properties of a secret; `None` if its value is not known.
    fn secret_properties(&mut self, secret: &Secret) -> Option<SecretProperties>;
    /// The login name of the person who works on the node; `None` for root.
    fn invoking_user(&self) -> Option<String>;
    /// The time now in UTC, to compare with a time of expiry.
    fn now(&self) -> jiff::civil::DateTime;
}

/// The states of a node, for one call of a binding.
pub struct Facts<'a> {
    reader: &'a mut dyn NodeReader,
    recorder: &'a mut Recorder,
}

impl<'a> Facts<'a> {
    /// Reads from `reader`, and adds what was read to `recorder`.
    pub fn new(reader: &'a mut dyn NodeReader, recorder: &'a mut Recorder) -> Self {
        Self { reader, recorder }
    }

    /// The state of a subject after all steps so far.
    pub fn read(&mut self, subject: &Subject) -> Result<State> {
        if !self.recorder.knows(subject) {
            let initial = self.reader.initial(subject)?;
            self.recorder.observe(subject, initial);
        }
        self.reader.read(subject)
    }

    /// The same, to check what a step names. It is no premise of the step: a plan does not depend
    /// on it.
    pub fn look(&mut self, subject: &Subject) -> Result<State> {
        self.reader.read(subject)
    }

    /// The operating system of the node.
    pub fn platform(&self) -> Platform {
        self.reader.node().platform
    }

    /// Whether the states come from a file.
    pub fn is_snapshot(&self) -> bool {
        self.reader.node().source == NodeSource::Snapshot
    }

    /// Whether the node is as it is after installation, with a system of which nothing is known.
    pub fn is_blank(&self) -> bool {
        self.reader.node().source == NodeSource::Blank
    }

    /// Whether the states come from a machine, or from a lab of one.
    pub fn is_machine(&self) -> bool {
        let source = self.reader.node().source;
        matches!(source, NodeSource::Installation | NodeSource::Folder)
    }

    /// The login name of the person who works on the node; `None` for root.
    pub fn invoking_user(&self) -> Option<String> {
        self.reader.invoking_user()
    }

    /// The time now in UTC.
    pub fn now(&self) -> jiff::civil::DateTime {
        self.reader.now()
    }

    /// Whether a setting has the value of that secret; `None` if the value is not
    /// known.
    pub fn compare(&mut self, subject: &Subject, secret: &SecretText) -> Result<Option<bool>> {
        self.reader.compare(subject, secret)
    }

    /// The properties of a secret; `None` if its value is not known.
    pub fn secret_properties(&mut self, secret: &Secret) -> Option<SecretProperties> {
        self.reader.secret_properties(secret)
    }

    /// The ordinal of the next random secret in the run, from 1.
    pub fn next_random(&mut self) -> u32 {
        self.recorder.next_random_secret()
    }

    /// Drafts a step that brings each subject to its wanted state: changes with
    /// their commands, or a settled step.
    pub fn change<W: Into<WantedState>>(&mut self, wanted: Vec<(Subject, W)>) -> Result<Draft> {
        let draft = self.changes(wanted)?;
        self.with_commands(draft)
    }

    /// Drafts the changes without their commands.
    fn changes<W: Into<WantedState>>(&mut self, wanted: Vec<(Subject, W)>) -> Result<Draft> {
        let mut draft = Draft {
            changes: Vec::with_capacity(wanted.len() + 1),
            ..Draft::default()
        };
        let section = wanted.iter().find_map(|(subject, _)| subject.section());
        let is_new = match section {
            Some(section) if section.is_named() => self.add_entry(section.clone(), &mut draft)?,
            _ => false,
        };
        for (subject, after) in wanted {
            // `add_entry` has added it.
            if is_new && matches!(subject, Subject::Entry(_)) {
                continue;
            }
            let before = if is_new && matches!(subject, Subject::Setting(..)) {
                State::Absent
            } else {
                self.read(&subject)?
            };
            let after = self.with_admin_group(&before, after.into())?;
            self.add_change(subject, before, after, &mut draft)?;
        }
        Ok(draft)
    }

    /// Drafts a step whose effect no reading shows.
    pub fn act(&self, act: Act) -> Result<Draft> {
        self.with_act(Draft::default(), act)
    }

    /// Adds to a draft what its changes do not say.
    pub fn with_act(&self, draft: Draft, act: Act) -> Result<Draft> {
        self.with_commands(Draft {
            act: Some(act.into()),
            ..draft
        })
    }

    fn with_commands(&self, mut draft: Draft) -> Result<Draft> {
        let act = draft.act.as_deref();
        let system = self.reader.node().system();
        draft.commands = tools::step_commands(system, &draft.changes, act)?;
        draft.is_by_hand = tools::is_by_hand(system, &draft.changes, act);
        Ok(draft)
    }

    /// Drafts a step that deletes a whole section.
    pub fn remove(&mut self, section: &Section) -> Result<Draft> {
        let mut draft = Draft::default();
        let entry = Subject::Entry(section.clone());
        let before = self.read(&entry)?;
        if before == State::Absent {
            return Ok(draft.about([entry]));
        }
        if let State::Settings(settings) = self.read(&Subject::Settings(section.clone()))? {
            let gone = settings.into_iter().map(|(name, before)| Change {
                subject: Subject::setting(section.clone(), name),
                before,
                after: State::Absent.into(),
            });
            draft.changes = gone.collect();
        }
        draft.changes.push(Change {
            subject: entry,
            before,
            after: State::Absent.into(),
        });
        self.with_commands(draft)
    }

    /// Adds the creation of a section; returns whether it is new.
    fn add_entry(&mut self, section: Section, draft: &mut Draft) -> Result<bool> {
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

    /// Adds the group of administrators of this node to an account that becomes one,
    /// or ceases to be one.
    fn with_admin_group(&mut self, before: &State, after: WantedState) -> Result<WantedState> {
        let State::Account(account) = &after.state else {
            return Ok(after);
        };
        let was_admin = matches!(before, State::Account(account) if account.admin);
        if account.admin == was_admin || self.platform() == Platform::Macos {
            return Ok(after);
        }
        Ok(match self.read(&Subject::AdminGroup)?.text() {
            Some(group) => after.with_admin_group(group.to_owned()),
            None => after,
        })
    }

    fn add_change(
        &mut self,
        subject: Subject,
        before: State,
        after: WantedState,
        draft: &mut Draft,
    ) -> Result<()> {
        let is_settled = if before == State::Absent && after.has_secret_value() {
            false
        } else if after.has_secret_value() {
            let same = self.compare_wanted(&subject, &after)?;
            if same.is_none() {
                draft.advisories.push(uncompared(&subject, &after));
            }
            same == Some(true) && (after.content().is_none() || after.is_met_by(&before))
        } else {
            is_met(&subject, &before, &after)
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

fn uncompared(subject: &Subject, wanted: &WantedState) -> Advisory {
    let names: Vec<_> = wanted.secrets().map(Secret::to_string).collect();
    Advisory::new(
        crate::step::Level::Note,
        "secret-not-compared",
        format!(
            "{} cannot be read here and compared with the present value, so it is set again",
            names.join(", ")
        ),
    )
    .about(subject.clone())
}
