//! The accounts and groups of the emulated system, in one state file. Programs
//! check their arguments themselves, each in its own way.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde::{Deserialize, Serialize};

use super::lab_folder::{LabFolder, LabPlatform};

const ACCOUNTS: &str = "var/lab/accounts.json";

/// The administrator of the emulated system.
pub(super) const ADMINISTRATOR: &str = "admin";

/// Name, UID, GID, full name, home, shell.
type UserRow = (
    &'static str,
    u32,
    u32,
    &'static str,
    &'static str,
    &'static str,
);

/// Name, GID, members.
type GroupRow = (&'static str, u32, &'static [&'static str]);

const MACOS_USERS: [UserRow; 3] = [
    ("root", 0, 0, "System Administrator", "/var/root", "/bin/sh"),
    (
        "daemon",
        1,
        1,
        "System Services",
        "/var/root",
        "/usr/bin/false",
    ),
    (ADMINISTRATOR, 501, 20, "Admin", "/Users/admin", "/bin/zsh"),
];

const LINUX_USERS: [UserRow; 3] = [
    ("root", 0, 0, "root", "/root", "/bin/bash"),
    ("asperadaemon", 990, 990, "", "/opt/aspera", "/sbin/nologin"),
    (
        ADMINISTRATOR,
        1000,
        1000,
        "Admin",
        "/home/admin",
        "/bin/bash",
    ),
];

const MACOS_GROUPS: [GroupRow; 5] = [
    ("wheel", 0, &["root"]),
    ("daemon", 1, &[]),
    ("staff", 20, &["root"]),
    ("admin", 80, &["root", "admin"]),
    ("com.apple.access_ssh", 399, &[]),
];

const LINUX_GROUPS: [GroupRow; 4] = [
    ("root", 0, &[]),
    ("wheel", 10, &["admin"]),
    ("aspadmins", 990, &["asperadaemon"]),
    ("admin", 1000, &[]),
];

/// Every account and group.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct SystemAccounts {
    pub(super) users: BTreeMap<String, SystemUser>,
    pub(super) groups: BTreeMap<String, SystemGroup>,
    /// Whether root may log in on macOS.
    pub(super) root_enabled: bool,
}

/// One account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct SystemUser {
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) full_name: String,
    pub(super) home: String,
    pub(super) shell: String,
    pub(super) locked: bool,
    /// The date on which it expires.
    #[serde(default)]
    pub(super) expires: Option<String>,
    /// After how many days its password expires.
    #[serde(default)]
    pub(super) password_days: Option<u32>,
    /// Other keys of its record in Directory Services.
    #[serde(default)]
    pub(super) other: BTreeMap<String, String>,
}

/// One group and its listed members.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct SystemGroup {
    pub(super) gid: u32,
    pub(super) members: BTreeSet<String>,
}

impl SystemAccounts {
    pub(super) fn load(folder: &LabFolder) -> io::Result<Self> {
        folder.read_json(ACCOUNTS)
    }

    pub(super) fn save(&self, folder: &LabFolder) -> io::Result<()> {
        folder.write_json(ACCOUNTS, self)
    }

    /// The accounts of a new lab.
    pub(super) fn initial(platform: LabPlatform) -> Self {
        let (users, groups): (&[UserRow], &[GroupRow]) = match platform {
            LabPlatform::Macos => (&MACOS_USERS, &MACOS_GROUPS),
            LabPlatform::Linux => (&LINUX_USERS, &LINUX_GROUPS),
        };
        let mut accounts = Self::default();
        for (name, uid, gid, full_name, home, shell) in users {
            let user = SystemUser {
                uid: *uid,
                gid: *gid,
                full_name: (*full_name).to_owned(),
                home: (*home).to_owned(),
                shell: (*shell).to_owned(),
                ..SystemUser::default()
            };
            accounts.users.insert((*name).to_owned(), user);
        }
        for (name, gid, members) in groups {
            let members = members.iter().map(|member| (*member).to_owned()).collect();
            accounts
                .groups
                .insert((*name).to_owned(), SystemGroup { gid: *gid, members });
        }
        accounts
    }

    pub(super) fn rename_group(&mut self, from: &str, to: &str) {
        if let Some(group) = self.groups.remove(from) {
            self.groups.insert(to.to_owned(), group);
        }
    }

    /// The name of the group with this GID.
    pub(super) fn group_name(&self, gid: u32) -> Option<&str> {
        let found = self.groups.iter().find(|(_, group)| group.gid == gid);
        found.map(|(name, _)| name.as_str())
    }

    pub(super) fn is_member(&self, user: &str, group: &str) -> bool {
        let Some(found) = self.groups.get(group) else {
            return false;
        };
        let primary = self
            .users
            .get(user)
            .is_some_and(|user| user.gid == found.gid);
        primary || found.members.contains(user)
    }

    /// The first number from `from` on that is neither a UID nor a GID.
    pub(super) fn free_id(&self, from: u32) -> u32 {
        let users = self.users.values().map(|user| user.uid);
        let taken: BTreeSet<u32> = users.chain(self.groups.values().map(|g| g.gid)).collect();
        (from..=u32::MAX)
            .find(|number| !taken.contains(number))
            .unwrap_or(from)
    }

    /// Whether a group is the primary group of an account.
    pub(super) fn is_primary(&self, group: &str) -> bool {
        let gid = self.groups.get(group).map(|group| group.gid);
        self.users.values().any(|user| Some(user.gid) == gid)
    }

    /// Removes an account and its memberships.
    pub(super) fn remove(&mut self, name: &str) -> Option<SystemUser> {
        for group in self.groups.values_mut() {
            group.members.remove(name);
        }
        self.users.remove(name)
    }
}
