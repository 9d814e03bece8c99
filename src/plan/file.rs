//! A run as a file. Plans and receipts end with a seal, so that a changed byte
//! is noticed; previews have none.

use serde::Deserialize;
use serde_json::Value;

use crate::fault::{Fault, FaultKind, Result};
use crate::run::{DocumentKind, FORMAT, OLDEST_FORMAT, RunRecord, Summary};
use crate::state::sha256;

/// What precedes the seal, which is the last key of a document.
const SEAL: &str = ",\n  \"seal\": \"";

/// What is checked apart from the record itself.
#[derive(Deserialize)]
struct Head {
    format: u64,
    kind: String,
    digest: Option<String>,
    change_digest: Option<String>,
    summary: Option<Summary>,
}

/// The text of a run's document, with a final newline; sealed unless it is a
/// preview.
///
/// # Panics
///
/// Never: every key is a text.
pub fn render(run: &RunRecord) -> String {
    let mut text = serde_json::to_string_pretty(run).expect("every key is a text");
    if run.kind != DocumentKind::Preview {
        text.truncate(text.trim_end_matches("\n}").len());
        let seal = sha256(text.as_bytes());
        text.push_str(SEAL);
        text.push_str(&seal);
        text.push_str("\"\n}");
    }
    text.push('\n');
    text
}

/// Reads a document, and verifies its seal, digest and summary.
pub fn load(text: &str) -> Result<RunRecord> {
    let head: Head = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    if !(u64::from(OLDEST_FORMAT)..=u64::from(FORMAT)).contains(&head.format) {
        return Err(foreign(format!(
            "this is a document of format {}, and only formats up to {FORMAT} are known here",
            head.format
        ))
        .hint("use the version of ascript that wrote it, or plan again"));
    }
    let run: RunRecord = match head.kind.as_str() {
        "preview" => serde_json::from_str(text),
        "plan" | "receipt" => serde_json::from_str(&unseal(text)?),
        other => return Err(foreign(format!("this is a {other}, not a plan or receipt"))),
    }
    .map_err(|error| unreadable(&error))?;
    if has_keys_of_kind(&run) && is_as_written(&run, &head, text) {
        Ok(run)
    } else {
        Err(changed())
    }
}

/// The text of a document that another program has read and written again, with other spaces or
/// another order of keys. Everything in it must be as this program wrote it.
pub fn restore(document: &Value) -> Result<String> {
    let mut unsealed = document.clone();
    if let Some(keys) = unsealed.as_object_mut() {
        keys.remove("seal");
    }
    let run: RunRecord = serde_json::from_value(unsealed).map_err(|error| unreadable(&error))?;
    let text = render(&run);
    let written: Value = serde_json::from_str(&text).map_err(|error| unreadable(&error))?;
    if written == *document {
        Ok(text)
    } else {
        Err(changed())
    }
}

/// Whether a plan is what this program writes, byte for byte: also the keys that are computed, such
/// as the digests and what a shell would take. Other documents need to have their digests only: an
/// earlier version may have written them.
fn is_as_written(run: &RunRecord, head: &Head, text: &str) -> bool {
    if run.kind == DocumentKind::Plan && run.format == FORMAT {
        return render(run) == text;
    }
    let change_digest = head.change_digest.as_ref();
    head.digest == Some(run.digest())
        && change_digest.is_none_or(|digest| *digest == run.change_digest())
        && head.summary == Some(run.summary())
}

/// Whether only a receipt says what a live run did: the digest of a plan does not cover it.
fn has_keys_of_kind(run: &RunRecord) -> bool {
    let is_run = run.number.is_some() || run.plan.is_some();
    let is_unfinished = !run.failed.is_empty() || !run.not_reached.is_empty();
    match run.kind {
        DocumentKind::Receipt => true,
        DocumentKind::Plan => !is_run && !is_unfinished && run.fault.is_none(),
        DocumentKind::Preview => !is_run && !is_unfinished,
    }
}

/// The document without its seal, if the seal fits.
fn unseal(text: &str) -> Result<String> {
    if text.contains('\r') {
        return Err(changed().hint(
            "its line ends were converted: for git, write `*.json -text` in .gitattributes",
        ));
    }
    let (body, rest) = text.rsplit_once(SEAL).ok_or_else(changed)?;
    let seal = rest.strip_suffix("\"\n}\n").ok_or_else(changed)?;
    if seal != sha256(body.as_bytes()) {
        return Err(changed());
    }
    Ok(format!("{body}\n}}\n"))
}

fn changed() -> Fault {
    foreign("the file was changed after it was made").hint("plan again, and review that")
}

fn unreadable(error: &serde_json::Error) -> Fault {
    foreign(format!("this is not a plan or receipt: {error}"))
}

fn foreign(message: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Stale, message)
}
