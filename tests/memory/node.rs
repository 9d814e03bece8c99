//! The facts of a node, as a case writes them down.

use std::collections::BTreeMap;
use std::rc::Rc;

use ascript::conf::Document;
use ascript::exec::{BlankNode, LoadedConf, StateSource};
use ascript::facts::{Node, NodeSource};
use ascript::fault::Result;
use ascript::state::{
    Account, ApiUser, Dir, License, Platform, RootUser, Secret, Service, ServiceLoad,
    ServiceManager, State, Subject,
};
use serde::Deserialize;

/// What is true of the node before the script runs.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Given {
    pub(crate) platform: Platform,
    /// What starts services, if not what the platform usually has.
    manager: Option<ServiceManager>,
    /// The text of aspera.conf.
    conf: String,
    /// Node API users, and the accounts they map to.
    api_users: BTreeMap<String, User>,
    accounts: BTreeMap<String, Person>,
    /// Folders, as `owner mode`.
    dirs: BTreeMap<String, String>,
    /// Services, and whether they run.
    services: BTreeMap<String, bool>,
    /// Services that systemd refuses to start.
    masked: Vec<String>,
    /// Services whose restart was cut off.
    pending: Vec<String>,
    is_root_enabled: bool,
    /// Who called sudo; `None` in a root shell.
    invoking_user: Option<String>,
    license: Licence,
    /// The states of other subjects, by their paths and as plans write them.
    states: BTreeMap<String, serde_json::Value>,
    /// The product's own blank node instead.
    #[serde(skip)]
    is_blank: bool,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct User {
    transfer_user: String,
    acls: Vec<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Person {
    admin: bool,
    full_name: String,
    home: String,
    shell: String,
}

#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Licence {
    product: String,
    connect_server: bool,
    expires: Option<String>,
    settings: Vec<String>,
    problem: Option<String>,
}

impl Default for Licence {
    fn default() -> Self {
        Self {
            product: "IBM Aspera High-Speed Transfer Server".to_owned(),
            connect_server: true,
            expires: None,
            settings: ["node", "sync2"].map(str::to_owned).to_vec(),
            problem: None,
        }
    }
}

impl Default for Given {
    fn default() -> Self {
        let services = ["asperacentral", "asperahttpd", "asperanoded"];
        Self {
            platform: Platform::Linux,
            manager: None,
            conf: "<CONF version=\"2\">\n</CONF>\n".to_owned(),
            api_users: BTreeMap::new(),
            accounts: BTreeMap::new(),
            dirs: BTreeMap::new(),
            services: services.map(|name| (name.to_owned(), true)).into(),
            pending: Vec::new(),
            masked: Vec::new(),
            is_root_enabled: false,
            invoking_user: None,
            license: Licence::default(),
            states: BTreeMap::new(),
            is_blank: false,
        }
    }
}

impl Given {
    /// The product's blank node of that platform.
    pub(crate) fn blank(platform: Platform) -> Self {
        Self {
            platform,
            is_blank: true,
            ..Self::default()
        }
    }

    /// The node, for a session.
    pub(super) fn source(self) -> Box<dyn StateSource> {
        if self.is_blank {
            return Box::new(BlankNode::new(self.platform));
        }
        let node = Node {
            name: "node1".to_owned(),
            platform: self.platform,
            source: NodeSource::Folder,
            services: self.manager,
        };
        Box::new(Memory { node, given: self })
    }
}

struct Memory {
    node: Node,
    given: Given,
}

impl Memory {
    fn license(&self) -> License {
        let license = self.given.license.clone();
        License {
            product: license.product,
            version: "4.4.4".to_owned(),
            connect_server: license.connect_server,
            max_rate: "10000 Mbps".to_owned(),
            expires: license.expires,
            settings: license.settings,
            problem: license.problem,
        }
    }

    fn account(&self, name: &str) -> Option<Account> {
        let person = self.given.accounts.get(name)?.clone();
        Some(Account {
            admin: person.admin,
            full_name: person.full_name,
            home: person.home,
            shell: person.shell,
            unfinished: false,
        })
    }

    fn dir(&self, path: &str) -> Option<Dir> {
        let (owner, mode) = self.given.dirs.get(path)?.split_once(' ').unwrap();
        Some(Dir {
            owner: owner.to_owned(),
            group: None,
            mode: mode.to_owned(),
        })
    }

    fn service(&self, name: &str) -> Option<Service> {
        let running = *self.given.services.get(name)?;
        Some(Service {
            running,
            current: true,
            load: if self.given.masked.iter().any(|masked| masked == name) {
                ServiceLoad::Masked
            } else {
                ServiceLoad::Loaded
            },
            reloadable: false,
        })
    }
}

impl StateSource for Memory {
    fn node(&self) -> &Node {
        &self.node
    }

    fn conf(&mut self) -> Result<Document> {
        Ok(Document::parse(self.given.conf.clone().into_bytes()).expect("a case's own file"))
    }

    fn read(&mut self, subject: &Subject) -> Result<State> {
        let enabled = self.given.is_root_enabled;
        let path = subject.to_string();
        let (kind, name) = path.split_once('/').unwrap_or((&path, ""));
        if let Some(json) = self.given.states.get(&path) {
            return Ok(State::read(subject, json.clone()).expect("a case's own state"));
        }
        let state = match kind {
            "license" => Some(State::License(self.license().into())),
            "account" if !name.contains('/') => {
                self.account(name).map(|is| State::Account(is.into()))
            }
            "dir" => self.dir(name).map(|is| State::Dir(is.into())),
            "service" => self.service(name).map(State::Service),
            "root_user" => Some(State::RootUser(RootUser { enabled }.into())),
            _ => None,
        };
        Ok(state.unwrap_or(State::Absent))
    }

    fn has_secret(&mut self, id: &Rc<str>, secret: &Secret) -> Result<Option<bool>> {
        let path = format!("access_key/{id}/secret");
        let known = self.given.states.get(&path);
        Ok(known.map(|known| *known == serde_json::json!({ "secret": secret.to_string() })))
    }

    fn api_users(&mut self) -> Result<BTreeMap<String, ApiUser>> {
        let users = self.given.api_users.iter();
        let user = |user: &User| ApiUser {
            transfer_user: user.transfer_user.clone(),
            acls: user.acls.clone(),
        };
        Ok(users
            .map(|(name, found)| (name.clone(), user(found)))
            .collect())
    }

    fn invoking_user(&self) -> Option<String> {
        self.given.invoking_user.clone()
    }

    fn loaded_conf(&mut self, service: &str) -> Result<Option<LoadedConf>> {
        let is_pending = self.given.pending.iter().any(|name| name == service);
        Ok(is_pending.then_some(LoadedConf::Pending))
    }
}
