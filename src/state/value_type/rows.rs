//! How each type of value is documented, and which strings it accepts.

use std::net::IpAddr;

use super::super::{FilterRule, Secret};

/// What a type of value is called, and what it accepts.
pub(super) struct Row {
    /// The type in a word or three, as scripts call it.
    pub(super) word: &'static str,
    /// What it accepts, in a clause.
    pub(super) fits: &'static str,
    /// A string that it accepts; empty where it accepts none.
    pub(super) sample: &'static str,
    /// Whether it accepts a string.
    pub(super) matches: fn(&str) -> bool,
}

const fn row(
    word: &'static str,
    fits: &'static str,
    sample: &'static str,
    matches: fn(&str) -> bool,
) -> Row {
    Row {
        word,
        fits,
        sample,
        matches,
    }
}

/// A type that accepts no string.
const fn no_string(word: &'static str, fits: &'static str) -> Row {
    row(word, fits, "", |_| false)
}

pub(super) static ANY: Row = row("any", "any value", "", |_| true);
pub(super) static BOOL: Row = no_string("bool", "true or false");
pub(super) static INT: Row = no_string("int", "a whole number");
pub(super) static PORT: Row = no_string("port", "a port from 1 to 65535");
pub(super) static PORT_OR_BOOL: Row =
    no_string("port or bool", "a port from 1 to 65535, true or false");
pub(super) static KBPS: Row = no_string("kbps", "a rate in kbps, as a whole number");
pub(super) static CHOICE: Row = no_string("choice", "one of some words");
pub(super) static CHOICES: Row = no_string("choices", "some of some words, joined by commas");
pub(super) static SECRET: Row = no_string("secret", "a secret, such as secret(\"env:NAME\")");
pub(super) static REFERENCE: Row = row(
    "string",
    "a reference to a secret: env:NAME, file:PATH or prompt:LABEL",
    "env:NAME",
    |text| Secret::parse(text).is_ok(),
);
pub(super) static TEXT: Row = row("string", "a string", "name", |_| true);
pub(super) static LINE: Row = row(
    "string",
    "a string without control characters",
    "name",
    is_line,
);
pub(super) static NON_EMPTY_LINE: Row = row(
    "string",
    "a string that is not empty and has no control characters",
    "name",
    |text| !text.is_empty() && is_line(text),
);
pub(super) static NAME: Row = row(
    "name",
    "a name without blanks, any of ; , : / or a leading dash",
    "name",
    |text| is_word_without(text, ";,:/") && !matches!(text, "." | ".."),
);
pub(super) static ACCOUNT_NAME: Row = row(
    "name",
    "a name of letters, digits, _ - and . that starts with a letter, a digit or _",
    "name",
    is_account_name,
);
pub(super) static SERVICE_NAME: Row = row(
    "name",
    "a name of letters, digits, _ - . and @ that starts with a letter or a digit",
    "name",
    is_service_name,
);
// Each is one word in what `asnodeadmin -l` prints.
pub(super) static API_NAME: Row = row(
    "name",
    "a name without blanks, any of , ; : [ ] or a leading dash",
    "name",
    |text| is_word_without(text, ",;:[]"),
);
// It is a part of URLs, where `self` stands for the key of the login.
pub(super) static ACCESS_KEY_ID: Row = row(
    "string",
    "an ID of letters, digits and _ - . ~ = that is not `self`",
    "k1",
    |text| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.~=".contains(c);
        !["", ".", "..", "self"].contains(&text) && text.chars().all(is_plain)
    },
);
pub(super) static PUBLIC_KEY_PEM: Row = row(
    "string",
    "a public key in PEM, from its line BEGIN PUBLIC KEY to its line END PUBLIC KEY",
    "-----BEGIN PUBLIC KEY-----\nMFww\n-----END PUBLIC KEY-----",
    |text| {
        let lines: Vec<_> = text.trim().lines().map(str::trim).collect();
        matches!(
            &lines[..],
            [
                "-----BEGIN PUBLIC KEY-----",
                _,
                ..,
                "-----END PUBLIC KEY-----"
            ]
        )
    },
);
pub(super) static SESSION_NAME: Row = row(
    "name",
    "a name of letters, digits, _ and -",
    "name",
    is_session_name,
);
pub(super) static HOST: Row = row("host", "a host name or an IP address", "host", is_host);
pub(super) static PATH: Row = row("path", "an absolute path", "/name", is_path);
pub(super) static DOCROOT: Row = row(
    "path or URL",
    "an absolute path, or a URL such as s3://bucket/in",
    "/name",
    |text| is_line(text) && (is_path(text) || text.starts_with("$(") || is_url(text)),
);
pub(super) static REMOTE_PATH: Row = row(
    "string",
    "a folder on another host, as user@host:/path",
    "user@host:/name",
    is_remote_path,
);
// Its sample is neither before nor behind another rule useless.
pub(super) static FILTER_RULE: Row = row(
    "filter rule",
    "a rule such as \"+ /Raw/**\", \"- *.tmp\" or \".- /etc/sync.rules\"",
    "- **/name",
    |text| FilterRule::parse(text).is_some(),
);
pub(super) static DECIMAL: Row = row("number", "a number such as 0.5", "0.5", is_decimal);
pub(super) static OCTAL: Row = row(
    "octal",
    "permission bits in octal, such as 755",
    "755",
    is_octal,
);
pub(super) static DURATION: Row = row(
    "duration",
    "a time such as 1d 12h, 5m or 20s",
    "5m",
    is_duration,
);
pub(super) static RATE: Row = row("rate", "a rate such as 100K", "100K", |text| {
    is_measure(text, 2, "KMGTBkmgtb")
});
pub(super) static SYNC_RATE: Row = row(
    "rate",
    "a number, or a string such as \"500m\"",
    "500m",
    |text| is_measure(text, 1, "kKmMgG") && is_u64(text),
);
pub(super) static LIST: Row = row(
    "list",
    "a list that starts with its separator, such as |a|b",
    "|a|b",
    is_list,
);

