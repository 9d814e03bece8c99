//! The users of the Node API as calls.

use std::rc::Rc;

use super::node_calls::{NodeCalls, call};
use super::selection::Selection;
use crate::bindings::Value;
use crate::facts::NodeReader as _;
use crate::fault::Result;
use crate::state::{State, Subject};

/// Adds the users, each with a secret for its password, which cannot be read.
pub(super) fn add(selection: &Selection, calls: &mut NodeCalls<'_>) -> Result<()> {
    let names = match calls.world.read(&Subject::ApiUsers) {
        Ok(State::Names(names)) => names,
        Ok(_) => return Ok(()),
        Err(fault) => {
            let why = fault.unless_fatal()?;
            calls.leftovers.add_other(&Subject::ApiUsers, why.message());
            return Ok(());
        }
    };
    let mut groups = Vec::new();
    for name in names {
        let subject = Subject::ApiUser(Rc::from(&*name));
        let State::ApiUser(user) = calls.world.read(&subject)? else {
            continue;
        };
        if !selection.has_api_user(&user.transfer_user) {
            continue;
        }
        let mut options = vec![("transfer_user", Value::from(&*user.transfer_user))];
        if !user.acls.is_empty() {
            let acls = user.acls.iter().map(|acl| Value::from(&**acl));
            options.push(("acls", Value::List(acls.collect())));
        }
        let password = calls.secrets.of_api_user(&name);
        options.insert(1, ("password", Value::Secret(password)));
        let wanted = call(
            "node.add_api_user",
            vec![(&*name).into(), Value::map(options)],
        );
        match calls.try_call(&wanted)? {
            Ok(()) => groups.push(vec![wanted]),
            Err(fault) => calls.leftovers.add_other(&subject, fault.message()),
        }
    }
    calls.add("Users of the Node API.", "user", groups);
    Ok(())
}
