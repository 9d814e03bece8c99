//! The one error a script or a user meets: what kind, what happened, what to
//! do next, and where. It never holds the bytes of a secret.

mod rule;

use std::error::Error;
use std::fmt;
use std::rc::Rc;

use serde::{Deserialize, Serialize, Serializer};

pub use rule::{Rule, Severity};

/// What an operation of this crate gives, or the fault that stopped it.
pub type Result<T> = std::result::Result<T, Fault>;

/// Why something stopped; decides the exit code and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum FaultKind {
    /// The command line, a parameter or the script's text is wrong.
    Usage,
    /// The script failed: `throw`, `ensure`, a wrong argument, a limit.
    Script,
    /// The node cannot do this as it stands.
    Refused,
    /// The reference of a secret leads to nothing.
    Secret,
    /// A fact could not be read.
    NodeReader,
    /// A tool failed.
    Command,
    /// The tool said it was done and the node does not show it.
    Diverged,
    /// A premise no longer holds.
    Stale,
    /// Somebody asked for a stop.
    Interrupted,
    /// Our own mistake.
    Internal,
}

impl FaultKind {
    /// The exit code of a run that did nothing before it stopped for this.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Script | Self::Refused => 1,
            Self::Usage => 2,
            Self::Secret | Self::NodeReader | Self::Command | Self::Diverged => 3,
            Self::Stale => 4,
            Self::Internal => 70,
            Self::Interrupted => 130,
        }
    }

    /// The word a script sees in `e.kind`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Script => "script",
            Self::Refused => "refused",
            Self::Secret => "secret",
            Self::NodeReader => "probe",
            Self::Command => "command",
            Self::Diverged => "diverged",
            Self::Stale => "stale",
            Self::Interrupted => "interrupted",
            Self::Internal => "internal",
        }
    }
}

/// A place in a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Location {
    /// The script's name, as `SCRIPT` was written on the command line.
    pub file: Rc<str>,
    /// Line, from 1; 0 where the engine kept none.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            line => write!(f, "{}:{line}:{}", self.file, self.column),
        }
    }
}

/// What stopped a script or a command.
#[derive(Clone, Debug)]
pub struct Fault {
    inner: Box<Inner>,
}

#[derive(Clone, Debug)]
struct Inner {
    kind: FaultKind,
    message: String,
    hints: Vec<String>,
    key: Vec<String>,
    rule: Option<Rule>,
    near: Option<String>,
    at: Option<Location>,
    frames: Vec<Location>,
    cause: Option<Rc<dyn Error>>,
}

