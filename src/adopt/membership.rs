//! The system groups of an account.

use std::rc::Rc;

use super::node_calls::NodeCalls;
use crate::facts::NodeReader as _;
use crate::fault::Result;
use crate::state::{AccountProperty, Platform, State, Subject};
use crate::tools;

/// The groups of an account.
#[derive(Default)]
pub(super) struct Membership {
    /// Its primary group, unless a new account gets the same one.
    pub(super) primary: Option<String>,
    /// The other groups that list it, except those of administrators; sorted.
    pub(super) others: Vec<String>,
}

impl Membership {
    /// Reads the groups of an account.
    pub(super) fn read(account: &Rc<str>, calls: &mut NodeCalls<'_>) -> Result<Self> {
        let platform = calls.world.node().platform;
        let property = |property| Subject::AccountProperty(Rc::clone(account), property);
        let names = calls.read(&Subject::AccountGroups(Rc::clone(account)))?;
        let Some(State::Names(mut names)) = names else {
            return Ok(Self::default());
        };
        let primary = match calls.read(&property(AccountProperty::PrimaryGroup))? {
            Some(State::PrimaryGroup(group)) => Some(group.primary_group),
            Some(_) => None,
            None => return Ok(Self::default()),
        };
        names.sort_unstable();
        let mut others = Vec::new();
        for name in names {
            if Some(&name) == primary.as_ref() || tools::is_admin_group(platform, &name) {
                continue;
            }
            // An account can be in a group that does not list it, as in those of everybody.
            let member = property(AccountProperty::Member(Rc::from(&*name)));
            if matches!(calls.read(&member)?, Some(State::Text(_))) {
                others.push(name);
            }
        }
        let is_usual = |name: &String| **name == **account || is_of_everybody(platform, name);
        Ok(Self {
            primary: primary.filter(|name| !is_usual(name)),
            others,
        })
    }
}

/// Whether new accounts get that primary group.
pub(super) fn is_of_everybody(platform: Platform, name: &str) -> bool {
    platform == Platform::Macos && name == "staff"
}
