//! Finds the executable of a program: in the node's folder, then at fixed
//! system paths, which a lab never uses. `PATH` is never searched, since live
//! runs are root's.

use std::fs::{self, Metadata};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::fault::{Fault, FaultKind, Result};

/// The subfolders of a node's folder that hold its programs.
const FOLDERS: [&str; 2] = ["bin", "sbin"];

/// A file that every lab has and no installation.
const LAB_MARKER: &str = "var/lab/platform";

/// The programs of one node.
#[derive(Clone, Debug)]
pub struct Programs {
    root: PathBuf,
    is_lab: bool,
}

impl Programs {
    /// The programs of the installation or lab in that folder.
    pub fn new(root: &Path) -> Self {
        // Programs run in `/`, where a relative path would lead elsewhere.
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        let is_lab = root.join(LAB_MARKER).exists();
        Self { root, is_lab }
    }

    /// The file to start for `program`: the node's own, else the first of the
    /// absolute paths in `system` that exists. A lab only has its own: the
    /// system's program would change this machine.
    pub fn find(&self, program: &str, system: &[&str]) -> Result<PathBuf> {
        if program.is_empty() || program.contains(['/', '\0']) {
            return Err(Fault::new(
                FaultKind::Internal,
                format!("`{program}` is not the name of a program"),
            ));
        }
        let is_root = rustix::process::geteuid().is_root();
        let system = if self.is_lab { &[] } else { system };
        let fixed = system.iter().map(PathBuf::from);
        for path in self.own(program).chain(fixed.filter(|p| p.is_absolute())) {
            // A dangling link or a forbidden folder counts as not there; the
            // message below says where was looked.
            if let Some(metadata) = fs::metadata(&path).ok().filter(|m| !m.is_dir()) {
                return trusted(path, &metadata, is_root);
            }
        }
        Err(self.missing(program, system))
    }

    /// Whether the node's folder has that program.
    pub fn has(&self, program: &str) -> bool {
        !program.contains('/') && self.own(program).any(|path| path.is_file())
    }

    fn own(&self, program: &str) -> impl Iterator<Item = PathBuf> {
        FOLDERS
            .map(|folder| self.root.join(folder).join(program))
            .into_iter()
    }

    fn missing(&self, program: &str, system: &[&str]) -> Fault {
        let mut places = FOLDERS
            .map(|f| self.root.join(f).display().to_string())
            .join(" or ");
        for path in system {
            places.push_str(" or at ");
            places.push_str(path);
        }
        let fault = Fault::new(
            FaultKind::Unknown,
            format!("there is no program `{program}` on this node"),
        )
        .hint(format!("it was looked for in {places}"));
        fault.hint(if self.is_lab {
            "a lab never starts the system's programs; make a new one with `ascript lab`"
        } else {
            "name the folder of the installation with `--node`"
        })
    }
}

/// `path`, if it may be started.
fn trusted(path: PathBuf, metadata: &Metadata, is_root: bool) -> Result<PathBuf> {
    let mode = metadata.permissions().mode();
    let shown = path.display();
    if !metadata.is_file() || mode & 0o111 == 0 {
        return Err(
            Fault::new(FaultKind::Unknown, format!("`{shown}` is not a program"))
                .hint("it must be a regular file that can be executed"),
        );
    }
    if is_root && mode & 0o002 != 0 {
        return Err(Fault::refused(format!(
            "every user may write to `{shown}`, so root will not start it"
        ))
        .hint(format!(
            "remove the world-write permission: `chmod o-w {shown}`"
        )));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(path: &Path, mode: u32) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn bin_comes_before_sbin_before_the_system() {
        let dir = tempfile::tempdir().unwrap();
        let programs = Programs::new(dir.path());
        let system = ["/no/such/sh", "/bin/sh"];
        assert_eq!(programs.find("sh", &system).unwrap(), Path::new("/bin/sh"));
        assert!(!programs.has("sh"));
        let (bin, sbin) = (dir.path().join("bin/sh"), dir.path().join("sbin/sh"));
        place(&sbin, 0o755);
        assert_eq!(programs.find("sh", &system).unwrap(), sbin);
        place(&bin, 0o755);
        assert_eq!(programs.find("sh", &system).unwrap(), bin);
        assert!(programs.has("sh"));
    }

    #[test]
    fn a_lab_never_uses_a_system_path() {
        let dir = tempfile::tempdir().unwrap();
        place(&dir.path().join(LAB_MARKER), 0o644);
        let programs = Programs::new(dir.path());
        let fault = programs.find("sh", &["/bin/sh"]).unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Unknown);
        assert!(!fault.hints()[0].contains("/bin/sh"), "{fault:?}");
        assert!(fault.hints()[1].contains("a lab never starts"), "{fault:?}");
    }

    #[test]
    fn what_is_not_there_is_said_with_the_places() {
        let programs = Programs::new(Path::new("/no/such/node"));
        let fault = programs.find("asnodeadmin", &[]).unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Unknown);
        assert!(fault.hints()[0].contains("/no/such/node/bin or /no/such/node/sbin"));
    }

    #[test]
    fn only_plain_names_of_executable_files_are_taken() {
        let dir = tempfile::tempdir().unwrap();
        let programs = Programs::new(dir.path());
        place(&dir.path().join("bin/notes"), 0o644);
        for name in ["../bin/notes", "/bin/sh", "", "notes", ".."] {
            assert!(programs.find(name, &[]).is_err(), "{name}");
        }
    }

    #[test]
    fn root_does_not_start_what_anyone_may_write() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tool");
        place(&path, 0o757);
        let metadata = fs::metadata(&path).unwrap();
        assert!(trusted(path.clone(), &metadata, false).is_ok());
        let fault = trusted(path, &metadata, true).unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Refused);
    }
}
