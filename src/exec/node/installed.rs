//! A node whose tools run on this machine: the installed product, or a folder
//! with one. It spawns only commands that read.

mod access_keys;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::conf::Document;
use crate::facts::{self, Node};
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{ApiUser, Platform, PublicKey, Scalar, Secret, State, Subject, ValueType};
use crate::state::{LineState, find_line};
use crate::step::{Command, NodeApiLogin};
use crate::tools::{self, Output, ServiceStatus};

use super::loaded_conf::LoadedConf;
use super::manager;
use super::source::StateSource;
use super::storage;
use crate::exec::invoking_user::invoking_user;
use crate::exec::{MachineFile, Spawner, StopFlag};

/// The public key of an installation for transfers with a token, by its name and that in old
/// versions.
const TOKEN_KEYS: [&str; 2] = ["var/aspera_tokenauth_id_rsa.pub", "var/aspera_id_dsa.pub"];

/// The public key that sshd shows to clients.
const HOST_KEY: &str = "etc/ssh/ssh_host_rsa_key.pub";

/// A node in a folder of this machine.
pub struct InstalledNode {
    node: Node,
    folder: PathBuf,
    state: PathBuf,
    spawner: Rc<RefCell<Spawner>>,
    services: BTreeMap<Rc<str>, Option<ServiceStatus>>,
    /// The Node API users who read access keys, by the IDs of these.
    logins: BTreeMap<Rc<str>, NodeApiLogin>,
}

impl InstalledNode {
    /// The node in `folder`. `spawner` runs its tools, and `state` is the folder
    /// of the files that this program keeps about it.
    pub fn new(node: Node, folder: &Path, state: &Path, spawner: Rc<RefCell<Spawner>>) -> Self {
        spawner.borrow().hide_secrets_of(storage::conf_path(folder));
        Self {
            node,
            folder: folder.to_owned(),
            state: state.to_owned(),
            spawner,
            services: BTreeMap::new(),
            logins: BTreeMap::new(),
        }
    }

    /// The bytes of aspera.conf.
    pub fn read_conf(folder: &Path) -> Result<Vec<u8>> {
        let path = storage::conf_path(folder);
        storage::read(&path)?.ok_or_else(|| {
            Fault::new(FaultKind::Unknown, format!("there is no {}", path.display()))
                .hint("is the product installed there? `--node` names another folder, `ascript lab DIR` makes one to try things on")
        })
    }

    fn run<T>(
        &self,
        reading: impl FnOnce(&mut dyn FnMut(&Command) -> Result<Output>) -> Result<T>,
    ) -> Result<T> {
        let platform = self.node.platform;
        let read = reading(&mut |command| {
            if !tools::is_reading(command) {
                let message = format!("`{}` is not a command that only reads", command.shell());
                return Err(Fault::new(FaultKind::Internal, message));
            }
            let system = |program: &str| tools::system_path(platform, program);
            self.spawner.borrow_mut().run(command, &system)
        });
        read.map_err(|fault| self.spawner.borrow().shown_fault(fault))
    }
}

impl InstalledNode {
    fn stop(&self) -> StopFlag {
        self.spawner.borrow().stop().clone()
    }

    /// Whether the process of a service started after the last change of aspera.conf, so that
    /// it has loaded that: a person may have restarted it since the last run. The time of the
    /// change of the inode cannot be set back.
    fn started_since_change(&mut self, service: &str) -> Result<bool> {
        if self.node.services.is_none() {
            return Ok(false);
        }
        if !self.services.contains_key(service) {
            self.read(&Subject::Service(service.into()))?;
        }
        let status = self.service_status(service);
        let started = status.and_then(|status| status.unix_start);
        let changed = storage::changed_at(&storage::conf_path(&self.folder));
        Ok(started
            .zip(changed)
            .is_some_and(|(started, changed)| started > changed))
    }

    /// The file with the public key that a subject is.
    fn public_key_file(&self, subject: &Subject) -> Option<PathBuf> {
        if *subject == Subject::TokenKey {
            let named = TOKEN_KEYS.map(|name| self.folder.join(name));
            let found = named.iter().find(|path| path.exists());
            return Some(found.unwrap_or(&named[0]).clone());
        }
        if *subject != Subject::HostKey {
            return None;
        }
        let is_lab = self.spawner.borrow().programs().are_emulated();
        Some(if is_lab {
            self.folder.join(HOST_KEY)
        } else {
            Path::new("/").join(HOST_KEY)
        })
    }
}

