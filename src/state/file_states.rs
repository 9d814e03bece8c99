//! The states of files, and what steps write to them.

use std::rc::Rc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::digest::{is_sha256, sha256};
use super::{Piece, Secret, SecretText};

/// The largest file that steps write, and of which the content is read.
pub const MAX_FILE: u64 = 1 << 20;

/// How much of a file is shown at most, and how many lines.
const MAX_SHOWN: usize = 64 << 10;
const MAX_SHOWN_LINES: usize = 2_000;

/// The permission bit with which every user can read a file.
const READABLE_BY_ALL: u32 = 0o004;

/// A regular file.
#[derive(Clone, Debug, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FileState {
    /// The name of the owning account.
    pub owner: String,
    /// The name of its group; none where a step leaves it to the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The permission bits in octal: `644`.
    pub mode: String,
    /// sha256 of its content; none where the content has a secret in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Its content, where that may be shown. Documents do not have it.
    #[serde(skip)]
    pub text: Option<Rc<str>>,
}

/// What is written to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileContent(Rc<[Piece]>);

/// The bytes of a file. They are read when a program is spawned.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum FileReference {
    /// A file beside the script.
    Source(ScriptFile),
    /// What a run replaced, from that run's own copy.
    Kept(KeptFile),
}

/// A file beside the script.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ScriptFile {
    /// Its path below the script's folder.
    #[serde(deserialize_with = "read_source_path")]
    pub source: String,
    /// sha256 of its content.
    #[serde(deserialize_with = "read_digest")]
    pub digest: String,
}

/// The content of a file before a run.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct KeptFile {
    /// The number of the run.
    pub kept: u32,
    /// sha256 of the content.
    #[serde(deserialize_with = "read_digest")]
    pub digest: String,
}

impl FileState {
    /// A new, empty file as root makes it.
    pub fn fresh() -> Self {
        Self {
            owner: "root".to_owned(),
            group: None,
            mode: "644".to_owned(),
            digest: Some(sha256(b"")),
            text: None,
        }
    }

    /// The same file with the content that was read. It may be shown where every user may read
    /// the file.
    #[must_use]
    pub fn with_bytes(self, bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).ok();
        let text = text.filter(|text| self.is_readable_by_all() && is_shown(text));
        Self {
            digest: Some(sha256(bytes)),
            text: text.map(Rc::from),
            ..self
        }
    }

    /// Whether every user may read it.
    pub fn is_readable_by_all(&self) -> bool {
        let bits = u32::from_str_radix(&self.mode, 8);
        bits.is_ok_and(|bits| bits & READABLE_BY_ALL != 0)
    }

    /// Whether a reading shows this file. What has no value here is left to the node, or compared
    /// elsewhere.
    pub(super) fn is_met_by(&self, reading: &Self) -> bool {
        let is_same =
            |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || wanted == is;
        (&self.owner, &self.mode) == (&reading.owner, &reading.mode)
            && is_same(&self.group, &reading.group)
            && is_same(&self.digest, &reading.digest)
    }
}

/// The text only shows what the digest stands for.
impl PartialEq for FileState {
    fn eq(&self, other: &Self) -> bool {
        let parts = |file: &Self| {
            let FileState {
                owner,
                group,
                mode,
                digest,
                text: _,
            } = file.clone();
            (owner, group, mode, digest)
        };
        parts(self) == parts(other)
    }
}

/// Whether a text is short enough to be shown, and no binary data.
fn is_shown(text: &str) -> bool {
    text.len() <= MAX_SHOWN
        && !text.contains('\0')
        && text.split('\n').nth(MAX_SHOWN_LINES).is_none()
}

impl FileContent {
    /// A text.
    pub fn text(text: &str) -> Self {
        Self(Rc::new([text.to_owned().into()]))
    }

    /// The bytes of a file.
    pub fn of(file: FileReference) -> Self {
        Self(Rc::new([Piece::File(file)]))
    }

    /// Its pieces, in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Its secrets.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter().filter_map(Piece::secret)
    }

    /// Whether a secret is in it.
    pub fn has_secret(&self) -> bool {
        self.secrets().next().is_some()
    }

    /// Its digest; none where a secret is in it.
    pub fn digest(&self) -> Option<String> {
        match &*self.0 {
            [Piece::Text(text)] => Some(sha256(text.as_bytes())),
            [Piece::File(file)] => Some(file.digest().to_owned()),
            _ => None,
        }
    }

    /// It as reports show it, with secrets by their references; none where it is too long or
    /// the content of a file.
    pub fn shown(&self) -> Option<String> {
        let is_file = |piece: &Piece| matches!(piece, Piece::File(_));
        if self.0.iter().any(is_file) {
            return None;
        }
        let text: String = self.0.iter().map(Piece::to_string).collect();
        is_shown(&text).then_some(text)
    }
}

