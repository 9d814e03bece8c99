//! References of secrets. Only `exec` resolves a reference to its value, when a
//! program is spawned.

use std::fmt;
use std::rc::Rc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::fault::{Fault, Result, Rule};

/// Secrets that are examples in vendor documents.
pub const PUBLISHED: &[&str] = &[
    "gj5o930t78m34ejme9dx",
    "XF324cd28",
    "EXAMPLEONLY0000000000",
    "aspera",
];

/// The reference of a secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Secret {
    /// An environment variable of this process.
    Env(Rc<str>),
    /// The content of a file, without its last line end.
    File(Rc<str>),
    /// What the operator types at a prompt.
    Prompt(Rc<str>),
    /// Random letters and digits, generated when they are first needed.
    Random {
        /// The number of characters.
        length: u8,
        /// The ordinal of the random secret in the run, from 1.
        ordinal: u32,
    },
    /// The value of a setting before a live run, from that run's backup of
    /// aspera.conf.
    Backup {
        /// The number of the run.
        run: u32,
        /// The path of the setting.
        subject: Rc<str>,
    },
    /// The basic token of an access key: `Basic` and base64 of `id:secret`.
    Basic {
        /// The id of the access key.
        id: Rc<str>,
        /// Its secret.
        secret: Rc<Secret>,
    },
}

impl Secret {
    /// Parses `env:NAME`, `file:PATH` or `prompt:LABEL`.
    pub fn parse(reference: &str) -> Result<Self> {
        let (scheme, rest) = reference.split_once(':').unwrap_or((reference, ""));
        let known = match scheme {
            "env" => Self::Env as fn(Rc<str>) -> Self,
            "file" => Self::File,
            "prompt" => Self::Prompt,
            _ => {
                return Err(
                    Fault::script("a secret is named by a reference, not written out")
                        .hint("write `env:NAME`, `file:PATH` or `prompt:LABEL`")
                        .with_rule(Rule::PlainSecret),
                );
            }
        };
        if rest.is_empty() || rest.chars().any(char::is_control) {
            return Err(Fault::script(format!(
                "`{scheme}:` needs a name after the colon"
            )));
        }
        Ok(known(rest.into()))
    }

    /// Parses any reference, as documents contain it: in the one way in which it is
    /// written.
    pub fn read(reference: &str) -> Option<Self> {
        Self::read_any(reference).filter(|secret| secret.to_string() == reference)
    }

    fn read_any(reference: &str) -> Option<Self> {
        let (scheme, rest) = reference.split_once(':')?;
        match scheme {
            "random" => {
                let (length, ordinal) = rest.split_once(':')?;
                Some(Self::Random {
                    length: length.parse().ok()?,
                    ordinal: ordinal.parse().ok()?,
                })
            }
            "basic" => {
                let (id, secret) = rest.split_once(':')?;
                // A token of a token means nothing, and a long chain would exhaust the stack.
                let secret = Some(secret).filter(|secret| !secret.starts_with("basic:"))?;
                Some(Self::Basic {
                    id: id.into(),
                    secret: Rc::new(Self::read_any(secret)?),
                })
            }
            "kept" => {
                let (run, subject) = rest.split_once(':')?;
                Some(Self::Backup {
                    run: run.parse().ok()?,
                    subject: subject.into(),
                })
            }
            _ => Self::parse(reference).ok(),
        }
    }

    /// The secret that must be read: of a token, that of its access key.
    pub fn source(&self) -> &Self {
        match self {
            Self::Basic { secret, .. } => secret.source(),
            Self::Env(_)
            | Self::File(_)
            | Self::Prompt(_)
            | Self::Random { .. }
            | Self::Backup { .. } => self,
        }
    }

    /// Whether it can be resolved without a prompt and without generating it.
    pub fn is_silent(&self) -> bool {
        match self {
            Self::Env(_) | Self::File(_) | Self::Backup { .. } => true,
            Self::Prompt(_) | Self::Random { .. } => false,
            Self::Basic { secret, .. } => secret.is_silent(),
        }
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{path}"),
            Self::Prompt(label) => write!(f, "prompt:{label}"),
            Self::Random { length, ordinal } => write!(f, "random:{length}:{ordinal}"),
            Self::Backup { run, subject } => write!(f, "kept:{run}:{subject}"),
            Self::Basic { id, secret } => write!(f, "basic:{id}:{secret}"),
        }
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_map([("secret", self.to_string())])
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct SecretJson {
            secret: String,
        }
        let SecretJson { secret } = SecretJson::deserialize(deserializer)?;
        Self::read(&secret)
            .ok_or_else(|| D::Error::custom(format!("`{secret}` is not a reference of a secret")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_parse_back() {
        for reference in ["env:KEY", "file:/run/keys/a:b", "prompt:Key of node 1"] {
            assert_eq!(Secret::parse(reference).unwrap().to_string(), reference);
        }
    }

    #[test]
    fn a_document_writes_a_number_in_one_way() {
        let kept = "kept:7:conf/user/anna/token_encryption_key";
        assert_eq!(Secret::read(kept).unwrap().to_string(), kept);
        for reference in [
            "basic:a:basic:b:env:KEY",
            "kept:+7:conf/user/anna/token_encryption_key",
            "kept:007:conf/user/anna/token_encryption_key",
            "kept:4294967296:conf/user/anna/token_encryption_key",
            "random:+20:1",
        ] {
            assert!(Secret::read(reference).is_none(), "{reference}");
        }
    }

    #[test]
    fn a_plain_value_is_refused_and_not_repeated() {
        let fault = Secret::parse("hunter2hunter2").unwrap_err();
        assert!(!fault.message().contains("hunter2"));
        assert!(Secret::parse("env:").is_err());
    }
}
