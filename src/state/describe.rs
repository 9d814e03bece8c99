//! A state in words, as messages and reports show it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use super::{SecretText, State, WantedState};

/// The parts of a state by their names, each in words.
pub type Parts = BTreeMap<String, String>;

impl State {
    /// The state in words: `absent`, `/srv/data`, `mode: 755; owner: root`.
    pub fn describe(&self) -> Cow<'_, str> {
        match (self, self.text()) {
            (Self::Absent, _) => "absent".into(),
            (Self::Present, _) => "present".into(),
            (Self::Hidden, _) => "‹set›".into(),
            (Self::Names(names), _) if names.is_empty() => "none".into(),
            (Self::Names(names), _) => names.join(", ").into(),
            (_, Some("")) => "(empty)".into(),
            (_, Some(text)) => Cow::Borrowed(text),
            (_, None) => {
                let parts = self.parts().into_iter();
                let parts: Vec<_> = parts
                    .map(|(name, word)| format!("{name}: {word}"))
                    .collect();
                if parts.is_empty() {
                    "nothing set".into()
                } else {
                    parts.join("; ").into()
                }
            }
        }
    }

    /// The same for a sentence: a text is in back-ticks.
    pub fn quoted(&self) -> Cow<'_, str> {
        match self.text() {
            Some(text) => format!("`{}`", text.escape_debug()).into(),
            None => self.describe(),
        }
    }

    /// The parts of a state that has several, such as an account's.
    pub fn parts(&self) -> Parts {
        if *self == Self::Hidden {
            return Parts::new();
        }
        parts_of(self)
    }
}

impl WantedState {
    /// The same of a wanted state; a secret by its reference.
    pub fn describe(&self) -> Cow<'_, str> {
        match self.setting_secret().and_then(SecretText::alone) {
            Some(secret) => format!("‹{secret}›").into(),
            None => self.state.describe(),
        }
    }

    /// The same for a sentence.
    pub fn quoted(&self) -> Cow<'_, str> {
        match self.setting_secret().and_then(SecretText::alone) {
            Some(_) => self.describe(),
            None => self.state.quoted(),
        }
    }

    /// The parts, including credentials by their references.
    pub fn parts(&self) -> Parts {
        if self.state == State::Hidden {
            return Parts::new();
        }
        parts_of(self)
    }
}

fn parts_of(state: &impl Serialize) -> Parts {
    match serde_json::to_value(state) {
        Ok(Json::Object(parts)) => parts
            .into_iter()
            .map(|(name, value)| (name, describe_json(&value)))
            .collect(),
        _ => Parts::new(),
    }
}

/// A value of a document in words.
pub fn describe_json(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) if items.is_empty() => "none".to_owned(),
        Json::Array(items) => items
            .iter()
            .map(describe_json)
            .collect::<Vec<_>>()
            .join(", "),
        Json::Object(map) => match map.get("secret") {
            Some(Json::String(reference)) => format!("‹{reference}›"),
            _ => map
                .iter()
                .map(|(name, value)| format!("{name} {}", describe_json(value)))
                .collect::<Vec<_>>()
                .join(", "),
        },
        Json::Null | Json::Bool(_) | Json::Number(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Dir, Secret};
    use super::*;

    #[test]
    fn states_read_as_words() {
        let dir = State::Dir(Box::new(Dir {
            owner: "root".to_owned(),
            group: None,
            mode: "755".to_owned(),
        }));
        let secret = WantedState::secret(Secret::parse("env:KEY").unwrap());
        assert_eq!(dir.describe(), "mode: 755; owner: root");
        assert_eq!(secret.quoted(), "‹env:KEY›");
        assert_eq!(State::Text("a\nb".into()).quoted(), "`a\\nb`");
        assert_eq!(State::Names(Vec::new()).describe(), "none");
        assert!(secret.parts().is_empty());
    }
}
