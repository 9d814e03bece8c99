//! What the vendor's parser refuses in a file as it was read, and what it
//! ignores without a word. Staged edits do not count.

use super::document::Document;
use super::elements;
use super::index::{IndexedElement, Unrecognized};
use super::rules::{self, TargetRates, Violation};
use super::section_tree::SectionTree;
use super::settings::Setting;
use super::unknown_elements::{self, UnknownElement};
use super::variants;
use crate::state::{FastMap, Section, SectionKind};

/// Something in a file that the server does not read as its author meant it.
#[derive(Clone, Debug)]
pub struct ConfFinding {
    /// The kind of finding, for programs.
    pub id: &'static str,
    /// How grave it is.
    pub level: FindingLevel,
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

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingLevel {
    /// The server refuses the whole file for it.
    Refusal,
    /// The server reads something otherwise than its author meant it.
    Caution,
    /// Good to know.
    Note,
}

const OBSERVED: &str = "observed on ascp 3.9.0";
pub(super) const SCHEMA: &str = "the table of settings, build 4.4.7.2228";

impl Document {
    /// All findings, in the order of their lines. A full pass over the file.
    pub fn findings(&self) -> Vec<ConfFinding> {
        let node = self.section_element(&Section::Node);
        let node_rates = node.map(|node| self.rates_in(&self.tree(SectionKind::Node, node)));
        let mut finder = Finder {
            document: self,
            node_rates: node_rates.unwrap_or_default(),
            seen: FastMap::default(),
            findings: Vec::new(),
        };
        finder.check_file();
        finder.check_unrecognized();
        finder.check_repeated();
        if self.index.is_read {
            for element in &self.index.outline {
                finder.check_section(element);
            }
        }
        finder.sorted()
    }

    /// Findings for which the server refuses the whole file.
    pub fn refusals(&self) -> Vec<ConfFinding> {
        let mut findings = self.findings();
        findings.retain(|finding| finding.level == FindingLevel::Refusal);
        findings
    }
}

pub(super) struct Finder<'d> {
    pub(super) document: &'d Document,
    node_rates: TargetRates<'d>,
    /// How many elements there are in the section of each setting and label so far.
    pub(super) seen: FastMap<(usize, Option<String>), usize>,
    /// Each with its offset in the text.
    pub(super) findings: Vec<(usize, ConfFinding)>,
}

impl Finder<'_> {
    pub(super) fn add(
        &mut self,
        at: usize,
        id: &'static str,
        text: impl Into<String>,
    ) -> &mut ConfFinding {
        let finding = ConfFinding {
            id,
            level: FindingLevel::Caution,
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

    pub(super) fn add_violation(&mut self, at: usize, violation: &Violation) {
        let mut text = violation.to_string();
        if violation.is_refusal() {
            text.push_str(": the server refuses the file");
        }
        let finding = self.add(at, violation.id(), text);
        if violation.is_refusal() {
            finding.level = FindingLevel::Refusal;
        }
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
        for &Unrecognized { at, container } in &self.document.index.unrecognized {
            let name = elements::tag_name(&text[at..]);
            if matches!(name, "user" | "users" | "group" | "groups") {
                let text = format!("`{name}` is outside a realm: the server ignores it");
                self.add(at, "outside-realm", text);
            } else if name != variants::WEB {
                self.add_unknown(at, name, unknown_elements::in_container(container, name));
            }
        }
    }

    pub(super) fn add_unknown(&mut self, at: usize, name: &str, unknown: UnknownElement) {
        let (id, text) = match unknown {
            UnknownElement::OtherCase(known) => {
                let text = format!("the server ignores `{name}`: write `{known}`");
                self.add(at, "element-case", text);
                return;
            }
            UnknownElement::Misplaced(right) => (
                "misplaced-element",
                format!("`{name}` is not known here: the table of settings has {right}"),
            ),
            UnknownElement::Misspelled(near) => (
                "unknown-element",
                format!("`{name}` is not in the table of settings: did you mean `{near}`?"),
            ),
            UnknownElement::NotInTable => {
                let text = format!(
                    "`{name}` is not in the table of settings: it is kept, and not checked"
                );
                let finding = self.add(at, "unknown-element", text);
                finding.level = FindingLevel::Note;
                finding.source = SCHEMA;
                return;
            }
        };
        self.add(at, id, text).source = SCHEMA;
    }

    fn check_repeated(&mut self) {
        for element in self.document.index.repeated() {
            let at = self.document.span(element.number).open;
            let Some(section) = section_of(element) else {
                continue;
            };
            if element.name.as_deref() == Some("") {
                continue;
            }
            if section.kind() == SectionKind::User {
                self.add_violation(at, &Violation::DuplicateUser(section));
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
        let at = self.document.span(element.number).open;
        if kind.is_named() && element.name.as_deref().unwrap_or_default().is_empty() {
            let text = format!(
                "a {} has no name that the server can read",
                kind.info().keyword
            );
            let finding = self.add(at, "nameless", text);
            if kind == SectionKind::User {
                finding.level = FindingLevel::Refusal;
            }
        }
        let Some(section) = section_of(element) else {
            self.check_name(kind, element, at);
            return;
        };
        let tree = self.document.tree(kind, element);
        self.check_settings(&section, &tree);
        self.check_rates(&section, element, &tree);
    }

    /// A name that no section of the kind can have, such as the id of a virtual link.
    fn check_name(&mut self, kind: SectionKind, element: &IndexedElement, at: usize) {
        let info = kind.info();
        let name = element.name.as_deref().filter(|name| !name.is_empty());
        if let (Some(name), Some(field)) = (name, &info.name) {
            let (keyword, field, name) = (info.keyword, field.element, name.escape_debug());
            let text = format!("a {keyword} has the {field} `{name}`, which no tool can set");
            self.add(at, "bad-name", text).source = SCHEMA;
        }
    }

    fn check_rates(&mut self, section: &Section, element: &IndexedElement, tree: &SectionTree<'_>) {
        let own = self.document.rates_in(tree);
        // The node's own finding is enough for those who have their rates from it.
        if !own.is_empty()
            && let Some(violation) = rules::check_rates(section, &own, &self.node_rates)
            && let Some(read) = self.document.section_element(section)
            && read.number == element.number
        {
            let at = self.document.span(element.number).open;
            self.add_violation(at, &violation);
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
    let name = element.name.clone().unwrap_or_default();
    element.kind.section()?.section(name)
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
            .map(|f| (f.id, f.level == FindingLevel::Refusal, f.line))
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
            [("misplaced-element", false, 2)]
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
            ("<logging><level>log</level></logging>", "misplaced-element"),
            ("<serve/>", "unknown-element"),
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
            ("<trunks><trunk><id>256</id></trunk></trunks>", "bad-name"),
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
