//! What differs between two readings of aspera.conf, apart from its layout.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::iter::Peekable;
use std::slice;

use super::document::Document;
use super::elements::ElementSpan;
use super::index::IndexedElement;
use super::read::{NULL, Values};
use super::settings::{Distinction, Setting};
use super::table;
use crate::state::{Section, SectionKind};

/// One difference.
#[derive(Clone)]
pub enum ConfDifference {
    /// A named section that only one of them has.
    Section(Section),
    /// A setting with another meaning.
    Setting(Section, &'static Setting),
    /// An element that is no known setting, by its path in its section or in the file.
    Element {
        /// The section that it is in.
        section: Option<Section>,
        /// The names of the elements that lead to it.
        path: String,
        /// Whether only the later file has an element there.
        is_new: bool,
    },
}

/// An element without children that is no known setting, or one with attributes.
#[derive(Clone, PartialEq, Eq, Hash)]
struct OtherElement<'t> {
    section: Option<Section>,
    path: String,
    attributes: Vec<&'t str>,
    text: Cow<'t, str>,
}

impl Document {
    /// Compares the file with one that was read later. Edits do not count.
    pub fn differences(&self, later: &Self) -> Vec<ConfDifference> {
        if self.text == later.text {
            return Vec::new();
        }
        let mut all = Vec::new();
        for kind in SectionKind::all() {
            let sections = self.sections(kind).into_iter();
            let sections = sections.chain(later.sections(kind));
            let both: BTreeSet<Section> = sections.map(|(section, _)| section).collect();
            for section in both {
                self.compare_section(later, section, &mut all);
            }
        }
        self.compare_others(later, &mut all);
        all
    }

    /// How many comments a later file no longer has.
    pub fn lost_comments(&self, later: &Self) -> usize {
        missing(&comments(&self.text), &comments(&later.text)).len()
    }

    fn compare_section(&self, later: &Self, section: Section, all: &mut Vec<ConfDifference>) {
        let span = |document: &Self| {
            let element = document.section_element(&section)?;
            Some(document.span(element.number))
        };
        match (span(self), span(later)) {
            (Some(was), Some(is))
                if self.text[was.open..was.end] == later.text[is.open..is.end] => {}
            (None, _) | (_, None) if section.is_named() => {
                all.push(ConfDifference::Section(section));
            }
            _ => {
                let (was, is) = (
                    self.unedited_values(&section),
                    later.unedited_values(&section),
                );
                for setting in changed_settings(was, is) {
                    all.push(ConfDifference::Setting(section.clone(), setting));
                }
            }
        }
    }

    fn compare_others(&self, later: &Self, all: &mut Vec<ConfDifference>) {
        let is_in_both = |other: &OtherElement<'_>| {
            let section = other.section.as_ref();
            section.is_none_or(|section| self.has(section) == later.has(section))
        };
        let (mut was, mut is) = (self.other_elements(), later.other_elements());
        was.retain(is_in_both);
        is.retain(is_in_both);
        let lost = missing(&was, &is);
        let places: BTreeSet<_> = lost
            .iter()
            .map(|other| (other.section.clone(), other.path.clone()))
            .collect();
        let added: BTreeSet<_> = missing(&is, &was)
            .into_iter()
            .map(|other| (other.section.clone(), other.path.clone()))
            .filter(|place| !places.contains(place))
            .collect();
        let element = |((section, path), is_new)| ConfDifference::Element {
            section,
            path,
            is_new,
        };
        let lost = places.into_iter().map(|place| (place, false));
        all.extend(
            lost.chain(added.into_iter().map(|place| (place, true)))
                .map(element),
        );
    }

    fn other_elements(&self) -> Vec<OtherElement<'_>> {
        let mut collector = Collector {
            document: self,
            outline: self.index.outline[1..].iter().peekable(),
            current: None,
            found: Vec::new(),
        };
        let elements = &self.index.elements;
        elements.walk(&self.text, |path, number| collector.visit(path, number));
        let found = collector.found.into_iter().map(|(leaf, other)| {
            let text = leaf.and_then(|leaf| self.content(self.span(leaf)).value);
            OtherElement {
                text: text.unwrap_or_default(),
                ..other
            }
        });
        found
            .filter(|other| !other.text.is_empty() || !other.attributes.is_empty())
            .collect()
    }
}

