//! Creates the folder of a lab: programs, configuration, initial state.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::accounts::SystemAccounts;
use super::file_tree::FileTree;
use super::injected_faults;
use super::knobs;
use super::lab_folder::{
    CALLS, CONF, EXECUTABLE, FAULTS, HOSTNAME, LICENSE, LabFolder, LabPlatform, PLATFORM,
    TEMPORARY, invalid_input,
};
use super::lab_manager::LabManager;
use super::license_file;
use super::node_api;
use super::programs;
use super::readme;
use super::services::{LabService, NAMES};

/// The options of a new lab.
#[derive(Clone, Debug)]
pub struct LabOptions {
    /// The executable to copy into the lab; its `main` must start with
    /// [`super::main`].
    pub executable: PathBuf,
    /// Whether to make a hard link instead of a copy, where that is possible: for
    /// many labs that are soon removed. Who can change a lab can then change the
    /// executable, too.
    pub links_executable: bool,
    /// `macos` or `linux`.
    pub platform: String,
    /// `systemd`, `init` or `none` on Linux; empty for what the platform usually has.
    pub services: String,
    /// `server`, `client`, `expired`, `none`, `empty` or `garbage`.
    pub license: String,
    /// Rules for injected faults, `PROGRAM[@N][~TEXT]=FAULT`.
    pub faults: Vec<String>,
    /// Knobs, `NAME=VALUE`; see [`super::KNOBS`].
    pub knobs: Vec<String>,
}

impl LabOptions {
    /// A licensed server without faults.
    pub fn new(executable: PathBuf, platform: &str) -> Self {
        Self {
            executable,
            links_executable: false,
            platform: platform.to_owned(),
            services: String::new(),
            license: "server".to_owned(),
            faults: Vec::new(),
            knobs: Vec::new(),
        }
    }
}

/// The `aspera.conf` of a new lab.
const INITIAL_CONF: &str = "\
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

/// Invented public keys.
const TOKEN_KEY: &[u8] = b"ssh-rsa AAAAB3NzaC1yc2EAAAASdG9rZW4ga2V5IG9mIGEgbGFi aspera\n";
const HOST_KEY: &[u8] = b"ssh-rsa AAAAB3NzaC1yc2EAAAARaG9zdCBrZXkgb2YgYSBsYWI= root@node1\n";

pub(super) fn create(dir: &Path, options: &LabOptions) -> io::Result<LabFolder> {
    let platform = LabPlatform::parse(&options.platform)?;
    let manager = LabManager::parse(&options.services, platform)?;
    let license = license_file::content(&options.license)?;
    injected_faults::check(&options.faults)?;
    knobs::check(&options.knobs)?;
    let folder = LabFolder::new(empty_dir(dir)?);
    fs::create_dir_all(folder.path(TEMPORARY))?;
    folder.write(knobs::KNOBS_FILE, lines(&options.knobs).as_bytes())?;
    add_programs(&folder, options, platform, manager)?;
    manager.save(&folder)?;
    write_state(&folder, platform)?;
    folder.write(CONF, INITIAL_CONF.as_bytes())?;
    if let Some(text) = license {
        folder.write(LICENSE, text.as_bytes())?;
    }
    folder.write(HOSTNAME, b"node1.example.com\n")?;
    folder.write("var/aspera_tokenauth_id_rsa.pub", TOKEN_KEY)?;
    folder.write("etc/ssh/ssh_host_rsa_key.pub", HOST_KEY)?;
    folder.write(FAULTS, lines(&options.faults).as_bytes())?;
    folder.write("README", readme::text().as_bytes())?;
    for name in NAMES {
        let mut service = LabService::default();
        service.start(&folder, name)?;
        service.save(&folder, name)?;
    }
    // The last file, since it marks a complete lab.
    folder.write(PLATFORM, format!("{}\n", platform.name()).as_bytes())?;
    Ok(folder)
}

/// Creates the folder if missing, and refuses one that is not empty.
fn empty_dir(dir: &Path) -> io::Result<PathBuf> {
    if !dir.is_dir() && dir.exists() {
        return Err(invalid_input(format!("{} is not a folder", dir.display())));
    }
    fs::create_dir_all(dir)?;
    if fs::read_dir(dir)?.next().is_some() {
        return Err(invalid_input(format!(
            "{} is not empty; a lab needs an empty or new folder",
            dir.display()
        )));
    }
    dir.canonicalize()
}

fn add_programs(
    folder: &LabFolder,
    options: &LabOptions,
    platform: LabPlatform,
    manager: LabManager,
) -> io::Result<()> {
    fs::create_dir_all(folder.path("libexec"))?;
    fs::create_dir_all(folder.path("bin"))?;
    let inside = folder.path("libexec").join(EXECUTABLE);
    // A hard link to a symbolic link would not resolve inside the lab.
    let executable = &options.executable.canonicalize()?;
    // Hard links fail across file systems.
    let is_linked = options.links_executable && fs::hard_link(executable, &inside).is_ok();
    if !is_linked {
        fs::copy(executable, &inside)?;
        fs::set_permissions(&inside, fs::Permissions::from_mode(0o755))?;
    }
    let target = Path::new("../libexec").join(EXECUTABLE);
    for program in programs::for_node(folder, platform, manager) {
        symlink(&target, folder.path("bin").join(program.name))?;
    }
    Ok(())
}

fn write_state(folder: &LabFolder, platform: LabPlatform) -> io::Result<()> {
    let mut accounts = SystemAccounts::initial(platform);
    if platform == LabPlatform::Linux && knobs::value(folder, "distribution") == "debian" {
        accounts.rename_group("wheel", "sudo");
    }
    accounts.save(folder)?;
    FileTree::initial(platform).save(folder)?;
    folder.write(CALLS, b"")?;
    folder.write_json("var/lab/api_users.json", &serde_json::json!({}))?;
    folder.write_json("var/lab/passwords.json", &serde_json::json!({}))?;
    node_api::add_certificate(folder)?;
    let own = fs::Permissions::from_mode(0o600);
    fs::set_permissions(folder.path("var/lab/passwords.json"), own)
}

fn lines(items: &[String]) -> String {
    items
        .iter()
        .flat_map(|item| [item.as_str(), "\n"])
        .collect()
}