impl Fault {
    /// A fault with a message of one clause, without a full stop.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                message: message.into(),
                hints: Vec::new(),
                key: Vec::new(),
                rule: None,
                near: None,
                at: None,
                frames: Vec::new(),
                cause: None,
            }),
        }
    }

    /// The script or its caller asked for something impossible.
    pub fn script(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Script, message)
    }

    /// The node cannot do this as it stands.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Refused, message)
    }

    /// The command line, a parameter or the script's text is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Usage, message)
    }

    /// A text has `${…}` in it, which was never filled in.
    pub fn unfilled(text: &str) -> Self {
        let message = format!(
            "`{}` has a `${{…}}` in it, not filled in",
            text.escape_debug()
        );
        Self::script(message)
            .hint("`${…}` is filled in within back-ticks, not within double quotes")
    }

    /// Adds a sentence that says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.inner.hints.push(hint.into());
        self
    }

    /// Adds `did you mean`, if anything is near enough to `name`.
    #[must_use]
    pub fn nearest<'a>(mut self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<_> = known.into_iter().collect();
        let Some(near) = nearest(name, known.iter().copied()) else {
            return self;
        };
        if is_slip(name, near, &known) {
            self.inner.near = Some(near.to_owned());
        }
        self.hint(format!("did you mean `{near}`?"))
    }

    /// Says which of the rules for scripts is broken.
    #[must_use]
    pub fn breaks(mut self, rule: Rule) -> Self {
        self.inner.rule = Some(rule);
        self
    }

    /// Names the argument at fault: its key in the call's map, outermost last.
    #[must_use]
    pub fn within(mut self, key: impl Into<String>) -> Self {
        self.inner.key.push(key.into());
        self
    }

    /// Keeps what lies behind this fault.
    #[must_use]
    pub fn because(mut self, cause: impl Error + 'static) -> Self {
        self.inner.cause = Some(Rc::new(cause));
        self
    }

    /// Says where it happened, unless a place nearer to the cause is known.
    #[must_use]
    pub fn at(mut self, place: Option<Location>) -> Self {
        self.inner.at = self.inner.at.or(place);
        self
    }

    /// Says where it happened, more exactly than before.
    #[must_use]
    pub fn moved_to(mut self, place: Location) -> Self {
        self.inner.at = Some(place);
        self
    }

    /// Says through which calls it was reached, innermost first.
    #[must_use]
    pub fn through(mut self, frames: Vec<Location>) -> Self {
        if self.inner.frames.is_empty() {
            self.inner.frames = frames;
        }
        self
    }

    /// Why it stopped.
    pub fn kind(&self) -> FaultKind {
        self.inner.kind
    }

    /// What happened.
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// What to do next.
    pub fn hints(&self) -> &[String] {
        &self.inner.hints
    }

    /// The path of keys to the argument at fault, outermost first.
    pub fn key(&self) -> impl Iterator<Item = &str> {
        self.inner.key.iter().rev().map(String::as_str)
    }

    /// Which of the rules for scripts is broken, where it is one of them.
    pub fn rule(&self) -> Option<Rule> {
        self.inner.rule
    }

    /// The one name that was meant, where there is no doubt.
    pub fn near(&self) -> Option<&str> {
        self.inner.near.as_deref()
    }

    /// Where it happened.
    pub fn place(&self) -> Option<&Location> {
        self.inner.at.as_ref()
    }

    /// Through which calls it was reached.
    pub fn frames(&self) -> &[Location] {
        &self.inner.frames
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.message)
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.inner.cause.as_deref()
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown<'a> {
            kind: FaultKind,
            message: &'a str,
            hints: &'a [String],
            at: Option<&'a Location>,
        }
        Shown {
            kind: self.kind(),
            message: self.message(),
            hints: self.hints(),
            at: self.place(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Shown {
            kind: FaultKind,
            message: String,
            hints: Vec<String>,
            at: Option<Location>,
        }
        let shown = Shown::deserialize(deserializer)?;
        let fault = Self::new(shown.kind, shown.message).at(shown.at);
        Ok(shown.hints.into_iter().fold(fault, Self::hint))
    }
}

/// What the operating system says was wrong, without its number for it.
pub fn reason(error: &std::io::Error) -> String {
    let said = error.to_string();
    match said.split_once(" (os error ") {
        Some((words, _)) => words.to_owned(),
        None => said,
    }
}

/// The name in `known` that `name` was most likely meant to be.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Whether `near` is a letter or two away from `name`, and nothing else is as
/// near.
fn is_slip(name: &str, near: &str, known: &[&str]) -> bool {
    let away = |other: &str| strsim::osa_distance(name, other);
    let distance = away(near);
    let is_other = |other: &&&str| **other != near;
    let mut others = known.iter().filter(is_other);
    distance <= 2 && 2 * distance < name.len() && others.all(|other| away(other) > distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_near() {
        let known = ["absolute", "read_allowed", "write_allowed"];
        assert_eq!(nearest("absolut", known), Some("absolute"));
        assert_eq!(nearest("docroot", known), None);
    }

    #[test]
    fn a_slip_is_told_from_a_guess() {
        let near = |name, known: &[&'static str]| {
            let fault = Fault::script("no").nearest(name, known.iter().copied());
            fault.near().map(str::to_owned)
        };
        assert_eq!(near("absolut", &["absolute"]).as_deref(), Some("absolute"));
        assert_eq!(
            near("set_grup", &["set_group", "set_user"]).as_deref(),
            Some("set_group")
        );
        assert_eq!(near("port_c", &["port_a", "port_b"]), None);
        assert_eq!(near("token_key", &["token_encryption_key"]), None);
    }

    #[test]
    fn the_first_place_stays() {
        let place = |line| {
            Some(Location {
                file: "a.rhai".into(),
                line,
                column: 1,
            })
        };
        let fault = Fault::script("no").at(place(3)).at(place(9));
        assert_eq!(fault.place().map(|p| p.line), Some(3));
    }

    #[test]
    fn keys_read_from_the_outside() {
        let fault = Fault::script("no").within("path").within("storage");
        assert_eq!(fault.key().collect::<Vec<_>>(), ["storage", "path"]);
    }
}
