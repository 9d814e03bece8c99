//! Resolves `--node` to an installation, a folder, a snapshot or a blank node.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rustix::fs::Access;
use rustix::io::Errno;

use crate::exec::{
    self, ApiPlace, BlankNode, InputKind, InstalledNode, Limits, NodeApiClient, NodeApiSite,
    Programs, Snapshot, Spawner, StateSource, StopFlag, Vault, installed,
};
use crate::facts;
use crate::fault::{Fault, Result};
use crate::plan::Runs;
use crate::state::Platform;

use super::common::NodeArgs;

/// What to do where the user may not change a node.
const SUDO_HINT: &str = "run it with sudo; pass secrets with `sudo --preserve-env=NAME`";

/// What a live run on an installed node requires.
const RIGHTS: &str = "live runs require root (sudo)";

/// The node that a command works on.
pub(super) struct NodeTarget {
    /// Where its files are; none for a snapshot or a blank node.
    pub(super) folder: Option<PathBuf>,
    /// Its operating system.
    pub(super) platform: Platform,
    /// Where its state comes from.
    source: facts::NodeSource,
    /// Its state, if it comes from a file.
    snapshot: Option<Box<Snapshot>>,
    /// For a snapshot or a blank node: what reports call it, and why it is used.
    pub(super) remark: Option<String>,
}

/// Whether there is something that can be read: also a pipe.
fn is_other_than_a_folder(path: &Path) -> bool {
    path.exists() && !path.is_dir()
}

impl NodeTarget {
    /// Resolves the arguments and the platform that the script is for.
    pub(super) fn find(args: &NodeArgs, wanted: Option<Platform>) -> Result<Self> {
        let target = match args.node.as_deref() {
            Some("blank") => Self::blank(args.platform.or(wanted), None),
            Some(name) if name.starts_with("blank:") => {
                let word = &name["blank:".len()..];
                let platform = Platform::parse(word).ok_or_else(|| {
                    Fault::usage(format!("unknown platform `{word}`"))
                        .hint("write blank:macos or blank:linux")
                })?;
                Self::blank(Some(platform), None)
            }
            Some(path) if is_other_than_a_folder(Path::new(path)) => {
                Self::snapshot(Path::new(path), args.platform)?
            }
            Some(folder) => Self::folder(Path::new(folder), args.platform)?,
            None => Self::default_of(args.platform, wanted),
        };
        match wanted {
            Some(wanted) if wanted != target.platform => Err(Fault::refused(format!(
                "the script is for {wanted}, the node is {}",
                target.platform
            ))
            .hint("choose another script, or another node with --node")),
            _ => Ok(target),
        }
    }

    fn default_of(platform: Option<Platform>, wanted: Option<Platform>) -> Self {
        for platform in [Platform::Macos, Platform::Linux] {
            let folder = Path::new(platform.installation());
            if exec::conf_path(folder).is_file() {
                return Self {
                    folder: Some(folder.to_owned()),
                    platform,
                    source: facts::NodeSource::Installation,
                    snapshot: None,
                    remark: None,
                };
            }
        }
        Self::blank(
            platform.or(wanted),
            Some("no installation was found on this machine"),
        )
    }

    fn blank(platform: Option<Platform>, why: Option<&str>) -> Self {
        let platform = platform.unwrap_or(if cfg!(target_os = "macos") {
            Platform::Macos
        } else {
            Platform::Linux
        });
        let name = product_name(platform);
        let why = why.map(|why| format!(", since {why}")).unwrap_or_default();
        Self {
            folder: None,
            platform,
            source: facts::NodeSource::Blank,
            snapshot: None,
            remark: Some(format!("a blank {name} node{why}")),
        }
    }

