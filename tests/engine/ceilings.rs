//! The limits that are measured while a script runs: time without a call of a binding, and memory.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ascript::fault::Fault;
use ascript::script::{Ceilings, Interpreter, Script, Surroundings};
use ascript::state::Platform;

use crate::memory::{self, Given};

const MIB: usize = 1 << 20;

/// The limits of a script that must call a binding between any two looks at the clock.
fn impatient() -> Ceilings {
    Ceilings {
        pause: Duration::ZERO,
        ..memory::unmeasured()
    }
}

#[test]
fn a_script_that_calls_no_binding_for_too_long_is_stopped() {
    for script in [
        "loop { }",
        "try { loop { } } catch { }",
        "fn f() { loop { } } f();",
        "[1].map(|x| { loop { } });",
        "account.get(\"anna\"); loop { }",
    ] {
        let ran = memory::measured(script, impatient());
        let fault = ran.fault.expect(script);
        let limit = "the script exceeds a limit: 0 seconds without a call of a binding";
        assert_eq!(
            (fault.kind.as_str(), fault.message.as_str()),
            ("script", limit)
        );
    }
}

#[test]
fn calls_of_bindings_and_prints_restart_the_clock() {
    for script in [
        "for i in 0..200 { account.get(\"anna\"); }",
        "for i in 0..200 { print(i); }",
        "for i in 0..200 { debug(i); }",
    ] {
        let ran = memory::measured(script, impatient());
        assert_eq!(ran.fault.map(|fault| fault.message), None, "{script}");
    }
}

#[test]
fn a_script_whose_values_take_too_much_memory_is_stopped() {
    static ALLOCATED: AtomicUsize = AtomicUsize::new(0);
    for script in [
        "loop { }",
        "try { loop { } } catch { }",
        "[1].map(|x| { loop { } });",
    ] {
        let ceilings = Ceilings {
            allocated: || ALLOCATED.fetch_add(MIB, Ordering::Relaxed),
            ..Ceilings::default()
        };
        let fault = memory::measured(script, ceilings).fault.expect(script);
        let limit = "the script exceeds a limit: 64 MiB of memory for its values";
        assert_eq!(
            (fault.kind.as_str(), fault.message.as_str()),
            ("script", limit)
        );
    }
}

#[test]
fn a_session_goes_on_without_the_variables_that_took_too_much_memory() {
    static ALLOCATED: AtomicUsize = AtomicUsize::new(0);
    let mut interpreter = Interpreter::new(Surroundings {
        print: Box::new(|mib| {
            let bytes = mib.parse::<usize>().unwrap() * MIB;
            ALLOCATED.fetch_add(bytes, Ordering::Relaxed);
        }),
        is_stopped: Box::new(|| false),
        ceilings: Ceilings {
            allocated: || ALLOCATED.load(Ordering::Relaxed),
            ..Ceilings::default()
        },
    });
    let mut session = Some(memory::session(Given::blank(Platform::Linux)));
    let mut found = Vec::new();
    for line in [
        "let a = 1; print(40);",
        "a += 1;",
        "print(40); a += 1;",
        "let b = 2; print(40);",
        "b",
        "a",
    ] {
        let script = Script::piped(line.to_owned());
        let outcome = interpreter.compile(&script, 1).map(|input| {
            let (kept, outcome) = interpreter.run(&input, session.take().unwrap());
            session = Some(kept);
            outcome
        });
        let fault = outcome.and_then(|outcome| outcome).err();
        let removed = "all variables were removed, to free the memory";
        let is_removed = |fault: &Fault| fault.hints().iter().any(|hint| hint == removed);
        assert_eq!(
            fault.as_ref().is_some_and(is_removed),
            line.starts_with("print")
        );
        found.push(fault.map(|fault| fault.message().to_owned()));
    }
    let limit = "the script exceeds a limit: 64 MiB of memory for its values";
    let unknown = "`a` is not defined";
    let expected = [None, None, Some(limit), None, None, Some(unknown)];
    assert_eq!(
        found.iter().map(Option::as_deref).collect::<Vec<_>>(),
        expected
    );
}
