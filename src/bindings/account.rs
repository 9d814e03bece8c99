//! `account.*`: system accounts.

use std::rc::Rc;

use crate::facts::{Draft, Facts};
use crate::fault::{Fault, Result};
use crate::state::{
    Account, Credentials, Platform, RootUser, Secret, State, Subject, ValueType, WantedState,
};
use crate::step::{Advisory, Level};

use super::account_properties::{EXPIRES, GROUPS, LOCKED, PRIMARY_GROUP};
use super::{Args, Binding, Key, Made, Param, account_properties, advice};

type Text = Rc<str>;

const NAME: Key<Text> = Key::name("name", "Name of the account.");

const ADMIN: Key<Option<bool>> = Key::flag("admin", "Whether it is an administrator.")
    .optional()
    .default("false for a new account");
const FULL_NAME: Key<Option<Text>> = Key::text("full_name", ValueType::Line, "Full name.")
    .optional()
    .default("the name, for a new account");
const PASSWORD: Key<Option<Secret>> = Key::secret("password", "Password of a new account.")
    .optional()
    .default("none is set");
const HOME: Key<Option<Text>> = Key::text("home", ValueType::Path, "Home folder.")
    .optional()
    .default("/Users/NAME (macOS) or /home/NAME (Linux), for a new account");
const SHELL: Key<Option<Text>> = Key::text("shell", ValueType::Path, "Login shell.")
    .optional()
    .default("/bin/bash for a new account");

const ADMINISTRATOR: Key<Option<Text>> =
    Key::name("admin", "Administrator in whose name root is enabled.")
        .optional()
        .default("the user who called sudo");
const ADMIN_PASSWORD: Key<Option<Secret>> =
    Key::secret("admin_password", "That administrator's password.").optional();
const ROOT_PASSWORD: Key<Option<Secret>> =
    Key::secret("password", "New password of root.").optional();

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "account.ensure",
        doc: "Creates a system account, or changes one to match these options.\n\nOptions that are left out do not change; a new account gets its name as full name, the platform's usual home folder and `/bin/bash`. A password is set for a new account only, because it cannot be read back.\n\nGroups must exist: see `group.ensure`. `locked` and `expires` are read and set by root only.",
        params: &[
            NAME.param,
            Param::options(
                &[
                    ADMIN.param,
                    FULL_NAME.param,
                    PASSWORD.param,
                    HOME.param,
                    SHELL.param,
                    PRIMARY_GROUP.param,
                    GROUPS.param,
                    LOCKED.param,
                    EXPIRES.param,
                ],
                "Properties of the account.",
            ),
        ],
        example: r#"account.ensure("faspex", #{ admin: true, password: secret("env:PASSWORD") });"#,
        source: "IBM Aspera Faspex, Setting Up an OS X Node, step 2; DISA STIG, IBM Aspera Platform 4.2; sysadminctl, pwpolicy, useradd, passwd, chage",
        make: ensure,
    },
    Binding {
        name: "account.enable_root",
        doc: "Enables the root user on macOS.\n\nThe macOS node guide asks for it. dsenableroot authenticates an administrator, so their name is needed. The call is refused without `admin` where nobody has called sudo: in a root shell, and on a snapshot. On Linux it is refused too: root is always enabled there.",
        params: &[Param::options(
            &[
                ADMINISTRATOR.param,
                ADMIN_PASSWORD.param,
                ROOT_PASSWORD.param,
            ],
            "Who enables root, and the passwords.",
        )],
        example: r#"if host.platform == "macos" { account.enable_root(#{ admin_password: secret("env:ADMIN"), password: secret("env:ROOT") }); }"#,
        source: "IBM Aspera Faspex, Setting Up an OS X Node, step 2; dsenableroot(8)",
        make: enable_root,
    },
    Binding {
        name: "account.delete",
        doc: "Deletes a system account, and keeps its home folder.\n\nAn administrator's account, and root above all, is refused: delete it by hand. The account cannot be restored with its password.",
        params: &[NAME.param],
        example: r#"account.delete("former");"#,
        source: "sysadminctl, userdel",
        make: delete,
    },
    Binding {
        name: "account.get",
        doc: "Returns the properties of a system account: `.admin .full_name .home .shell`; `()` if there is no such account.",
        params: &[NAME.param],
        example: r#"account.get("faspex")"#,
        source: "dscl(1), getent(1)",
        make: |args, facts| Made::answer(facts.read(&Subject::Account(args.get(&NAME)))?),
    },
];

