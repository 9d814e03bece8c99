//! One request, as another program writes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use serde::de::value::MapDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::exec::SecretValue;
use crate::fault::{Fault, Result};
use crate::state::{Platform, Secret};

use super::super::common::GivenSecrets;
use super::keys;
use super::requested::{RequestedCommand, Want};

/// The format of requests.
const FORMAT: u32 = 1;

/// The formats of requests that this version reads.
pub(in super::super) const FORMATS: [u32; 1] = [FORMAT];

/// A request.
// The doc comments are the descriptions in `docs/request.schema.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Request {
    /// The format of the request.
    #[serde(rename = "format")]
    #[cfg_attr(test, schemars(range(min = 1, max = 1)))]
    _format: u32,
    /// What to do: the subcommand of that name.
    pub(super) command: RequestedCommand,
    /// The name of a bundled script, or the path of a script on the node.
    pub(super) script: Option<String>,
    /// The text of a script, instead of `script`.
    pub(super) text: Option<String>,
    /// The parameters of the script, by name.
    #[cfg_attr(test, schemars(with = "Option<BTreeMap<String, serde_json::Value>>"))]
    pub(super) params: Option<Box<RawValue>>,
    /// The plan: its document, its text, or its text packed by gzip and written in base64.
    #[cfg_attr(test, schemars(with = "Option<tests::RequestedPlan>"))]
    pub(super) plan: Option<Box<RawValue>>,
    /// The digest that the plan must have.
    pub(super) expect: Option<String>,
    /// The number of a live run; by default the last one.
    pub(super) run: Option<u32>,
    /// Whether to perform the steps. Without it `run` and `undo` preview, and `apply` rehearses.
    #[serde(default)]
    pub(super) live: bool,
    /// The numbers of the manual steps that are done.
    #[serde(default)]
    pub(super) done: Vec<usize>,
    /// Whether a secret may be an argument of a tool that takes it no other way.
    #[serde(default)]
    pub(super) allow_argv_secrets: bool,
    /// Whether to undo the rest of a run of which a part cannot be undone.
    #[serde(default)]
    pub(super) partial: bool,
    /// The node: a folder, a snapshot, `blank:macos` or `blank:linux`; by default the installation.
    pub(super) node: Option<String>,
    /// The platform of the node; by default detected.
    pub(super) platform: Option<Platform>,
    /// The time limit of one vendor command, such as `90s` or `5m`.
    pub(super) timeout: Option<String>,
    /// The address of the node's Node API; by default as aspera.conf says.
    pub(super) node_api: Option<String>,
    /// A file with certificates of authorities that may sign the Node API's.
    pub(super) node_ca: Option<String>,
    /// The pin of the Node API's certificate.
    pub(super) node_pin: Option<String>,
    /// The values of secrets, by reference: `env:NAME`, `file:PATH` or `prompt:LABEL`.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, String>"))]
    secrets: BTreeMap<String, SecretValue>,
    /// How much of the document of a run is the answer.
    #[serde(default)]
    pub(super) want: Want,
}

impl Request {
    /// Reads a request, and overwrites its bytes, which may contain secrets. No message contains a
    /// value of the request.
    pub(super) fn parse(mut bytes: Vec<u8>) -> Result<Self> {
        let parsed = parse(&bytes);
        bytes.fill(0);
        // Otherwise the compiler may remove the zeroing, since nothing reads it.
        std::hint::black_box(&bytes);
        parsed
    }

    /// The secrets, whose values are checked when a vault takes them.
    pub(super) fn take_secrets(&mut self) -> Result<GivenSecrets> {
        let secrets = std::mem::take(&mut self.secrets).into_iter();
        let given = secrets.map(|(reference, value)| {
            // The fault of `parse` is about a script.
            let secret = Secret::parse(&reference).map_err(|_| not_a_reference())?;
            Ok((secret, Rc::new(value)))
        });
        given.collect::<Result<Vec<_>>>().map(Rc::from)
    }
}

