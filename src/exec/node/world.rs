//! The node as read so far, with the after-states of all steps laid over it.
//! Both executors read here, so a step sees the same in a preview and live.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::conf::{self, Document};
use crate::facts::{Node, NodeReader, Traits};
use crate::fault::Result;
use crate::state::{ApiUser, FastMap, PUBLISHED, Secret, Section, Service, State, Subject};
use crate::step::{Advisory, Change};

use super::conf_states as document;
use super::loaded_conf::{Record, Records};
use super::source::StateSource;
use crate::exec::{Exposed, Vault};

/// A node as read so far, and as it is to be.
pub struct World {
    pub(in crate::exec) source: Box<dyn StateSource>,
    pub(in crate::exec) vault: Rc<RefCell<Vault>>,
    document: Option<Document>,
    api_users: Option<BTreeMap<String, ApiUser>>,
    others: FastMap<Subject, State>,
    pub(in crate::exec) records: Records,
    were_current: BTreeMap<&'static str, bool>,
    were_api_users: Vec<String>,
    kept: Vec<(Section, conf::Kept)>,
    memory: Option<Box<Memory>>,
}

/// What was read, without what was laid over it.
#[derive(Clone, Default)]
struct Memory {
    document: Option<Document>,
    api_users: Option<BTreeMap<String, ApiUser>>,
    others: FastMap<Subject, State>,
}

impl World {
    /// A node of which nothing was read yet.
    pub fn new(source: Box<dyn StateSource>, vault: Rc<RefCell<Vault>>) -> Self {
        Self {
            source,
            vault,
            document: None,
            api_users: None,
            others: FastMap::default(),
            records: Records::new(),
            were_current: BTreeMap::new(),
            were_api_users: Vec::new(),
            kept: Vec::new(),
            memory: None,
        }
    }

    /// The same, and what is read is also kept for [`World::as_read`].
    #[must_use]
    pub fn keeping(mut self) -> Self {
        self.memory = Some(Box::default());
        self
    }

    /// The node as it was read, without any steps: for a run that follows at
    /// once and need not read it all again.
    #[must_use]
    pub fn as_read(self) -> Self {
        let memory = self.memory.map(|memory| *memory).unwrap_or_default();
        Self {
            document: memory.document,
            were_api_users: names(memory.api_users.as_ref()),
            api_users: memory.api_users,
            others: memory.others,
            ..Self::new(self.source, self.vault)
        }
    }

    /// The same for a run that can itself be gone back from.
    #[must_use]
    pub fn rewound(self) -> Self {
        let memory = self.memory.clone();
        Self {
            memory,
            ..self.as_read()
        }
    }

    /// The node as it is once all steps so far are done, for a run that comes
    /// after them.
    pub fn performed(mut self) -> Result<Self> {
        if let Some(document) = self.document.take() {
            let mut reveal = |secret: &Secret| match self.written(secret) {
                Some(value) => value.expose().to_owned(),
                None => secret.to_string(),
            };
            self.document = Some(document.performed(&mut reveal)?);
        }
        self.were_api_users = names(self.api_users.as_ref());
        self.were_current.clear();
        self.kept.clear();
        self.memory = None;
        Ok(self)
    }

    /// aspera.conf with all edits so far.
    pub(in crate::exec) fn document(&mut self) -> Result<&mut Document> {
        if self.document.is_none() {
            let document = self.source.conf()?;
            if let Some(memory) = &mut self.memory {
                memory.document = Some(document.clone());
            }
            self.document = Some(document);
        }
        Ok(self.document.as_mut().expect("it was read above"))
    }

    /// The edits of aspera.conf so far, as a unified diff.
    pub fn conf_diff(&self) -> String {
        self.document
            .as_ref()
            .map(Document::diff)
            .unwrap_or_default()
    }

    /// What is odd about aspera.conf as it was read.
    pub fn notes(&self) -> Vec<Advisory> {
        let findings = self.document.iter().flat_map(Document::findings);
        findings.map(|finding| document::note(&finding)).collect()
    }

