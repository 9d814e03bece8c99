//! `ascript snapshot`: a node's facts in a file, to preview against elsewhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::exec::snapshot::{self, Taken};
use crate::exec::{Snapshot as Kept, Stop};
use crate::fault::{Fault, FaultKind, Result};
use crate::script::SCRIPTS;
use crate::state::{Platform, Subject};

use super::common::{Format, NodeArgs, ParamArgs, ScriptsArg};
use super::node::NodeTarget;
use super::output::{self, OutputOptions};
use super::played::Played;
use super::runner::Runner;

/// Takes a snapshot of a node: its facts, without secrets
///
/// The file tells what the bundled scripts ask of a node, and with --for what
/// others do. Wherever `--node` names a node it may name the file, which a
/// preview then reads: on another machine, without any of the node's secrets.
///
/// Of each secret in aspera.conf it has a fingerprint that cannot be read but
/// tells whether another secret is the same; a weak one can be guessed by
/// whoever has the file. Taken again into the same file, a fingerprint changes
/// only with its secret.
#[derive(Args)]
pub(super) struct Snapshot {
    /// Where to keep it; else it goes to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Add what this script asks of the node; can be given several times
    #[arg(long = "for", value_name = "SCRIPT")]
    readers: Vec<String>,
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    params: ParamArgs,
    #[command(flatten)]
    scripts: ScriptsArg,
}

impl Snapshot {
    pub(super) fn execute(&self, look: &OutputOptions) -> Result<u8> {
        let stop = Stop::install()?;
        let place = NodeTarget::find(&self.node, None)?;
        if place.folder.is_none() {
            return Err(Fault::usage(format!(
                "a snapshot is taken of a node, and this is {}",
                place.stand_in()
            ))
            .hint("name an installation or a lab with --node"));
        }
        let platform = place.platform;
        let runner = Runner::new(place, &self.node, look, Format::Text, &stop);
        let mut asked = asked_by_bundled(&runner, platform, &stop, look)?;
        for name in &self.readers {
            let opened = Played::open(name, &self.scripts, &self.params, &stop, look)?;
            let mut played = match opened {
                Ok(played) => played,
                Err(code) => return Ok(code),
            };
            if !is_for(&played, platform) {
                return Err(Fault::refused(format!("{name} is not for {platform}")));
            }
            if let Some(fault) = collect(&runner, &mut played, &mut asked)? {
                runner.complain(&fault, &played);
                output::say(&format!(
                    "{name} stops there; what it would ask after that is not in the snapshot."
                ));
            }
        }
        let before = self.output.as_deref().and_then(taken_before);
        let taken = snapshot::take(&mut runner.world()?, asked, before.as_ref())?;
        self.write(&taken, look)?;
        Ok(0)
    }

    fn write(&self, taken: &Taken, look: &OutputOptions) -> Result<()> {
        match &self.output {
            None => output::document(&taken.text)?,
            Some(path) => {
                output::write(path, &taken.text)?;
                if !look.is_quiet() {
                    output::say(&format!("{} has the snapshot", path.display()));
                }
            }
        }
        for (subject, fault) in &taken.untold {
            if !look.is_quiet() {
                output::say(&format!("It does not say what {subject} is: {fault}"));
            }
        }
        Ok(())
    }
}

/// What the bundled scripts ask, as they are when nobody says otherwise.
fn asked_by_bundled(
    runner: &Runner<'_>,
    platform: Platform,
    stop: &Stop,
    look: &OutputOptions,
) -> Result<BTreeSet<Subject>> {
    let (folder, params) = (ScriptsArg::default(), ParamArgs::default());
    let mut asked = BTreeSet::new();
    for script in SCRIPTS {
        if let Ok(mut played) = Played::open(script.name, &folder, &params, stop, look)?
            && is_for(&played, platform)
        {
            collect(runner, &mut played, &mut asked)?;
        }
    }
    Ok(asked)
}

fn is_for(played: &Played, platform: Platform) -> bool {
    played.platform().is_none_or(|wanted| wanted == platform)
}

/// Adds what a script asks of the node, up to where it stops.
fn collect(
    runner: &Runner<'_>,
    played: &mut Played,
    asked: &mut BTreeSet<Subject>,
) -> Result<Option<Fault>> {
    let run = runner.dry_run(played)?.run;
    let observations = run.observations.into_iter();
    asked.extend(observations.map(|observation| observation.subject));
    match run.fault {
        Some(fault) if fault.kind() == FaultKind::Interrupted => Err(fault),
        fault => Ok(fault),
    }
}

/// The snapshot that a new one takes the place of.
fn taken_before(path: &Path) -> Option<Kept> {
    let text = std::fs::read_to_string(path).ok()?;
    Kept::load(&text).ok()
}
