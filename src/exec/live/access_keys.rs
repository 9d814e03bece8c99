//! Access keys before and after a step: the node is asked right before it, since another
//! user may have changed them, and the secret is compared by a login.

use super::{Live, diverged};
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{SecretText, State, Subject};
use crate::step::Change;

impl Live {
    /// Refuses changes of an access key that is not as they expect.
    pub(super) fn check_access_key(&mut self, changes: &[Change]) -> Result<()> {
        let Some(Change {
            subject, before, ..
        }) = changes
            .first()
            .filter(|change| change.subject.access_key().is_some())
        else {
            return Ok(());
        };
        let is = self.world.source().read(subject)?;
        if before.is_met_by(&is) {
            return Ok(());
        }
        let message = format!("{subject} is {}, expected {}", is.quoted(), before.quoted());
        Err(Fault::new(FaultKind::Stale, message)
            .hint("another program changed it, or another Node API user sees it: run this again"))
    }

    /// Verifies that an access key has the secret that a step gave it.
    pub(super) fn read_back_key_secret(&mut self, change: &Change) -> Result<()> {
        let secret = change.after.setting_secret().and_then(SecretText::alone);
        if let (Subject::AccessKeySecret(id), Some(secret)) = (&change.subject, secret)
            && self.world.source().has_secret(id, secret)? != Some(true)
        {
            let is = State::Hidden;
            return Err(diverged::from_state(&change.subject, &is, &change.after));
        }
        Ok(())
    }
}
