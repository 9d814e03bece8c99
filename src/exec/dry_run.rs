//! Performs steps without executing anything: adds each step's after-states to
//! what was read. Nothing here can spawn a program or write a file.

use crate::step::Step;

use super::{Executor, StepFault, StopFlag, World};

/// The executor of previews.
pub struct DryRun {
    world: World,
    stop: Option<StopFlag>,
}

impl DryRun {
    /// An executor that starts with the node as `world` reads it.
    pub fn new(world: World) -> Self {
        Self { world, stop: None }
    }

    /// An executor that a signal stops between two steps: a plan may have a million.
    #[must_use]
    pub fn stopped_by(self, stop: &StopFlag) -> Self {
        Self {
            stop: Some(stop.clone()),
            ..self
        }
    }
}

impl Executor for DryRun {
    fn execute(&mut self, _: usize, step: &Step) -> Result<(), StepFault> {
        if let Some(stop) = &self.stop {
            stop.check()?;
        }
        self.world.apply(&step.changes)?;
        Ok(())
    }

    fn world(&self) -> &World {
        &self.world
    }

    fn world_mut(&mut self) -> &mut World {
        &mut self.world
    }

    fn into_world(self: Box<Self>) -> World {
        self.world
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;
    use crate::exec::{BlankNode, Vault};
    use crate::fault::FaultKind;
    use crate::state::Platform;
    use crate::step::StepKind;

    #[test]
    fn a_stop_that_is_requested_ends_it_before_the_next_step() {
        let vault = Rc::new(RefCell::new(Vault::unattended()));
        let world = World::new(Box::new(BlankNode::new(Platform::Linux)), vault);
        let flag = StopFlag::new();
        let mut preview = DryRun::new(world).stopped_by(&flag);
        let step = Step::empty(StepKind::Settled);
        assert!(preview.execute(1, &step).is_ok());
        flag.request();
        let stopped = preview.execute(2, &step).unwrap_err();
        assert_eq!(stopped.fault.kind(), FaultKind::Stopped);
    }
}
