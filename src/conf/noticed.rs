//! What services must notice of a file and its edits.

use std::borrow::Cow;
use std::cell::RefCell;

use super::document::Document;
use super::index::IndexedElement;
use super::read::{self, RawValue, Values};
use super::settings::{Notice, Setting};
use super::staged::{SettingValue, StagedValue};
use crate::login;
use crate::state::{FastMap, SecretText, Section, SectionKind};

/// Returns the text of a staged secret.
type Reveal<'a> = &'a mut dyn FnMut(&Setting, &SecretText) -> String;

impl Document {
    /// Calls `each` with the text of a section, the name of a setting in it that a service
    /// must notice and its raw value, secrets included, in an order that depends only on the
    /// content, and with how it notices that. `reveal` returns the text of a staged secret.
    pub fn noticed_by(
        &self,
        service: &str,
        reveal: Reveal<'_>,
        each: &mut dyn FnMut(&str, &str, &str, Notice),
    ) {
        let is_noticed = |kind: &SectionKind| kind.info().noticed_by.contains(&service);
        for kind in digest_order().filter(is_noticed) {
            // By row: to ask the table for each of 100,000 users takes long, and so does parsing
            // rows that the file does not have.
            let known = RefCell::new(FastMap::default());
            let notice = |setting: &Setting| {
                let ask = || setting.notice_by(service, kind);
                *known.borrow_mut().entry(setting.row()).or_insert_with(ask)
            };
            let is_noticed = |setting: &Setting| notice(setting).is_some();
            for (section, element) in self.sections(kind) {
                let text = section.to_string();
                for (setting, value) in self.texts(&section, element, &is_noticed, reveal) {
                    if let Some(notice) = notice(setting) {
                        each(&text, setting.name, &value, notice);
                    }
                }
            }
        }
    }

    /// What a service must do to notice those of these settings that are edited; `None` if each
    /// has the value that was read, whatever else is edited.
    pub fn notice_of_edits(&self, service: &str, reveal: Reveal<'_>) -> Option<Notice> {
        let read = self.as_read();
        let mut noticed_in = |document: &Self, section: &Section, how: Notice| {
            let kind = section.kind();
            let is_noticed = |setting: &Setting| setting.notice_by(service, kind) == Some(how);
            let element = document.section_element(section);
            let noticed = document.texts(section, element, &is_noticed, reveal);
            let noticed = noticed.into_iter();
            let noticed = noticed.map(|(setting, value)| (setting.name, value.into_owned()));
            noticed.collect::<Vec<_>>()
        };
        [Notice::Restart, Notice::Reload].into_iter().find(|how| {
            let mut edited = self.edits.keys();
            edited
                .any(|section| noticed_in(self, section, *how) != noticed_in(&read, section, *how))
        })
    }

    /// The texts of the wanted settings of a section with that element, secrets included.
    fn texts(
        &self,
        section: &Section,
        element: Option<&IndexedElement>,
        is_wanted: &dyn Fn(&Setting) -> bool,
        reveal: Reveal<'_>,
    ) -> Values<'_> {
        let values = self.raw_values(section, element, is_wanted).into_iter();
        let texts = values.filter_map(|(setting, value)| {
            let text = match value {
                RawValue::InFile(text) if self.is_masked && holds_secret(setting, &text) => {
                    read::masked_word(&text)
                }
                RawValue::InFile(text) => text,
                RawValue::Staged(StagedValue::Unset) => return None,
                RawValue::Staged(StagedValue::Text(text)) => Cow::Borrowed(&**text),
                RawValue::Staged(StagedValue::Secret(secret)) => {
                    Cow::Owned(reveal(setting, secret))
                }
            };
            Some((setting, text))
        });
        texts.collect()
    }
}

/// Whether a value is a secret or has a login in it.
fn holds_secret(setting: &Setting, text: &str) -> bool {
    match SettingValue::of_text(setting, Cow::Borrowed(text)) {
        SettingValue::Text(text) => text.contains(login::HIDDEN),
        SettingValue::Secret(_) | SettingValue::Hidden => true,
    }
}

/// The kinds of section in the order in which a digest has them. Nodes store
/// such digests, so it never changes.
fn digest_order() -> impl Iterator<Item = SectionKind> {
    use SectionKind::{Group, Logging, Trunk, User};
    let unnamed = SectionKind::all().filter(|kind| !kind.is_named());
    unnamed.chain([Trunk, Logging, Group, User])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_every_kind_of_section() {
        let mut kinds: Vec<_> = digest_order().collect();
        kinds.sort_unstable();
        assert!(kinds.into_iter().eq(SectionKind::all()));
    }
}
