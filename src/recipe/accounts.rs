//! Accounts and groups of Linux: `useradd`, `usermod`, `passwd`, `groupadd` and what is like them.

use super::context::{Context, ToolCall, Translated, Untranslated};
use super::flags::{self, Flag, ParsedFlags, switch, valued};
use super::statement::{call_with_options, function_call};
use super::written::fed_text;
use crate::script_text::{Expression, Statement};

/// Groups of administrators.
const ADMINISTRATORS: &[&str] = &["sudo", "wheel", "admin"];

/// Why a date of an account stays a comment.
const ONLY_NEVER: &str = "a script can only set that an account and its password never expire";

const USER_FLAGS: &[Flag] = &[
    valued(&["-d", "--home-dir", "--home"]),
    valued(&["-s", "--shell"]),
    valued(&["-g", "--gid", "--ingroup"]),
    valued(&["-G", "--groups"]),
    valued(&["-c", "--comment", "--gecos"]),
    valued(&["-u", "--uid"]),
    valued(&["-p", "--password"]),
    valued(&["-e", "--expiredate"]),
    switch(&["-a", "--append"]),
    switch(&["-m", "--create-home"]),
    switch(&["-M", "--no-create-home"]),
    switch(&["-r", "--system"]),
    switch(&["-N", "--no-user-group"]),
    switch(&["-U", "--user-group", "--unlock"]),
    switch(&["-L", "--lock", "--disabled-password", "--disabled-login"]),
    switch(&["-q", "--quiet"]),
];

/// A call of `account.ensure`.
pub(super) fn ensure(
    name: &str,
    options: Vec<(&str, Expression)>,
    context: &mut Context,
) -> Statement {
    context.parameters.give_type(name, "name");
    let name = context.value(name);
    call_with_options("account.ensure", [name], options)
}

/// The options for groups that an account joins.
pub(super) fn joined_groups<'a>(
    groups: impl Iterator<Item = &'a str>,
    context: &mut Context,
) -> Vec<(&'static str, Expression)> {
    let mut options = Vec::new();
    let mut others = Vec::new();
    for group in groups.map(str::trim).filter(|group| !group.is_empty()) {
        if ADMINISTRATORS.contains(&group) {
            options.push(("admin", Expression::Bool(true)));
        } else {
            others.push(context.value(group));
        }
    }
    options.dedup();
    if !others.is_empty() {
        options.push(("groups", Expression::List(others)));
    }
    options
}

/// The account that `useradd` makes.
pub(super) fn named(call: &ToolCall) -> Option<String> {
    let parsed = flags::parse(&call.args, USER_FLAGS).ok()?;
    parsed.operands.first().cloned()
}

/// `useradd`, `adduser` and `usermod`.
pub(super) fn user(call: &ToolCall, context: &mut Context) -> Translated {
    let parsed = flags::parse(&call.args, USER_FLAGS)?;
    let is_new = call.program != "usermod";
    let (name, group) = match parsed.operands.as_slice() {
        [name] => (name, None),
        [name, group] if call.program == "adduser" => (name, Some(group.as_str())),
        _ => return Err(Untranslated::comment("it does not name one account")),
    };
    if !is_new && parsed.has("-r") {
        return Err(Untranslated::comment(
            "no function removes an account from a group",
        ));
    }
    let is_never = |date: &str| ["", "-1"].contains(&date);
    if !parsed.get("-e").is_none_or(is_never) {
        return Err(Untranslated::comment(ONLY_NEVER));
    }
    let mut options = properties(&parsed, context);
    if parsed.has("-L") {
        options.push(("locked", Expression::Bool(true)));
    }
    if parsed.has("-U") && !is_new {
        options.push(("locked", Expression::Bool(false)));
    }
    let groups = parsed.get("-G").unwrap_or_default().split(',').chain(group);
    options.extend(joined_groups(groups, context));
    if parsed.has("-G") && !is_new && !parsed.has("-a") {
        context.changed("the account stays in its other groups");
    }
    if options.is_empty() && !is_new {
        return Err(Untranslated::comment(
            "it changes nothing that a script can set",
        ));
    }
    Ok(vec![ensure(name, options, context)])
}

fn properties(parsed: &ParsedFlags, context: &mut Context) -> Vec<(&'static str, Expression)> {
    let mut options = Vec::new();
    for (flag, key) in [("-c", "full_name"), ("-d", "home"), ("-s", "shell")] {
        if let Some(value) = parsed.get(flag).filter(|value| !value.is_empty()) {
            options.push((key, context.value(value)));
        }
    }
    let is_number = |text: &&str| text.chars().all(|c| c.is_ascii_digit());
    if let Some(group) = parsed.get("-g").filter(|group| !is_number(group)) {
        options.push(("primary_group", context.value(group)));
    }
    if parsed.has("-e") {
        context.changed("its password does not expire either");
        options.push(("expires", Expression::from("never")));
    }
    if let Some(hash) = parsed.get("-p") {
        context.hide(hash);
        context.changed("the hash of a password is not used: set `password` to a secret");
    }
    for (flag, what) in [
        ("-u", "the number of the account is left to the system"),
        ("-r", "the account is an ordinary one"),
        ("-M", "a new account gets its home folder"),
    ] {
        if parsed.has(flag) {
            context.changed(what);
        }
    }
    options
}

