//! The services of the emulated system, one state file each: the PID, the number
//! of starts, and the digest of the `aspera.conf` that was read.

use std::fs;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::conf_check::find_problems;
use super::conf_file::ConfFile;
use super::defined_services::{self, Definition};
use super::fingerprint::sha256;
use super::lab_folder::{CONF, LabFolder, LabPlatform};

/// The services, without the prefix of launchd labels. One is the system's own.
pub(super) const NAMES: [&str; 6] = [
    "asperahttpd",
    "asperanoded",
    "asperacentral",
    "asperaredisd",
    "asperarund",
    SSHD,
];

const SSHD: &str = "sshd";

const PIDS: &str = "var/lab/pids";

/// One service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LabService {
    /// Its PID while it runs.
    pub(super) pid: Option<u32>,
    pub(super) starts: u32,
    /// When it last started, in microseconds of Unix time.
    #[serde(default)]
    pub(super) started: u64,
    pub(super) reloads: u32,
    pub(super) last_exit: i32,
    /// The SHA-256 of the `aspera.conf` that it read last.
    pub(super) conf: String,
    /// Set by `launchctl unload`.
    #[serde(default)]
    pub(super) unloaded: bool,
    /// Set by `systemctl mask`.
    #[serde(default)]
    pub(super) masked: bool,
    /// Set by `disable`: it does not start with the machine.
    #[serde(default)]
    pub(super) disabled: bool,
    /// How many more readings still show the process after the command to stop it.
    #[serde(default)]
    pub(super) stopping: u32,
    /// The definition that the system has loaded, of a service that a file defines.
    #[serde(default)]
    pub(super) definition: Option<String>,
    /// What its definition runs.
    #[serde(default)]
    pub(super) arguments: Vec<String>,
}

fn state_file(name: &str) -> String {
    format!("var/lab/services/{name}.json")
}

/// Finds a service by its unit, or by its launchd label on macOS.
pub(super) fn find_service(platform: LabPlatform, unit: &str) -> Option<&'static str> {
    NAMES
        .into_iter()
        .find(|name| is_named(platform, name, unit))
}

/// The same, where a file may define the service.
pub(super) fn find_any_service(
    folder: &LabFolder,
    platform: LabPlatform,
    unit: &str,
) -> Option<String> {
    let mut names = service_names(folder, platform).into_iter();
    names.find(|name| is_named(platform, name, unit))
}

fn is_named(platform: LabPlatform, name: &str, unit: &str) -> bool {
    let unit = unit.strip_suffix(".service").unwrap_or(unit);
    match platform {
        LabPlatform::Macos => label(name) == unit,
        LabPlatform::Linux => name == unit,
    }
}

/// All services of the node.
pub(super) fn service_names(folder: &LabFolder, platform: LabPlatform) -> Vec<String> {
    let own = NAMES.into_iter().map(str::to_owned);
    own.chain(defined_services::names(folder, platform))
        .collect()
}

/// The launchd label of a service.
pub(super) fn label(name: &str) -> String {
    let prefix = if name == SSHD {
        "com.openssh"
    } else {
        "com.aspera"
    };
    format!("{prefix}.{name}")
}

impl LabService {
    /// A service that a file defines is neither enabled nor loaded at first.
    pub(super) fn load(folder: &LabFolder, name: &str) -> io::Result<Self> {
        let file = state_file(name);
        if NAMES.contains(&name) || folder.path(&file).exists() {
            return folder.read_json(&file);
        }
        let platform = folder.platform()?;
        Ok(Self {
            disabled: platform == LabPlatform::Linux,
            unloaded: platform == LabPlatform::Macos,
            ..Self::default()
        })
    }

    pub(super) fn save(&self, folder: &LabFolder, name: &str) -> io::Result<()> {
        folder.write_json(&state_file(name), self)
    }

    /// Starts the service unless it runs. With a configuration that is refused it
    /// exits at once.
    pub(super) fn start(&mut self, folder: &LabFolder, name: &str) -> io::Result<()> {
        if self.pid.is_some() {
            return Ok(());
        }
        self.starts += 1;
        self.started = now();
        let is_valid = if NAMES.contains(&name) {
            self.conf = conf_digest(folder);
            ConfFile::load(folder).is_ok_and(|conf| find_problems(&conf).is_empty())
        } else {
            self.read_definition(folder, name)?
        };
        self.last_exit = i32::from(!is_valid);
        self.pid = if is_valid {
            Some(next_pid(folder)?)
        } else {
            None
        };
        Ok(())
    }

    /// What a service that a file defines reads when it starts; returns whether that is complete.
    fn read_definition(&mut self, folder: &LabFolder, name: &str) -> io::Result<bool> {
        let platform = folder.platform()?;
        if self.definition.is_none() {
            self.definition = defined_services::read(folder, platform, name);
        }
        let text = self.definition.clone().unwrap_or_default();
        let definition = Definition::parse(platform, &text);
        let mut read = text.into_bytes();
        let variables = definition
            .environment
            .map(|file| fs::read(folder.path(&folder.place(&file)?)));
        let is_complete = !matches!(variables, Some(Err(_)));
        read.extend(variables.into_iter().flatten().flatten());
        self.conf = sha256(&read);
        self.arguments = definition.arguments;
        Ok(is_complete && !self.arguments.is_empty())
    }

    pub(super) fn stop(&mut self) {
        if self.pid.take().is_some() {
            self.last_exit = 0;
        }
    }

    /// Lets the time of one reading pass; returns whether the process has ended now.
    pub(super) fn ages(&mut self) -> bool {
        let is_last = self.stopping == 1;
        self.stopping = self.stopping.saturating_sub(1);
        if is_last {
            self.stop();
        }
        is_last
    }

    pub(super) fn reload(&mut self, folder: &LabFolder) {
        if self.pid.is_some() {
            self.reloads += 1;
            self.conf = conf_digest(folder);
        }
    }
}

/// The reload that every change of a Node API user causes.
pub(super) fn reload_noded(folder: &LabFolder) -> io::Result<()> {
    let mut noded = LabService::load(folder, "asperanoded")?;
    noded.reload(folder);
    noded.save(folder, "asperanoded")
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| {
        u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
    })
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
