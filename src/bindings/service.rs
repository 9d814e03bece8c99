//! `service.*`: the product's background services.

use std::rc::Rc;

use crate::facts::{Draft, Facts};
use crate::fault::{Fault, Result};
use crate::state::{ServiceLoad, State, Subject, UserService, ValueType};
use crate::step::{Advisory, Level};
use crate::tools;

use super::{Args, Binding, Key, Made, Param, Value, advice};

const NAME: Key<Rc<str>> = Key::name(
    "name",
    "Its short name: `asperanoded`, `asperahttpd`, `asperacentral`; its launchd label or systemd unit also works.",
);

const RUNNING: Key<Option<bool>> = Key::flag("running", "Whether it runs.")
    .optional()
    .default("stays as it is");
const ENABLED: Key<Option<bool>> = Key::flag("enabled", "Whether it starts with the machine.")
    .optional()
    .default("stays as it is");

const USER: Key<Option<Rc<str>>> = Key::text(
    "user",
    ValueType::AccountName,
    "Account for which asperawatchd or asperawatchfolderd runs.",
)
.optional();

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "service.ensure",
        doc: "Starts or stops a service, and makes it start with the machine or not.\n\nA service that runs is not restarted: `service.refresh` does that where it is needed. Give `running`, `enabled` or both. A stop ends the transfers of the service. On macOS a service is stopped with `launchctl unload`, since launchd starts a loaded one again. A service that systemd has masked is not started. Without systemd and init scripts, a person starts and stops it, and whether it starts with the machine is not known. A unit that is neither enabled nor disabled, such as a static one, is refused with `enabled`.\n\nasperawatchd and asperawatchfolderd run for a `user`. asperarund, which must run, starts them and keeps them running, and `asrun send -l` shows them. How they are stopped is not published, so `running: false` is refused for one that runs, and an undo says that it goes on.",
        params: &[
            NAME.param,
            Param::options(&[RUNNING.param, ENABLED.param, USER.param], "What it does."),
        ],
        example: r#"service.ensure("asperanoded", #{ running: true, enabled: true });"#,
        source: "launchctl(1), systemctl(1), service(8), chkconfig(8), update-rc.d(8); IBM Aspera HST admin manual 3.9, p. 166 (`asrun`)",
        make: ensure,
    },
    Binding {
        name: "service.refresh",
        doc: "Restarts a service unless it has loaded aspera.conf as it is now.\n\nasperanoded only reloads it, with `asnodeadmin --reload`, where the reference says of all settings that changed that a reload is enough. A reload ends no transfers.\n\nIt must load again the settings that the reference lists for it, such as those of groups for asperacentral; a note says so where this run changes none of them. If a run stops between a change and its restart, the next run restarts the service. Before the restart, `asuserdata -v` must accept aspera.conf.\n\nA live run waits for a service that is slow to stop or start, at most as long as `--timeout` lets a command take. A new PID or time of start verifies the restart; where the system shows neither, a note says that it could not be verified. A service that systemd has masked is refused. On a node without systemd, its init script restarts it; in a container without either, a person does, as a manual step.",
        params: &[NAME.param],
        example: r#"service.refresh("asperahttpd");"#,
        source: "IBM Aspera Faspex, Setting Up an OS X Node, step 4; Configuring the NodeD service",
        make: refresh,
    },
    Binding {
        name: "service.reload",
        doc: "Makes asperanoded reload aspera.conf, its license and its users while it runs, whether or not it has loaded them.\n\nNo transfer ends. Where a setting changed that asperanoded reads only when it starts, the call is refused: `service.refresh` then restarts it. Other services cannot reload. That the reload had an effect cannot be read back, only that the service still runs.",
        params: &[NAME.param],
        example: r#"service.reload("asperanoded");"#,
        source: "IBM Aspera, Node Admin Tool; aspera-cli manual, `preview_dir` (third party)",
        make: reload,
    },
    Binding {
        name: "service.restart",
        doc: "Restarts a service, whether or not it has loaded aspera.conf.\n\nIt may be any service of the node: a unit of systemd such as `sshd`, or a label of launchd such as `com.openssh.sshd`. `service.refresh` restarts one of the product only where it is needed.",
        params: &[NAME.param],
        example: r#"service.restart("asperanoded");"#,
        source: "launchctl(1), systemctl(1), service(8)",
        make: restart,
    },
    Binding {
        name: "service.status",
        doc: "Returns whether a service runs, whether it has loaded aspera.conf as it is now, and whether systemd refuses to start it: `.running .current .masked`; `()` if the node has no such service.",
        params: &[NAME.param],
        example: r#"service.status("asperacentral")"#,
        source: "launchctl(1), systemctl(1)",
        make: status,
    },
];

