//! The JSON of a step.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::fault::Location;
use crate::state::Subject;

use super::{Act, Advisory, Change, Command, Step, StepKind, StepSubjects};

// Both directions come from this one list. Its doc comments are the descriptions
// in `docs/plan.schema.json`.
/// One binding call, as it is performed.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Step", deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Step"))]
pub(super) struct StepJson {
    /// The binding that made it.
    binding: Cow<'static, str>,
    /// The call in the script.
    at: Option<Location>,
    /// If that is in a module: the call in the script that led there. Else the key
    /// is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Location>,
    /// Its kind.
    kind: StepKind,
    /// What it is about, also where nothing changes. Documents of version 0.1 do
    /// not have it.
    #[serde(
        default,
        getter = "Step::subjects",
        skip_serializing_if = "Option::is_none"
    )]
    subjects: Option<Vec<Subject>>,
    /// The changes.
    #[serde(rename = "moves")]
    changes: Vec<Change>,
    /// What the step does besides. Else the key is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    act: Option<Box<Act>>,
    /// The commands for both, which readers see: `apply` computes its own, and
    /// refuses a plan with other ones.
    commands: Vec<Command>,
    /// Notes to the operator.
    advisories: Vec<Advisory>,
}

impl From<StepJson> for Step {
    fn from(document: StepJson) -> Self {
        Self {
            binding: document.binding,
            at: document.at,
            from: document.from,
            kind: document.kind,
            subjects: document
                .subjects
                .map_or(StepSubjects::Unknown, StepSubjects::Listed),
            changes: document.changes,
            act: document.act,
            commands: document.commands,
            advisories: document.advisories,
        }
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        StepJson::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        StepJson::deserialize(deserializer)
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Step {
    fn schema_name() -> Cow<'static, str> {
        StepJson::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        StepJson::json_schema(generator)
    }
}
