//! Performs steps without executing anything: adds each step's after-states to
//! what was read. Nothing here can spawn a program or write a file.

use crate::step::Step;

use super::{Executor, StepFault, World};

/// The executor of previews.
pub struct DryRun {
    world: World,
}

impl DryRun {
    /// An executor that starts with the node as `world` reads it.
    pub fn new(world: World) -> Self {
        Self { world }
    }
}

impl Executor for DryRun {
    fn execute(&mut self, _: usize, step: &Step) -> Result<(), StepFault> {
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
