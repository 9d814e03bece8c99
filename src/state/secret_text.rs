//! Texts with secrets in them, such as a URL with a login. Only `exec` puts the values of the
//! secrets in.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::FileReference;
use super::secret::Secret;
use crate::login;

/// A part of an argument, an input, an environment value or a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A text.
    Text(Cow<'static, str>),
    /// A secret, resolved when the program is spawned.
    Secret(Secret),
    /// The content of a file, read when the program is spawned.
    File(FileReference),
}

impl Piece {
    /// The text, or a mark for what is read later.
    pub fn marked(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Secret(_) | Self::File(_) => login::HIDDEN,
        }
    }

    /// The secret, where it is one.
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Secret(secret) => Some(secret),
            Self::Text(_) | Self::File(_) => None,
        }
    }
}

impl From<&'static str> for Piece {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Piece {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<Secret> for Piece {
    fn from(secret: Secret) -> Self {
        Self::Secret(secret)
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Secret(secret) => write!(f, "‹{secret}›"),
            Self::File(file) => write!(f, "‹{file}›"),
        }
    }
}

impl Serialize for Piece {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Secret(secret) => secret.serialize(serializer),
            Self::File(file) => file.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Piece {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Raw {
            Text(String),
            Secret(Secret),
            File(FileReference),
        }
        Ok(match Raw::deserialize(deserializer)? {
            Raw::Text(text) => Self::Text(text.into()),
            Raw::Secret(secret) => Self::Secret(secret),
            Raw::File(file) => Self::File(file),
        })
    }
}

/// A secret, alone or with text around it: the value of a setting that may hold one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretText(Rc<[Piece]>);

impl SecretText {
    /// Parses a text that a script has put references of secrets into: `s3://‹env:KEY›@host`.
    /// None where there is no such reference.
    pub fn parse(text: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        let mut from = 0;
        while let Some(open) = rest[from..].find('‹').map(|at| from + at) {
            let inside = open + '‹'.len_utf8();
            let Some(close) = rest[inside..].find('›').map(|at| inside + at) else {
                break;
            };
            let secret = Secret::read(&rest[inside..close]);
            match secret.filter(|secret| !matches!(secret, Secret::Backup { .. })) {
                Some(secret) => {
                    pieces.extend(text_piece(&rest[..open]));
                    pieces.push(secret.into());
                    rest = &rest[close + '›'.len_utf8()..];
                    from = 0;
                }
                None => from = inside,
            }
        }
        if pieces.is_empty() {
            return None;
        }
        pieces.extend(text_piece(rest));
        Some(Self(pieces.into()))
    }

    /// Its pieces, in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// The text with a mark in place of each secret: `s3://‹secret›@host`.
    pub fn marked(&self) -> String {
        let pieces = self.0.iter();
        pieces.map(Piece::marked).collect()
    }

    /// Its secrets.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter().filter_map(Piece::secret)
    }

    /// The secret, where there is no text around it.
    pub fn alone(&self) -> Option<&Secret> {
        match &*self.0 {
            [only] => only.secret(),
            _ => None,
        }
    }
}

fn is_file(piece: &Piece) -> bool {
    matches!(piece, Piece::File(_))
}

fn text_piece(text: &str) -> Option<Piece> {
    (!text.is_empty()).then(|| text.to_owned().into())
}

impl From<Secret> for SecretText {
    fn from(secret: Secret) -> Self {
        Self(Rc::new([secret.into()]))
    }
}

/// Each secret by its reference: `s3://‹env:KEY›@host`.
impl fmt::Display for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| piece.fmt(f))
    }
}

/// A secret alone, or the list of the pieces.
impl Serialize for SecretText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.alone() {
            Some(secret) => secret.serialize(serializer),
            None => self.0.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Raw {
            Pieces(Vec<Piece>),
            Alone(Secret),
        }
        Ok(match Raw::deserialize(deserializer)? {
            Raw::Pieces(pieces) if pieces.iter().any(is_file) => {
                return Err(D::Error::custom("a setting has no content of a file"));
            }
            Raw::Pieces(pieces) => Self(pieces.into()),
            Raw::Alone(secret) => secret.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_in_a_text_are_read() {
        let key = Secret::Env("K".into());
        for (text, secrets) in [
            ("‹env:K›", 1),
            ("s3://‹env:K›@host/b", 1),
            ("s3://‹env:K›:‹env:K›@host", 2),
            ("‹a› ‹env:K", 0),
            ("‹secret›", 0),
            ("‹x ‹env:K› y", 1),
            ("plain", 0),
        ] {
            let parsed = SecretText::parse(text);
            let found = parsed.iter().flat_map(SecretText::secrets);
            assert_eq!(found.filter(|secret| **secret == key).count(), secrets);
            assert!(
                parsed.is_none_or(|parsed| parsed.to_string() == text),
                "{text}"
            );
        }
    }

    #[test]
    fn documents_have_the_secret_alone_or_the_pieces() {
        for (text, json) in [
            ("‹env:K›", r#"{"secret":"env:K"}"#),
            ("s3://‹env:K›@h", r#"["s3://",{"secret":"env:K"},"@h"]"#),
        ] {
            let text = SecretText::parse(text).unwrap();
            assert_eq!(serde_json::to_string(&text).unwrap(), json);
            assert_eq!(serde_json::from_str::<SecretText>(json).unwrap(), text);
        }
    }
}
