//! The folders and files of the emulated system: owner, group and mode in one
//! state file. No folder of the real system is made or changed.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::PermissionsExt;

use serde::{Deserialize, Serialize};

use super::lab_folder::{LabFolder, LabPlatform};

const PLACES: &str = "var/lab/places.json";

const MACOS_DIRS: &str =
    "/Users/Shared /Library /Volumes /home /var/root /private/tmp /opt /usr/local";

const LINUX_DIRS: &str = "/home /root /opt /srv /data /mnt /var/lib /usr/local";

/// Every folder and file, by absolute path.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct FileTree(pub(super) BTreeMap<String, FileEntry>);

/// One folder or file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileEntry {
    pub(super) owner: String,
    pub(super) group: String,
    pub(super) mode: u32,
    pub(super) is_dir: bool,
}

impl FileEntry {
    pub(super) fn dir(owner: &str, group: &str, mode: u32) -> Self {
        Self {
            owner: owner.to_owned(),
            group: group.to_owned(),
            mode,
            is_dir: true,
        }
    }
}

impl FileTree {
    pub(super) fn load(folder: &LabFolder) -> io::Result<Self> {
        folder.read_json(PLACES)
    }

    pub(super) fn save(&self, folder: &LabFolder) -> io::Result<()> {
        folder.write_json(PLACES, self)
    }

    /// What a fresh system has.
    pub(super) fn initial(platform: LabPlatform) -> Self {
        let (group, dirs, product) = match platform {
            LabPlatform::Macos => ("wheel", MACOS_DIRS, "/Library/Aspera"),
            LabPlatform::Linux => ("root", LINUX_DIRS, "/opt/aspera"),
        };
        let mut files = Self::default();
        let root = FileEntry::dir("root", group, 0o755);
        for dir in dirs.split(' ') {
            files.make(dir, &root);
        }
        files.make("/tmp", &FileEntry::dir("root", group, 0o1777));
        for dir in ["bin", "sbin", "etc", "var"] {
            files.make(&format!("{product}/{dir}"), &root);
        }
        for file in ["aspera.conf", "aspera-license"] {
            let entry = FileEntry {
                is_dir: false,
                ..FileEntry::dir("root", group, 0o644)
            };
            files.0.insert(format!("{product}/etc/{file}"), entry);
        }
        match platform {
            LabPlatform::Macos => {
                files.make("/Users/admin", &FileEntry::dir("admin", "staff", 0o750))
            }
            LabPlatform::Linux => {
                files.make("/home/admin", &FileEntry::dir("admin", "admin", 0o700))
            }
        }
        files
    }

    /// Makes a folder; those above it that are missing belong to root.
    pub(super) fn make(&mut self, path: &str, entry: &FileEntry) {
        let path = clean(path);
        let above = path.rsplit_once('/').map_or("", |(above, _)| above);
        let above = if above.is_empty() { "/" } else { above };
        if !self.0.contains_key(above) {
            let group = self
                .0
                .get("/")
                .map_or_else(|| entry.group.clone(), |root| root.group.clone());
            let parent = FileEntry::dir("root", &group, 0o755);
            if path == "/" {
                self.0.insert(path, parent);
                return;
            }
            self.make(above, &parent);
        }
        self.0.insert(path, entry.clone());
    }

    /// What is at a path; of a file in the lab itself, the real mode.
    pub(super) fn get(&self, folder: &LabFolder, path: &str) -> Option<FileEntry> {
        if let Some(entry) = self.0.get(&clean(path)) {
            return Some(entry.clone());
        }
        let real = std::path::Path::new(path);
        let metadata = real
            .starts_with(folder.root())
            .then(|| real.metadata().ok())
            .flatten()?;
        let group = self.0.get("/").map_or("root", |root| root.group.as_str());
        let mode = metadata.permissions().mode() & 0o7777;
        Some(FileEntry {
            is_dir: metadata.is_dir(),
            ..FileEntry::dir("root", group, mode)
        })
    }

    pub(super) fn get_mut(&mut self, path: &str) -> Option<&mut FileEntry> {
        self.0.get_mut(&clean(path))
    }

    /// A path and everything below it.
    pub(super) fn tree(&self, path: &str) -> Vec<String> {
        let path = clean(path);
        let below = format!("{}/", path.trim_end_matches('/'));
        let within = |entry: &&String| **entry == path || entry.starts_with(&below);
        self.0.keys().filter(within).cloned().collect()
    }

    pub(super) fn remove_tree(&mut self, path: &str) {
        for entry in self.tree(path) {
            self.0.remove(&entry);
        }
    }
}

/// A path with single slashes and none at the end.
pub(super) fn clean(path: &str) -> String {
    let parts = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".");
    let joined: String = parts.flat_map(|part| ["/", part]).collect();
    if joined.is_empty() {
        "/".to_owned()
    } else {
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_above_belong_to_root() {
        let mut files = FileTree::initial(LabPlatform::Linux);
        files.make("/srv//a/b/", &FileEntry::dir("f", "f", 0o700));
        assert_eq!(files.0["/srv/a"].owner, "root");
        assert_eq!(files.0["/srv/a/b"].owner, "f");
        assert_eq!(files.tree("/srv/a").len(), 2);
        assert_eq!(files.0["/"].owner, "root");
    }
}
