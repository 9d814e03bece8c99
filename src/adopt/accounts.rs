//! The system accounts of transfer users, and their docroots, as calls.

use std::rc::Rc;

use super::node_calls::{CallGroup, NodeCall, NodeCalls, call};
use crate::bindings::Value;
use crate::conf::{self, SettingValue};
use crate::facts::NodeReader as _;
use crate::fault::Result;
use crate::state::{Account, Section, State, Subject};

/// The calls for a user: what must exist before its settings mean anything. What cannot be read,
/// such as in a snapshot without it, is left out.
pub(super) fn of_user(name: &Rc<str>, calls: &mut NodeCalls<'_>) -> Result<CallGroup> {
    let mut group = Vec::new();
    for wanted in [account(name, calls), docroot(name, calls)] {
        if let Some(wanted) = wanted
            && calls.try_call(&wanted)?.is_ok()
        {
            group.push(wanted);
        }
    }
    Ok(group)
}

fn account(name: &Rc<str>, calls: &mut NodeCalls<'_>) -> Option<NodeCall> {
    let subject = Subject::Account(Rc::clone(name));
    let State::Account(now) = calls.world.read(&subject).ok()? else {
        return None;
    };
    let fresh = Account::fresh(name, calls.world.node().platform);
    let mut options = Vec::new();
    if now.admin {
        options.push(("admin", Value::Bool(true)));
    }
    for (option, now, fresh) in [
        ("full_name", &now.full_name, &fresh.full_name),
        ("home", &now.home, &fresh.home),
        ("shell", &now.shell, &fresh.shell),
    ] {
        if now != fresh && !now.is_empty() {
            options.push((option, now.as_str().into()));
        }
    }
    let mut args = vec![Value::Text(Rc::clone(name))];
    if !options.is_empty() {
        args.push(Value::map(options));
    }
    Some(call("account.ensure", args))
}

fn docroot(name: &Rc<str>, calls: &mut NodeCalls<'_>) -> Option<NodeCall> {
    let section = Section::User(Rc::clone(name));
    let setting = conf::find(&section, "absolute")?;
    let SettingValue::Text(path) = calls.document.get(&section, setting)? else {
        return None;
    };
    if !path.starts_with('/') || path.bytes().all(|byte| byte == b'/') {
        return None;
    }
    let State::Dir(dir) = calls.world.read(&Subject::Dir(path.as_ref().into())).ok()? else {
        return None;
    };
    let mut options = vec![("owner", Value::from(&*dir.owner))];
    if let Some(group) = &dir.group {
        options.push(("group", (&**group).into()));
    }
    options.push(("mode", (&*dir.mode).into()));
    Some(call(
        "dir.ensure",
        vec![path.as_ref().into(), Value::map(options)],
    ))
}
