//! The Node API of a lab, and what is done with it.

mod ask;
mod bundled;
mod client;
mod server;
mod wire;