    fn snapshot(file: &Path, platform: Option<Platform>) -> Result<Self> {
        let text = InputKind::SNAPSHOT.read_text(file)?;
        let snapshot = Snapshot::load(&text)
            .map_err(|fault| fault.hint(format!("the file is {}", file.display())))?;
        let node = snapshot.node();
        if platform.is_some_and(|platform| platform != node.platform) {
            return Err(Fault::usage(format!(
                "{} is a snapshot of a {} node",
                file.display(),
                product_name(node.platform)
            )));
        }
        Ok(Self {
            folder: None,
            platform: node.platform,
            source: facts::NodeSource::Snapshot,
            remark: Some(format!(
                "a snapshot of {} ({})",
                node.name.escape_debug(),
                product_name(node.platform)
            )),
            snapshot: Some(Box::new(snapshot)),
        })
    }

    fn folder(folder: &Path, platform: Option<Platform>) -> Result<Self> {
        if !folder.is_dir() {
            if is_remote(folder) {
                return Err(remote_node(folder));
            }
            return Err(Fault::usage(format!("{} does not exist", folder.display()))
                .hint("--node takes a folder with bin/ and etc/aspera.conf, a snapshot, blank:macos or blank:linux")
                .hint(format!("`ascript lab {}` creates an emulated node there", folder.display())));
        }
        let known = [Platform::Macos, Platform::Linux]
            .into_iter()
            .find(|platform| installed::is_same_node(folder, Path::new(platform.installation())));
        let platform = platform
            .or(known)
            .or_else(|| installed::platform_of(folder))
            .ok_or_else(|| {
                Fault::usage(format!(
                    "cannot tell whether {} is a macOS or a Linux node",
                    folder.display()
                ))
                .hint("add --platform macos or --platform linux")
            })?;
        // A node has one name, whatever path leads to it.
        let (folder, source) = match known {
            Some(known) => (
                PathBuf::from(known.installation()),
                facts::NodeSource::Installation,
            ),
            None => (
                fs_err::canonicalize(folder).map_err(Fault::from_io)?,
                facts::NodeSource::Folder,
            ),
        };
        Ok(Self {
            folder: Some(folder),
            platform,
            source,
            snapshot: None,
            remark: None,
        })
    }

    /// Creates the spawner of this node's tools.
    pub(super) fn spawner(
        &self,
        args: &NodeArgs,
        vault: &Rc<RefCell<Vault>>,
        stop: &StopFlag,
    ) -> Option<Rc<RefCell<Spawner>>> {
        let folder = self.folder.as_deref()?;
        let mut limits = Limits::default();
        if let Some(timeout) = args.timeout {
            limits.usual = timeout;
        }
        let mut spawner = Spawner::new(
            Programs::new(folder),
            Rc::clone(vault),
            limits,
            stop.clone(),
        );
        let site = NodeApiSite {
            place: self.api_place(args, folder),
            state: self.state_folder(folder),
            authorities: args.node_ca.clone(),
            pin: args.node_pin.clone(),
        };
        let client = NodeApiClient::new(site, Rc::clone(vault), limits.usual, stop.clone());
        spawner.set_node_api(client);
        Some(Rc::new(RefCell::new(spawner)))
    }

    fn api_place(&self, args: &NodeArgs, folder: &Path) -> ApiPlace {
        match (&args.node_api, self.source) {
            (Some(address), _) => ApiPlace::Given(address.clone()),
            (None, facts::NodeSource::Installation) => ApiPlace::Installation(folder.to_owned()),
            (None, _) => ApiPlace::Folder(folder.to_owned()),
        }
    }

    /// Creates the source of this node's state.
    pub(super) fn source(
        &self,
        spawner: Option<&Rc<RefCell<Spawner>>>,
    ) -> Result<Box<dyn StateSource>> {
        if let Some(snapshot) = &self.snapshot {
            return Ok(snapshot.clone());
        }
        let (Some(folder), Some(spawner)) = (&self.folder, spawner) else {
            return Ok(Box::new(BlankNode::new(self.platform)));
        };
        let node = installed::describe(folder, self.platform, self.source)?;
        let state_folder = self.state_folder(folder);
        Ok(Box::new(InstalledNode::new(
            node,
            folder,
            &state_folder,
            Rc::clone(spawner),
        )))
    }

