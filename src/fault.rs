//! The one error that a script or a user meets: its kind, what happened, what
//! to do next, and where. It never holds the bytes of a secret.

mod kind;
mod nearest;
mod rule;

use std::error::Error;
use std::fmt;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::login;

pub use kind::FaultKind;
pub use nearest::nearest;
pub use rule::{Rule, Severity};

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Fault>;

/// A position in a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Hash)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Location {
    /// The script's name, as `SCRIPT` was written on the command line.
    pub file: Rc<str>,
    /// Line, from 1; 0 where the engine reports none.
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

/// An error with all that is known about it.
///
/// Layers above the one that made it add to it or change its kind with the
/// methods here. Nothing builds a fault from another one's message, and nothing
/// branches on a message: what code must tell apart is a kind or a [`Rule`].
#[derive(Clone, Debug)]
pub struct Fault {
    details: Box<Details>,
}

#[derive(Clone, Debug)]
struct Details {
    kind: FaultKind,
    message: String,
    hints: Vec<String>,
    /// Keys that lead to the argument at fault, innermost first.
    argument: Vec<String>,
    rule: Option<Rule>,
    unknown_name: Option<String>,
    suggestion: Option<String>,
    location: Option<Location>,
    calls: Vec<Location>,
    applied: Option<AppliedRun>,
    cause: Option<Rc<dyn Error>>,
}

/// The live run that applied a plan before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppliedRun {
    /// Its number.
    pub run: u32,
    /// Whether everything that the plan changes is still as the plan leaves it.
    pub holds: bool,
}

/// How a fault is written into documents.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultJson {
    kind: FaultKind,
    message: String,
    hints: Vec<String>,
    at: Option<Location>,
    /// Of a plan that was applied before: the number of the run that did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<u32>,
    /// Whether everything that it changes is still as it leaves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    holds: Option<bool>,
}

impl Fault {
    /// Replaces its message and each hint.
    #[must_use]
    pub fn map_texts(mut self, replace: &mut dyn FnMut(String) -> String) -> Self {
        let details = &mut *self.details;
        for text in std::iter::once(&mut details.message).chain(&mut details.hints) {
            *text = replace(std::mem::take(text));
        }
        self
    }

