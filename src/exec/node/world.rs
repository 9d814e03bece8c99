//! The view of a node that both executors share: the node as read (the base),
//! and what the steps so far changed (the overlay).

mod access_keys;
mod files;
mod groups;
mod services;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::conf::{self, Document, Setting};
use crate::exec::{SecretValue, Vault};
use crate::facts::{Node, NodeReader, SecretProperties, UrlProperties};
use crate::fault::Result;
use crate::login;
use crate::state::{ApiUser, FileContent, PUBLISHED, Secret, SecretText, State, Subject};
use crate::step::{Advisory, Change, NodeApiLogin};

use super::actual_conf::ActualConf;
use super::base::Base;
use super::conf_states;
use super::loaded_conf::LoadedConf;
use super::overlay::{Overlay, PriorEdits};
use super::source::StateSource;

/// A node as read, with the changes of all steps so far.
pub struct World {
    vault: Rc<RefCell<Vault>>,
    base: Base,
    overlay: Overlay,
    actual: ActualConf,
    /// What services would load of aspera.conf with its edits so far.
    loadable: BTreeMap<String, LoadedConf>,
    /// Notes of a live run that no preview could give.
    notes: Vec<Advisory>,
}

impl World {
    /// A node of which nothing was read yet.
    pub fn new(source: Box<dyn StateSource>, vault: Rc<RefCell<Vault>>) -> Self {
        Self {
            vault,
            base: Base::new(source),
            overlay: Overlay::default(),
            actual: ActualConf::default(),
            loadable: BTreeMap::new(),
            notes: Vec::new(),
        }
    }

    /// Drops the overlay: the node as it was read, for a run that follows at
    /// once and need not read it all again.
    #[must_use]
    pub fn as_read(mut self) -> Self {
        if let Some(document) = &mut self.base.document {
            document.reset();
        }
        self.overlay = Overlay::default();
        self.base.forget_access_keys();
        self.loadable.clear();
        self
    }

    /// The same, with only aspera.conf as it was read: all else is read again.
    #[must_use]
    pub fn with_conf_as_read(self) -> Self {
        let mut world = self.as_read();
        world.base.forget_all_but_conf();
        world
    }

    /// Merges the overlay into the base: the node once all steps so far are
    /// done, for a run that comes after them.
    pub fn merged(mut self) -> Result<Self> {
        let noted: Vec<_> = self.overlay.loaded.keys().cloned().collect();
        for service in noted {
            self.loaded(&service)?;
        }
        self.stage_account_groups()?;
        self.loadable.clear();
        if let Some(document) = self.base.document.take() {
            let mut reveal = |setting: &Setting, value: &SecretText| self.revealed(setting, value);
            self.base.document = Some(document.apply_edits(&mut reveal)?);
        }
        let overlay = std::mem::take(&mut self.overlay);
        self.overlay.key_secrets = overlay.key_secrets.clone();
        self.base.merge(overlay);
        Ok(self)
    }

    /// Where the node is read from, to read it again.
    pub(in crate::exec) fn source(&mut self) -> &mut dyn StateSource {
        &mut *self.base.source
    }

    /// aspera.conf as it was read.
    pub fn conf(&mut self) -> Result<Document> {
        Ok(self.base.document()?.as_read())
    }

    /// aspera.conf with all edits so far.
    pub(in crate::exec) fn document(&mut self) -> Result<&mut Document> {
        self.base.document()
    }

    /// All users of the Node API, as read.
    pub(in crate::exec) fn api_users(&mut self) -> Result<&BTreeMap<String, ApiUser>> {
        self.base.api_users()
    }

    /// What became of aspera.conf so far, as a unified diff.
    pub fn conf_diff(&self) -> String {
        let base = self.base.document.as_ref();
        self.actual
            .diff(base, &mut |setting, value| self.revealed(setting, value))
    }

    /// aspera.conf as a live run should leave it after these changes.
    pub(in crate::exec) fn expected_conf(&mut self, changes: &[Change]) -> Result<Document> {
        let base = self.base.document()?.as_read();
        let mut actual = std::mem::take(&mut self.actual);
        let expected = actual.expected(base, changes, &mut |setting, value| {
            self.revealed(setting, value)
        });
        self.actual = actual;
        expected
    }

    /// Takes note of aspera.conf as a live run read it again.
    pub(in crate::exec) fn note_conf(&mut self, document: Document) {
        self.actual.note(document);
    }

    /// Starts from aspera.conf as another program left it, if it did. Returns what `look` says of
    /// the file as it was and is.
    pub(in crate::exec) fn reread_conf_of_others<T>(
        &mut self,
        look: impl FnOnce(&Document, &Document) -> T,
    ) -> Result<Option<T>> {
        let seen = self.actual.reread_of_others(&mut self.base, look)?;
        if seen.is_some() {
            self.loadable.clear();
        }
        Ok(seen)
    }