/// The settings that do not mean the same in both.
fn changed_settings(was: Values<'_>, is: Values<'_>) -> Vec<&'static Setting> {
    let set = |values: Values<'_>| -> HashMap<usize, (&'static Setting, String)> {
        let values = values.into_iter().filter(|(_, text)| text != NULL);
        values
            .map(|(setting, text)| (setting.row(), (setting, text.into_owned())))
            .collect()
    };
    let (was, is) = (set(was), set(is));
    let rows: BTreeSet<usize> = was.keys().chain(is.keys()).copied().collect();
    let changed = rows
        .into_iter()
        .filter_map(|row| match (was.get(&row), is.get(&row)) {
            (Some((setting, was)), Some((_, is))) => {
                let is_same = was == is || (!setting.is_secret && setting.agree(was, is));
                (!is_same).then_some(*setting)
            }
            (Some((setting, _)), None) | (None, Some((setting, _))) => Some(*setting),
            (None, None) => None,
        });
    changed.collect()
}

/// The items of the first list that the second lacks, each as often as it lacks it.
fn missing<'a, T: Eq + Hash>(of: &'a [T], from: &'a [T]) -> Vec<&'a T> {
    let mut left: HashMap<&T, usize> = HashMap::new();
    for item in from {
        *left.entry(item).or_default() += 1;
    }
    let mut missing = Vec::new();
    for item in of {
        match left.get_mut(item) {
            Some(count) if *count > 0 => *count -= 1,
            _ => missing.push(item),
        }
    }
    missing
}

/// Collects elements while the tree is walked.
struct Collector<'d> {
    document: &'d Document,
    /// Sections and what contains them that the walk has not reached yet.
    outline: Peekable<slice::Iter<'d, IndexedElement>>,
    /// The section that the walk is in, and the length of its path.
    current: Option<(&'d IndexedElement, usize)>,
    /// Each with its number, unless it has children.
    found: Vec<(Option<u32>, OtherElement<'d>)>,
}

impl Collector<'_> {
    fn visit(&mut self, path: &str, number: u32) {
        self.leave_parent(number);
        let next = |number| self.document.index.elements.next(number);
        if self
            .current
            .is_some_and(|(section, _)| next(section.number) <= number)
        {
            self.current = None;
        }
        let indexed = self.outline.next_if(|element| element.number == number);
        if let Some(section) = indexed.filter(|element| element.kind.section().is_some()) {
            self.current = Some((section, path.len()));
            return;
        }
        let attributes = attributes(&self.document.text, self.document.span(number));
        let (kind, below) = match self.current {
            Some((section, length)) => (section.kind.section(), &path[length + 1..]),
            None => (None, path),
        };
        if kind.is_some_and(|kind| is_known(kind, below)) && attributes.is_empty() {
            return;
        }
        let section = self.current.and_then(|(section, _)| section_of(section));
        let other = OtherElement {
            section,
            path: below.to_owned(),
            attributes,
            text: Cow::default(),
        };
        self.found.push((Some(number), other));
    }

    /// The last element has children: its own text does not count.
    fn leave_parent(&mut self, child: u32) {
        if let Some((last, _)) = self.found.last_mut()
            && last.is_some_and(|last| self.document.index.elements.next(last) > child)
        {
            *last = None;
        }
    }
}

fn section_of(element: &IndexedElement) -> Option<Section> {
    let name = element.name.as_deref().unwrap_or_default();
    element.kind.section()?.section(name)
}

/// Whether the path is that of a setting, or of the section's name. Settings of rules do not count:
/// only those of the first rule are compared as settings.
fn is_known(kind: SectionKind, path: &str) -> bool {
    let name = kind.info().name.as_ref().map(|field| field.element);
    let setting = table::find_path(kind, path);
    name == Some(path) || setting.is_some_and(|setting| setting.distinct_by != Distinction::Rule)
}

