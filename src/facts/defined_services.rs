//! Drafts of steps that write the files which define a service, and start it.

use super::services::is_masked;
use super::{Draft, Facts};
use crate::fault::Result;
use crate::state::{Service, ServiceLoad, State, Subject, WantedState};
use crate::step::Act;
use crate::tools;

impl Facts<'_> {
    /// Drafts a step after which a service has these files, starts with the machine and runs.
    /// One that runs restarts where a file changes.
    pub fn define_service(
        &mut self,
        name: &str,
        files: Vec<(Subject, WantedState)>,
    ) -> Result<Draft> {
        tools::check_service_manager(self.reader.node().system())?;
        let subject = Subject::Service(name.into());
        if let State::Service(now) = self.read(&subject)?
            && now.load == ServiceLoad::Masked
        {
            return Err(is_masked(name));
        }
        let mut wanted = files;
        let enabled = Subject::EnabledService(name.into());
        wanted.push((enabled, State::Present.into()));
        wanted.push((subject, State::Service(Service::fresh()).into()));
        let draft = self.change(wanted)?;
        let mut changes = draft.changes.iter();
        let is_file = |subject: &Subject| matches!(subject, Subject::File(_));
        let starts = draft
            .changes
            .iter()
            .any(|it| it.subject.service().is_some());
        if starts || !changes.any(|change| is_file(&change.subject)) {
            return Ok(draft);
        }
        let service = name.to_owned();
        self.with_act(draft, Act::Restart { service })
    }
}