    /// The folder for receipts and the lock file.
    pub(super) fn state_folder(&self, folder: &Path) -> PathBuf {
        let installed = match (self.source, self.platform) {
            (facts::NodeSource::Installation, Platform::Macos) => {
                Some(Path::new("/Library/Application Support/ascript"))
            }
            (facts::NodeSource::Installation, Platform::Linux) => {
                Some(Path::new("/var/lib/ascript"))
            }
            _ => None,
        };
        installed::state_folder(folder, installed)
    }

    /// The receipts of this node's live runs.
    pub(super) fn runs(&self) -> Option<Runs> {
        self.folder
            .as_ref()
            .map(|folder| Runs::new(&self.state_folder(folder)))
    }

    /// Where aspera.conf is and what a live run there requires, for previews.
    pub(super) fn site(&self) -> String {
        let conf = self.folder.as_deref().map(exec::conf_path);
        match (self.source, conf) {
            (facts::NodeSource::Folder, Some(conf)) => format!("aspera.conf: {}", conf.display()),
            (facts::NodeSource::Snapshot, _) => RIGHTS.to_owned(),
            _ => {
                let conf = exec::conf_path(Path::new(self.platform.installation()));
                format!("aspera.conf: {} · {RIGHTS}", conf.display())
            }
        }
    }

    /// What this is if it is no real node, for messages.
    pub(super) fn substitute(&self) -> &'static str {
        match self.source {
            facts::NodeSource::Snapshot => "a snapshot",
            facts::NodeSource::Installation
            | facts::NodeSource::Folder
            | facts::NodeSource::Blank => "a blank node",
        }
    }

    /// A short name for prompts, as the user wrote it if possible.
    pub(super) fn label(&self) -> String {
        let folder = self.folder.as_ref().and_then(|folder| folder.file_name());
        match (self.source, folder) {
            (facts::NodeSource::Blank, _) => format!("blank:{}", self.platform.name()),
            (facts::NodeSource::Folder, Some(name)) => name.to_string_lossy().into_owned(),
            (facts::NodeSource::Snapshot, _) => {
                let snapshot = self.snapshot.as_ref().map(|snapshot| &snapshot.node().name);
                snapshot.cloned().unwrap_or_default()
            }
            _ => "this node".to_owned(),
        }
    }

    /// The folder of the node, or the reason why it cannot be changed.
    pub(super) fn changeable(&self) -> Result<&Path> {
        let Some(folder) = &self.folder else {
            let message = format!("{} cannot be changed", self.substitute());
            return Err(Fault::usage(message).hint(
                "pass an installation or a lab with --node; `ascript lab DIR` creates a lab",
            ));
        };
        let is_installation = matches!(self.source, facts::NodeSource::Installation);
        if is_installation && !rustix::process::geteuid().is_root() {
            return Err(Fault::refused("changing an installed node requires root").hint(SUDO_HINT));
        }
        check_writable(&folder.join("etc"))?;
        Ok(folder)
    }
}

/// Refuses a folder that this user cannot write to, before a tool fails on it.
fn check_writable(folder: &Path) -> Result<()> {
    match rustix::fs::access(folder, Access::WRITE_OK) {
        Err(Errno::ACCESS | Errno::PERM) => {
            let message = format!("this user cannot change {}", folder.display());
            Err(Fault::refused(message).hint(SUDO_HINT))
        }
        _ => Ok(()),
    }
}

/// Whether somebody means another machine: a URL, `host:/path` or `user@host`.
fn is_remote(folder: &Path) -> bool {
    let text = folder.to_string_lossy();
    text.contains("://") || text.contains(":/") || text.contains('@')
}

fn remote_node(folder: &Path) -> Fault {
    let message = format!(
        "--node takes a node on this machine, not {}",
        folder.display()
    );
    Fault::usage(message)
        .hint("run ascript on that machine, for instance `ssh HOST ascript run SCRIPT`")
        .hint("to preview here, take a snapshot there (`ssh HOST ascript snapshot > node.json`) and pass --node node.json")
}

fn product_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Macos => "macOS",
        Platform::Linux => "Linux",
    }
}
