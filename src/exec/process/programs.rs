//! Finds the file of a program: in the node's folder, then at fixed system
//! paths, which a lab never uses. `PATH` is never searched, since live runs run
//! as root.

use std::fs::{self, Metadata};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::exec::folder::check_file;
use crate::fault::{Fault, FaultKind, Result};
use crate::state::Platform;
use crate::tools::OWN_PROGRAM;

/// The subfolders of a node's folder with its programs.
const FOLDERS: [&str; 2] = ["bin", "sbin"];

/// A file that every lab has and no installation.
const LAB_MARKER: &str = "var/lab/platform";

/// The folder of a lab with the files that an installation has elsewhere.
const LAB_FILES: &str = "root";

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

    /// The file of `program`: of this program itself, that which runs; else that in the node's folder, or else the first of the
    /// absolute paths in `system` that exists. A lab has only its own: a system
    /// program would change this machine.
    pub fn find(&self, program: &str, system: &[&str]) -> Result<PathBuf> {
        if program.is_empty() || program.contains(['/', '\0']) {
            return Err(Fault::new(
                FaultKind::Internal,
                format!("`{program}` is not the name of a program"),
            ));
        }
        if program == OWN_PROGRAM && !self.is_lab {
            let own = std::env::current_exe();
            let own = own.map_err(|cause| self.missing(program, &[]).hint(cause.to_string()))?;
            check_file(&own)?;
            return Ok(own);
        }
        let system = if self.is_lab { &[] } else { system };
        let fixed = system.iter().map(PathBuf::from);
        for path in self.own(program).chain(fixed.filter(|p| p.is_absolute())) {
            // A dangling link or a folder without permission counts as missing;
            // the message below lists the paths.
            if let Some(metadata) = fs::metadata(&path).ok().filter(|m| !m.is_dir()) {
                return check_executable(path, &metadata);
            }
        }
        Err(self.missing(program, system))
    }

    /// Where a file of the node is on this machine. What an installer puts into the folder of the
    /// installation is in the node's folder, and a lab has all files below its own.
    pub fn place(&self, platform: Platform, path: &str) -> PathBuf {
        let installed = Path::new(path).strip_prefix(platform.installation());
        match installed {
            Ok(installed) => self.root.join(installed),
            Err(_) if self.is_lab => self.root.join(LAB_FILES).join(path.trim_start_matches('/')),
            Err(_) => PathBuf::from(path),
        }
    }

    /// Refuses a place that a link leads out of a lab, by the part of it that exists.
    pub fn refuse_outside_of_lab(&self, place: &Path) -> Result<()> {
        let root = self.root.canonicalize().ok();
        let Some(root) = root.filter(|_| self.is_lab) else {
            return Ok(());
        };
        let target = place.ancestors().find_map(|part| part.canonicalize().ok());
        if target.is_some_and(|target| target.starts_with(&root)) {
            return Ok(());
        }
        let message = format!("a link leads `{}` out of the lab", place.display());
        Err(Fault::refused(message).hint("remove the link"))
    }

    /// Whether they are those of a lab.
    pub fn are_emulated(&self) -> bool {
        self.is_lab
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
fn check_executable(path: PathBuf, metadata: &Metadata) -> Result<PathBuf> {
    if !metadata.is_file() || metadata.permissions().mode() & 0o111 == 0 {
        let message = format!("`{}` is not a program", path.display());
        return Err(
            Fault::new(FaultKind::Unknown, message).hint("it must be an executable regular file")
        );
    }
    check_file(&path)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_does_not_lead_a_reading_out_of_a_lab() {
        let dir = tempfile::tempdir().unwrap();
        let [lab, outside] = ["lab", "outside"].map(|name| dir.path().join(name));
        write_file(&lab.join(LAB_MARKER), 0o644);
        write_file(&lab.join("root/in/file"), 0o644);
        write_file(&outside.join("file"), 0o644);
        let link = |target: &Path, name: &str| {
            std::os::unix::fs::symlink(target, lab.join(LAB_FILES).join(name)).unwrap();
        };
        link(&outside, "out");
        link(&outside.join("file"), "file");
        link(Path::new("in"), "inner");
        let refuses = |programs: &Programs, path: &str| {
            let place = programs.place(Platform::Linux, path);
            programs.refuse_outside_of_lab(&place).is_err()
        };
        let programs = Programs::new(&lab);
        for (path, is_refused) in [
            ("/out/file", true),
            ("/out/new/file", true),
            ("/file", true),
            ("/inner/file", false),
            ("/new/file", false),
        ] {
            assert_eq!(refuses(&programs, path), is_refused, "{path}");
        }
        assert!(!refuses(&Programs::new(&outside), "/out/file"));
    }

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
    fn root_does_not_run_what_others_can_change() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bin/tool");
        write_file(&path, 0o755);
        let programs = Programs::new(dir.path());
        let is_root = rustix::process::geteuid().is_root();
        let refuses = || {
            let found = programs.find("tool", &[]);
            let kind = found.err().map(|fault| fault.kind());
            assert_eq!(kind, is_root.then_some(FaultKind::Refused));
        };
        for path in [&path, &dir.path().join("bin")] {
            assert!(programs.find("tool", &[]).is_ok());
            fs::set_permissions(path, fs::Permissions::from_mode(0o757)).unwrap();
            refuses();
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
            if is_root {
                std::os::unix::fs::chown(path, Some(65_534), None).unwrap();
                refuses();
                std::os::unix::fs::chown(path, Some(0), None).unwrap();
            }
        }
        fs::rename(&path, dir.path().join("elsewhere")).unwrap();
        std::os::unix::fs::symlink("../elsewhere", &path).unwrap();
        assert!(programs.find("tool", &[]).is_ok());
        if is_root {
            std::os::unix::fs::lchown(&path, Some(65_534), None).unwrap();
            refuses();
        }
    }
}