fn is_line(text: &str) -> bool {
    !text.contains(char::is_control)
}

fn is_word_without(text: &str, separators: &str) -> bool {
    let is_odd = |c: char| c.is_control() || c.is_whitespace() || separators.contains(c);
    !text.is_empty() && !text.starts_with('-') && !text.contains(is_odd)
}

/// Neither an option nor a path.
fn is_account_name(text: &str) -> bool {
    let is_first = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_other = |c: char| is_first(c) || c == '-' || c == '.';
    text.starts_with(is_first) && text.chars().all(is_other) && text.len() <= 255
}

fn is_service_name(text: &str) -> bool {
    let is_other = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '@');
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(is_other)
        && text.len() <= 255
}

fn is_session_name(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    !text.is_empty() && text.chars().all(is_word)
}

/// A scheme as in RFC 3986, and something behind it.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let is_other = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(is_other)
        && !rest.is_empty()
}

fn is_path(text: &str) -> bool {
    text.starts_with('/') && is_line(text)
}

fn is_host(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_label =
        |label: &str| !label.is_empty() && !label.starts_with('-') && label.chars().all(is_word);
    text.parse::<IpAddr>().is_ok() || text.trim_end_matches('.').split('.').all(is_label)
}

fn is_remote_path(text: &str) -> bool {
    // The colons of an IPv6 address are in brackets.
    let from = text.find(']').unwrap_or(0);
    let Some((before, path)) = text[from..].split_once(':') else {
        return false;
    };
    let login = &text[..from + before.len()];
    let (user, host) = login.split_once('@').unwrap_or(("user", login));
    let is_odd = |c: char| c.is_control() || c.is_whitespace();
    !user.is_empty()
        && !host.is_empty()
        && !path.is_empty()
        && !text.starts_with('-')
        && !login.contains(is_odd)
        && is_line(path)
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number(whole) && is_number(part)
}

fn is_octal(text: &str) -> bool {
    let is_digits = text.bytes().all(|b| (b'0'..=b'7').contains(&b));
    is_digits && u32::from_str_radix(text, 8).is_ok_and(|bits| bits <= 0o7777)
}

fn is_duration(text: &str) -> bool {
    text.split(' ').all(|part| is_measure(part, 2, "dhms"))
}

/// Digits, and then at most so many of these letters.
fn is_measure(text: &str, most: usize, letters: &str) -> bool {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    unit.len() < text.len() && unit.len() <= most && unit.chars().all(|c| letters.contains(c))
}

/// Whether the digits are a number that fits in 64 bits.
fn is_u64(text: &str) -> bool {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    digits.parse::<u64>().is_ok()
}

fn is_list(text: &str) -> bool {
    // A letter, a digit or the start of a path is an item without a separator.
    let is_item = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '\\' | '_' | '-' | ' ');
    !text.starts_with(is_item)
}
