//! Steps that only ask the node, to verify what earlier steps set up.

use super::Live;
use crate::fault::Result;
use crate::step::{API_NOT_VERIFIED, Act, Advisory, Command, Level, Step};
use crate::tools;

impl Live {
    /// Asks what a step wants to know, and compares the answers.
    pub(super) fn check_node(&mut self, step: &Step) -> Result<()> {
        let Some(act) = step.act.as_deref().filter(|act| act.is_check()) else {
            return Ok(());
        };
        for command in &step.commands {
            let asks_node_api = act.asks_node_api();
            if asks_node_api && let Some(reason) = self.unanswerable(command)? {
                let text = format!("not verified: {reason}");
                let note = Advisory::new(Level::Note, API_NOT_VERIFIED, text);
                self.world.note(note);
                return Ok(());
            }
            let output = self.spawn(command, &step.changes)?;
            if let Act::CheckNodeApi(check) = act {
                let info = tools::verify_info(check, &output)?;
                let text = format!("the Node API answered: {}", info.summary());
                self.world
                    .note(Advisory::new(Level::Note, "api-answered", text));
            }
        }
        Ok(())
    }

    /// Why a request cannot be sent: a password that a run need not have, or a folder
    /// that says nothing of an address.
    fn unanswerable(&self, command: &Command) -> Result<Option<String>> {
        if !self.spawner.borrow().has_node_api()? {
            return Ok(Some(
                "the address of this node's Node API is not known; name it with `--node-api URL`"
                    .to_owned(),
            ));
        }
        if self.spawner.borrow().has_secrets(command) {
            return Ok(None);
        }
        let names: Vec<_> = command.secrets().map(ToString::to_string).collect();
        let names = names.join(", ");
        Ok(Some(format!(
            "{names} is not set here, and the Node API asks for it"
        )))
    }
}
