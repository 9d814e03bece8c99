//! What no script can do: reach out of its box, break the host by its text, or
//! go on where somebody asked for a stop.

use ascript::state::Platform;

use crate::memory::{self, Given, Ran};

/// Names under which other hosts, or packages of this engine, let a script
/// reach files, programs, the network, the environment, a clock or dice.
const ELSEWHERE: &[&str] = &[
    "args",
    "chdir",
    "command",
    "connect",
    "create_dir",
    "cwd",
    "date",
    "delete_file",
    "env",
    "env_var",
    "exec",
    "exists",
    "fetch",
    "file",
    "getenv",
    "glob",
    "http_get",
    "import_file",
    "include",
    "input",
    "kill",
    "listen",
    "load",
    "mkdir",
    "now",
    "open",
    "open_dir",
    "open_file",
    "path",
    "popen",
    "rand",
    "rand_float",
    "random",
    "read",
    "read_dir",
    "read_file",
    "read_line",
    "remove_file",
    "require",
    "run",
    "set_env",
    "shell",
    "socket",
    "source",
    "stdin",
    "system",
    "time",
    "url",
    "uuid",
    "write",
    "write_file",
];

/// Texts that are opened without end.
const OPENED: &[(&str, &str)] = &[
    ("(", "1"),
    ("[", ""),
    ("#{a:", "1"),
    ("{", ""),
    ("if true {", ""),
    ("!", "true"),
    ("|x| ", "1"),
    ("`${", "1"),
    ("switch 1 { 1 => ", "1"),
    ("x = ", "1"),
    ("loop {", ""),
    ("try {", ""),
    ("fn f() {", ""),
    ("1+", "1"),
    ("x.y.", "z"),
    ("f(", ""),
    ("- ", "1"),
];

fn ran(script: &str) -> Ran {
    memory::run(script, Given::blank(Platform::Linux), None)
}

#[test]
fn a_script_reaches_the_node_through_bindings_alone() {
    for name in ELSEWHERE {
        for args in ["", "\"/etc/passwd\"", "\"a\", \"b\""] {
            let fault = ran(&format!("{name}({args})")).fault;
            let message = fault.map(|fault| fault.message).unwrap_or_default();
            let is_unknown = message.contains(&format!("no function `{name}`"))
                || message.contains("reserved word")
                || message.contains(&format!("`{name}` is a namespace"));
            assert!(is_unknown, "{name}({args}): {message}");
        }
    }
}

#[test]
fn a_text_that_opens_without_end_is_refused() {
    for (open, inner) in OPENED {
        for script in [
            open.repeat(10_000) + *inner,
            format!("let x = {}{inner}", open.repeat(10_000)),
        ] {
            let fault = ran(&script)
                .fault
                .unwrap_or_else(|| panic!("{open} goes through"));
            assert_eq!(fault.kind, "usage", "{open}: {}", fault.message);
        }
    }
}

#[test]
fn a_wish_to_stop_is_heard_wherever_a_script_is() {
    for script in [
        "loop { }",
        "fn f() { loop { } } f();",
        "let f = || { while true { } }; f.call();",
        "try { for i in 0..9000000000 { } } catch { }",
        "loop { try { throw 1; } catch { } }",
    ] {
        let fault = memory::stopped(script).fault.unwrap();
        assert_eq!(
            (fault.kind.as_str(), fault.message.as_str()),
            ("stopped", "stopped"),
            "{script}"
        );
    }
}
