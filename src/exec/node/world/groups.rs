//! The system groups of accounts, as steps leave them.

use std::rc::Rc;

use super::World;
use crate::exec::node::overlay::Overlay;
use crate::facts::NodeReader as _;
use crate::fault::Result;
use crate::state::{AccountProperty, State, Subject};

impl Overlay {
    /// Changes the groups of an account as steps did. An account that a step created is in those
    /// that steps gave it.
    pub(super) fn update_groups(&self, account: &Rc<str>, state: &mut State) {
        let is_new = *state == State::Absent
            && matches!(
                self.states.get(&Subject::Account(Rc::clone(account))),
                Some(State::Account(_))
            );
        if is_new {
            *state = State::Names(Vec::new());
        }
        let State::Names(names) = state else {
            return;
        };
        for (subject, state) in &self.states {
            let Subject::AccountProperty(name, property) = subject else {
                continue;
            };
            let group = if let AccountProperty::Member(group) = property {
                &**group
            } else if let State::PrimaryGroup(group) = state {
                group.primary_group.as_str()
            } else {
                continue;
            };
            if name == account {
                names.retain(|other| other != group);
                if *state != State::Absent {
                    names.push(group.to_owned());
                }
            }
        }
    }
}

impl World {
    /// Stages the lists of groups that steps changed, so that they stay when the overlay is merged.
    pub(super) fn stage_account_groups(&mut self) -> Result<()> {
        let subjects = self.overlay.states.keys();
        let is_of_group = |property: &AccountProperty| {
            use AccountProperty::{Member, PrimaryGroup};
            matches!(property, Member(_) | PrimaryGroup)
        };
        let mut changed = Vec::new();
        for subject in subjects {
            if let Subject::AccountProperty(account, property) = subject
                && is_of_group(property)
            {
                changed.push(Subject::AccountGroups(Rc::clone(account)));
            }
        }
        for subject in changed {
            let state = self.read(&subject)?;
            self.overlay.states.insert(subject, state);
        }
        Ok(())
    }
}
