//! An emulated node in one folder: programs of its own under the vendor's
//! names, and state in files, so that whole procedures really run as separate
//! processes. It shares no code with the rest of the crate, since agreement
//! with a copy would prove nothing, and it never reads or writes outside its
//! folder.
//!
//! # What is invented
//!
//! Nothing here is vendor software. Where no public text says what a tool
//! prints or refuses, the lab chose:
//!
//! - `asconfigurator`: `success` and exit 0; one `error: …` line and exit 1;
//!   the layout of the `get_…` answers; values are kept as they were written;
//!   piped lines that no blank line ends are dropped.
//! - `asuserdata`: every message of `-v`, the headings of `-a`, the exit codes.
//! - `asnodeadmin`: the prompts (`Password: `, and `Confirm password: ` with
//!   the knob `password_prompts=2`), every message but the listing, the exit
//!   codes; that an unknown system user is accepted; that `-m` asks for a
//!   password only when it is told to change nothing else.
//! - `async`: everything it prints; it copies nothing.
//! - `ascp -A`: version numbers; that an expired licence still exits 0.
//! - `sysadminctl`, `dsenableroot`, `dseditgroup`, `dscl`: the prompts and
//!   messages; that the first password given for the administrator of a new lab
//!   is accepted and stored; that `dsenableroot` without `-u` means that
//!   administrator, where the real one takes `$USER`.
//! - A service whose `aspera.conf` is refused starts and dies at once.
//!
//! # Faults and knobs
//!
//! `var/lab/faults` holds one rule per line, `PROGRAM[@N][~TEXT]=FAULT`: the
//! Nth acting call, the calls whose arguments or input contain TEXT. Faults are
//! `fail`, `fail-after` (acts, then fails), `lie` (says success, does nothing),
//! `slow:500ms` and `hang`. They meet the calls that act; with `read-` before
//! the fault they meet the readings of a program that also acts. `var/lab/knobs`
//! holds `NAME=VALUE` lines, listed in [`KNOBS`].

mod accounts;
mod arguments;
mod conf_check;
mod conf_file;
mod create;
mod file_tree;
mod fingerprint;
mod injected_faults;
mod lab_folder;
mod license_file;
mod password_prompt;
mod passwords;
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
pub use lab_folder::KNOBS;

use lab_folder::LabFolder;

/// The file name of the executable inside a lab.
const EXECUTABLE: &str = "ascript-lab";

/// A lab on disk, as the one who made it sees it.
#[derive(Clone, Debug)]
pub struct Lab {
    folder: LabFolder,
}

impl Lab {
    /// Makes a lab in `dir`, which must not exist or be an empty folder.
    pub fn create(dir: &Path, options: &LabOptions) -> io::Result<Self> {
        let folder = create::create(dir, options)?;
        Ok(Self { folder })
    }

    /// The lab that was made in `dir`.
    pub fn open(dir: &Path) -> io::Result<Self> {
        let folder = LabFolder::at(dir.canonicalize()?);
        folder.platform()?;
        Ok(Self { folder })
    }

    /// The folder itself.
    pub fn dir(&self) -> &Path {
        self.folder.root()
    }

    /// Where a program of the lab is.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.path("bin").join(name)
    }

    /// Every program this lab has.
    pub fn programs(&self) -> io::Result<Vec<&'static str>> {
        let platform = self.folder.platform()?;
        Ok(programs::on(platform).map(|p| p.name).collect())
    }

    /// Where the lab keeps `aspera.conf`.
    pub fn conf(&self) -> PathBuf {
        self.folder.path(lab_folder::CONF)
    }

    /// Replaces the rules for faults.
    pub fn set_faults(&self, rules: &[&str]) -> io::Result<()> {
        injected_faults::check(rules)?;
        self.folder
            .write(lab_folder::FAULTS, lines(rules).as_bytes())
    }

    /// Replaces the knobs.
    pub fn set_knobs(&self, knobs: &[&str]) -> io::Result<()> {
        lab_folder::check_knobs(knobs)?;
        self.folder
            .write(lab_folder::KNOBS_FILE, lines(knobs).as_bytes())
    }

    /// Every call of every program so far, oldest first: objects with
    /// `program`, `args`, `env`, `tty`, `acting` and `pid`.
    pub fn calls(&self) -> io::Result<Vec<serde_json::Value>> {
        program_call::logged(&self.folder)
    }

    /// Forgets the calls so far, and with them the counts that faults go by.
    pub fn clear_calls(&self) -> io::Result<()> {
        self.folder.write(lab_folder::CALLS, b"")
    }
}

/// Makes a lab in `dir`, which must not exist or be an empty folder.
pub fn create(dir: &Path, options: &LabOptions) -> io::Result<()> {
    Lab::create(dir, options).map(drop)
}

/// Whether this process was started as a program of a lab.
pub fn is_program() -> bool {
    LabFolder::of_this_process().is_some()
}

/// Acts as the program this process was started as, and gives its exit code;
/// `None` outside a lab.
pub fn main() -> Option<u8> {
    let folder = LabFolder::of_this_process()?;
    Some(program_call::answer(folder))
}

fn lines(items: &[&str]) -> String {
    items.iter().flat_map(|item| [*item, "\n"]).collect()
}
