//! Subjects and facts as a test writes them: as plans do, and where that leaves
//! nothing unclear, shorter.

use serde_json::{Map, Value as Json};

use crate::bindings::Value;
use crate::conf;
use crate::exec::BlankNode;
use crate::fault::{Fault, Result, nearest};
use crate::state::{Account, Dir, Platform, RootUser, Service, State, Subject, WantedState};
use crate::tools;

/// What subjects start with.
const HEADS: &[&str] = &[
    "account/",
    "api_user/",
    "api_users",
    "conf/central_server/",
    "conf/client/",
    "conf/database/",
    "conf/group/",
    "conf/http_server/",
    "conf/logging/",
    "conf/node/",
    "conf/server/",
    "conf/trunk/",
    "conf/user/",
    "conf/users",
    "dir/",
    "license",
    "root_user",
    "service/",
];

/// The subject of that path; the nearest one if there is none.
pub(super) fn subject(path: &str, platform: Platform) -> Result<Subject> {
    let subject = Subject::parse(path).ok_or_else(|| no_subject(path))?;
    if let Subject::Setting(section, name) = &subject
        && conf::find(section, name).is_none()
    {
        return Err(conf::unknown(section, name));
    }
    let known = tools::service_names(platform);
    match subject.service() {
        Some(name) if !known.contains(&name) => {
            let fault = Fault::script(format!("a {platform} node has no service `{name}`"));
            Err(fault.suggest(name, known.iter().copied()))
        }
        _ => Ok(subject),
    }
}

/// Whether `path` is a subject or the first parts of one.
pub(super) fn prefix(path: &str) -> Result<()> {
    let below = format!("{}/", path.trim_end_matches('/'));
    if Subject::parse(path).is_some() || HEADS.iter().any(|head| head.starts_with(&below)) {
        return Ok(());
    }
    Err(no_subject(path))
}

fn no_subject(path: &str) -> Fault {
    let fault = Fault::script(format!("`{}` is no subject of a node", path.escape_debug()));
    let head: String = path.split_inclusive('/').take(2).collect();
    let near = nearest(&head, HEADS.iter().copied())
        .or_else(|| nearest(path.split('/').next()?, HEADS.iter().copied()));
    match near {
        Some(near) => fault.hint(format!("did you mean `{near}…`?")),
        None => fault.hint("subjects read as in plans: `conf/user/NAME/absolute`, `account/NAME`, `dir//PATH`, `service/NAME`, `api_user/NAME`"),
    }
}

/// The fact that a value stands for. Of what has several parts, those that are
/// left out are as usual, and `true` stands for all of them.
pub(super) fn fact(subject: &Subject, value: &Value, platform: Platform) -> Result<WantedState> {
    let json = match (subject, value) {
        (Subject::License, Value::Unit | Value::Bool(false)) => return Err(misfit(subject, value)),
        (Subject::Setting(..), Value::Unit) => return Ok(State::Absent.into()),
        (Subject::Setting(..), Value::Secret(secret)) => {
            return Ok(WantedState::secret(secret.clone()));
        }
        (Subject::Setting(..), value) => match value.plain() {
            Some(text) => return Ok(State::Text(text.into()).into()),
            None => return Err(misfit(subject, value)),
        },
        (_, Value::Unit | Value::Bool(false)) => return Ok(State::Absent.into()),
        (Subject::Entry(_), Value::Bool(true)) => return Ok(State::Present.into()),
        (_, Value::Bool(true)) => Map::new(),
        (_, Value::Map(entries)) => {
            let entries = entries.iter();
            entries
                .map(|(key, value)| (key.clone(), serde_json::json!(value)))
                .collect()
        }
        _ => return Err(misfit(subject, value)),
    };
    let Some(Json::Object(mut usual)) = usual(subject, platform) else {
        return Err(misfit(subject, value));
    };
    for (key, value) in json {
        if !usual.contains_key(&key) {
            return Err(no_part(subject, &key, &usual));
        }
        usual.insert(key, value);
    }
    let state = State::read(subject, Json::Object(usual));
    Ok(state.map_err(|_| misfit(subject, value))?.into())
}

/// What is true of it where a test says no more than that it is there.
fn usual(subject: &Subject, platform: Platform) -> Option<Json> {
    let fact = match subject {
        Subject::License => State::License(BlankNode::license().into()),
        Subject::ApiUser(_) => State::ApiUser(Box::default()),
        Subject::Account(name) => State::Account(Account::fresh(name, platform).into()),
        Subject::RootUser => State::RootUser(Box::new(RootUser { enabled: true })),
        Subject::Service(_) => State::Service(Service {
            running: true,
            current: true,
        }),
        Subject::Dir(_) => State::Dir(Box::new(Dir {
            owner: "root".to_owned(),
            mode: "755".to_owned(),
        })),
        Subject::Setting(..)
        | Subject::Entry(_)
        | Subject::Settings(_)
        | Subject::Users
        | Subject::ApiUsers => return None,
    };
    serde_json::to_value(fact).ok()
}

fn misfit(subject: &Subject, value: &Value) -> Fault {
    let wants = match subject {
        Subject::Setting(..) => "a text, a number, true or false, a secret, or () for not set",
        Subject::Entry(_) => "true, or a map of settings, or () for not there",
        Subject::Users | Subject::ApiUsers | Subject::Settings(_) => {
            return Fault::script(format!("`{subject}` stands for several; give each of them"));
        }
        Subject::License => "a map of its parts, such as #{ problem: \"…\" }",
        Subject::ApiUser(_)
        | Subject::Account(_)
        | Subject::RootUser
        | Subject::Service(_)
        | Subject::Dir(_) => "a map of its parts, or true, or () for not there",
    };
    Fault::script(format!("`{subject}` is {wants}, not {}", value.noun()))
}

fn no_part(subject: &Subject, key: &str, known: &Map<String, Json>) -> Fault {
    let names: Vec<_> = known.keys().map(String::as_str).collect();
    Fault::script(format!("`{key}` is no part of `{subject}`"))
        .suggest(key, names.iter().copied())
        .hint(format!("its parts are {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_that_is_none_is_told_the_nearest() {
        let hint = |path| subject(path, Platform::Linux).unwrap_err().hints()[0].clone();
        assert_eq!(
            hint("conf/usr/asp1/absolute"),
            "did you mean `conf/user/…`?"
        );
        assert_eq!(hint("acount/asp1"), "did you mean `account/…`?");
        assert_eq!(hint("conf/user/a/absolut"), "did you mean `absolute`?");
        assert_eq!(hint("service/asperanode"), "did you mean `asperanoded`?");
        assert!(hint("x").starts_with("subjects read as in plans"));
    }

    #[test]
    fn the_first_parts_of_a_subject_are_enough_to_stay_off() {
        for path in ["conf", "conf/server", "conf/user/a", "account", "dir//srv"] {
            assert!(prefix(path).is_ok(), "{path}");
        }
        assert!(prefix("config").is_err());
        assert!(prefix("conf/sever").is_err());
    }

    #[test]
    fn parts_that_are_left_out_are_as_usual() {
        let account = subject("account/a", Platform::Macos).unwrap();
        let given = Value::map([("admin", Value::Bool(true))]);
        let account = fact(&account, &given, Platform::Macos).unwrap();
        let State::Account(account) = account.state else {
            panic!("an account is one");
        };
        assert!(account.admin && account.home == "/Users/a");
    }
}
