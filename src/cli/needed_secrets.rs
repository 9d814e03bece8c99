//! The secrets that a run will need: checked all at once, before anything is done.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::exec::{SecretValue, StopFlag, Vault};
use crate::fault::{Fault, FaultKind, Result};
use crate::run::RunRecord;
use crate::state::{FileContent, Piece, Secret};
use crate::step::{Advisory, Level, SECRET_FILE_READABLE, SECRETS_NOT_SET, StepKind};

use super::ask;

/// Secrets of a run that cannot be read here, each with its fault.
pub(super) struct MissingSecrets(Vec<(Secret, Fault)>);

impl MissingSecrets {
    /// Looks for all secrets of a run, except those that it asks for or generates.
    pub(super) fn of(run: &RunRecord, vault: &mut Vault) -> Self {
        // A step that only asks the node does without.
        let steps = run
            .steps
            .iter()
            .filter(|step| step.kind != StepKind::Settled);
        let mut missing = BTreeMap::new();
        for command in steps.flat_map(|step| &step.commands) {
            let sources = command.secrets().map(Secret::source);
            for secret in sources.filter(|secret| secret.is_silent()) {
                if !missing.contains_key(secret)
                    && let Err(fault) = vault.resolve_for(command, secret)
                {
                    missing.insert(secret.clone(), fault);
                }
            }
        }
        Self(missing.into_iter().collect())
    }

    /// Whether none is missing.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their references, joined by commas.
    fn list(&self) -> String {
        let names: Vec<_> = self
            .0
            .iter()
            .map(|(secret, _)| secret.to_string())
            .collect();
        names.join(", ")
    }

    /// The fault of a live run that needs them.
    pub(super) fn into_fault(self) -> Option<Fault> {
        let list = self.list();
        let count = self.0.len();
        let mut faults = self.0.into_iter().map(|(_, fault)| fault);
        let fault = match count {
            0 => return None,
            1 => faults.next()?,
            count => Fault::new(
                FaultKind::Secret,
                format!("{count} secrets that this run needs are missing: {list}"),
            )
            .with_hints(faults.map(|fault| fault.message().to_owned())),
        };
        Some(fault.hint("nothing was changed"))
    }

    /// Offers to ask for each of them; returns whether that was accepted.
    pub(super) fn ask(&self, vault: &mut Vault, stop: &StopFlag) -> Result<bool> {
        let question = format!("Not set here: {}. Type them now?", self.list());
        if !ask::confirm(&question, stop)? {
            return Ok(false);
        }
        for (secret, _) in &self.0 {
            let typed = ask::secret(&secret.to_string(), stop)?;
            vault.provide(secret, Rc::new(SecretValue::new(typed)))?;
        }
        Ok(true)
    }

    /// The note of a preview.
    pub(super) fn note(&self) -> Option<Advisory> {
        (!self.is_empty()).then(|| {
            let text = format!("not set here: {}; a live run needs them", self.list());
            Advisory::new(Level::Note, SECRETS_NOT_SET, text)
        })
    }
}

/// Cautions about the files of secrets that other users can read.
pub(super) fn readable_files(vault: &Vault) -> impl Iterator<Item = Advisory> {
    vault.readable_files().map(|path| {
        let text = format!("other users can read the secret in {path}; run `chmod 600 {path}`");
        Advisory::new(Level::Caution, SECRET_FILE_READABLE, text)
    })
}

/// Reads all files that a run writes to the node: each must be the one of its plan. As root, refuses
/// a file of data that another user can change.
pub(super) fn find_files(run: &RunRecord, vault: &mut Vault) -> Result<()> {
    for file in &run.data {
        vault.files().check_data(file)?;
    }
    let contents = run.steps.iter().flat_map(|step| &step.changes);
    let contents = contents.filter_map(|change| change.after.content());
    for piece in contents.flat_map(FileContent::pieces) {
        if let Piece::File(file) = piece {
            vault.files().check(file)?;
        }
    }
    Ok(())
}
