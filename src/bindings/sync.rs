//! `sync.*`: Sync sessions.

use std::net::IpAddr;
use std::rc::Rc;

use crate::facts::{Draft, Facts};
use crate::fault::{Fault, Result, Rule};
use crate::state::{Secret, State, Subject, ValueType};
use crate::step::{Advisory, Level};
use crate::tools::{self, SYNC_OPTIONS, Sync};

use super::{Args, Binding, Key, Made, Param, Value, advice};

type Text = Rc<str>;

const NAME: Key<Text> = Key::text("name", ValueType::SessionName, "Name of the session.");
const LOCAL: Key<Text> = Key::text("local", ValueType::Path, "Folder on this machine.");
const REMOTE: Key<Text> = Key::text(
    "remote",
    ValueType::RemotePath,
    "Folder on the other machine, as `user@host:/path`.",
);
const TOKEN: Key<Option<Secret>> = Key::secret(
    "token",
    "Token of the transfer, such as `token.basic(…)`; `async` gets it by its environment.",
)
.optional()
.default("none");
const PASSWORD: Key<Option<Secret>> = Key::secret(
    "password",
    "Password for SSH; `async` gets it by its environment.",
)
.optional()
.default("none");
const ENDPOINT: Key<Option<Text>> = Key::text(
    "endpoint",
    ValueType::Choice(&["atcm", "aoc", "node"]),
    "What the other side is: a cluster, Aspera on Cloud or a node; used only for advisories.",
)
.optional()
.default("not stated");

/// The keys that are not options of `async`.
const KEYS: &[Param] = &[
    NAME.param,
    LOCAL.param,
    REMOTE.param,
    TOKEN.param,
    PASSWORD.param,
    ENDPOINT.param,
];
const SESSION: Key<Value> = Key::session(KEYS, "What to synchronize, and how.");

pub(super) const BINDINGS: &[Binding] = &[Binding {
    name: "sync.run",
    doc: "Runs a Sync session with `async` and waits until it ends.\n\nIt always acts: it changes files, not the node's configuration. `async` gets the token by its environment, never as an argument. Besides the keys below, the map takes the options of `async` by name, such as `continuous`, `target_rate` (bit/s) or `exclude`.",
    params: &[SESSION.param],
    example: r#"sync.run(#{ name: "images", local: "/images", remote: "lion@10.0.0.1:/data/images", token: token.basic("id", secret("env:SECRET")) });"#,
    source: "IBM Aspera Sync, async command reference",
    make: run,
}];

fn run(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let mut session = Sync {
        name: args.get(&NAME).to_string(),
        local: args.get(&LOCAL).to_string(),
        remote: args.get(&REMOTE).to_string(),
        token: args.get(&TOKEN),
        password: args.get(&PASSWORD),
        ..Sync::default()
    };
    let is_key = |name: &str| KEYS.iter().any(|key| key.name == name);
    for (name, value) in args.entries(&SESSION) {
        if !is_key(name) {
            add_option(name, value, &mut session)?;
        }
    }
    let command = tools::sync(&session)?;
    let mut notes = notes(&session, args.get(&ENDPOINT).as_deref());
    notes.extend(license(facts)?);
    Ok(Draft::act(vec![command]).advise(notes).made())
}

fn add_option(key: &str, value: &Value, session: &mut Sync) -> Result<()> {
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
        let text = value.plain().ok_or_else(|| wrong_type(key, value))?;
        session.options.push((key.to_owned(), text));
    }
    Ok(())
}

fn wrong_type(key: &str, value: &Value) -> Fault {
    Fault::script(format!(
        "`{key}` must be a string, a number, true or false, not {}",
        value.noun()
    ))
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
            "both sides change: a file that is deleted on one side is deleted on the other",
            "async command reference",
        );
    } else if !is_set(session, "overwrite") {
        add(
            Level::Caution,
            "sync-overwrites",
            "files that differ are overwritten on the receiving side; this is the default",
            "async command reference",
        );
    }
    for (name, text) in [
        (
            "mirror",
            "files that the sending side does not have are deleted on the receiving side",
        ),
        (
            "remove_after_transfer",
            "files are deleted on the sending side after their transfer",
        ),
        (
            "reset",
            "the snapshot is deleted and everything is scanned again",
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
            "no SSH key or password is given, so async uses its default key or prompts; token authorization over SSH requires Aspera's bypass key, whose public key the server's user must have",
            "ATC Manager, Transferring with the Cluster",
        );
    }
    if session.token.is_some() {
        add(
            Level::Caution,
            "token-opens-docroot",
            "a basic token gives access to every file in the docroot or storage of its access key",
            advice::SYNC_TOKEN,
        );
    }
    if endpoint == Some("atcm") && !is_address(&session.remote) {
        add(
            Level::Caution,
            "atcm-by-name",
            "use the IP address of an ATC Manager endpoint, not its DNS name: with the name, files may reach another node",
            advice::SYNC_TOKEN,
        );
    }
    if endpoint == Some("atcm") {
        add(
            Level::Note,
            "sync-cluster-name",
            "session names must be unique in a cluster: add this machine's UUID to the name",
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
            "the license does not list `sync2`, which Sync needs on both ends",
        )
        .about(Subject::License)
        .source("IBM Aspera Sync, Composing an Async Session")
    }))
}
