//! Secrets of access keys, which no reading shows: a login tells whether a key has one.

use std::rc::Rc;

use super::{Overlay, World};
use crate::fault::Result;
use crate::state::{Secret, SecretText, Subject, WantedState};

impl Overlay {
    /// Keeps the secret that a step gives to an access key.
    pub(super) fn set_key_secret(&mut self, subject: &Subject, wanted: &WantedState) {
        self.forget_key_secret(subject);
        let secret = wanted.setting_secret().and_then(SecretText::alone);
        if let (Subject::AccessKeySecret(id), Some(secret)) = (subject, secret) {
            self.key_secrets.insert(Rc::clone(id), secret.clone());
        }
    }

    /// Forgets the secret of an access key.
    pub(super) fn forget_key_secret(&mut self, subject: &Subject) {
        if let Subject::AccessKeySecret(id) = subject {
            self.key_secrets.remove(id);
        }
    }
}

impl World {
    /// Whether an access key has that secret; `None` if that cannot be found out.
    pub(super) fn compare_key_secret(
        &mut self,
        id: &Rc<str>,
        secret: &Secret,
    ) -> Result<Option<bool>> {
        if let Secret::Random { .. } = secret {
            return Ok(Some(false));
        }
        let Some(staged) = self.overlay.key_secrets.get(id) else {
            return self.base.source.has_secret(id, secret);
        };
        if staged == secret {
            return Ok(Some(true));
        }
        let mut vault = self.vault.borrow_mut();
        let both = vault
            .resolve_silently(staged)
            .zip(vault.resolve_silently(secret));
        Ok(both.map(|(staged, wanted)| staged == wanted))
    }
}
