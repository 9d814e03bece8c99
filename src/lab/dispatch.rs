//! Runs this process as the program of the lab that `argv[0]` names: logs the
//! call, applies an injected fault, runs the program.

use std::io::{self, Write};

use super::call_log;
use super::foreign_edit::{EditTime, ForeignEdit};
use super::injected_faults::{self, FaultTarget, InjectedFault};
use super::lab_folder::{CONF, LabFolder, PAUSE, invalid_input};
use super::program::{ActingCalls, LabProgram};
use super::program_call::ProgramCall;
use super::programs;

/// Runs the program and returns its exit code.
pub(super) fn run_as_program(folder: LabFolder) -> u8 {
    let mut args = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned());
    let own = args.next().unwrap_or_default();
    let name = own.rsplit('/').next().unwrap_or_default().to_owned();
    let result = match programs::find(&name) {
        Some(program) => run_program(program, args.collect(), folder),
        None => Err(invalid_input("not a program of this lab")),
    };
    result.unwrap_or_else(|error| {
        // Nothing is left to do if standard error is closed.
        let _ = writeln!(io::stderr(), "{name}: {error}");
        1
    })
}

fn run_program(
    program: &'static LabProgram,
    args: Vec<String>,
    folder: LabFolder,
) -> io::Result<u8> {
    let stdin = if (program.reads_stdin)(&args) {
        read_stdin()?
    } else {
        String::new()
    };
    let acting = program.is_acting(&args, &stdin);
    call_log::append(&folder, program.name, &args, acting)?;
    let text = format!("{} {stdin}", args.join(" "));
    let target = FaultTarget {
        program: program.name,
        text: &text,
        // Faults without `read-` also apply to a program that never acts.
        reading: !acting && !matches!(program.acting, ActingCalls::Never),
    };
    let number = || call_log::count(&folder, program.name, acting);
    let fault = injected_faults::fault_for(&folder, &target, number)?;
    let call = ProgramCall::new(program.name, args, stdin, folder);
    match fault {
        None => (program.run)(&call),
        Some(fault) => run_with_fault(program, call, fault),
    }
}

fn run_with_fault(program: &LabProgram, call: ProgramCall, fault: InjectedFault) -> io::Result<u8> {
    let name = call.program;
    match fault {
        InjectedFault::Fail => call.report_error(1, format_args!("{name}: injected failure")),
        InjectedFault::FailAfter => {
            (program.run)(&call)?;
            call.report_error(1, format_args!("{name}: injected failure after the change"))
        }
        InjectedFault::Lie => (program.run)(&call.discarding_writes()),
        InjectedFault::Slow(time) => {
            std::thread::sleep(time);
            (program.run)(&call)
        }
        InjectedFault::Drop(damage) => {
            let code = (program.run)(&call)?;
            damage.inflict(&call.folder)?;
            Ok(code)
        }
        InjectedFault::Edit(edit) => run_with_edit(program, call, &edit),
        InjectedFault::Hang => loop {
            std::thread::park();
        },
    }
}

/// Runs the program while another one edits `aspera.conf`.
fn run_with_edit(program: &LabProgram, call: ProgramCall, edit: &ForeignEdit) -> io::Result<u8> {
    match edit.time {
        EditTime::Before => {
            call.folder.write(CONF, &edit.edited(&call.folder)?)?;
            std::thread::sleep(PAUSE);
            (program.run)(&call)
        }
        EditTime::During => {
            let edited = edit.edited(&call.folder)?;
            (program.run)(&call.overwriting_conf(edited))
        }
        EditTime::After => {
            let code = (program.run)(&call)?;
            call.folder.write(CONF, &edit.edited(&call.folder)?)?;
            Ok(code)
        }
    }
}

/// Reads standard input up to its end or the line `terminate`.
fn read_stdin() -> io::Result<String> {
    let mut text = String::new();
    for line in io::stdin().lines() {
        let line = line?;
        let is_last = line.trim() == "terminate";
        text.push_str(&line);
        text.push('\n');
        if is_last {
            break;
        }
    }
    Ok(text)
}
