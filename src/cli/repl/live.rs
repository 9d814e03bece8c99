//! `:apply`: what is staged goes the way of every live run.

use std::rc::Rc;

use clap::{Args as _, FromArgMatches as _};

use crate::bindings::Params;
use crate::fault::{Fault, Result};
use crate::repl::Staging;
use crate::run::ScriptId;
use crate::session::Session;

use super::super::consent::LiveArgs;
use super::super::output;
use super::super::runner::Steps;
use super::explorer::{Explorer, Flow};

/// A session of lines as a source of steps.
struct Staged<'a>(&'a Staging);

impl Steps for Staged<'_> {
    fn play(&mut self, session: Session) -> (Session, Result<()>) {
        self.0.play(session)
    }

    fn script(&self) -> ScriptId {
        self.0.script_id()
    }

    fn params(&self) -> Params {
        self.0.params()
    }

    fn source(&self, name: &str) -> Option<Rc<str>> {
        self.0.source(name)
    }
}

/// Performs what is staged, and starts anew on the changed node.
pub(super) fn apply(explorer: &mut Explorer<'_>, words: &str) -> Result<Flow> {
    explorer.runner.place().changeable()?;
    if explorer.staging().staged() == 0 {
        return Err(Fault::usage("nothing is staged"));
    }
    let args = consent(words)?;
    args.check(true)?;
    let (runner, node) = explorer.fresh(None)?;
    let performed = runner.perform(&mut Staged(&explorer.staging()), &args);
    // Whoever asked for a stop has got it.
    explorer.stop.clear();
    let Some(code) = performed? else {
        return Ok(Flow::Stay);
    };
    // What was read before is old, for the vault too.
    let (runner, node) = (explorer.fresh(None)?.0, node);
    if code == 0 {
        explorer.staging_mut().applied(runner.world()?);
        explorer.settle((runner, node));
        return Ok(Flow::Stay);
    }
    let change = explorer.staging_mut().move_to(runner.world()?);
    match change {
        Ok(()) => explorer.settle((runner, node)),
        Err(fault) => explorer.complain(&fault),
    }
    output::say("What is staged is still staged; what is done already falls away.");
    Ok(Flow::Failed(code))
}

fn consent(words: &str) -> Result<LiveArgs> {
    let command = LiveArgs::augment_args(clap::Command::new(":apply").no_binary_name(true))
        .disable_help_flag(true);
    let matches = command.try_get_matches_from(words.split_whitespace());
    matches
        .and_then(|matches| LiveArgs::from_arg_matches(&matches))
        .map_err(|error| {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            Fault::usage(line.trim_start_matches("error: "))
                .hint("write `:apply`, with --yes, --done STEP or --allow-argv-secrets")
        })
}