/// The attributes of an element as they are written.
fn attributes(text: &str, span: ElementSpan) -> Vec<&str> {
    let tag = text[span.open..span.inner].trim_end_matches('>');
    tag.trim_end_matches('/')
        .split_whitespace()
        .skip(1)
        .collect()
}

fn comments(text: &str) -> Vec<&str> {
    let (mut all, mut rest) = (Vec::new(), text);
    while let Some((_, from)) = rest.split_once("<!--")
        && let Some((comment, after)) = from.split_once("-->")
    {
        all.push(comment.trim());
        rest = after;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "<CONF version=\"2\">
  <!-- ours -->
  <default><file_system><unknown>1</unknown></file_system></default>
  <aaa><realms><realm><users>
    <user><name>ana</name><file_system><access><paths><path>
      <absolute>/srv/ana</absolute>
      <absolute peer_ip=\"10.0.0.1\">/srv/lan</absolute>
      <read_allowed>false</read_allowed>
    </path></paths></access></file_system></user>
    <user><name>ben</name></user>
  </users></realm></realms></aaa>
  <strange><leaf>a</leaf></strange>
  <server><rproxy><rules><rule><host>a</host></rule><rule><host>b</host></rule></rules></rproxy></server>
</CONF>
";

    fn differences(from: &str, to: &str) -> Vec<String> {
        assert!(from.is_empty() || FILE.contains(from), "{from}");
        let parse = |text: String| Document::parse(text.into_bytes()).unwrap();
        let differences = parse(FILE.to_owned()).differences(&parse(FILE.replacen(from, to, 1)));
        let shown = differences.into_iter().map(|difference| match difference {
            ConfDifference::Section(section) => format!("section {section}"),
            ConfDifference::Setting(section, setting) => format!("{section}/{}", setting.name),
            ConfDifference::Element {
                section,
                path,
                is_new,
            } => format!("{section:?} {path} {is_new}"),
        });
        shown.collect()
    }

    #[test]
    fn a_setting_that_moved_is_found() {
        let right = "<read_allowed>false</read_allowed>";
        assert_eq!(differences(right, ""), ["user/ana/read_allowed"]);
        let other = "<read_allowed>true</read_allowed>";
        assert_eq!(differences(right, other), ["user/ana/read_allowed"]);
        assert_eq!(
            differences("<user><name>ben</name></user>", ""),
            ["section user/ben"]
        );
        let server = "<server><server_name>n</server_name><rproxy>";
        assert_eq!(
            differences("<server><rproxy>", server),
            ["server/server_name"]
        );
    }

    #[test]
    fn an_element_that_no_setting_is_counts_too() {
        let lan = "<absolute peer_ip=\"10.0.0.1\">/srv/lan</absolute>";
        let paths = "file_system/access/paths/path/absolute";
        let ana = "Some(User(\"ana\"))";
        assert_eq!(differences(lan, ""), [format!("{ana} {paths} false")]);
        assert_eq!(
            differences("<unknown>1</unknown>", "<unknown>2</unknown>"),
            ["Some(Node) file_system/unknown false"]
        );
        assert_eq!(
            differences("<leaf>a</leaf>", "<leaf>a</leaf><more>b</more>"),
            ["None strange/more true"]
        );
        let rule = "<rule><host>b</host></rule>";
        assert_eq!(
            differences(rule, ""),
            ["Some(Server) rproxy/rules/rule/host false"]
        );
    }

    #[test]
    fn layout_comments_and_spellings_do_not_count() {
        assert_eq!(differences("  <!-- ours -->\n", ""), [""; 0]);
        assert_eq!(differences("\n    <user>", "<user>"), [""; 0]);
        assert_eq!(differences(">false<", "> no <"), [""; 0]);
    }

    #[test]
    fn lost_comments_are_counted() {
        let parse = |text: &str| Document::parse(text.as_bytes().to_vec()).unwrap();
        let was = parse("<CONF><!-- a --><!-- a --><!-- b --></CONF>");
        assert_eq!(
            was.lost_comments(&parse("<CONF><!--a--><!-- c --></CONF>")),
            2
        );
        assert_eq!(was.lost_comments(&was), 0);
    }
}
