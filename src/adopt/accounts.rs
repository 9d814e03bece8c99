//! The system accounts of transfer users, and their docroots, as calls.

use std::rc::Rc;

use super::node_calls::{CallGroup, NodeCall, NodeCalls, call};
use crate::bindings::Value;
use crate::facts::NodeReader as _;
use crate::fault::Result;
use crate::state::{Account, Section, State, Subject};

/// The calls for a user: what must exist before its settings mean anything.
pub(super) fn of_user(name: &Rc<str>, calls: &mut NodeCalls<'_>) -> Result<CallGroup> {
    let mut group = Vec::new();
    for wanted in [account(name, calls)?, docroot(name, calls)?] {
        let Some((subject, wanted)) = wanted else {
            continue;
        };
        match calls.try_call(&wanted)? {
            Ok(()) => group.push(wanted),
            Err(fault) => calls.leftovers.add_other(&subject, fault.message()),
        }
    }
    Ok(group)
}

fn account(name: &Rc<str>, calls: &mut NodeCalls<'_>) -> Result<Option<(Subject, NodeCall)>> {
    let subject = Subject::Account(Rc::clone(name));
    let Some(State::Account(now)) = calls.read(&subject)? else {
        return Ok(None);
    };
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
            calls.leftovers.add_other(&subject, &why);
        } else if now != fresh {
            options.push((option, now.as_str().into()));
        }
    }
    let mut args = vec![Value::Text(Rc::clone(name))];
    if !options.is_empty() {
        args.push(Value::map(options));
    }
    Ok(Some((subject, call("account.ensure", args))))
}

fn docroot(name: &Rc<str>, calls: &mut NodeCalls<'_>) -> Result<Option<(Subject, NodeCall)>> {
    let path = calls.document.docroot_path(&Section::User(Rc::clone(name)));
    let Some(path) = path.filter(|path| path.bytes().any(|byte| byte != b'/')) else {
        return Ok(None);
    };
    let subject = Subject::Dir(path.as_ref().into());
    let Some(State::Dir(dir)) = calls.read(&subject)? else {
        return Ok(None);
    };
    let mut options = vec![("owner", Value::from(&*dir.owner))];
    if let Some(group) = &dir.group {
        options.push(("group", (&**group).into()));
    }
    options.push(("mode", (&*dir.mode).into()));
    let args = vec![path.as_ref().into(), Value::map(options)];
    Ok(Some((subject, call("dir.ensure", args))))
}
