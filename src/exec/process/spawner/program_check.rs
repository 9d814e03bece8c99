//! Looks at the programs of a run before its first step.

use std::collections::BTreeSet;

use super::{Spawner, SystemPaths};
use crate::fault::Result;
use crate::step::Command;
use crate::tools;

impl Spawner {
    /// Refuses commands whose program is missing or, as root, can be changed by another user,
    /// and requests to a Node API without a known address.
    pub fn check_programs<'c>(
        &self,
        commands: impl Iterator<Item = &'c Command>,
        system: SystemPaths<'_>,
    ) -> Result<()> {
        let mut programs = BTreeSet::new();
        for command in commands {
            if command.program == tools::NODE_API {
                self.check_node_api()?;
                continue;
            }
            programs.insert(&*command.program);
            programs.extend(command.sudo_args().map(|_| "sudo"));
        }
        programs.into_iter().try_for_each(|program| {
            let found = self.programs.find(program, system(program));
            found
                .map(drop)
                .map_err(|fault| fault.hint("nothing was changed"))
        })
    }
}
