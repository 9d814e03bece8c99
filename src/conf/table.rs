//! The table of settings, and how one is found in it. It is read once, when
//! first asked, and holds nothing but the table's own text.

use std::collections::HashSet;
use std::sync::{LazyLock, OnceLock};

use super::settings::Setting;
use crate::fault::{Fault, Rule, nearest};
use crate::state::{FastMap, Section, SectionKind};

/// The column that names the services which must notice a change.
const SERVICES: usize = 8;

struct Table {
    rows: Vec<Row>,
    citations: Vec<(char, &'static str)>,
    by_name: FastMap<(char, &'static str), u16>,
}

// A script asks for a few settings out of hundreds: a row is taken apart when
// it is asked for.
struct Row {
    line: &'static str,
    scopes: &'static str,
    setting: OnceLock<Box<Setting>>,
}

// Node, user and group share their settings, and one entry for each.
fn family(scope: char) -> char {
    match scope {
        'u' | 'g' => 'n',
        other => other,
    }
}

// Lines that start with `=` name the sources; all others are settings.
static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
        rows: Vec::with_capacity(600),
        citations: Vec::new(),
        by_name: FastMap::default(),
    };
    table.by_name.reserve(600);
    for line in include_str!("settings.tsv").lines() {
        let Some((scopes, rest)) = line.split_once('\t') else {
            continue;
        };
        if let Some(code) = scopes.strip_prefix('=') {
            table.citations.extend(code.chars().map(|c| (c, rest)));
            continue;
        }
        let order = u16::try_from(table.rows.len()).unwrap_or(u16::MAX);
        let name = rest.split_once('\t').map_or(rest, |(name, _)| name);
        if let Some(scope) = scopes.chars().next() {
            table.by_name.insert((family(scope), name), order);
        }
        let setting = OnceLock::new();
        table.rows.push(Row {
            line,
            scopes,
            setting,
        });
    }
    table
});

/// The letter of a section's kind in the table's first column.
pub(super) fn scope(section: impl Into<SectionKind>) -> char {
    section.into().info().scope
}

/// The setting of that name in that kind of section.
pub fn find(section: impl Into<SectionKind>, name: &str) -> Option<&'static Setting> {
    let scope = scope(section);
    let setting = at(*TABLE.by_name.get(&(family(scope), name))?)?;
    setting.scopes().contains(scope).then_some(setting)
}

/// Whether a setting of that name is a secret, in any section.
pub fn is_secret(name: &str) -> bool {
    SectionKind::all()
        .filter_map(|kind| find(kind, name))
        .any(|setting| setting.is_secret)
}

pub(super) fn citation(code: char) -> Option<&'static str> {
    let citation = TABLE.citations.iter().find(|c| c.0 == code)?;
    Some(citation.1)
}

/// All settings of that kind of section, in the table's order.
pub fn of(section: impl Into<SectionKind>) -> impl Iterator<Item = &'static Setting> {
    let scope = scope(section);
    let rows = TABLE.rows.iter().zip(0..);
    rows.filter(move |(row, _)| row.scopes.contains(scope))
        .filter_map(|(_, order)| at(order))
}

/// All settings.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    (0..).map_while(at)
}

/// What people call a setting, and what asconfigurator calls it.
const CALLED: &[(&str, &str)] = &[
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

/// The fault of a name that is no setting of the section.
pub fn unknown(section: &Section, name: &str) -> Fault {
    let fault = Fault::script(format!(
        "`{name}` is not a setting of conf/{}",
        section.info().keyword
    ))
    .with_rule(Rule::UnknownSetting);
    if section.is_named() && ["user_name", "group_name", "id", "classes"].contains(&name) {
        return fault.hint("it names the section, and is part of the section's own path");
    }
    let known = CALLED.iter().find(|(called, _)| *called == name);
    if let Some((_, vendor)) = known.filter(|(_, vendor)| find(section, vendor).is_some()) {
        return fault.hint(format!("asconfigurator calls it `{vendor}`"));
    }
    let here: Vec<_> = of(section).map(|setting| setting.name).collect();
    let elsewhere = SectionKind::all()
        .filter(|kind| find(*kind, name).is_some())
        .map(|kind| kind.info().keyword)
        .collect::<Vec<_>>();
    if !elsewhere.is_empty() {
        return fault.hint(format!("`{name}` is a setting of {}", elsewhere.join(", ")));
    }
    if nearest(name, here.iter().copied()).is_some() {
        return fault.suggest(name, here);
    }
    // No name of this section is near; another section's may be.
    match nearest(name, all().map(|setting| setting.name)) {
        Some(near) => fault.hint(format!(
            "no setting here is near; elsewhere there is `{near}`"
        )),
        None => fault,
    }
}

/// The setting whose element stands there in that kind of section.
pub(super) fn at_path(section: &Section, path: &str) -> Option<&'static Setting> {
    at(*PATHS.get(&(scope(section), path))?)
}

