//! An expectation that was not met: what was expected and what was found.

use std::error::Error;
use std::fmt;

use crate::bindings::Value;
use crate::fault::{Fault, nearest};
use crate::script_text::{quoted, value_text};

/// The result of an expectation.
pub type Verdict = Result<(), Unmet>;

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// What is wrong, in a clause.
    pub message: String,
    /// What was expected, line by line.
    pub expected: Vec<String>,
    /// What was found, line by line.
    pub found: Vec<String>,
    /// What to do next.
    pub hints: Vec<String>,
}

impl Unmet {
    /// An expectation that was not met.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            expected: Vec::new(),
            found: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// Adds what was expected.
    #[must_use]
    pub fn expected(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.expected.extend(lines);
        self
    }

    /// Adds what was found.
    #[must_use]
    pub fn found(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.found.extend(lines);
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds `did you mean`, if anything is near enough to `name`.
    #[must_use]
    pub fn nearest<'a>(self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(name, known) {
            Some(near) => self.hint(format!("did you mean `{near}`?")),
            None => self,
        }
    }

    /// Whether `fault` was made by `Unmet::fault` of this.
    pub fn is_cause_of(&self, fault: &Fault) -> bool {
        let cause = fault.source().and_then(|cause| cause.downcast_ref());
        cause == Some(self)
    }

    /// The fault that it is in a script.
    pub fn fault(&self) -> Fault {
        Fault::script(&self.message)
            .with_hints(&self.hints)
            .caused_by(self.clone())
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Unmet {}

/// A value as a script writes it.
pub(super) fn literal(value: &Value) -> String {
    value_text(value, |other| {
        if let Value::Secret(secret) = other {
            format!("secret(\"{secret}\")")
        } else if let Value::SecretText(text) = other {
            quoted(&text.to_string())
        } else if let Value::Outcome(outcome) = other {
            let what = if outcome.changed {
                "something"
            } else {
                "nothing"
            };
            format!("an outcome that changed {what}")
        } else {
            other.noun().to_owned()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_a_script_writes_them() {
        let value = Value::map([
            ("conf/user/a", Value::Unit),
            ("list", Value::List(vec![Value::Int(1), "two".into()])),
        ]);
        assert_eq!(
            literal(&value),
            r#"#{ "conf/user/a": (), list: [1, "two"] }"#
        );
        let odd = Value::map([("1a", Value::from("\u{1b}")), ("if", Value::Map(vec![]))]);
        assert_eq!(literal(&odd), r#"#{ "1a": "\u001b", "if": #{} }"#);
    }
}
