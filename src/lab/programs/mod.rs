//! The programs of the lab: one file each, one row each in the table. They do not
//! import each other.

mod asconfigurator;
mod ascp;
mod ascript;
mod ascript_file;
pub(super) mod asnodeadmin;
pub(super) mod asuserdata;
mod r#async;
mod asyncadmin;
mod chage;
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
mod groupdel;
mod id;
mod install;
mod launchctl;
mod mkdir;
mod passwd;
mod pwpolicy;
mod rmdir;
mod stat;
mod sudo;
mod sysadminctl;
mod systemctl;
mod uname;
mod useradd;
mod userdel;
mod usermod;

use super::lab_folder::LabPlatform;
use super::program::LabProgram;

pub(super) use asconfigurator::edited_conf;

static PROGRAMS: [LabProgram; 34] = [
    ascp::PROGRAM,
    ascript::PROGRAM,
    asconfigurator::PROGRAM,
    asuserdata::PROGRAM,
    asnodeadmin::PROGRAM,
    r#async::PROGRAM,
    asyncadmin::PROGRAM,
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
    groupdel::PROGRAM,
    passwd::PROGRAM,
    chage::PROGRAM,
    pwpolicy::PROGRAM,
    gpasswd::PROGRAM,
    getent::PROGRAM,
    chpasswd::PROGRAM,
    stat::PROGRAM,
    sudo::PROGRAM,
    install::PROGRAM,
    mkdir::PROGRAM,
    rmdir::PROGRAM,
    chown::PROGRAM,
    chmod::PROGRAM,
    uname::PROGRAM,
    id::PROGRAM,
];

pub(super) fn find(name: &str) -> Option<&'static LabProgram> {
    PROGRAMS.iter().find(|program| program.name == name)
}

/// The programs of a platform.
pub(super) fn for_platform(platform: LabPlatform) -> impl Iterator<Item = &'static LabProgram> {
    let has = move |program: &&LabProgram| program.platform.is_none_or(|only| only == platform);
    PROGRAMS.iter().filter(has)
}
