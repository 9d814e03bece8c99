//! An option of `async`: what it accepts, and how it is written as arguments.
//! No option holds a secret: `async` gets secrets by its environment.

use crate::fault::Result;
use crate::state::{Scalar, ValueType};

/// An option of a Sync session.
#[derive(Debug)]
pub struct SyncOption {
    /// Its name in scripts.
    pub name: &'static str,
    /// The flag of `async`.
    pub flag: &'static str,
    /// What it accepts.
    pub kind: ValueType,
    /// The value where it is left out; empty if the manual names none.
    pub default: &'static str,
    /// What a number counts.
    pub unit: &'static str,
    /// A sentence for the manual.
    pub doc: &'static str,
    /// Whether it may be given several times.
    pub is_repeatable: bool,
    /// Whether it belongs to the process and stands before the session's name.
    pub is_for_instance: bool,
    /// Whether its words are levels, from none on: the flag's letter is repeated.
    pub is_level: bool,
}

pub(super) const fn option(
    name: &'static str,
    flag: &'static str,
    kind: ValueType,
    default: &'static str,
    doc: &'static str,
) -> SyncOption {
    SyncOption {
        name,
        flag,
        kind,
        default,
        unit: "",
        doc,
        is_repeatable: false,
        is_for_instance: false,
        is_level: false,
    }
}

impl SyncOption {
    pub(super) const fn unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    pub(super) const fn repeatable(self) -> Self {
        Self {
            is_repeatable: true,
            ..self
        }
    }

    pub(super) const fn for_instance(self) -> Self {
        Self {
            is_for_instance: true,
            ..self
        }
    }

    pub(super) const fn level(self) -> Self {
        Self {
            is_level: true,
            ..self
        }
    }

    /// Refuses a value that the option does not accept.
    pub(super) fn check(&self, value: &str) -> Result<()> {
        let label = format_args!("`{}`", self.name);
        // `async` gets the text as it is, and takes only digits.
        let parsed = if value.starts_with('+') {
            Scalar::Text(value)
        } else {
            self.kind.parse(value)
        };
        self.kind.check(label, parsed)
    }

    /// Adds the option with a checked value to an argument vector.
    pub(super) fn write(&self, value: &str, args: &mut Vec<String>) {
        if self.is_level {
            let level = self.kind.allowed().iter().position(|word| *word == value);
            let letters = self.flag[1..].repeat(level.unwrap_or_default());
            args.extend((!letters.is_empty()).then(|| format!("-{letters}")));
        } else if self.kind == ValueType::Bool {
            if value == "true" {
                args.push(self.flag.to_owned());
            }
        } else if self.flag.starts_with("--") {
            args.push(format!("{}={value}", self.flag));
        } else {
            args.extend([self.flag.to_owned(), value.to_owned()]);
        }
    }
}
