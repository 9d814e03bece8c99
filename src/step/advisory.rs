//! Notes to the operator, each with its weight and where it comes from.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::state::Subject;

/// How much a note weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Level {
    /// Good to know.
    Note,
    /// May go wrong.
    Caution,
    /// Exposes or destroys something.
    Danger,
}

/// A note to the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Advisory {
    /// Its lasting name: `docroot-spaces`.
    pub id: Cow<'static, str>,
    /// How much it weighs.
    pub level: Level,
    /// One or two sentences.
    pub text: Cow<'static, str>,
    /// What it is about.
    pub subject: Option<Subject>,
    /// The document or observation it comes from.
    pub source: Option<Cow<'static, str>>,
}

impl Advisory {
    /// A note of that name and weight.
    pub fn new(
        level: Level,
        id: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            id: id.into(),
            level,
            text: text.into(),
            subject: None,
            source: None,
        }
    }

    /// Says what it is about.
    #[must_use]
    pub fn about(mut self, subject: Subject) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Says where it comes from.
    #[must_use]
    pub fn source(mut self, source: impl Into<Cow<'static, str>>) -> Self {
        self.source = Some(source.into());
        self
    }
}
