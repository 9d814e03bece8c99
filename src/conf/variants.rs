//! Values that aspera.conf holds and asconfigurator cannot set: of an element with a condition, of
//! the rules after the first, and of the attributes of `WEB`. They are read and kept, and never
//! taken for the setting itself.

use std::borrow::Cow;

use quick_xml::events::attributes::Attributes;

use super::document::Document;
use super::elements::{ElementSpan, tag_name, without_prefix};
use super::section_tree::SectionTree;
use super::settings::{Distinction, Setting};
use super::staged::SettingValue;
use crate::state::{FastIndexMap, Section, SectionKind};

/// The attribute that limits a docroot to clients of one address.
const CONDITION: &str = "peer_ip";

/// The element whose attributes the web pages of the server read, up to 3.9.
pub(super) const WEB: &str = "WEB";

impl Setting {
    /// What tells one of its elements from the setting itself: a condition, or the number of its
    /// rule. None for the element that asconfigurator sets.
    pub(super) fn label(&self, tree: &SectionTree<'_>, number: u32) -> Option<String> {
        match self.distinct_by {
            Distinction::Nothing => None,
            Distinction::Condition => {
                let span = tree.span(number);
                let tag = &tree.document.text[span.open..span.inner];
                let value = attribute(tag, CONDITION)?;
                Some(format!("{CONDITION}={value}"))
            }
            Distinction::Rule => {
                let before = |rule: &u32| tree.next(*rule) <= number;
                let rules = tree.rules().partition_point(before);
                (rules > 0).then(|| (rules + 1).to_string())
            }
        }
    }

    /// The path of the element of a rule.
    pub(super) fn rule_path(&self) -> &'static str {
        self.path.rsplit_once('/').map_or("", |(rule, _)| rule)
    }

    /// The elements that stand for the setting itself.
    pub(super) fn own_elements(&self, tree: &SectionTree<'_>) -> Vec<ElementSpan> {
        let own = tree.with_path(self.path);
        let own = own.filter(|number| self.label(tree, *number).is_none());
        own.map(|number| tree.span(number)).collect()
    }
}

impl Document {
    /// Values of a section that asconfigurator cannot set, by names such as
    /// `absolute[peer_ip=192.0.2.10]`, `rproxy_rules_rule_host[2]` and `WEB[HttpFallback]`.
    pub fn variants(&self, section: &Section) -> Vec<(String, SettingValue<'_>)> {
        let variants = self.placed_variants(section).into_iter();
        variants.map(|(name, (_, value))| (name, value)).collect()
    }

    /// One of these values.
    pub fn variant(&self, section: &Section, name: &str) -> Option<SettingValue<'_>> {
        let (_, value) = self.placed_variants(section).swap_remove(name)?;
        Some(value)
    }

    /// Where the element of one of these values starts.
    pub(super) fn variant_start(&self, section: &Section, name: &str) -> Option<usize> {
        let (at, _) = self.placed_variants(section).swap_remove(name)?;
        Some(at)
    }

    /// The values with the places of their elements.
    fn placed_variants(
        &self,
        section: &Section,
    ) -> FastIndexMap<String, (usize, SettingValue<'_>)> {
        if section.kind() == SectionKind::HttpServer {
            return self.web_attributes();
        }
        let mut variants = FastIndexMap::default();
        let element = self.section_element(section);
        let edits = self.edits.get(section);
        let Some(element) = element.filter(|_| edits.is_none_or(|edits| !edits.is_replaced)) else {
            return variants;
        };
        let tree = self.tree(section.kind(), element);
        for number in tree.numbers() {
            let setting = tree.setting(number);
            let label = setting.and_then(|setting| setting.label(&tree, number));
            let (Some(setting), Some(label)) = (setting, label) else {
                continue;
            };
            let name = format!("{}[{label}]", setting.name);
            let span = tree.span(number);
            // The first of equal elements counts.
            if let Some(value) = self.content(span).value {
                let value = SettingValue::of_text(setting, value);
                variants.entry(name).or_insert((span.open, value));
            }
        }
        variants
    }

    /// How many rules a section has.
    pub(super) fn rule_count(&self, section: &Section) -> usize {
        let element = self.section_element(section);
        element.map_or(0, |element| {
            self.tree(section.kind(), element).rules().len()
        })
    }

    fn web_attributes(&self) -> FastIndexMap<String, (usize, SettingValue<'_>)> {
        let elements = self.index.unrecognized.iter();
        let mut tags = elements.map(|element| (element.at, start_tag(&self.text[element.at..])));
        let Some((at, web)) = tags.find(|(_, tag)| tag_name(tag) == WEB) else {
            return FastIndexMap::default();
        };
        let names = ["HttpFallback", "HttpFallbackPort", "HttpsFallbackPort"].into_iter();
        let value = |name| Some((name, attribute(web, name)?));
        names
            .filter_map(value)
            .map(|(name, value)| (format!("{WEB}[{name}]"), (at, SettingValue::Text(value))))
            .collect()
    }
}

/// The start tag at the start of a text.
fn start_tag(text: &str) -> &str {
    let mut quote = None;
    let end = text.find(|c| match quote {
        None if matches!(c, '"' | '\'') => {
            quote = Some(c);
            false
        }
        None => c == '>',
        Some(open) => {
            if open == c {
                quote = None;
            }
            false
        }
    });
    &text[..end.map_or(text.len(), |end| end + 1)]
}

