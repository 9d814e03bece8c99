//! Changes as a case contains them: a path, and the states before and after.

use ascript::state::{Platform, Secret, State, Subject, WantedState};
use ascript::step::Change;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// A change; a state that is left out is absent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeCase {
    subject: String,
    #[serde(default)]
    before: Value,
    #[serde(default)]
    after: Value,
}

pub(crate) fn changes(cases: &[ChangeCase]) -> Vec<Change> {
    let changes = cases.iter().map(|case| {
        let subject = subject(&case.subject);
        Change {
            before: wanted(&subject, &case.before).state,
            after: wanted(&subject, &case.after),
            subject,
        }
    });
    changes.collect()
}

/// The subject of that path. A document with an odd name does not load; the tools refuse it
/// nevertheless, so a case makes a subject of any name.
pub(crate) fn subject(path: &str) -> Subject {
    Subject::parse(path).unwrap_or_else(|| {
        let (kind, name) = path.split_once('/').expect(path);
        match kind {
            "access_key" => Subject::AccessKey(name.into()),
            "account" => Subject::Account(name.into()),
            "api_user" => Subject::ApiUser(name.into()),
            "dir" => Subject::Dir(name.into()),
            "file" => Subject::File(name.into()),
            "group" => Subject::Group(name.into()),
            _ => panic!("{path}"),
        }
    })
}

pub(crate) fn secret(reference: &str) -> Secret {
    Secret::parse(reference).expect("a reference")
}

/// The state; parts that are left out are empty, and a secret is its reference.
fn wanted(subject: &Subject, value: &Value) -> WantedState {
    let mut json = value.clone();
    if let (Value::Object(parts), Some(mut whole)) = (value, empty_parts(subject)) {
        for (key, part) in parts {
            let is_secret = key.contains("password");
            let part = if is_secret {
                json!({ "secret": part })
            } else {
                part.clone()
            };
            whole.insert(key.clone(), part);
        }
        json = whole.into();
    }
    WantedState::read(subject, json).expect("a state of the subject")
}

fn empty_parts(subject: &Subject) -> Option<Map<String, Value>> {
    let fresh = State::fresh(subject, Platform::Linux)?;
    let Ok(Value::Object(mut parts)) = serde_json::to_value(&fresh) else {
        return None;
    };
    parts.retain(|name, _| !fresh.optional_parts().contains(&name.as_str()));
    for part in parts.values_mut() {
        if part.is_boolean() {
            *part = false.into();
        } else if part.is_array() {
            *part = json!([]);
        } else {
            *part = "".into();
        }
    }
    Some(parts)
}
