//! What a script cannot express, as comments with the line of aspera.conf.

use std::collections::{BTreeSet, HashSet};

use super::selection::Selection;
use crate::conf::{ConfFinding, Document, Setting};
use crate::state::{Section, Subject};

/// What was left out, in any order.
#[derive(Default)]
pub(super) struct Leftovers {
    in_conf: Vec<(Section, Option<&'static Setting>, String)>,
    others: Vec<String>,
}

/// Findings that a script answers: it has the value that counts.
const ANSWERED: &[&str] = &["unlisted-value", "long-comment", "duplicate-value"];

impl Leftovers {
    /// Leaves out a setting, or a whole section.
    pub(super) fn add(&mut self, section: &Section, setting: Option<&'static Setting>, why: &str) {
        let why = why.to_owned();
        self.in_conf.push((section.clone(), setting, why));
    }

    /// Leaves out a subject that is not in aspera.conf.
    pub(super) fn add_other(&mut self, subject: &Subject, why: &str) {
        self.others.push(format!("{subject}: {why}"));
    }

    /// A comment for each, in the order of their lines; and for each element of the file that no
    /// setting is.
    pub(super) fn comments(&self, document: &Document, selection: &Selection) -> Vec<String> {
        let lines = document.line_numbers();
        let mut comments = BTreeSet::new();
        for (section, setting, why) in &self.in_conf {
            let line = lines.line(section, *setting).unwrap_or(0);
            let name = setting.map_or_else(String::new, |setting| format!("/{}", setting.name));
            comments.insert((line, format!("conf/{section}{name}: {why}")));
        }
        let names = |setting: Option<&Setting>| setting.map(|setting| setting.name);
        let in_conf = self.in_conf.iter();
        let said: HashSet<_> = in_conf
            .map(|(section, setting, _)| (section, names(*setting)))
            .collect();
        let findings = document.findings();
        let findings = findings
            .iter()
            .filter(|finding| is_left_out(finding, selection));
        for finding in findings {
            let section = finding.section.as_ref();
            let is_said =
                section.is_some_and(|section| said.contains(&(section, names(finding.setting))));
            if !is_said {
                comments.insert((finding.line, finding.text.clone()));
            }
        }
        let in_conf = comments.into_iter();
        let in_conf = in_conf.map(|(line, text)| format!("aspera.conf:{line}: {text}"));
        in_conf.chain(self.others.iter().cloned()).collect()
    }
}

fn is_left_out(finding: &ConfFinding, selection: &Selection) -> bool {
    let is_selected = match &finding.section {
        Some(section) => selection.has(section),
        None => selection.is_everything(),
    };
    is_selected && !ANSWERED.contains(&finding.id)
}
