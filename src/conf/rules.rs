//! The rules for which the vendor's parser refuses a whole file. The check of
//! an edit and the findings about a file both use these.

use std::borrow::Cow;
use std::fmt;

use super::document::Document;
use super::element_kind::ElementKind;
use super::grammar;
use super::index::IndexedElement;
use super::settings::Setting;
use super::table;
use crate::login;
use crate::state::{Section, SectionKind};

/// A rule that a file breaks.
#[derive(Debug)]
pub(super) enum Violation {
    /// The root is not `CONF`: the server ignores the file.
    Root,
    /// Two users have the same name.
    DuplicateUser(Section),
    /// The parser does not accept a value.
    BadValue {
        section: Section,
        setting: &'static Setting,
        value: String,
    },
    /// A cap on the target rate is below the default rate in force.
    LowCap {
        section: Section,
        setting: &'static Setting,
        direction: &'static str,
        cap: String,
        default: String,
    },
}

impl Violation {
    /// The id of its finding.
    pub(super) fn id(&self) -> &'static str {
        match self {
            Self::Root => "root-case",
            Self::DuplicateUser(_) => "duplicate-user",
            Self::BadValue { .. } => "bad-value",
            Self::LowCap { .. } => "cap-below-default",
        }
    }

    /// Whether the server refuses the whole file for it.
    pub(super) fn is_refusal(&self) -> bool {
        !matches!(self, Self::Root)
    }

    /// How to repair it, where that is not obvious.
    pub(super) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Root => Some("rename the root element to `CONF`"),
            Self::DuplicateUser(_) => {
                Some("delete the user and set it again, or delete one of its entries by hand")
            }
            Self::BadValue { .. } => None,
            Self::LowCap { .. } => Some("lower the default rate as well"),
        }
    }

    /// The section that breaks it.
    pub(super) fn section(&self) -> Option<&Section> {
        match self {
            Self::Root => None,
            Self::DuplicateUser(section)
            | Self::BadValue { section, .. }
            | Self::LowCap { section, .. } => Some(section),
        }
    }

    /// The setting that breaks it.
    pub(super) fn setting(&self) -> Option<&'static Setting> {
        match self {
            Self::Root | Self::DuplicateUser(_) => None,
            Self::BadValue { setting, .. } | Self::LowCap { setting, .. } => Some(setting),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => {
                f.write_str("the root element is not `CONF`: the server ignores the file")
            }
            Self::DuplicateUser(section) => write!(f, "conf/{section} has two entries"),
            Self::BadValue {
                section,
                setting,
                value,
            } => {
                let value = login::hide(value);
                let value = value.escape_debug();
                write!(f, "`{}` of conf/{section} is `{value}`", setting.name)
            }
            Self::LowCap {
                section,
                direction,
                cap,
                default,
                ..
            } => write!(
                f,
                "the {direction} target-rate cap of conf/{section}, {cap} kbps, is below the \
                 default rate in force there, {default} kbps"
            ),
        }
    }
}

/// The settings of one direction's target rate.
struct RateSettings {
    direction: &'static str,
    cap: &'static str,
    default: &'static str,
}

const RATES: [RateSettings; 2] = [
    RateSettings {
        direction: "in",
        cap: "transfer_in_bandwidth_flow_target_rate_cap",
        default: "transfer_in_bandwidth_flow_target_rate_default",
    },
    RateSettings {
        direction: "out",
        cap: "transfer_out_bandwidth_flow_target_rate_cap",
        default: "transfer_out_bandwidth_flow_target_rate_default",
    },
];

/// The default rate where nothing sets one, in kbps.
const BUILT_IN_RATE: &str = "10000";

/// The kinds of section that have target rates.
const KINDS_WITH_RATES: [SectionKind; 3] =
    [SectionKind::Node, SectionKind::User, SectionKind::Group];

/// Whether a setting takes part in the rule about caps.
pub(super) fn is_target_rate(setting: &Setting) -> bool {
    RATES
        .iter()
        .any(|rates| setting.name == rates.cap || setting.name == rates.default)
}

/// Checks that the server reads the file.
pub(super) fn check_root(document: &Document) -> Option<Violation> {
    (!document.index.is_read).then_some(Violation::Root)
}

/// Checks that no later element is the same user as the first one.
pub(super) fn check_user(element: &IndexedElement, document: &Document) -> Option<Violation> {
    let is_user = element.kind == ElementKind::of_section(SectionKind::User);
    let name = element.name.as_deref().filter(|_| is_user)?;
    let mut repeated = document.index.repetitions(element);
    repeated.next()?;
    SectionKind::User
        .section(name)
        .map(Violation::DuplicateUser)
}

/// Checks one value.
pub(super) fn check_value(
    section: &Section,
    setting: &'static Setting,
    value: &str,
) -> Option<Violation> {
    setting.is_refused(value).then(|| Violation::BadValue {
        section: section.clone(),
        setting,
        value: value.to_owned(),
    })
}

/// What a section sets of the settings in [`RATES`], by their names.
#[derive(Default)]
pub(super) struct TargetRates<'d>(Vec<(&'static str, Cow<'d, str>)>);

impl<'d> TargetRates<'d> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Replaces what is known of a setting, unless it is none of them. An empty rate
    /// counts as unset.
    pub(super) fn set(&mut self, setting: &Setting, value: Option<Cow<'d, str>>) {
        if is_target_rate(setting) {
            self.0.retain(|(name, _)| *name != setting.name);
            let value = value.filter(|value| !value.is_empty());
            self.0.extend(value.map(|value| (setting.name, value)));
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        let mut rates = self.0.iter();
        rates.find_map(|(known, value)| (*known == name).then_some(value.as_ref()))
    }
}

/// Checks that no cap of a section is below the default rate. A user or group
/// without one has the node's.
pub(super) fn check_rates(
    section: &Section,
    own: &TargetRates<'_>,
    node: &TargetRates<'_>,
) -> Option<Violation> {
    let in_force = |name| own.get(name).or_else(|| node.get(name));
    let mut directions = RATES
        .iter()
        .filter(|_| KINDS_WITH_RATES.contains(&section.kind()));
    directions.find_map(|rates| {
        let cap = in_force(rates.cap)?;
        let default = in_force(rates.default).unwrap_or(BUILT_IN_RATE);
        is_below(cap, default).then_some(())?;
        Some(Violation::LowCap {
            section: section.clone(),
            setting: table::find(section, rates.cap)?,
            direction: rates.direction,
            cap: cap.to_owned(),
            default: default.to_owned(),
        })
    })
}

// `Unlimited` is not a number and never too low; a negative number always is.
fn is_below(cap: &str, default: &str) -> bool {
    let default = grammar::number(default);
    grammar::number(cap)
        .is_some_and(|cap| cap < 0 || default.is_some_and(|default| default < 0 || cap < default))
}
