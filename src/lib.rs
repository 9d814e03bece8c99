//! Scripts for IBM Aspera transfer nodes: previewed first, performed exactly,
//! read back.
//!
//! ```text
//!  script ─▶ Session::perform(step) ─▶ run record ─▶ report
//!                    │
//!                    ├── dry-run   after-states laid over facts
//!                    └── live      guard · run · read back
//! ```
//!
//! A binding drafts an inert [`step`]: which subjects move from what to
//! what, and the vendor commands that move them. The [`session`] performs it at
//! once through an executor ([`exec`]) that the script cannot see, and keeps it
//! in the [`run`]. Which executor the session holds is the only difference
//! between a preview and a live run.
//!
//! Imports go down only:
//!
//! | layer | modules |
//! | --- | --- |
//! | 11 | [`cli`] |
//! | 10 | [`repl`] |
//! | 9 | [`script`], [`report`] |
//! | 8 | [`plan`], [`trial`] |
//! | 7 | [`session`], [`reference`](mod@reference) |
//! | 6 | [`bindings`], [`exec`] |
//! | 5 | [`facts`] |
//! | 4 | [`run`], [`tools`] |
//! | 3 | [`conf`], [`step`] |
//! | 2 | [`finding`], [`state`] |
//! | 1 | [`fault`] |
//!
//! The [`lab`] stands apart: an emulated node that shares no code with the
//! modules it is there to try.

pub mod bindings;
#[expect(
    clippy::disallowed_methods,
    reason = "the command line prints, asks and reads what it is pointed at"
)]
pub mod cli;
pub mod conf;
#[expect(clippy::disallowed_methods, reason = "these are the only hands")]
pub mod exec;
pub mod facts;
pub mod fault;
pub mod finding;
#[expect(
    clippy::disallowed_methods,
    reason = "its little programs are processes of their own"
)]
pub mod lab;
pub mod plan;
pub mod reference;
pub mod repl;
pub mod report;
pub mod run;
pub mod script;
pub mod session;
pub mod state;
pub mod step;
pub mod tools;
pub mod trial;
