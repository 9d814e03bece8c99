//! Refuses edits that would make the vendor's parser refuse the file: one bad
//! value in it stops the server for everyone.

use std::borrow::Cow;

use super::document::Document;
use super::read::NULL;
use super::rules::{self, TargetRates, Violation};
use super::section_tree::SectionTree;
use super::settings::{Distinction, Setting};
use super::staged::{SectionEdits, StagedValue};
use crate::fault::{Fault, Result};
use crate::state::Section;

impl Document {
    /// Refuses edits of a section with which the vendor's parser would refuse
    /// the whole file.
    ///
    /// Fast, except for edits of the node's own rates, which every user and
    /// group without rates of its own inherits. Nothing here knows the groups
    /// of a user, so a user inherits from the node alone.
    pub fn check(&self, section: &Section) -> Result<()> {
        refuse(rules::check_root(self))?;
        self.check_name(section)?;
        let edits = self.edits.get(section);
        for (setting, staged) in edits.iter().flat_map(|edits| &edits.values) {
            if let StagedValue::Text(text) = staged {
                setting.check_writable(text)?;
                refuse(rules::check_value(section, setting, text))?;
            }
            self.check_single_rule(section, setting)?;
        }
        let values = self.unedited_values(section);
        let mut values = values.iter();
        refuse(values.find_map(|(setting, value)| rules::check_value(section, setting, value)))?;
        refuse(self.find_low_cap(section))
    }

    fn check_single_rule(&self, section: &Section, setting: &Setting) -> Result<()> {
        if setting.distinct_by != Distinction::Rule {
            return Ok(());
        }
        match self.rule_count(section) {
            0 | 1 => Ok(()),
            count => Err(Fault::refused(format!(
                "conf/{section} has {count} rules, and asconfigurator has no known way to select one"
            ))
            .hint(format!("change `{}` in aspera.conf by hand", setting.name))),
        }
    }

    fn check_name(&self, section: &Section) -> Result<()> {
        let Some(name) = section.name() else {
            return Ok(());
        };
        let edits = self.edits.get(section);
        if edits.is_some_and(|edits| edits.is_ensured) && !is_usable_name(&name) {
            let keyword = section.info().keyword;
            return Err(Fault::script(format!(
                "`{}` cannot be the name of a {keyword}",
                name.escape_debug()
            ))
            .hint("remove blanks at its start or end, control characters, `;` and `,`"));
        }
        let element = self
            .section_element(section)
            .filter(|_| !edits.is_some_and(|edits| edits.is_replaced));
        refuse(element.and_then(|element| rules::check_user(element, self)))
    }

    /// The first cap below its default because of the section's edits.
    fn find_low_cap(&self, section: &Section) -> Option<Violation> {
        let sets_rates = |edits: &SectionEdits| {
            let mut values = edits.values.iter();
            values.any(|(setting, _)| rules::is_target_rate(setting))
        };
        let may_set_rates = |section: &Section| {
            self.edits.get(section).is_some_and(sets_rates) || !self.rates(section).is_empty()
        };
        if !may_set_rates(section) && !may_set_rates(&Section::Node) {
            return None;
        }
        let node = self.rates(&Section::Node);
        let check = |section: &Section| rules::check_rates(section, &self.rates(section), &node);
        check(section).or_else(|| {
            let is_node = *section == Section::Node;
            let edits = self.edits.get(section).filter(|_| is_node);
            edits.is_some_and(sets_rates).then_some(())?;
            let users = self.users().into_iter().map(|n| Section::User(n.into()));
            let groups = self.groups().into_iter().map(|n| Section::Group(n.into()));
            let mut inheriting = users.chain(groups).filter(may_set_rates);
            inheriting.find_map(|section| check(&section))
        })
    }

