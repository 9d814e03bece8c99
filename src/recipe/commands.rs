//! Which programs a translation knows.

use super::context::{Context, ToolCall, Translated, Untranslated};
use super::statement::Statement;
use super::{asconfigurator, asnodeadmin};

type TranslateCall = fn(&ToolCall, &mut Context) -> Translated;

/// The programs whose commands become calls.
const TOOLS: &[(&[&str], TranslateCall)] = &[
    (&["asconfigurator"], asconfigurator::translate),
    (&["asnodeadmin"], asnodeadmin::translate),
    (&["ascp"], ascp),
];

/// Programs that a script does not need, and why.
const NEEDLESS: &[(&[&str], &str)] = &[
    (
        &["echo", "printf", "clear", "logger", "tput"],
        "the report of a run says what is done",
    ),
    (
        &["set", "exit", "true", ":", "trap", "return", "shopt"],
        "a script stops at the first error",
    ),
    (
        &[
            "[", "test", "id", "getent", "which", "type", "pgrep", "command",
        ],
        "each function looks first at what is there",
    ),
    (
        &[
            "cat",
            "ls",
            "stat",
            "ps",
            "netstat",
            "ss",
            "lsof",
            "asuserdata",
            "whoami",
            "pwd",
        ],
        "it only shows something",
    ),
    (&["sleep", "wait"], "a run waits for services itself"),
    (
        &["cd", "umask", "unset", "hash"],
        "it concerns only the shell",
    ),
];

pub(super) fn is_known_program(program: &str) -> bool {
    let is_tool = TOOLS.iter().any(|(names, _)| names.contains(&program));
    is_tool || ["sudo", "echo"].contains(&program)
}

/// The statements for a command.
pub(super) fn translate(call: &ToolCall, context: &mut Context) -> Translated {
    let program = call.program.as_str();
    if let Some((_, translate)) = TOOLS.iter().find(|(names, _)| names.contains(&program)) {
        return translate(call, context);
    }
    let needless = NEEDLESS.iter().find(|(names, _)| names.contains(&program));
    if let Some((_, why)) = needless.filter(|_| call.output.is_none()) {
        return Err(Untranslated::needless(*why));
    }
    Err(Untranslated::comment(
        "no function does what its program does",
    ))
}

/// `ascp -A` shows the license.
fn ascp(call: &ToolCall, _: &mut Context) -> Translated {
    if call.args == ["-A"] {
        return Ok(vec![Statement::Fixed(
            "ensure(license.check().valid, \"no valid server license\");",
        )]);
    }
    Err(Untranslated::comment("a script does not transfer files"))
}
