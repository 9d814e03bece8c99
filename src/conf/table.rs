//! The table of settings: `settings.tsv`, and an index of it for each kind of
//! section.

use std::sync::{LazyLock, OnceLock};

use super::places::{Place, SectionPlaces};
use super::settings::{Distinction, Setting};
use crate::fault::{Fault, Rule, nearest};
use crate::state::{FastMap, SectionKind};

struct Table {
    rows: Vec<Row>,
    /// Letters and texts of the sources.
    citations: Vec<(char, &'static str)>,
}

/// A row of the table. Its setting is parsed when it is first used: parsing all
/// of them would take a fifth of a short preview (`preview of the Faspex script`).
struct Row {
    number: usize,
    line: &'static str,
    /// The letters of its kinds of section.
    scopes: &'static str,
    /// The name of its setting.
    name: &'static str,
    /// The path of its element.
    path: &'static str,
    setting: OnceLock<Setting>,
}

impl Row {
    fn new(number: usize, line: &'static str) -> Self {
        let mut cells = split(line, b'\t');
        let mut next = || cells.next().unwrap_or("");
        Self {
            number,
            line,
            scopes: next(),
            name: next(),
            path: next(),
            setting: OnceLock::new(),
        }
    }

    fn setting(&self) -> &Setting {
        self.setting
            .get_or_init(|| Setting::parse(self.line, self.number))
    }
}

// Lines that start with `=` name the sources; all others are settings.
static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
        rows: Vec::with_capacity(600),
        citations: Vec::new(),
    };
    for line in split(include_str!("settings.tsv"), b'\n').filter(|line| !line.is_empty()) {
        if let Some((letters, text)) = line.strip_prefix('=').and_then(|l| l.split_once('\t')) {
            table.citations.extend(letters.chars().map(|c| (c, text)));
        } else {
            table.rows.push(Row::new(table.rows.len(), line));
        }
    }
    table
});

/// The parts of a text between single bytes. It is faster than `str::split`, which counts here:
/// the table has 100 kB.
fn split(text: &str, at: u8) -> impl Iterator<Item = &str> {
    let mut start = 0;
    let ends = memchr::memchr_iter(at, text.as_bytes()).chain([text.len()]);
    ends.map(move |end| &text[std::mem::replace(&mut start, end + 1)..end])
}

/// The rows of one kind of section.
struct KindIndex {
    by_name: FastMap<&'static str, &'static Row>,
    /// Built for the first section of a file: a file without any does not need them.
    places: OnceLock<KindPlaces>,
    /// The first setting that belongs to a rule.
    of_rules: OnceLock<Option<&'static Setting>>,
}

/// The places of elements in one kind of section.
struct KindPlaces {
    all: SectionPlaces,
    /// The place of a section's name.
    name: Option<Place>,
}

impl KindIndex {
    /// The index of a kind, built when it is first used.
    fn get(kind: SectionKind) -> &'static Self {
        static INDEXES: [OnceLock<KindIndex>; SectionKind::COUNT] =
            [const { OnceLock::new() }; SectionKind::COUNT];
        INDEXES[kind as usize].get_or_init(|| Self {
            by_name: rows(kind).map(|row| (row.name, row)).collect(),
            places: OnceLock::new(),
            of_rules: OnceLock::new(),
        })
    }
}

impl KindPlaces {
    fn get(kind: SectionKind) -> &'static Self {
        KindIndex::get(kind).places.get_or_init(|| Self::new(kind))
    }

    fn new(kind: SectionKind) -> Self {
        let mut all = SectionPlaces::new();
        // An element that has another name in other versions comes first with its own.
        for row in rows(kind).filter(|row| !row.path.is_empty()) {
            all.add_setting(row.path, row.number);
        }
        let name = kind.info().name.as_ref();
        let name = name.map(|field| all.add(field.element));
        Self { all, name }
    }
}

fn rows(kind: SectionKind) -> impl Iterator<Item = &'static Row> {
    let scope = kind.info().scope;
    let is_in = move |row: &&Row| row.scopes.bytes().any(|letter| char::from(letter) == scope);
    TABLE.rows.iter().filter(is_in)
}

/// All settings, in the table's order.
pub fn all_settings() -> impl Iterator<Item = &'static Setting> {
    TABLE.rows.iter().map(Row::setting)
}

/// The settings whose element has such a path.
pub(super) fn settings_at(is_path: fn(&str) -> bool) -> impl Iterator<Item = &'static Setting> {
    let rows = TABLE.rows.iter().filter(move |row| is_path(row.path));
    rows.map(Row::setting)
}

