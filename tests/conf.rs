//! aspera.conf as a document: whatever the file and whatever the edits, only
//! what is meant changes, and it reads back.

mod dom;
mod inputs;
mod masked;
mod named;
mod patch;
mod properties;
