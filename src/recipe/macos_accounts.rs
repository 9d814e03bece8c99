//! Accounts and groups of macOS: `sysadminctl`, `dscl`, `dseditgroup`, `dsenableroot`.

use super::accounts::{ensure, joined_groups};
use super::context::{Context, ToolCall, Translated, Untranslated};
use super::flags::{self, Flag, switch, valued};
use super::statement::{call_with_options, function_call};
use crate::script_text::{Expression, Statement};

const SYSADMINCTL: &[Flag] = &[
    valued(&["-addUser"]),
    valued(&["-deleteUser"]),
    valued(&["-fullName"]),
    valued(&["-home"]),
    valued(&["-shell"]),
    valued(&["-password"]),
    valued(&["-hint"]),
    valued(&["-UID"]),
    valued(&["-GID"]),
    valued(&["-adminUser"]),
    valued(&["-adminPassword"]),
    switch(&["-admin"]),
    switch(&["-keepHome"]),
    switch(&["-roleAccount"]),
];

/// `sysadminctl -addUser NAME …`.
pub(super) fn sysadminctl(call: &ToolCall, context: &mut Context) -> Translated {
    context.hide_values_of(call, &["-password", "-adminPassword"]);
    let parsed = flags::parse(&call.args, SYSADMINCTL)?;
    if let Some(name) = parsed.get("-deleteUser") {
        return Ok(vec![function_call("account.delete", [context.value(name)])]);
    }
    let Some(name) = parsed.get("-addUser") else {
        return Err(Untranslated::comment(
            "it neither adds nor deletes an account",
        ));
    };
    let mut options = Vec::new();
    if parsed.has("-admin") {
        options.push(("admin", Expression::Bool(true)));
    }
    for (flag, key) in [
        ("-fullName", "full_name"),
        ("-home", "home"),
        ("-shell", "shell"),
    ] {
        if let Some(value) = parsed.get(flag) {
            options.push((key, context.value(value)));
        }
    }
    if let Some(password) = parsed.get("-password") {
        let password = if password == "-" {
            context.asked_secret("account_password")
        } else {
            context.secret(password, "account_password")?
        };
        options.push(("password", password));
    }
    Ok(vec![ensure(name, options, context)])
}

/// Properties of an account in dscl, and the options of `account.ensure` for them.
const PROPERTIES: &[(&str, &str)] = &[
    ("RealName", "full_name"),
    ("NFSHomeDirectory", "home"),
    ("UserShell", "shell"),
];

/// `dscl . -create /Users/NAME UserShell /bin/bash`.
pub(super) fn dscl(call: &ToolCall, context: &mut Context) -> Translated {
    let words: Vec<_> = call.args.iter().map(String::as_str).collect();
    let [_, verb, path, rest @ ..] = words.as_slice() else {
        return Err(Untranslated::comment("it does not say what to do"));
    };
    let verb = verb.trim_start_matches('-');
    if let ("passwd", [password, ..]) = (verb, rest) {
        context.hide(password);
    }
    let user = path.strip_prefix("/Users/");
    match (verb, user, rest) {
        ("read" | "list" | "search" | "readall", ..) => {
            Err(Untranslated::needless("it only shows something"))
        }
        ("create", Some(user), []) => Ok(vec![ensure(user, Vec::new(), context)]),
        ("create", Some(user), [property, value]) => {
            let row = PROPERTIES.iter().find(|(name, _)| name == property);
            let Some((_, option)) = row else {
                return Err(Untranslated::needless(
                    "a new account gets it from the system",
                ));
            };
            let option = (*option, context.value(value));
            Ok(vec![ensure(user, vec![option], context)])
        }
        ("passwd", Some(user), rest) => {
            let password = match rest.first() {
                Some(password) => context.secret(password, "account_password")?,
                None => context.asked_secret("account_password"),
            };
            Ok(vec![ensure(user, vec![("password", password)], context)])
        }
        ("append" | "merge", None, ["GroupMembership", user]) => {
            Ok(vec![member(user, path, context)])
        }
        ("create", None, _) if path.starts_with("/Groups/") => Ok(vec![function_call(
            "group.ensure",
            [context.value(&path[8..])],
        )]),
        _ => Err(Untranslated::comment("no function does what it does")),
    }
}

fn member(user: &str, path: &str, context: &mut Context) -> Statement {
    let group = path.rsplit('/').next().unwrap_or_default();
    let options = joined_groups([group].into_iter(), context);
    ensure(user, options, context)
}

/// `dseditgroup -o edit -a NAME -t user GROUP`.
pub(super) fn dseditgroup(call: &ToolCall, context: &mut Context) -> Translated {
    let table = [
        valued(&["-o"]),
        valued(&["-a"]),
        valued(&["-t"]),
        valued(&["-i"]),
        valued(&["-m"]),
        valued(&["-n"]),
    ];
    let parsed = flags::parse(&call.args, &table)?;
    match (
        parsed.get("-o"),
        parsed.get("-a"),
        parsed.operands.as_slice(),
    ) {
        (Some("edit"), Some(user), [group]) => Ok(vec![member(user, group, context)]),
        (Some("create"), None, [group]) => {
            Ok(vec![function_call("group.ensure", [context.value(group)])])
        }
        (Some("read" | "checkmember") | None, ..) => {
            Err(Untranslated::needless("it only shows something"))
        }
        _ => Err(Untranslated::comment("no function does what it does")),
    }
}

/// `dsenableroot -u ADMIN`.
pub(super) fn dsenableroot(call: &ToolCall, context: &mut Context) -> Translated {
    context.hide_values_of(call, &["-p", "-r"]);
    let table = [
        valued(&["-u"]),
        valued(&["-p"]),
        valued(&["-r"]),
        switch(&["-d"]),
    ];
    let parsed = flags::parse(&call.args, &table)?;
    if parsed.has("-d") {
        return Err(Untranslated::comment("a script does not disable root"));
    }
    let mut options = Vec::new();
    if let Some(admin) = parsed.get("-u") {
        options.push(("admin", context.value(admin)));
    }
    for (flag, key, name) in [
        ("-p", "admin_password", "admin_password"),
        ("-r", "password", "root_password"),
    ] {
        let password = match parsed.get(flag) {
            Some(password) => context.secret(password, name)?,
            None => context.asked_secret(name),
        };
        options.push((key, password));
    }
    Ok(vec![call_with_options("account.enable_root", [], options)])
}
