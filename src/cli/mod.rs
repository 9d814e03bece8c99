//! The command line: arguments in, a document and an exit code out. The only
//! room that prints.

mod apply;
mod ask;
mod candidates;
mod check;
mod common;
mod complete;
mod completions;
mod consent;
mod docs;
mod info;
mod kept;
mod lab;
mod list;
mod man;
mod mistyped;
mod new;
mod node;
mod output;
mod pager;
mod plan;
mod played;
mod progress;
mod repl;
mod run;
mod runner;
mod show;
mod snapshot;
mod test;
mod undo;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::fault::{Fault, FaultKind};

/// Scripts for IBM Aspera transfer nodes: previewed first, performed exactly,
/// read back.
#[derive(Parser)]
#[command(name = "ascript", version, disable_help_subcommand = true)]
#[command(after_help = "Preview is the default: nothing changes a node without --live.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    look: output::OutputOptions,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Run),
    Plan(plan::Plan),
    Show(show::Show),
    Apply(apply::Apply),
    Undo(undo::Undo),
    Runs(undo::List),
    Repl(repl::Repl),
    Snapshot(snapshot::Snapshot),
    List(list::List),
    Info(info::Info),
    Docs(docs::Docs),
    Test(test::Test),
    New(new::New),
    Check(check::Check),
    Lab(lab::Lab),
    Completions(completions::Completions),
    Man(man::Man),
    Complete(complete::Complete),
}

/// Reads the command line, does what it says, and gives the exit code.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(mut error) => {
            mistyped::explain(&mut error);
            // Nobody is left to tell if even this cannot be printed.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let look = &arguments.look;
    let outcome = match &arguments.command {
        Command::Run(run) => run.execute(look),
        Command::Plan(plan) => plan.execute(look),
        Command::Show(show) => show.execute(look),
        Command::Apply(apply) => apply.execute(look),
        Command::Undo(undo) => undo.execute(look),
        Command::Runs(runs) => runs.execute(look),
        Command::Snapshot(snapshot) => snapshot.execute(look),
        Command::List(list) => list.execute(look),
        Command::Info(info) => info.execute(look),
        Command::Docs(docs) => docs.execute(look),
        Command::Test(test) => test.execute(look),
        Command::New(new) => new.execute(look),
        Command::Check(check) => check.execute(look),
        Command::Lab(lab) => lab.execute(look),
        Command::Completions(completions) => completions.execute(look),
        Command::Man(man) => man.execute(look),
        Command::Complete(complete) => complete.execute(look),
        Command::Repl(repl) => repl.execute(look),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(fault) => {
            look.complain(&fault, &|_| None);
            ExitCode::from(fault.kind().exit_code())
        }
    }
}

/// What is said when something breaks that never should.
pub fn crashed() -> ExitCode {
    let fault = Fault::new(
        FaultKind::Internal,
        "ascript made a mistake of its own and stopped",
    )
    .hint("the lines above say where; please report them with what you ran");
    let _ = writeln!(std::io::stderr(), "error: {fault}");
    ExitCode::from(FaultKind::Internal.exit_code())
}
