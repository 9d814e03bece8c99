//! Spawns programs: finds their files, connects pipes or a terminal, waits,
//! and ends them on a time-out or a request to stop.

mod child;
mod hardening;
mod pager;
mod pipes;
mod programs;
mod progress;
mod spawner;
mod stop;
mod terminal;
mod tool_record;

pub use hardening::harden_process;
pub use pager::page;
pub use programs::Programs;
pub use progress::ProgressCallback;
pub use spawner::{Limits, Spawner};
pub use stop::{FlagGuard, StopFlag};
