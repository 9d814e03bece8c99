//! What steps write to files: texts, secrets and other files, put together.

use super::secret_value::SecretBytes;
use super::vault::Vault;
use crate::fault::Result;
use crate::state::{FileContent, Piece, sha256};

impl Vault {
    /// A content with the values of its secrets.
    pub(in crate::exec) fn content(&mut self, pieces: &[Piece]) -> Result<SecretBytes> {
        let mut bytes = SecretBytes::default();
        for piece in pieces {
            match piece {
                Piece::Text(text) => bytes.push(text.as_bytes()),
                Piece::Secret(secret) => bytes.push(self.resolve(secret)?.expose().as_bytes()),
                Piece::File(file) => bytes.push(&self.files().read(file)?),
            }
        }
        Ok(bytes)
    }

    /// Its digest.
    pub(in crate::exec) fn content_digest(&mut self, content: &FileContent) -> Result<String> {
        Ok(sha256(self.content(content.pieces())?.expose()))
    }

    /// The same; none if a secret in it cannot be read without asking.
    pub(in crate::exec) fn content_digest_silently(
        &mut self,
        content: &FileContent,
    ) -> Option<String> {
        let mut secrets = content.secrets();
        let is_known = secrets.all(|secret| self.resolve_silently(secret).is_some());
        is_known
            .then(|| self.content_digest(content).ok())
            .flatten()
    }
}
