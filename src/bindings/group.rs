//! `group.*`: system groups.

use std::rc::Rc;

use crate::facts::Facts;
use crate::fault::{Fault, Result};
use crate::state::{AccountProperty, Group, Platform, State, Subject, ValueType, WantedState};
use crate::tools;

use super::{Args, Binding, Key, Made, Param};

const NAME: Key<Rc<str>> = Key::text("name", ValueType::AccountName, "Name of the group.");
const GID: Key<Option<u32>> = Key::gid("gid", "Number of a new group.")
    .optional()
    .default("the system picks one");
const MEMBERS: Key<Option<Vec<String>>> = Key::texts(
    "members",
    ValueType::AccountName,
    "Accounts that become members; other members stay.",
)
.optional()
.default("none is added");

pub(super) const BINDINGS: &[Binding] = &[Binding {
    name: "group.ensure",
    doc: "Creates a system group, and makes these accounts its members.\n\nMembers that are not listed stay. The number of a group that exists is not changed, since files keep the old one: the call is refused if it differs. A group of administrators is refused too, since `account.ensure` makes administrators.",
    params: &[
        NAME.param,
        Param::options(&[GID.param, MEMBERS.param], "Number and members."),
    ],
    example: r#"group.ensure("asperausers", #{ gid: 600 });"#,
    source: "laurent-martin/aspera-hsts-operations; groupadd(8), dseditgroup(8)",
    make: ensure,
}];

fn ensure(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = args.get(&NAME);
    refuse_admin_group(facts.platform(), &name).map_err(|fault| fault.in_argument("name"))?;
    let subject = Subject::Group(Rc::clone(&name));
    let gid = args.get(&GID);
    let mut wanted = Group { gid };
    if let State::Group(now) = facts.read(&subject)? {
        if let (Some(is), Some(gid)) = (now.gid, gid)
            && is != gid
        {
            return Err(other_number(&name, is, gid));
        }
        wanted = now;
    }
    let mut changes = vec![(subject, WantedState::from(State::Group(wanted)))];
    for member in args.get(&MEMBERS).unwrap_or_default() {
        let account = Rc::from(member);
        if facts.read(&Subject::Account(Rc::clone(&account)))? == State::Absent {
            return Err(no_account(&account, "members"));
        }
        changes.push(membership(account, &name));
    }
    Ok(facts.change(changes)?.made())
}

/// What makes an account a member of a group.
pub(super) fn membership(account: Rc<str>, group: &Rc<str>) -> (Subject, WantedState) {
    let property = AccountProperty::Member(Rc::clone(group));
    let yes = State::Text(AccountProperty::YES.into());
    (Subject::AccountProperty(account, property), yes.into())
}

/// The state of an account says whether it is an administrator: one statement is enough.
pub(super) fn refuse_admin_group(platform: Platform, group: &str) -> Result<()> {
    if !tools::is_admin_group(platform, group) {
        return Ok(());
    }
    Err(
        Fault::refused(format!("members of `{group}` are administrators"))
            .hint("write `account.ensure(NAME, #{ admin: true })` to make an administrator"),
    )
}

fn other_number(name: &str, is: u32, wanted: u32) -> Fault {
    Fault::refused(format!(
        "the group `{name}` has the number {is}, not {wanted}"
    ))
    .hint("leave `gid` out; files keep the number, so change both by hand if you must")
    .in_argument("gid")
}

/// Refuses an owner and a group that do not exist. Without a machine it is unknown which accounts
/// the system has.
pub(super) fn refuse_unknown_owner(
    facts: &mut Facts<'_>,
    owner: Option<&Rc<str>>,
    group: Option<&Rc<str>>,
) -> Result<()> {
    if !facts.is_machine() {
        return Ok(());
    }
    if let Some(owner) = owner
        && facts.look(&Subject::Account(Rc::clone(owner)))? == State::Absent
    {
        return Err(no_account(owner, "owner"));
    }
    if let Some(group) = group
        && facts.look(&Subject::Group(Rc::clone(group)))? == State::Absent
        // A system may give a new account a group of its name.
        && !facts.is_staged(&Subject::Account(Rc::clone(group)))
    {
        return Err(Fault::refused(format!("there is no group `{group}`"))
            .hint(format!("create it first, with `group.ensure(\"{group}\")`"))
            .in_argument("group"));
    }
    Ok(())
}

/// The fault of an argument that names an account which does not exist.
pub(super) fn no_account(name: &str, argument: &str) -> Fault {
    Fault::refused(format!("there is no account `{name}`"))
        .hint(format!(
            "create it first, with `account.ensure(\"{name}\")`"
        ))
        .in_argument(argument)
}
