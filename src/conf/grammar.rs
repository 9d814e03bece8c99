//! Values in the vendor's notation: which of them the vendor's parser accepts,
//! and which asconfigurator can pass on. It checks one value at a time.

use std::fmt::Write as _;

use super::settings::Setting;
use crate::fault::{Fault, Result};
use crate::state::{Scalar, ValueType, rate_hint};

impl Setting {
    /// Refuses a value that is not one of the known ones, or that
    /// [`Setting::check_writable`] refuses. `AS_NULL` stands for no value.
    pub fn check(&self, value: &str) -> Result<()> {
        self.check_writable(value)?;
        if value == "AS_NULL" || self.is_secret || self.accepts(value) {
            return Ok(());
        }
        let fault = Fault::script(format!(
            "`{}` must be {}, not {}",
            self.name,
            self.fits(),
            Scalar::Text(value)
        ));
        let fault = if self.unit == "kbps" {
            fault.hint(rate_hint(value))
        } else {
            fault
        };
        Err(fault.suggest(value, self.allowed()))
    }

    /// Refuses a value that asconfigurator could not pass on.
    pub fn check_writable(&self, value: &str) -> Result<()> {
        if self.path.is_empty() {
            return Err(Fault::script(format!(
                "`{}` is computed by the server and cannot be set",
                self.name
            )));
        }
        if value == "AS_NULL" {
            return Ok(());
        }
        self.check_passable(value)
    }

    /// The words it accepts, where it accepts only some, and its preset.
    pub fn allowed(&self) -> impl Iterator<Item = &'static str> {
        let preset = Some(self.preset).filter(|preset| !preset.is_empty());
        self.kind.allowed().iter().copied().chain(preset)
    }

    /// Whether the vendor's parser refuses the whole file for this value.
    ///
    /// Narrower than [`Setting::check`]: it takes any text for an
    /// authorization, and of the other choices only the token cipher was seen
    /// to be checked.
    pub fn is_refused(&self, value: &str) -> bool {
        if let Some((low, high)) = self.parsed {
            let is_unset = value.is_empty() || value == "AS_NULL" || value == self.preset;
            // A negative number passes the parser, even where none is meant.
            let least = low.min(-high);
            return !is_unset && !number(value).is_some_and(|n| (least..=high).contains(&n));
        }
        if self.name == "token_encryption_type" {
            return !value.is_empty() && value != "AS_NULL" && !self.accepts(value);
        }
        self.kind == ValueType::Bool && !value.is_empty() && is_on(value).is_none()
    }

    /// Whether two values of it mean the same: any character may separate the
    /// items of a list, a switch is on by several words, and a number has several
    /// spellings.
    pub fn agree(&self, one: &str, other: &str) -> bool {
        if let ValueType::List | ValueType::Items = self.kind {
            return items(one).eq(items(other));
        }
        one == other
            || !matches!(self.read(one), Scalar::Text(_)) && self.read(one) == self.read(other)
    }

    // asconfigurator has no known escape: `;` and `,` separate its pairs, a line
    // end ends them, and whether it trims is not known.
    fn check_passable(&self, value: &str) -> Result<()> {
        if value.contains("${") {
            return Err(Fault::unexpanded(value).in_argument(self.name));
        }
        let (problem, what) = if value.contains(';') {
            ("a `;`", "the `;`")
        } else if value.chars().any(char::is_control) {
            ("a control character", "it")
        } else if value.trim() != value {
            ("blanks at its start or end", "them")
        } else if value.contains(',') && !self.is_comma_listed {
            ("a comma", "the comma")
        } else {
            return Ok(());
        };
        let message = format!("the value of `{}` has {problem}", self.name);
        Err(Fault::script(message).hint(format!(
            "remove {what}: asconfigurator has no known way to quote it"
        )))
    }

    fn accepts(&self, value: &str) -> bool {
        let is_preset = !self.preset.is_empty() && value == self.preset;
        is_preset || self.kind.accepts(self.read(value))
    }

    /// A value by the type of the setting: a number or a switch in the vendor's spelling, or else
    /// the text.
    pub fn read<'a>(&self, value: &'a str) -> Scalar<'a> {
        let read = if let ValueType::Int { .. } = self.kind {
            number(value).map(Scalar::Int)
        } else if self.kind == ValueType::Bool {
            is_on(value).map(Scalar::Bool)
        } else {
            None
        };
        read.unwrap_or(Scalar::Text(value))
    }

    /// What a value of it looks like.
    pub fn fits(&self) -> String {
        let mut text = if self.kind == ValueType::Text {
            "any text".to_owned()
        } else {
            self.kind.fits().into_owned()
        };
        if !self.unit.is_empty() && self.parsed.is_some() {
            let _ = write!(text, " ({})", self.unit);
        }
        if !self.preset.is_empty() {
            let _ = write!(text, ", or {}", self.preset);
        }
        text
    }
}