/// The value of an attribute of a start tag.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<Cow<'t, str>> {
    let inside = tag.trim_end_matches('>').trim_end_matches('/');
    let start = inside.find(char::is_whitespace)?;
    let mut attributes = Attributes::new(inside, start);
    // The scan has found no two with the same name.
    let mut attributes = attributes.with_checks(false).filter_map(Result::ok);
    let found = attributes.find(|attribute| without_prefix(attribute.key.0) == name)?;
    Some(found.value)
}

#[cfg(test)]
mod tests {
    use super::super::{Document, SettingValue, find};
    use crate::state::Section;

    fn user(inside: &str) -> Document {
        let file = format!(
            "<CONF>\n<aaa><realms><realm><users><user><name>u</name>\n<file_system><access><paths><path>\n\
             {inside}\n</path></paths></access></file_system>\n</user></users></realm></realms></aaa>\n</CONF>"
        );
        Document::parse(file.into_bytes()).unwrap()
    }

    fn get(document: &Document, section: &Section, name: &str) -> Option<String> {
        let value = match find(section, name) {
            Some(setting) => document.get(section, setting),
            None => document.variant(section, name),
        };
        match value? {
            SettingValue::Text(text) => Some(text.into_owned()),
            SettingValue::Secret(_) | SettingValue::Hidden => None,
        }
    }

    fn findings(document: &Document) -> Vec<(&'static str, usize)> {
        let findings = document.findings();
        findings.iter().map(|f| (f.id, f.line)).collect()
    }

    const NEAR: &str = "<absolute peer_ip=\"192.0.2.10\">/srv/near</absolute>";

    #[test]
    fn a_docroot_with_a_condition_is_not_the_docroot() {
        let section = Section::User("u".into());
        let setting = find(&section, "absolute").unwrap();
        let mut document = user(&format!("{NEAR}\n<absolute>/srv/far</absolute>"));
        let near = "absolute[peer_ip=192.0.2.10]";
        assert_eq!(get(&document, &section, "absolute").unwrap(), "/srv/far");
        assert_eq!(get(&document, &section, near).unwrap(), "/srv/near");
        assert_eq!(document.settings(&section).len(), 1);
        assert_eq!(findings(&document), [("conditional-value", 4)]);
        document.set(
            &section,
            setting,
            Some(SettingValue::Text("/srv/new".into())),
        );
        let text = String::from_utf8(document.to_bytes()).unwrap();
        let kept = format!("{NEAR}\n<absolute>/srv/new</absolute>");
        assert!(text.contains(&kept), "{text}");
        document.set(&section, setting, None);
        let text = String::from_utf8(document.to_bytes()).unwrap();
        assert!(text.contains(NEAR) && !text.contains("<absolute>"));
    }

    #[test]
    fn a_docroot_is_added_beside_one_with_a_condition() {
        let section = Section::User("u".into());
        let mut document = user(NEAR);
        assert_eq!(get(&document, &section, "absolute"), None);
        document.set(
            &section,
            find(&section, "absolute").unwrap(),
            Some(SettingValue::Text("/srv/new".into())),
        );
        let text = String::from_utf8(document.to_bytes()).unwrap();
        assert!(text.contains(&format!("{NEAR}\n<absolute>/srv/new</absolute>")));
    }

    #[test]
    fn equal_conditions_are_duplicates() {
        let document = user(&format!("{NEAR}\n{NEAR}\n<absolute>/srv/far</absolute>"));
        let expected = [("conditional-value", 4), ("duplicate-value", 5)];
        assert_eq!(findings(&document), expected);
        // An attribute that the table does not know is no condition.
        let document = user("<absolute x='1'>/a</absolute>\n<absolute>/b</absolute>");
        assert_eq!(findings(&document), [("duplicate-value", 5)]);
    }

    #[test]
    fn each_rule_is_its_own_thing() {
        let rule = |inside: &str| format!("<rule>{inside}</rule>\n");
        let file = format!(
            "<CONF><server><rproxy><rules>\n{}{}</rules></rproxy></server></CONF>",
            rule("<host>a</host>"),
            rule("<host>b</host><keyfile>/k</keyfile>"),
        );
        let mut document = Document::parse(file.into_bytes()).unwrap();
        let server = Section::Server;
        for (name, value) in [
            ("rproxy_rules_rule_host", Some("a")),
            ("rproxy_rules_rule_keyfile", None),
            ("rproxy_rules_rule_host[2]", Some("b")),
            ("rproxy_rules_rule_keyfile[2]", Some("/k")),
        ] {
            assert_eq!(get(&document, &server, name).as_deref(), value, "{name}");
        }
        assert_eq!(findings(&document), [("several-rules", 3)]);
        document.set(
            &server,
            find(&server, "rproxy_rules_rule_host").unwrap(),
            Some(SettingValue::Text("c".into())),
        );
        let fault = document.check(&server).unwrap_err();
        assert!(fault.message().contains("2 rules"), "{fault}");
    }

    #[test]
    fn attributes_of_web_are_read() {
        let file = b"<CONF><WEB x=\"a>b\" HttpFallback = 'no' HttpFallbackPort=\"9090\"/></CONF>";
        let document = Document::parse(file.to_vec()).unwrap();
        let names = ["WEB[HttpFallback]", "WEB[HttpFallbackPort]"];
        let values = names.map(|name| get(&document, &Section::HttpServer, name).unwrap());
        assert_eq!(values, ["no", "9090"]);
        assert_eq!(findings(&document), []);
    }
}
