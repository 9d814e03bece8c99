//! `account.*`: system accounts. aspera.conf's users are `conf.*`'s work.

use std::rc::Rc;

use crate::facts::{Draft, Facts};
use crate::fault::{Fault, Result};
use crate::state::{Account, Credentials, Platform, RootUser, State, Subject, WantedState};
use crate::step::{Advisory, Level};

use super::{Args, Binding, Made, Param, Type, advice};

const NAME: Param = Param::required("name", Type::Name, "Name of the account.");

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "account.ensure",
        doc: "Makes a system account, or brings one to this state.\n\nOptions that are left out stay as they are; a new account gets its name as full name, the platform's usual home folder and `/bin/bash`. A password is set for a new account only: it cannot be read back.",
        params: &[
            NAME,
            Param::optional(
                "options",
                Type::Options(&[
                    Param::optional(
                        "admin",
                        Type::Bool,
                        "Whether it may administer the machine.",
                    )
                    .default("false for a new account"),
                    Param::optional("full_name", Type::Text, "Full name.")
                        .default("the name, for a new account"),
                    Param::optional("password", Type::Secret, "Password of a new account.")
                        .default("none is set"),
                    Param::optional("home", Type::Path, "Home folder.")
                        .default("/Users/NAME (macOS) or /home/NAME (Linux), for a new account"),
                    Param::optional("shell", Type::Path, "Login shell.")
                        .default("/bin/bash for a new account"),
                ]),
                "What the account is to be like.",
            ),
        ],
        example: r#"account.ensure("faspex", #{ admin: true, password: secret("env:PASSWORD") });"#,
        source: "IBM Aspera Faspex, Setting Up an OS X Node, step 2; sysadminctl, useradd",
        make: ensure,
    },
    Binding {
        name: "account.enable_root",
        doc: "Lets root log in on macOS.\n\nThe macOS node guide asks for it. Linux has no such switch; there it is refused.",
        params: &[Param::optional(
            "options",
            Type::Options(&[
                Param::optional("admin", Type::Name, "Administrator who makes the change.")
                    .default("the one who runs this"),
                Param::optional(
                    "admin_password",
                    Type::Secret,
                    "That administrator's password.",
                ),
                Param::optional("password", Type::Secret, "New password of root."),
            ]),
            "Who enables root, and its password.",
        )],
        example: r#"if host.platform == "macos" { account.enable_root(#{ admin_password: secret("env:ADMIN"), password: secret("env:ROOT") }); }"#,
        source: "IBM Aspera Faspex, Setting Up an OS X Node, step 2; dsenableroot(8)",
        make: enable_root,
    },
    Binding {
        name: "account.delete",
        doc: "Deletes a system account. Its home folder stays.\n\nAn account that may administer the machine, root above all, is refused: a person deletes that one. It cannot be made again without its password.",
        params: &[NAME],
        example: r#"account.delete("former");"#,
        source: "sysadminctl, userdel",
        make: delete,
    },
    Binding {
        name: "account.get",
        doc: "What a system account is like: `.admin .full_name .home .shell`; nothing if there is none.",
        params: &[NAME],
        example: r#"account.get("faspex")"#,
        source: "dscl(1), getent(1)",
        make: |args, facts| Made::answer(facts.read(&Subject::Account(args.required("name")))?),
    },
];

fn ensure(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = args.required("name");
    let subject = Subject::Account(Rc::clone(&name));
    let now = facts.read(&subject)?;
    let mut wanted = if let State::Account(account) = &now {
        account.clone()
    } else {
        Account::fresh(&name, facts.platform()).into()
    };
    wanted.admin = args.flag("admin").unwrap_or(wanted.admin);
    for (field, key) in [
        (&mut wanted.full_name, "full_name"),
        (&mut wanted.home, "home"),
        (&mut wanted.shell, "shell"),
    ] {
        if let Some(text) = args.text(key) {
            text.clone_into(field);
        }
    }
    refuse_separators(&wanted)?;
    let mut notes = Vec::new();
    let mut new_password = None;
    if let Some(password) = args.secret("password") {
        if now == State::Absent || wanted.unfinished {
            wanted.unfinished = false;
            notes.extend(
                facts
                    .secret_properties(&password)
                    .and_then(advice::published),
            );
            new_password = Some(password);
        } else {
            notes.push(left_alone(&subject));
        }
    }
    let wanted = WantedState::from(State::Account(wanted)).with_password(new_password);
    Ok(facts.change(vec![(subject, wanted)])?.advise(notes).made())
}

fn delete(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = args.required("name");
    let subject = Subject::Account(name.clone());
    let now = facts.read(&subject)?;
    let is_admin = matches!(&now, State::Account(account) if account.admin);
    if is_admin || &*name == "root" {
        return Err(Fault::refused(format!(
            "{name} may administer this machine, so no script deletes that account"
        ))
        .hint("take the right away first, or delete it by hand"));
    }
    let draft = facts.change(vec![(subject.clone(), State::Absent)])?;
    let note = (!draft.is_settled()).then(|| account_gone().about(subject));
    Ok(draft.advise(note).made())
}

fn account_gone() -> Advisory {
    Advisory::new(
        Level::Caution,
        "account-deleted",
        "the account's password is lost with it, and files it owns keep its number",
    )
    .source("userdel(8)")
}

/// passwd(5) has no way to hold a colon or a line end.
fn refuse_separators(account: &Account) -> Result<()> {
    let is_bad = |c: char| c == ':' || c.is_control();
    for (key, text) in [
        ("full_name", &account.full_name),
        ("home", &account.home),
        ("shell", &account.shell),
    ] {
        if text.contains(is_bad) {
            return Err(
                Fault::script("an account cannot hold a colon or a line end here").in_argument(key),
            );
        }
    }
    Ok(())
}

fn left_alone(subject: &Subject) -> Advisory {
    Advisory::new(
        Level::Note,
        "password-left-alone",
        "this exists already; its password cannot be read back and is left alone",
    )
    .about(subject.clone())
}

fn enable_root(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    if facts.platform() != Platform::Macos {
        return Err(Fault::refused("root can be enabled on macOS only")
            .hint("leave this out on Linux, where root is there already"));
    }
    let enabled = State::RootUser(RootUser { enabled: true }.into());
    let wanted = WantedState::from(enabled).with_credentials(Credentials {
        admin: args.text("admin").map(str::to_owned),
        admin_password: args.secret("admin_password"),
        password: args.secret("password"),
    });
    let draft = facts.change(vec![(Subject::RootUser, wanted)])?;
    let note = (!draft.is_settled()).then(|| advice::root_enabled().about(Subject::RootUser));
    Ok(draft.advise(note).made())
}

/// A note for an operation whose password was not needed.
pub(super) fn password_left_alone(draft: Draft, subject: &Subject) -> Draft {
    let note = left_alone(subject);
    draft.advise([note])
}
