//! One setting that asconfigurator knows: its name, path, values and default.

use crate::state::{SectionKind, ValueType};

/// One setting, as in the table.
#[derive(Debug)]
pub struct Setting {
    /// The name asconfigurator takes.
    pub name: &'static str,
    /// Element names below the section's own element, joined by `/`; empty
    /// where the element is not known.
    pub path: &'static str,
    /// What a value may be.
    pub kind: ValueType,
    /// A word that is accepted as well: `Unlimited`, `Disabled`, `Undefined`.
    pub preset: &'static str,
    /// The least and greatest number that the vendor's parser accepts, which
    /// may be more than make sense.
    pub(super) parsed: Option<(i128, i128)>,
    /// Whether the value must never be shown.
    pub is_secret: bool,
    /// Whether a value may be a URL with a login, which is a secret.
    pub may_hold_login: bool,
    /// Whether commas may stand in a value: the only settings known to be
    /// lists joined by commas.
    pub is_comma_listed: bool,
    /// What makes several of its elements different things.
    pub distinct_by: Distinction,
    /// Services that must restart after a change, joined by commas; with `:reload` after
    /// its name, those that need only reload. Empty: each session reads it. `unknown`: no
    /// source says.
    ///
    /// HTTP fallback also concerns asperacentral and asperanoded once a token
    /// key is set; all three are listed, since one more restart does no harm.
    pub services: &'static str,
    /// The built-in value; a user or group without one inherits the node's.
    pub default: &'static str,
    /// Unit of a number, where a source gives it.
    pub unit: &'static str,
    /// How well the name is known.
    pub certainty: Certainty,
    /// Where sources disagree, or a remark.
    pub note: &'static str,
    /// What it does, in a sentence, where a source says so.
    pub doc: &'static str,
    /// The first version that knows it by this name, where a source says so.
    pub since: &'static str,
    /// Words that build 4.4.7 does not accept.
    pub other_words: Vec<&'static str>,
    /// The versions that have the name, or these words.
    pub versions: &'static str,
    /// Letters of the kinds of sections that have it.
    scopes: &'static str,
    /// Letters of its sources.
    pub(super) citations: &'static str,
    row: usize,
}

/// What makes several elements of a setting different things. Equal ones are duplicates, of which
/// the first counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distinction {
    /// Nothing: all of them are the setting.
    Nothing,
    /// The attribute `peer_ip`: a value for clients of one address.
    Condition,
    /// The rule that each belongs to.
    Rule,
}

/// What a service must do to notice a change of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Notice {
    /// To reload aspera.conf while it runs is enough.
    Reload,
    /// It must restart, or no source says that less is enough.
    Restart,
}

/// What follows the name of a service that needs only reload.
const BY_RELOAD: &str = ":reload";

/// How well a setting's name is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Published by the vendor or used in a published command.
    Documented,
    /// Seen in output, not in the schema.
    Attested,
    /// The server's own label for it in `asuserdata -+`.
    Label,
    /// Built from the element's path, as documented names are.
    Derived,
    /// The spelling is a guess.
    Guessed,
}

impl Certainty {
    fn named(word: &str) -> Self {
        match word {
            "documented" => Self::Documented,
            "attested" => Self::Attested,
            "label" => Self::Label,
            "derived" => Self::Derived,
            _ => Self::Guessed,
        }
    }
}

impl Setting {
    /// The services that must reload or restart after a change of it in a section.
    pub fn services_in(&self, section: SectionKind) -> impl Iterator<Item = &'static str> {
        let known = self.services.split(',');
        let known = known.filter(|service| !matches!(*service, "" | "unknown"));
        let known = known.map(|service| service.strip_suffix(BY_RELOAD).unwrap_or(service));
        known.chain(section.info().all_noticed_by.iter().copied())
    }

    /// What a service must do to notice a change of it in a section; `None` if nothing.
    pub fn notice_by(&self, service: &str, section: SectionKind) -> Option<Notice> {
        if section.info().all_noticed_by.contains(&service) {
            return Some(Notice::Restart);
        }
        self.services.split(',').find_map(|known| {
            let (name, notice) = match known.strip_suffix(BY_RELOAD) {
                Some(name) => (name, Notice::Reload),
                None => (known, Notice::Restart),
            };
            (name == service).then_some(notice)
        })
    }

    /// Whether build 4.4.7 does not have it under this name.
    pub fn is_of_other_versions(&self) -> bool {
        !self.versions.is_empty() && self.other_words.is_empty()
    }

    /// Whether the section has this setting.
    pub fn is_in(&self, section: impl Into<SectionKind>) -> bool {
        self.scopes.contains(section.into().info().scope)
    }

    /// The number of its row in the table.
    pub(super) fn row(&self) -> usize {
        self.row
    }

    /// Parses a line of the table.
    pub(super) fn parse(line: &'static str, row: usize) -> Self {
        let mut cells = line.split('\t');
        let mut next = || cells.next().unwrap_or("");
        let (scopes, name, path, kind) = (next(), next(), next(), next());
        let (words, preset, range, flags) = (next(), next(), next(), next());
        let (services, default, unit, certainty) = (next(), next(), next(), next());
        Self {
            name,
            path,
            kind: value_type(kind, words, range),
            preset,
            parsed: bounds(kind),
            is_secret: flags.contains('s'),
            may_hold_login: flags.contains('u'),
            is_comma_listed: flags.contains('c'),
            distinct_by: if flags.contains('p') {
                Distinction::Condition
            } else if flags.contains('r') {
                Distinction::Rule
            } else {
                Distinction::Nothing
            },
            services,
            default,
            unit,
            certainty: Certainty::named(certainty),
            scopes,
            citations: next(),
            note: next(),
            doc: next(),
            since: next(),
            other_words: words
                .split('|')
                .filter_map(|w| w.strip_prefix('~'))
                .collect(),
            versions: next(),
            row,
        }
    }
}

/// The type of a row's value, from its columns.
fn value_type(kind: &str, words: &'static str, range: &str) -> ValueType {
    if let Some((min, max)) = numbers(range).or_else(|| bounds(kind)) {
        return ValueType::Int { min, max };
    }
    // A mark precedes words of other versions.
    let word = |word: &'static str| word.strip_prefix('~').unwrap_or(word);
    let words = || words.split('|').map(word).collect::<Vec<_>>();
    match kind {
        "decimal" => ValueType::Decimal,
        "octal" => ValueType::Octal,
        "switch" => ValueType::Bool,
        "choice" => ValueType::choice(&words()),
        "choices" => ValueType::choices(&words()),
        "list" => ValueType::List,
        "items" => ValueType::Items,
        "duration" => ValueType::Duration,
        "rate" => ValueType::Rate,
        _ => ValueType::Text,
    }
}

/// Least and greatest number of the vendor's numeric types.
fn bounds(kind: &str) -> Option<(i128, i128)> {
    Some(match kind {
        "u32" => (0, u32::MAX.into()),
        "u64" => (0, u64::MAX.into()),
        "i32" => (i32::MIN.into(), i32::MAX.into()),
        "i64" => (i64::MIN.into(), i64::MAX.into()),
        _ => return None,
    })
}

fn numbers(range: &str) -> Option<(i128, i128)> {
    let (low, high) = range.split_once('-')?;
    Some((low.parse().ok()?, high.parse().ok()?))
}
