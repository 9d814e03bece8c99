//! `ascript snapshot`: writes a node's state to a file, to preview against it
//! elsewhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::exec::snapshot::{self, TakenSnapshot};
use crate::exec::{Snapshot, StopFlag};
use crate::facts::NodeReader as _;
use crate::fault::{Fault, FaultKind, Result};
use crate::script::SCRIPTS;
use crate::state::{Platform, Subject};

use super::common::{NodeArgs, OutputFormat, ParamArgs, ScriptsArg};
use super::node_target::NodeTarget;
use super::output::{self, OutputOptions};
use super::runner::{FinishedRun, Runner};
use super::script_steps::ScriptSteps;

/// Writes a node's state to a file, without secrets
///
/// The file holds everything that the bundled scripts read from a node; --for
/// adds what another script reads. `--node FILE` previews on it: on any
/// machine, without access to the node or its secrets.
///
/// For each secret in aspera.conf the file holds a fingerprint. It cannot be
/// decrypted, but it shows whether another secret is the same, so whoever has
/// the file can find out a weak secret by guessing. Writing the snapshot to the
/// same file again changes only the fingerprints of changed secrets.
#[derive(Args)]
pub(super) struct SnapshotArgs {
    /// Write it to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Add what this script reads from the node; can be repeated
    #[arg(long = "for", value_name = "SCRIPT")]
    pub(super) readers: Vec<String>,
    #[command(flatten)]
    pub(super) node: NodeArgs,
    #[command(flatten)]
    pub(super) params: ParamArgs,
    #[command(flatten)]
    pub(super) scripts: ScriptsArg,
}

impl SnapshotArgs {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let stop = StopFlag::install()?;
        let place = stop.while_waiting(|| NodeTarget::find(&self.node, None))?;
        if place.folder.is_none() {
            return Err(Fault::usage(format!(
                "a snapshot needs a real node or a lab, and this is {}",
                place.substitute()
            ))
            .hint("name an installation or a lab with --node"));
        }
        let platform = place.platform;
        let runner = Runner::new(place, &self.node, options, OutputFormat::Text, &stop)?;
        let mut world = runner.world()?;
        let mut subjects = read_by_bundled(&runner, platform, &stop, options)?;
        for name in &self.readers {
            let opened = ScriptSteps::open(name, &self.scripts, &self.params, &stop, options)?;
            let mut steps = match opened {
                Ok(steps) => steps,
                Err(code) => return Ok(code),
            };
            if !is_for(&steps, platform) {
                return Err(Fault::refused(format!("{name} is not for {platform}")));
            }
            let finished = collect(&runner, &mut steps)?;
            finished
                .run
                .steps
                .iter()
                .for_each(|step| world.log_in_as(step));
            let fault = finished.run.fault.clone();
            subjects.extend(finished.into_read());
            if let Some(fault) = fault {
                runner.complain(&fault, &steps);
                output::say(&format!(
                    "{name} stops there; the snapshot lacks what it would read after that."
                ));
            }
        }
        let before = self.output.as_deref();
        let before = stop.while_waiting(|| Ok(before.and_then(earlier_snapshot)))?;
        let taken = snapshot::take(&mut world, subjects, before.as_ref())?;
        self.write(&taken, options)?;
        Ok(0)
    }

    fn write(&self, taken: &TakenSnapshot, options: &OutputOptions) -> Result<()> {
        match &self.output {
            None => output::document(&taken.text)?,
            Some(path) => {
                output::write(path, &taken.text)?;
                if !options.is_quiet() {
                    output::say(&format!("wrote {}", path.display()));
                }
            }
        }
        for (subject, fault) in &taken.skipped {
            if !options.is_quiet() {
                output::say(&format!("{subject} is missing from the snapshot: {fault}"));
            }
        }
        Ok(())
    }
}

/// The subjects that the bundled scripts read with their default parameters.
fn read_by_bundled(
    runner: &Runner<'_>,
    platform: Platform,
    stop: &StopFlag,
    options: &OutputOptions,
) -> Result<BTreeSet<Subject>> {
    let (folder, params) = (ScriptsArg::default(), ParamArgs::default());
    let mut subjects = BTreeSet::new();
    for script in SCRIPTS {
        if let Ok(mut steps) = ScriptSteps::open(script.name, &folder, &params, stop, options)?
            && is_for(&steps, platform)
        {
            subjects.extend(collect(runner, &mut steps)?.into_read());
        }
    }
    Ok(subjects)
}

fn is_for(steps: &ScriptSteps, platform: Platform) -> bool {
    steps.platform().is_none_or(|wanted| wanted == platform)
}

/// Runs a script for what it reads, up to where it stops.
fn collect(runner: &Runner<'_>, steps: &mut ScriptSteps) -> Result<FinishedRun> {
    let finished = runner.dry_run(steps)?;
    match &finished.run.fault {
        Some(fault) if fault.kind() == FaultKind::Stopped => Err(fault.clone()),
        _ => Ok(finished),
    }
}

/// The snapshot that the new one replaces.
fn earlier_snapshot(path: &Path) -> Option<Snapshot> {
    let text = std::fs::read_to_string(path).ok()?;
    Snapshot::load(&text).ok()
}
