//! Requests to the Node API, which are commands without a program.

use super::Spawner;
use crate::exec::NodeApiClient;
use crate::fault::{Fault, FaultKind};
use crate::step::Command;
use crate::tools::Output;

impl Spawner {
    /// Sends the request of a command.
    pub(super) fn ask_node_api(&mut self, command: &Command) -> Result<Output, Fault> {
        match &mut self.node_api {
            Some(client) => client.ask(command),
            None => Err(Fault::new(
                FaultKind::Internal,
                "this node has no client for its Node API",
            )),
        }
    }

    /// Sends requests to the Node API with that client from now on.
    pub fn set_node_api(&mut self, client: NodeApiClient) {
        self.node_api = Some(client);
    }

    /// The client for the Node API, if there is one.
    pub fn node_api(&mut self) -> Option<&mut NodeApiClient> {
        self.node_api.as_mut()
    }

    /// Whether the Node API of the node has a known address.
    pub fn has_node_api(&self) -> Result<bool, Fault> {
        match &self.node_api {
            Some(client) => Ok(client.address()?.is_some()),
            None => Ok(false),
        }
    }

    /// Refuses where the address of the node's Node API is not known.
    pub fn check_node_api(&self) -> Result<(), Fault> {
        self.node_api
            .as_ref()
            .map_or(Ok(()), NodeApiClient::check_address)
    }

    /// Whether all secrets of a command can be resolved, or asked for.
    pub fn has_secrets(&self, command: &Command) -> bool {
        let mut vault = self.vault.borrow_mut();
        let mut secrets = command.secrets();
        secrets
            .all(|secret| !secret.source().is_silent() || vault.resolve_silently(secret).is_some())
    }
}
