//! Carries steps out in thought: each step's after-states are laid over what
//! was read. There is nothing here that could spawn or write.

use crate::fault::Result;
use crate::step::Step;

use super::{Executor, World};

/// The executor of previews.
pub struct DryRun {
    world: World,
}

impl DryRun {
    /// An executor that starts from what `world` reads.
    pub fn new(world: World) -> Self {
        Self { world }
    }
}

impl Executor for DryRun {
    fn execute(&mut self, _: usize, step: &Step) -> Result<()> {
        self.world.lay(&step.changes)
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