// Only reading whole sections asks by path, so it is made when first needed.
static PATHS: LazyLock<FastMap<(char, &'static str), u16>> = LazyLock::new(|| {
    let placed = all().filter(|setting| !setting.path.is_empty());
    placed
        .flat_map(|setting| {
            let scopes = setting.scopes().chars();
            scopes.map(|scope| ((scope, setting.path), setting.order()))
        })
        .collect()
});

/// Whether settings of that kind of section stand below that path.
pub(super) fn is_parent(section: &Section, path: &str) -> bool {
    PARENTS.contains(&(scope(section), path))
}

static PARENTS: LazyLock<HashSet<(char, &'static str)>> = LazyLock::new(|| {
    let parents = |path: &'static str| path.match_indices('/').map(|(end, _)| &path[..end]);
    all()
        .flat_map(|setting| {
            let scopes = setting.scopes().chars();
            scopes.flat_map(move |scope| parents(setting.path).map(move |path| (scope, path)))
        })
        .collect()
});

/// Whether a service has to notice anything in that kind of section.
pub(super) fn is_noticed(section: &Section, service: &str) -> bool {
    NOTICED.contains(&(scope(section), service))
}

// Found without taking the rows apart, most of which nobody asks for.
static NOTICED: LazyLock<Vec<(char, &'static str)>> = LazyLock::new(|| {
    let mut noticed = Vec::new();
    let mut last = ("", "");
    for row in &TABLE.rows {
        let (scopes, services) = (row.scopes, row.services());
        // Most rows are like the one before.
        if services.is_empty() || (scopes, services) == last {
            continue;
        }
        last = (scopes, services);
        let pairs = services
            .split(',')
            .flat_map(|service| scopes.chars().map(move |scope| (scope, service)));
        for pair in pairs {
            if !noticed.contains(&pair) {
                noticed.push(pair);
            }
        }
    }
    noticed
});

impl Row {
    fn services(&self) -> &'static str {
        let mut ends = memchr::memchr_iter(b'\t', self.line.as_bytes()).skip(SERVICES - 1);
        match (ends.next(), ends.next()) {
            (Some(start), Some(end)) => &self.line[start + 1..end],
            _ => "",
        }
    }
}

/// The setting of that row.
pub(super) fn at(order: u16) -> Option<&'static Setting> {
    let row = TABLE.rows.get(usize::from(order))?;
    let setting = row
        .setting
        .get_or_init(|| Box::new(Setting::row(row.line, order)));
    Some(setting)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::ValueType;

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

    // asconfigurator's own count is one more wherever a selector comes first:
    // user_name, group_name, id, classes. They are the section, not a setting.
    #[test]
    fn every_command_has_its_settings() {
        for (section, count) in sections() {
            assert_eq!(of(&section).count(), count, "{section}");
        }
    }

    #[test]
    fn every_row_is_whole() {
        for setting in all() {
            assert!(setting.sources().count() > 0, "{}", setting.name);
            assert_eq!(
                setting.path.is_empty(),
                setting.name == "canonical_absolute",
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
    fn names_are_found_where_they_belong() {
        for (section, _) in sections() {
            for setting in of(&section) {
                assert!(std::ptr::eq(find(&section, setting.name).unwrap(), setting));
                assert!(std::ptr::eq(at(setting.order()).unwrap(), setting));
            }
        }
        assert!(find(&Section::Server, "absolute").is_none());
    }

    #[test]
    fn services_are_found_in_whole_rows_and_in_part() {
        for row in &TABLE.rows {
            let setting = Setting::row(row.line, 0);
            assert_eq!(row.services(), setting.services, "{}", setting.name);
        }
    }

    #[test]
    fn a_wrong_name_says_where_to_look() {
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
