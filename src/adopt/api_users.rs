//! The users of the Node API as calls.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::node_calls::{NodeCalls, call};
use super::selection::Selection;
use crate::bindings::Value;
use crate::facts::NodeReader as _;
use crate::fault::Result;
use crate::state::{ApiUser, Section, State, Subject};

/// The selected users, each with its name.
pub(super) fn read(
    selection: &Selection,
    calls: &mut NodeCalls<'_>,
) -> Result<Vec<(Rc<str>, ApiUser)>> {
    let names = match calls.world.read(&Subject::ApiUsers) {
        Ok(State::Names(names)) => names,
        Ok(_) => return Ok(Vec::new()),
        Err(fault) => {
            let why = fault.unless_fatal()?;
            calls.leftovers.add_other(&Subject::ApiUsers, why.message());
            return Ok(Vec::new());
        }
    };
    let mut users = Vec::new();
    for name in names {
        let name = Rc::from(&*name);
        if let State::ApiUser(user) = calls.world.read(&Subject::ApiUser(Rc::clone(&name)))?
            && selection.has_api_user(&user.transfer_user)
        {
            users.push((name, *user));
        }
    }
    Ok(users)
}

/// The accounts of transfer users that aspera.conf does not have.
pub(super) fn other_accounts(
    users: &[(Rc<str>, ApiUser)],
    calls: &NodeCalls<'_>,
) -> BTreeSet<Rc<str>> {
    let names = users.iter().map(|(_, user)| Rc::from(&*user.transfer_user));
    let is_other =
        |name: &Rc<str>| &**name != "root" && !calls.document.has(&Section::User(Rc::clone(name)));
    names.filter(is_other).collect()
}

/// Adds the users, each with a secret for its password, which cannot be read.
pub(super) fn add(users: &[(Rc<str>, ApiUser)], calls: &mut NodeCalls<'_>) -> Result<()> {
    let mut groups = Vec::new();
    for (name, user) in users {
        let mut options = vec![("transfer_user", Value::from(&*user.transfer_user))];
        if !user.acls.is_empty() {
            let acls = user.acls.iter().map(|acl| Value::from(&**acl));
            options.push(("acls", Value::List(acls.collect())));
        }
        let password = calls.secrets.of_api_user(name);
        options.insert(1, ("password", Value::Secret(password)));
        let wanted = call(
            "node.add_api_user",
            vec![(&**name).into(), Value::map(options)],
        );
        let wanted = calls.accept(&Subject::ApiUser(Rc::clone(name)), wanted)?;
        groups.extend(wanted.map(|call| vec![call]));
    }
    calls.add("Users of the Node API.", "user", groups);
    Ok(())
}
