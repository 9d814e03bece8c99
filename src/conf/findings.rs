//! What the vendor's parser refuses in a file as it was read, and what it
//! ignores without a word. Staged edits do not count.

use std::collections::HashMap;

use super::content::{self, Markup};
use super::document::Document;
use super::element_kind::ElementKind;
use super::element_tree::ElementTree;
use super::index::{ElementSpan, IndexedElement};
use super::rules::{self, Violation};
use super::scan::without_prefix;
use super::settings::Setting;
use super::table;
use crate::login;
use crate::state::{Section, SectionKind, ValueType};

/// Something in a file that the server does not read as its author meant it.
#[derive(Clone, Debug)]
pub struct ConfFinding {
    /// The kind of finding, for programs.
    pub id: &'static str,
    /// Whether the server refuses the whole file for it.
    pub is_refusal: bool,
    /// The problem, in one clause.
    pub text: String,
    /// Which section it is about.
    pub section: Option<Section>,
    /// Which setting it is about.
    pub setting: Option<&'static Setting>,
    /// Line in the file, from 1.
    pub line: usize,
    /// How it is known.
    pub source: &'static str,
}

const OBSERVED: &str = "observed on ascp 3.9.0";
const SCHEMA: &str = "the table of settings, build 4.4.7.2228";

impl Document {
    /// All findings, in the order of their lines. A full pass over the file.
    pub fn findings(&self) -> Vec<ConfFinding> {
        let mut finder = Finder {
            document: self,
            findings: Vec::new(),
        };
        finder.check_file();
        finder.check_unrecognized();
        finder.check_repeated();
        if self.index.is_read {
            for element in &self.index.elements {
                finder.check_section(element);
            }
        }
        finder.sorted()
    }

    /// Findings for which the server refuses the whole file.
    pub fn refusals(&self) -> Vec<ConfFinding> {
        let mut findings = self.findings();
        findings.retain(|finding| finding.is_refusal);
        findings
    }
}

struct Finder<'d> {
    document: &'d Document,
    /// Each with its offset in the text.
    findings: Vec<(usize, ConfFinding)>,
}

