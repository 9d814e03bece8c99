//! The keys of a request: what each must be, and which commands take it.

use crate::fault::{Fault, Result};

use super::requested::RequestedCommand::{self as C};

/// One key.
pub(super) struct RequestKey {
    pub(super) name: &'static str,
    /// What its value must be.
    expects: &'static str,
    commands: &'static [C],
}

const SCRIPTS: &[C] = &[C::Run, C::Plan, C::Check];
const NODES: &[C] = &[
    C::Run,
    C::Plan,
    C::Apply,
    C::Undo,
    C::Drift,
    C::Runs,
    C::Snapshot,
];
const LIVE: &[C] = &[C::Run, C::Apply, C::Undo];
const DOCUMENTS: &[C] = &[C::Run, C::Plan, C::Apply, C::Undo, C::Show];

/// All keys, in the order of the manual.
pub(super) const KEYS: &[RequestKey] = &[
    key("format", "the number 1", &C::ALL),
    key("command", "the name of a command", &C::ALL),
    key(
        "script",
        "the name or the path of a script",
        &[C::Run, C::Plan, C::Check, C::Info, C::Snapshot],
    ),
    key("text", "the text of a script", SCRIPTS),
    key(
        "params",
        "a map of parameters",
        &[C::Run, C::Plan, C::Snapshot],
    ),
    key(
        "plan",
        "the document of a plan, or its text",
        &[C::Apply, C::Show, C::Drift],
    ),
    key("expect", "a digest", &[C::Apply]),
    key("run", "the number of a run", &[C::Undo, C::Drift]),
    key("live", "true or false", LIVE),
    key("done", "a list of numbers of manual steps", LIVE),
    key("allow_argv_secrets", "true or false", LIVE),
    key("partial", "true or false", &[C::Undo]),
    key("node", "what --node takes", NODES),
    key("platform", "\"macos\" or \"linux\"", NODES),
    key("timeout", "a duration such as \"90s\"", NODES),
    key("node_api", "what --node-api takes", NODES),
    key("node_ca", "what --node-ca takes", NODES),
    key("node_pin", "what --node-pin takes", NODES),
    key(
        "secrets",
        "a map from references, such as \"env:NAME\", to values",
        NODES,
    ),
    key("want", "\"summary\", \"steps\" or \"full\"", DOCUMENTS),
];

const fn key(name: &'static str, expects: &'static str, commands: &'static [C]) -> RequestKey {
    RequestKey {
        name,
        expects,
        commands,
    }
}

/// The key of that name.
pub(super) fn find(name: &str) -> Result<&'static RequestKey> {
    KEYS.iter().find(|key| key.name == name).ok_or_else(|| {
        let fault = Fault::usage(format!("a request has no key `{}`", name.escape_debug()));
        fault.suggest(name, KEYS.iter().map(|key| key.name))
    })
}

impl RequestKey {
    /// Refuses the key with a command that does not use it.
    pub(super) fn check(&self, command: C) -> Result<()> {
        if self.commands.contains(&command) {
            return Ok(());
        }
        let names: Vec<_> = self.commands.iter().map(|command| command.name()).collect();
        Err(
            Fault::usage(format!("`{}` takes no `{}`", command.name(), self.name))
                .hint(format!("it is for {}", names.join(", "))),
        )
    }
}

/// The fault of a value that is something else. It does not show the value, which may be a secret.
pub(super) fn wrong(name: &str) -> Fault {
    match find(name) {
        Ok(key) => Fault::usage(format!("`{name}` of the request must be {}", key.expects)),
        Err(unknown) => unknown,
    }
}
