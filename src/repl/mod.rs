//! A session of lines: what they stage, what can follow what is written so
//! far, how values look, what may be remembered. It needs no terminal.

mod complete;
mod cursor;
mod given;
mod hint;
mod history;
mod replay;
mod save;
pub mod scan;
mod shown;
mod slot;
mod staging;

pub use complete::{Choice, complete};
pub use hint::hint;
pub use history::may_be_kept;
pub use replay::{Dropped, Input, Outside};
pub use shown::value as shown;
pub use staging::{Answer, Staging};
