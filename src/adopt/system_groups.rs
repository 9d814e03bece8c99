//! The system groups that transfer users and their docroots need, as calls.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::accounts;
use super::membership::{Membership, is_of_everybody};
use super::node_calls::{NodeCalls, call};
use crate::bindings::Value;
use crate::facts::NodeReader as _;
use crate::fault::Result;
use crate::state::{Group, Platform, State, Subject};
use crate::tools;

/// Adds the groups that the accounts and docroots of these users need.
pub(super) fn add(users: &BTreeSet<Rc<str>>, calls: &mut NodeCalls<'_>) -> Result<()> {
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
        groups.extend(calls.accept(&subject, wanted)?.map(|call| vec![call]));
    }
    calls.add("System groups.", "group", groups);
    Ok(())
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
