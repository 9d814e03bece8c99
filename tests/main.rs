//! Tests of the binary on emulated nodes, and the cases and laws of the modules inside it.

#![expect(clippy::unwrap_used, reason = "a test panics on an unexpected error")]
#![expect(
    clippy::disallowed_methods,
    reason = "a test starts the program and reads the files that it wrote"
)]

mod support;
mod sync_services;

mod adopt;
mod architecture;
mod authorized_keys;
mod bindings;
mod call;
mod check;
mod ci_recipe;
mod cli;
mod conf;
mod crashes;
mod drift;
mod engine;
mod examples;
mod files;
mod foreign_edits;
mod format;
mod fuzzed;
mod hostile_files;
mod import;
mod lab;
mod language;
mod laws;
mod logins;
mod managers;
mod memory;
mod node_api;
mod odd_nodes;
mod outcomes;
mod plan_crashes;
mod plan_fields;
mod plans;
mod premises;
mod procedures;
mod reference;
mod refusals;
mod render;
mod repl;
mod restarts;
mod review;
mod runbook;
mod schema;
mod secrecy;
mod snapshots;
mod stdlib;
mod tools;
mod transcript;
mod trials;
mod unasked;
mod undo;
mod user_services;
mod waiting;
mod watch;
