//! The folders and files of the emulated system: owner, group and mode of each, in
//! one state file. No folder of this machine is created or changed.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::lab_folder::{LabFolder, LabPlatform};

const STATE_FILE: &str = "var/lab/places.json";

const MACOS_DIRS: &str =
    "/Users/Shared /Library /Volumes /home /etc /var/root /private/tmp /opt /usr/local";

const LINUX_DIRS: &str = "/home /root /etc /opt /srv /data /mnt /var/lib /usr/local";

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
        folder.read_json(STATE_FILE)
    }

    pub(super) fn save(&self, folder: &LabFolder) -> io::Result<()> {
        folder.write_json(STATE_FILE, self)
    }

    /// The folders and files of a new lab.
    pub(super) fn initial(platform: LabPlatform) -> Self {
        let (group, dirs) = match platform {
            LabPlatform::Macos => ("wheel", MACOS_DIRS),
            LabPlatform::Linux => ("root", LINUX_DIRS),
        };
        let product = platform.product();
        let mut files = Self::default();
        let root = FileEntry::dir("root", group, 0o755);
        for dir in dirs.split(' ') {
            files.create(dir, &root);
        }
        files.create("/tmp", &FileEntry::dir("root", group, 0o1777));
        for dir in ["bin", "sbin", "etc", "var"] {
            files.create(&format!("{product}/{dir}"), &root);
        }
        let file = FileEntry {
            is_dir: false,
            ..FileEntry::dir("root", group, 0o644)
        };
        for name in ["aspera.conf", "aspera-license"] {
            let path = format!("{product}/etc/{name}");
            files.0.insert(path, file.clone());
        }
        match platform {
            LabPlatform::Macos => {
                files.create("/Users/admin", &FileEntry::dir("admin", "staff", 0o750));
                files.create("/Library/LaunchDaemons", &root);
                for service in super::services::NAMES {
                    let label = super::services::label(service);
                    let path = format!("/Library/LaunchDaemons/{label}.plist");
                    files.0.insert(path, file.clone());
                }
            }
            LabPlatform::Linux => {
                files.create("/home/admin", &FileEntry::dir("admin", "admin", 0o700));
            }
        }
        files
    }

    /// Creates a folder or a file; missing parents belong to root.
    pub(super) fn create(&mut self, path: &str, entry: &FileEntry) {
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
            self.create(above, &parent);
        }
        self.0.insert(path, entry.clone());
    }

    /// The entry at a path. A file that somebody put into the lab's folder is one of root, with its
    /// real mode. A folder there may exist only for what is in it.
    pub(super) fn get(&self, folder: &LabFolder, path: &str) -> Option<FileEntry> {
        if let Some(entry) = self.0.get(&clean(path)) {
            return Some(entry.clone());
        }
        let real = folder.path(&folder.place(path).ok()?);
        let metadata = real.metadata().ok()?;
        if metadata.is_dir() && !Path::new(path).starts_with(folder.root()) {
            return None;
        }
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

    /// The paths of an entry and everything below it.
    pub(super) fn paths_below(&self, path: &str) -> Vec<String> {
        let path = clean(path);
        let below = format!("{}/", path.trim_end_matches('/'));
        let within = |entry: &&String| **entry == path || entry.starts_with(&below);
        self.0.keys().filter(within).cloned().collect()
    }

    /// Why no folder can be created at a path.
    pub(super) fn refuse_dir(&self, platform: LabPlatform, path: &str) -> Option<String> {
        let path = clean(path);
        // On macOS the automounter owns `/home`.
        if platform == LabPlatform::Macos && path.starts_with("/home/") {
            return Some(format!("{path}: Operation not supported"));
        }
        let mut above = path.as_str();
        while !above.is_empty() {
            if self.0.get(above).is_some_and(|entry| !entry.is_dir) {
                return Some(format!("{above}: Not a directory"));
            }
            above = above.rsplit_once('/').map_or("", |(above, _)| above);
        }
        None
    }

    pub(super) fn remove_tree(&mut self, path: &str) {
        for entry in self.paths_below(path) {
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
    fn missing_parents_belong_to_root() {
        let mut files = FileTree::initial(LabPlatform::Linux);
        files.create("/srv//a/b/", &FileEntry::dir("f", "f", 0o700));
        assert_eq!(files.0["/srv/a"].owner, "root");
        assert_eq!(files.0["/srv/a/b"].owner, "f");
        assert_eq!(files.paths_below("/srv/a").len(), 2);
        assert_eq!(files.0["/"].owner, "root");
    }
}
