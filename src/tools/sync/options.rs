//! What an option of `async` is, and the check of one value. An option that
//! holds a secret is none of these: secrets go by the environment.

use super::SYNC_OPTIONS;
use crate::fault::{Fault, Result};

/// What an option of `async` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncKind {
    /// On or off.
    Switch,
    /// A whole number within these bounds.
    Number(u32, u32),
    /// A number with an optional `K`, `M` or `G`.
    Rate,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// An absolute path.
    Path,
    /// Any text of one line.
    Text,
}

impl SyncKind {
    /// The type, as scripts call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Switch => "bool",
            Self::Number(..) => "int",
            Self::Rate => "rate",
            Self::Choice(_) => "choice",
            Self::Path => "path",
            Self::Text => "string",
        }
    }

    /// The words allowed, where there are only some.
    pub fn values(self) -> &'static [&'static str] {
        match self {
            Self::Choice(words) => words,
            Self::Switch | Self::Number(..) | Self::Rate | Self::Path | Self::Text => &[],
        }
    }
}

/// One option of `async`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncOption {
    /// Its name in scripts.
    pub name: &'static str,
    /// What it is on the command line.
    pub flag: &'static str,
    /// What it takes.
    pub kind: SyncKind,
    /// The value without it; empty if there is none or it is not published.
    pub default: &'static str,
    /// What a number counts.
    pub unit: &'static str,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// Whether it can be given more than once.
    pub is_repeatable: bool,
    /// Whether it stands before the session's name.
    pub is_for_instance: bool,
}

/// An option that counts nothing, is given once, and belongs to the session.
pub(super) const fn option(
    name: &'static str,
    flag: &'static str,
    kind: SyncKind,
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

    /// The value, if the option can take it.
    pub(super) fn checked<'a>(&self, value: &'a str) -> Result<&'a str> {
        let (is_right, wanted) = match self.kind {
            SyncKind::Switch => (
                value == "true" || value == "false",
                "`true` or `false`".to_owned(),
            ),
            SyncKind::Number(least, most) => (
                is_number(value, least, most),
                format!("a number from {least} to {most}"),
            ),
            SyncKind::Rate => (is_rate(value), "a number such as `500m`".to_owned()),
            SyncKind::Choice(words) => (
                words.contains(&value),
                format!("one of {}", words.join(", ")),
            ),
            SyncKind::Path => (
                value.starts_with('/') && is_line(value),
                "an absolute path".to_owned(),
            ),
            SyncKind::Text => (is_line(value), "a text of one line".to_owned()),
        };
        if is_right {
            return Ok(value);
        }
        let fault = Fault::script(format!(
            "`{}` cannot be `{}`",
            self.name,
            value.escape_debug()
        ))
        .suggest(value, self.kind.values().iter().copied());
        Err(fault.hint(format!("write {wanted}")))
    }

    /// Adds the option with a checked value to an argument vector.
    pub(super) fn write(&self, value: &str, args: &mut Vec<String>) {
        match self.kind {
            SyncKind::Switch => {
                if value == "true" {
                    args.push(self.flag.to_owned());
                }
            }
            SyncKind::Number(..)
            | SyncKind::Rate
            | SyncKind::Choice(_)
            | SyncKind::Path
            | SyncKind::Text => {
                if self.flag.starts_with("--") {
                    args.push(format!("{}={value}", self.flag));
                } else {
                    args.extend([self.flag.to_owned(), value.to_owned()]);
                }
            }
        }
    }
}

fn is_line(value: &str) -> bool {
    !value.is_empty() && !value.contains(char::is_control)
}

fn is_number(value: &str, least: u32, most: u32) -> bool {
    let is_plain = value.bytes().all(|c| c.is_ascii_digit());
    is_plain
        && value
            .parse()
            .is_ok_and(|n: u32| (least..=most).contains(&n))
}

fn is_rate(value: &str) -> bool {
    let digits = value.strip_suffix(['k', 'K', 'm', 'M', 'g', 'G']);
    let digits = digits.unwrap_or(value);
    let is_plain = digits.bytes().all(|c| c.is_ascii_digit());
    is_plain && digits.parse::<u64>().is_ok()
}

/// The option of that name.
pub(super) fn named(name: &str) -> Result<&'static SyncOption> {
    let found = SYNC_OPTIONS.iter().find(|option| option.name == name);
    found.ok_or_else(|| {
        Fault::script(format!("async has no option `{}`", name.escape_debug()))
            .suggest(name, SYNC_OPTIONS.iter().map(|option| option.name))
    })
}
