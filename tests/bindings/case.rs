//! One case: a call, the node it meets, and all that comes of it.

use ascript::state::Platform;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::memory::{self, Given, Ran, ReportedFault};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Lines of a script; `$DIR` is a folder that holds the `files`.
    call: String,
    #[serde(default)]
    files: std::collections::BTreeMap<String, String>,
    #[serde(default)]
    given: Given,
    then: Then,
}

/// All that comes of the call; what is left out does not happen.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Then {
    /// `change conf.set_user`: kind and binding.
    steps: Vec<String>,
    /// `conf/user/faspex/absolute: — → /srv`.
    changes: Vec<String>,
    commands: Vec<String>,
    /// The names of all notes.
    advisories: Vec<String>,
    printed: Vec<String>,
    fault: Option<ExpectedFault>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedFault {
    kind: String,
    /// `line:column`.
    at: String,
    message: String,
    #[serde(default)]
    hint: String,
}

/// Whether the case in `text` holds; if not, why.
pub(super) fn holds(binding: &str, text: &str) -> Result<(), String> {
    let case: Case = toml::from_str(text).map_err(|error| error.to_string())?;
    if !case.call.contains(binding) {
        return Err(format!("it does not call {binding}"));
    }
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in &case.files {
        std::fs::write(dir.path().join(name), content).unwrap();
    }
    let place = dir.path().to_str().unwrap();
    let folder = (!case.files.is_empty()).then(|| dir.path().to_owned());
    let ran = memory::run(&case.call.replace("$DIR", place), case.given, folder);
    let fault = ran.fault.as_ref().map(|fault| ReportedFault {
        message: fault.message.replace(place, "$DIR"),
        ..fault.clone()
    });
    compare(&then(&ran, place), fault.as_ref(), &case.then)?;
    let mut settled = ran.steps.iter().filter(|step| step["kind"] == "settled");
    match settled.find(|step| step["subjects"].as_array().is_none_or(Vec::is_empty)) {
        Some(step) => Err(format!("a settled step names no subject: {step}")),
        None => Ok(()),
    }
}

fn compare(found: &Then, fault: Option<&ReportedFault>, wanted: &Then) -> Result<(), String> {
    let is_same_stop = match (&wanted.fault, fault) {
        (Some(wanted), Some(fault)) => stops(fault, wanted),
        (wanted, fault) => wanted.is_none() && fault.is_none(),
    };
    let is_same = |a: &[String], b: &[String]| a == b;
    let is_as_wanted = is_same_stop
        && is_same(&found.steps, &wanted.steps)
        && is_same(&found.changes, &wanted.changes)
        && is_same(&found.commands, &wanted.commands)
        && is_same(&found.advisories, &wanted.advisories)
        && is_same(&found.printed, &wanted.printed);
    if is_as_wanted {
        return Ok(());
    }
    Err(format!("found {found:#?}\n{fault:#?}\nwanted {wanted:#?}"))
}

/// Parts of the message and of one hint are enough; the place is exact.
fn stops(fault: &ReportedFault, wanted: &ExpectedFault) -> bool {
    fault.kind == wanted.kind
        && fault.at == format!("{}:{}", memory::NAME, wanted.at)
        && fault.message.contains(&wanted.message)
        && !wanted.message.is_empty()
        && (wanted.hint.is_empty() || fault.hints.iter().any(|h| h.contains(&wanted.hint)))
}

fn then(ran: &Ran, place: &str) -> Then {
    let texts = |lines: Vec<String>| -> Vec<String> {
        lines
            .iter()
            .map(|line| line.replace(place, "$DIR"))
            .collect()
    };
    let all = |key: &str, shown: fn(&Json) -> String| -> Vec<String> {
        let of_step = |step: &Json| step[key].as_array().cloned().unwrap_or_default();
        texts(
            ran.steps
                .iter()
                .flat_map(of_step)
                .map(|part| shown(&part))
                .collect(),
        )
    };
    let head = |step: &Json| format!("{} {}", word(&step["kind"]), word(&step["binding"]));
    let mut advisories = all("advisories", |note| word(&note["id"]));
    advisories.extend(ran.notes.iter().map(|note| word(&note["id"])));
    Then {
        steps: ran.steps.iter().map(head).collect(),
        changes: all("moves", change),
        commands: all("commands", command),
        advisories,
        printed: texts(ran.printed.clone()),
        fault: None,
    }
}

fn word(json: &Json) -> String {
    json.as_str().unwrap().to_owned()
}

fn change(json: &Json) -> String {
    let side = |key: &str| shown(&json[key]);
    format!(
        "{}: {} → {}",
        word(&json["subject"]),
        side("before"),
        side("after")
    )
}

fn shown(fact: &Json) -> String {
    match fact {
        Json::Null => "—".to_owned(),
        Json::String(text) => text.clone(),
        Json::Object(parts) => match parts.get("secret") {
            Some(reference) => format!("‹{}›", word(reference)),
            None => fact.to_string(),
        },
        Json::Array(pieces) if pieces.iter().any(|piece| piece["secret"].is_string()) => {
            pieces.iter().map(shown).collect()
        }
        Json::Bool(_) | Json::Number(_) | Json::Array(_) => fact.to_string(),
    }
}

/// The line, and its input: `tool -x reads: …` or `tool typed: …`.
fn command(json: &Json) -> String {
    let shell = word(&json["shell"]);
    match &json["stdin"] {
        Json::Array(pieces) => {
            let input: String = pieces.iter().map(shown).collect();
            format!("{shell} reads: {}", input.replace('\n', "\\n"))
        }
        Json::Object(terminal) => {
            let answers = terminal["terminal"].as_array().unwrap();
            let answers: Vec<_> = answers.iter().map(shown).collect();
            format!("{shell} typed: {}", answers.join(", "))
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => shell,
    }
}

/// What an example comes to on a blank node.
pub(super) fn on_blank(call: &str, platform: Platform) -> Ran {
    // The files that examples copy or read.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("users.csv"),
        "name,docroot\nanna,/srv/anna\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("aspera-license"), "").unwrap();
    memory::run(call, Given::blank(platform), Some(folder.path().to_owned()))
}
