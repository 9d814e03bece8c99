//! What a value may look like: as the vendor's parser takes it, and as
//! asconfigurator can carry it. It looks at one value at a time, never at a file.

use std::fmt::Write as _;

use super::settings::{Setting, ValueType};
use crate::fault::{Fault, Result};

impl Setting {
    /// Refuses a value that the vendor's parser would not take, or that
    /// asconfigurator could not carry to it. `AS_NULL` stands for no value.
    pub fn check(&self, value: &str) -> Result<()> {
        if self.path.is_empty() {
            return Err(Fault::script(format!(
                "`{}` is worked out by the server and cannot be set",
                self.name
            )));
        }
        if value == "AS_NULL" {
            return Ok(());
        }
        self.carried(value)?;
        if self.is_secret || self.takes(value) {
            return Ok(());
        }
        let shown = value.escape_debug();
        let fault = Fault::script(format!(
            "`{}` cannot be `{shown}`: it wants {}",
            self.name,
            self.fits()
        ));
        let fault = if self.unit == "kbps" {
            fault.hint(rate_hint(value))
        } else {
            fault
        };
        let words = self.choices().chain([self.preset]);
        Err(fault.suggest(value, words.filter(|word| !word.is_empty())))
    }

    /// Whether the vendor's parser refuses the whole file for this value.
    ///
    /// Narrower than [`Setting::check`]: it takes any text for an
    /// authorization, and of the other choices only the token cipher was seen
    /// to be checked.
    pub fn is_refused(&self, value: &str) -> bool {
        match self.kind {
            ValueType::Switch => !takes_switch(value),
            ValueType::Whole(low, high) => {
                let is_unset = value.is_empty() || value == "AS_NULL" || value == self.preset;
                // A negative number passes the parser, even where none is meant.
                !is_unset
                    && !number(value).is_some_and(|n| {
                        n <= high.into() && n >= i128::from(low).min(-i128::from(high))
                    })
            }
            ValueType::Choice if self.name == "token_encryption_type" => {
                !value.is_empty() && value != "AS_NULL" && !self.takes(value)
            }
            ValueType::Choice
            | ValueType::Text
            | ValueType::Decimal
            | ValueType::Octal
            | ValueType::Choices
            | ValueType::List
            | ValueType::Items
            | ValueType::Duration
            | ValueType::Rate => false,
        }
    }

    /// Whether two values of it mean the same: any character may separate the
    /// items of a list, and a switch is on by several words.
    pub fn agree(&self, one: &str, other: &str) -> bool {
        match self.kind {
            ValueType::List | ValueType::Items => items(one).eq(items(other)),
            ValueType::Switch if is_on(one).is_some() => is_on(one) == is_on(other),
            ValueType::Text
            | ValueType::Whole(..)
            | ValueType::Decimal
            | ValueType::Octal
            | ValueType::Switch
            | ValueType::Choice
            | ValueType::Choices
            | ValueType::Duration
            | ValueType::Rate => one == other,
        }
    }

    // asconfigurator has no known escape: `;` and `,` part its pairs, a line
    // end ends them, and whether it trims is not known.
    fn carried(&self, value: &str) -> Result<()> {
        if value.contains("${") {
            return Err(Fault::unexpanded(value).in_argument(self.name));
        }
        let problem = if value.contains(';') {
            "a `;`, which asconfigurator takes for the end of the value"
        } else if value.chars().any(char::is_control) {
            "a control character"
        } else if value.trim() != value {
            "blanks at its start or end"
        } else if value.contains(',') && !self.is_comma_listed {
            "a comma, which asconfigurator is not known to carry here"
        } else {
            return Ok(());
        };
        Err(
            Fault::script(format!("the value of `{}` has {problem}", self.name))
                .hint("choose a value without: asconfigurator is not known to have a way to quote"),
        )
    }

    fn takes(&self, value: &str) -> bool {
        if !self.preset.is_empty() && value == self.preset {
            return true;
        }
        match self.kind {
            ValueType::Text => true,
            ValueType::Whole(..) => {
                let (low, high) = self.bounds();
                number(value).is_some_and(|n| (low..=high).contains(&n))
            }
            ValueType::Decimal => is_decimal(value),
            ValueType::Octal => {
                (1..=5).contains(&value.len()) && value.bytes().all(|b| (b'0'..=b'7').contains(&b))
            }
            ValueType::Switch => !value.is_empty() && takes_switch(value),
            ValueType::Choice => self.choices().any(|word| word == value),
            ValueType::Choices => value
                .split(',')
                .all(|part| self.choices().any(|word| word == part)),
            ValueType::List | ValueType::Items => is_list(value),
            ValueType::Duration => {
                !value.is_empty() && value.split(' ').all(|part| is_measure(part, "dhms"))
            }
            ValueType::Rate => is_measure(value, "KMGTBkmgtb"),
        }
    }