/// All settings of a kind of section, in the table's order.
pub fn settings_of(section: impl Into<SectionKind>) -> impl Iterator<Item = &'static Setting> {
    let kind = section.into();
    all_settings().filter(move |setting| setting.is_in(kind))
}

/// The setting with that name in a kind of section.
pub fn find(section: impl Into<SectionKind>, name: &str) -> Option<&'static Setting> {
    KindIndex::get(section.into())
        .by_name
        .get(name)
        .map(|row| row.setting())
}

/// The places of elements in a kind of section.
pub(super) fn places(kind: SectionKind) -> &'static SectionPlaces {
    &KindPlaces::get(kind).all
}

/// The place of the element that names a section, where a file can hold several.
pub(super) fn place_of_name(kind: SectionKind) -> Option<Place> {
    KindPlaces::get(kind).name
}

/// The setting whose element has that place in a kind of section.
pub(super) fn setting_at(kind: SectionKind, place: Place) -> Option<&'static Setting> {
    let row = places(kind).setting(place)?;
    Some(TABLE.rows[row].setting())
}

/// The setting whose element has that path in a kind of section.
pub(super) fn find_path(kind: SectionKind, path: &str) -> Option<&'static Setting> {
    setting_at(kind, places(kind).find(path)?)
}

/// The first setting of a kind of section that belongs to a rule.
pub(super) fn setting_of_rules(kind: SectionKind) -> Option<&'static Setting> {
    let is_of_rule = |setting: &&Setting| setting.distinct_by == Distinction::Rule;
    *KindIndex::get(kind)
        .of_rules
        .get_or_init(|| settings_of(kind).find(is_of_rule))
}

/// The setting that stands for one in a document: two versions may have two names for the same
/// element.
pub(super) fn of_element(kind: SectionKind, setting: &'static Setting) -> &'static Setting {
    if setting.is_of_other_versions() {
        find_path(kind, setting.path).unwrap_or(setting)
    } else {
        setting
    }
}

/// Whether a setting with that name is a secret, in any section.
pub fn is_secret(name: &str) -> bool {
    SectionKind::all()
        .filter_map(|kind| find(kind, name))
        .any(|setting| setting.is_secret)
}

impl Setting {
    /// Where the table's row comes from.
    pub fn sources(&self) -> impl Iterator<Item = &'static str> {
        self.citations.chars().filter_map(|letter| {
            let mut citations = TABLE.citations.iter();
            let (_, text) = citations.find(|(known, _)| *known == letter)?;
            Some(*text)
        })
    }
}

/// Names that people use for a setting, and the name that asconfigurator uses.
const ALIASES: &[(&str, &str)] = &[
    ("docroot", "absolute"),
    ("path", "absolute"),
    ("restriction", "file_restriction"),
    ("token_key", "token_encryption_key"),
    ("encryption_key", "token_encryption_key"),
    ("authorization", "authorization_transfer_in_value"),
    ("cap_kbps", "transfer_in_bandwidth_flow_target_rate_cap"),
    ("cap_in_kbps", "transfer_in_bandwidth_flow_target_rate_cap"),
    (
        "cap_out_kbps",
        "transfer_out_bandwidth_flow_target_rate_cap",
    ),
    (
        "target_rate_cap",
        "transfer_in_bandwidth_flow_target_rate_cap",
    ),
    ("read", "read_allowed"),
    ("write", "write_allowed"),
    ("browse", "dir_allowed"),
    ("name", "server_name"),
    ("hostname", "server_name"),
    ("capacity", "trunk_capacity"),
    ("capacity_kbps", "trunk_capacity"),
];

