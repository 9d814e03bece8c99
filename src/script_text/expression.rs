//! Expressions of a script.

use super::literal::{document_piece, key, quoted, template_piece};
use crate::step::Value;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// `()`.
    Unit,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Expression>),
    /// A map.
    Map(Vec<(String, Expression)>),
    /// A variable or a part of one, such as `params.key`.
    Name(String),
    /// A call, by the name of the binding or function.
    Call(String, Vec<Expression>),
    /// A string in backticks, of texts and of other expressions between them.
    Template(Vec<Expression>),
    /// The same with each line of the texts on a line of the script.
    Document(Vec<Expression>),
}

impl Expression {
    /// A map of those entries.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Map(entries.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }

    /// The value of a parameter.
    pub fn param(name: &str) -> Self {
        Self::Name(format!("params.{name}"))
    }

    /// A value. `other` makes what no literal can be: a secret, an outcome, a function.
    pub fn of_value(value: &Value, other: &mut dyn FnMut(&Value) -> Self) -> Self {
        match value {
            Value::Unit => Self::Unit,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Int(int) => Self::Int(*int),
            Value::Float(float) => Self::Float(*float),
            Value::Text(text) => Self::Text(text.to_string()),
            Value::List(items) => {
                let items = items.iter().map(|item| Self::of_value(item, other));
                Self::List(items.collect())
            }
            Value::Map(entries) => {
                let entries = entries.iter();
                Self::map(entries.map(|(k, v)| (k.as_str(), Self::of_value(v, other))))
            }
            Value::Secret(_) | Value::SecretText(_) | Value::Outcome(_) | Value::Other(_) => {
                other(value)
            }
        }
    }

    /// Its text in one line.
    pub(super) fn inline(&self) -> String {
        match self {
            Self::Unit => "()".to_owned(),
            Self::Bool(flag) => flag.to_string(),
            Self::Int(int) => int.to_string(),
            Self::Float(float) => format!("{float:?}"),
            Self::Text(text) => quoted(text),
            Self::List(items) => format!("[{}]", joined(items)),
            Self::Map(entries) if entries.is_empty() => "#{}".to_owned(),
            Self::Map(entries) => {
                let entries = entries.iter();
                let entries: Vec<_> = entries
                    .map(|(name, value)| format!("{}: {}", key(name), value.inline()))
                    .collect();
                format!("#{{ {} }}", entries.join(", "))
            }
            Self::Name(name) => name.clone(),
            Self::Call(name, args) => format!("{name}({})", joined(args)),
            Self::Template(pieces) => format!("`{}`", template(pieces, template_piece)),
            // The engine skips a line end behind the first backtick.
            Self::Document(pieces) => format!("`\n{}`", template(pieces, document_piece)),
        }
    }

    /// Whether a text in it is such a one.
    pub fn has_text(&self, is_such: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Text(text) => is_such(text),
            Self::List(parts)
            | Self::Call(_, parts)
            | Self::Template(parts)
            | Self::Document(parts) => parts.iter().any(|part| part.has_text(is_such)),
            Self::Map(entries) => entries.iter().any(|(_, value)| value.has_text(is_such)),
            Self::Unit | Self::Bool(_) | Self::Int(_) | Self::Float(_) | Self::Name(_) => false,
        }
    }
}

/// A value in one line for a person, with these words for what no literal can be.
pub fn value_text(value: &Value, words: impl Fn(&Value) -> String) -> String {
    Expression::of_value(value, &mut |other| Expression::Name(words(other))).inline()
}

fn template(pieces: &[Expression], written: fn(&str) -> String) -> String {
    let pieces = pieces.iter().map(|piece| {
        if let Expression::Text(text) = piece {
            written(text)
        } else {
            format!("${{{}}}", piece.inline())
        }
    });
    pieces.collect()
}

fn joined(items: &[Expression]) -> String {
    let items: Vec<_> = items.iter().map(Expression::inline).collect();
    items.join(", ")
}

impl From<&str> for Expression {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