    /// Makes a fault with a message of one clause, without a full stop.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        let details = Details {
            kind,
            message: login::hide_owned(message.into()),
            hints: Vec::new(),
            argument: Vec::new(),
            rule: None,
            unknown_name: None,
            suggestion: None,
            location: None,
            calls: Vec::new(),
            applied: None,
            cause: None,
        };
        Self {
            details: Box::new(details),
        }
    }

    /// Makes a fault of the kind [`FaultKind::Script`].
    pub fn script(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Script, message)
    }

    /// Makes a fault of the kind [`FaultKind::Refused`].
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Refused, message)
    }

    /// Makes a fault of the kind [`FaultKind::Usage`].
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Usage, message)
    }

    /// Makes the fault for a file that could not be read or written. `fs_err` names
    /// the file in the error.
    pub fn from_io(error: std::io::Error) -> Self {
        Self::usage(reason(&error)).caused_by(error)
    }

    /// Joins faults into one, so that a user meets them together. A single one stays as
    /// it is; several become the hints of a fault with the message `summary`.
    pub fn joined(mut faults: Vec<Self>, summary: impl Into<String>) -> Option<Self> {
        let last = faults.pop()?;
        if faults.is_empty() {
            return Some(last);
        }
        let kind = last.kind();
        faults.push(last);
        Some(Self::new(kind, summary).with_hints(faults.iter().map(Self::sentence)))
    }

    /// The message and the hints as one text.
    fn sentence(&self) -> String {
        let message = std::iter::once(self.message());
        let parts = message.chain(self.hints().iter().map(String::as_str));
        parts.collect::<Vec<_>>().join("; ")
    }

    /// Makes the fault for a string that holds an unexpanded `${…}`.
    pub fn unexpanded(text: &str) -> Self {
        let message = format!("`{}` contains an unexpanded `${{…}}`", text.escape_debug());
        Self::script(message)
            .hint("write the string in back-ticks: double quotes do not expand `${…}`")
    }

    /// Changes the kind and keeps everything else.
    #[must_use]
    pub fn with_kind(mut self, kind: FaultKind) -> Self {
        self.details.kind = kind;
        self
    }

    /// Puts `context` and a colon before the message.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.details.message = format!("{context}: {}", self.details.message);
        self
    }

    /// Returns it to a caller that can do without what failed. Fails with it where nothing may
    /// go on: after an interruption or an error in ascript.
    pub fn unless_fatal(self) -> Result<Self> {
        if matches!(self.kind(), FaultKind::Stopped | FaultKind::Internal) {
            return Err(self);
        }
        Ok(self)
    }

    /// Adds a sentence that says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.details.hints.push(login::hide_owned(hint.into()));
        self
    }

    /// Adds as a hint what failed afterwards, which says less.
    #[must_use]
    pub fn followed_by(self, later: Result<()>) -> Self {
        match later {
            Ok(()) => self,
            Err(later) => self.hint(later.message()),
        }
    }

    /// Adds sentences that say what to do next.
    #[must_use]
    pub fn with_hints<T: Into<String>>(mut self, hints: impl IntoIterator<Item = T>) -> Self {
        let hints = hints.into_iter().map(|hint| login::hide_owned(hint.into()));
        self.details.hints.extend(hints);
        self
    }

    /// Records that nothing is called `name`, and adds `did you mean …?` if a
    /// name in `known` is close enough.
    #[must_use]
    pub fn suggest<'a>(mut self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        self.details.unknown_name = Some(name.to_owned());
        let known: Vec<_> = known.into_iter().collect();
        // A function of that name may be there for other arguments.
        let near = nearest(name, known.iter().copied()).filter(|near| *near != name);
        let Some(near) = near else {
            return self;
        };
        if nearest::is_typo(name, near, &known) {
            self.details.suggestion = Some(near.to_owned());
        }
        self.hint(format!("did you mean `{near}`?"))
    }

    /// Names the rule for scripts that is broken.
    #[must_use]
    pub fn with_rule(mut self, rule: Rule) -> Self {
        self.details.rule = Some(rule);
        self
    }

    /// Names the argument at fault by its key in the call's map; callers add
    /// the outer keys.
    #[must_use]
    pub fn in_argument(mut self, key: impl Into<String>) -> Self {
        self.details.argument.push(key.into());
        self
    }

    /// Names the live run that applied the plan before.
    #[must_use]
    pub fn with_applied(mut self, applied: AppliedRun) -> Self {
        self.details.applied = Some(applied);
        self
    }

    /// Attaches the error that caused this one.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Error + 'static) -> Self {
        self.details.cause = Some(Rc::new(cause));
        self
    }

    /// Sets the location, unless one nearer to the cause is set.
    #[must_use]
    pub fn at(mut self, location: Option<Location>) -> Self {
        self.details.location = self.details.location.or(location);
        self
    }

    /// Replaces the location by a more exact one.
    #[must_use]
    pub fn at_exactly(mut self, location: Location) -> Self {
        self.details.location = Some(location);
        self
    }

    /// Adds the script calls that led here, innermost first, unless they are
    /// set.
    #[must_use]
    pub fn with_calls(mut self, calls: Vec<Location>) -> Self {
        if self.details.calls.is_empty() {
            self.details.calls = calls;
        }
        self
    }

    /// Returns the kind.
    pub fn kind(&self) -> FaultKind {
        self.details.kind
    }

    /// Returns what happened.
    pub fn message(&self) -> &str {
        &self.details.message
    }

    /// Returns what to do next.
    pub fn hints(&self) -> &[String] {
        &self.details.hints
    }

    /// Returns the keys that lead to the argument at fault, outermost first.
    pub fn argument(&self) -> impl Iterator<Item = &str> {
        self.details.argument.iter().rev().map(String::as_str)
    }

    /// Returns the rule for scripts that is broken, if it is one of them.
    pub fn rule(&self) -> Option<Rule> {
        self.details.rule
    }

    /// Returns the name that nothing is called by, where that is the fault.
    pub fn unknown_name(&self) -> Option<&str> {
        self.details.unknown_name.as_deref()
    }

    /// Returns the one name that was certainly meant.
    pub fn suggestion(&self) -> Option<&str> {
        self.details.suggestion.as_deref()
    }

    /// Returns where it happened.
    pub fn location(&self) -> Option<&Location> {
        self.details.location.as_ref()
    }

    /// Returns the script calls that led here, innermost first.
    pub fn calls(&self) -> &[Location] {
        &self.details.calls
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.details.message)
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.details.cause.as_deref()
    }
}

