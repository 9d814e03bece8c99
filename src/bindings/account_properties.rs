//! What `account.ensure` asks of an account besides its record: groups, lock, expiry.

use std::rc::Rc;

use crate::facts::Facts;
use crate::fault::{Fault, Result};
use crate::state::{
    AccountProperty, Group, Platform, PrimaryGroup, State, Subject, ValueType, WantedState,
};
use crate::tools;

use super::{Args, Key, group};

pub(super) const PRIMARY_GROUP: Key<Option<Rc<str>>> =
    Key::text("primary_group", ValueType::AccountName, "Primary group.")
        .optional()
        .default("a new account gets one as the system is set up");
pub(super) const GROUPS: Key<Option<Vec<String>>> = Key::texts(
    "groups",
    ValueType::AccountName,
    "Groups that it becomes a member of; it stays in others.",
)
.optional();
pub(super) const LOCKED: Key<Option<bool>> = Key::flag(
    "locked",
    "Whether passwords are switched off, so that only keys log in.",
)
.optional();
pub(super) const EXPIRES: Key<Option<Rc<str>>> = Key::text(
    "expires",
    ValueType::Choice(&[AccountProperty::NEVER]),
    "That neither the account nor its password expires; Linux only.",
)
.optional();

/// The wanted states of the properties that a call names. A new account without a password
/// cannot be unlocked.
pub(super) fn wanted(
    args: &Args,
    facts: &mut Facts<'_>,
    account: &Rc<str>,
    has_password: bool,
) -> Result<Vec<(Subject, WantedState)>> {
    let mut wanted = Vec::new();
    let property = |property, state: State| {
        let subject = Subject::AccountProperty(Rc::clone(account), property);
        (subject, WantedState::from(state))
    };
    if let Some(name) = args.get(&PRIMARY_GROUP) {
        let group = existing(facts, "primary_group", &name)?;
        let group = PrimaryGroup {
            primary_group: name.to_string(),
            gid: group.gid.filter(|_| facts.platform() == Platform::Macos),
        };
        wanted.push(property(
            AccountProperty::PrimaryGroup,
            State::PrimaryGroup(group.into()),
        ));
    }
    for name in args.get(&GROUPS).unwrap_or_default() {
        let name = Rc::from(name);
        existing(facts, "groups", &name)?;
        wanted.push(group::membership(Rc::clone(account), &name));
    }
    if let Some(locked) = args.get(&LOCKED) {
        if !locked && !has_password {
            return Err(unlocked_without_password());
        }
        let state = if locked {
            State::Text(AccountProperty::YES.into())
        } else {
            State::Absent
        };
        wanted.push(property(AccountProperty::Locked, state));
    }
    if args.get(&EXPIRES).is_some() {
        if facts.platform() == Platform::Macos {
            return Err(tools::no_expiry_on_macos().in_argument("expires"));
        }
        for expiry in [AccountProperty::Expiry, AccountProperty::PasswordExpiry] {
            wanted.push(property(expiry, State::Text(AccountProperty::NEVER.into())));
        }
    }
    Ok(wanted)
}

/// The group whose members Remote Login of macOS admits; it exists only if that is not everyone.
const REMOTE_LOGIN: &str = "com.apple.access_ssh";

/// Refuses a group that does not exist, or makes administrators.
fn existing(facts: &mut Facts<'_>, key: &'static str, name: &Rc<str>) -> Result<Group> {
    group::refuse_admin_group(facts.platform(), name).map_err(|fault| fault.in_argument(key))?;
    let State::Group(group) = facts.read(&Subject::Group(Rc::clone(name)))? else {
        let hint = if &**name == REMOTE_LOGIN {
            "without this group, Remote Login admits every account: leave it out, or choose the accounts in Remote Login".to_owned()
        } else {
            format!("create it first, with `group.ensure(\"{name}\")`")
        };
        return Err(Fault::refused(format!("there is no group `{name}`"))
            .hint(hint)
            .in_argument(key));
    };
    Ok(group)
}

fn unlocked_without_password() -> Fault {
    Fault::script("a new account without a password stays locked")
        .hint("give it a `password`, or leave `locked` out")
        .in_argument("locked")
}
