//! Findings about the elements of one section: its settings, and what is in their places.

use super::content::Markup;
use super::elements::ElementSpan;
use super::findings::{Finder, FindingLevel, SCHEMA};
use super::rules;
use super::section_tree::SectionTree;
use super::settings::{Distinction, Setting};
use super::table;
use super::unknown_elements;
use crate::login;
use crate::state::{Section, ValueType};

const DOCUMENTED: &str = "IBM Aspera HSTS 4.4, aspera.conf - File system configuration";

impl Finder<'_> {
    /// Checks each element of a section.
    pub(super) fn check_settings(&mut self, section: &Section, tree: &SectionTree<'_>) {
        self.seen.clear();
        let mut numbers = tree.numbers();
        while let Some(number) = numbers.next() {
            let place = tree.place(number);
            if !place.is_known() {
                let (name, at) = (tree.name(number), tree.span(number).open);
                let parent = place.known_parent();
                let unknown = unknown_elements::in_section(tree.kind, parent, name);
                self.add_unknown(at, name, unknown);
                self.about(section, None);
                numbers.start = tree.next(number);
            } else if let Some(setting) = tree.setting(number) {
                self.check_element(section, tree, setting, number);
            }
        }
        self.check_rules(section, tree);
    }

    fn check_element(
        &mut self,
        section: &Section,
        tree: &SectionTree<'_>,
        setting: &'static Setting,
        number: u32,
    ) {
        let element = tree.span(number);
        let label = setting.label(tree, number);
        let count = self.seen.entry((setting.row(), label.clone())).or_default();
        *count += 1;
        let count = *count;
        if let (Distinction::Condition, Some(label), 1) = (setting.distinct_by, &label, count) {
            self.add_conditional(section, setting, label, element.open);
        }
        self.check_setting(section, setting, element, count);
    }

    fn add_conditional(
        &mut self,
        section: &Section,
        setting: &'static Setting,
        label: &str,
        at: usize,
    ) {
        let name = setting.name;
        let text = format!(
            "`{name}` has a value for some clients only: it is kept, and read as `{name}[{label}]`"
        );
        let finding = self.add(at, "conditional-value", text);
        finding.level = FindingLevel::Note;
        finding.source = DOCUMENTED;
        self.about(section, Some(setting));
    }

    fn check_rules(&mut self, section: &Section, tree: &SectionTree<'_>) {
        let Some(setting) = table::setting_of_rules(section.kind()) else {
            return;
        };
        if let [_, second, ..] = tree.rules()[..] {
            let name = setting.name;
            let text = format!(
                "there are several rules: `{name}` is of the first, `{name}[2]` of the second"
            );
            self.add(tree.span(second).open, "several-rules", text)
                .level = FindingLevel::Note;
            self.about(section, None);
        }
    }

    /// Says which section and setting the last finding is about.
    fn about(&mut self, section: &Section, setting: Option<&'static Setting>) {
        if let Some((_, finding)) = self.findings.last_mut() {
            finding.section = Some(section.clone());
            finding.setting = setting;
        }
    }

    /// Checks the `nth` element of a setting.
    fn check_setting(
        &mut self,
        section: &Section,
        setting: &'static Setting,
        element: ElementSpan,
        nth: usize,
    ) {
        let at = element.open;
        let content = self.document.content(element);
        let before = self.findings.len();
        if nth > 1 && setting.kind != ValueType::Items {
            let text = format!("`{}` is set more than once: the first counts", setting.name);
            self.add(at, "duplicate-value", text);
        } else {
            self.check_markup(setting, content.markup, at);
            self.check_value(section, setting, content.value.as_deref().unwrap_or(""), at);
        }
        for (_, finding) in &mut self.findings[before..] {
            finding.section = Some(section.clone());
            finding.setting = Some(setting);
        }
    }

    fn check_markup(&mut self, setting: &Setting, markup: Option<Markup>, at: usize) {
        let name = setting.name;
        match markup {
            Some(Markup::CData) => {
                let text = format!("`{name}` has its value in CDATA, which the server ignores");
                self.add(at, "cdata", text);
            }
            Some(Markup::Comment | Markup::Element) => {
                let text = format!(
                    "`{name}` has a comment or an element in it: the server ignores the text after it"
                );
                self.add(at, "broken-value", text);
            }
            Some(Markup::LeadingComment) | None => {}
        }
    }

    fn check_value(
        &mut self,
        section: &Section,
        setting: &'static Setting,
        value: &str,
        at: usize,
    ) {
        if let Some(violation) = rules::check_value(section, setting, value) {
            self.add_violation(at, &violation);
        } else if matches!(setting.kind, ValueType::Choice(_))
            && !matches!(value, "" | "AS_NULL")
            && !setting.kind.allowed().contains(&value)
        {
            let (name, value) = (setting.name, login::hide(value));
            let shown = value.escape_debug();
            let text = format!("`{name}` is `{shown}`, which is not one of the known values");
            self.add(at, "unlisted-value", text).source = SCHEMA;
        }
    }
}