    /// What a section sets of the target rates, with the edits.
    fn rates(&self, section: &Section) -> TargetRates<'_> {
        let edits = self.edits.get(section);
        let element = self.section_element(section);
        let element = element.filter(|_| edits.is_none_or(|edits| !edits.is_replaced));
        let mut rates = element.map_or_else(TargetRates::default, |element| {
            self.rates_in(&self.tree(section.kind(), element))
        });
        for (setting, staged) in edits.iter().flat_map(|edits| &edits.values) {
            rates.set(
                setting,
                match staged {
                    StagedValue::Text(text) => Some(Cow::Borrowed(text)),
                    StagedValue::Unset | StagedValue::Secret(_) => None,
                },
            );
        }
        rates
    }

    /// What the file sets of them in a section with these elements. The first of equal
    /// elements counts.
    pub(super) fn rates_in(&self, tree: &SectionTree<'_>) -> TargetRates<'_> {
        let mut rates = TargetRates::default();
        for number in tree.numbers().rev() {
            if let Some(setting) = tree.setting(number)
                && rules::is_target_rate(setting)
            {
                let content = self.content(tree.span(number));
                rates.set(setting, content.value.filter(|value| value != NULL));
            }
        }
        rates
    }
}

/// Whether asconfigurator can pass a name on, and aspera.conf can hold it.
fn is_usable_name(name: &str) -> bool {
    let is_unusable = |c: char| c.is_control() || matches!(c, ';' | ',');
    !name.is_empty() && name.trim() == name && !name.contains(is_unusable)
}

fn refuse(violation: Option<Violation>) -> Result<()> {
    let Some(violation) = violation else {
        return Ok(());
    };
    let fault = if violation.is_refusal() {
        Fault::refused(format!(
            "the server would refuse the whole of aspera.conf: {violation}"
        ))
    } else {
        Fault::refused(violation.to_string())
    };
    Err(match violation.hint() {
        Some(hint) => fault.hint(hint),
        None => fault,
    })
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::super::{Document, SettingValue};
    use crate::state::Section;

    const CAP: &str = "transfer_in_bandwidth_flow_target_rate_cap";
    const DEFAULT: &str = "transfer_in_bandwidth_flow_target_rate_default";

    fn user() -> Section {
        Section::User("u".into())
    }

    fn set(document: &mut Document, section: &Section, name: &str, value: &str) {
        let setting = table::find(section, name).unwrap();
        document.set(
            section,
            setting,
            Some(SettingValue::Text(value.to_owned().into())),
        );
    }

    #[test]
    fn a_cap_below_the_built_in_default_is_refused() {
        let mut document = Document::blank();
        set(&mut document, &user(), CAP, "5000");
        let fault = document.check(&user()).unwrap_err();
        assert!(fault.message().contains("5000 kbps"), "{fault}");
        set(&mut document, &user(), DEFAULT, "5000");
        document.check(&user()).unwrap();
        set(&mut document, &user(), CAP, "Unlimited");
        document.check(&user()).unwrap();
    }

    #[test]
    fn a_nodes_default_counts_for_its_users() {
        let mut document = Document::blank();
        set(&mut document, &user(), CAP, "20000");
        document.check(&user()).unwrap();
        set(&mut document, &Section::Node, DEFAULT, "30000");
        assert!(document.check(&user()).is_err());
        let fault = document.check(&Section::Node).unwrap_err();
        assert!(fault.message().contains("conf/user/u"), "{fault}");
    }

    #[test]
    fn bad_values_and_names_are_refused() {
        let file = b"<CONF><server><workers>many</workers></server><default>\
            <transfer><encryption><byok_enabled>AS_NULL</byok_enabled></encryption></transfer>\
            </default></CONF>";
        let document = Document::parse(file.to_vec()).unwrap();
        assert!(document.check(&Section::Server).is_err());
        assert!(document.check(&Section::Node).is_err());
        let mut document = Document::blank();
        let nameless = Section::User(" ".into());
        document.ensure(&nameless);
        assert!(document.check(&nameless).is_err());
    }

    #[test]
    fn a_user_that_is_there_twice_can_only_go() {
        let users = "<user><name>u</name></user>".repeat(2);
        let file = format!(
            "<CONF><aaa><realms><realm><users>{users}</users></realm></realms></aaa></CONF>"
        );
        let mut document = Document::parse(file.into_bytes()).unwrap();
        assert!(document.check(&user()).is_err());
        document.remove(&user());
        document.check(&user()).unwrap();
        assert_eq!(document.users(), Vec::<&str>::new());
        let bytes = document.to_bytes();
        assert!(!String::from_utf8(bytes).unwrap().contains("<user>"));
    }
}
