//! What passes between a script and a binding, without the engine's types.

use std::rc::Rc;

use serde::{Serialize, Serializer};

use super::Change;
use crate::state::{Secret, State, Subject, WantedState};

/// A value as a script has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `()`: nothing, or back to the default.
    Unit,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// A text.
    Text(Rc<str>),
    /// A list.
    List(Vec<Value>),
    /// A map, by its keys in order.
    Map(Vec<(String, Value)>),
    /// The reference of a secret.
    Secret(Secret),
    /// What an operation gives back.
    Outcome(Outcome),
    /// Something no binding takes, by what a script would call it.
    Other(&'static str),
}

/// The values of a script's parameters, in the order declared.
pub type Params = Vec<(String, Value)>;

/// What an operation gives back: what was true before it and is true now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// What moved; nothing where all was as wanted.
    pub changes: Vec<Change>,
    /// Whether anything was done.
    pub changed: bool,
}

impl Outcome {
    /// What was true before: one value, or a map by setting.
    pub fn before(&self) -> Value {
        self.collect(|change| Value::from(change.before.clone()))
    }

    /// What is true now.
    pub fn after(&self) -> Value {
        self.collect(|change| Value::from(change.after.clone()))
    }

    fn collect(&self, side: impl Fn(&Change) -> Value) -> Value {
        let is_entry = |change: &&Change| matches!(change.subject, Subject::Entry(_));
        let parts: Vec<_> = self.changes.iter().filter(|m| !is_entry(m)).collect();
        match &parts[..] {
            [] => self.changes.first().map_or(Value::Unit, side),
            [only] if !only.subject.is_conf() => side(only),
            several => Value::Map(
                several
                    .iter()
                    .map(|change| (change.subject.leaf().into_owned(), side(change)))
                    .collect(),
            ),
        }
    }
}

impl Value {
    /// What a person would call it.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Unit => "nothing",
            Self::Bool(_) => "true or false",
            Self::Int(_) => "a number",
            Self::Float(_) => "a number with a fraction",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Secret(_) => "a secret",
            Self::Outcome(_) => "an outcome",
            Self::Other(noun) => noun,
        }
    }

    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// A text, a whole number, or `true` or `false`, written out.
    pub fn plain(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.to_string()),
            Self::Int(int) => Some(int.to_string()),
            Self::Bool(flag) => Some(flag.to_string()),
            Self::Unit
            | Self::Float(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Secret(_)
            | Self::Outcome(_)
            | Self::Other(_) => None,
        }
    }

    /// A map of those entries.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Map(entries.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }
}

/// As documents write it: a secret by its reference.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Int(int) => serializer.serialize_i64(*int),
            Self::Float(float) => serializer.serialize_f64(*float),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(entries) => {
                serializer.collect_map(entries.iter().map(|(key, value)| (key, value)))
            }
            Self::Secret(secret) => secret.serialize(serializer),
            Self::Unit | Self::Outcome(_) | Self::Other(_) => serializer.serialize_unit(),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value.into())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.into())
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unit, Into::into)
    }
}

impl From<WantedState> for Value {
    fn from(wanted: WantedState) -> Self {
        match wanted.setting_secret() {
            Some(secret) => Self::Secret(secret.clone()),
            None => wanted.state.into(),
        }
    }
}

impl From<State> for Value {
    fn from(fact: State) -> Self {
        match fact {
            State::Absent => Self::Unit,
            State::Present | State::Hidden => Self::Bool(true),
            State::Text(text) => Self::Text(text),
            State::Names(names) => names.into(),
            State::Settings(settings) => {
                Self::map(settings.into_iter().map(|(k, v)| (k, v.into())))
            }
            State::License(license) => Self::map([
                ("product", license.product.into()),
                ("version", license.version.into()),
                ("connect_server", license.connect_server.into()),
                ("max_rate", license.max_rate.into()),
                ("expires", license.expires.into()),
                ("settings", license.settings.into()),
                ("problem", license.problem.into()),
            ] as [(&str, Self); 7]),
            State::ApiUser(user) => Self::map([
                ("transfer_user", Self::from(user.transfer_user)),
                ("acls", user.acls.into()),
            ]),
            State::Account(account) => Self::map([
                ("admin", Self::from(account.admin)),
                ("full_name", account.full_name.into()),
                ("home", account.home.into()),
                ("shell", account.shell.into()),
            ]),
            State::RootUser(root) => Self::map([("enabled", Self::from(root.enabled))]),
            State::Service(service) => Self::map([
                ("running", Self::from(service.running)),
                ("current", service.current.into()),
            ]),
            State::Dir(dir) => {
                Self::map([("owner", Self::from(dir.owner)), ("mode", dir.mode.into())])
            }
        }
    }
}
