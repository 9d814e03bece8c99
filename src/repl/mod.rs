//! A session of lines: what they stage, what can follow what is written so
//! far, how values look, what may be remembered. It needs no terminal.

mod given;
mod replay;
mod save;
pub mod scan;
mod shown;
mod staging;

pub use replay::{Dropped, Input, Outside};
pub use shown::value as shown;
pub use staging::{Answer, Staging};
