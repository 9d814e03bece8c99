//! An emulated node in one folder. Its programs have the vendor's names and run as
//! separate processes; its state is in files. It shares no code with the rest of
//! the crate, since a copy would agree with its own mistakes, and it never reads or
//! writes outside its folder.
//!
//! # What is invented
//!
//! No vendor software is in a lab. Where no public text says what a tool prints or
//! refuses, the lab invents it:
//!
//! - `asconfigurator`: `success` and exit 0; one `error: …` line and exit 1;
//!   the layout of the `get_…` answers. Values are stored as written, and piped
//!   lines without a blank line after them are dropped.
//! - `asuserdata`: every message of `-v`, the headings of `-a`, the exit codes.
//! - `asnodeadmin`: the prompts (`Password: `, and `Confirm password: ` with
//!   the knob `password_prompts=2`), every message but the listing, the exit
//!   codes. It accepts an unknown system user, and `-m` prompts for a password
//!   only without other changes.
//! - `async`: everything it prints. It copies nothing.
//! - `sudo`: its messages. It keeps the variables that `--preserve-env` names, and starts only
//!   programs of the lab.
//! - `ascp -A`: the version numbers, and exit 0 for an expired license.
//! - `sysadminctl`, `dsenableroot`, `dseditgroup`, `dscl`: the prompts and
//!   messages. The first password given for the administrator of a new lab is
//!   accepted and stored. `dsenableroot` without `-u` uses that administrator,
//!   where the real one uses `$USER`.
//! - The Node API: all messages, and 403 for a request without the rights to it. It
//!   answers only while `asperanoded` runs, stays on the ports that it started with,
//!   and listens on the loopback address only.
//! - `service`, `chkconfig`, `update-rc.d`: all messages but the words of asperarund's status.
//! - A service whose `aspera.conf` is refused starts and exits at once, and so does one that a unit
//!   or a job defines whose file of variables is missing. No program runs for it.
//!
//! # Faults and knobs
//!
//! `var/lab/faults` contains one rule per line, `PROGRAM[@N][~TEXT]=FAULT`, for
//! the Nth acting call and for calls with TEXT in their arguments or input. Faults
//! are `fail`, `fail-after` (acts, then fails), `lie` (reports success, does
//! nothing), `slow:500ms`, `hang`, `drop-rights`, `drop-comments` and
//! `drop-indent` (acts, then loses that from `aspera.conf`), and `edit-before:COMMAND`,
//! `edit-during:COMMAND` and `edit-after:COMMAND` (another program edits `aspera.conf` then;
//! COMMAND is a command string of `asconfigurator` or a comment). They apply to calls that act; with `read-`
//! before the fault they apply to the reading calls of a program that also acts. The
//! Node API is the program `node-api` with faults of its own: `node-api~/info=wrong-user`.
//! `var/lab/knobs` contains `NAME=VALUE` lines, see [`KNOBS`].

mod accounts;
mod api_faults;
mod arguments;
mod call_log;
mod conf_check;
mod conf_damage;
mod conf_file;
mod create;
mod defined_services;
mod dispatch;
mod duration;
mod file_tree;
mod fingerprint;
mod foreign_edit;
mod injected_faults;
mod knobs;
mod lab_folder;
mod lab_manager;
mod license_file;
mod node_api;
mod password_prompt;
mod passwords;
mod program;
mod program_call;
mod programs;
mod readme;
mod services;
mod setting_list;
mod xml_edit;
mod xml_tree;

use std::io;
use std::path::{Path, PathBuf};

pub use create::LabOptions;
pub use fingerprint::fingerprint;
pub use knobs::{KNOBS, Knob};
pub use node_api::{NodeApi, NodeApiPorts};

use lab_folder::LabFolder;
use lab_manager::LabManager;

/// A lab on disk.
#[derive(Clone, Debug)]
pub struct Lab {
    folder: LabFolder,
}

impl Lab {
    /// Creates a lab in `dir`, which must not exist or be an empty folder.
    pub fn create(dir: &Path, options: &LabOptions) -> io::Result<Self> {
        let folder = create::create(dir, options)?;
        Ok(Self { folder })
    }

    /// Opens the lab in `dir`.
    pub fn open(dir: &Path) -> io::Result<Self> {
        let folder = LabFolder::new(dir.canonicalize()?);
        folder.platform()?;
        Ok(Self { folder })
    }

    /// The folder of the lab.
    pub fn dir(&self) -> &Path {
        self.folder.root()
    }

    /// The path of a program.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.path("bin").join(name)
    }

    /// The names of the programs of this lab.
    pub fn programs(&self) -> io::Result<Vec<&'static str>> {
        let (platform, manager) = (self.folder.platform()?, LabManager::of(&self.folder)?);
        let all = programs::for_node(&self.folder, platform, manager).map(|program| program.name);
        Ok(all.collect())
    }

    /// The path of `aspera.conf`.
    pub fn conf(&self) -> PathBuf {
        self.folder.path(lab_folder::CONF)
    }

    /// Replaces the rules for injected faults.
    pub fn set_faults(&self, rules: &[&str]) -> io::Result<()> {
        injected_faults::check(rules)?;
        self.folder
            .write(lab_folder::FAULTS, lines(rules).as_bytes())
    }

    /// Replaces the knobs.
    pub fn set_knobs(&self, rows: &[&str]) -> io::Result<()> {
        knobs::check(rows)?;
        self.folder.write(knobs::KNOBS_FILE, lines(rows).as_bytes())
    }

    /// Serves the Node API of this lab on this machine until the result is dropped.
    pub fn serve(&self, ports: NodeApiPorts) -> io::Result<NodeApi> {
        NodeApi::start(&self.folder, ports)
    }

    /// The calls of all programs, oldest first: objects with `program`, `args`,
    /// `env`, `tty`, `acting` and `pid`.
    pub fn calls(&self) -> io::Result<Vec<serde_json::Value>> {
        call_log::read(&self.folder)
    }

    /// Clears the log of calls, which restarts the numbers of `@N` in fault rules.
    pub fn clear_calls(&self) -> io::Result<()> {
        self.folder.write(lab_folder::CALLS, b"")
    }
}

/// Whether this process was started as a program of a lab.
pub fn is_program() -> bool {
    LabFolder::of_executable().is_some()
}

/// Runs as the program of a lab that this process was started as, and returns its
/// exit code; `None` outside a lab.
pub fn main() -> Option<u8> {
    let folder = LabFolder::of_executable()?;
    Some(dispatch::run_as_program(folder))
}

fn lines(items: &[&str]) -> String {
    items.iter().flat_map(|item| [*item, "\n"]).collect()
}
