//! Steps as data: the changes of a node, and the commands that make them.

mod act;
mod advisory;
mod command;
mod document;
mod json_value;
mod subjects;
mod value;

use std::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::fault::Location;
use crate::state::{State, Subject, WantedState};

pub use crate::state::Piece;
pub use act::{Act, NodeApiCheck, NodeApiLogin, SyncSession};
pub use advisory::{
    API_NOT_VERIFIED, Advisory, FOLDER_CREATED, Level, SECRET_FILE_READABLE, SECRETS_NOT_SET,
};
pub use command::{Command, Stdin};
pub use subjects::StepSubjects;
pub use value::{Outcome, Params, Value};

/// A change of one subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Change {
    /// What changes.
    pub subject: Subject,
    /// Its state before.
    pub before: State,
    /// Its state afterwards.
    pub after: WantedState,
}

/// The kind of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum StepKind {
    /// Already as wanted: no changes, and no commands but those that ask the node.
    Settled,
    /// Changes, and the commands that make them.
    Change,
    /// Commands whose effect no reading shows; they always run.
    Act,
    /// Something that a person does.
    Manual,
}

/// One binding call, as it is performed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The binding that made it.
    pub binding: Cow<'static, str>,
    /// The call in the script.
    pub at: Option<Location>,
    /// If that is in a module: what the script itself called.
    pub from: Option<Location>,
    /// Its kind.
    pub kind: StepKind,
    /// What it is about.
    pub subjects: StepSubjects,
    /// The changes.
    pub changes: Vec<Change>,
    /// What it does besides. Boxed, since most steps have none.
    pub act: Option<Box<Act>>,
    /// The commands for both.
    pub commands: Vec<Command>,
    /// Notes to the operator.
    pub advisories: Vec<Advisory>,
}

impl StepKind {
    /// The kind of a step that changes that, and does that besides.
    pub fn of(changes: &[Change], act: Option<&Act>) -> Self {
        match (changes, act) {
            ([], None) => Self::Settled,
            ([], Some(act)) if act.is_check() => Self::Settled,
            ([], Some(_)) => Self::Act,
            ([_, ..], _) => Self::Change,
        }
    }
}

impl Step {
    /// A step that does nothing. The session adds its binding and location.
    pub fn empty(kind: StepKind) -> Self {
        Self {
            binding: "".into(),
            at: None,
            from: None,
            kind,
            subjects: StepSubjects::Changed,
            changes: Vec::new(),
            act: None,
            commands: Vec::new(),
            advisories: Vec::new(),
        }
    }
}

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Raw {
            subject: Subject,
            before: serde_json::Value,
            after: serde_json::Value,
        }
        let raw = Raw::deserialize(deserializer)?;
        let before = State::read(&raw.subject, raw.before).map_err(D::Error::custom)?;
        let after = WantedState::read(&raw.subject, raw.after).map_err(D::Error::custom)?;
        Ok(Self {
            subject: raw.subject,
            before,
            after,
        })
    }
}
