//! `:apply`: performs the staged steps like any other live run.

use std::path::PathBuf;
use std::rc::Rc;

use clap::{Args as _, FromArgMatches as _};

use crate::bindings::Params;
use crate::fault::{Fault, Result};
use crate::repl::Staging;
use crate::run::ScriptId;
use crate::session::Session;

use super::super::consent::LiveArgs;
use super::super::output;
use super::super::step_source::StepSource;
use super::interactive_session::{InteractiveSession, LineOutcome};

/// The staged lines as a source of steps.
struct StagedSteps<'a>(&'a Staging);

impl StepSource for StagedSteps<'_> {
    fn run(&mut self, session: Session) -> (Session, Result<()>) {
        self.0.run_in(session)
    }

    fn script_id(&self) -> ScriptId {
        self.0.script_id()
    }

    fn params(&self) -> Params {
        self.0.params()
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut files = self.0.files();
        files.push("-".into());
        files
    }

    fn source_text(&self, name: &str) -> Option<Rc<str>> {
        self.0.source(name)
    }
}

/// Performs the staged steps, and starts again on the changed node.
pub(super) fn apply(session: &mut InteractiveSession<'_>, args: &str) -> Result<LineOutcome> {
    session.runner.target().changeable()?;
    if session.staging().staged() == 0 {
        return Err(Fault::usage("nothing is staged"));
    }
    let args = parse_args(args)?;
    args.check(true)?;
    let (runner, node) = session.open_node(None)?;
    let performed = runner.perform(&mut StagedSteps(&session.staging()), &args);
    // The user's Ctrl-C has been handled.
    session.stop.clear();
    let Some(code) = performed? else {
        return Ok(LineOutcome::Continue);
    };
    // The run changed the node, so all readings and resolved secrets are outdated.
    let runner = session.open_node(None)?.0;
    if code == 0 {
        session.staging_mut().applied(runner.world()?);
        session.use_node((runner, node));
        return Ok(LineOutcome::Continue);
    }
    let moved = session.staging_mut().move_to(runner.world()?);
    match moved {
        Ok(()) => session.use_node((runner, node)),
        Err(fault) => session.complain(&fault),
    }
    output::say("Staged steps are kept; completed ones will be skipped.");
    Ok(LineOutcome::Failed(code))
}

fn parse_args(args: &str) -> Result<LiveArgs> {
    let command = LiveArgs::augment_args(clap::Command::new(":apply").no_binary_name(true))
        .disable_help_flag(true);
    let matches = command.try_get_matches_from(args.split_whitespace());
    matches
        .and_then(|matches| LiveArgs::from_arg_matches(&matches))
        .map_err(|error| {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            Fault::usage(line.trim_start_matches("error: "))
                .hint("write `:apply`, with --yes, --done STEP or --allow-argv-secrets")
        })
}
