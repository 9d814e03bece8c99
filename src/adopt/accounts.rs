//! The system accounts of transfer users, and their docroots, as calls.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::membership::Membership;
use super::node_calls::{CallGroup, NodeCall, NodeCalls, call};
use crate::bindings::Value;
use crate::facts::NodeReader as _;
use crate::fault::Result;
use crate::state::{Account, AccountProperty, Dir, Section, State, Subject};

/// Options of a call.
type Options = Vec<(&'static str, Value)>;

/// Adds accounts that are not those of transfer users in aspera.conf.
pub(super) fn add_others(names: &BTreeSet<Rc<str>>, calls: &mut NodeCalls<'_>) -> Result<()> {
    let mut groups = Vec::new();
    for name in names {
        groups.push(Vec::from_iter(accepted_account(name, calls)?));
    }
    groups.retain(|group| !group.is_empty());
    calls.add("Accounts of Node API users.", "account", groups);
    Ok(())
}

/// The calls for a user: what must exist before its settings mean anything.
pub(super) fn of_user(name: &Rc<str>, calls: &mut NodeCalls<'_>) -> Result<CallGroup> {
    let mut group = Vec::from_iter(accepted_account(name, calls)?);
    if let Some((path, dir)) = docroot(name, calls)? {
        let mut options = vec![("owner", Value::from(&*dir.owner))];
        if let Some(group) = &dir.group {
            options.push(("group", (&**group).into()));
        }
        options.push(("mode", (&*dir.mode).into()));
        let wanted = call_with("dir.ensure", &path, options);
        group.extend(calls.accept(&Subject::Dir(path), wanted)?);
    }
    Ok(group)
}

fn accepted_account(name: &Rc<str>, calls: &mut NodeCalls<'_>) -> Result<Option<NodeCall>> {
    let Some(wanted) = account(name, calls)? else {
        return Ok(None);
    };
    calls.accept(&Subject::Account(Rc::clone(name)), wanted)
}

fn call_with(binding: &str, name: &Rc<str>, options: Options) -> NodeCall {
    let mut args = vec![Value::Text(Rc::clone(name))];
    if !options.is_empty() {
        args.push(Value::map(options));
    }
    call(binding, args)
}

fn account(name: &Rc<str>, calls: &mut NodeCalls<'_>) -> Result<Option<NodeCall>> {
    let subject = Subject::Account(Rc::clone(name));
    let Some(State::Account(now)) = calls.read(&subject)? else {
        return Ok(None);
    };
    let mut options = record(name, &now, calls);
    let Membership { primary, others } = Membership::read(name, calls)?;
    options.extend(primary.map(|primary| ("primary_group", primary.as_str().into())));
    let others = accepted_groups(name, &options, others, calls)?;
    Ok(Some(in_groups(name, &options, &others)))
}

/// The groups that the call for an account accepts.
fn accepted_groups(
    name: &Rc<str>,
    options: &Options,
    groups: Vec<String>,
    calls: &mut NodeCalls<'_>,
) -> Result<Vec<String>> {
    if groups.is_empty() || calls.try_call(&in_groups(name, options, &groups))?.is_ok() {
        return Ok(groups);
    }
    let mut kept = Vec::new();
    for group in groups {
        let member = AccountProperty::Member(Rc::from(&*group));
        kept.push(group);
        if let Err(fault) = calls.try_call(&in_groups(name, options, &kept))? {
            let subject = Subject::AccountProperty(Rc::clone(name), member);
            calls.leftovers.add_other(&subject, fault.message());
            kept.pop();
        }
    }
    Ok(kept)
}

fn in_groups(name: &Rc<str>, options: &Options, groups: &[String]) -> NodeCall {
    let mut options = options.clone();
    if !groups.is_empty() {
        let groups = groups.iter().map(|group| Value::from(group.as_str()));
        options.push(("groups", Value::List(groups.collect())));
    }
    call_with("account.ensure", name, options)
}

/// What of an account is not as that of a new one.
fn record(name: &Rc<str>, now: &Account, calls: &mut NodeCalls<'_>) -> Options {
    let fresh = Account::fresh(name, calls.world.node().platform);
    let mut options = Vec::new();
    if now.admin {
        options.push(("admin", Value::Bool(true)));
    }
    if now.full_name != fresh.full_name {
        options.push(("full_name", now.full_name.as_str().into()));
    }
    for (option, now, fresh) in [
        ("home", &now.home, &fresh.home),
        ("shell", &now.shell, &fresh.shell),
    ] {
        if now.is_empty() {
            let why = format!("its {option} is empty, which no call can set");
            let subject = Subject::Account(Rc::clone(name));
            calls.leftovers.add_other(&subject, &why);
        } else if now != fresh {
            options.push((option, now.as_str().into()));
        }
    }
    options
}

/// The docroot of a user, if it is a folder that exists.
pub(super) fn docroot(name: &Rc<str>, calls: &mut NodeCalls<'_>) -> Result<Option<(Rc<str>, Dir)>> {
    let path = calls.document.docroot_path(&Section::User(Rc::clone(name)));
    let Some(path) = path.filter(|path| path.bytes().any(|byte| byte != b'/')) else {
        return Ok(None);
    };
    let path = Rc::from(path.as_ref());
    let Some(State::Dir(dir)) = calls.read(&Subject::Dir(Rc::clone(&path)))? else {
        return Ok(None);
    };
    Ok(Some((path, *dir)))
}
