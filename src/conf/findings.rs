//! What the vendor's parser refuses or silently leaves out of a file as it was
//! read. Staged edits do not count, and nothing is mended.

use std::collections::HashMap;

use super::document::Document;
use super::index::{Element, ElementSite, SectionSite};
use super::leaf::{self, Impurity};
use super::outline::Outline;
use super::read::{named, spot};
use super::scan::local;
use super::settings::Setting;
use super::table;
use crate::state::{Section, SectionKind, ValueType};

/// Something that the file says and the server does not take as it is meant.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What kind of finding it is, for machines.
    pub id: &'static str,
    /// Whether the server refuses the whole file for it.
    pub is_refusal: bool,
    /// One clause.
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
    pub fn findings(&self) -> Vec<Finding> {
        let mut finder = Finder {
            document: self,
            found: Vec::new(),
        };
        finder.root();
        finder.strays();
        finder.repeated();
        let places = self.index.places.iter().filter(|_| self.index.is_read);
        for place in places.filter(|place| is_section(place.spot)) {
            finder.section(place);
        }
        finder.sorted()
    }

    /// Findings for which the server refuses the whole file.
    pub fn refusals(&self) -> Vec<Finding> {
        let mut findings = self.findings();
        findings.retain(|finding| finding.is_refusal);
        findings
    }
}

struct Finder<'d> {
    document: &'d Document,
    /// With where they are in the text.
    found: Vec<(usize, Finding)>,
}

impl Finder<'_> {
    fn add(&mut self, at: usize, id: &'static str, text: String) -> &mut Finding {
        let finding = Finding {
            id,
            is_refusal: false,
            text,
            section: None,
            setting: None,
            line: 0,
            source: OBSERVED,
        };
        self.found.push((at, finding));
        let last = self.found.len() - 1;
        &mut self.found[last].1
    }

    fn root(&mut self) {
        let index = &self.document.index;
        if !index.is_read {
            let text = "the root element is not written CONF, so nothing in the file is read";
            self.add(0, "root-case", text.into());
        }
        for at in &index.long_comments {
            let text = "the comment is so long that the server takes seconds to read it";
            self.add(*at, "long-comment", text.into());
        }
    }

    fn strays(&mut self) {
        let text = &self.document.text;
        for &at in &self.document.index.strays {
            let tag = &text[at + 1..];
            let end = tag.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>'));
            let name = local(&tag[..end.unwrap_or(0)]);
            if matches!(name, "user" | "users" | "group" | "groups") {
                let text = format!("`{name}` stands outside a realm and is ignored");
                self.add(at, "outside-realm", text);
            } else if let Some(known) = container(name) {
                self.wrong_case(at, name, known);
            } else {
                self.unknown_element(at, name);
            }
        }
    }

    fn wrong_case(&mut self, at: usize, name: &str, known: &str) {
        let text = format!("`{name}` is ignored: the server knows `{known}`");
        self.add(at, "element-case", text);
    }

    fn unknown_element(&mut self, at: usize, name: &str) {
        let text = format!("`{name}` is not an element known here; the server ignores those");
        self.add(at, "unknown-element", text).source = SCHEMA;
    }

    fn repeated(&mut self) {
        let index = &self.document.index;
        for number in &index.repeated {
            let place = &index.places[*number as usize];
            let at = place.element.open;
            let section = section_of(place);
            let Some(section) = section.filter(|_| place.name.as_deref() != Some("")) else {
                continue;
            };
            if place.spot == ElementSite::User {
                let text = format!("conf/{section} is there twice: the server refuses the file");
                let finding = self.add(at, "duplicate-user", text);
                finding.is_refusal = true;
                finding.section = Some(section);
            } else {
                let text = format!("conf/{section} is there twice; the first is read here");
                self.add(at, "duplicate-section", text).section = Some(section);
            }
        }
    }

    fn section(&mut self, place: &SectionSite) {
        let at = place.element.open;
        let is_nameless = place.name.as_deref().unwrap_or("").is_empty();
        if place.spot.entry().is_some() && is_nameless {
            let is_user = place.spot == ElementSite::User;
            let text = "an entry has no name the server can read".into();
            self.add(at, "nameless", text).is_refusal = is_user;
        }
        let Some(section) = section_of(place) else {
            return;
        };
        self.leaves(&section, place.element);
        if self
            .document
            .place(&section)
            .is_some_and(|p| p.element == place.element)
            && let Some(low) = self.document.low_cap_in_file(&section)
        {
            let text = format!("{low}: the server refuses the file");
            let finding = self.add(at, "cap-below-default", text);
            finding.is_refusal = true;
            finding.section = Some(low.section);
            finding.setting = low.setting;
        }
    }

    fn leaves(&mut self, section: &Section, element: Element) {
        let text = self.document.text.as_str();
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let mut unknown: Option<String> = None;
        Outline::of(text, element).walk(|path, element| {
            if unknown.as_ref().is_some_and(|top| is_below(path, top)) {
                return;
            }
            if let Some(setting) = table::at_path(section, path) {
                let before = seen.entry(setting.path).or_default();
                *before += 1;
                self.leaf(section, setting, element, *before);
            } else if !is_known(section, path) {
                self.unknown(section, path, element.open);
                unknown = Some(path.to_owned());
            }
        });
    }

    fn unknown(&mut self, section: &Section, path: &str, at: usize) {
        let name = path.rsplit('/').next().unwrap_or(path);
        let known = table::of(section).find_map(|setting| {
            let known = setting.path.get(..path.len())?;
            known.eq_ignore_ascii_case(path).then_some(known)
        });
        match known.and_then(|known| known.rsplit('/').next()) {
            Some(known) => self.wrong_case(at, name, known),
            None => self.unknown_element(at, name),
        }
        if let Some((_, finding)) = self.found.last_mut() {
            finding.section = Some(section.clone());
        }
    }

    // What keeps a leaf from saying what it seems to.
    fn leaf(&mut self, section: &Section, setting: &'static Setting, element: Element, nth: usize) {
        let name = setting.name;
        let at = element.open;
        let read = leaf::read(&self.document.text, element, &self.document.index.entities);
        let before = self.found.len();
        if nth > 1 && setting.kind != ValueType::Items {
            let text = format!("`{name}` is there more than once; the first counts");
            self.add(at, "duplicate-value", text);
        } else {
            match read.impurity {
                Some(Impurity::CData) => {
                    let text = format!("`{name}` has its value in CDATA, which is not read");
                    self.add(at, "cdata", text);
                }
                Some(Impurity::Comment | Impurity::Element) => {
                    let text =
                        format!("`{name}` loses the text after the comment or element inside it");
                    self.add(at, "broken-value", text);
                }
                Some(Impurity::LeadingComment) | None => {}
            }
            self.value(setting, read.value.as_deref().unwrap_or(""), at);
        }
        for (_, finding) in &mut self.found[before..] {
            finding.section = Some(section.clone());
            finding.setting = Some(setting);
        }
    }

    fn value(&mut self, setting: &Setting, value: &str, at: usize) {
        let name = setting.name;
        let shown = value.escape_debug();
        if setting.is_refused(value) {
            let text = format!("`{name}` is `{shown}`: the server refuses the file");
            self.add(at, "bad-value", text).is_refusal = true;
        } else if matches!(setting.kind, ValueType::Choice(_))
            && !matches!(value, "" | "AS_NULL")
            && !setting.kind.allowed().contains(&value)
        {
            let text = format!("`{name}` is `{shown}`, which is none of the values known");
            self.add(at, "unlisted-value", text).source = SCHEMA;
        }
    }

    fn sorted(mut self) -> Vec<Finding> {
        self.found.sort_by_key(|(at, _)| *at);
        let text = self.document.text.as_bytes();
        let (mut counted, mut line) = (0, 1);
        let numbered = self.found.into_iter().map(|(at, mut finding)| {
            line += memchr::memchr_iter(b'\n', &text[counted..at]).count();
            counted = at;
            finding.line = line;
            finding
        });
        numbered.collect()
    }
}