    /// Starts from aspera.conf as a failed step left it.
    pub(in crate::exec) fn replace_conf(&mut self, document: Document) {
        self.loadable.clear();
        self.actual.replace(&mut self.base, document);
    }

    /// aspera.conf as it was last read, once a live run edits it.
    pub(in crate::exec) fn last_conf(&self) -> Option<&Document> {
        self.actual.last()
    }

    /// Problems found in aspera.conf as it was read, and notes of a live run.
    pub fn notes(&self) -> Vec<Advisory> {
        let findings = self.base.document.iter().flat_map(Document::findings);
        let findings = findings.map(|finding| conf_states::advisory(&finding));
        findings.chain(self.notes.iter().cloned()).collect()
    }

    /// Adds a note of a live run.
    pub fn note(&mut self, advisory: Advisory) {
        self.notes.push(advisory);
    }

    /// Adds the after-states of a step to the overlay. Refuses an edit that
    /// would make the vendor's parser refuse the whole of aspera.conf.
    pub(in crate::exec) fn apply(&mut self, changes: &[Change]) -> Result<PriorEdits> {
        if changes.iter().any(|change| change.subject.is_file()) {
            self.check_lines(changes)?;
        }
        self.note_loaded(changes)?;
        let prior = self.stage(changes)?;
        for Change { subject, after, .. } in changes {
            if let (Subject::Service(name), State::Service(service)) = (subject, &after.state)
                && service.running
            {
                self.apply_load(name)?;
            }
            if !subject.is_conf() {
                if let Subject::ApiUser(_) = subject {
                    // The base has all users as they were before the step.
                    self.base.api_users()?;
                }
                if let (Subject::Account(name), State::Absent) = (subject, &after.state) {
                    self.overlay.deleted_accounts.insert(Rc::clone(name));
                }
                self.overlay.set_key_secret(subject, after);
                self.stage_content(subject, after);
                let after = after.state.clone();
                self.overlay.states.insert(subject.clone(), after);
            }
        }
        Ok(prior)
    }

    /// Drops what a failed step put into the overlay. The states of its
    /// subjects are unknown now, so they are read again.
    pub(in crate::exec) fn revert(&mut self, changes: &[Change], prior: PriorEdits) {
        self.loadable.clear();
        if let Some(document) = &mut self.base.document {
            for (section, edits) in prior.0 {
                document.restore_edits(&section, edits);
            }
        }
        for change in changes {
            self.overlay.forget_key_secret(&change.subject);
            self.overlay.states.remove(&change.subject);
            self.overlay.contents.remove(&change.subject);
            self.base.forget(&change.subject);
        }
        self.overlay.loaded.clear();
        self.base.forget_loaded();
    }

    /// Stages a step's edits of aspera.conf.
    fn stage(&mut self, changes: &[Change]) -> Result<PriorEdits> {
        let mut sections: Vec<_> = changes.iter().filter_map(|m| m.subject.section()).collect();
        sections.sort_unstable();
        sections.dedup();
        if sections.is_empty() {
            return Ok(PriorEdits::default());
        }
        self.loadable.clear();
        let document = self.base.document()?;
        let prior: Vec<_> = sections
            .iter()
            .map(|section| ((*section).clone(), document.save_edits(section)))
            .collect();
        let check = |document: &Document| sections.iter().try_for_each(|s| document.check(s));
        conf_states::stage_all(document, changes);
        if let Err(fault) = check(document) {
            for (section, edits) in &prior {
                document.restore_edits(section, edits.clone());
            }
            if check(document).is_ok() {
                return Err(fault);
            }
            // The parser refuses the file already: edits may repair it.
            conf_states::stage_all(document, changes);
        }
        Ok(PriorEdits(prior))
    }

    /// What aspera.conf contains where a setting has that value; `None` if a secret
    /// in it cannot be read without asking.
    fn stored_form(&self, setting: &Setting, value: &SecretText) -> Option<Rc<SecretValue>> {
        let value = self.vault.borrow_mut().resolve_text_silently(value)?;
        Some(self.base.source.stored_form(setting, value))
    }

    /// The same, or else the references of the secrets.
    fn revealed(&self, setting: &Setting, value: &SecretText) -> String {
        match self.stored_form(setting, value) {
            Some(stored) => stored.expose().to_owned(),
            None => value.to_string(),
        }
    }

    /// Whether a document that was read again contains that secret.
    pub(in crate::exec) fn contains_secret(
        &self,
        document: &Document,
        subject: &Subject,
        secret: &SecretText,
    ) -> Result<bool> {
        let Subject::Setting(section, name) = subject else {
            return Ok(false);
        };
        let Some(setting) = conf::find(section, name) else {
            return Ok(false);
        };
        let value = self.vault.borrow_mut().resolve_text(secret)?;
        let stored = self.base.source.stored_form(setting, value);
        Ok(conf_states::contains(document, section, setting, Some(stored)) == Some(true))
    }
}