/// The fault of a name that is not a setting of the section.
pub fn unknown(section: impl Into<SectionKind>, name: &str) -> Fault {
    let kind = section.into();
    let info = kind.info();
    let fault = Fault::script(format!(
        "`{name}` is not a setting of conf/{}",
        info.keyword
    ))
    .with_rule(Rule::UnknownSetting);
    let is_selector = |name| {
        info.name
            .as_ref()
            .is_some_and(|field| field.argument == name)
    };
    if is_selector(name) {
        return fault.hint("it is the name of the section: pass it as the first argument");
    }
    let known = ALIASES.iter().find(|(alias, _)| *alias == name);
    if let Some((_, vendor)) = known.filter(|(_, vendor)| find(kind, vendor).is_some()) {
        return fault.hint(format!("asconfigurator calls it `{vendor}`"));
    }
    let here: Vec<_> = settings_of(kind).map(|setting| setting.name).collect();
    let elsewhere = SectionKind::all()
        .filter(|other| find(*other, name).is_some())
        .map(|other| other.info().keyword)
        .collect::<Vec<_>>();
    if !elsewhere.is_empty() {
        return fault.hint(format!("`{name}` is a setting of {}", elsewhere.join(", ")));
    }
    if nearest(name, here.iter().copied()).is_some() {
        return fault.suggest(name, here);
    }
    let near = nearest(name, all_settings().map(|setting| setting.name));
    fault.hint(match near {
        Some(near) => format!("another section has a setting `{near}`"),
        None => format!(
            "search for one with `ascript docs {}`",
            name.replace('_', " ")
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Section, ValueType};

    fn sections() -> [(Section, usize); 10] {
        [
            (Section::Node, 273),
            (Section::User("u".into()), 273),
            (Section::Group("g".into()), 273),
            (Section::Trunk(1), 13),
            (Section::Server, 188),
            (Section::HttpServer, 12),
            (Section::CentralServer, 23),
            (Section::Client, 14),
            (Section::Database, 21),
            (Section::Logging("*".into()), 5),
        ]
    }

    // The counts of asconfigurator, without the argument that selects a section:
    // user_name, group_name, id, classes.
    #[test]
    fn every_command_has_its_settings() {
        for (section, count) in sections() {
            let settings = settings_of(&section);
            let settings = settings.filter(|setting| !setting.is_of_other_versions());
            assert_eq!(settings.count(), count, "{section}");
        }
    }

    #[test]
    fn every_row_is_complete() {
        for setting in all_settings() {
            assert!(setting.sources().count() > 0, "{}", setting.name);
            assert_eq!(
                setting.path.is_empty(),
                setting.name == "canonical_absolute",
                "{}",
                setting.name
            );
            let has_others = !setting.other_words.is_empty();
            assert!(
                !has_others || !setting.versions.is_empty(),
                "{}",
                setting.name
            );
            let is_sentence = setting.doc.is_empty() || setting.doc.ends_with('.');
            assert!(is_sentence, "{}: {}", setting.name, setting.doc);
            if let ValueType::Choice(words) | ValueType::Choices(words) = setting.kind {
                let is_empty = words.iter().any(|word| word.is_empty());
                assert!(!is_empty, "{}", setting.name);
            }
        }
    }

    #[test]
    fn every_port_and_ttl_has_its_bounds() {
        let is_port = |name: &str| {
            name.split('_')
                .any(|word| matches!(word, "port" | "baseport"))
        };
        // Switches and times about ports.
        let others = ["udp_port_reuse", "mgmt_port_connect_timeout_usec"];
        for setting in all_settings() {
            let most = match setting.name {
                name if others.iter().any(|other| name.ends_with(other)) => continue,
                name if is_port(name) => 65_535,
                "trunk_mcast_ttl" => 255,
                _ => continue,
            };
            let least = i128::from(setting.default != "0");
            let bounds = ValueType::Int {
                min: least,
                max: most,
            };
            assert_eq!(setting.kind, bounds, "{}", setting.name);
        }
    }

    #[test]
    fn sections_name_the_services_that_notice_their_settings() {
        for kind in SectionKind::all() {
            let services = settings_of(kind).flat_map(|setting| setting.services_in(kind));
            let services: std::collections::BTreeSet<_> = services.collect();
            assert!(services.iter().eq(kind.info().noticed_by), "{kind:?}");
        }
    }

    #[test]
    fn settings_are_found_by_name_and_path() {
        for (section, _) in sections() {
            for setting in settings_of(&section) {
                assert!(std::ptr::eq(find(&section, setting.name).unwrap(), setting));
                let at_path = find_path(section.kind(), setting.path);
                assert_eq!(at_path.is_none(), setting.path.is_empty());
                let own = at_path.is_none_or(|found| std::ptr::eq(found, setting));
                assert!(own || setting.is_of_other_versions(), "{}", setting.name);
            }
        }
        assert!(find(&Section::Server, "absolute").is_none());
    }

    #[test]
    fn all_rules_of_a_section_have_one_path() {
        for kind in SectionKind::all() {
            let of_rules = settings_of(kind).filter(|s| s.distinct_by == Distinction::Rule);
            let paths: std::collections::BTreeSet<_> = of_rules.map(Setting::rule_path).collect();
            assert!(paths.len() <= 1, "{kind:?}: {paths:?}");
        }
    }

    #[test]
    fn an_unknown_name_has_a_hint() {
        let near = unknown(&Section::User("x".into()), "absolut");
        assert_eq!(near.message(), "`absolut` is not a setting of conf/user");
        assert_eq!(near.hints(), ["did you mean `absolute`?"]);
        let other = unknown(&Section::Node, "http_port");
        assert_eq!(
            other.hints(),
            ["`http_port` is a setting of server, http_server"]
        );
    }
}
