//! The command line: parses arguments, runs a subcommand, prints a document and
//! returns the exit code. The only module that prints.

mod adopt;
mod apply;
mod ask;
mod authorized_keys;
mod call;
mod candidates;
mod check;
mod common;
mod complete;
mod completions;
mod consent;
mod docs;
mod drift;
mod file;
mod fmt;
mod import;
mod info;
mod lab;
mod list;
mod live_certificates;
mod live_operator;
mod live_run;
mod live_summary;
mod locale;
mod man;
mod needed_secrets;
mod new;
mod new_file;
mod node_target;
mod output;
mod pager_choice;
mod partial_command_line;
mod plan;
mod plan_steps;
mod processes;
mod progress;
mod repl;
mod requested_format;
mod review;
mod run;
mod run_format;
mod runner;
mod runs;
mod script_files;
mod script_steps;
mod show;
mod snapshot;
mod step_source;
mod suggestions;
mod test;
mod undo;
mod undo_steps;
mod usage_error;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::exec;
use crate::fault::{Fault, FaultKind, Result};
use crate::script::STACK;

use self::common::{Formats, OutputFormat, format_parser};

/// Runs scripts that configure IBM Aspera transfer nodes, with a preview before
/// and a check after each change
#[derive(Parser)]
#[command(name = "ascript", version)]
#[command(
    after_help = "Commands preview by default. Only --live, `apply` and `:apply` in the REPL change a node."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// The output format of --version
    #[arg(long, value_parser = format_parser(VERSION_FORMATS))]
    format: Option<OutputFormat>,
    #[command(flatten)]
    output: output::OutputOptions,
}

/// The formats of the version, which `usage_error` writes.
const VERSION_FORMATS: &Formats<()> = &[(OutputFormat::Text, ()), (OutputFormat::Json, ())];

#[derive(Subcommand)]
enum Command {
    Run(run::Run),
    Plan(plan::Plan),
    Show(show::Show),
    Apply(apply::Apply),
    Undo(undo::Undo),
    Runs(runs::RunsArgs),
    Drift(drift::Drift),
    Review(review::ReviewArgs),
    Call(call::Call),
    Repl(repl::ReplArgs),
    Snapshot(snapshot::SnapshotArgs),
    Adopt(adopt::AdoptArgs),
    List(list::ListArgs),
    Info(info::InfoArgs),
    Docs(docs::DocsArgs),
    Test(test::Test),
    New(new::NewArgs),
    Import(import::ImportArgs),
    Check(check::Check),
    Fmt(fmt::FmtArgs),
    Lab(lab::LabArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
    Complete(complete::CompleteArgs),
    AuthorizedKeys(authorized_keys::AuthorizedKeysArgs),
    File(file::FileArgs),
    Processes(processes::ProcessesArgs),
}

impl Command {
    fn execute(&self, options: &output::OutputOptions) -> Result<u8> {
        match self {
            Self::Run(args) => args.execute(options),
            Self::Plan(args) => args.execute(options),
            Self::Show(args) => args.execute(options),
            Self::Apply(args) => args.execute(options),
            Self::Undo(args) => args.execute(options),
            Self::Runs(args) => args.execute(options),
            Self::Drift(args) => args.execute(options),
            Self::Review(args) => args.execute(options),
            Self::Call(args) => args.execute(options),
            Self::Repl(args) => args.execute(options),
            Self::Snapshot(args) => args.execute(options),
            Self::Adopt(args) => args.execute(options),
            Self::List(args) => args.execute(options),
            Self::Info(args) => args.execute(options),
            Self::Docs(args) => args.execute(options),
            Self::Test(args) => args.execute(options),
            Self::New(args) => args.execute(options),
            Self::Import(args) => args.execute(options),
            Self::Check(args) => args.execute(options),
            Self::Fmt(args) => args.execute(options),
            Self::Lab(args) => args.execute(options),
            Self::Completions(args) => args.execute(options),
            Self::Man(args) => args.execute(options),
            Self::Complete(args) => args.execute(options),
            Self::AuthorizedKeys(args) => args.execute(options),
            Self::File(args) => args.execute(options),
            Self::Processes(args) => args.execute(options),
        }
    }
}

/// Parses the command line, runs the subcommand, and returns the exit code.
pub fn main() -> ExitCode {
    exec::harden_process();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return ExitCode::from(usage_error::report(error)),
    };
    let options = &arguments.output;
    let outcome = match arguments.format {
        None => arguments.command.execute(options),
        Some(_) => Err(Fault::usage("--format is written after the command")
            .hint("before a command it is for --version only")),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(fault) => {
            options.complain(&fault, &|_| None);
            ExitCode::from(fault.kind().exit_code())
        }
    }
}

/// Reports a panic as an internal error, and returns its exit code.
pub fn report_panic() -> u8 {
    let fault = Fault::new(
        FaultKind::Internal,
        "ascript stopped because of an internal error",
    )
    .hint("please report the lines above together with the command");
    report_at_once(&fault)
}

/// Reports that the system has no room for the stack, and returns its exit code.
pub fn report_missing_stack() -> u8 {
    let size = STACK >> 20;
    let fault = Fault::refused(format!(
        "the system does not let ascript reserve {size} MiB of memory addresses"
    ))
    .hint("raise the limit (`ulimit -v`), or set vm.overcommit_memory to 0 or 1");
    report_at_once(&fault)
}

/// Reports a fault without a style or a source.
fn report_at_once(fault: &Fault) -> u8 {
    output::write_fault_document(fault);
    output::say(&format!("error: {fault}"));
    for hint in fault.hints() {
        output::say(&format!(" = help: {hint}"));
    }
    fault.kind().exit_code()
}
