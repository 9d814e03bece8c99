//! The access keys of a lab, without their secrets.

use std::collections::BTreeMap;
use std::io;

use serde_json::Value;

use crate::lab::lab_folder::LabFolder;

const KEYS: &str = "var/lab/access_keys.json";

/// The keys by their IDs, as the API shows them.
pub(super) type AccessKeys = BTreeMap<String, Value>;

pub(super) fn load(folder: &LabFolder) -> io::Result<AccessKeys> {
    folder.read_json(KEYS)
}

pub(super) fn save(folder: &LabFolder, keys: &AccessKeys) -> io::Result<()> {
    folder.write_json(KEYS, keys)
}
