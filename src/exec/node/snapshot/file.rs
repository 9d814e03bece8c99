//! How a snapshot is written: keys in a fixed order, no clock, no path of this
//! machine, aspera.conf line by line so that two can be compared.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::key::Key;
use crate::conf::{Masked, Unreadable};
use crate::fault::{Fault, Result};
use crate::run::Observation;
use crate::state::{ApiUser, Platform};

/// The number that says how to read it.
const FORMAT: u32 = 1;

/// What it tells.
const KIND: &str = "snapshot";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    format: u32,
    kind: String,
    tool: Tool,
    pub(super) node: Named,
    pub(super) key: Key,
    pub(super) conf: Conf,
    /// Nothing where they could not be read.
    pub(super) api_users: Option<BTreeMap<String, ApiUser>>,
    /// What aspera.conf does not say; what is not there is known to be so.
    pub(super) facts: Vec<Observation>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) platform: Platform,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Conf {
    encoding: String,
    lines: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Tool {
    name: String,
    version: String,
}

#[derive(Deserialize)]
struct Head {
    format: u32,
    kind: String,
}

impl File {
    pub(super) fn new(
        node: Named,
        key: Key,
        conf: Conf,
        api_users: Option<BTreeMap<String, ApiUser>>,
        facts: Vec<Observation>,
    ) -> Self {
        Self {
            format: FORMAT,
            kind: KIND.to_owned(),
            tool: Tool {
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

    pub(super) fn read(text: &str) -> Result<Self> {
        let unreadable =
            |error: serde_json::Error| foreign(format!("this is no snapshot of a node: {error}"));
        let head: Head = serde_json::from_str(text).map_err(unreadable)?;
        if head.kind != KIND {
            let kind = head.kind.escape_debug();
            return Err(foreign(format!(
                "this is a {kind}, not a snapshot of a node"
            )));
        }
        if head.format != FORMAT {
            return Err(Fault::usage(format!(
                "this is a snapshot of format {}, and only format {FORMAT} is known here",
                head.format
            ))
            .hint("use the version of ascript that took it, or take it again"));
        }
        serde_json::from_str(text).map_err(unreadable)
    }

    pub(super) fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("every key is a text");
        text + "\n"
    }
}

impl Conf {
    pub(super) fn of(masked: &Masked) -> Self {
        Self {
            encoding: masked.encoding.clone(),
            lines: masked.text.split('\n').map(str::to_owned).collect(),
        }
    }

    pub(super) fn masked(self) -> Masked {
        Masked {
            encoding: self.encoding,
            text: self.lines.join("\n"),
        }
    }
}

/// It was kept whole; so it is the snapshot that somebody broke.
pub(super) fn broken(cause: &Unreadable) -> Fault {
    foreign(format!(
        "this is no snapshot of a node: its aspera.conf cannot be read: {cause}"
    ))
}

fn foreign(message: String) -> Fault {
    Fault::usage(message).hint("`ascript snapshot -o FILE` takes one of a node")
}