fn not_a_reference() -> Fault {
    Fault::usage("a key of `secrets` is not the reference of a secret")
        .hint("write `env:NAME`, `file:PATH` or `prompt:LABEL`")
}

/// The start of the keys that belong to the sender.
const FOREIGN: char = '_';

/// The key with which Puppet Bolt asks for a preview.
const NOOP: &str = "_noop";

fn parse(bytes: &[u8]) -> Result<Request> {
    let Pairs(mut pairs) = serde_json::from_slice(bytes).map_err(|error| not_an_object(&error))?;
    let is_noop = pairs
        .iter()
        .any(|(name, value)| name == NOOP && value.get() == "true");
    pairs.retain(|(name, _)| !name.starts_with(FOREIGN));
    check_format(&pairs)?;
    let command = command(&pairs)?;
    for (name, _) in &pairs {
        keys::find(name)?.check(command)?;
    }
    let mut request = read(&pairs).ok_or_else(|| wrong_value(&pairs))?;
    if is_noop {
        request.live = false;
        request.done.clear();
        request.allow_argv_secrets = false;
    }
    Ok(request)
}

/// The request with these keys. The error of the parser is dropped: it quotes the value, which may
/// be a secret.
fn read(pairs: &[(String, &RawValue)]) -> Option<Request> {
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), *value));
    let keys = MapDeserializer::<_, serde_json::Error>::new(pairs);
    Request::deserialize(keys).ok()
}

/// The keys of an object in their order, each once, with their values as they are written.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Pairs<'de>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}

fn not_an_object(error: &serde_json::Error) -> Fault {
    let fault = if error.is_data() {
        Fault::usage("the request is not a JSON object")
    } else {
        Fault::usage(format!("the request is not JSON: {error}"))
    };
    fault.hint(r#"write a request such as {"format": 1, "command": "version"}"#)
}

fn value<'a>(pairs: &[(String, &'a RawValue)], name: &str) -> Result<&'a str> {
    let mut values = pairs.iter().filter(|(key, _)| key == name);
    let missing = || Fault::usage(format!("the request has no `{name}`"));
    let (_, value) = values.next().ok_or_else(missing)?;
    Ok(value.get())
}

fn check_format(pairs: &[(String, &RawValue)]) -> Result<()> {
    let hint = format!("write \"format\": {FORMAT}");
    let value = value(pairs, "format").map_err(|fault| fault.hint(&hint))?;
    match value.parse::<u64>() {
        Ok(format) if format == u64::from(FORMAT) => Ok(()),
        Ok(format) => Err(Fault::usage(format!(
            "the request has format {format}, and only format {FORMAT} is known here"
        ))
        .hint("use the version of ascript that knows it")),
        Err(_) => Err(keys::wrong("format").hint(hint)),
    }
}

fn command(pairs: &[(String, &RawValue)]) -> Result<RequestedCommand> {
    let names = RequestedCommand::ALL.map(RequestedCommand::name);
    let list = || format!("the commands are {}", names.join(", "));
    let value = value(pairs, "command").map_err(|fault| fault.hint(list()))?;
    let name: String =
        serde_json::from_str(value).map_err(|_| keys::wrong("command").hint(list()))?;
    let mut commands = RequestedCommand::ALL.into_iter();
    commands.find(|one| one.name() == name).ok_or_else(|| {
        let fault = Fault::usage(format!("no command is called `{}`", name.escape_debug()));
        fault.suggest(&name, names).hint(list())
    })
}

/// The fault of a request whose keys are right and one of whose values is not.
fn wrong_value(pairs: &[(String, &RawValue)]) -> Fault {
    let mut seen = BTreeSet::new();
    let is_head = |name: &str| matches!(name, "format" | "command");
    let head = pairs.iter().filter(|(name, _)| is_head(name));
    let head: Vec<_> = head.take(2).cloned().collect();
    for pair in pairs {
        let name = &pair.0;
        if !seen.insert(name) {
            return Fault::usage(format!("the request has `{name}` twice"));
        }
        let alone = [head.as_slice(), std::slice::from_ref(pair)].concat();
        if !is_head(name) && read(&alone).is_none() {
            return keys::wrong(name);
        }
    }
    Fault::usage("the request cannot be read")
}

