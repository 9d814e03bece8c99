//! Types of values: what a parameter, an option or a setting accepts. Every
//! check of a name, a path, a port, a host or a rate is here.

mod kbps;
mod rows;

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::ops::RangeInclusive;

use crate::fault::{Fault, Result, Rule};

pub use kbps::rate_hint;
use rows::Row;

/// What a parameter, an option or a setting accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// Any value.
    Any,
    /// `true` or `false`.
    Bool,
    /// A whole number in a range.
    Int {
        /// Smallest.
        min: i128,
        /// Largest.
        max: i128,
    },
    /// A TCP or UDP port.
    Port,
    /// A port, or `true` or `false`.
    PortOrBool,
    /// A rate in kbps.
    Kbps,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Some of these words, joined by commas.
    Choices(&'static [&'static str]),
    /// A secret.
    Secret,
    /// The reference of a secret, as a string.
    Reference,
    /// Any string.
    Text,
    /// A string without control characters.
    Line,
    /// A string without control characters that is not empty.
    NonEmptyLine,
    /// The name of an account, user or service.
    Name,
    /// The name of a system account.
    AccountName,
    /// The name of a service.
    ServiceName,
    /// The name of a Node API user, its transfer user or an access right.
    ApiName,
    /// The ID of an access key.
    AccessKeyId,
    /// A public key in PEM.
    PublicKeyPem,
    /// The name of a Sync session.
    SessionName,
    /// A host name or an IP address.
    Host,
    /// An absolute path.
    Path,
    /// An absolute path or a URL.
    Docroot,
    /// A folder on another host.
    RemotePath,
    /// A rule of a Sync session's filters.
    FilterRule,
    /// A number, perhaps with a fraction.
    Decimal,
    /// Permission bits in octal.
    Octal,
    /// A time such as `1d 12h`.
    Duration,
    /// A rate in aspera.conf, such as `100K`.
    Rate,
    /// A rate for `async`, such as `500m`.
    SyncRate,
    /// A list in one element; its first character separates the items.
    List,
    /// A list with one element for each item, written as [`ValueType::List`].
    Items,
}

/// What a number is called that is not whole.
pub const FRACTION: &str = "a number with a fraction";

