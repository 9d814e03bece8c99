//! aspera.conf as a document: for any file and any edits, only the edited values
//! change, and the edited file reads as expected.

mod cases;
mod dom;
mod hostile;
pub(crate) mod inputs;
mod masked;
mod patch;
mod properties;
