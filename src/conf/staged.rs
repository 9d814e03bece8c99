//! The edits that are staged for one section.

use std::borrow::Cow;

use super::settings::Setting;
use crate::login;
use crate::state::SecretText;

/// What a setting is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingValue<'a> {
    /// The text, as the vendor's parser reads it, with the logins of URLs hidden.
    Text(Cow<'a, str>),
    /// A staged value with secrets, by their references.
    Secret(SecretText),
    /// A secret value that the file holds. Setting it changes nothing.
    Hidden,
}

impl<'a> SettingValue<'a> {
    /// The value of a setting with that text, hidden if it is a secret.
    pub(super) fn of_text(setting: &Setting, text: Cow<'a, str>) -> Self {
        if setting.is_secret {
            return Self::Hidden;
        }
        Self::Text(match text {
            Cow::Borrowed(text) => login::hide(text),
            Cow::Owned(text) => login::hide_owned(text).into(),
        })
    }
}

/// The edits that were staged for one section at some moment.
#[derive(Clone, Debug)]
pub struct SavedEdits(pub(super) Option<SectionEdits>);

/// Edits staged for one section.
#[derive(Clone, Debug, Default)]
pub(super) struct SectionEdits {
    /// Whether everything that the file has in the section is removed.
    pub(super) is_replaced: bool,
    /// Whether the section is added if it is missing, even with no settings.
    pub(super) is_ensured: bool,
    /// In the order of the table of settings.
    pub(super) values: Vec<(&'static Setting, StagedValue)>,
}

/// One setting's edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum StagedValue {
    Unset,
    Text(Box<str>),
    Secret(SecretText),
}

impl SectionEdits {
    /// The edit of a setting.
    pub(super) fn find(&self, setting: &Setting) -> Option<&StagedValue> {
        let position = self.position(setting).ok()?;
        Some(&self.values[position].1)
    }

    /// Stages an edit in place of an earlier one of the same setting.
    pub(super) fn put(&mut self, setting: &'static Setting, value: StagedValue) {
        match self.position(setting) {
            Ok(position) => self.values[position].1 = value,
            Err(position) => {
                // Most scripts set one thing per section, for thousands of users.
                if self.values.is_empty() {
                    self.values.reserve_exact(1);
                }
                self.values.insert(position, (setting, value));
            }
        }
    }

    fn position(&self, setting: &Setting) -> Result<usize, usize> {
        self.values
            .binary_search_by_key(&setting.row(), |(setting, _)| setting.row())
    }
}

impl StagedValue {
    /// The value that it sets.
    pub(super) fn value(&self, setting: &Setting) -> Option<SettingValue<'_>> {
        match self {
            Self::Unset => None,
            Self::Text(text) => Some(SettingValue::of_text(setting, Cow::Borrowed(text))),
            Self::Secret(secret) => Some(SettingValue::Secret(secret.clone())),
        }
    }
}