impl Finder<'_> {
    fn add(&mut self, at: usize, id: &'static str, text: impl Into<String>) -> &mut ConfFinding {
        let finding = ConfFinding {
            id,
            is_refusal: false,
            text: text.into(),
            section: None,
            setting: None,
            line: 0,
            source: OBSERVED,
        };
        self.findings.push((at, finding));
        let last = self.findings.len() - 1;
        &mut self.findings[last].1
    }

    fn add_violation(&mut self, at: usize, violation: &Violation) {
        let mut text = violation.to_string();
        if violation.is_refusal() {
            text.push_str(": the server refuses the file");
        }
        let finding = self.add(at, violation.id(), text);
        finding.is_refusal = violation.is_refusal();
        finding.section = violation.section().cloned();
        finding.setting = violation.setting();
    }

    fn check_file(&mut self) {
        if let Some(violation) = rules::check_root(self.document) {
            self.add_violation(0, &violation);
        }
        for at in &self.document.index.long_comments {
            let text = "the server takes seconds to read this very long comment";
            self.add(*at, "long-comment", text);
        }
    }

    fn check_unrecognized(&mut self) {
        let text = &self.document.text;
        for &at in &self.document.index.unrecognized {
            let tag = &text[at + 1..];
            let end = tag.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>'));
            let name = without_prefix(&tag[..end.unwrap_or(0)]);
            if matches!(name, "user" | "users" | "group" | "groups") {
                let text = format!("`{name}` is outside a realm: the server ignores it");
                self.add(at, "outside-realm", text);
            } else if let Some(known) = ElementKind::with_tag_like(name) {
                self.add_wrong_case(at, name, known);
            } else {
                self.add_unknown(at, name);
            }
        }
    }

    fn add_wrong_case(&mut self, at: usize, name: &str, known: &str) {
        let text = format!("the server ignores `{name}`: write `{known}`");
        self.add(at, "element-case", text);
    }

    fn add_unknown(&mut self, at: usize, name: &str) {
        let text = format!("`{name}` is not a known element: the server may ignore it");
        self.add(at, "unknown-element", text).source = SCHEMA;
    }

    fn check_repeated(&mut self) {
        for element in self.document.index.repeated() {
            let at = element.span.open;
            let Some(section) = section_of(element) else {
                continue;
            };
            if element.name.as_deref() == Some("") {
                continue;
            }
            if let Some(violation) = rules::check_user(element, self.document) {
                self.add_violation(at, &violation);
            } else {
                let text = format!("conf/{section} is there twice; the first is read here");
                self.add(at, "duplicate-section", text).section = Some(section);
            }
        }
    }

    fn check_section(&mut self, element: &IndexedElement) {
        let Some(kind) = element.kind.section() else {
            return;
        };
        let at = element.span.open;
        if kind.is_named() && element.name.as_deref().unwrap_or_default().is_empty() {
            let text = format!(
                "a {} has no name that the server can read",
                kind.info().keyword
            );
            self.add(at, "nameless", text).is_refusal = kind == SectionKind::User;
        }
        let Some(section) = section_of(element) else {
            return;
        };
        self.check_settings(&section, element.span);
        let document = self.document;
        let read = document.section_element(&section);
        if read.is_some_and(|read| read.span == element.span) {
            let rate = |section: &Section, setting| document.rate_in_file(section, setting);
            if let Some(violation) = rules::check_rates(&section, &rate) {
                self.add_violation(at, &violation);
            }
        }
    }

    fn check_settings(&mut self, section: &Section, element: ElementSpan) {
        let text = self.document.text.as_str();
        let kind = section.kind();
        let name_element = kind.info().name.as_ref().map(|field| field.element);
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let mut unknown: Option<String> = None;
        ElementTree::parse(text, element).walk(|path, element| {
            if unknown.as_ref().is_some_and(|top| is_below(path, top)) {
                return;
            }
            if let Some(setting) = table::find_path(kind, path) {
                let count = seen.entry(setting.path).or_default();
                *count += 1;
                self.check_setting(section, setting, element, *count);
            } else if Some(path) != name_element && !table::is_parent(kind, path) {
                self.check_unknown(section, path, element.open);
                unknown = Some(path.to_owned());
            }
        });
    }

    fn check_unknown(&mut self, section: &Section, path: &str, at: usize) {
        let name = path.rsplit('/').next().unwrap_or(path);
        let known = table::settings_of(section).find_map(|setting| {
            let known = setting.path.get(..path.len())?;
            known.eq_ignore_ascii_case(path).then_some(known)
        });
        match known.and_then(|known| known.rsplit('/').next()) {
            Some(known) => self.add_wrong_case(at, name, known),
            None => self.add_unknown(at, name),
        }
        if let Some((_, finding)) = self.findings.last_mut() {
            finding.section = Some(section.clone());
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
        let content = content::read(&self.document.text, element, &self.document.index.entities);
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

    fn sorted(mut self) -> Vec<ConfFinding> {
        self.findings.sort_by_key(|(at, _)| *at);
        let text = self.document.text.as_bytes();
        let (mut counted, mut line) = (0, 1);
        let numbered = self.findings.into_iter().map(|(at, mut finding)| {
            line += memchr::memchr_iter(b'\n', &text[counted..at]).count();
            counted = at;
            finding.line = line;
            finding
        });
        numbered.collect()
    }
}

fn section_of(element: &IndexedElement) -> Option<Section> {
    let name = element.name.as_deref().unwrap_or_default();
    element.kind.section()?.section(name)
}

fn is_below(path: &str, top: &str) -> bool {
    path.strip_prefix(top)
        .is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(inside: &str) -> Vec<(&'static str, bool, usize)> {
        let file = format!("<CONF>\n{inside}\n</CONF>");
        let document = Document::parse(file.into_bytes()).unwrap();
        let findings = document.findings();
        findings
            .iter()
            .map(|f| (f.id, f.is_refusal, f.line))
            .collect()
    }

    fn users(inside: &str) -> String {
        format!("<aaa><realms><realm><users>{inside}</users></realm></realms></aaa>")
    }

    #[test]
    fn a_correct_file_has_none() {
        assert_eq!(ids("<server><server_name>a</server_name></server>"), []);
        assert_eq!(
            ids(&users("<user><name>u</name><absolute/></user>")),
            [("unknown-element", false, 2)]
        );
    }

    #[test]
    fn refusals_are_found() {
        let twice = "<user><name>u</name></user>\n".repeat(2);
        assert_eq!(ids(&users(&twice)), [("duplicate-user", true, 3)]);
        assert_eq!(ids(&users("<user/>")), [("nameless", true, 2)]);
        assert_eq!(
            ids("<server><enable_http>on</enable_http><http_port>08</http_port></server>"),
            [("bad-value", true, 2); 2]
        );
        let rates = "<default><transfer><in><bandwidth><flow><target_rate><cap>5</cap>\
                     </target_rate></flow></bandwidth></in></transfer></default>";
        assert_eq!(ids(rates), [("cap-below-default", true, 2)]);
    }

    #[test]
    fn ignored_elements_are_found() {
        for (inside, id) in [
            ("<users/>", "outside-realm"),
            ("<Server/>", "element-case"),
            ("<WEB SshPort='33001'/>", "unknown-element"),
            ("<server><Http_Port>1</Http_Port></server>", "element-case"),
            ("<server><node_id><![CDATA[x]]></node_id></server>", "cdata"),
            (
                "<server><node_id>x<!-- -->y</node_id></server>",
                "broken-value",
            ),
            (
                "<server><node_id/><node_id>y</node_id></server>",
                "duplicate-value",
            ),
            ("<server/><server/>", "duplicate-section"),
            (
                "<client><ssl_protocol>sslv3</ssl_protocol></client>",
                "unlisted-value",
            ),
        ] {
            assert_eq!(ids(inside), [(id, false, 2)], "{inside}");
        }
        let document =
            Document::parse(b"<Conf><server><workers>x</workers></server></Conf>".to_vec());
        let findings = document.unwrap().findings();
        assert_eq!(
            findings.iter().map(|f| f.id).collect::<Vec<_>>(),
            ["root-case"]
        );
    }
}
