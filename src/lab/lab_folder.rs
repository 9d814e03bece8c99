//! The folder of a lab: the paths of its files, atomic replacement of files, and
//! the lock that its programs share.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The file name of the executable inside a lab.
pub(super) const EXECUTABLE: &str = "ascript-lab";

pub(super) const CONF: &str = "etc/aspera.conf";
pub(super) const LICENSE: &str = "etc/aspera-license";
pub(super) const HOSTNAME: &str = "etc/hostname";
pub(super) const FAULTS: &str = "var/lab/faults";
pub(super) const CALLS: &str = "var/lab/calls.log";
pub(super) const PLATFORM: &str = "var/lab/platform";
pub(super) const TEMPORARY: &str = "var/lab/tmp";

/// How long another program's version of a file stays before a program of the lab goes on:
/// about as long as a tool works on a large file.
pub(super) const PAUSE: Duration = Duration::from_millis(200);

/// The operating system that a lab emulates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LabPlatform {
    Macos,
    Linux,
}

impl LabPlatform {
    pub(super) fn parse(name: &str) -> io::Result<Self> {
        match name.trim() {
            "macos" => Ok(Self::Macos),
            "linux" => Ok(Self::Linux),
            other => Err(invalid_input(format!(
                "unknown platform `{other}`; use macos or linux"
            ))),
        }
    }

    /// The folder of the emulated installation.
    pub(super) fn product(self) -> &'static str {
        match self {
            Self::Macos => "/Library/Aspera",
            Self::Linux => "/opt/aspera",
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Macos => "macos",
            Self::Linux => "linux",
        }
    }
}

/// The folder of a lab.
#[derive(Clone, Debug)]
pub(super) struct LabFolder {
    root: PathBuf,
    /// Set by the fault `lie`: the program runs, and nothing is stored.
    discards_writes: bool,
    /// Set by the fault `edit-during`: what another program writes to `aspera.conf` just before
    /// the program does.
    overwritten_conf: Option<Vec<u8>>,
}

impl LabFolder {
    pub(super) fn new(root: PathBuf) -> Self {
        Self {
            root,
            discards_writes: false,
            overwritten_conf: None,
        }
    }

    /// The lab that contains the executable of this process.
    pub(super) fn of_executable() -> Option<Self> {
        let executable = std::env::current_exe().ok()?;
        // The cheap test comes first, since every start of `ascript` runs this.
        if executable.is_symlink() || executable.file_name()? == EXECUTABLE {
            let executable = executable.canonicalize().ok()?;
            if executable.file_name()? == EXECUTABLE {
                let root = executable.parent()?.parent()?;
                return Some(Self::new(root.to_path_buf()));
            }
        }
        None
    }

    pub(super) fn discarding_writes(mut self) -> Self {
        self.discards_writes = true;
        self
    }

