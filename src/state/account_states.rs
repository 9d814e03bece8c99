//! The states of system accounts, their groups and their keys.

use serde::{Deserialize, Serialize};

use super::Platform;

/// A system account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Account {
    /// Whether it is an administrator of the machine.
    pub admin: bool,
    /// Full name.
    pub full_name: String,
    /// Home folder.
    pub home: String,
    /// Login shell.
    pub shell: String,
    /// Whether a run created it and was cut off before it set the password.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unfinished: bool,
}

/// A system group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Group {
    /// Its number; none for a new group whose number the system picks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gid: Option<u32>,
}

/// The primary group of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PrimaryGroup {
    /// Its name.
    pub primary_group: String,
    /// Its number on macOS, where the tool takes no name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gid: Option<u32>,
}

/// A public key that may log in to an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AuthorizedKey {
    /// The type and the key in base64: `ssh-rsa AAAA…`.
    pub key: String,
    /// What sshd allows it; empty for everything.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub options: String,
    /// The file that it is in.
    pub file: String,
    /// Whether only the account can enter the folder and read the file, as SSH wants.
    pub owner_only: bool,
}

/// The root user of macOS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RootUser {
    /// Whether root can log in.
    pub enabled: bool,
}

impl Account {
    /// A new account of that name with the defaults of the platform.
    pub fn fresh(name: &str, platform: Platform) -> Self {
        let homes = match platform {
            Platform::Macos => "/Users",
            Platform::Linux => "/home",
        };
        Self {
            full_name: name.to_owned(),
            home: format!("{homes}/{name}"),
            shell: "/bin/bash".to_owned(),
            ..Self::default()
        }
    }
}