fn is_section(spot: ElementSite) -> bool {
    spot.entry().is_some()
        || matches!(
            spot,
            ElementSite::Node
                | ElementSite::Server
                | ElementSite::HttpServer
                | ElementSite::CentralServer
                | ElementSite::Client
                | ElementSite::Database
        )
}

fn section_of(place: &SectionSite) -> Option<Section> {
    let mut sections = SectionKind::all().filter_map(|kind| kind.section(""));
    let found = sections.find(|section| !section.is_named() && spot(section) == place.spot);
    found.or_else(|| named(place.spot.entry()?, place.name.as_deref().unwrap_or("")))
}

// The container that an element in the wrong case was meant to be.
fn container(name: &str) -> Option<&'static str> {
    const KNOWN: [&str; 15] = [
        "aaa",
        "default",
        "trunks",
        "central_server",
        "http_server",
        "database",
        "server",
        "logging",
        "client",
        "realms",
        "realm",
        "user",
        "group",
        "trunk",
        "log_setting",
    ];
    KNOWN
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name))
}

fn is_below(path: &str, top: &str) -> bool {
    path.strip_prefix(top)
        .is_some_and(|rest| rest.starts_with('/'))
}

// The parent of settings, or what names the section.
fn is_known(section: &Section, path: &str) -> bool {
    let selector = match section {
        Section::User(_) | Section::Group(_) => "name",
        Section::Trunk(_) => "id",
        Section::Logging(_) => "classes",
        Section::Node
        | Section::Server
        | Section::HttpServer
        | Section::CentralServer
        | Section::Client
        | Section::Database => "",
    };
    path == selector || table::is_parent(section, path)
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
    fn a_sound_file_has_none() {
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
    fn what_is_ignored_is_found() {
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
