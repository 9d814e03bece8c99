//! Services: `systemctl`, `service`, init scripts and `launchctl`.

use super::context::{Context, ToolCall, Translated, Untranslated};
use super::statement::{function_call, options_map};
use crate::script_text::{Expression, Statement};
use crate::state::Platform;
use crate::tools::{service_names, short_name};

const NEEDLESS: &[&str] = &[
    "status",
    "is-active",
    "is-enabled",
    "daemon-reload",
    "list",
    "print",
    "show",
    "list-units",
    "reset-failed",
];

/// The arguments that are no options.
fn operands(call: &ToolCall) -> Vec<&String> {
    let operands = call.args.iter().filter(|arg| !arg.starts_with('-'));
    operands.collect()
}

/// `systemctl restart asperanoded`.
pub(super) fn systemctl(call: &ToolCall, context: &mut Context) -> Translated {
    let words = operands(call);
    let Some((verb, units)) = words.split_first() else {
        return Err(Untranslated::comment("it does not say what to do"));
    };
    let is_now = call.args.iter().any(|arg| arg == "--now");
    if NEEDLESS.contains(&verb.as_str()) {
        return Err(shows());
    }
    let mut statements = Vec::new();
    for unit in units {
        let name = short_name(Platform::Linux, unit).to_owned();
        statements.extend(control(&name, verb, is_now, context)?);
    }
    Ok(statements)
}

/// `service asperanoded restart`.
pub(super) fn service(call: &ToolCall, context: &mut Context) -> Translated {
    let [name, verb] = call.args.as_slice() else {
        return Err(Untranslated::comment(
            "it does not name a service and what to do",
        ));
    };
    control(short_name(Platform::Linux, name), verb, false, context)
}

/// `/etc/init.d/asperanoded restart`.
pub(super) fn init_script(call: &ToolCall, context: &mut Context) -> Option<Translated> {
    let is_service = service_names(Platform::Linux).contains(&call.program.as_str());
    let [verb] = call.args.as_slice() else {
        return None;
    };
    is_service.then(|| control(&call.program, verb, false, context))
}

/// `launchctl stop com.aspera.asperahttpd`, or its newer forms.
pub(super) fn launchctl(call: &ToolCall, context: &mut Context) -> Translated {
    let words = operands(call);
    let (Some(verb), Some(target)) = (words.first(), words.last()) else {
        return Err(Untranslated::comment("it does not say what to do"));
    };
    let verb = match verb.as_str() {
        "unload" | "bootout" | "stop" => "stop",
        "kickstart" if call.args.iter().any(|arg| arg == "-k") => "restart",
        "load" | "bootstrap" | "start" | "kickstart" => "start",
        other if NEEDLESS.contains(&other) => return Err(shows()),
        other => other,
    };
    let label = target.rsplit('/').next().unwrap_or_default();
    let label = label.strip_suffix(".plist").unwrap_or(label);
    control(short_name(Platform::Macos, label), verb, false, context)
}

fn shows() -> Untranslated {
    Untranslated::needless("it only shows something, or a run does it itself")
}

/// A reload of asperanoded. After a change of aspera.conf it may not be enough.
pub(super) fn reload_node(context: &mut Context) -> Statement {
    let name = [Expression::from("asperanoded")];
    if context.has_set_conf {
        context.changed("it restarts if a reload is not enough for what has changed");
        return function_call("service.refresh", name);
    }
    function_call("service.reload", name)
}

fn control(name: &str, verb: &str, is_now: bool, context: &mut Context) -> Translated {
    let is_product = name.starts_with("aspera");
    let named = context.value(name);
    let options: Vec<(&str, bool)> = match verb {
        "start" => vec![("running", true)],
        "stop" => vec![("running", false)],
        "enable" if is_now => vec![("running", true), ("enabled", true)],
        "disable" if is_now => vec![("running", false), ("enabled", false)],
        "enable" => vec![("enabled", true)],
        "disable" => vec![("enabled", false)],
        "reload" if name == "asperanoded" => {
            return Ok(vec![reload_node(context)]);
        }
        "restart" | "try-restart" | "condrestart" | "reload-or-restart" | "force-reload" => {
            if is_product && context.has_set_conf {
                context.changed("it restarts only if it has not loaded aspera.conf as it is then");
                return Ok(vec![function_call("service.refresh", [named])]);
            }
            return Ok(vec![function_call("service.restart", [named])]);
        }
        other if NEEDLESS.contains(&other) => return Err(shows()),
        _ => return Err(Untranslated::comment("no function does that to a service")),
    };
    if verb == "start" && context.stopped.as_deref() == Some(name) {
        context.changed("stop and start become one restart");
    }
    context.stopped = (verb == "stop").then(|| name.to_owned());
    let options = options
        .into_iter()
        .map(|(key, flag)| (key, Expression::Bool(flag)));
    let options = options_map(options.collect());
    Ok(vec![function_call(
        "service.ensure",
        [named].into_iter().chain(options),
    )])
}