/// The items of a list whose first character separates them.
pub(super) fn items(list: &str) -> impl Iterator<Item = &str> {
    let separator = list.chars().next();
    let rest = separator.map_or("", |c| &list[c.len_utf8()..]);
    rest.split(move |c| Some(c) == separator)
        .filter(|item| !item.is_empty())
}

/// Joins items into a list, with a separator that none of them has; none where
/// they have them all.
pub fn join_list(items: &[impl AsRef<str>]) -> Option<String> {
    let separator = "|:#~^!+=@&"
        .chars()
        .find(|c| items.iter().all(|item| !item.as_ref().contains(*c)))?;
    Some(join_with(separator, items))
}

/// Joins items into a list with that separator.
pub(super) fn join_with(separator: char, items: &[impl AsRef<str>]) -> String {
    items.iter().fold(String::new(), |mut list, item| {
        list.push(separator);
        list.push_str(item.as_ref());
        list
    })
}

/// A whole number in the vendor's spelling: a leading `0x` is hexadecimal, a
/// leading `0` octal, a leading `%` binary.
pub(super) fn number(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (radix, digits) = if let Some(rest) = digits.strip_prefix("0x") {
        (16, rest)
    } else if let Some(rest) = digits.strip_prefix('%') {
        (2, rest)
    } else if digits.len() > 1 && digits.starts_with('0') {
        (8, &digits[1..])
    } else {
        (10, digits)
    };
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    i128::from_str_radix(digits, radix).ok().map(|n| sign * n)
}

/// What a switch's word means; what an empty one means is not known.
fn is_on(value: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(value));
    if is(&["true", "yes", "t", "y", "1"]) {
        return Some(true);
    }
    is(&["false", "no", "0"]).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::*;
    use crate::state::Section;

    fn setting(name: &str) -> &'static Setting {
        find(&Section::Node, name).unwrap()
    }

    #[test]
    fn numbers_are_read_as_the_vendor_reads_them() {
        assert_eq!(number("0x10"), Some(16));
        assert_eq!(number("010"), Some(8));
        assert_eq!(number("%101"), Some(5));
        assert_eq!(number("0"), Some(0));
        for wrong in [
            "08", "10K", "1.5", "10,000", "+5", "", "-", "0x", "%", "1 0",
        ] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn values_are_checked_by_kind() {
        for (name, good, bad) in [
            (
                "read_allowed",
                &["true", "NO", "t", "1"][..],
                &["on", ""][..],
            ),
            (
                "token_life_seconds",
                &["0", "4294967295"],
                &["4294967296", "-1"],
            ),
            (
                "transfer_protocol_options_bind_udp_port",
                &["33001"],
                &["0", "65536"],
            ),
            (
                "transfer_in_bandwidth_flow_target_rate_cap",
                &["Unlimited"],
                &["unlimited"],
            ),
            (
                "transfer_in_bandwidth_aggregate_trunk_id",
                &["Disabled", "255"],
                &["256"],
            ),
            (
                "authorization_transfer_in_value",
                &["token"],
                &["Token", "tokens"],
            ),
            ("symbolic_links", &["create,follow"], &["create,", "creat"]),
            (
                "file_restriction",
                &["|a|b", "|*", ""],
                &["file:////data/*", "/x"],
            ),
            ("file_create_mode", &["644", "Undefined"], &["888"]),
            ("pvcl_cmd_timeout", &["10m", "1d 12h"], &["ten", "5x"]),
            ("pvcl_max_thr_wbps", &["100K", "0B"], &["K"]),
            ("storage_rc_buf_min", &["0.5", "2"], &[".5", "1e3"]),
            ("absolute", &["/x y", ""], &["/a;b", "/a,b", " /a", "/a\n"]),
            ("absolute", &["AS_NULL"], &[]),
            ("canonical_absolute", &[], &["/x"]),
        ] {
            for value in good {
                setting(name).check(value).unwrap();
            }
            for value in bad {
                assert!(setting(name).check(value).is_err(), "{name} {value}");
            }
        }
    }

    #[test]
    fn a_wrong_choice_names_the_nearest() {
        let fault = setting("authorization_transfer_in_value")
            .check("alow")
            .unwrap_err();
        assert_eq!(
            fault.message(),
            "`authorization_transfer_in_value` must be one of allow, deny, token, not \"alow\""
        );
        assert_eq!(fault.hints(), ["did you mean `allow`?"]);
    }

    #[test]
    fn switches_agree_in_other_words() {
        let switch = setting("read_allowed");
        assert!(switch.agree("yes", "true") && switch.agree("0", "FALSE"));
        assert!(!switch.agree("yes", "no") && !switch.agree("", "false"));
    }

    #[test]
    fn lists_agree_whatever_separates_them() {
        let list = setting("file_restriction");
        assert!(list.agree("|a|b", "#a#b"));
        assert!(!list.agree("|a|b", "|b|a"));
        assert_eq!(join_list(&["a|b", "c"]).as_deref(), Some(":a|b:c"));
    }
}