impl Serialize for Fault {
    fn serialize<S: serde::Serializer>(
        &self,
        serializer: S,
    ) -> std::result::Result<S::Ok, S::Error> {
        let json = FaultJson {
            kind: self.kind(),
            message: self.message().to_owned(),
            hints: self.hints().to_vec(),
            at: self.location().cloned(),
            run: self.details.applied.map(|applied| applied.run),
            holds: self.details.applied.map(|applied| applied.holds),
        };
        json.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> std::result::Result<Self, D::Error> {
        let json = FaultJson::deserialize(deserializer)?;
        let mut fault = Self::new(json.kind, json.message)
            .with_hints(json.hints)
            .at(json.at);
        fault.details.applied = json
            .run
            .zip(json.holds)
            .map(|(run, holds)| AppliedRun { run, holds });
        Ok(fault)
    }
}

/// Returns the operating system's words for an error, without its number.
pub fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error ") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggestion_needs_one_close_name() {
        let suggestion = |name, known: &[&'static str]| {
            let fault = Fault::script("no").suggest(name, known.iter().copied());
            fault.suggestion().map(str::to_owned)
        };
        assert_eq!(
            suggestion("absolut", &["absolute"]).as_deref(),
            Some("absolute")
        );
        assert_eq!(
            suggestion("set_grup", &["set_group", "set_user"]).as_deref(),
            Some("set_group")
        );
        assert_eq!(suggestion("port_c", &["port_a", "port_b"]), None);
        assert_eq!(suggestion("token_key", &["token_encryption_key"]), None);
        let same = Fault::script("no").suggest("log", ["log"]);
        assert!(same.hints().is_empty(), "{:?}", same.hints());
    }

    fn location(line: u32) -> Location {
        Location {
            file: "a.rhai".into(),
            line,
            column: 1,
        }
    }

    #[test]
    fn the_first_location_stays() {
        let fault = Fault::script("no")
            .at(Some(location(3)))
            .at(Some(location(9)));
        assert_eq!(fault.location(), Some(&location(3)));
    }

    #[test]
    fn arguments_are_listed_from_the_outside() {
        let fault = Fault::script("no")
            .in_argument("path")
            .in_argument("storage");
        assert_eq!(fault.argument().collect::<Vec<_>>(), ["storage", "path"]);
    }

    #[test]
    fn several_faults_are_reported_together_and_one_as_it_is() {
        let fault = |name: &str| Fault::usage(format!("no {name}")).hint("set it");
        assert!(Fault::joined(Vec::new(), "all").is_none());
        let one = Fault::joined(vec![fault("a")], "all").unwrap();
        assert_eq!(
            (one.message(), one.hints()),
            ("no a", &["set it".to_owned()][..])
        );
        let both = Fault::joined(vec![fault("a"), fault("b")], "2 are wrong").unwrap();
        assert_eq!(both.kind(), FaultKind::Usage);
        assert_eq!(both.message(), "2 are wrong");
        assert_eq!(both.hints(), ["no a; set it", "no b; set it"]);
    }

    #[test]
    fn a_change_of_kind_or_context_keeps_the_rest() {
        let fault = Fault::script("no such name")
            .hint("look at the list")
            .suggest("absolut", ["absolute"])
            .with_rule(Rule::UnknownSetting)
            .in_argument("absolut")
            .caused_by(std::io::Error::other("cause"))
            .at(Some(location(3)))
            .with_calls(vec![location(9)])
            .with_kind(FaultKind::Refused)
            .context("saving");
        assert_eq!(fault.kind(), FaultKind::Refused);
        assert_eq!(fault.message(), "saving: no such name");
        assert_eq!(
            fault.hints(),
            ["look at the list", "did you mean `absolute`?"]
        );
        assert_eq!(fault.rule(), Some(Rule::UnknownSetting));
        assert_eq!(fault.suggestion(), Some("absolute"));
        assert_eq!(fault.argument().collect::<Vec<_>>(), ["absolut"]);
        assert_eq!(fault.location(), Some(&location(3)));
        assert_eq!(fault.calls(), [location(9)]);
        assert!(fault.source().is_some());
    }

    #[test]
    fn a_kind_has_the_same_name_in_documents_and_scripts() {
        for kind in FaultKind::ALL {
            let json = serde_json::to_value(kind).unwrap();
            assert_eq!(json, kind.name());
        }
    }
}
