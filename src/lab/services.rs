//! The services of the emulated system, one state file each: whether they run,
//! how often they started, and which `aspera.conf` they hold in memory.

use std::fs;
use std::io;

use serde::{Deserialize, Serialize};

use super::conf_check::problems;
use super::conf_file::ConfFile;
use super::fingerprint::sha256;
use super::lab_folder::{CONF, LabFolder, LabPlatform};

/// The services, without the prefix that launchd labels carry.
pub(super) const NAMES: [&str; 5] = [
    "asperahttpd",
    "asperanoded",
    "asperacentral",
    "asperaredisd",
    "asperarund",
];

const PIDS: &str = "var/lab/pids";

/// One service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LabService {
    /// Its process, while it runs.
    pub(super) pid: Option<u32>,
    pub(super) starts: u32,
    pub(super) reloads: u32,
    pub(super) last_exit: i32,
    /// The SHA-256 of the `aspera.conf` it started with or reloaded.
    pub(super) conf: String,
    /// Taken away with `launchctl unload`.
    #[serde(default)]
    pub(super) unloaded: bool,
}

fn file(name: &str) -> String {
    format!("var/lab/services/{name}.json")
}

/// A service by its plain name, or by its launchd label on macOS.
pub(super) fn find_service(platform: LabPlatform, word: &str) -> Option<&'static str> {
    let plain = match platform {
        LabPlatform::Macos => word.strip_prefix("com.aspera.")?,
        LabPlatform::Linux => word.strip_suffix(".service").unwrap_or(word),
    };
    NAMES.into_iter().find(|name| *name == plain)
}

impl LabService {
    pub(super) fn load(folder: &LabFolder, name: &str) -> io::Result<Self> {
        folder.read_json(&file(name))
    }

    pub(super) fn save(&self, folder: &LabFolder, name: &str) -> io::Result<()> {
        folder.write_json(&file(name), self)
    }

    /// Starts it, unless it runs; one that finds its configuration refused
    /// dies at once.
    pub(super) fn start(&mut self, folder: &LabFolder) -> io::Result<()> {
        if self.pid.is_some() {
            return Ok(());
        }
        self.starts += 1;
        self.conf = conf_digest(folder);
        let sound = ConfFile::load(folder).is_ok_and(|conf| problems(&conf).is_empty());
        self.last_exit = i32::from(!sound);
        self.pid = if sound { Some(next_pid(folder)?) } else { None };
        Ok(())
    }

    pub(super) fn stop(&mut self) {
        if self.pid.take().is_some() {
            self.last_exit = 0;
        }
    }

    pub(super) fn reload(&mut self, folder: &LabFolder) {
        if self.pid.is_some() {
            self.reloads += 1;
            self.conf = conf_digest(folder);
        }
    }
}

/// What a change of the node users does by itself.
pub(super) fn reload_noded(folder: &LabFolder) -> io::Result<()> {
    let mut noded = LabService::load(folder, "asperanoded")?;
    noded.reload(folder);
    noded.save(folder, "asperanoded")
}

fn conf_digest(folder: &LabFolder) -> String {
    fs::read(folder.path(CONF)).map_or_else(|_| String::new(), |bytes| sha256(&bytes))
}

fn next_pid(folder: &LabFolder) -> io::Result<u32> {
    let last: u32 = folder.read_json(PIDS)?;
    let pid = last.max(400) + 1;
    folder.write_json(PIDS, &pid)?;
    Ok(pid)
}