    /// Lays after-states over the node, or refuses an edit that would make
    /// the vendor's parser refuse the whole of aspera.conf.
    pub(in crate::exec) fn lay(&mut self, changes: &[Change]) -> Result<()> {
        self.keep_records(changes)?;
        self.edit(changes)?;
        for change in changes {
            match (&change.subject, &change.after) {
                (Subject::ApiUser(name), after) => self.lay_api_user(name, after)?,
                (Subject::Service(name), _) => self.lay_restart(name)?,
                (subject, after) if !subject.is_conf() => {
                    self.others
                        .insert(subject.clone(), after.clone().readable());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes back what was laid for a step that failed: what is true of its
    /// subjects now is not known, and will be read again.
    pub(in crate::exec) fn doubt(&mut self, changes: &[Change]) {
        if let Some(document) = &mut self.document {
            for (section, kept) in self.kept.drain(..) {
                document.restore(&section, kept);
            }
        }
        self.api_users = None;
        for change in changes {
            self.others.remove(&change.subject);
        }
        self.records.clear();
    }

    fn edit(&mut self, changes: &[Change]) -> Result<()> {
        let mut sections: Vec<_> = changes.iter().filter_map(|m| m.subject.section()).collect();
        sections.sort_unstable();
        sections.dedup();
        // What an earlier step did is not in doubt when this one fails.
        self.kept.clear();
        if sections.is_empty() {
            return Ok(());
        }
        let document = self.document()?;
        let kept: Vec<_> = sections
            .iter()
            .map(|section| ((*section).clone(), document.kept(section)))
            .collect();
        let is_taken = |document: &Document| sections.iter().try_for_each(|s| document.check(s));
        document::stage_all(document, changes);
        if let Err(fault) = is_taken(document) {
            for (section, kept) in &kept {
                document.restore(section, kept.clone());
            }
            if is_taken(document).is_ok() {
                return Err(fault);
            }
            // A file that is refused already must stay open to repair.
            document::stage_all(document, changes);
        }
        self.kept = kept;
        Ok(())
    }

    /// A service that must notice an edit has on record what it runs with,
    /// and whether that was up to date before.
    fn keep_records(&mut self, changes: &[Change]) -> Result<()> {
        for service in document::noticing(changes) {
            if self.were_current.contains_key(service) {
                continue;
            }
            let loads = self.would_load(service)?;
            let record = self.record(service)?;
            let is_current = record.as_ref().is_none_or(|record| *record == loads);
            self.were_current.insert(service, is_current);
            if record.is_none() {
                self.records.insert(service.to_owned(), Some(loads));
            }
        }
        Ok(())
    }

    /// Whether a document, read anew, holds that secret.
    pub(in crate::exec) fn holds(
        &self,
        document: &Document,
        subject: &Subject,
        secret: &Secret,
    ) -> Result<bool> {
        let Subject::Setting(section, name) = subject else {
            return Ok(false);
        };
        let wanted = self.vault.borrow_mut().resolve(secret)?;
        let wanted = self.source.written(wanted);
        let setting = conf::find(section, name);
        Ok(
            setting.and_then(|setting| document::holds(document, section, setting, Some(wanted)))
                == Some(true),
        )
    }

    fn record(&mut self, service: &str) -> Result<Option<Record>> {
        if let Some(record) = self.records.get(service) {
            return Ok(record.clone());
        }
        let record = self.source.record(service)?;
        self.records.insert(service.to_owned(), record.clone());
        Ok(record)
    }

    /// What a service would load if it started now.
    fn would_load(&mut self, service: &str) -> Result<Record> {
        self.document()?;
        let document = self.document.as_ref().expect("it was read above");
        Ok(Record::of(document, service, &mut |secret| {
            self.written(secret)
        }))
    }

    /// What aspera.conf has where that secret is set; nothing where it cannot
    /// be had now.
    fn written(&self, secret: &Secret) -> Option<Rc<Exposed>> {
        let value = self.vault.borrow_mut().peek(secret)?;
        Some(self.source.written(value))
    }

    fn lay_restart(&mut self, name: &str) -> Result<()> {
        let loaded = self.would_load(name)?;
        self.records.insert(name.to_owned(), Some(loaded));
        let up = State::Service(Service {
            running: true,
            current: true,
        });
        self.others.insert(Subject::Service(name.into()), up);
        Ok(())
    }

    fn lay_api_user(&mut self, name: &str, after: &State) -> Result<()> {
        let users = self.api_users()?;
        if let State::ApiUser(user) = after.clone().readable() {
            users.insert(name.to_owned(), *user);
        } else {
            users.remove(name);
        }
        Ok(())
    }

    /// The users of the Node API with all changes so far.
    pub(in crate::exec) fn api_users(&mut self) -> Result<&mut BTreeMap<String, ApiUser>> {
        if self.api_users.is_none() {
            let users = self.source.api_users()?;
            if let Some(memory) = &mut self.memory {
                memory.api_users = Some(users.clone());
            }
            self.were_api_users = users.keys().cloned().collect();
            self.api_users = Some(users);
        }
        Ok(self.api_users.as_mut().expect("it was read above"))
    }

    fn service(&mut self, name: &str) -> Result<State> {
        let State::Service(service) = self.other(&Subject::Service(name.into()))? else {
            return Ok(State::Absent);
        };
        let current = match self.record(name)? {
            Some(record) => record == self.would_load(name)?,
            None => true,
        };
        Ok(State::Service(Service { current, ..service }))
    }

    fn other(&mut self, subject: &Subject) -> Result<State> {
        if let Some(fact) = self.others.get(subject) {
            return Ok(fact.clone());
        }
        let fact = self.source.read(subject)?;
        if let Some(memory) = &mut self.memory {
            memory.others.insert(subject.clone(), fact.clone());
        }
        self.others.insert(subject.clone(), fact.clone());
        Ok(fact)
    }
}

impl NodeReader for World {
    fn node(&self) -> &Node {
        self.source.node()
    }

    fn premise(&mut self, subject: &Subject) -> Result<State> {
        if subject.is_conf() {
            return Ok(self
                .document()?
                .as_read(|document| document::fact(document, subject)));
        }
        let mut fact = self.read(subject)?;
        match (subject, &mut fact) {
            (Subject::Service(name), State::Service(service)) => {
                let was_current = self.were_current.get(&**name);
                service.current = was_current.copied().unwrap_or(service.current);
            }
            (Subject::ApiUsers, State::Names(names)) => {
                names.clone_from(&self.were_api_users);
            }
            _ => {}
        }
        Ok(fact)
    }

    fn read(&mut self, subject: &Subject) -> Result<State> {
        match subject {
            Subject::ApiUser(name) => Ok(match self.api_users()?.get(&**name) {
                Some(user) => State::ApiUser(user.clone().into()),
                None => State::Absent,
            }),
            Subject::ApiUsers => Ok(State::Names(self.api_users()?.keys().cloned().collect())),
            Subject::Service(name) => self.service(name),
            Subject::License | Subject::Account(_) | Subject::RootUser | Subject::Dir(_) => {
                self.other(subject)
            }
            Subject::Setting(..) | Subject::Entry(_) | Subject::Settings(_) | Subject::Users => {
                Ok(document::fact(self.document()?, subject))
            }
        }
    }

    fn compare(&mut self, subject: &Subject, secret: &Secret) -> Result<Option<bool>> {
        let Subject::Setting(section, name) = subject else {
            return Ok(None);
        };
        let Some(setting) = conf::find(section, name) else {
            return Ok(None);
        };
        if matches!(secret, Secret::Random { .. }) {
            return Ok(Some(false));
        }
        self.document()?;
        let document = self.document.as_ref().expect("it was read above");
        Ok(match document.get(section, setting) {
            Some(conf::Value::Secret(staged)) if staged == *secret => Some(true),
            Some(conf::Value::Secret(staged)) => {
                let both = self.written(&staged).zip(self.written(secret));
                both.map(|(staged, wanted)| staged == wanted)
            }
            Some(conf::Value::Text(_) | conf::Value::Hidden) | None => {
                document::holds(document, section, setting, self.written(secret))
            }
        })
    }

    fn traits(&mut self, secret: &Secret) -> Option<Traits> {
        let text = self.vault.borrow_mut().peek(secret)?;
        Some(traits(text.expose()))
    }

    fn now(&self) -> jiff::civil::DateTime {
        jiff::Timestamp::now()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .datetime()
    }
}

fn names(users: Option<&BTreeMap<String, ApiUser>>) -> Vec<String> {
    users
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

fn traits(text: &str) -> Traits {
    let count = |is: fn(char) -> bool| text.chars().filter(|c| is(*c)).count();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.~+=/-".contains(c);
    Traits {
        length: text.chars().count(),
        lowercase: count(char::is_lowercase),
        uppercase: count(char::is_uppercase),
        digits: count(|c| c.is_ascii_digit()),
        is_plain: text.chars().all(is_plain),
        is_published: PUBLISHED.contains(&text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::Blank;
    use crate::state::Platform;

    #[test]
    fn a_step_that_fails_leaves_the_edits_of_those_before() {
        let vault = Vault::new(Box::new(|_| unreachable!("nothing is asked")));
        let source = Box::new(Blank::new(Platform::Macos));
        let mut world = World::new(source, Rc::new(RefCell::new(vault)));
        let change = |subject, after| Change {
            subject,
            before: State::Absent,
            after,
        };
        let docroot = Subject::setting(Section::User("u".into()), "absolute");
        let edit = change(docroot.clone(), State::Text("/srv".into()));
        world.lay(&[edit]).unwrap();
        let failing = [change(Subject::Account("u".into()), State::Absent)];
        world.lay(&failing).unwrap();
        world.doubt(&failing);
        assert_eq!(world.read(&docroot).unwrap(), State::Text("/srv".into()));
    }
}
