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
mod chkconfig;
mod chmod;
mod chown;
mod chpasswd;
mod createhomedir;
mod daemon;
mod dscl;
mod dseditgroup;
mod dsenableroot;
mod find;
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
mod service;
mod stat;
mod sudo;
mod sysadminctl;
mod systemctl;
mod uname;
mod update_rc_d;
mod user_services;
mod useradd;
mod userdel;
mod usermod;

use super::knobs;
use super::lab_folder::{LabFolder, LabPlatform};
use super::lab_manager::LabManager;
use super::program::LabProgram;

pub(super) use asconfigurator::edited_conf;

static PROGRAMS: [LabProgram; 44] = [
    ascp::PROGRAM,
    ascript::PROGRAM,
    asconfigurator::PROGRAM,
    asuserdata::PROGRAM,
    asnodeadmin::PROGRAM,
    r#async::PROGRAM,
    asyncadmin::PROGRAM,
    user_services::ASRUN,
    user_services::ASPERAWATCHD,
    user_services::ASPERAWATCHFOLDERD,
    launchctl::PROGRAM,
    sysadminctl::PROGRAM,
    dscl::PROGRAM,
    dseditgroup::PROGRAM,
    dsenableroot::PROGRAM,
    createhomedir::PROGRAM,
    systemctl::PROGRAM,
    service::PROGRAM,
    chkconfig::PROGRAM,
    update_rc_d::PROGRAM,
    find::PROGRAM,
    daemon::ASPERACENTRAL,
    daemon::ASPERAHTTPD,
    daemon::ASPERANODED,
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

/// The programs of a platform with that service manager. The knob `distribution` decides what
/// makes init scripts start with the machine.
pub(super) fn for_node(
    folder: &LabFolder,
    platform: LabPlatform,
    manager: LabManager,
) -> impl Iterator<Item = &'static LabProgram> + use<> {
    let other = match knobs::value(folder, "distribution").as_str() {
        "debian" => chkconfig::PROGRAM.name,
        _ => update_rc_d::PROGRAM.name,
    };
    let has = move |program: &&LabProgram| {
        program.platform.is_none_or(|only| only == platform)
            && program.manager.is_none_or(|only| only == manager)
            && program.name != other
    };
    PROGRAMS.iter().filter(has)
}
