//! Services: `systemctl`, `service`, init scripts and `launchctl`.

use super::context::{Context, ToolCall, Translated, Untranslated};
use super::statement::{call_with_options, function_call};
use crate::script_text::{Expression, Statement};
use crate::state::Platform;
use crate::tools::{service_names, short_name};

const REFRESH: &str = "service.refresh";

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

/// Options of systemctl that change nothing in what it does.
const HARMLESS: &[&str] = &[
    "--now",
    "--quiet",
    "-q",
    "--no-pager",
    "--no-block",
    "--system",
    "--no-ask-password",
    "--force",
    "-f",
    "--full",
    "-l",
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
    let mut flags = call.args.iter().filter(|arg| arg.starts_with('-'));
    if flags.any(|flag| !HARMLESS.contains(&flag.as_str())) {
        return Err(Untranslated::comment(
            "it has an option that no function has: a script controls services of this system",
        ));
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
        return function_call(REFRESH, name);
    }
    function_call("service.reload", name)
}

/// The binding that restarts a service. One of the product needs no restart if it has loaded
/// aspera.conf as it is then.
pub(super) fn restart_binding(name: &str, has_set_conf: bool) -> &'static str {
    if has_set_conf && name.starts_with("aspera") {
        REFRESH
    } else {
        "service.restart"
    }
}

fn restart(name: &str, context: &mut Context) -> Statement {
    let binding = restart_binding(name, context.has_set_conf);
    if binding == REFRESH {
        context.changed("it restarts only if it has not loaded aspera.conf as it is then");
    }
    function_call(binding, [context.value(name)])
}

fn control(name: &str, verb: &str, is_now: bool, context: &mut Context) -> Translated {
    let options: &[(&str, bool)] = match verb {
        "start" => &[("running", true)],
        "stop" => &[("running", false)],
        "enable" if is_now => &[("running", true), ("enabled", true)],
        "disable" if is_now => &[("running", false), ("enabled", false)],
        "enable" => &[("enabled", true)],
        "disable" => &[("enabled", false)],
        "reload" if name == "asperanoded" => {
            return Ok(vec![reload_node(context)]);
        }
        "restart" | "try-restart" | "condrestart" | "reload-or-restart" | "force-reload" => {
            return Ok(vec![restart(name, context)]);
        }
        other if NEEDLESS.contains(&other) => return Err(shows()),
        _ => return Err(Untranslated::comment("no function does that to a service")),
    };
    if verb == "start" && context.stopped.as_deref() == Some(name) {
        context.changed("stop and start become one restart");
    }
    context.stopped = (verb == "stop").then(|| name.to_owned());
    let options = options.iter();
    let options = options.map(|(key, flag)| (*key, Expression::Bool(*flag)));
    let named = context.value(name);
    Ok(vec![call_with_options(
        "service.ensure",
        [named],
        options.collect(),
    )])
}
