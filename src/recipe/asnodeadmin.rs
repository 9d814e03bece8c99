//! `asnodeadmin`: users of the Node API.

use super::context::{Context, ToolCall, Translated, Untranslated};
use super::flags::{self, Flag, ParsedFlags, switch, valued};
use super::services;
use super::statement::{call_with_options, function_call};
use crate::script_text::{Expression, Statement};

const FLAGS: &[Flag] = &[
    switch(&["-a", "--add"]),
    switch(&["-m", "--modify", "--mod"]),
    switch(&["-d", "--del", "--delete"]),
    switch(&["-l", "--list"]),
    switch(&["--reload"]),
    switch(&["--internal"]),
    valued(&["-u", "--user"]),
    valued(&["-p", "--password", "--pass"]),
    valued(&["-x", "--xuser", "--transfer-user"]),
    valued(&["--acl-add", "--acl-set"]),
];

pub(super) fn translate(call: &ToolCall, context: &mut Context) -> Translated {
    context.hide_values_of(call, &["-p", "--password", "--pass"]);
    let parsed = flags::parse(&call.args, FLAGS)?;
    if parsed.has("--reload") {
        return Ok(vec![services::reload_node(context)]);
    }
    if parsed.has("-l") {
        return Ok(list(context));
    }
    let Some(user) = parsed.get("-u").filter(|user| !user.is_empty()) else {
        return Err(Untranslated::comment("it names no user"));
    };
    context.parameters.give_type(user, "name");
    if parsed.has("-d") {
        let name = context.value(user);
        return Ok(vec![function_call("node.delete_api_user", [name])]);
    }
    if parsed.has("-a") {
        return add(user, &parsed, context);
    }
    if parsed.has("-m") {
        return modify(user, &parsed, context);
    }
    Err(Untranslated::comment("it does not say what to do"))
}

/// A list is a check of the users that were added before it.
fn list(context: &mut Context) -> Vec<Statement> {
    let users: Vec<_> = context.api_users.clone().into_iter().collect();
    if users.is_empty() {
        return vec![function_call("node.api_users", [])];
    }
    let mut checks = Vec::new();
    for (user, transfer_user) in users {
        let (user, transfer_user) = (context.value(&user), context.value(&transfer_user));
        let options = vec![("transfer_user", transfer_user)];
        checks.push(call_with_options("node.api_user", [user], options));
    }
    checks
}

fn add(user: &str, parsed: &ParsedFlags, context: &mut Context) -> Translated {
    let Some(transfer_user) = parsed.get("-x") else {
        return Err(Untranslated::comment("it names no transfer user (-x)"));
    };
    context.parameters.give_type(transfer_user, "name");
    let password = match parsed.get("-p") {
        Some(password) => context.secret(password, "api_password")?,
        None => context.asked_secret("api_password"),
    };
    let mut options = vec![
        ("transfer_user", context.value(transfer_user)),
        ("password", password),
    ];
    options.extend(acls(parsed, context).map(|acls| ("acls", acls)));
    context
        .api_users
        .insert(user.to_owned(), transfer_user.to_owned());
    let name = context.value(user);
    Ok(vec![call_with_options(
        "node.add_api_user",
        [name],
        options,
    )])
}

fn modify(user: &str, parsed: &ParsedFlags, context: &mut Context) -> Translated {
    let mut statements = Vec::new();
    let transfer_user = parsed.get("-x").map(str::to_owned);
    let transfer_user = transfer_user.or_else(|| context.api_users.get(user).cloned());
    let acls = acls(parsed, context);
    if acls.is_some() || parsed.has("-x") {
        let Some(transfer_user) = transfer_user else {
            return Err(Untranslated::comment(
                "its transfer user is not known: write node.add_api_user with its acls",
            ));
        };
        context
            .api_users
            .insert(user.to_owned(), transfer_user.clone());
        let mut options = vec![("transfer_user", context.value(&transfer_user))];
        options.extend(acls.map(|acls| ("acls", acls)));
        let name = context.value(user);
        statements.push(call_with_options("node.add_api_user", [name], options));
    }
    if let Some(password) = parsed.get("-p") {
        let password = context.secret(password, "api_password")?;
        let name = context.value(user);
        statements.push(function_call("node.set_api_password", [name, password]));
    }
    if statements.is_empty() {
        return Err(Untranslated::comment(
            "it changes nothing that a script can set",
        ));
    }
    Ok(statements)
}

fn acls(parsed: &ParsedFlags, context: &mut Context) -> Option<Expression> {
    let lists = parsed.values("--acl-add");
    let acls = lists.flat_map(|list| list.split(',')).map(str::trim);
    let acls = acls.filter(|acl| !acl.is_empty());
    let acls: Vec<_> = acls.map(|acl| context.value(acl)).collect();
    (!acls.is_empty()).then_some(Expression::List(acls))
}