/// One value to check, of a script or of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'a> {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A string.
    Text(&'a str),
    /// A secret.
    Secret,
    /// Something else, by what a script calls it.
    Other(&'static str),
}

impl ValueType {
    /// Any whole number.
    pub const INT: Self = Self::int(i64::MIN, i64::MAX);

    /// The types that a script's declarations can name.
    pub const DECLARED: &[Self] = &[
        Self::Text,
        Self::INT,
        Self::Bool,
        Self::Path,
        Self::Port,
        Self::Host,
        Self::Name,
        Self::Secret,
    ];

    /// A whole number from `min` to `max`.
    pub const fn int(min: i64, max: i64) -> Self {
        Self::Int {
            min: min as i128,
            max: max as i128,
        }
    }

    /// One of these words. Equal lists share one copy, which lives as long as
    /// the process: tables hold types as constants.
    pub fn choice<S: AsRef<str>>(words: &[S]) -> Self {
        Self::Choice(shared(words))
    }

    /// The same, for some of the words joined by commas.
    pub fn choices<S: AsRef<str>>(words: &[S]) -> Self {
        Self::Choices(shared(words))
    }

    /// The type that declarations call so, where it needs no words.
    pub fn declared(word: &str) -> Option<Self> {
        let mut types = Self::DECLARED.iter().copied();
        types.find(|ty| ty.word() == word)
    }

    fn row(self) -> &'static Row {
        match self {
            Self::Any => &rows::ANY,
            Self::Bool => &rows::BOOL,
            Self::Int { .. } => &rows::INT,
            Self::Port => &rows::PORT,
            Self::PortOrBool => &rows::PORT_OR_BOOL,
            Self::Kbps => &rows::KBPS,
            Self::Choice(_) => &rows::CHOICE,
            Self::Choices(_) => &rows::CHOICES,
            Self::Secret => &rows::SECRET,
            Self::Reference => &rows::REFERENCE,
            Self::Text => &rows::TEXT,
            Self::Line => &rows::LINE,
            Self::NonEmptyLine => &rows::NON_EMPTY_LINE,
            Self::Name => &rows::NAME,
            Self::AccountName => &rows::ACCOUNT_NAME,
            Self::ServiceName => &rows::SERVICE_NAME,
            Self::ApiName => &rows::API_NAME,
            Self::AccessKeyId => &rows::ACCESS_KEY_ID,
            Self::PublicKeyPem => &rows::PUBLIC_KEY_PEM,
            Self::SessionName => &rows::SESSION_NAME,
            Self::Host => &rows::HOST,
            Self::Path => &rows::PATH,
            Self::Docroot => &rows::DOCROOT,
            Self::RemotePath => &rows::REMOTE_PATH,
            Self::FilterRule => &rows::FILTER_RULE,
            Self::Decimal => &rows::DECIMAL,
            Self::Octal => &rows::OCTAL,
            Self::Duration => &rows::DURATION,
            Self::Rate => &rows::RATE,
            Self::SyncRate => &rows::SYNC_RATE,
            Self::List | Self::Items => &rows::LIST,
        }
    }

    /// The type in a word or three, as scripts call it.
    pub fn word(self) -> &'static str {
        self.row().word
    }

    /// What it accepts, in a clause.
    pub fn fits(self) -> Cow<'static, str> {
        if let Self::Int { min, max } = self {
            if max < i64::MAX.into() {
                format!("a whole number from {min} to {max}").into()
            } else if min >= 0 {
                format!("a whole number from {min}").into()
            } else {
                self.row().fits.into()
            }
        } else if let Self::Choice(words) = self {
            format!("one of {}", words.join(", ")).into()
        } else if let Self::Choices(words) = self {
            format!("some of {}, joined by commas", words.join(", ")).into()
        } else {
            self.row().fits.into()
        }
    }

    /// The words it accepts, where there are only some.
    pub fn allowed(self) -> &'static [&'static str] {
        if let Self::Choice(words) | Self::Choices(words) = self {
            words
        } else if self == Self::Bool {
            &["true", "false"]
        } else {
            &[]
        }
    }

    /// The whole numbers it accepts.
    pub fn range(self) -> Option<RangeInclusive<i128>> {
        if let Self::Int { min, max } = self {
            Some(min..=max)
        } else if let Self::Port | Self::PortOrBool = self {
            Some(1..=65_535)
        } else if let Self::Kbps = self {
            Some(1..=u32::MAX.into())
        } else {
            None
        }
    }

    /// Whether some string is accepted.
    pub const fn is_text(self) -> bool {
        !matches!(
            self,
            Self::Any
                | Self::Bool
                | Self::Int { .. }
                | Self::Port
                | Self::PortOrBool
                | Self::Kbps
                | Self::Secret
        )
    }

    /// A value that it accepts; none where only a run has one.
    pub fn sample(self) -> Option<Scalar<'static>> {
        if let Some(range) = self.range() {
            return Some(Scalar::Int(*range.start()));
        }
        if self == Self::Bool {
            return Some(Scalar::Bool(true));
        }
        let words = self.allowed().first().copied();
        let text = words.unwrap_or(self.row().sample);
        self.is_text().then_some(Scalar::Text(text))
    }

    /// Reads the text of a command line; what it cannot read stays a string.
    pub fn parse(self, text: &str) -> Scalar<'_> {
        let int = || text.parse::<i64>().ok();
        let flag = || text.parse().ok().map(Scalar::Bool);
        let read = match self.range() {
            Some(_) => int().map(|int| Scalar::Int(int.into())),
            None if self == Self::Bool => flag(),
            None => None,
        };
        let or_flag = || flag().filter(|_| self == Self::PortOrBool);
        read.or_else(or_flag).unwrap_or(Scalar::Text(text))
    }

    /// Whether a value is of this type.
    pub fn accepts(self, value: Scalar<'_>) -> bool {
        match (self, value) {
            (Self::Any, _)
            | (Self::Bool | Self::PortOrBool, Scalar::Bool(_))
            | (Self::Secret | Self::Reference, Scalar::Secret) => true,
            (Self::Choice(words), Scalar::Text(text)) => words.contains(&text),
            (Self::Choices(words), Scalar::Text(text)) => {
                text.split(',').all(|word| words.contains(&word))
            }
            (_, Scalar::Text(text)) => (self.row().matches)(text),
            (_, Scalar::Int(int)) => self.range().is_some_and(|range| range.contains(&int)),
            (_, Scalar::Bool(_) | Scalar::Secret | Scalar::Other(_)) => false,
        }
    }

    /// Whether some value of the same kind is accepted: another string, another
    /// number.
    pub fn accepts_kind_of(self, value: Scalar<'_>) -> bool {
        match value {
            Scalar::Text(_) => self.is_text(),
            Scalar::Int(_) => self.range().is_some(),
            Scalar::Bool(_) | Scalar::Secret | Scalar::Other(_) => false,
        }
    }

    /// Refuses a value that is not of this type; `label` says whose it is.
    pub fn check(self, label: impl fmt::Display, value: Scalar<'_>) -> Result<()> {
        if self.accepts(value) {
            return Ok(());
        }
        Err(self.refusal(label, value))
    }

    /// The fault of a value that is not of this type.
    pub fn refusal(self, label: impl fmt::Display, value: Scalar<'_>) -> Fault {
        let Scalar::Text(text) = value else {
            let fault = Fault::script(format!("{label} must be {}, not {value}", self.fits()));
            return match (self, value) {
                (Self::Octal, Scalar::Int(bits)) => {
                    fault.hint(format!("write the bits as a string: \"{bits}\""))
                }
                (
                    Self::Text | Self::Name,
                    Scalar::Int(_) | Scalar::Bool(_) | Scalar::Other(FRACTION),
                ) => fault.hint("write a string in quotes"),
                _ => fault,
            };
        };
        if let Self::Secret | Self::Reference = self {
            return self.plain_secret(label, text);
        }
        if self == Self::PublicKeyPem && text.contains("PRIVATE KEY") {
            // It is a secret, so it is not repeated.
            return Fault::script(format!("{label} is a private key")).hint("give the public key");
        }
        let fault = Fault::script(format!("{label} must be {}, not {value}", self.fits()));
        if self == Self::Kbps {
            return fault.hint(rate_hint(text));
        }
        fault.suggest(text, self.allowed().iter().copied())
    }

    /// Never repeats the text: it may be the secret.
    fn plain_secret(self, label: impl fmt::Display, text: &str) -> Fault {
        let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
        if self == Self::Reference && matches!(scheme, "env" | "file" | "prompt") {
            return Fault::script(format!("{label} names no secret after `{scheme}:`"))
                .hint("write `env:NAME`, `file:PATH` or `prompt:LABEL`");
        }
        let hint = if self == Self::Secret {
            "write `secret(\"env:NAME\")`, `secret(\"file:PATH\")` or `secret(\"prompt:LABEL\")`"
        } else {
            "write `env:NAME`, `file:PATH` or `prompt:LABEL`"
        };
        Fault::script(format!(
            "{label} must be a reference to a secret, not the secret itself"
        ))
        .hint(hint)
        .with_rule(Rule::PlainSecret)
    }
}

