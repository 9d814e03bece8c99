//! Drafts of steps about access keys, which a Node API user reads and changes.

use std::rc::Rc;

use super::{Draft, Facts};
use crate::fault::Result;
use crate::state::{State, Subject, WantedState};
use crate::step::{Act, Change, NodeApiLogin, Step};

impl Facts<'_> {
    /// The address of the Node API that the user named, which may be another node's.
    pub fn named_node_api(&self) -> Option<String> {
        self.reader.named_node_api()
    }

    /// Reads an access key as that Node API user.
    pub fn access_key(&mut self, id: &Rc<str>, login: &NodeApiLogin) -> Result<State> {
        self.reader.log_in(id, login);
        self.read(&Subject::AccessKey(Rc::clone(id)))
    }

    /// Drafts a step that changes an access key as that Node API user.
    pub fn change_access_key(
        &mut self,
        login: NodeApiLogin,
        wanted: Vec<(Subject, WantedState)>,
    ) -> Result<Draft> {
        let draft = self.changes(wanted)?;
        self.with_act(draft, Act::LogIn(login))
    }

    /// Drafts a step that creates an access key. The node has none with that ID, as far
    /// as could be read.
    pub fn create_access_key(
        &self,
        login: NodeApiLogin,
        wanted: Vec<(Subject, WantedState)>,
    ) -> Result<Draft> {
        let wanted = wanted.into_iter();
        let changes = wanted.map(|(subject, after)| Change {
            subject,
            before: State::Absent,
            after,
        });
        let draft = Draft {
            changes: changes.collect(),
            ..Draft::default()
        };
        self.with_act(draft, Act::LogIn(login))
    }

    /// Drafts a step with the login of another one, if that has one.
    pub fn change_as(&mut self, step: &Step, wanted: Vec<(Subject, WantedState)>) -> Result<Draft> {
        match step.act.as_deref() {
            Some(Act::LogIn(login)) => self.change_access_key(login.clone(), wanted),
            _ => self.change(wanted),
        }
    }

    /// Reads access keys from now on as the Node API user of that step, if it has one.
    pub fn log_in_as(&mut self, step: &Step) {
        self.reader.log_in_as(step);
    }
}
