//! Values that pass between a script and a binding, without the engine's types.

use std::rc::Rc;

use serde::{Deserialize, Serialize, Serializer};

use super::Change;
use crate::state::{
    FRACTION, FastIndexMap, Scalar, Secret, SecretText, State, Subject, WantedState,
};

/// A value of a script.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `()`: no value, or the default.
    Unit,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// A string.
    Text(Rc<str>),
    /// A list.
    List(Vec<Value>),
    /// A map; its keys are in order.
    Map(Vec<(String, Value)>),
    /// The reference of a secret.
    Secret(Secret),
    /// A string with secrets in it.
    SecretText(SecretText),
    /// What an operation returns.
    Outcome(Outcome),
    /// A value that no binding accepts, by what a message calls it.
    Other(&'static str),
}

/// The values of a script's parameters, in the order declared.
pub type Params = Vec<(String, Value)>;

/// What an operation returns: the states before and after it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The changes; none where the node was in the wanted state.
    pub changes: Vec<Change>,
    /// Whether anything was done.
    pub changed: bool,
}

impl Outcome {
    /// One value for each change: the only one, or a map by setting.
    pub fn collect(&self, side: impl Fn(&Change) -> Value) -> Value {
        let is_entry = |change: &&Change| matches!(change.subject, Subject::Entry(_));
        let parts: Vec<_> = self
            .changes
            .iter()
            .filter(|change| !is_entry(change))
            .collect();
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
    /// What a message calls it.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Unit => "`()`",
            Self::Bool(_) => "true or false",
            Self::Int(_) => "a number",
            Self::Float(_) => FRACTION,
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Secret(_) => "a secret",
            Self::SecretText(_) => "a string with a secret in it",
            Self::Outcome(_) => "an outcome",
            Self::Other(noun) => noun,
        }
    }

    /// The value as a type checks it.
    pub fn scalar(&self) -> Scalar<'_> {
        match self {
            Self::Bool(flag) => Scalar::Bool(*flag),
            Self::Int(int) => Scalar::Int((*int).into()),
            Self::Text(text) => Scalar::Text(text),
            Self::Secret(_) => Scalar::Secret,
            Self::Unit
            | Self::Float(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::SecretText(_)
            | Self::Outcome(_)
            | Self::Other(_) => Scalar::Other(self.noun()),
        }
    }

    /// The value of that key, where it is a map.
    pub fn entry(&self, key: &str) -> Option<&Self> {
        let Self::Map(entries) = self else {
            return None;
        };
        let mut entries = entries.iter();
        entries
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// The string, where it is one.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// A string, a whole number, or `true` or `false`, as text.
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
            | Self::SecretText(_)
            | Self::Outcome(_)
            | Self::Other(_) => None,
        }
    }

    /// A map of those entries.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Map(entries.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }
}

/// As files write it: a secret by its reference.
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
            Self::SecretText(text) => serializer.collect_str(text),
            Self::Unit | Self::Outcome(_) | Self::Other(_) => serializer.serialize_unit(),
        }
    }
}

/// A value that no script has yet becomes `()`.
impl From<Scalar<'_>> for Value {
    fn from(value: Scalar<'_>) -> Self {
        match value {
            Scalar::Bool(flag) => Self::Bool(flag),
            Scalar::Int(int) => i64::try_from(int).map_or(Self::Unit, Self::Int),
            Scalar::Text(text) => text.into(),
            Scalar::Secret | Scalar::Other(_) => Self::Unit,
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
            Some(value) => match value.alone() {
                Some(secret) => Self::Secret(secret.clone()),
                None => Self::SecretText(value.clone()),
            },
            None => wanted.state.into(),
        }
    }
}

impl From<State> for Value {
    fn from(mut state: State) -> Self {
        if let State::Text(text) = state {
            return Self::Text(text);
        }
        if let State::Settings(settings) = state {
            return Self::map(settings.into_iter().map(|(k, v)| (k, v.into())));
        }
        if state == State::Hidden {
            return Self::Bool(true);
        }
        if let State::Account(account) = &mut state {
            // Only runs use that mark.
            account.unfinished = false;
        }
        let json = serde_json::to_string(&state).expect("a state is JSON");
        let part: StatePart = serde_json::from_str(&json).expect("a state has simple parts");
        part.into()
    }
}

/// A part of a state, as documents write it.
#[derive(Deserialize)]
#[serde(untagged)]
enum StatePart {
    Unit(()),
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<StatePart>),
    Map(FastIndexMap<String, StatePart>),
}

impl From<StatePart> for Value {
    fn from(part: StatePart) -> Self {
        match part {
            StatePart::Unit(()) => Self::Unit,
            StatePart::Bool(flag) => flag.into(),
            StatePart::Int(int) => Self::Int(int),
            StatePart::Text(text) => text.into(),
            StatePart::List(parts) => parts.into(),
            StatePart::Map(parts) => Self::map(parts.into_iter().map(|(k, v)| (k, v.into()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Account, License};

    #[test]
    fn scripts_see_the_parts_of_a_state_in_order() {
        let account = Account {
            unfinished: true,
            ..Account::default()
        };
        let account = Value::from(State::Account(account.into()));
        let parts = ["full_name", "home", "shell"].map(|key| (key, Value::from("")));
        let admin = [("admin", Value::Bool(false))];
        assert_eq!(account, Value::map(admin.into_iter().chain(parts)));
        let license = Value::from(State::License(License::fresh().into()));
        assert_eq!(license.entry("expires"), Some(&Value::Unit));
        assert_eq!(license.entry("connect_server"), Some(&Value::Bool(true)));
        assert_eq!(Value::from(State::Absent), Value::Unit);
    }
}
