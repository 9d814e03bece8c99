//! An interactive session without its terminal: the inputs and the steps they stage, completion
//! and hints, how values are printed, and which lines the history remembers.

mod call_position;
mod completion;
mod hint;
mod history;
mod replay;
mod saved_script;
mod session_params;
mod staging;
mod value_literals;

pub use completion::{Choice, complete};
pub use hint::hint;
pub use history::may_be_remembered;
pub use replay::{Dropped, Input, Outside};
pub use staging::{Answer, Staging};
pub use value_literals::format_value;
