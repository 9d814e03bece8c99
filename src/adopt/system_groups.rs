//! The system groups that transfer users and their docroots need, as calls.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::accounts;
use super::node_calls::{NodeCalls, call};
use crate::bindings::Value;
use crate::facts::NodeReader as _;
use crate::fault::Result;
use crate::state::{AccountProperty, Group, Platform, State, Subject};
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

/// Adds the groups that the accounts and docroots of these transfer users need.
pub(super) fn add(users: &[Rc<str>], calls: &mut NodeCalls<'_>) -> Result<()> {
    let (mut names, mut own) = (BTreeSet::new(), BTreeSet::new());
    for user in users {
        if let Some(State::Account(_)) = calls.read(&Subject::Account(Rc::clone(user)))? {
            let groups = Membership::read(user, calls)?;
            if groups.primary.is_none() {
                own.insert(Rc::clone(user));
            }
            names.extend(groups.primary);
            names.extend(groups.others);
        }
        names.extend(accounts::docroot(user, calls)?.and_then(|(_, dir)| dir.group));
    }
    let platform = calls.world.node().platform;
    // A new account gets a group of its name.
    names.retain(|name| !own.contains(&**name));
    names.retain(|name| !tools::is_admin_group(platform, name) && !is_of_everybody(platform, name));
    let mut groups = Vec::new();
    for name in names {
        let subject = Subject::Group(Rc::from(&*name));
        let Some(State::Group(group)) = calls.read(&subject)? else {
            continue;
        };
        if group.gid == Some(0) {
            continue;
        }
        let mut args = vec![name.as_str().into()];
        if let Some(gid) = chosen_gid(platform, group) {
            args.push(Value::map([("gid", Value::Int(gid.into()))]));
        }
        let wanted = call("group.ensure", args);
        match calls.try_call(&wanted)? {
            Ok(()) => groups.push(vec![wanted]),
            Err(fault) => calls.leftovers.add_other(&subject, fault.message()),
        }
    }
    calls.add("System groups.", "group", groups);
    Ok(())
}

/// Whether new accounts get that primary group.
fn is_of_everybody(platform: Platform, name: &str) -> bool {
    platform == Platform::Macos && name == "staff"
}

/// The number of a group, unless the system has picked it from those for its own groups, which
/// differ between systems: below 1000 on Linux (login.defs(5)), below 500 on macOS.
fn chosen_gid(platform: Platform, group: Group) -> Option<u32> {
    let least = match platform {
        Platform::Linux => 1000,
        Platform::Macos => 500,
    };
    group.gid.filter(|gid| *gid >= least)
}