/// `userdel` and `deluser`.
pub(super) fn delete(call: &ToolCall, context: &mut Context) -> Translated {
    let flags = [
        switch(&["-r", "--remove", "--remove-home"]),
        switch(&["-f", "--force"]),
    ];
    let parsed = flags::parse(&call.args, &flags)?;
    let name = parsed.only_operand("account")?;
    if parsed.has("-r") {
        context.changed("the home folder stays");
    }
    Ok(vec![function_call("account.delete", [context.value(name)])])
}

/// `groupadd` and `addgroup`.
pub(super) fn group(call: &ToolCall, context: &mut Context) -> Translated {
    let flags = [
        valued(&["-g", "--gid"]),
        switch(&["-r", "--system"]),
        switch(&["-f", "--force"]),
    ];
    let parsed = flags::parse(&call.args, &flags)?;
    let name = context.value(parsed.only_operand("group")?);
    let gid = parsed.get("-g").and_then(|gid| gid.parse().ok());
    let gid = gid.map(|gid| ("gid", Expression::Int(gid)));
    let options = gid.into_iter().collect();
    Ok(vec![call_with_options("group.ensure", [name], options)])
}

/// `gpasswd -a USER GROUP`.
pub(super) fn gpasswd(call: &ToolCall, context: &mut Context) -> Translated {
    let parsed = flags::parse(&call.args, &[valued(&["-a", "--add"])])?;
    let (Some(user), [group]) = (parsed.get("-a"), parsed.operands.as_slice()) else {
        return Err(Untranslated::comment(
            "it does not add an account to a group",
        ));
    };
    let options = joined_groups([group.as_str()].into_iter(), context);
    Ok(vec![ensure(user, options, context)])
}

/// `passwd`: locks an account, or sets its password.
pub(super) fn passwd(call: &ToolCall, context: &mut Context) -> Translated {
    let written = fed_text(call);
    if let Some(password) = &written {
        context.hide(password);
    }
    let flags = [
        switch(&["-l", "--lock"]),
        switch(&["-u", "--unlock"]),
        switch(&["-S", "--status"]),
        switch(&["--stdin"]),
    ];
    let parsed = flags::parse(&call.args, &flags)?;
    let name = parsed.only_operand("account")?;
    let option = if parsed.has("-l") {
        ("locked", Expression::Bool(true))
    } else if parsed.has("-u") {
        ("locked", Expression::Bool(false))
    } else if parsed.has("-S") {
        return Err(Untranslated::needless("it only shows something"));
    } else {
        let password = match &written {
            Some(password) => context.secret(password, "account_password")?,
            None => context.asked_secret("account_password"),
        };
        ("password", password)
    };
    Ok(vec![ensure(name, vec![option], context)])
}

/// `echo NAME:PASSWORD | chpasswd`.
pub(super) fn chpasswd(call: &ToolCall, context: &mut Context) -> Translated {
    let text = fed_text(call);
    let (name, password) = text
        .as_deref()
        .and_then(|text| text.split_once(':'))
        .filter(|(name, _)| !name.contains('\n'))
        .ok_or_else(|| Untranslated::comment("its input does not name one account"))?;
    context.hide(password);
    if !call.args.is_empty() {
        return Err(Untranslated::comment("a script sets no hash of a password"));
    }
    let password = context.secret(password, "account_password")?;
    Ok(vec![ensure(name, vec![("password", password)], context)])
}

/// The flags of `chage` with the values that say "never", or nothing beside it.
const AGES: &[(&str, &[&str])] = &[
    ("-M", &["-1", "99999"]),
    ("-E", &["-1"]),
    ("-I", &["-1"]),
    ("-m", &["-1", "0"]),
];

/// `chage -M -1 -E -1 NAME`.
pub(super) fn chage(call: &ToolCall, context: &mut Context) -> Translated {
    let table = [
        valued(&["-M", "--maxdays"]),
        valued(&["-E", "--expiredate"]),
        valued(&["-I", "--inactive"]),
        valued(&["-m", "--mindays"]),
        valued(&["-W", "--warndays"]),
        valued(&["-d", "--lastday"]),
        switch(&["-l", "--list"]),
    ];
    let parsed = flags::parse(&call.args, &table)?;
    if parsed.has("-l") {
        return Err(Untranslated::needless("it only shows something"));
    }
    let name = parsed.only_operand("account")?;
    let is_never =
        |(flag, never): &(&str, &[&str])| parsed.get(flag).is_none_or(|days| never.contains(&days));
    let (password, account) = (parsed.has("-M"), parsed.has("-E"));
    if !AGES.iter().all(is_never) || parsed.has("-d") || !password && !account {
        return Err(Untranslated::comment(ONLY_NEVER));
    }
    if !password {
        context.changed("its password does not expire either");
    }
    if !account {
        context.changed("the account does not expire either");
    }
    let option = ("expires", Expression::from("never"));
    Ok(vec![ensure(name, vec![option], context)])
}
