//! Public keys of SSH, as `authorized_keys` and `.pub` files have them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// How many hexadecimal digits name a key.
const ID_LENGTH: usize = 32;

/// One line of an `authorized_keys` file, or of a `.pub` file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// The options before the key, such as `restrict,command="…"`.
    pub options: String,
    /// The type and the key in base64: `ssh-rsa AAAA…`.
    pub key: String,
    /// What follows the key.
    pub comment: String,
    blob: Vec<u8>,
}

impl PublicKey {
    /// Parses a line; `None` for a comment, an empty line, and what is no public key.
    pub fn parse(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.starts_with('#') || line.contains(char::is_control) {
            return None;
        }
        if let Some(key) = Self::without_options(line) {
            return Some(key);
        }
        let end = end_of_options(line)?;
        let key = Self::without_options(line[end..].trim_start())?;
        Some(Self {
            options: line[..end].to_owned(),
            ..key
        })
    }

    /// `ssh-rsa AAAA… comment`. The key itself starts with its type, too.
    fn without_options(text: &str) -> Option<Self> {
        let (ty, rest) = text.split_once(' ')?;
        let (encoded, comment) = rest
            .trim_start()
            .split_once(' ')
            .unwrap_or((rest.trim(), ""));
        let blob = STANDARD.decode(encoded).ok()?;
        let length = u32::from_be_bytes(*blob.first_chunk::<4>()?);
        let named = blob.get(4..)?.get(..usize::try_from(length).ok()?)?;
        (named == ty.as_bytes() && !ty.is_empty()).then(|| Self {
            options: String::new(),
            key: format!("{ty} {encoded}"),
            comment: comment.trim().to_owned(),
            blob,
        })
    }

    /// The key without options and comment as bytes, of which fingerprints are made.
    pub fn blob(&self) -> &[u8] {
        &self.blob
    }

    /// A short name: the start of its SHA-256 digest in hexadecimal digits.
    pub fn id(&self) -> String {
        let mut id = hex::encode(Sha256::digest(&self.blob));
        id.truncate(ID_LENGTH);
        id
    }

    /// Whether a text has the form of such a name.
    pub(super) fn is_id(text: &str) -> bool {
        text.len() == ID_LENGTH && text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
    }

    /// The names of its options: what is before `=`, between commas outside quotes.
    pub fn option_names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        let mut rest = Some(&*self.options).filter(|options| !options.is_empty());
        while let Some(options) = rest {
            let end = outside_quotes(options, ',');
            let option = &options[..end.unwrap_or(options.len())];
            names.push(option.split_once('=').map_or(option, |(name, _)| name));
            rest = end.map(|end| &options[end + 1..]);
        }
        names
    }

    /// The line of an `authorized_keys` file.
    pub fn line(&self) -> String {
        let parts = [&self.options, &self.key, &self.comment];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts
            .iter()
            .map(|part| part.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Where the options end: at the first blank outside quotes (sshd(8)).
fn end_of_options(line: &str) -> Option<usize> {
    outside_quotes(line, ' ')
}

/// The place of the first such character outside quotes.
fn outside_quotes(line: &str, wanted: char) -> Option<usize> {
    let mut is_quoted = false;
    let mut is_escaped = false;
    for (at, c) in line.char_indices() {
        match c {
            '"' if !is_escaped => is_quoted = !is_quoted,
            _ if c == wanted && !is_quoted => return Some(at),
            _ => {}
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key of that type with these bytes.
    fn key(ty: &str, bytes: &[u8]) -> String {
        let length = u32::try_from(ty.len()).unwrap();
        let blob = [&length.to_be_bytes(), ty.as_bytes(), bytes].concat();
        format!("{ty} {}", STANDARD.encode(blob))
    }

    #[test]
    fn commas_outside_quotes_separate_options() {
        let key = key("ssh-rsa", b"1");
        for (options, names) in [
            ("", &[][..]),
            ("restrict", &["restrict"]),
            (r#"from="a,b",no-pty"#, &["from", "no-pty"]),
            (r#"command="a=\",b",pty,"#, &["command", "pty", ""]),
        ] {
            let parsed = PublicKey::parse(&format!("{options} {key}")).unwrap();
            assert_eq!(parsed.option_names(), names, "{options}");
        }
    }

    #[test]
    fn a_line_has_options_a_key_and_a_comment() {
        let key = key("ssh-rsa", b"1");
        let options = r#"restrict,command="echo \" ssh-rsa x",from="10.0.0.1""#;
        for (options, comment) in [("", ""), ("", "a b"), (options, ""), (options, "lion@host")] {
            let line = format!("{options} {key} {comment}");
            let parsed = PublicKey::parse(&line).unwrap();
            assert_eq!((&*parsed.options, &*parsed.comment), (options, comment));
            assert_eq!(parsed.key, key);
            assert_eq!(parsed.line(), line.trim());
            assert!(PublicKey::is_id(&parsed.id()));
        }
    }

    #[test]
    fn what_is_no_key_is_none() {
        let right = key("ssh-rsa", b"1");
        let other = right.replace("ssh-rsa", "ssh-dss");
        for line in [
            "",
            "# ssh-rsa AAAA",
            "ssh-rsa",
            "ssh-rsa AAAA",
            "ssh-rsa !!!!",
            "-----BEGIN OPENSSH PRIVATE KEY-----",
            &other,
            &format!("\"open {right}"),
            &format!("{right} a\u{7}"),
        ] {
            assert_eq!(PublicKey::parse(line), None, "{line}");
        }
    }
}
