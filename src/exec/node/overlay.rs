//! What the steps of a run changed, on top of what was read.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::conf;
use crate::state::{FastMap, FileContent, Secret, Section, State, Subject};

use super::loaded_conf::LoadedConf;

/// The after-states of all steps so far. Edits of aspera.conf are staged in the
/// document itself.
#[derive(Default)]
pub(super) struct Overlay {
    pub(super) states: FastMap<Subject, State>,
    /// The secrets that steps gave to access keys, by the IDs of these.
    pub(super) key_secrets: BTreeMap<Rc<str>, Secret>,
    /// The contents that steps wrote to files, where a secret is in them.
    pub(super) contents: FastMap<Subject, FileContent>,
    /// The accounts that steps deleted; their properties went with them.
    pub(super) deleted_accounts: BTreeSet<Rc<str>>,
    /// What services have loaded, where steps restarted them or made the first
    /// edit that they must notice. None is aspera.conf as it was read: most runs
    /// need no digest of it.
    pub(super) loaded: BTreeMap<String, Option<LoadedConf>>,
}

/// What was staged for the sections of aspera.conf before a step, to undo the
/// step's edits if it fails.
#[derive(Default)]
pub(in crate::exec) struct PriorEdits(pub(super) Vec<(Section, conf::SavedEdits)>);

impl Overlay {
    /// Adds the Node API users that steps added to `names`, and removes those
    /// that steps deleted.
    pub(super) fn update_api_users(&self, names: &mut Vec<String>) {
        for (subject, state) in &self.states {
            if let Subject::ApiUser(name) = subject {
                names.retain(|other| **other != **name);
                if *state != State::Absent {
                    names.push(name.to_string());
                }
            }
        }
        names.sort_unstable();
    }
}
