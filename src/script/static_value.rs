//! The calls of bindings in a script and their arguments, as far as they are known without a run.

use crate::bindings::Binding;

/// A text up to that many bytes counts as one value, and is kept where values are cut short.
pub(super) const LONGEST_TEXT: usize = 256;

/// A call of a binding as it is written.
pub struct StaticCall {
    /// The binding.
    pub binding: &'static Binding,
    /// Its arguments.
    pub args: Vec<StaticValue>,
}

/// A value as far as it is known before a script runs.
#[derive(Clone, Debug, PartialEq)]
pub enum StaticValue {
    /// A string, number or boolean; a parameter in it is written `{name}`.
    Text(String),
    /// The keys of a map, in the order written, and their values.
    Map(Vec<(String, StaticValue)>),
    /// The items of a list.
    List(Vec<StaticValue>),
    /// A value that is known only in a run.
    Unknown,
}

impl StaticValue {
    /// The value as one word: of a list all items, of an unknown value `…`.
    pub fn word(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(items) if !items.is_empty() => {
                let words: Vec<_> = items.iter().map(Self::word).collect();
                words.join("|")
            }
            Self::List(_) | Self::Map(_) | Self::Unknown => "…".to_owned(),
        }
    }

    /// How many values it holds, itself included; a long text counts as several.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Text(text) => 1 + text.len() / LONGEST_TEXT,
            Self::Map(entries) => 1 + entries.iter().map(|(_, value)| value.size()).sum::<usize>(),
            Self::List(items) => 1 + items.iter().map(Self::size).sum::<usize>(),
            Self::Unknown => 1,
        }
    }

    /// The keys of a map.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let entries: &[(String, StaticValue)] = if let Self::Map(entries) = self {
            entries
        } else {
            &[]
        };
        entries.iter().map(|(key, _)| key.as_str())
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&StaticValue> {
        let Self::Map(entries) = self else {
            return None;
        };
        entries
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, value)| value)
    }
}
