//! `ascript drift`: what is no longer as the live runs of a node left it.

use std::path::Path;

use clap::Args;

use crate::exec::StopFlag;
use crate::facts::NodeReader as _;
use crate::fault::{Fault, Result};
use crate::plan::{self, ExpectedStates};
use crate::report::{self, DriftReport};
use crate::run::RunRecord;

use super::common::{Formats, NodeArgs, OutputFormat, StandardInput, format_parser, renderer};
use super::node_target::NodeTarget;
use super::output::OutputOptions;
use super::plan_steps;
use super::runner::Runner;
use super::runs::runs_of;

/// Shows what is no longer as the live runs of a node left it
///
/// Reads the node only: it takes no lock and writes nothing. Exits with 10 if something drifted,
/// with 3 if something could not be read, else with 0.
#[derive(Args)]
#[command(arg = accepted_exit_code())]
pub(super) struct Drift {
    /// The number of a live run, or a plan or receipt; by default what all live runs left at last
    #[arg(value_name = "RUN|PLAN")]
    pub(super) run_or_plan: Option<String>,
    /// What the plan named `-` is read from.
    #[arg(skip)]
    pub(super) input: StandardInput,
    /// The output format
    #[arg(long, value_parser = format_parser(FORMATS), default_value = "text")]
    pub(super) format: OutputFormat,
    #[command(flatten)]
    pub(super) node: NodeArgs,
}

/// The option of other commands; this one always exits with 10 if something drifted.
fn accepted_exit_code() -> clap::Arg {
    let arg = clap::Arg::new("exit_code").long("exit-code").hide(true);
    arg.action(clap::ArgAction::SetTrue)
}

/// Renders drift.
type DriftRenderer = fn(&DriftReport<'_>, &OutputOptions) -> String;

/// The formats of drift.
const FORMATS: &Formats<DriftRenderer> = &[
    (OutputFormat::Text, |drift, options| {
        let style = options.of_stdout();
        let text = report::drift(drift, style);
        style.charset.marks(text).to_string()
    }),
    (OutputFormat::Json, |drift, _| report::drift_json(drift)),
];

impl Drift {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let stop = StopFlag::install()?;
        let target = stop.while_waiting(|| NodeTarget::find(&self.node, None))?;
        let load = |file: &Path| stop.while_waiting(|| plan_steps::load(file, &self.input));
        let file = self.file().map(load).transpose()?;
        let expected = stop.while_waiting(|| self.expected(&target, file.as_ref()))?;
        let runner = Runner::new(target, &self.node, options, self.format, &stop)?;
        let mut world = runner.world()?;
        if let Some(file) = &file {
            plan::check_node(file, world.node())
                .map_err(|fault| fault.hint("name its own node with --node"))?;
        }
        let subjects = plan::drift(&expected, &mut world)?;
        stop.check()?;
        let report = DriftReport {
            node: world.node(),
            expected: &expected,
            subjects: &subjects,
        };
        options.page_document(&renderer(FORMATS, self.format)(&report, options))?;
        let is_unknown = report.unknown().next().is_some() || !expected.unread.is_empty();
        Ok(match (report.other().next(), is_unknown) {
            (Some(_), _) => 10,
            (None, true) => 3,
            (None, false) => 0,
        })
    }

    /// The number of the run that was named.
    fn number(&self) -> Option<u32> {
        self.run_or_plan.as_deref()?.parse().ok()
    }

    /// The file that was named.
    fn file(&self) -> Option<&Path> {
        let named = self.run_or_plan.as_deref().map(Path::new);
        named.filter(|_| self.number().is_none())
    }

    fn expected(&self, target: &NodeTarget, file: Option<&RunRecord>) -> Result<ExpectedStates> {
        if let Some(run) = file {
            return Ok(ExpectedStates::of(run));
        }
        let runs = runs_of(target).map_err(|fault| {
            fault.hint("or name a plan or a receipt: `ascript drift receipt.json --node …`")
        })?;
        match self.number() {
            Some(number) if runs.is_undone(number) => {
                let fault = Fault::refused(format!("run {number} was taken back"));
                Err(fault.hint("`ascript runs` lists the runs that stand"))
            }
            Some(number) => runs.expected_of(number),
            None => runs.expected(),
        }
    }
}