impl InstalledNode {
    fn users(&self) -> Result<BTreeMap<String, ApiUser>> {
        self.run(|run| tools::api_users(run))
    }
}

impl InstalledNode {
    fn place(&self, path: &str) -> PathBuf {
        let spawner = self.spawner.borrow();
        spawner.programs().place(self.node.platform, path)
    }

    /// The last line of a file that starts so.
    fn line(&mut self, path: &str, start: &str) -> Result<State> {
        let State::File(file) = self.file(path)? else {
            return Ok(State::Absent);
        };
        let bytes = self.content(path)?.unwrap_or_default();
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| Fault::refused(format!("{path} is not UTF-8 text, which has lines")))?;
        let place = find_line(text, start);
        Ok(place.map_or(State::Absent, |place| {
            let line = LineState::of(&text[place], file.is_readable_by_all());
            State::Line(line.into())
        }))
    }

    /// A file with its content.
    fn file(&mut self, path: &str) -> Result<State> {
        let platform = self.node.platform;
        let is_lab = self.spawner.borrow().programs().are_emulated();
        let place = self.place(path);
        // The tools of a lab know their files by the paths of the node.
        let named = if is_lab {
            path
        } else {
            place.to_str().unwrap_or(path)
        };
        let Some(file) = self.run(|run| tools::file(platform, named, run))? else {
            return Ok(State::Absent);
        };
        let content = self.content(path)?;
        Ok(content.map_or(State::Absent, |bytes| {
            State::File(file.with_bytes(&bytes).into())
        }))
    }
}

/// The public key in a file, without its comment.
fn public_key(path: &Path) -> Result<State> {
    let Some(bytes) = storage::read(path)? else {
        return Ok(State::Absent);
    };
    let text = String::from_utf8_lossy(&bytes);
    let key = text.lines().find_map(PublicKey::parse).ok_or_else(|| {
        let message = format!("{} is not a public key", path.display());
        Fault::new(FaultKind::Unknown, message)
    })?;
    Ok(State::Text(key.key.into()))
}

impl StateSource for InstalledNode {
    fn node(&self) -> &Node {
        &self.node
    }

    fn conf(&mut self) -> Result<Document> {
        self.stop()
            .while_reading(|| Ok(Document::parse(Self::read_conf(&self.folder)?)?))
    }

    fn conf_unlike(&mut self, known: &Document) -> Result<Option<Document>> {
        // To compare bytes is much faster than to parse them.
        let bytes = Self::read_conf(&self.folder)?;
        if known.has_bytes(&bytes) {
            return Ok(None);
        }
        self.stop()
            .while_reading(|| Ok(Some(Document::parse(bytes)?)))
    }

    fn read(&mut self, subject: &Subject) -> Result<State> {
        if let Some(file) = self.public_key_file(subject) {
            return public_key(&file);
        }
        if let Some(id) = subject.access_key() {
            return self.access_key(id, subject);
        }
        if let Subject::File(path) = subject {
            return self.file(path);
        }
        if let Subject::FileLine(path, start) = subject {
            return self.line(path, start);
        }
        if let Subject::Service(name) = subject {
            let system = self.node.system();
            let status = self.run(|run| tools::service(system, name, run))?;
            self.services.insert(Rc::clone(name), status);
            return Ok(status.map_or(State::Absent, State::from));
        }
        if let Subject::SyncSession(..) = subject
            && !self.spawner.borrow().programs().has(tools::ASYNCADMIN)
        {
            return Ok(State::Absent);
        }
        let mut state = self.run(|run| tools::read(self.node.system(), subject, run))?;
        if let (Subject::Account(name), State::Account(account)) = (subject, &mut state) {
            account.unfinished = storage::is_unfinished(&self.state, name)?;
        }
        Ok(state)
    }

    fn named_node_api(&self) -> Option<String> {
        let mut spawner = self.spawner.borrow_mut();
        spawner.node_api()?.named_address()
    }

    fn log_in(&mut self, id: &Rc<str>, login: &NodeApiLogin) {
        self.logins.insert(Rc::clone(id), login.clone());
    }

    fn has_secret(&mut self, id: &Rc<str>, secret: &Secret) -> Result<Option<bool>> {
        self.has_key_secret(id, secret)
    }

