//! The secrets that aspera.conf holds on a node: a tool may repeat one of them.

use std::path::PathBuf;
use std::rc::Rc;

use super::cut_secrets::CutSecrets;
use super::scrub::encodings;
use crate::conf;
use crate::exec::node::storage::{self, FileStamp};
use crate::login::HIDDEN;

/// Up to this many secrets are also known in other encodings: each has about twenty.
const MAX_ENCODED: usize = 5000;

/// Shorter secrets are looked for only as they are.
const MIN_ENCODED: usize = 8;

/// Secrets of an aspera.conf, which is read when a text is to be shown, and again after it changed.
pub(super) struct ConfSecrets {
    path: PathBuf,
    read: Option<FileStamp>,
    /// Those of earlier contents as well.
    secrets: CutSecrets,
}

impl ConfSecrets {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            read: None,
            secrets: CutSecrets::default(),
        }
    }

    /// Replaces them in a text.
    pub(super) fn replace(&mut self, text: String) -> String {
        self.refresh();
        self.secrets.replace(text)
    }

    /// A file that this user cannot read has no secrets that a tool of this user prints.
    fn refresh(&mut self) {
        let stamp = FileStamp::of(&self.path);
        if stamp == self.read {
            return;
        }
        self.read = stamp;
        if let Ok(Some(bytes)) = storage::read(&self.path) {
            let values = conf::secret_values(bytes);
            let encoded: Vec<String> = match values.len() {
                ..=MAX_ENCODED => values.iter().flat_map(|value| encoded(value)).collect(),
                _ => Vec::new(),
            };
            let texts = values.iter().chain(&encoded).map(String::as_str);
            self.secrets.add(texts, &Rc::from(HIDDEN));
        }
    }
}

/// The encodings of a secret that is long enough that none of them is in a text by chance.
fn encoded(value: &str) -> Vec<String> {
    if value.len() < MIN_ENCODED {
        return Vec::new();
    }
    encodings(value)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn a_secret_of_the_file_is_hidden_in_any_encoding() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("aspera.conf");
        let key = "Xq7-a-token-key-41";
        let conf =
            format!("<CONF><default><encryption_key>{key}</encryption_key></default></CONF>");
        std::fs::write(&path, conf).unwrap();
        let mut secrets = ConfSecrets::new(path);
        for text in [key.to_owned(), STANDARD.encode(key), hex::encode(key)] {
            assert_eq!(secrets.replace(format!("no {text}")), "no ‹secret›");
        }
    }
}
