//! Reads access keys by the Node API, as the Node API user of each.

use super::{InstalledNode, StateSource as _};
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{Secret, State, Subject};
use crate::step::NodeApiLogin;
use crate::tools;

/// The status of an answer to a wrong login.
const WRONG_LOGIN: i32 = 401;

impl InstalledNode {
    /// Reads an access key or its secret, as a Node API user. One who does not exist yet
    /// has no keys.
    pub(super) fn access_key(&self, id: &str, subject: &Subject) -> Result<State> {
        let login = self.logins.get(id).ok_or_else(|| {
            let message = format!("which Node API user asks about {subject} is not known");
            Fault::new(FaultKind::Unknown, message)
        })?;
        self.check_address(subject, login)?;
        let mut refusal = None;
        let read = self.run(|run| {
            tools::read(self.node.platform, subject, &mut |request| {
                let request = tools::as_node_api_user(request, login);
                let output = run(&request)?;
                if output.code == Some(WRONG_LOGIN) {
                    refusal = tools::accept(&request, &output).err();
                }
                Ok(output)
            })
        });
        match refusal {
            Some(_) if self.is_new_user(&login.user)? => Ok(State::Absent),
            Some(refusal) => Err(refusal),
            None => read,
        }
    }

    /// Refuses to look for an access key of one node on another one.
    fn check_address(&self, subject: &Subject, login: &NodeApiLogin) -> Result<()> {
        match &login.address {
            Some(address) if self.named_node_api().as_ref() != Some(address) => {
                let message = format!("{subject} is one of the Node API at {address}");
                Err(Fault::usage(message).hint(format!("add --node-api {address}")))
            }
            _ => Ok(()),
        }
    }

    /// Whether the node does not list a Node API user. The list says nothing about the users
    /// of another node.
    fn is_new_user(&self, user: &str) -> Result<bool> {
        let is_own = self.named_node_api().is_none();
        Ok(is_own && !self.users()?.contains_key(user))
    }

    /// Whether an access key has that secret; `None` if that cannot be found out.
    pub(super) fn has_key_secret(&self, id: &str, secret: &Secret) -> Result<Option<bool>> {
        let request = tools::log_in_with_access_key(id, secret)?;
        match self.run(|run| run(&request)) {
            Ok(output) if output.code == Some(WRONG_LOGIN) => Ok(Some(false)),
            Ok(output) => tools::accept(&request, &output).map(|()| Some(true)),
            // A preview asks nobody for a secret.
            Err(fault) if fault.kind() == FaultKind::Secret => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}
