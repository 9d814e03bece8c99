//! A freshly installed node that does not exist, for previews without a node.

use std::collections::BTreeMap;

use crate::conf::Document;
use crate::facts::{self, Node};
use crate::fault::Result;
use crate::state::{ApiUser, Group, License, Platform, Service, State, Subject};
use crate::tools;

use super::loaded_conf::LoadedConf;
use super::source::StateSource;

/// Invented keys: the base64 of `ssh-rsa` and a sentence.
const TOKEN_KEY: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAAZdG9rZW4ga2V5IG9mIGEgYmxhbmsgbm9kZQ==";
const HOST_KEY: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAAYaG9zdCBrZXkgb2YgYSBibGFuayBub2Rl";

/// A node as the installer leaves it: a server license, running services,
/// nothing configured.
pub struct BlankNode {
    node: Node,
}

impl BlankNode {
    /// A blank node of that platform.
    pub fn new(platform: Platform) -> Self {
        Self {
            node: Node {
                name: "blank".to_owned(),
                platform,
                source: facts::NodeSource::Blank,
                services: None,
            },
        }
    }
}

/// Groups that macOS has itself, and their numbers. Remote Login admits the second.
const MACOS_GROUPS: [(&str, u32); 2] = [("staff", 20), ("com.apple.access_ssh", 399)];

impl BlankNode {
    /// The number of a group that each system of this platform has.
    fn system_group(&self, subject: &Subject) -> Option<u32> {
        let Subject::Group(name) = subject else {
            return None;
        };
        let groups = MACOS_GROUPS.iter();
        let mut groups = groups.filter(|_| self.node.platform == Platform::Macos);
        groups
            .find(|(group, _)| *group == &**name)
            .map(|(_, gid)| *gid)
    }
}

impl StateSource for BlankNode {
    fn node(&self) -> &Node {
        &self.node
    }

    fn conf(&mut self) -> Result<Document> {
        Ok(Document::blank())
    }

    fn read(&mut self, subject: &Subject) -> Result<State> {
        let services = tools::service_names(self.node.platform);
        let is_service = |name: &str| services.contains(&name);
        Ok(if *subject == Subject::License {
            State::License(License::fresh().into())
        } else if *subject == Subject::RootUser {
            State::RootUser(Box::default())
        } else if *subject == Subject::AdminGroup && self.node.platform == Platform::Linux {
            // That of Red Hat, for which the product is most often installed.
            State::Text("wheel".into())
        } else if *subject == Subject::TokenKey {
            State::Text(TOKEN_KEY.into())
        } else if *subject == Subject::HostKey {
            State::Text(HOST_KEY.into())
        } else if let Some(gid) = self.system_group(subject) {
            State::Group(Group { gid: Some(gid) })
        } else if subject.service().is_some_and(is_service) {
            State::Service(Service::fresh())
        } else if matches!(subject, Subject::EnabledService(name) if is_service(name)) {
            State::Present
        } else {
            State::Absent
        })
    }

    fn api_users(&mut self) -> Result<BTreeMap<String, ApiUser>> {
        Ok(BTreeMap::new())
    }

    /// An invented name, so that a preview is the same for everyone.
    fn invoking_user(&self) -> Option<String> {
        Some("admin".to_owned())
    }

    fn loaded_conf(&mut self, _: &str) -> Result<Option<LoadedConf>> {
        Ok(None)
    }
}