/// Guides name a service by its label; states and settings use the short name.
fn short_name(args: &Args, facts: &Facts<'_>) -> Rc<str> {
    tools::short_name(facts.platform(), &args.get(&NAME)).into()
}

fn ensure(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = short_name(args, facts);
    let (running, enabled) = (args.get(&RUNNING), args.get(&ENABLED));
    let of_user = of_user(&name, args.get(&USER), enabled)?;
    refuse_without_state(args)?;
    if let Some((service, user)) = of_user {
        return Ok(facts.keep_for(service, user, running)?.made());
    }
    let draft = facts.keep(&name, running, enabled)?;
    let stops = running == Some(false) && !draft.is_settled();
    let note = stops.then(|| advice::stop_cuts_transfers(&name));
    Ok(draft.advise(note.flatten()).made())
}

/// Refuses a call that says neither of the two; `()` says that it stays as it is.
fn refuse_without_state(args: &Args) -> Result<()> {
    let options = args.values().get(1);
    let has = |key: &str| options.is_some_and(|options| options.entry(key).is_some());
    if has("running") || has("enabled") {
        return Ok(());
    }
    let message = "neither `running` nor `enabled` is given, so the call does nothing";
    // Options may come from a run: without them, the mistake is in the call.
    let fault = match options {
        None => Fault::script(message),
        Some(_) => Fault::refused(message),
    };
    Err(fault.hint("add `#{ running: true }`, or what the service must be"))
}

/// The service of a user that a call is about, if it is about one.
fn of_user(
    name: &str,
    user: Option<Rc<str>>,
    enabled: Option<bool>,
) -> Result<Option<(UserService, Rc<str>)>> {
    let refuse = |message: String, hint: &str| {
        let fault = Fault::refused(message).hint(hint);
        Err(fault.in_argument("options"))
    };
    match (UserService::parse(name), user) {
        (None, None) => Ok(None),
        (None, Some(_)) => refuse(format!("{name} runs for no user"), "leave out `user`"),
        (Some(_), None) => refuse(
            format!("{name} runs for a user, and none is named"),
            "add `user: \"NAME\"`",
        ),
        (Some(_), Some(_)) if enabled.is_some() => refuse(
            format!("{name} starts with asperarund, not by itself"),
            "leave out `enabled`",
        ),
        (Some(service), Some(user)) => Ok(Some((service, user))),
    }
}

fn refresh(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = short_name(args, facts);
    let draft = facts.refresh(&name)?;
    let is_unneeded = draft.is_settled() && facts.conf_changed_since_load(&name);
    let note = is_unneeded.then(|| not_needed(&name));
    Ok(advise(draft, &name).advise(note).made())
}

fn reload(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = short_name(args, facts);
    Ok(facts.reload(&name)?.made())
}

fn restart(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = short_name(args, facts);
    Ok(advise(facts.restart(&name)?, &name).made())
}

fn status(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let state = facts.read(&Subject::Service(short_name(args, facts)))?;
    let State::Service(service) = state else {
        return Made::answer(Value::Unit);
    };
    Made::answer(Value::map([
        ("running", Value::Bool(service.running)),
        ("current", Value::Bool(service.current)),
        ("masked", Value::Bool(service.load == ServiceLoad::Masked)),
    ]))
}

fn advise(draft: Draft, name: &str) -> Draft {
    let note = draft
        .restarts()
        .then(|| advice::restart_cuts_transfers(name));
    draft.advise(note.flatten())
}

/// aspera.conf has changed, and by the table of settings the service need not load
/// it again.
fn not_needed(name: &str) -> Advisory {
    Advisory::new(
        Level::Note,
        "restart-not-needed",
        format!("{name} is not restarted: by the table of settings it reads none of those that this run changes; `service.restart` restarts it"),
    )
    .about(Subject::Service(name.into()))
}
