//! What steps write to files: texts, secrets and other files, put together.

use std::rc::Rc;

use super::secret_value::{SecretBytes, SecretValue};
use super::vault::Vault;
use crate::fault::Result;
use crate::state::{FileContent, Piece, Secret, sha256};
use crate::step::Command;
use crate::tools;

/// Looks for the value of a secret.
type Resolve<'r> = &'r mut dyn FnMut(&mut Vault, &Secret) -> Result<Rc<SecretValue>>;

impl Vault {
    /// The value of a secret of a command: only what is written to a file may have several lines.
    pub fn resolve_for(&mut self, command: &Command, secret: &Secret) -> Result<Rc<SecretValue>> {
        if tools::writes_file(command) {
            self.resolve_lines(secret)
        } else {
            self.resolve(secret)
        }
    }

    /// What a command reads.
    pub(in crate::exec) fn input(
        &mut self,
        command: &Command,
        pieces: &[Piece],
    ) -> Result<SecretBytes> {
        let content = self.content(pieces, &mut |vault, secret| {
            vault.resolve_for(command, secret)
        })?;
        if !tools::takes_content(command) {
            return Ok(content);
        }
        let mut input = SecretBytes::default();
        input.push(tools::content_head(content.expose().len()).as_bytes());
        input.push(content.expose());
        Ok(input)
    }

    /// A content with the values of its secrets.
    fn content(&mut self, pieces: &[Piece], resolve: Resolve<'_>) -> Result<SecretBytes> {
        let mut bytes = SecretBytes::default();
        for piece in pieces {
            match piece {
                Piece::Text(text) => bytes.push(text.as_bytes()),
                Piece::Secret(secret) => bytes.push(resolve(self, secret)?.expose().as_bytes()),
                Piece::File(file) => bytes.push(&self.files().read(file)?),
            }
        }
        Ok(bytes)
    }

    /// Its digest.
    pub(in crate::exec) fn content_digest(&mut self, content: &FileContent) -> Result<String> {
        let bytes = self.content(content.pieces(), &mut Self::resolve_lines)?;
        Ok(sha256(bytes.expose()))
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