    // Least and greatest number, of the range or else of the type.
    fn bounds(&self) -> (i128, i128) {
        match (self.range, self.kind) {
            (Some((low, high)), _) => (low.into(), high.into()),
            (None, ValueType::Whole(low, high)) => (low.into(), high.into()),
            (None, _) => (i128::MIN, i128::MAX),
        }
    }

    /// What a value of it looks like.
    pub fn fits(&self) -> String {
        let mut text = match self.kind {
            ValueType::Text => "any text".into(),
            ValueType::Whole(..) => {
                let (low, high) = self.bounds();
                match (low, high) {
                    (_, high) if high < i64::MAX.into() => {
                        format!("a whole number from {low} to {high}")
                    }
                    (0.., _) => format!("a whole number from {low}"),
                    _ => "a whole number".into(),
                }
            }
            ValueType::Decimal => "a number such as 0.5".into(),
            ValueType::Octal => "permission bits in octal, such as 755".into(),
            ValueType::Switch => "true or false".into(),
            ValueType::Choice => {
                let words: Vec<_> = self.choices().collect();
                format!("one of {}", words.join(", "))
            }
            ValueType::Choices => {
                let words: Vec<_> = self.choices().collect();
                format!("some of {}, joined by commas", words.join(", "))
            }
            ValueType::List | ValueType::Items => {
                "a list that starts with its separator, such as |a|b".into()
            }
            ValueType::Duration => "a time such as 1d 12h, 5m or 20s".into(),
            ValueType::Rate => "a rate such as 100K".into(),
        };
        if !self.unit.is_empty() && matches!(self.kind, ValueType::Whole(..)) {
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

/// A list of these items, with a separator that none of them has.
pub(super) fn joined(items: &[impl AsRef<str>]) -> String {
    let separator = "|:#~^!+=@&"
        .chars()
        .find(|c| items.iter().all(|item| !item.as_ref().contains(*c)))
        .unwrap_or('|');
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

/// How a rate is written, with the number meant where that can be told.
pub fn rate_hint(written: &str) -> String {
    match kbps(written) {
        Some(rate) => format!("rates are in kbps: write {rate}"),
        None => "rates are in kbps: 100 Mbps is 100000".to_owned(),
    }
}

/// `100Mbps`, `100 Mbit/s`, `1G`, `50000`.
fn kbps(written: &str) -> Option<u64> {
    let unit = written.trim_start_matches(|c: char| c.is_ascii_digit());
    let number: u64 = written[..written.len() - unit.len()].parse().ok()?;
    let unit = unit.trim().to_ascii_lowercase();
    let (scale, rest) = [("k", 1), ("m", 1000), ("g", 1_000_000)]
        .into_iter()
        .find_map(|(letter, scale)| Some((scale, unit.strip_prefix(letter)?)))
        .unwrap_or((1, &unit));
    let is_bits = ["", "b", "bps", "bit", "bits", "bit/s", "bits/s", "b/s"].contains(&rest);
    is_bits.then(|| number.checked_mul(scale))?
}

fn takes_switch(value: &str) -> bool {
    value.is_empty() || is_on(value).is_some()
}

/// What a switch's word means; what an empty one means is not known.
fn is_on(value: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(value));
    if is(&["true", "yes", "t", "y", "1"]) {
        return Some(true);
    }
    is(&["false", "no", "0"]).then_some(false)
}

fn is_list(value: &str) -> bool {
    value.is_empty()
        || value.chars().next().is_some_and(|c| {
            // A letter, a digit or a path's start is an item without a separator.
            !c.is_alphanumeric() && !matches!(c, '/' | '.' | '\\' | '_' | '-' | ' ')
        })
}

fn is_decimal(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, part]
        .iter()
        .all(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
}

fn is_measure(value: &str, units: &str) -> bool {
    let unit = value.trim_start_matches(|c: char| c.is_ascii_digit());
    unit.len() < value.len() && unit.len() <= 2 && unit.chars().all(|c| units.contains(c))
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
    fn a_rate_with_a_unit_is_told_in_kbps() {
        for (written, rate) in [
            ("100Mbps", Some(100_000)),
            ("1G", Some(1_000_000)),
            ("50 Mbit/s", Some(50_000)),
            ("800kbps", Some(800)),
            ("64000", Some(64_000)),
            ("fast", None),
            ("10 MiB", None),
        ] {
            assert_eq!(kbps(written), rate, "{written}");
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
            "`authorization_transfer_in_value` cannot be `alow`: it wants one of allow, deny, token"
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
        assert_eq!(joined(&["a|b", "c"]), ":a|b:c");
    }
}