impl From<&SecretText> for FileContent {
    fn from(text: &SecretText) -> Self {
        Self(text.pieces().into())
    }
}

impl From<Secret> for FileContent {
    fn from(secret: Secret) -> Self {
        Self(Rc::new([secret.into()]))
    }
}

/// A text, a file, or the list of the pieces.
impl Serialize for FileContent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &*self.0 {
            [only @ (Piece::Text(_) | Piece::File(_))] => only.serialize(serializer),
            pieces => pieces.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for FileContent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Raw {
            Text(String),
            File(FileReference),
            Pieces(Vec<Piece>),
        }
        Ok(match Raw::deserialize(deserializer)? {
            Raw::Text(text) => Self::text(&text),
            Raw::File(file) => Self::of(file),
            Raw::Pieces(pieces) => {
                let is_part = |piece: &Piece| !matches!(piece, Piece::File(_));
                if !pieces.iter().any(|piece| piece.secret().is_some())
                    || !pieces.iter().all(is_part)
                {
                    return Err(D::Error::custom("the pieces of a content have no secret"));
                }
                Self(pieces.into())
            }
        })
    }
}

impl FileReference {
    /// sha256 of its content.
    pub fn digest(&self) -> &str {
        match self {
            Self::Source(file) => &file.digest,
            Self::Kept(file) => &file.digest,
        }
    }
}

impl std::fmt::Display for FileReference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Source(file) => write!(f, "the content of {}", file.source),
            Self::Kept(file) => write!(f, "the content before run {}", file.kept),
        }
    }
}

/// Whether a text is a path below a folder, and leads nowhere else.
pub fn is_source_path(path: &str) -> bool {
    let is_part = |part: &str| !matches!(part, "" | "." | "..");
    path.split('/').all(is_part) && !path.contains(char::is_control)
}

fn read_source_path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let path = String::deserialize(deserializer)?;
    if is_source_path(&path) {
        return Ok(path);
    }
    let message = format!("`{}` is not a path below a folder", path.escape_debug());
    Err(D::Error::custom(message))
}

fn read_digest<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let digest = String::deserialize(deserializer)?;
    if is_sha256(&digest) {
        return Ok(digest);
    }
    Err(D::Error::custom("a digest is not `sha256:` and 64 digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_of_a_private_file_is_not_kept_to_be_shown() {
        let file = |mode: &str, bytes: &[u8]| {
            let mode = mode.to_owned();
            let file = FileState {
                mode,
                ..FileState::fresh()
            };
            file.with_bytes(bytes).text
        };
        assert_eq!(file("644", b"a\n").as_deref(), Some("a\n"));
        for mode in ["640", "600", "0"] {
            assert_eq!(file(mode, b"a\n"), None, "{mode}");
        }
        for bytes in [
            &b"a\0"[..],
            b"\xff",
            &vec![b'a'; MAX_SHOWN + 1],
            &[b'\n'; 3_000][..],
        ] {
            assert_eq!(file("644", bytes), None);
        }
    }

    #[test]
    fn contents_read_back() {
        let digest = sha256(b"x");
        for json in [
            r#""a\nb""#.to_owned(),
            r#"""#.to_owned() + "\"",
            r#"["a",{"secret":"env:K"}]"#.to_owned(),
            r#"[{"secret":"env:K"}]"#.to_owned(),
            format!(r#"{{"source":"keys/a.pem","digest":"{digest}"}}"#),
            format!(r#"{{"kept":7,"digest":"{digest}"}}"#),
        ] {
            let content: FileContent = serde_json::from_str(&json).expect(&json);
            assert_eq!(serde_json::to_string(&content).unwrap(), json);
        }
    }

    #[test]
    fn a_document_names_no_file_outside_of_the_folder() {
        let digest = sha256(b"x");
        for json in [
            format!(r#"{{"source":"../a","digest":"{digest}"}}"#),
            format!(r#"{{"source":"/etc/shadow","digest":"{digest}"}}"#),
            format!(r#"{{"source":"a//b","digest":"{digest}"}}"#),
            r#"{"source":"a","digest":"sha256:0"}"#.to_owned(),
            r#"["a"]"#.to_owned(),
            format!(r#"["a",{{"secret":"env:K"}},{{"kept":7,"digest":"{digest}"}}]"#),
        ] {
            assert!(
                serde_json::from_str::<FileContent>(&json).is_err(),
                "{json}"
            );
        }
    }
}
