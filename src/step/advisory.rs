//! Notes to the operator, each with a level and a source.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::login;
use crate::state::{FastIndexMap, Subject};

/// How serious a note is.
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

/// The name of the note that secrets are missing on the machine that previews.
pub const SECRETS_NOT_SET: &str = "secrets-not-set";

/// The name of the note that others can read the file of a secret there.
pub const SECRET_FILE_READABLE: &str = "secret-file-readable";

/// The name of the note that a new file gets a new folder.
pub const FOLDER_CREATED: &str = "folder-created";

/// The name of the note that the Node API was not, or will not be, asked.
pub const API_NOT_VERIFIED: &str = "api-not-verified";

/// A note to the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Advisory {
    /// Its name, which never changes: `docroot-spaces`.
    pub id: Cow<'static, str>,
    /// How serious it is.
    pub level: Level,
    /// One or two sentences.
    pub text: Cow<'static, str>,
    /// The subject it is about.
    pub subject: Option<Subject>,
    /// The vendor document or the observation that it rests on.
    pub source: Option<Cow<'static, str>>,
    /// Values for another system, by name: what a person enters there. Boxed, since most
    /// notes have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, String>"))]
    pub details: Option<Box<FastIndexMap<String, String>>>,
}

impl Advisory {
    /// A note with that level and name.
    pub fn new(
        level: Level,
        id: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            id: id.into(),
            level,
            text: match text.into() {
                Cow::Borrowed(text) => login::hide(text),
                Cow::Owned(text) => login::hide_owned(text).into(),
            },
            subject: None,
            source: None,
            details: None,
        }
    }

    /// Whether it tells of the machine that previews, not of the node: the plan does
    /// not have it.
    pub fn is_about_this_machine(&self) -> bool {
        [SECRETS_NOT_SET, SECRET_FILE_READABLE].contains(&&*self.id)
    }

    /// Sets the subject.
    #[must_use]
    pub fn about(mut self, subject: Subject) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Sets the source.
    #[must_use]
    pub fn source(mut self, source: impl Into<Cow<'static, str>>) -> Self {
        self.source = Some(source.into());
        self
    }
}
