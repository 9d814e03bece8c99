//! The programs of the lab, one file each, in one table. What they share is in
//! the rooms beside this one; they do not call each other.

mod asconfigurator;
mod ascp;
mod asnodeadmin;
mod asuserdata;
mod r#async;
mod chmod;
mod chown;
mod chpasswd;
mod createhomedir;
mod dscl;
mod dseditgroup;
mod dsenableroot;
mod getent;
mod gpasswd;
mod groupadd;
mod id;
mod install;
mod launchctl;
mod mkdir;
mod rmdir;
mod stat;
mod sysadminctl;
mod systemctl;
mod uname;
mod useradd;
mod userdel;
mod usermod;

use std::io;

use super::lab_folder::LabPlatform;
use super::program_call::ProgramCall;

/// Which calls of a program change the node.
pub(super) enum ActingCalls {
    Never,
    Always,
    /// Judged by the arguments and the standard input.
    When(fn(&[String], &str) -> bool),
}

/// One row of the table.
pub(super) struct LabProgram {
    pub(super) name: &'static str,
    /// The only platform that has it, if there is one.
    pub(super) platform: Option<LabPlatform>,
    pub(super) acts: ActingCalls,
    pub(super) reads_stdin: fn(&[String]) -> bool,
    pub(super) run: fn(&ProgramCall) -> io::Result<u8>,
}

impl LabProgram {
    /// A program of both platforms that reads nothing piped in.
    const fn new(
        name: &'static str,
        acts: ActingCalls,
        run: fn(&ProgramCall) -> io::Result<u8>,
    ) -> Self {
        Self {
            name,
            platform: None,
            acts,
            reads_stdin: |_| false,
            run,
        }
    }

    const fn only(self, platform: LabPlatform) -> Self {
        Self {
            platform: Some(platform),
            ..self
        }
    }
}

static PROGRAMS: [LabProgram; 27] = [
    ascp::PROGRAM,
    asconfigurator::PROGRAM,
    asuserdata::PROGRAM,
    asnodeadmin::PROGRAM,
    r#async::PROGRAM,
    launchctl::PROGRAM,
    sysadminctl::PROGRAM,
    dscl::PROGRAM,
    dseditgroup::PROGRAM,
    dsenableroot::PROGRAM,
    createhomedir::PROGRAM,
    systemctl::PROGRAM,
    useradd::PROGRAM,
    usermod::PROGRAM,
    userdel::PROGRAM,
    groupadd::PROGRAM,
    gpasswd::PROGRAM,
    getent::PROGRAM,
    chpasswd::PROGRAM,
    stat::PROGRAM,
    install::PROGRAM,
    mkdir::PROGRAM,
    rmdir::PROGRAM,
    chown::PROGRAM,
    chmod::PROGRAM,
    uname::PROGRAM,
    id::PROGRAM,
];

pub(super) fn named(name: &str) -> Option<&'static LabProgram> {
    PROGRAMS.iter().find(|program| program.name == name)
}

pub(super) fn exists(name: &str) -> bool {
    named(name).is_some()
}

/// The programs that a platform has.
pub(super) fn on(platform: LabPlatform) -> impl Iterator<Item = &'static LabProgram> {
    let has = move |program: &&LabProgram| program.platform.is_none_or(|only| only == platform);
    PROGRAMS.iter().filter(has)
}
