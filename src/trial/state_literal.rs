//! Parses subjects and states as tests write them: as plans do, or shorter.

use std::rc::Rc;

use serde_json::{Map, Value as Json};

use crate::bindings::Value;
use crate::conf;
use crate::fault::{Fault, Result, nearest};
use crate::state::{AccountProperty, Platform, State, Subject, WantedState};
use crate::tools;

/// The subject of that path. The fault names the nearest one.
pub(super) fn subject(path: &str, platform: Platform) -> Result<Subject> {
    let subject = Subject::parse(path).ok_or_else(|| unknown_subject(path))?;
    if let Subject::Setting(section, name) = &subject
        && conf::find(section, name).is_none()
    {
        return Err(conf::unknown(section, name));
    }
    let known = tools::service_names(platform);
    match subject.service() {
        Some(name) if !known.contains(&name) && !tools::is_sync_service(name) => {
            let fault = Fault::script(format!("a {platform} node has no service `{name}`"));
            Err(fault.suggest(name, known.iter().copied()))
        }
        _ => Ok(subject),
    }
}

/// Refuses a path that is neither a subject nor the start of one.
pub(super) fn check_prefix(path: &str) -> Result<()> {
    let below = format!("{}/", path.trim_end_matches('/'));
    let prefixes = Subject::prefixes();
    if Subject::parse(path).is_some() || prefixes.iter().any(|prefix| prefix.starts_with(&below)) {
        return Ok(());
    }
    Err(unknown_subject(path))
}

fn unknown_subject(path: &str) -> Fault {
    let fault = Fault::script(format!(
        "`{}` is not a subject of a node",
        path.escape_debug()
    ));
    let head: String = path.split_inclusive('/').take(2).collect();
    let prefixes = Subject::prefixes();
    let near = |text| nearest(text, prefixes.iter().map(String::as_str));
    let near = near(&head).or_else(|| near(path.split('/').next()?));
    match near {
        Some(near) => fault.hint(format!("did you mean `{near}…`?")),
        None => fault.hint("write a subject as in plans: `conf/user/NAME/absolute`, `account/NAME`, `dir//PATH`, `service/NAME`, `api_user/NAME`"),
    }
}

/// The state that a value stands for. Parts that are left out have their default,
/// and `true` stands for the default of all parts.
pub(super) fn state(subject: &Subject, value: &Value, platform: Platform) -> Result<WantedState> {
    let json = match (subject, value) {
        (Subject::License, Value::Unit | Value::Bool(false)) => {
            return Err(wrong_value(subject, value));
        }
        (Subject::Setting(..), Value::Unit) => return Ok(State::Absent.into()),
        (Subject::Setting(..) | Subject::AccessKeySecret(_), Value::Secret(secret)) => {
            return Ok(WantedState::secret(secret.clone()));
        }
        (Subject::Setting(..), Value::SecretText(text)) => {
            return Ok(WantedState::secret(text.clone()));
        }
        (Subject::AccountProperty(_, property), Value::Bool(true))
            if *property != AccountProperty::PrimaryGroup =>
        {
            return Ok(State::Text(AccountProperty::YES.into()).into());
        }
        (
            Subject::AccountProperty(..) | Subject::TokenKey | Subject::HostKey,
            Value::Text(text),
        ) => {
            return Ok(State::Text(Rc::clone(text)).into());
        }
        (Subject::Setting(..), value) => match value.plain() {
            Some(text) => return Ok(State::Text(text.into()).into()),
            None => return Err(wrong_value(subject, value)),
        },
        (_, Value::Unit | Value::Bool(false)) => return Ok(State::Absent.into()),
        (
            Subject::Entry(_) | Subject::EnabledService(_) | Subject::UserService(..),
            Value::Bool(true),
        ) => {
            return Ok(State::Present.into());
        }
        (_, Value::Bool(true)) => Map::new(),
        (_, Value::Map(entries)) => {
            let entries = entries.iter();
            entries
                .map(|(key, value)| (key.clone(), serde_json::json!(value)))
                .collect()
        }
        _ => return Err(wrong_value(subject, value)),
    };
    let fresh = State::fresh(subject, platform);
    let optional = fresh.as_ref().map_or(&[][..], State::optional_parts);
    let defaults = fresh.and_then(|it| serde_json::to_value(it).ok());
    let Some(Json::Object(mut parts)) = defaults else {
        return Err(wrong_value(subject, value));
    };
    let mut content = None;
    for (key, value) in json {
        if let (Subject::File(_), "content", Json::String(text)) = (subject, &*key, &value) {
            content = Some(text.clone());
            continue;
        }
        if !parts.contains_key(&key) && !optional.contains(&key.as_str()) {
            return Err(unknown_part(subject, &key, &parts));
        }
        parts.insert(key, value);
    }
    let state = State::read(subject, Json::Object(parts));
    let state = state.map_err(|_| wrong_value(subject, value))?;
    Ok(match (state, content) {
        (State::File(file), Some(text)) => {
            State::File(file.with_bytes(text.as_bytes()).into()).into()
        }
        (state, _) => state.into(),
    })
}

fn wrong_value(subject: &Subject, value: &Value) -> Fault {
    if subject.is_collection() {
        return Fault::script(format!(
            "`{subject}` is a group of states; give each of them"
        ));
    }
    let expected = if let Subject::Setting(..) = subject {
        "a text, a number, true or false, a secret, or () for not set"
    } else if let Subject::Entry(_) = subject {
        "true, or a map of settings, or () for absent"
    } else if *subject == Subject::License {
        "a map of its parts, such as #{ problem: \"…\" }"
    } else {
        "a map of its parts, or true, or () for absent"
    };
    Fault::script(format!("`{subject}` is {expected}, not {}", value.noun()))
}

fn unknown_part(subject: &Subject, key: &str, known: &Map<String, Json>) -> Fault {
    let names: Vec<_> = known.keys().map(String::as_str).collect();
    Fault::script(format!("`{key}` is not a part of `{subject}`"))
        .suggest(key, names.iter().copied())
        .hint(format!("its parts are {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_subject_gets_the_nearest_one() {
        let hint = |path| subject(path, Platform::Linux).unwrap_err().hints()[0].clone();
        assert_eq!(
            hint("conf/usr/asp1/absolute"),
            "did you mean `conf/user/…`?"
        );
        assert_eq!(hint("acount/asp1"), "did you mean `account/…`?");
        assert_eq!(hint("conf/user/a/absolut"), "did you mean `absolute`?");
        assert_eq!(hint("service/asperanode"), "did you mean `asperanoded`?");
        assert!(hint("x").starts_with("write a subject as in plans"));
    }

    #[test]
    fn the_start_of_a_subject_is_a_prefix() {
        for path in ["conf", "conf/server", "conf/user/a", "account", "dir//srv"] {
            assert!(check_prefix(path).is_ok(), "{path}");
        }
        assert!(check_prefix("config").is_err());
        assert!(check_prefix("conf/sever").is_err());
    }

    #[test]
    fn parts_that_are_left_out_have_their_default() {
        let account = subject("account/a", Platform::Macos).unwrap();
        let given = Value::map([("admin", Value::Bool(true))]);
        let account = state(&account, &given, Platform::Macos).unwrap();
        let State::Account(account) = account.state else {
            panic!("not an account");
        };
        assert!(account.admin && account.home == "/Users/a");
    }
}
