//! `ascript runs`: lists the live runs of a node.

use std::fmt::Write as _;

use clap::Args;

use crate::fault::{Fault, Result};
use crate::plan::{Receipt, Runs};
use crate::report::{self, ListedRun};

use super::common::{Formats, NodeArgs, OutputFormat, format_parser, renderer};
use super::live_summary;
use super::node_target::NodeTarget;
use super::output::{self, OutputOptions};

/// Lists the live runs of a node
#[derive(Args)]
pub(super) struct RunsArgs {
    /// The output format
    #[arg(long, value_parser = format_parser(FORMATS), default_value = "text")]
    pub(super) format: OutputFormat,
    #[command(flatten)]
    pub(super) node: NodeArgs,
}

/// Writes the list of runs.
type RunsWriter = fn(&Runs, &[u32], &OutputOptions) -> Result<()>;

/// The formats of the list of runs.
const FORMATS: &Formats<RunsWriter> = &[
    (OutputFormat::Text, |runs, numbers, options| {
        options.page(&text(runs, numbers, options))
    }),
    (OutputFormat::Json, |runs, numbers, _| {
        let listed: Vec<_> = numbers.iter().map(|run| listed(runs, *run)).collect();
        output::document(&report::runs_json(&listed))
    }),
];

impl RunsArgs {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let target = NodeTarget::find(&self.node, None)?;
        let runs = runs_of(&target)?;
        renderer(FORMATS, self.format)(&runs, &runs.numbers()?, options)?;
        Ok(0)
    }
}

/// The live runs of a node, or the reason why there are none.
pub(super) fn runs_of(target: &NodeTarget) -> Result<Runs> {
    target.runs().ok_or_else(|| {
        Fault::usage(format!("{} has no live runs", target.substitute()))
            .hint("name an installation or a lab with --node")
    })
}

fn text(runs: &Runs, numbers: &[u32], options: &OutputOptions) -> String {
    let mut text = String::new();
    for number in numbers {
        let (label, run) = (format!("{number:>4}  "), run_in_a_line(runs, *number));
        let line = report::labeled(&label, &run, output::terminal_columns());
        let _ = writeln!(text, "{line}");
    }
    match numbers.last() {
        None => text.push_str("There were no live runs on this node.\n"),
        Some(last) if !options.is_quiet() => {
            let path = runs.receipt_path(*last).display().to_string();
            let path = report::line(&path);
            let _ = writeln!(text, "\n`ascript show {path}` shows the last.");
        }
        Some(_) => {}
    }
    text
}

fn listed(runs: &Runs, number: u32) -> ListedRun {
    ListedRun {
        number,
        receipt: runs.load(number),
        path: runs.receipt_path(number),
        is_undone: runs.is_undone(number),
        undoes: runs.undoes(number),
    }
}

/// One receipt in a line. One that cannot be read does not hide the others.
pub(super) fn run_in_a_line(runs: &Runs, number: u32) -> String {
    let Receipt { run, written, .. } = match runs.load(number) {
        Ok(receipt) => receipt,
        Err(fault) => return format!("cannot be read: {}", report::line(&fault.to_string())),
    };
    let written = jiff::Timestamp::try_from(written).unwrap_or_default();
    let written = written.to_zoned(jiff::tz::TimeZone::UTC);
    let mut outcome = match &run.fault {
        Some(fault) => format!("stopped: {}", report::line(&fault.to_string())),
        None => "done".to_owned(),
    };
    if runs.is_undone(number) {
        outcome.push_str(", taken back");
    }
    format!(
        "{} {:02}:{:02} UTC  {}  {}  {outcome}",
        written.date(),
        written.hour(),
        written.minute(),
        report::line(&run.script.name),
        live_summary::counts(&run),
    )
}