    pub(super) fn overwriting_conf(mut self, version: Vec<u8>) -> Self {
        self.overwritten_conf = Some(version);
        self
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Maps a path of the emulated node to one relative to the lab's folder. The
    /// result never leaves the folder.
    fn map_path(&self, path: &str) -> String {
        let path = Path::new(path);
        let below = path.strip_prefix(&self.root);
        let mapped = below.map_or_else(
            |_| Path::new("root").join(normal_components(path)),
            normal_components,
        );
        mapped.to_string_lossy().into_owned()
    }

    /// The same, where the folder of the installation is the lab's own.
    pub(super) fn place(&self, path: &str) -> io::Result<String> {
        let installed = Path::new(path).strip_prefix(self.platform()?.product());
        let place = match installed {
            Ok(installed) => normal_components(installed).to_string_lossy().into_owned(),
            Err(_) => self.map_path(path),
        };
        self.refuse_outside(&self.path(&place))?;
        Ok(place)
    }

    /// Refuses a path that a link leads out of the lab's folder, by the part of it that exists.
    fn refuse_outside(&self, path: &Path) -> io::Result<()> {
        let root = self.root.canonicalize()?;
        let target = path.ancestors().find_map(|part| part.canonicalize().ok());
        if target.is_some_and(|target| target.starts_with(&root)) {
            return Ok(());
        }
        let message = format!(
            "a link leads `{}` out of the lab; remove the link",
            path.display()
        );
        Err(invalid_input(message))
    }

    pub(super) fn platform(&self) -> io::Result<LabPlatform> {
        LabPlatform::parse(&fs::read_to_string(self.path(PLATFORM))?)
    }

    /// Locks the lab for other programs until the returned file is dropped.
    pub(super) fn lock(&self) -> io::Result<File> {
        let file = File::options()
            .create(true)
            .append(true)
            .open(self.path("var/lab/lock"))?;
        flock(&file, FlockOperation::LockExclusive)?;
        Ok(file)
    }

    /// Replaces a file atomically: a killed program leaves the old or the new one.
    pub(super) fn write(&self, relative: &str, bytes: &[u8]) -> io::Result<()> {
        if self.discards_writes {
            return Ok(());
        }
        if let Some(version) = self.overwritten_conf.as_ref().filter(|_| relative == CONF) {
            self.replace(relative, version)?;
            std::thread::sleep(PAUSE);
        }
        self.replace(relative, bytes)
    }

    /// Removes a file, if it exists.
    pub(super) fn remove(&self, relative: &str) -> io::Result<()> {
        if self.discards_writes {
            return Ok(());
        }
        let path = self.path(relative);
        if let Some(parent) = path.parent() {
            self.refuse_outside(parent)?;
        }
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn replace(&self, relative: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(relative);
        if let Some(parent) = path.parent() {
            self.refuse_outside(parent)?;
            fs::create_dir_all(parent)?;
        }
        let mode = fs::metadata(&path).map_or(0o644, |m| m.permissions().mode() & 0o777);
        let mut file = tempfile::Builder::new()
            .permissions(fs::Permissions::from_mode(mode))
            .tempfile_in(self.path(TEMPORARY))?;
        file.write_all(bytes)?;
        // The umask of the caller must not change the mode.
        file.as_file()
            .set_permissions(fs::Permissions::from_mode(mode))?;
        file.persist(&path)?;
        Ok(())
    }

    /// Reads a state file; a missing one gives the default.
    pub(super) fn read_json<T: DeserializeOwned + Default>(&self, relative: &str) -> io::Result<T> {
        match fs::read(self.path(relative)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(T::default()),
            Err(error) => Err(error),
        }
    }

    pub(super) fn write_json<T: Serialize>(&self, relative: &str, value: &T) -> io::Result<()> {
        let mut bytes = serde_json::to_vec_pretty(value)?;
        bytes.push(b'\n');
        self.write(relative, &bytes)
    }
}

/// A path without its root and without `..`.
fn normal_components(path: &Path) -> PathBuf {
    path.components()
        .filter(|part| matches!(part, std::path::Component::Normal(_)))
        .collect()
}

/// An error for invalid arguments.
pub(super) fn invalid_input(message: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_node_map_into_the_lab() {
        let folder = LabFolder::new(PathBuf::from("/lab"));
        assert_eq!(folder.map_path("/etc/passwd"), "root/etc/passwd");
        assert_eq!(folder.map_path("../../x"), "root/x");
        assert_eq!(folder.map_path("/lab/etc/a"), "etc/a");
        assert_eq!(folder.map_path("/lab/../etc/a"), "etc/a");
    }

    #[test]
    fn a_link_does_not_lead_out_of_the_lab() {
        let dir = tempfile::tempdir().unwrap();
        let [lab, outside] = ["lab", "outside"].map(|name| dir.path().join(name));
        for path in [lab.join("root/in"), lab.join(TEMPORARY), outside.clone()] {
            fs::create_dir_all(path).unwrap();
        }
        fs::write(outside.join("kept"), "").unwrap();
        fs::write(lab.join(PLATFORM), "linux").unwrap();
        let link = |target: &Path, name: &str| {
            std::os::unix::fs::symlink(target, lab.join("root").join(name)).unwrap();
        };
        link(&outside, "out");
        link(&outside.join("kept"), "file");
        link(Path::new("in"), "inner");
        let folder = LabFolder::new(lab.clone());
        for path in ["root/out/f", "root/out/new/f"] {
            assert!(folder.write(path, b"x").is_err(), "{path}");
        }
        assert!(folder.remove("root/out/kept").is_err());
        assert!(folder.place("/out/kept").is_err() && folder.place("/file").is_err());
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
        folder.write("root/inner/f", b"x").unwrap();
        assert!(lab.join("root/in/f").exists());
    }
}
