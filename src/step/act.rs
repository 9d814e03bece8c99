//! Acts: what a step does that its changes do not say.

use serde::{Deserialize, Serialize};

use crate::state::Secret;

use super::Change;

/// What a step does besides its changes: its effect cannot be read, or not be
/// predicted. Commands are computed from this, as from changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", content = "args", deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Act {
    /// Restarts a service, whether or not it has loaded aspera.conf.
    #[serde(rename = "service.restart")]
    Restart {
        /// Its short name, such as `asperanoded`.
        service: String,
    },
    /// Makes a service reload aspera.conf, whether or not it has loaded it.
    #[serde(rename = "service.reload")]
    Reload {
        /// Its short name, such as `asperanoded`.
        service: String,
    },
    /// Sets the password of a Node API user.
    #[serde(rename = "node.set_api_password")]
    SetApiPassword {
        /// The user.
        user: String,
        /// The new password.
        password: Secret,
    },
    /// Sets settings of one section that the table of settings does not have,
    /// in one command with the changes.
    #[serde(rename = "conf.set_unchecked")]
    SetUnchecked {
        /// The settings; what they were before is not known.
        settings: Vec<Change>,
    },
    /// Checks the license that its changes install.
    #[serde(rename = "license.install")]
    CheckLicense {
        /// The transfer user whose `ascp` must find it, where one is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user: Option<String>,
    },
    /// Asks the Node API whether it answers.
    #[serde(rename = "api.ping")]
    PingNodeApi,
    /// Asks the Node API about a login, and compares the answer.
    #[serde(rename = "api.info")]
    CheckNodeApi(NodeApiCheck),
    /// Names the Node API user who asks about the access key of the step, and changes it.
    #[serde(rename = "access_key.log_in")]
    LogIn(NodeApiLogin),
    /// Runs a Sync session, and waits until it ends.
    #[serde(rename = "sync.run")]
    Sync(SyncSession),
}

impl SyncSession {
    /// Its secrets.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let all = [&self.token, &self.password, &self.cookie];
        all.into_iter().flatten()
    }
}

impl Act {
    /// Whether it only asks the node, and changes nothing.
    pub fn is_check(&self) -> bool {
        matches!(
            self,
            Self::PingNodeApi | Self::CheckNodeApi(_) | Self::LogIn(_) | Self::CheckLicense { .. }
        )
    }

    /// Whether it is about the Node API.
    pub fn asks_node_api(&self) -> bool {
        self.is_check() && !matches!(self, Self::CheckLicense { .. })
    }

    /// What it acts on, by its name.
    pub fn object(&self) -> Option<&str> {
        match self {
            Self::Restart { service } | Self::Reload { service } => Some(service),
            Self::SetApiPassword { user, .. } => Some(user),
            Self::CheckNodeApi(check) => Some(&check.user),
            Self::Sync(session) => Some(&session.name),
            Self::CheckLicense { user } => user.as_deref(),
            Self::SetUnchecked { .. } | Self::PingNodeApi | Self::LogIn(_) => None,
        }
    }
}

/// A Node API user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NodeApiLogin {
    /// Its name.
    pub user: String,
    /// Its password.
    pub password: Secret,
    /// The base URL of the Node API, where the user named one, which may be that of
    /// another node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// What the Node API is asked, and what is expected of its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NodeApiCheck {
    /// The Node API user that logs in.
    pub user: String,
    /// Its password.
    pub password: Secret,
    /// The system account that its transfers must run as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_user: Option<String>,
    /// The docroot that it must have; empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docroot: Option<String>,
}

/// One Sync session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SyncSession {
    /// Its name; `async` finds the snapshot of an earlier run by it.
    pub name: String,
    /// The local folder.
    pub local: String,
    /// The remote folder: `user@host:/path`.
    pub remote: String,
    /// The token, with the word `Basic` or `Bearer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
    /// The account that runs `async` on this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The password for SSH.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// A string that identifies the transfers for other programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cookie: Option<Secret>,
    /// The rules for what is synchronized, such as `+ /Raw/**`; the first that
    /// matches decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<String>,
    /// Options of `async` by their names in scripts, with their values as text; a
    /// switch takes `true` or `false`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, schemars(with = "Vec<Vec<String>>"))]
    pub options: Vec<(String, String)>,
}