fn ensure(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = args.get(&NAME);
    let subject = Subject::Account(Rc::clone(&name));
    let now = facts.read(&subject)?;
    let mut wanted = if let State::Account(account) = &now {
        account.clone()
    } else {
        Account::fresh(&name, facts.platform()).into()
    };
    wanted.admin = args.get(&ADMIN).unwrap_or(wanted.admin);
    for (field, key) in [
        (&mut wanted.full_name, &FULL_NAME),
        (&mut wanted.home, &HOME),
        (&mut wanted.shell, &SHELL),
    ] {
        if let Some(text) = args.get(key) {
            *field = text.to_string();
        }
    }
    refuse_separators(&wanted)?;
    if args.get(&LOCKED) == Some(true) && args.get(&PASSWORD).is_some() {
        return Err(locked_with_password());
    }
    let mut notes = Vec::new();
    let mut new_password = None;
    if let Some(password) = args.get(&PASSWORD) {
        if now == State::Absent || wanted.unfinished {
            wanted.unfinished = false;
            let traits = facts.secret_properties(&password);
            notes.extend(traits.into_iter().flat_map(advice::account_password));
            new_password = Some(password);
        } else {
            notes.push(password_unchanged(&subject));
        }
    }
    let has_password = now != State::Absent || new_password.is_some();
    let properties = account_properties::wanted(args, facts, &name, has_password)?;
    let wanted = WantedState::from(State::Account(wanted)).with_password(new_password);
    let mut changes = vec![(subject, wanted)];
    changes.extend(properties);
    Ok(facts.change(changes)?.advise(notes).made())
}

fn delete(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = args.get(&NAME);
    let subject = Subject::Account(Rc::clone(&name));
    let now = facts.read(&subject)?;
    let is_admin = matches!(&now, State::Account(account) if account.admin);
    if is_admin || &*name == "root" {
        return Err(Fault::refused(format!(
            "`{name}` is an administrator's account, which a script cannot delete"
        ))
        .hint("remove its administrator rights first, or delete it by hand"));
    }
    let draft = facts.change(vec![(subject.clone(), State::Absent)])?;
    let note = (!draft.is_settled()).then(|| account_gone().about(subject));
    Ok(draft.advise(note).made())
}

fn account_gone() -> Advisory {
    Advisory::new(
        Level::Caution,
        "account-deleted",
        "the account's password is lost, and files that it owns keep its user ID",
    )
    .source("userdel(8)")
}

fn locked_with_password() -> Fault {
    Fault::script("a locked account cannot log in with its password")
        .hint("give either `locked: true` or `password`")
        .in_argument("locked")
}

/// A field of passwd(5) cannot contain a colon or a line end.
fn refuse_separators(account: &Account) -> Result<()> {
    let is_bad = |c: char| c == ':' || c.is_control();
    for (key, text) in [
        ("full_name", &account.full_name),
        ("home", &account.home),
        ("shell", &account.shell),
    ] {
        if text.contains(is_bad) {
            return Err(Fault::script(format!(
                "`{key}` cannot contain a colon or a control character"
            ))
            .in_argument(key));
        }
    }
    Ok(())
}

fn password_unchanged(subject: &Subject) -> Advisory {
    Advisory::new(
        Level::Note,
        "password-left-alone",
        "this exists already; its password cannot be read back and is not changed",
    )
    .about(subject.clone())
}

fn enable_root(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    if facts.platform() != Platform::Macos {
        return Err(Fault::refused("root can be enabled on macOS only")
            .hint("remove this call for Linux, where root is always enabled"));
    }
    let enabled = State::RootUser(RootUser { enabled: true }.into());
    let is_enabled = facts.read(&Subject::RootUser)? == enabled;
    let admin = args.get(&ADMINISTRATOR).map(|admin| admin.to_string());
    let admin = admin.or_else(|| facts.invoking_user());
    if admin.is_none() && !is_enabled {
        return Err(no_administrator());
    }
    let password = args.get(&ROOT_PASSWORD);
    let traits = password
        .as_ref()
        .and_then(|password| facts.secret_properties(password));
    let wanted = WantedState::from(enabled).with_credentials(Credentials {
        admin,
        admin_password: args.get(&ADMIN_PASSWORD),
        password,
        ..Credentials::default()
    });
    let draft = facts.change(vec![(Subject::RootUser, wanted)])?;
    if draft.is_settled() {
        return Ok(draft.made());
    }
    let notes = traits.into_iter().flat_map(advice::account_password);
    let notes = std::iter::once(advice::root_enabled()).chain(notes);
    Ok(draft
        .advise(notes.map(|note| note.about(Subject::RootUser)))
        .made())
}

fn no_administrator() -> Fault {
    Fault::refused("enabling root takes the name of an administrator, and nobody has called sudo")
        .hint("name the administrator with `admin` (`--set admin=NAME` for faspex-node-macos), or start a live run with sudo")
}

/// Adds the advisory that a password was given and not set.
pub(super) fn advise_password_unchanged(draft: Draft, subject: &Subject) -> Draft {
    draft.advise([password_unchanged(subject)])
}
