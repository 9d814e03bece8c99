//! `sync.*`: Sync sessions.

use std::net::IpAddr;

use crate::facts::{Draft, Facts};
use crate::fault::{Fault, Result, Rule};
use crate::state::{State, Subject};
use crate::step::{Advisory, Level};
use crate::tools::{self, SYNC_OPTIONS, Sync};

use super::{Args, Binding, Made, Param, Type, Value, advice};

pub(super) const BINDINGS: &[Binding] = &[Binding {
    name: "sync.run",
    doc: "Runs a Sync session with `async` and waits for its end.\n\nIt always acts: what it moves is in folders, not in the node's configuration. The token goes to `async` by its environment, never as an argument. Besides the keys below it takes the options of `async` by name, such as `continuous`, `target_rate` (bit/s) or `exclude`.",
    params: &[Param::required(
        "session",
        Type::Session(KEYS),
        "What to synchronise, and how.",
    )],
    example: r#"sync.run(#{ name: "images", local: "/images", remote: "lion@10.0.0.1:/data/images", token: token.basic("id", secret("env:SECRET")) });"#,
    source: "IBM Aspera Sync, async command reference",
    make: run,
}];

/// The keys that are not options of the tool.
const KEYS: &[Param] = &[
    Param::required("name", Type::Text, "Name of the session."),
    Param::required("local", Type::Text, "Folder on this machine."),
    Param::required(
        "remote",
        Type::Text,
        "Folder on the other machine, as `user@host:/path`.",
    ),
    Param::optional(
        "token",
        Type::Secret,
        "Token of the transfer, such as `token.basic(…)`; it goes by the environment.",
    )
    .default("none"),
    Param::optional(
        "password",
        Type::Secret,
        "Password for SSH; it goes by the environment.",
    )
    .default("none"),
    Param::optional(
        "endpoint",
        Type::Choice(&["atcm", "aoc", "node"]),
        "What the other side is: a cluster, Aspera on Cloud or a node. For advice only.",
    )
    .default("not told"),
];

fn run(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let mut session = Sync {
        name: args.required("name").to_string(),
        local: args.required("local").to_string(),
        remote: args.required("remote").to_string(),
        token: args.secret("token"),
        password: args.secret("password"),
        ..Sync::default()
    };
    let is_key = |name: &str| KEYS.iter().any(|key| key.name == name);
    for (name, value) in args.entries("session") {
        if !is_key(name) {
            option(name, value, &mut session)?;
        }
    }
    let endpoint = args.text("endpoint");
    let command = tools::sync(&session)?;
    let mut notes = notes(&session, endpoint);
    notes.extend(license(facts)?);
    Ok(Draft::act(vec![command]).advise(notes).made())
}

fn option(key: &str, value: &Value, session: &mut Sync) -> Result<()> {
    let known = SYNC_OPTIONS.iter().map(|option| option.name);
    if !known.clone().any(|name| name == key) {
        return Err(
            Fault::script(format!("`{key}` is not an option of a Sync session"))
                .suggest(key, known.chain(KEYS.iter().map(|own| own.name)))
                .in_argument(key)
                .with_rule(Rule::UnknownOption),
        );
    }
    if *value == Value::Unit {
        return Ok(());
    }
    let values = if let Value::List(items) = value {
        &items[..]
    } else {
        std::slice::from_ref(value)
    };
    for value in values {
        let text = value
            .plain()
            .ok_or_else(|| wants(key, "a text, a number, true or false", value))?;
        session.options.push((key.to_owned(), text));
    }
    Ok(())
}

fn wants(key: &str, wanted: &str, got: &Value) -> Fault {
    Fault::script(format!("`{key}` wants {wanted}, not {}", got.noun()))
        .in_argument(key)
        .with_rule(Rule::WrongType)
}

fn is_set(session: &Sync, name: &str) -> bool {
    session
        .options
        .iter()
        .any(|(option, value)| option == name && value != "false")
}

fn notes(session: &Sync, endpoint: Option<&str>) -> Vec<Advisory> {
    let direction = session.options.iter().find(|(name, _)| name == "direction");
    let direction = direction.map_or("push", |(_, value)| value);
    let mut notes = Vec::new();
    let mut add = |level, id, text: &'static str, source| {
        notes.push(Advisory::new(level, id, text).source(source));
    };
    if direction == "bidi" {
        add(
            Level::Caution,
            "sync-bidi",
            "both sides change: what is deleted on one side is deleted on the other",
            "async command reference",
        );
    } else if !is_set(session, "overwrite") {
        add(
            Level::Caution,
            "sync-overwrites",
            "files that differ are overwritten on the side that receives; this is the default",
            "async command reference",
        );
    }
    for (name, text) in [
        (
            "mirror",
            "the receiving side loses what the sending side does not have",
        ),
        (
            "remove_after_transfer",
            "files are deleted on the sending side once they are sent",
        ),
        (
            "reset",
            "the snapshot is dropped and everything is scanned anew",
        ),
    ] {
        if is_set(session, name) {
            add(
                Level::Danger,
                "sync-destroys",
                text,
                "async command reference",
            );
        }
    }
    if session.token.is_some() && !is_set(session, "private_key") && session.password.is_none() {
        add(
            Level::Note,
            "sync-without-key",
            "no SSH key or password is named, so async uses its default or asks; token authorisation over SSH wants Aspera's own bypass key, whose public half the server's user must have",
            "ATC Manager, Transferring with the Cluster",
        );
    }
    if session.token.is_some() {
        add(
            Level::Caution,
            "token-opens-docroot",
            "a basic token opens every file in the docroot or storage of its access key",
            advice::SYNC_TOKEN,
        );
    }
    if endpoint == Some("atcm") && !is_address(&session.remote) {
        add(
            Level::Caution,
            "atcm-by-name",
            "an ATC Manager endpoint is named by its IP address, not its DNS name: by name, files may reach another node",
            advice::SYNC_TOKEN,
        );
    }
    if endpoint == Some("atcm") {
        add(
            Level::Note,
            "sync-cluster-name",
            "with a cluster, session names must be unique: add this machine's UUID to the name",
            "async command reference",
        );
    }
    notes
}

fn is_address(remote: &str) -> bool {
    let host = remote.rsplit_once('@').map_or(remote, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host.parse::<IpAddr>().is_ok()
}

fn license(facts: &mut Facts<'_>) -> Result<Option<Advisory>> {
    let State::License(license) = facts.read(&Subject::License)? else {
        return Ok(None);
    };
    let lacks_sync = !license.settings.iter().any(|setting| setting == "sync2");
    Ok(lacks_sync.then(|| {
        Advisory::new(
            Level::Caution,
            "licence-without-sync",
            "the licence does not list `sync2`; Sync needs it on both ends",
        )
        .about(Subject::License)
        .source("IBM Aspera Sync, Composing an Async Session")
    }))
}
