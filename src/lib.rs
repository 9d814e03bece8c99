//! Runs scripts that configure IBM Aspera transfer nodes: previews each change,
//! performs it, reads the node again to verify it, and can undo it.
//!
//! ```text
//!  script ─┐                                        ┌─ dry run   lays after-states over what was read
//!  REPL   ─┼─▶ Session::perform(step) ─▶ run record ┤
//!  plan   ─┘                                        └─ live      check before · run · read back
//! ```
//!
//! A script is straight-line Rhai code. Each call of a binding makes one inert
//! [`step`]: the subjects that change, each with its state before and after, the
//! vendor commands that change them, and advisories. The [`session`] performs the
//! step immediately through an executor from [`exec`], which the script cannot
//! see, and adds it to the [`run`] record. Nothing below [`cli`] asks whether it is
//! in a preview: it holds an executor, or it does not.
//!
//! - The *dry-run* executor lays the after-states over what was read from the
//!   node. Later reads see them. It executes nothing.
//! - The *live* executor checks the before-states, spawns the commands, reads the
//!   node again and compares.
//! - A *plan* is the record of a dry run. Applying it reads every premise again and
//!   performs the recorded steps; the script is not run again.
//! - *Undo* is a plan with the changes of a receipt reversed.
//!
//! Imports go from higher to lower layers only. `tests/architecture.rs` reads this
//! table and enforces it:
//!
//! | layer | module | is |
//! | --- | --- | --- |
//! | 11 | [`cli`] | the command line: one file per subcommand; the only module that prints |
//! | 10 | [`repl`] | an interactive session without a terminal: staging, completion, saving |
//! | 10 | [`recipe`] | shell scripts and vendor pages as scripts |
//! | 9 | [`script`] | the only module that uses Rhai: engine, limits, conversion, checks, tests |
//! | 9 | [`report`] | renders runs, findings and faults as text, JSON, Markdown, HTML and CI formats |
//! | 8 | [`plan`] | saved runs: loading, digests, checking, reversing |
//! | 8 | [`trial`] | the nodes and expectations of script tests |
//! | 7 | [`adopt`] | a script that makes a node as it is |
//! | 7 | [`session`] | performs steps and records them |
//! | 7 | [`reference`](mod@reference) | the reference manual, built from the tables |
//! | 6 | [`bindings`] | the functions that scripts can call, one file per namespace |
//! | 6 | [`exec`] | the only module with side effects: executors, node readings, processes, secrets |
//! | 5 | [`facts`] | everything that a binding can read of a node |
//! | 4 | [`tools`] | one file per vendor program: changes to commands, output to states |
//! | 4 | [`data_file`] | values in files of data: CSV, JSON, TOML, YAML |
//! | 4 | [`script_text`] | a script as data, and its text: calls, loops, parameters |
//! | 4 | [`run`] | the record of one run, which previews, plans, receipts and reports share |
//! | 3 | [`conf`] | aspera.conf: a lossless document, and the table of settings |
//! | 3 | [`step`] | what is to be done, as data |
//! | 3 | [`finding`] | a problem that a check found in a script |
//! | 2 | [`state`] | what can be true of a node: subjects and their typed states |
//! | 2 | [`source`] | the text of a script: tokens, lines, cursor, redaction |
//! | 1 | [`fault`] | the error type: kind, rule, message, hints, location, cause |
//! | 0 | [`allocation`] | counts the bytes that the process has allocated |
//! | 0 | [`login`] | logins in URLs, which are hidden wherever a text is shown |
//! | 0 | [`secret_name`] | which names are those of secrets |
//!
//! The [`lab`] is outside the layers: an emulated node that shares no code with the
//! modules that are tested against it.

pub mod adopt;
pub mod allocation;
pub mod bindings;
#[expect(
    clippy::disallowed_methods,
    reason = "the command line prints, prompts, and reads the files that the user names"
)]
pub mod cli;
pub mod conf;
pub mod data_file;
#[expect(
    clippy::disallowed_methods,
    reason = "this is the only module with side effects"
)]
pub mod exec;
pub mod facts;
pub mod fault;
pub mod finding;
#[expect(
    clippy::disallowed_methods,
    reason = "its programs run as processes of their own"
)]
pub mod lab;
pub mod login;
pub mod plan;
pub mod recipe;
pub mod reference;
pub mod repl;
pub mod report;
pub mod run;
pub mod script;
pub mod script_text;
pub mod secret_name;
pub mod session;
pub mod source;
pub mod state;
pub mod step;
pub mod tools;
pub mod trial;
