//! Finds out what starts and stops the services of a node.

use std::path::Path;

use crate::exec::{Programs, processes};
use crate::state::{Platform, ServiceManager};

/// systemd is what runs the machine if it has made this folder: `sd_booted(3)`.
const SYSTEMD: &str = "run/systemd/system";

/// The init script of a service that every installation has, and its places.
const INIT_SCRIPTS: [&str; 2] = ["etc/init.d/asperanoded", "etc/rc.d/init.d/asperanoded"];

/// What starts and stops the services of the node in `folder`; `None` where it is what its
/// platform usually has.
pub(super) fn find(folder: &Path, platform: Platform) -> Option<ServiceManager> {
    if platform == Platform::Macos {
        return None;
    }
    let programs = Programs::new(folder);
    if programs.has("systemctl") {
        return None;
    }
    if programs.are_emulated() {
        return Some(if programs.has("service") {
            init_scripts(|program| programs.has(program))
        } else {
            ServiceManager::None
        });
    }
    if !cfg!(target_os = "linux") {
        return None;
    }
    of_machine(Path::new("/"), processes::runs)
}

/// That of this machine. A container may have init scripts that nothing uses, so what runs
/// comes first.
fn of_machine(root: &Path, runs: impl Fn(&str) -> bool) -> Option<ServiceManager> {
    let has = |path: &str| root.join(path).exists();
    if has(SYSTEMD) {
        return None;
    }
    let has_program = |program: &str| {
        let folders = ["usr/sbin", "sbin"];
        folders
            .iter()
            .any(|folder| has(&format!("{folder}/{program}")))
    };
    Some(if runs("s6-svscan") {
        ServiceManager::S6
    } else if runs("supervisord") {
        ServiceManager::Supervisord
    } else if INIT_SCRIPTS.into_iter().any(has) && has_program("service") {
        init_scripts(has_program)
    } else {
        ServiceManager::None
    })
}

fn init_scripts(has_program: impl Fn(&str) -> bool) -> ServiceManager {
    if has_program("chkconfig") {
        ServiceManager::Chkconfig
    } else if has_program("update-rc.d") {
        ServiceManager::UpdateRcD
    } else {
        ServiceManager::InitScripts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_decides_before_what_is_installed() {
        let root = tempfile::tempdir().unwrap();
        let add = |path: &str| {
            let path = root.path().join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, "").unwrap();
        };
        let found = |running: &str| of_machine(root.path(), |program| program == running);
        assert_eq!(found(""), Some(ServiceManager::None));
        add("etc/init.d/asperanoded");
        assert_eq!(found(""), Some(ServiceManager::None));
        add("usr/sbin/service");
        assert_eq!(found(""), Some(ServiceManager::InitScripts));
        add("usr/sbin/update-rc.d");
        assert_eq!(found(""), Some(ServiceManager::UpdateRcD));
        add("sbin/chkconfig");
        assert_eq!(found(""), Some(ServiceManager::Chkconfig));
        assert_eq!(found("supervisord"), Some(ServiceManager::Supervisord));
        assert_eq!(found("s6-svscan"), Some(ServiceManager::S6));
        fs_err::create_dir_all(root.path().join("run/systemd/system")).unwrap();
        assert_eq!(found("s6-svscan"), None);
    }
}
