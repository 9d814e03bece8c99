//! The values that a setting or a parameter can have, and what they can be compared with.

use std::borrow::Cow;

use crate::bindings::Value;
use crate::conf::Setting;
use crate::state::{Scalar, ValueType};

/// The values that an expression can have.
#[derive(Clone, Copy)]
pub(super) struct PossibleValues {
    /// The setting that it reads.
    setting: Option<&'static Setting>,
    ty: ValueType,
    /// Whether it can be `()`.
    may_be_unset: bool,
}

/// The kinds of values that can be compared with each other.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Nothing,
    Bool,
    Number,
    Text,
    Other,
}

impl Kind {
    fn of(value: &Value) -> Self {
        match value {
            Value::Unit => Self::Nothing,
            Value::Bool(_) => Self::Bool,
            Value::Int(_) | Value::Float(_) => Self::Number,
            Value::Text(_) | Value::SecretText(_) => Self::Text,
            Value::List(_)
            | Value::Map(_)
            | Value::Secret(_)
            | Value::Outcome(_)
            | Value::Other(_) => Self::Other,
        }
    }
}

impl PossibleValues {
    /// Those of a setting that a section has.
    pub(super) fn of_setting(setting: &'static Setting) -> Self {
        Self {
            setting: Some(setting),
            // A secret reads as `true`.
            ty: if setting.is_secret {
                ValueType::Bool
            } else {
                setting.kind
            },
            may_be_unset: false,
        }
    }

    /// Those of a type.
    pub(super) fn of_type(ty: ValueType) -> Self {
        Self {
            setting: None,
            ty,
            may_be_unset: false,
        }
    }

    /// Those, or `()`.
    pub(super) fn or_unset(self) -> Self {
        Self {
            may_be_unset: true,
            ..self
        }
    }

    /// The name of the setting that it reads.
    pub(super) fn name(self) -> Option<String> {
        self.setting.map(|setting| setting.name.to_owned())
    }

    /// Whether it can be `()`.
    pub(super) fn may_be_unset(self) -> bool {
        self.may_be_unset
    }

    /// The kind of most of its values.
    fn kind(self) -> Kind {
        if self.ty == ValueType::Bool {
            Kind::Bool
        } else if self.ty.range().is_some() || self.ty == ValueType::Decimal {
            Kind::Number
        } else if self.ty.is_text() {
            Kind::Text
        } else {
            Kind::Other
        }
    }

    /// Whether it equals the value on some node.
    pub(super) fn can_equal(self, value: &Value) -> bool {
        match (self.kind(), value) {
            (_, Value::Unit) => self.may_be_unset,
            (Kind::Other, _) => true,
            (_, Value::Text(text)) => self.can_be_text(text),
            (own, value) => own == Kind::of(value),
        }
    }

    /// Whether `<` and the like can compare it with the value.
    pub(super) fn is_ordered_with(self, value: &Value) -> bool {
        self.kind() == Kind::Other || self.kind() == Kind::of(value)
    }

    fn can_be_text(self, text: &str) -> bool {
        let is_any_text = self.kind() == Kind::Text && !matches!(self.ty, ValueType::Choice(_));
        let Some(setting) = self.setting else {
            return is_any_text || self.kind() == Kind::Text && self.ty.allowed().contains(&text);
        };
        if setting.is_secret {
            return false;
        }
        // A file may have an empty element.
        let is_empty = matches!(text, "" | "AS_NULL");
        let is_word = || setting.allowed().any(|word| word == text);
        let is_read_as_text = matches!(setting.read(text), Scalar::Text(_));
        is_any_text || is_empty || is_read_as_text && is_word()
    }

    /// The literal that was meant by another one: `true` by `"true"`, `"aes-128"` by `"AES-128"`.
    pub(super) fn meant(self, value: &Value) -> Option<String> {
        let text: Cow<'_, str> = if let Value::Int(number) = value {
            number.to_string().into()
        } else {
            value.text()?.into()
        };
        let read = match self.setting {
            Some(setting) if setting.is_secret => return None,
            Some(setting) => setting.read(&text),
            None => self.ty.parse(&text),
        };
        if let Scalar::Bool(flag) = read {
            return Some(flag.to_string());
        }
        if let (Scalar::Int(number), Kind::Number) = (read, self.kind()) {
            return Some(number.to_string());
        }
        let mut words = self.words().into_iter();
        let word = words.find(|word| word.eq_ignore_ascii_case(&text));
        word.map(|word| format!("{word:?}"))
    }

    /// The words that it can be, where there are only some.
    pub(super) fn words(self) -> Vec<&'static str> {
        match self.setting {
            Some(setting) => setting.allowed().collect(),
            None => self.ty.allowed().to_vec(),
        }
    }

    /// What a message says that it is.
    pub(super) fn description(self) -> String {
        if self.setting.is_some_and(|setting| setting.is_secret) {
            return "a secret, which reads as true".to_owned();
        }
        let preset = self.setting.map_or("", |setting| setting.preset);
        let kind = match self.kind() {
            Kind::Bool => "true or false".to_owned(),
            Kind::Number => "a number".to_owned(),
            Kind::Nothing | Kind::Text | Kind::Other => {
                if let ValueType::Choice(_) = self.ty {
                    self.ty.fits().into_owned()
                } else {
                    "a string".to_owned()
                }
            }
        };
        if preset.is_empty() || self.kind() == Kind::Text {
            kind
        } else {
            format!("{kind} or \"{preset}\"")
        }
    }
}