#[cfg(test)]
mod tests {
    use super::super::keys::KEYS;
    use schemars::generate::SchemaSettings;
    use serde_json::{Value, json};

    use super::*;

    #[derive(schemars::JsonSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only its schema is used")]
    pub(super) enum RequestedPlan {
        Text(String),
        Document(BTreeMap<String, Value>),
    }

    fn fault(request: &str) -> Fault {
        match Request::parse(request.as_bytes().to_vec()) {
            Ok(_) => panic!("{request} was read"),
            Err(fault) => fault,
        }
    }

    #[test]
    fn the_committed_schema_is_that_of_requests() {
        let generator = SchemaSettings::draft2020_12().into_generator();
        let mut schema = generator.into_root_schema_for::<Request>();
        schema.insert("title".to_owned(), json!("A request to ascript call"));
        let mut text = serde_json::to_string_pretty(&schema).unwrap();
        text.push('\n');
        let committed = include_str!("../../../docs/request.schema.json");
        assert!(
            text == committed,
            "docs/request.schema.json must be:\n{text}"
        );
        let properties = schema.get("properties").and_then(Value::as_object).unwrap();
        let mut names: Vec<_> = KEYS.iter().map(|key| key.name).collect();
        names.sort_unstable();
        assert!(properties.keys().eq(names));
    }

    #[test]
    fn a_fault_names_the_key_and_never_shows_a_value() {
        let cases = [
            ("\"hunter2\"", "the request is not a JSON object"),
            (
                "{\"secrets\": hunter2}",
                "the request is not JSON: expected value at line 1 column 13",
            ),
            (r#"{"command": "hunter2"}"#, "the request has no `format`"),
            (
                r#"{"format": "hunter2"}"#,
                "`format` of the request must be the number 1",
            ),
            (
                r#"{"format": 2}"#,
                "the request has format 2, and only format 1 is known here",
            ),
            (r#"{"format": 1}"#, "the request has no `command`"),
            (
                r#"{"format": 1, "command": "runn"}"#,
                "no command is called `runn`",
            ),
            (
                r#"{"format": 1, "command": "run", "secret": "hunter2"}"#,
                "a request has no key `secret`",
            ),
            (
                r#"{"format": 1, "command": "list", "live": true}"#,
                "`list` takes no `live`",
            ),
            (
                r#"{"format": 1, "command": "run", "secrets": "hunter2"}"#,
                "`secrets` of the request must be a map from references, such as \"env:NAME\", to values",
            ),
            (
                r#"{"format": 1, "command": "run", "node": ["hunter2"]}"#,
                "`node` of the request must be what --node takes",
            ),
            (
                r#"{"format": 1, "command": "run", "live": true, "live": true}"#,
                "the request has `live` twice",
            ),
        ];
        for (request, message) in cases {
            let fault = fault(request);
            assert_eq!(fault.message(), message);
            assert!(!fault.hints().concat().contains("hunter2"), "{request}");
        }
        let misspelled = fault(r#"{"format": 1, "command": "run", "secrts": 1}"#);
        assert_eq!(misspelled.hints(), ["did you mean `secrets`?"]);
    }

    #[test]
    fn keys_of_the_sender_are_ignored_but_for_a_preview() {
        for (more, is_live) in [
            (r#""_task": 1"#, true),
            (r#""_noop": false"#, true),
            (r#""_noop": true"#, false),
        ] {
            let request =
                format!(r#"{{"format": 1, "command": "run", "live": true, "done": [1], {more}}}"#);
            let request = Request::parse(request.into_bytes()).unwrap();
            assert_eq!(
                (request.live, request.done.is_empty()),
                (is_live, !is_live),
                "{more}"
            );
        }
    }
}
