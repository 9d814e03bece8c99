//! Makes the folder of a lab: programs, configuration, first state. It runs
//! nothing of what it makes.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::accounts::SystemAccounts;
use super::file_tree::FileTree;
use super::injected_faults;
use super::lab_folder::{
    CALLS, CONF, FAULTS, HOSTNAME, KNOBS_FILE, LICENSE, LabFolder, LabPlatform, PLATFORM,
    TEMPORARY, bad, check_knobs,
};
use super::license_file;
use super::programs;
use super::readme;
use super::services::{LabService, NAMES};

/// What a lab is made of.
#[derive(Clone, Debug)]
pub struct LabOptions {
    /// The program to link into the lab; its `main` must begin with
    /// [`super::main`].
    pub executable: PathBuf,
    /// `macos` or `linux`.
    pub platform: String,
    /// `server`, `client`, `expired`, `none`, `empty` or `garbage`.
    pub license_file: String,
    /// Rules for faults, `PROGRAM[@N][~TEXT]=FAULT`.
    pub faults: Vec<String>,
    /// Knobs, `NAME=VALUE`; see [`super::KNOBS`].
    pub knobs: Vec<String>,
}

impl LabOptions {
    /// A licensed server of a platform, without faults, run by this executable.
    pub fn new(executable: PathBuf, platform: &str) -> Self {
        Self {
            executable,
            platform: platform.to_owned(),
            license_file: "server".to_owned(),
            faults: Vec::new(),
            knobs: Vec::new(),
        }
    }
}

/// The configuration of a fresh installation.
const FRESH: &str = "\
<?xml version='1.0' encoding='UTF-8'?>
<CONF version=\"2\">
  <!-- Made for the lab; the vendor's own file differs. -->
  <default>
    <file_system>
      <access>
        <paths>
          <path>
            <absolute/>
          </path>
        </paths>
      </access>
    </file_system>
  </default>
  <central_server>
    <persistent_store>enable</persistent_store>
  </central_server>
</CONF>
";

pub(super) fn create(dir: &Path, options: &LabOptions) -> io::Result<LabFolder> {
    let platform = LabPlatform::parse(&options.platform)?;
    let license_file = license_file::text(&options.license_file)?;
    injected_faults::check(&options.faults)?;
    check_knobs(&options.knobs)?;
    let folder = LabFolder::at(empty(dir)?);
    fs::create_dir_all(folder.path(TEMPORARY))?;
    link(&folder, &options.executable, platform)?;
    write_state(&folder, platform)?;
    folder.write(CONF, FRESH.as_bytes())?;
    if let Some(text) = license_file {
        folder.write(LICENSE, text.as_bytes())?;
    }
    folder.write(HOSTNAME, b"node1.example.com\n")?;
    folder.write(FAULTS, lines(&options.faults).as_bytes())?;
    folder.write(KNOBS_FILE, lines(&options.knobs).as_bytes())?;
    folder.write("README", readme::text().as_bytes())?;
    for name in NAMES {
        let mut service = LabService::default();
        service.start(&folder)?;
        service.save(&folder, name)?;
    }
    // Last, so that a half-made folder is not taken for a lab.
    folder.write(PLATFORM, format!("{}\n", platform.name()).as_bytes())?;
    Ok(folder)
}

/// The folder, made where it is missing, refused where it holds anything.
fn empty(dir: &Path) -> io::Result<PathBuf> {
    if !dir.is_dir() && dir.exists() {
        return Err(bad(format!("{} is not a folder", dir.display())));
    }
    fs::create_dir_all(dir)?;
    if fs::read_dir(dir)?.next().is_some() {
        return Err(bad(format!(
            "{} is not empty; a lab wants a folder of its own",
            dir.display()
        )));
    }
    dir.canonicalize()
}

fn link(folder: &LabFolder, executable: &Path, platform: LabPlatform) -> io::Result<()> {
    fs::create_dir_all(folder.path("libexec"))?;
    fs::create_dir_all(folder.path("bin"))?;
    let inside = folder.path("libexec").join(super::EXECUTABLE);
    // A link to a link would lead nowhere from inside the lab.
    let executable = &executable.canonicalize()?;
    // Another file system takes no link, and a copy does as well.
    if fs::hard_link(executable, &inside).is_err() {
        fs::copy(executable, &inside)?;
    }
    let target = Path::new("../libexec").join(super::EXECUTABLE);
    for program in programs::on(platform) {
        symlink(&target, folder.path("bin").join(program.name))?;
    }
    Ok(())
}

fn write_state(folder: &LabFolder, platform: LabPlatform) -> io::Result<()> {
    SystemAccounts::initial(platform).save(folder)?;
    FileTree::initial(platform).save(folder)?;
    folder.write(CALLS, b"")?;
    folder.write_json("var/lab/api_users.json", &serde_json::json!({}))?;
    folder.write_json("var/lab/passwords.json", &serde_json::json!({}))?;
    let own = fs::Permissions::from_mode(0o600);
    fs::set_permissions(folder.path("var/lab/passwords.json"), own)
}

fn lines(items: &[String]) -> String {
    items
        .iter()
        .flat_map(|item| [item.as_str(), "\n"])
        .collect()
}
