//! Access keys of the Node API: the requests that read, create, change and delete them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::output::quoted;
use super::{RunReading, no_command_for, node_api, validate};
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{AccessKey, Secret, SecretText, State, Subject, ValueType};
use crate::step::{Change, Command, Piece, Stdin};

const COLLECTION: &str = "/access_keys";

/// What stands for the access key that logs in, in place of its ID.
const OWN: &str = "self";

/// An access key as the Node API shows it.
#[derive(Deserialize)]
struct Shown {
    id: String,
    #[serde(default)]
    storage: Map<String, Value>,
    #[serde(default)]
    token_verification_key: Option<String>,
}

/// Reads an access key. The request has no login: whoever sends it adds one.
pub(super) fn read(id: &str, run: RunReading<'_>) -> Result<State> {
    let command = node_api::request("GET", item(id)?);
    let output = run(&command)?;
    if output.code == Some(404) && is_of_node_api(&output.stdout) {
        return Ok(State::Absent);
    }
    node_api::accept(&command, &output)?;
    let shown: Shown = serde_json::from_str(&output.stdout)
        .map_err(|error| unknown_answer(id).hint(format!("it cannot be parsed: {error}")))?;
    if shown.id != id {
        let other = quoted(&shown.id);
        return Err(unknown_answer(id).hint(format!("it is about the access key `{other}`")));
    }
    let key = shown.token_verification_key.as_deref();
    let key = AccessKey {
        storage: properties(shown.storage),
        token_verification_key: key.map(trimmed_pem).filter(|key| !key.is_empty()),
    };
    Ok(State::AccessKey(key.into()))
}

/// Reads whether there is the secret of an access key. Every key has one.
pub(super) fn read_secret(id: &str, run: RunReading<'_>) -> Result<State> {
    let key = read(id, run)?;
    let is_there = key != State::Absent;
    Ok(if is_there { State::Hidden } else { key })
}

/// Returns the request that tells whether an access key has that secret.
pub(super) fn log_in(id: &str, secret: &Secret) -> Result<Command> {
    let request = node_api::request("GET", item(OWN)?);
    Ok(node_api::with_login(request, id, secret))
}

/// The lines of a key in PEM, without blanks around them.
pub fn trimmed_pem(text: &str) -> String {
    let lines: Vec<_> = text.trim().lines().map(str::trim).collect();
    lines.join("\n")
}

/// Whether the body of a refusal is one of a Node API, which is a JSON object or empty.
fn is_of_node_api(body: &str) -> bool {
    body.trim().is_empty() || serde_json::from_str::<Map<String, Value>>(body).is_ok()
}

/// What the storage has, as texts. Credentials are not shown.
fn properties(storage: Map<String, Value>) -> BTreeMap<String, String> {
    let storage = storage
        .into_iter()
        .filter(|(name, _)| name != "credentials");
    storage
        .filter_map(|(name, value)| match value {
            Value::String(text) => Some((name, text)),
            Value::Number(_) | Value::Bool(_) => Some((name, value.to_string())),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        })
        .collect()
}

/// The requests for changes of one access key and its secret.
pub(super) fn commands(id: &str, changes: &[Change]) -> Result<Vec<Command>> {
    let of_key = |change: &&Change| matches!(change.subject, Subject::AccessKey(_));
    let key = changes.iter().find(of_key);
    let secret = changes.iter().find_map(|change| {
        let secret = change.after.setting_secret();
        secret.and_then(SecretText::alone)
    });
    let states = key.map(|change| (&change.before, &change.after.state));
    let command = match (states, secret) {
        (Some((State::Absent, State::AccessKey(key))), Some(secret)) => {
            let id = [("id", Field::Json(id.into()))];
            let fields = id.into_iter().chain(fields(None, key, Some(secret)));
            node_api::request("POST", COLLECTION.to_owned()).stdin(body(fields))
        }
        (Some((State::AccessKey(was), State::AccessKey(key))), secret) => {
            node_api::request("PUT", item(id)?).stdin(body(fields(Some(was), key, secret)))
        }
        (None, Some(secret)) => {
            let secret = [("secret", Field::Secret(secret))];
            node_api::request("PUT", item(id)?).stdin(body(secret))
        }
        (Some((State::AccessKey(_), State::Absent)), None) => {
            node_api::request("DELETE", item(id)?)
        }
        _ => return Err(no_command_for(&changes[0])),
    };
    Ok(vec![command])
}

fn item(id: &str) -> Result<String> {
    if id != OWN {
        validate::argument(ValueType::AccessKeyId, "the access key", id)?;
    }
    Ok(format!("{COLLECTION}/{id}"))
}

/// The value of a field of a request.
enum Field<'a> {
    Json(Value),
    Secret(&'a Secret),
}

/// The fields of an access key that differ from what it was.
fn fields<'a>(
    was: Option<&AccessKey>,
    key: &AccessKey,
    secret: Option<&'a Secret>,
) -> Vec<(&'static str, Field<'a>)> {
    let mut fields: Vec<_> = secret
        .map(|secret| ("secret", Field::Secret(secret)))
        .into_iter()
        .collect();
    if was.is_none_or(|was| was.storage != key.storage) {
        fields.push(("storage", Field::Json(json!(key.storage))));
    }
    let pem = &key.token_verification_key;
    if pem.is_some() && was.is_none_or(|was| was.token_verification_key != *pem) {
        fields.push(("token_verification_key", Field::Json(json!(pem))));
    }
    fields
}

/// A JSON object. Whoever sends it puts in each secret as a JSON string has it.
fn body<'a>(fields: impl IntoIterator<Item = (&'static str, Field<'a>)>) -> Stdin {
    let (mut pieces, mut text) = (Vec::new(), String::from("{"));
    for (index, (name, value)) in fields.into_iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(text, "{comma}\"{name}\":");
        match value {
            Field::Json(value) => {
                let _ = write!(text, "{value}");
            }
            Field::Secret(secret) => {
                text.push('"');
                pieces.extend([std::mem::take(&mut text).into(), secret.clone().into()]);
                text.push('"');
            }
        }
    }
    text.push('}');
    pieces.push(Piece::from(text));
    Stdin::Pipe(pieces)
}

fn unknown_answer(id: &str) -> Fault {
    let message = format!("the answer about the access key `{id}` is not that of a Node API");
    Fault::new(FaultKind::Unknown, message)
        .hint("check that the Node API, and no other server, has this address")
}
