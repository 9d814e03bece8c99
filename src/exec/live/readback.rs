//! Reads the node again after a step, and compares it with the step's
//! after-states.

use std::rc::Rc;

use super::foreign_edits::EditedConf;
use super::restart::Statuses;
use super::{Live, diverged};
use crate::conf::Document;
use crate::exec::node::conf_states;
use crate::facts;
use crate::fault::Result;
use crate::state::{State, Subject, WantedState};
use crate::step::{Change, Step};

impl Live {
    /// Reads every subject of the step again, and compares. `conf` is aspera.conf after
    /// a step that edits it, and `before` are the statuses of the services before the
    /// step restarted them.
    pub(super) fn read_back(
        &mut self,
        step: &Step,
        conf: Option<EditedConf<'_>>,
        before: &Statuses,
    ) -> Result<()> {
        if let Some(conf) = conf {
            self.read_back_conf(step, conf)?;
        }
        self.read_back_api_users(&step.changes)?;
        for change in &step.changes {
            if let Subject::Service(name) = &change.subject {
                if step.restarts().any(|started| started == &**name) {
                    self.await_start(name, before)?;
                } else if change.reloaded().is_none() {
                    self.await_stopped(change)?;
                }
            } else if let Subject::AccessKeySecret(_) = &change.subject {
                self.read_back_key_secret(change)?;
            } else if is_read_alone(&change.subject) && !is_gone(&change.subject, &step.changes) {
                self.compare_alone(change)?;
            }
        }
        step.reloads().try_for_each(|name| self.check_runs(name))?;
        // Of an act, only a restart can be read.
        let is_read = |name: &&str| {
            let mut changes = step.changes.iter();
            changes.any(|change| change.subject.service() == Some(name))
        };
        let mut services = step.restarts().filter(|name| !is_read(name));
        services.try_for_each(|name| self.await_start(name, before))
    }

    /// Reads aspera.conf after the commands of a step. Refuses edits of another program that these
    /// wrote over, or that are in the way of the run.
    pub(super) fn read_conf<'d>(
        &mut self,
        step: &Step,
        expected: &'d Document,
    ) -> Result<EditedConf<'d>> {
        // What is written after the stamp was taken is noticed later.
        let stamp = self.conf.stamp();
        let document = self.world.source().conf()?;
        self.conf.note_read(stamp);
        let foreign = self.foreign_edits(step, &document);
        for note in foreign.notes(step) {
            self.note(note)?;
        }
        foreign.check(step)?;
        Ok(EditedConf {
            expected,
            document,
            foreign,
        })
    }

    fn read_back_conf(&mut self, step: &Step, conf: EditedConf<'_>) -> Result<()> {
        let changes = step.changes.iter();
        let (entries, settings): (Vec<_>, Vec<_>) = changes
            .filter(|change| change.subject.is_conf())
            .partition(|change| matches!(change.subject, Subject::Entry(_)));
        // The fault of a setting is more specific than that of its section.
        for change in settings.into_iter().chain(entries) {
            self.compare_conf(&conf.document, change)?;
        }
        self.compare_rest(step, &conf)?;
        self.world.note_conf(conf.document);
        Ok(())
    }

    pub(super) fn compare_conf(&self, document: &Document, change: &Change) -> Result<()> {
        let is = conf_states::state(document, &change.subject);
        let is_met = match (&is, change.after.setting_secret()) {
            (State::Absent, Some(_)) => false,
            (_, Some(secret)) => self
                .world
                .contains_secret(document, &change.subject, secret)?,
            (is, None) => facts::is_met(&change.subject, is, &change.after),
        };
        if is_met {
            Ok(())
        } else {
            Err(diverged::from_state(&change.subject, &is, &change.after))
        }
    }

    fn read_back_api_users(&mut self, changes: &[Change]) -> Result<()> {
        let is_user = |change: &&Change| matches!(change.subject, Subject::ApiUser(_));
        let mut changes = changes.iter().filter(is_user).peekable();
        if changes.peek().is_none() {
            return Ok(());
        }
        let users = self.world.source().api_users()?;
        for change in changes {
            let user = users.get(&*change.subject.leaf()).cloned();
            let is = user.map_or(State::Absent, |user| State::ApiUser(user.into()));
            compare(&change.subject, &is, &change.after)?;
        }
        Ok(())
    }
}

/// Whether a subject is read by a command of its own. aspera.conf and the users of
/// the Node API are read as a whole.
fn is_read_alone(subject: &Subject) -> bool {
    !subject.is_conf() && !matches!(subject, Subject::ApiUser(_) | Subject::ApiUsers)
}

/// Whether it is a property of an account that the step deletes.
fn is_gone(subject: &Subject, changes: &[Change]) -> bool {
    let Subject::AccountProperty(account, _) = subject else {
        return false;
    };
    let account = Subject::Account(Rc::clone(account));
    let mut deletions = changes
        .iter()
        .filter(|change| change.after.state == State::Absent);
    deletions.any(|change| change.subject == account)
}

fn compare(subject: &Subject, is: &State, wanted: &WantedState) -> Result<()> {
    if wanted.is_met_by(is) {
        return Ok(());
    }
    Err(diverged::from_state(subject, is, wanted))
}
