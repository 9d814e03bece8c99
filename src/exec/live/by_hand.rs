//! Steps with a service that a person starts, restarts or stops, since nothing on the node
//! that is known does it.

use super::Live;
use crate::exec::StepFault;
use crate::fault::{Fault, Result};
use crate::step::Step;

impl Live {
    /// Lets a person perform a step, and verifies it.
    pub(super) fn by_hand(
        &mut self,
        number: usize,
        step: &Step,
    ) -> std::result::Result<(), StepFault> {
        self.spawner.borrow().stop().check()?;
        let prior = self.world.apply(&step.changes)?;
        if let Err(fault) = self.done_by_hand(number, step) {
            self.world.revert(&step.changes, prior);
            return Err(self.spawner.borrow().shown_fault(fault).into());
        }
        self.operator.ended(number, step, None)?;
        Ok(())
    }

    fn done_by_hand(&mut self, number: usize, step: &Step) -> Result<()> {
        let before = self.statuses(step);
        self.run_commands(step, &before)?;
        if !self.operator.confirm_manual(number, step)? {
            return Err(not_confirmed());
        }
        self.read_back(step, None, &before)?;
        self.record_loads(step)
    }
}

/// The fault of a manual step that nobody has done.
pub(super) fn not_confirmed() -> Fault {
    Fault::refused("manual step not confirmed")
        .hint("do the step and run this again; steps that are already done are skipped")
}