    fn content(&mut self, path: &str) -> Result<Option<Vec<u8>>> {
        let place = self.place(path);
        let programs = self.spawner.borrow().programs().clone();
        programs.refuse_outside_of_lab(&place)?;
        match MachineFile::open(&place)? {
            Some(mut file) => file.read(),
            None => Ok(None),
        }
    }

    fn api_users(&mut self) -> Result<BTreeMap<String, ApiUser>> {
        self.users()
    }

    fn service_status(&self, service: &str) -> Option<ServiceStatus> {
        self.services.get(service).copied().flatten()
    }

    fn invoking_user(&self) -> Option<String> {
        invoking_user()
    }

    fn loaded_conf(&mut self, service: &str) -> Result<Option<LoadedConf>> {
        if self.started_since_change(service)? {
            return Ok(None);
        }
        let text = storage::read_loaded_conf(&self.state, service)?;
        Ok(text.map(|text| LoadedConf::parse(&String::from_utf8_lossy(&text))))
    }
}

/// Detects the platform of a folder: one with `launchctl` is macOS, one with another program
/// of the system is Linux.
pub fn platform_of(folder: &Path) -> Option<Platform> {
    let has = |program: &str| folder.join("bin").join(program).exists();
    let is_linux = ["systemctl", "service", "getent"].into_iter().any(&has);
    match (has("launchctl"), is_linux) {
        (true, _) => Some(Platform::Macos),
        (false, true) => Some(Platform::Linux),
        (false, false) => None,
    }
}

/// Whether two folders are the same node, by the device and the inode of its `etc`:
/// a node may be named by a link, or mounted at several places.
pub fn is_same_node(folder: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |folder: &Path| {
        let metadata = std::fs::metadata(folder.join("etc")).ok()?;
        Some((metadata.dev(), metadata.ino()))
    };
    identity(folder).is_some_and(|node| identity(other) == Some(node))
}

/// The state folder of the node in `folder`: `installed` where it is the installation
/// on this machine. Version 0.1 kept the state of an installation below its folder if
/// `--node` named it by a link or a relative path; that one is used on while it has the
/// only receipts.
pub fn state_folder(folder: &Path, installed: Option<&Path>) -> PathBuf {
    let own = folder.join("var/ascript");
    let has_receipts = |state: &Path| state.join("runs").is_dir();
    match installed {
        Some(installed) if has_receipts(installed) || !has_receipts(&own) => installed.to_owned(),
        _ => own,
    }
}

/// The host name in a folder, or else of this machine.
pub fn node_name(folder: &Path) -> Result<String> {
    let hostname = storage::read(&folder.join("etc/hostname"))?;
    let name = hostname.map_or_else(
        || {
            rustix::system::uname()
                .nodename()
                .to_string_lossy()
                .into_owned()
        },
        |bytes| String::from_utf8_lossy(&bytes).into_owned(),
    );
    let name = name.trim();
    ValueType::Line
        .check("the host name of the node", Scalar::Text(name))
        .map_err(|fault| fault.with_kind(FaultKind::Unknown))?;
    Ok(name.to_owned())
}

/// Describes the node in a folder, for reports.
pub fn describe(folder: &Path, platform: Platform, source: facts::NodeSource) -> Result<Node> {
    Ok(Node {
        name: node_name(folder)?,
        platform,
        source,
        services: manager::find(folder, platform),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_its_etc() {
        let dir = tempfile::tempdir().unwrap();
        let [a, b, link] = ["a", "b", "link"].map(|name| dir.path().join(name));
        std::fs::create_dir_all(a.join("etc")).unwrap();
        std::fs::create_dir_all(b.join("etc")).unwrap();
        std::os::unix::fs::symlink("a", &link).unwrap();
        assert!(is_same_node(&a, &link));
        assert!(is_same_node(&b.join("../a"), &a));
        assert!(!is_same_node(&a, &b));
        assert!(!is_same_node(
            &dir.path().join("none"),
            &dir.path().join("none")
        ));
    }

    #[test]
    fn receipts_of_earlier_versions_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let [node, installed] = ["node", "state"].map(|name| dir.path().join(name));
        let own = node.join("var/ascript");
        assert_eq!(state_folder(&node, None), own);
        assert_eq!(state_folder(&node, Some(&installed)), installed);
        std::fs::create_dir_all(own.join("runs")).unwrap();
        assert_eq!(state_folder(&node, Some(&installed)), own);
        std::fs::create_dir_all(installed.join("runs")).unwrap();
        assert_eq!(state_folder(&node, Some(&installed)), installed);
    }
}
