//! The description of one program: its name, its platform, which of its calls
//! change the node, and the function that runs it.

use std::io;

use super::lab_folder::LabPlatform;
use super::lab_manager::LabManager;
use super::program_call::ProgramCall;

/// One row of the table of programs.
pub(super) struct LabProgram {
    pub(super) name: &'static str,
    /// The only platform that has it; `None` for both.
    pub(super) platform: Option<LabPlatform>,
    /// The only service manager that has it; `None` for all.
    pub(super) manager: Option<LabManager>,
    pub(super) acting: ActingCalls,
    pub(super) reads_stdin: fn(&[String]) -> bool,
    pub(super) run: fn(&ProgramCall) -> io::Result<u8>,
}

/// The calls of a program that change the node.
pub(super) enum ActingCalls {
    Never,
    Always,
    /// Decided by the arguments and the standard input.
    When(fn(&[String], &str) -> bool),
}

impl LabProgram {
    /// A program of both platforms that ignores its standard input.
    pub(super) const fn new(
        name: &'static str,
        acting: ActingCalls,
        run: fn(&ProgramCall) -> io::Result<u8>,
    ) -> Self {
        Self {
            name,
            platform: None,
            manager: None,
            acting,
            reads_stdin: |_| false,
            run,
        }
    }

    pub(super) const fn only(self, platform: LabPlatform) -> Self {
        Self {
            platform: Some(platform),
            ..self
        }
    }

    /// One of Linux labs with that service manager.
    pub(super) const fn of_manager(self, manager: LabManager) -> Self {
        Self {
            platform: Some(LabPlatform::Linux),
            manager: Some(manager),
            ..self
        }
    }

    pub(super) fn is_acting(&self, args: &[String], stdin: &str) -> bool {
        match self.acting {
            ActingCalls::Never => false,
            ActingCalls::Always => true,
            ActingCalls::When(test) => test(args, stdin),
        }
    }
}
