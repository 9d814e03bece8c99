//! The state of an access key of the Node API.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An access key of the Node API, without its secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AccessKey {
    /// Its storage without credentials: `type`, `path`, and what else it has.
    pub storage: BTreeMap<String, String>,
    /// The public key in PEM that verifies its bearer tokens; none where it has none,
    /// and where a step leaves it as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_verification_key: Option<String>,
}

impl AccessKey {
    /// Whether a reading shows this state. The node may add properties to the storage.
    pub(super) fn is_met_by(&self, reading: &Self) -> bool {
        let key = &self.token_verification_key;
        let mut storage = self.storage.iter();
        (key.is_none() || *key == reading.token_verification_key)
            && storage.all(|(name, value)| reading.storage.get(name) == Some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(storage: &[(&str, &str)], verification_key: Option<&str>) -> AccessKey {
        let storage = storage.iter();
        AccessKey {
            storage: storage
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            token_verification_key: verification_key.map(str::to_owned),
        }
    }

    #[test]
    fn what_a_node_adds_is_no_difference() {
        let wanted = key(&[("path", "/a")], None);
        assert!(wanted.is_met_by(&key(&[("path", "/a"), ("type", "local")], Some("PEM"))));
        assert!(!wanted.is_met_by(&key(&[("path", "/b")], None)));
        assert!(!wanted.is_met_by(&key(&[], None)));
        assert!(!key(&[], Some("PEM")).is_met_by(&key(&[], None)));
    }
}
