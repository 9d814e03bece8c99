//! What a script cannot express, as comments with the line of aspera.conf.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::selection::Selection;
use crate::conf::{ConfFinding, Document, Setting, SettingValue};
use crate::state::{Section, Subject};

/// So many subjects that cannot be read for the same reason are named.
const MOST_NAMED: usize = 3;

/// What was left out, in any order.
#[derive(Default)]
pub(super) struct Leftovers {
    in_conf: Vec<ConfLeftover>,
    others: Vec<String>,
    /// By the kind of subject and the reason.
    unread: BTreeMap<(String, String), BTreeSet<String>>,
}

/// A setting, or a whole section.
struct ConfLeftover {
    section: Section,
    /// Its name; `absolute[peer_ip=192.0.2.10]` for a value with a condition.
    setting: Option<Cow<'static, str>>,
    why: String,
}

/// Findings that a script answers, since it has the value that counts; or that another comment
/// answers.
const ANSWERED: &[&str] = &[
    "unlisted-value",
    "long-comment",
    "conditional-value",
    "several-rules",
];

impl Leftovers {
    /// Leaves out a setting, or a whole section.
    pub(super) fn add(&mut self, section: &Section, setting: Option<&'static Setting>, why: &str) {
        self.in_conf.push(ConfLeftover {
            section: section.clone(),
            setting: setting.map(|setting| setting.name.into()),
            why: why.to_owned(),
        });
    }

    /// Leaves out the values of a section that hold under a condition.
    pub(super) fn add_variants(&mut self, section: &Section, document: &Document) {
        for (name, value) in document.variants(section) {
            let value = match value {
                SettingValue::Text(text) => format!("`{text}`, which"),
                SettingValue::Secret(_) | SettingValue::Hidden => "a value that".to_owned(),
            };
            self.in_conf.push(ConfLeftover {
                section: section.clone(),
                setting: Some(name.into()),
                why: format!("{value} no call can set"),
            });
        }
    }

    /// Leaves out a subject that is not in aspera.conf.
    pub(super) fn add_other(&mut self, subject: &Subject, why: &str) {
        self.others.push(format!("{subject}: {why}"));
    }

    /// Leaves out a subject that cannot be read.
    pub(super) fn add_unread(&mut self, subject: &Subject, why: &str) {
        let path = subject.to_string();
        let kind = path.split('/').next().unwrap_or_default().to_owned();
        let why = why.replace(&path, "it");
        self.unread.entry((kind, why)).or_default().insert(path);
    }

    /// A comment for each, in the order of their lines; and for each element of the file that no
    /// setting is.
    pub(super) fn comments(&self, document: &Document, selection: &Selection) -> Vec<String> {
        let lines = document.line_numbers();
        let mut comments = BTreeSet::new();
        for ConfLeftover {
            section,
            setting,
            why,
        } in &self.in_conf
        {
            let line = lines.line(section, setting.as_deref()).unwrap_or(0);
            let name = setting.iter().map(|name| format!("/{name}"));
            let name: String = name.collect();
            comments.insert((line, format!("conf/{section}{name}: {why}")));
        }
        let in_conf = self.in_conf.iter();
        let said: HashSet<_> = in_conf
            .map(|left| (&left.section, left.setting.as_deref()))
            .collect();
        let findings = document.findings();
        let findings = findings
            .iter()
            .filter(|finding| is_left_out(finding, selection));
        for finding in findings {
            let name = finding.setting.map(|setting| setting.name);
            let section = finding.section.as_ref();
            if !section.is_some_and(|section| said.contains(&(section, name))) {
                comments.insert((finding.line, finding.text.clone()));
            }
        }
        let in_conf = comments.into_iter();
        let in_conf = in_conf.map(|(line, text)| format!("aspera.conf:{line}: {text}"));
        let others = self.others.iter().cloned();
        in_conf
            .chain(others)
            .chain(self.unread_comments())
            .collect()
    }

    fn unread_comments(&self) -> impl Iterator<Item = String> {
        self.unread.iter().map(|((_, why), paths)| {
            let named: Vec<_> = paths.iter().take(MOST_NAMED).map(String::as_str).collect();
            let more = match paths.len() - named.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("{}{more}: {why}", named.join(", "))
        })
    }
}

fn is_left_out(finding: &ConfFinding, selection: &Selection) -> bool {
    let is_selected = match &finding.section {
        Some(section) => selection.has(section),
        None => selection.is_everything(),
    };
    is_selected && !ANSWERED.contains(&finding.id)
}
