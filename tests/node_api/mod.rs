//! The Node API of a lab, and what is done with it.

mod client;
mod server;