impl NodeReader for World {
    fn node(&self) -> &Node {
        self.base.source.node()
    }

    fn initial(&mut self, subject: &Subject) -> Result<State> {
        if subject.is_conf() {
            let read = self.base.document()?.as_read();
            return Ok(conf_states::state(&read, subject));
        }
        match subject.service() {
            Some(name) => self.initial_service(subject, name),
            None => self.base.state(subject),
        }
    }

    fn read(&mut self, subject: &Subject) -> Result<State> {
        if subject.is_conf() {
            return Ok(conf_states::state(self.base.document()?, subject));
        }
        if let Some(name) = subject.service() {
            return self.service(subject, name);
        }
        if let Some(state) = self.overlay.states.get(subject) {
            return Ok(state.clone());
        }
        if let Subject::AccountProperty(account, _) = subject
            && self.overlay.deleted_accounts.contains(account)
        {
            return Ok(State::Absent);
        }
        let mut state = self.base.state(subject)?;
        match (subject, &mut state) {
            (Subject::ApiUsers, State::Names(names)) => self.overlay.update_api_users(names),
            (Subject::AccountGroups(account), groups) => {
                self.overlay.update_groups(account, groups);
            }
            _ => {}
        }
        Ok(state)
    }

    fn named_node_api(&self) -> Option<String> {
        self.base.source.named_node_api()
    }

    fn log_in(&mut self, id: &Rc<str>, login: &NodeApiLogin) {
        self.base.source.log_in(id, login);
    }

    fn compare(&mut self, subject: &Subject, secret: &SecretText) -> Result<Option<bool>> {
        if let (Subject::AccessKeySecret(id), Some(secret)) = (subject, secret.alone()) {
            return self.compare_key_secret(id, secret);
        }
        let Subject::Setting(section, name) = subject else {
            return Ok(None);
        };
        let Some(setting) = conf::find(section, name) else {
            return Ok(None);
        };
        let mut secrets = secret.secrets();
        if secrets.any(|secret| matches!(secret, Secret::Random { .. })) {
            return Ok(Some(false));
        }
        self.base.document()?;
        let document = self.base.document.as_ref().expect("it was read above");
        Ok(match document.get(section, setting) {
            Some(conf::SettingValue::Secret(staged)) if staged == *secret => Some(true),
            Some(conf::SettingValue::Secret(staged)) => {
                let stored = |value| self.stored_form(setting, value);
                let both = stored(&staged).zip(stored(secret));
                both.map(|(staged, wanted)| staged == wanted)
            }
            Some(conf::SettingValue::Text(_) | conf::SettingValue::Hidden) | None => {
                let stored = self.stored_form(setting, secret);
                conf_states::contains(document, section, setting, stored)
            }
        })
    }

    fn compare_content(
        &mut self,
        subject: &Subject,
        content: &FileContent,
    ) -> Result<Option<bool>> {
        self.has_content(subject, content)
    }

    fn is_staged(&self, subject: &Subject) -> bool {
        self.overlay.states.contains_key(subject)
    }

    fn source_digest(&mut self, path: &str) -> Result<String> {
        self.vault.borrow_mut().files().source_digest(path)
    }

    fn data(&mut self, path: &str) -> Result<Vec<u8>> {
        self.vault.borrow_mut().files().data(path)
    }

    fn secret_properties(&mut self, secret: &Secret) -> Option<SecretProperties> {
        let value = self.vault.borrow_mut().resolve_silently(secret)?;
        Some(properties(value.expose()))
    }

    fn invoking_user(&self) -> Option<String> {
        self.base.source.invoking_user()
    }

    fn now(&self) -> jiff::civil::DateTime {
        jiff::Timestamp::now()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .datetime()
    }
}

fn properties(value: &str) -> SecretProperties {
    let count = |is: fn(char) -> bool| value.chars().filter(|c| is(*c)).count();
    let login = login::find(value)
        .first()
        .map(|login| &value[login.clone()]);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.~+=/-".contains(c);
    SecretProperties {
        length: value.chars().count(),
        lowercase: count(char::is_lowercase),
        uppercase: count(char::is_uppercase),
        digits: count(|c| c.is_ascii_digit()),
        is_plain: value.chars().all(is_plain),
        fits_variables: !value.contains(|c: char| c == '\'' || c.is_control()),
        url: UrlProperties {
            is_representable: !value.contains([';', ','])
                && value.trim() == value
                && (value.contains("://") || !value.contains('@')),
            has_login: login.is_some(),
            is_percent_encoded: login::is_percent_encoded(login.unwrap_or(value)),
        },
        is_published: PUBLISHED.contains(&value),
    }
}

#[cfg(test)]
mod tests;
