//! The lab's folder: where its files are, how they are replaced whole, and the
//! lock its programs take in turn. It knows no program.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(super) const CONF: &str = "etc/aspera.conf";
pub(super) const LICENSE: &str = "etc/aspera-license";
pub(super) const HOSTNAME: &str = "etc/hostname";
pub(super) const FAULTS: &str = "var/lab/faults";
pub(super) const KNOBS_FILE: &str = "var/lab/knobs";
pub(super) const CALLS: &str = "var/lab/calls.log";
pub(super) const PLATFORM: &str = "var/lab/platform";
pub(super) const TEMPORARY: &str = "var/lab/tmp";

/// The knobs of a lab: name, accepted values (the first is the default), and
/// what it decides.
pub const KNOBS: [(&str, &[&str], &str); 5] = [
    (
        "listing",
        &["3.9", "seed", "4.x"],
        "the layout of asnodeadmin -l",
    ),
    (
        "password_prompts",
        &["1", "2"],
        "how often asnodeadmin asks",
    ),
    (
        "password_policy",
        &["off", "4.4"],
        "whether asnodeadmin wants strong passwords",
    ),
    (
        "keepalive",
        &["no", "yes"],
        "whether launchd restarts what is stopped",
    ),
    ("uid", &["0", "501", "1000"], "what id -u prints"),
];

/// The operating system that a lab plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LabPlatform {
    Macos,
    Linux,
}

impl LabPlatform {
    pub(super) fn parse(word: &str) -> io::Result<Self> {
        match word.trim() {
            "macos" => Ok(Self::Macos),
            "linux" => Ok(Self::Linux),
            other => Err(bad(format!("no such platform: {other}; macos or linux"))),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Macos => "macos",
            Self::Linux => "linux",
        }
    }
}

/// The folder, and whether this process only pretends to write there.
#[derive(Clone, Debug)]
pub(super) struct LabFolder {
    root: PathBuf,
    /// Set by the fault `lie`: everything runs, and nothing is kept.
    lying: bool,
}

impl LabFolder {
    pub(super) fn at(root: PathBuf) -> Self {
        Self { root, lying: false }
    }

    /// The lab whose executable this process runs.
    pub(super) fn of_this_process() -> Option<Self> {
        let executable = std::env::current_exe().ok()?;
        // Cheap test first: every start of the product passes here.
        if executable.is_symlink() || executable.file_name()? == super::EXECUTABLE {
            let executable = executable.canonicalize().ok()?;
            if executable.file_name()? == super::EXECUTABLE {
                let root = executable.parent()?.parent()?;
                return Some(Self::at(root.to_path_buf()));
            }
        }
        None
    }

    pub(super) fn lying(mut self) -> Self {
        self.lying = true;
        self
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Where a path of the emulated node is kept, wherever it points.
    pub(super) fn inside(&self, path: &str) -> String {
        let path = Path::new(path);
        let below = path.strip_prefix(&self.root);
        let kept = below.map_or_else(|_| Path::new("root").join(flat(path)), flat);
        kept.to_string_lossy().into_owned()
    }

    pub(super) fn platform(&self) -> io::Result<LabPlatform> {
        LabPlatform::parse(&fs::read_to_string(self.path(PLATFORM))?)
    }

    /// The value of a knob, or its default.
    pub(super) fn knob(&self, name: &str) -> String {
        let text = fs::read_to_string(self.path(KNOBS_FILE)).unwrap_or_default();
        let set = text.lines().find_map(|line| {
            let (key, value) = line.split_once('=')?;
            (key.trim() == name).then(|| value.trim().to_owned())
        });
        set.unwrap_or_else(|| {
            let known = KNOBS.iter().find(|knob| knob.0 == name);
            known.map_or_else(String::new, |knob| knob.1[0].to_owned())
        })
    }

    /// Waits for the other programs; they wait until the file is dropped.
    pub(super) fn lock(&self) -> io::Result<File> {
        let file = File::options()
            .create(true)
            .append(true)
            .open(self.path("var/lab/lock"))?;
        flock(&file, FlockOperation::LockExclusive)?;
        Ok(file)
    }

    /// Replaces a file whole, so that a killed program leaves the old or the
    /// new one and never half.
    pub(super) fn write(&self, relative: &str, bytes: &[u8]) -> io::Result<()> {
        if self.lying {
            return Ok(());
        }
        let path = self.path(relative);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mode = fs::metadata(&path).map_or(0o644, |m| m.permissions().mode() & 0o777);
        let mut file = tempfile::Builder::new()
            .permissions(fs::Permissions::from_mode(mode))
            .tempfile_in(self.path(TEMPORARY))?;
        file.write_all(bytes)?;
        // The file mask of the caller must not take rights from others.
        file.as_file()
            .set_permissions(fs::Permissions::from_mode(mode))?;
        file.persist(&path)?;
        Ok(())
    }

    /// What a state file holds; the default where there is none yet.
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

/// A path without a root and without steps upwards.
fn flat(path: &Path) -> PathBuf {
    path.components()
        .filter(|part| matches!(part, std::path::Component::Normal(_)))
        .collect()
}

/// Refuses a knob that the lab does not have.
pub(super) fn check_knobs<S: AsRef<str>>(knobs: &[S]) -> io::Result<()> {
    for knob in knobs.iter().map(AsRef::as_ref) {
        let (name, value) = knob.split_once('=').unwrap_or((knob, ""));
        let Some(known) = KNOBS.iter().find(|known| known.0 == name) else {
            return Err(bad(format!("no such knob: {name}")));
        };
        if !known.1.contains(&value) {
            let choices = known.1.join(", ");
            return Err(bad(format!("knob {name}: {value} is not one of {choices}")));
        }
    }
    Ok(())
}

/// An error of whoever asked.
pub(super) fn bad(message: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_node_stay_inside() {
        let folder = LabFolder::at(PathBuf::from("/lab"));
        assert_eq!(folder.inside("/etc/passwd"), "root/etc/passwd");
        assert_eq!(folder.inside("../../x"), "root/x");
        assert_eq!(folder.inside("/lab/etc/a"), "etc/a");
        assert_eq!(folder.inside("/lab/../etc/a"), "etc/a");
    }

    #[test]
    fn knobs_are_a_closed_list() {
        assert!(check_knobs(&["listing=4.x"]).is_ok());
        assert!(check_knobs(&["listing=5"]).is_err());
        assert!(check_knobs(&["colour=red"]).is_err());
    }
}
