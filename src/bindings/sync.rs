//! `sync.*`: Sync sessions.

use std::rc::Rc;

use crate::facts::Facts;
use crate::fault::{Fault, Result, Rule};
use crate::state::{Secret, State, Subject, ValueType};
use crate::step::{Act, Advisory, Level, SyncSession};
use crate::tools::{self, SYNC_OPTIONS};

use super::{Args, Binding, Key, Made, Param, Value, sync_account, sync_advice};

type Text = Rc<str>;

pub(super) const NAME: Key<Text> =
    Key::text("name", ValueType::SessionName, "Name of the session.");
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
const USER: Key<Option<Text>> = Key::text(
    "user",
    ValueType::AccountName,
    "Account that runs `async` on this machine, by sudo; it must own the folder of the Sync database. The user of the other machine is in `remote`.",
)
.optional()
.default("root, which does live runs")
.source("sudo(8); IBM Aspera Sync, Configuring Sync endpoints");
const COOKIE: Key<Option<Secret>> = Key::secret(
    "cookie",
    "String that identifies the transfers for other programs; `async` gets it by its environment.",
)
.optional()
.default("none");
const FILTERS: Key<Option<Vec<String>>> = Key::texts(
    "filters",
    ValueType::FilterRule,
    "Rules for what is synchronized, in their order: `+ PATTERN` takes what matches, `- PATTERN` leaves it out, `.+ FILE` and `.- FILE` read rules from a file. The first rule that matches a path decides.",
)
.optional()
.default("everything")
.source(sync_advice::FILTER_RULES);
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
    USER.param,
    COOKIE.param,
    FILTERS.param,
    ENDPOINT.param,
];

/// The same for a session whose name is a parameter of its own.
pub(super) const KEYS_BUT_NAME: &[Param] = KEYS.split_at(1).1;
const SESSION: Key<Value> = Key::session(KEYS, "What to synchronize, and how.");

pub(super) const BINDINGS: &[Binding] = &[Binding {
    name: "sync.run",
    doc: "Runs a Sync session with `async` and waits until it ends.\n\nIt always acts: it changes files, not the node's configuration. `async` gets the token by its environment, never as an argument. Besides the keys below, the map takes the options of `async` by name, such as `target_rate` (bit/s). A continuous session never ends and is refused: `sync.service` keeps one running. Not offered are `--proxy` and `--raw-options`, which can hold secrets, and what only the JSON input of `async` (`--conf64`) has.",
    params: &[SESSION.param],
    example: r#"sync.run(#{ name: "images", local: "/images", remote: "lion@10.0.0.1:/data/images", token: token.basic("id", secret("env:SECRET")) });"#,
    source: "IBM Aspera Sync, async command reference; IBM/aspera-cli, conf.schema.yaml",
    make: run,
}];

fn run(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = args.get(&NAME);
    let session = session(&name, args, args.entries(&SESSION))?;
    let notes = notes(&session, args, facts)?;
    Ok(facts.act(Act::Sync(session))?.advise(notes).made())
}

/// The session of that name that the entries of a map describe.
pub(super) fn session(name: &str, args: &Args, entries: &[(String, Value)]) -> Result<SyncSession> {
    let mut session = SyncSession {
        name: name.to_owned(),
        local: args.get(&LOCAL).to_string(),
        remote: args.get(&REMOTE).to_string(),
        token: args.get(&TOKEN),
        password: args.get(&PASSWORD),
        user: args.get(&USER).map(|user| user.to_string()),
        cookie: args.get(&COOKIE),
        filters: args.get(&FILTERS).unwrap_or_default(),
        ..SyncSession::default()
    };
    let is_key = |name: &str| KEYS.iter().any(|key| key.name == name);
    for (name, value) in entries {
        if !is_key(name) {
            add_option(name, value, &mut session)?;
        }
    }
    Ok(session)
}

/// The notes about a session. Refuses one that its account cannot run.
pub(super) fn notes(
    session: &SyncSession,
    args: &Args,
    facts: &mut Facts<'_>,
) -> Result<Vec<Advisory>> {
    sync_account::check(session, facts)?;
    let mut notes = sync_advice::about(session, args.get(&ENDPOINT).as_deref());
    notes.extend(license(facts)?);
    Ok(notes)
}

fn add_option(key: &str, value: &Value, session: &mut SyncSession) -> Result<()> {
    if let Some(fault) = tools::refused_sync_option(key) {
        let is_off = matches!(value, Value::Unit | Value::Bool(false));
        return if is_off { Ok(()) } else { Err(fault) };
    }
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
