//! Drafts of steps that start the services of a user.

use std::rc::Rc;

use super::{Draft, Facts};
use crate::fault::{Fault, Result};
use crate::state::{State, Subject, UserService};
use crate::tools;

impl Facts<'_> {
    /// Drafts a step after which a service runs for a user, or stays as it is.
    pub fn keep_for(
        &mut self,
        name: UserService,
        user: Rc<str>,
        running: Option<bool>,
    ) -> Result<Draft> {
        let subject = Subject::UserService(name, user);
        let now = self.read(&subject)?;
        match running {
            None => self.change(vec![(subject, now)]),
            Some(true) => {
                self.check_keeper(name)?;
                self.change(vec![(subject, State::Present)])
            }
            Some(false) if now == State::Absent => self.change(vec![(subject, now)]),
            Some(false) => Err(Fault::refused(format!(
                "{name} cannot be stopped: how a service is taken from {} is not published",
                tools::USER_SERVICES_KEEPER
            ))
            .hint("stop it with the tools of the product, or remove this call")
            .in_argument("options")),
        }
    }

    fn check_keeper(&mut self, name: UserService) -> Result<()> {
        let keeper = tools::USER_SERVICES_KEEPER;
        let state = self.read(&Subject::Service(keeper.into()))?;
        if matches!(state, State::Service(service) if service.running) {
            return Ok(());
        }
        let message =
            format!("{name} cannot start: {keeper}, which keeps it running, does not run");
        let hint = format!("`service.ensure(\"{keeper}\", #{{ running: true }})` starts it");
        Err(Fault::refused(message).hint(hint).in_argument("name"))
    }
}
