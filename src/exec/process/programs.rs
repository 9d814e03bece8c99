//! Finds the file of a program: in the node's folder, then at fixed system
//! paths, which a lab never uses. `PATH` is never searched, since live runs run
//! as root.

use std::fs::{self, Metadata};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::fault::{Fault, FaultKind, Result};

/// The subfolders of a node's folder with its programs.
const FOLDERS: [&str; 2] = ["bin", "sbin"];

/// A file that every lab has and no installation.
const LAB_MARKER: &str = "var/lab/platform";

/// The programs of a node.
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

    /// The file of `program`: that in the node's folder, or else the first of the
    /// absolute paths in `system` that exists. A lab has only its own: a system
    /// program would change this machine.
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
            // A dangling link or a folder without permission counts as missing;
            // the message below lists the paths.
            if let Some(metadata) = fs::metadata(&path).ok().filter(|m| !m.is_dir()) {
                return check_executable(path, &metadata, is_root);
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
        let mut paths = FOLDERS
            .map(|f| self.root.join(f).display().to_string())
            .join(" or ");
        for path in system {
            paths.push_str(" or at ");
            paths.push_str(path);
        }
        let fault = Fault::new(
            FaultKind::Unknown,
            format!("this node has no program `{program}`"),
        )
        .hint(format!("it was searched in {paths}"));
        fault.hint(if self.is_lab {
            "a lab never starts the system's programs; make a new one with `ascript lab`"
        } else {
            "name the folder of the installation with `--node`"
        })
    }
}

/// Returns `path` if it may be executed.
fn check_executable(path: PathBuf, metadata: &Metadata, is_root: bool) -> Result<PathBuf> {
    let mode = metadata.permissions().mode();
    let file = path.display();
    if !metadata.is_file() || mode & 0o111 == 0 {
        return Err(
            Fault::new(FaultKind::Unknown, format!("`{file}` is not a program"))
                .hint("it must be an executable regular file"),
        );
    }
    if is_root && mode & 0o002 != 0 {
        return Err(Fault::refused(format!(
            "every user can write to `{file}`, so root does not run it"
        ))
        .hint(format!(
            "remove the world-write permission: `chmod o-w {file}`"
        )));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_file(path: &Path, mode: u32) {
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
        write_file(&sbin, 0o755);
        assert_eq!(programs.find("sh", &system).unwrap(), sbin);
        write_file(&bin, 0o755);
        assert_eq!(programs.find("sh", &system).unwrap(), bin);
        assert!(programs.has("sh"));
    }

    #[test]
    fn a_lab_never_uses_a_system_path() {
        let dir = tempfile::tempdir().unwrap();
        write_file(&dir.path().join(LAB_MARKER), 0o644);
        let programs = Programs::new(dir.path());
        let fault = programs.find("sh", &["/bin/sh"]).unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Unknown);
        assert!(!fault.hints()[0].contains("/bin/sh"), "{fault:?}");
        assert!(fault.hints()[1].contains("a lab never starts"), "{fault:?}");
    }

    #[test]
    fn a_missing_program_is_reported_with_the_searched_paths() {
        let programs = Programs::new(Path::new("/no/such/node"));
        let fault = programs.find("asnodeadmin", &[]).unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Unknown);
        assert!(fault.hints()[0].contains("/no/such/node/bin or /no/such/node/sbin"));
    }

    #[test]
    fn only_plain_names_of_executable_files_are_accepted() {
        let dir = tempfile::tempdir().unwrap();
        let programs = Programs::new(dir.path());
        write_file(&dir.path().join("bin/notes"), 0o644);
        for name in ["../bin/notes", "/bin/sh", "", "notes", ".."] {
            assert!(programs.find(name, &[]).is_err(), "{name}");
        }
    }

    #[test]
    fn root_does_not_run_a_world_writable_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tool");
        write_file(&path, 0o757);
        let metadata = fs::metadata(&path).unwrap();
        assert!(check_executable(path.clone(), &metadata, false).is_ok());
        let fault = check_executable(path, &metadata, true).unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Refused);
    }
}
