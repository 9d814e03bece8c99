//! One setting that asconfigurator knows: its name, place, values, default. It
//! says nothing of what a file sets.

use super::table;
use crate::state::SectionKind;

/// One setting, as the table has it.
#[derive(Debug)]
pub struct Setting {
    /// The name asconfigurator takes.
    pub name: &'static str,
    /// Element names below the section's own element, joined by `/`; empty
    /// where the element is not known.
    pub path: &'static str,
    /// What a value may look like.
    pub kind: ValueType,
    /// The words a choice is made from, joined by `|`.
    pub allowed: &'static str,
    /// A word that stands beside a number: `Unlimited`, `Disabled`, `Undefined`.
    pub preset: &'static str,
    /// Least and greatest number, where narrower than the type.
    pub range: Option<(u32, u32)>,
    /// Whether the value must never be shown.
    pub is_secret: bool,
    /// Whether commas may stand in a value: the only settings known to be
    /// lists joined by commas.
    pub is_comma_listed: bool,
    /// Services that have to notice a change, joined by commas. Empty: read
    /// anew by each session. `unknown`: no source says.
    ///
    /// HTTP fallback is asperacentral's and asperanoded's too once a token key
    /// is set; it is listed for all three, since a restart too many is harmless.
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
    scopes: &'static str,
    citations: &'static str,
    order: u16,
}

/// What a value may look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// Any text.
    Text,
    /// A whole number from the first to the second.
    Whole(i64, u64),
    /// A number, perhaps with a fraction.
    Decimal,
    /// Permission bits in octal.
    Octal,
    /// True or false, in several spellings.
    Switch,
    /// One of some words.
    Choice,
    /// Some of some words, joined by commas.
    Choices,
    /// A list in one element; its first character separates the items.
    List,
    /// A list with one element for each item, written as [`ValueType::List`].
    Items,
    /// A time such as `1d 12h`.
    Duration,
    /// A rate such as `100K`.
    Rate,
}

impl ValueType {
    /// The type in a word, as scripts call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Whole(..) => "int",
            Self::Decimal => "number",
            Self::Octal => "octal",
            Self::Switch => "bool",
            Self::Choice => "choice",
            Self::Choices => "choices",
            Self::List | Self::Items => "list",
            Self::Duration => "duration",
            Self::Rate => "rate",
        }
    }

    fn named(word: &str) -> Self {
        match word {
            "u32" => Self::Whole(0, u32::MAX.into()),
            "u64" => Self::Whole(0, u64::MAX),
            "i32" => Self::Whole(i32::MIN.into(), 0x7fff_ffff),
            "i64" => Self::Whole(i64::MIN, i64::MAX.unsigned_abs()),
            "decimal" => Self::Decimal,
            "octal" => Self::Octal,
            "switch" => Self::Switch,
            "choice" => Self::Choice,
            "choices" => Self::Choices,
            "list" => Self::List,
            "items" => Self::Items,
            "duration" => Self::Duration,
            "rate" => Self::Rate,
            _ => Self::Text,
        }
    }
}

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
    /// Where the table's row comes from.
    pub fn sources(&self) -> impl Iterator<Item = &'static str> {
        self.citations.chars().filter_map(table::citation)
    }

    /// Whether `service` has to notice a change of it.
    pub fn is_noticed_by(&self, service: &str) -> bool {
        self.services.split(',').any(|known| known == service)
    }

    /// The words a choice is made from.
    pub fn choices(&self) -> impl Iterator<Item = &'static str> {
        self.allowed.split('|').filter(|word| !word.is_empty())
    }

    /// Whether the section has this setting.
    pub fn is_in(&self, section: impl Into<SectionKind>) -> bool {
        self.scopes.contains(table::scope(section))
    }

    /// Its row in the table.
    pub(super) fn order(&self) -> u16 {
        self.order
    }

    /// Letters of the kinds of sections that have it.
    pub(super) fn scopes(&self) -> &'static str {
        self.scopes
    }

    /// From a line of the table.
    pub(super) fn row(line: &'static str, order: u16) -> Self {
        let mut cells = line.split('\t');
        let mut next = || cells.next().unwrap_or("");
        let (scopes, name, path, kind) = (next(), next(), next(), next());
        let (allowed, preset, range, flags) = (next(), next(), next(), next());
        let (services, default, unit, certainty) = (next(), next(), next(), next());
        Self {
            name,
            path,
            kind: ValueType::named(kind),
            allowed,
            preset,
            range: range
                .split_once('-')
                .and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?))),
            is_secret: flags.contains('s'),
            is_comma_listed: flags.contains('c'),
            services,
            default,
            unit,
            certainty: Certainty::named(certainty),
            scopes,
            citations: next(),
            note: next(),
            doc: next(),
            since: next(),
            order,
        }
    }
}