/// As a message shows it.
impl fmt::Display for Scalar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(flag) => flag.fmt(f),
            Self::Int(int) => int.fmt(f),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Secret => f.write_str("a secret"),
            Self::Other(noun) => f.write_str(noun),
        }
    }
}

thread_local! {
    static WORDS: RefCell<Vec<&'static [&'static str]>> = const { RefCell::new(Vec::new()) };
}

fn shared<S: AsRef<str>>(words: &[S]) -> &'static [&'static str] {
    let words: Vec<_> = words.iter().map(AsRef::as_ref).collect();
    WORDS.with_borrow_mut(|all| {
        if let Some(known) = all.iter().find(|known| **known == words) {
            return *known;
        }
        let words: Vec<&'static str> = words
            .iter()
            .map(|word| &*String::leak((*word).to_owned()))
            .collect();
        let words: &'static [_] = words.leak();
        all.push(words);
        words
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: &[(ValueType, &[&str], &[&str])] = &[
        (
            ValueType::Name,
            &["asp1", "DOMAIN\\a", "a@b"],
            &["", "-r", "a b", "a/b", "a;b", "a,b", "a:b", "a\n"],
        ),
        (
            ValueType::AccountName,
            &["faspex", "_www", "a.b-c", "9x"],
            &["", "-r", "..", "a/b", "a b", "a:b", "a\n", "ä"],
        ),
        (
            ValueType::ApiName,
            &["node_user@example.com"],
            &["", "-l", "a b", "a,b", "a\u{a0}b", "[a]"],
        ),
        (
            ValueType::AccessKeyId,
            &["diDeuFLcpG9_-=", "a.b~"],
            &["", ".", "..", "self", "a:b", "a/b", "a b", "a%", "ä"],
        ),
        (
            ValueType::PublicKeyPem,
            &[
                "-----BEGIN PUBLIC KEY-----\nMFww\n-----END PUBLIC KEY-----\n",
                " -----BEGIN PUBLIC KEY-----\r\n MFww\r\n -----END PUBLIC KEY-----",
            ],
            &[
                "",
                "MFww",
                "ssh-rsa AAAA",
                "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
                "-----BEGIN PRIVATE KEY-----\nMFww\n-----END PRIVATE KEY-----",
            ],
        ),
        (ValueType::SessionName, &["a-1_b"], &["", "a b", "ä"]),
        (
            ValueType::Host,
            &["a", "a.example.com.", "10.0.0.1", "::1"],
            &["", "a b", "-a", "a..b", "a/b"],
        ),
        (ValueType::Path, &["/", "/a b"], &["", "a", "/a\n"]),
        (
            ValueType::Docroot,
            &[
                "/data",
                "/data/$(name)",
                "$(home)/in",
                "s3://host/bucket",
                "file:////data",
            ],
            &["", "data", "~/data", "://data", "2s://data"],
        ),
        (
            ValueType::FilterRule,
            &["+ *", "- a b", "- -x", ".+ /etc/rules", ".- /etc/rules"],
            &["", "*", "+", "+ ", "+*", "-\t*", "- a\n", ".- rules", "! a"],
        ),
        (
            ValueType::RemotePath,
            &["lion@10.0.0.1:/data", "host:data", "a@[::1]:/x"],
            &["", "host", "@host:/x", ":/x", "a b:/x", "-o:/x", "host:"],
        ),
        (
            ValueType::Octal,
            &["755", "0750", "7777"],
            &["", "888", "+7", "10000"],
        ),
        (
            ValueType::SyncRate,
            &["10", "500m"],
            &["", "m", "5T", "5mm"],
        ),
        (
            ValueType::Reference,
            &["env:A", "file:/a", "prompt:A b"],
            &["", "env:", "hunter2"],
        ),
        (ValueType::Choice(&["ro", "rw"]), &["ro"], &["", "ro,rw"]),
        (ValueType::Choices(&["a", "b"]), &["a", "a,b"], &["", "a,"]),
    ];

    #[test]
    fn strings_are_checked_by_type() {
        for (ty, good, bad) in TEXTS {
            for text in *good {
                assert!(ty.accepts(Scalar::Text(text)), "{ty:?} {text}");
            }
            for text in *bad {
                assert!(!ty.accepts(Scalar::Text(text)), "{ty:?} {text}");
            }
        }
    }

    #[test]
    fn numbers_are_checked_by_range() {
        assert!(ValueType::Port.accepts(ValueType::Port.parse("65535")));
        assert!(!ValueType::Port.accepts(ValueType::Port.parse("0")));
        assert!(!ValueType::Port.accepts(Scalar::Text("80")));
        assert!(ValueType::PortOrBool.accepts(ValueType::PortOrBool.parse("true")));
        assert!(ValueType::INT.accepts(ValueType::INT.parse("-5")));
        assert!(!ValueType::int(1, 255).accepts(Scalar::Int(256)));
    }

    #[test]
    fn a_sample_is_accepted() {
        let texts = TEXTS.iter().map(|(ty, ..)| *ty);
        for ty in texts.chain(ValueType::DECLARED.iter().copied()) {
            assert!(ty.sample().is_none_or(|value| ty.accepts(value)), "{ty:?}");
        }
    }

    #[test]
    fn a_refusal_names_the_nearest_word_and_the_type() {
        let fault = ValueType::Choice(&["allow", "deny"]).refusal("`x`", Scalar::Text("alow"));
        assert_eq!(
            fault.message(),
            "`x` must be one of allow, deny, not \"alow\""
        );
        assert_eq!(fault.hints(), ["did you mean `allow`?"]);
        let fault = ValueType::Bool.refusal("`x`", Scalar::Int(5));
        assert_eq!(fault.message(), "`x` must be true or false, not 5");
    }

    #[test]
    fn a_refusal_never_repeats_a_secret() {
        for ty in [ValueType::Secret, ValueType::Reference] {
            let fault = ty.refusal("`password`", Scalar::Text("hunter2"));
            assert!(!fault.message().contains("hunter2"));
            assert_eq!(fault.rule(), Some(Rule::PlainSecret));
        }
    }

    #[test]
    fn equal_choices_share_their_words() {
        let (a, b) = (
            ValueType::choice(&["a", "b"]),
            ValueType::choice(&["a", "b"]),
        );
        assert!(std::ptr::eq(a.allowed(), b.allowed()));
    }
}
