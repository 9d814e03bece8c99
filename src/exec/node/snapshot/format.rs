//! The JSON format of a snapshot file. Keys have a fixed order, there is no time
//! and no path of this machine, and aspera.conf is stored line by line, so that
//! two snapshots can be compared with `diff`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fingerprint::FingerprintKey;
use crate::conf::{Masked, Unreadable};
use crate::fault::{Fault, Result};
use crate::run::Observation;
use crate::state::{ApiUser, Platform, read_node_name};

/// The version of the format.
const FORMAT: u32 = 1;

/// The value of `kind` in a snapshot file.
const KIND: &str = "snapshot";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SnapshotFile {
    format: u32,
    kind: String,
    tool: WriterVersion,
    pub(super) node: SnapshotNode,
    pub(super) key: FingerprintKey,
    pub(super) conf: ConfLines,
    /// `null` if they could not be read.
    pub(super) api_users: Option<BTreeMap<String, ApiUser>>,
    /// The states that are not in aspera.conf; absent ones are listed too.
    pub(super) facts: Vec<Observation>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SnapshotNode {
    #[serde(deserialize_with = "read_node_name")]
    pub(super) name: String,
    pub(super) platform: Platform,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfLines {
    encoding: String,
    lines: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct WriterVersion {
    name: String,
    version: String,
}

#[derive(Deserialize)]
struct FormatHeader {
    format: u32,
    kind: String,
}

impl SnapshotFile {
    pub(super) fn new(
        node: SnapshotNode,
        key: FingerprintKey,
        conf: ConfLines,
        api_users: Option<BTreeMap<String, ApiUser>>,
        facts: Vec<Observation>,
    ) -> Self {
        Self {
            format: FORMAT,
            kind: KIND.to_owned(),
            tool: WriterVersion {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            node,
            key,
            conf,
            api_users,
            facts,
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        let unreadable = |error: serde_json::Error| {
            not_a_snapshot(format!("this is not a snapshot of a node: {error}"))
        };
        let header: FormatHeader = serde_json::from_str(text).map_err(unreadable)?;
        if header.kind != KIND {
            let kind = header.kind.escape_debug();
            return Err(not_a_snapshot(format!(
                "this is a {kind}, not a snapshot of a node"
            )));
        }
        if header.format != FORMAT {
            return Err(Fault::usage(format!(
                "this snapshot has format {}, but this version of ascript reads only format {FORMAT}",
                header.format
            ))
            .hint("use the version of ascript that took it, or take it again"));
        }
        serde_json::from_str(text).map_err(unreadable)
    }

    pub(super) fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("every map key is a string");
        text + "\n"
    }
}

impl ConfLines {
    pub(super) fn new(masked: &Masked) -> Self {
        Self {
            encoding: masked.encoding.clone(),
            lines: masked.text.split('\n').map(str::to_owned).collect(),
        }
    }

    pub(super) fn into_masked(self) -> Masked {
        Masked {
            encoding: self.encoding,
            text: self.lines.join("\n"),
        }
    }
}

/// The fault of a snapshot file whose aspera.conf was edited and cannot be read.
pub(super) fn broken_conf(cause: &Unreadable) -> Fault {
    not_a_snapshot(format!(
        "this is not a snapshot of a node: its aspera.conf cannot be read: {cause}"
    ))
}

fn not_a_snapshot(message: String) -> Fault {
    Fault::usage(message).hint("take a snapshot with `ascript snapshot -o FILE`")
}
