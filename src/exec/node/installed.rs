//! A node whose tools run here: the product as installed, or a folder that
//! holds one. It spawns readings and nothing else.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::conf::Document;
use crate::facts::{self, Node};
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{ApiUser, Platform, RootUser, Service, State, Subject};
use crate::step::Command;
use crate::tools::{self, Output};

use super::loaded_conf::Record;
use super::source::StateSource;
use super::storage;
use crate::exec::Spawner;

/// A node in a folder of this machine.
pub struct Installed {
    node: Node,
    folder: PathBuf,
    state: PathBuf,
    spawner: Rc<RefCell<Spawner>>,
    processes: BTreeMap<Rc<str>, Option<u32>>,
}

impl Installed {
    /// The node in `folder`, whose tools `spawner` starts, with what this
    /// program keeps about it in `state`.
    pub fn new(node: Node, folder: &Path, state: &Path, spawner: Rc<RefCell<Spawner>>) -> Self {
        Self {
            node,
            folder: folder.to_owned(),
            state: state.to_owned(),
            spawner,
            processes: BTreeMap::new(),
        }
    }

    /// Where its configuration is.
    pub fn conf_path(folder: &Path) -> PathBuf {
        folder.join("etc/aspera.conf")
    }

    fn ask<T>(
        &self,
        reading: impl FnOnce(&mut dyn FnMut(&Command) -> Result<Output>) -> Result<T>,
    ) -> Result<T> {
        let platform = self.node.platform;
        reading(&mut |command| {
            if !tools::is_reading(command) {
                let message = format!("`{}` is not a reading", command.shell());
                return Err(Fault::new(FaultKind::Internal, message));
            }
            let system = tools::system_path(platform, &command.program);
            self.spawner.borrow_mut().run(command, system)
        })
    }
}

impl StateSource for Installed {
    fn node(&self) -> &Node {
        &self.node
    }

    fn conf(&mut self) -> Result<Document> {
        let path = Self::conf_path(&self.folder);
        let bytes = storage::read(&path)?.ok_or_else(|| {
            Fault::new(FaultKind::Unknown, format!("there is no {}", path.display()))
                .hint("is the product installed there? `--node` names another folder, `ascript lab DIR` makes one to try things on")
        })?;
        Ok(Document::parse(bytes)?)
    }

    fn read(&mut self, subject: &Subject) -> Result<State> {
        let platform = self.node.platform;
        Ok(match subject {
            Subject::License => State::License(self.ask(|run| tools::license(run))?.into()),
            Subject::Account(name) => match self.ask(|run| tools::account(platform, name, run))? {
                Some(mut account) => {
                    account.unfinished = storage::unfinished_path(&self.state, name).exists();
                    State::Account(account.into())
                }
                None => State::Absent,
            },
            Subject::RootUser => {
                let enabled =
                    platform == Platform::Linux || self.ask(|run| tools::root_user(run))?;
                let root = RootUser {
                    enabled,
                    ..RootUser::default()
                };
                State::RootUser(root.into())
            }
            Subject::Dir(path) => self
                .ask(|run| tools::dir(platform, path, run))?
                .map_or(State::Absent, |dir| State::Dir(dir.into())),
            Subject::Service(name) => {
                let managed = self.ask(|run| tools::service(platform, name, run))?;
                let process = managed.and_then(|managed| managed.process);
                self.processes.insert(Rc::clone(name), process);
                managed.map_or(State::Absent, |managed| {
                    State::Service(Service {
                        running: managed.running,
                        current: true,
                    })
                })
            }
            Subject::Setting(..)
            | Subject::Entry(_)
            | Subject::Settings(_)
            | Subject::Users
            | Subject::ApiUser(_)
            | Subject::ApiUsers => State::Absent,
        })
    }

    fn api_users(&mut self) -> Result<BTreeMap<String, ApiUser>> {
        self.ask(|run| tools::api_users(run))
    }

    fn process(&self, service: &str) -> Option<u32> {
        self.processes.get(service).copied().flatten()
    }

    fn record(&mut self, service: &str) -> Result<Option<Record>> {
        let text = storage::read(&storage::record_path(&self.state, service))?;
        Ok(text.map(|text| Record::parse(&String::from_utf8_lossy(&text))))
    }
}

/// Where the product's platform shows: a folder with `launchctl` is macOS.
pub fn platform_of(folder: &Path) -> Option<Platform> {
    let has = |program: &str| folder.join("bin").join(program).exists();
    match (has("launchctl"), has("systemctl")) {
        (true, _) => Some(Platform::Macos),
        (false, true) => Some(Platform::Linux),
        (false, false) => None,
    }
}

/// A folder's or this machine's own name.
pub fn node_name(folder: &Path) -> Result<String> {
    let named = storage::read(&folder.join("etc/hostname"))?;
    let name = named.map_or_else(
        || {
            rustix::system::uname()
                .nodename()
                .to_string_lossy()
                .into_owned()
        },
        |bytes| String::from_utf8_lossy(&bytes).into_owned(),
    );
    Ok(name.trim().to_owned())
}

/// The node in a folder, as its reports will call it.
pub fn describe(folder: &Path, platform: Platform, source: facts::NodeSource) -> Result<Node> {
    Ok(Node {
        name: node_name(folder)?,
        platform,
        source,
    })
}
