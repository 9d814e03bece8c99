//! The JSON format of a snapshot file. Keys have a fixed order, there is no time
//! and no path of this machine, and aspera.conf is stored line by line, so that
//! two snapshots can be compared with `diff`.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::fingerprint::FingerprintKey;
use crate::conf::{Masked, Unreadable};
use crate::fault::{Fault, Result};
use crate::run::Observation;
use crate::state::{ApiUser, Platform, ServiceManager, read_node_name};

/// The versions of the format that are read. They differ in their fingerprints.
pub const FORMATS: [u32; 2] = [1, 2];

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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) services: Option<ServiceManager>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfLines {
    encoding: String,
    #[serde(
        rename = "lines",
        serialize_with = "write_lines",
        deserialize_with = "read_lines"
    )]
    text: String,
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
            format: key.format(),
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
        if !FORMATS.contains(&header.format) {
            return Err(Fault::usage(format!(
                "this snapshot has format {}, which this version of ascript does not read",
                header.format
            ))
            .hint("use the version of ascript that took it, or take it again"));
        }
        let file: Self = serde_json::from_str(text).map_err(unreadable)?;
        let key = file.key.of_format(header.format);
        Ok(Self { key, ..file })
    }

    pub(super) fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("every map key is a string");
        text + "\n"
    }
}

impl ConfLines {
    pub(super) fn new(masked: Masked) -> Self {
        Self {
            encoding: masked.encoding,
            text: masked.text,
        }
    }

    pub(super) fn into_masked(self) -> Masked {
        Masked {
            encoding: self.encoding,
            text: self.text,
        }
    }
}

fn write_lines<S: Serializer>(text: &str, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_seq(text.split('\n'))
}

/// Joins the lines as they are read: there may be millions.
fn read_lines<'de, D: Deserializer<'de>>(lines: D) -> std::result::Result<String, D::Error> {
    struct Joined;

    impl<'de> Visitor<'de> for Joined {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the lines of a file")
        }

        fn visit_seq<A: SeqAccess<'de>>(
            self,
            mut lines: A,
        ) -> std::result::Result<String, A::Error> {
            let mut text = lines.next_element::<String>()?.unwrap_or_default();
            while let Some(line) = lines.next_element::<String>()? {
                text.push('\n');
                text.push_str(&line);
            }
            Ok(text)
        }
    }

    lines.deserialize_seq(Joined)
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
