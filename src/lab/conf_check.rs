//! The problems for which a server refuses `aspera.conf`. The rules were observed
//! on the vendor's parser and cover the lab's list of settings. The messages are
//! the lab's own, except the one about bandwidth.

use std::collections::BTreeSet;

use super::conf_file::{ConfFile, ConfScope, first_value, setting_value};
use super::setting_list::{LabSetting, SettingGroup, SettingShape};
use super::xml_tree::XmlElement;

/// The default target rate in kbps.
const BUILT_IN_RATE: u64 = 10_000;

const TOKEN_CIPHERS: [&str; 3] = ["aes-128", "aes-192", "aes-256"];

/// Finds every problem; one is enough to refuse the whole file.
pub(super) fn find_problems(conf: &ConfFile) -> Vec<String> {
    let mut problems = Vec::new();
    let default = conf.sections(&ConfScope::Default);
    check_names(&conf.users(), "user", &mut problems);
    for section in &default {
        check_values("default", section, SettingGroup::Body, &mut problems);
        check_rates("default", &[section], &mut problems);
    }
    let inherited = default.first().copied();
    for (kind, sections) in [("user", conf.users()), ("group", conf.groups())] {
        for section in sections {
            let section_name = format!(
                "{kind} {}",
                first_value(section, &["name"]).unwrap_or_default()
            );
            check_values(&section_name, section, SettingGroup::Body, &mut problems);
            let layers: Vec<&XmlElement> = std::iter::once(section).chain(inherited).collect();
            check_rates(&section_name, &layers, &mut problems);
        }
    }
    let groups = [
        SettingGroup::Central,
        SettingGroup::Database,
        SettingGroup::Server,
        SettingGroup::HttpServer,
        SettingGroup::Client,
    ];
    for group in groups {
        for section in conf.sections(&ConfScope::Only(group)) {
            check_values(section.name(), section, group, &mut problems);
        }
    }
    problems
}

/// Names must be present and unique.
fn check_names(sections: &[&XmlElement], kind: &str, problems: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for section in sections {
        let name = first_value(section, &["name"]).unwrap_or_default();
        if name.is_empty() {
            problems.push(format!("a {kind} has no name"));
        } else if !seen.insert(name.clone()) {
            problems.push(format!("{kind} {name} is defined twice"));
        }
    }
}

fn check_values(
    section_name: &str,
    section: &XmlElement,
    group: SettingGroup,
    problems: &mut Vec<String>,
) {
    for setting in group.settings() {
        let raw = first_value(section, &setting.steps());
        if let Some(value) = raw.filter(|value| !is_valid(setting, value)) {
            let name = &setting.name;
            problems.push(format!("{section_name}: {name} cannot be \"{value}\""));
        }
    }
}

fn is_valid(setting: &LabSetting, value: &str) -> bool {
    match setting.shape {
        SettingShape::Boolean => is_boolean(value),
        SettingShape::Number => is_number(setting, value),
        SettingShape::Text if setting.name == "token_encryption_type" => {
            matches!(value, "" | "AS_NULL") || TOKEN_CIPHERS.contains(&value)
        }
        SettingShape::Text | SettingShape::List => true,
    }
}

fn is_boolean(value: &str) -> bool {
    let known = [
        "", "true", "false", "yes", "no", "t", "f", "y", "n", "1", "0",
    ];
    known.contains(&value.to_ascii_lowercase().as_str())
}

fn is_number(setting: &LabSetting, value: &str) -> bool {
    let word = match setting.name.as_str() {
        name if name.ends_with("_cap") => "Unlimited",
        name if name.ends_with("trunk_id") => "Disabled",
        "persistent_store_max_age" | "buffer_capacity" => "Unlimited",
        _ => "AS_NULL",
    };
    matches!(value, "" | "AS_NULL")
        || value == word
        || parse_number(value.trim_start_matches('-')).is_some()
}

/// Decimal, `0x` hexadecimal, `0` octal, `%` binary.
fn parse_number(text: &str) -> Option<u64> {
    if text.starts_with('+') {
        return None;
    }
    let other = [("0x", 16), ("0X", 16), ("%", 2)];
    let other = other
        .iter()
        .find_map(|(mark, radix)| Some((text.strip_prefix(mark)?, *radix)));
    let (digits, radix) = other.unwrap_or((
        text,
        if text.len() > 1 && text.starts_with('0') {
            8
        } else {
            10
        },
    ));
    u64::from_str_radix(digits, radix).ok()
}

/// A cap below the effective target rate refuses the file for everyone.
fn check_rates(section_name: &str, layers: &[&XmlElement], problems: &mut Vec<String>) {
    for (direction, word) in [("in", "Input"), ("out", "Output")] {
        let rate = |leaf: &str| {
            let name = format!("transfer_{direction}_bandwidth_flow_target_rate_{leaf}");
            let setting = SettingGroup::Body.find(&name)?;
            layers
                .iter()
                .find_map(|layer| setting_value(&[layer], setting))
        };
        let default = rate("default").map_or(Some(BUILT_IN_RATE), |text| parse_number(&text));
        let cap = rate("cap").filter(|cap| cap != "Unlimited" && !cap.is_empty());
        let below = match (&cap, default) {
            (Some(cap), _) if cap.starts_with('-') => true,
            (Some(cap), Some(default)) => parse_number(cap).is_some_and(|cap| cap < default),
            _ => false,
        };
        if below {
            problems.push(format!(
                "{section_name}: {word} bandwidth cap is less than the default"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(inner: &str) -> Vec<String> {
        find_problems(&ConfFile::parse(&format!("<CONF>{inner}</CONF>")).unwrap())
    }

    fn user(inner: &str) -> String {
        format!("<aaa><realms><realm><users><user>{inner}</user></users></realm></realms></aaa>")
    }

    #[test]
    fn one_bad_user_refuses_the_file() {
        assert_eq!(refused(&user("<name>a</name>")), Vec::<String>::new());
        assert_eq!(refused(&user("<name><![CDATA[a]]></name>")).len(), 1);
        let twice = user("<name>a</name>").repeat(2);
        assert_eq!(refused(&twice).len(), 1);
        let bad = "<file_system><sparse_file>on</sparse_file></file_system>";
        assert_eq!(refused(&user(&format!("<name>a</name>{bad}"))).len(), 1);
    }

    #[test]
    fn a_cap_is_compared_with_the_effective_rate() {
        let rates = |inner: &str| {
            format!(
                "<transfer><in><bandwidth><flow><target_rate>{inner}</target_rate></flow></bandwidth></in></transfer>"
            )
        };
        let default = |inner: &str| format!("<default>{}</default>", rates(inner));
        assert_eq!(refused(&default("<cap>9999</cap>")).len(), 1);
        assert!(refused(&default("<cap>9999</cap><default>1</default>")).is_empty());
        assert!(refused(&default("<cap>Unlimited</cap>")).is_empty());
        let lowered = user(&format!("<name>a</name>{}", rates("<cap>9</cap>")));
        assert!(refused(&format!("{}{lowered}", default("<default>5</default>"))).is_empty());
        assert_eq!(refused(&lowered).len(), 1);
    }

    #[test]
    fn numbers_are_read_as_the_vendor_reads_them() {
        assert_eq!(parse_number("010"), Some(8));
        assert_eq!(parse_number("0x10"), Some(16));
        assert_eq!(parse_number("%11"), Some(3));
        for text in ["08", "10K", "1.5", "10,000", "+5", ""] {
            assert_eq!(parse_number(text), None, "{text}");
        }
    }
}
