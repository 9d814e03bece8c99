//! What a run set that is judged by the node as it is afterwards.

use std::rc::Rc;

use crate::state::{Section, Subject};
use crate::step::{Step, StepSubjects};

use super::docroot::{DOCROOT, RESTRICTION};

/// How many sections, and users of the Node API, are judged: each may start programs.
pub(super) const MAX_TOUCHED: usize = 20;

/// The settings that a run set, or found as wanted.
#[derive(Default)]
pub(super) struct Touched<'a> {
    /// Sections with a docroot or a restriction.
    pub(super) sections: Vec<&'a Section>,
    /// Users of the Node API.
    pub(super) api_users: Vec<&'a Rc<str>>,
    /// Whether it set where the Node API listens.
    pub(super) has_node_api_ports: bool,
    /// Whether there are more of them than are judged.
    pub(super) is_cut: bool,
}

impl<'a> Touched<'a> {
    /// Collects them from steps.
    pub(super) fn by(steps: &'a [Step]) -> Self {
        let mut touched = Self::default();
        for step in steps {
            for change in &step.changes {
                touched.add(&change.subject);
            }
            if let StepSubjects::Listed(subjects) = &step.subjects {
                for subject in subjects {
                    touched.add(subject);
                }
            }
        }
        touched
    }

    fn add(&mut self, subject: &'a Subject) {
        let is_added = if let Subject::Setting(section, name) = subject {
            if *section == Section::Server {
                let names = ["listen", "http_port", "https_port"];
                self.has_node_api_ports |= names.contains(&&**name);
            }
            let is_limit = *name == DOCROOT || *name == RESTRICTION;
            !is_limit || add_some(&mut self.sections, section)
        } else if let Subject::ApiUser(name) = subject {
            add_some(&mut self.api_users, name)
        } else {
            true
        };
        self.is_cut |= !is_added;
    }

    /// Whether nothing is to be judged.
    pub(super) fn is_empty(&self) -> bool {
        self.sections.is_empty() && self.api_users.is_empty() && !self.has_node_api_ports
    }

    /// Whether it set something that users without their own setting get.
    pub(super) fn is_for_all_users(&self) -> bool {
        let mut sections = self.sections.iter();
        sections.any(|section| !matches!(section, Section::User(_)))
    }
}

/// Adds an item that is not in the list; returns false where the list is full.
fn add_some<'a, T: PartialEq>(list: &mut Vec<&'a T>, item: &'a T) -> bool {
    let is_known = list.contains(&item);
    if !is_known && list.len() < MAX_TOUCHED {
        list.push(item);
        return true;
    }
    is_known
}

#[cfg(test)]
mod tests {
    use crate::facts::Draft;

    use super::*;

    fn step_about(subjects: Vec<Subject>) -> Step {
        Draft::default().about(subjects).step()
    }

    #[test]
    fn as_many_users_as_are_judged_are_collected_once() {
        let docroot = |n: usize| Subject::setting(Section::User(format!("u{n}").into()), DOCROOT);
        let all = (0..MAX_TOUCHED).chain(0..MAX_TOUCHED).map(docroot);
        let mut steps = vec![step_about(all.collect())];
        assert_eq!(Touched::by(&steps).sections.len(), MAX_TOUCHED);
        assert!(!Touched::by(&steps).is_cut);
        steps.push(step_about(vec![docroot(MAX_TOUCHED)]));
        assert_eq!(Touched::by(&steps).sections.len(), MAX_TOUCHED);
        assert!(Touched::by(&steps).is_cut);
    }

    #[test]
    fn other_settings_are_not_judged() {
        let other = Subject::setting(Section::User("anna".into()), "read_allowed");
        assert!(Touched::by(&[step_about(vec![other])]).is_empty());
    }
}
