//! Which programs a translation knows.

use super::context::{Context, ToolCall, Translated, Untranslated};
use super::statement::function_call;
use super::{
    accounts, asconfigurator, asnodeadmin, files, folders, macos_accounts, services, sync, tokens,
};
use crate::script_text::Expression;
use crate::state::Platform;

type TranslateCall = fn(&ToolCall, &mut Context) -> Translated;

/// The programs of any platform whose commands become calls.
const TOOLS: &[(&[&str], TranslateCall)] = &[
    (&["asconfigurator"], asconfigurator::translate),
    (&["asnodeadmin"], asnodeadmin::translate),
    (&["ascp"], ascp),
    (&["async"], sync::translate),
    (&["base64", "openssl"], tokens::token),
    (&["mkdir"], folders::mkdir),
    (&["install"], files::install),
    (&["cp"], files::cp),
    (&["rm"], files::rm),
    (&["tee"], files::tee),
    (&["chown", "chgrp"], folders::chown),
    (&["chmod"], folders::chmod),
    (&["umask"], umask),
    (&["trap"], trap),
];

/// Those of Linux.
const LINUX: &[(&[&str], TranslateCall)] = &[
    (&["systemctl"], services::systemctl),
    (&["service"], services::service),
    (&["useradd", "adduser", "usermod"], accounts::user),
    (&["userdel", "deluser"], accounts::delete),
    (&["groupadd", "addgroup"], accounts::group),
    (&["gpasswd"], accounts::gpasswd),
    (&["passwd"], accounts::passwd),
    (&["chpasswd"], accounts::chpasswd),
    (&["chage"], accounts::chage),
];

/// Those of macOS.
const MACOS: &[(&[&str], TranslateCall)] = &[
    (&["launchctl"], services::launchctl),
    (&["sysadminctl"], macos_accounts::sysadminctl),
    (&["dscl"], macos_accounts::dscl),
    (&["dseditgroup"], macos_accounts::dseditgroup),
    (&["dsenableroot"], macos_accounts::dsenableroot),
];

/// Programs that a script does not need, and why.
const NEEDLESS: &[(&[&str], &str)] = &[
    (
        &[
            "echo", "printf", "clear", "logger", "tput", "log", "info", "warn", "msg", "err",
            "die", "fail",
        ],
        "the report of a run says what is done",
    ),
    (
        &["set", "true", ":", "shopt"],
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
    (&["createhomedir"], "a new account gets its home folder"),
    (&["sleep", "wait"], "a run waits for services itself"),
    (&["cd", "unset", "hash"], "it concerns only the shell"),
];

/// Programs that no function stands for, and what to do instead.
const HINTS: &[(&[&str], &str)] = &[
    (
        &["sed", "perl", "ed"],
        "write file.line for one line of a file, or file.ensure for the whole file",
    ),
    (
        &["cut", "awk", "jq"],
        "a script reads the columns of a table with data()",
    ),
    (&["ln"], "no function makes a link"),
    (
        &["mv", "touch"],
        "write file.ensure with the content of the file",
    ),
    (&["rmdir"], "no function removes a folder"),
    (
        &[
            "yum",
            "dnf",
            "apt",
            "apt-get",
            "rpm",
            "dpkg",
            "brew",
            "installer",
        ],
        "a script installs no packages: install them before",
    ),
    (
        &["ssh", "scp", "rsync"],
        "a script changes only the node that it runs on",
    ),
    (
        &["systemsetup"],
        "turn Remote Login on in System Settings, or with systemsetup",
    ),
    (&["crontab"], "write file.ensure for a file in /etc/cron.d"),
];

/// Programs with which a shell script cleans up after itself.
const CLEANUPS: &[&str] = &[
    "-", "rm", "rmdir", "echo", "exit", "kill", "true", ":", "popd", "umount",
];

fn in_table(table: &[(&[&str], TranslateCall)], program: &str) -> Option<TranslateCall> {
    let row = table.iter().find(|(names, _)| names.contains(&program));
    row.map(|(_, translate)| *translate)
}

pub(super) fn is_known_program(program: &str) -> bool {
    let tables = [TOOLS, LINUX, MACOS];
    let is_tool = tables
        .iter()
        .any(|table| in_table(table, program).is_some());
    is_tool || ["sudo", "echo"].contains(&program)
}

/// The statements for a command.
pub(super) fn translate(call: &ToolCall, context: &mut Context) -> Translated {
    let program = call.program.as_str();
    context.written_before = std::mem::take(&mut context.written);
    if program != "async" && call.args.iter().any(|arg| context.has_token(arg)) {
        return Err(Untranslated::comment("it takes the token of an access key"));
    }
    for (platform, table) in [(Platform::Linux, LINUX), (Platform::Macos, MACOS)] {
        if let Some(translate) = in_table(table, program) {
            if !context.platforms.contains(&platform) {
                context.platforms.push(platform);
            }
            return translate(call, context);
        }
    }
    if let Some(translated) = folders::token_key(call, context) {
        return translated;
    }
    if let Some(translated) = files::write(call, context) {
        return translated;
    }
    if let Some(translate) = in_table(TOOLS, program) {
        return translate(call, context);
    }
    if let Some(translated) = services::init_script(call, context) {
        return translated;
    }
    let needless = NEEDLESS.iter().find(|(names, _)| names.contains(&program));
    if let Some((_, why)) = needless.filter(|_| call.output.is_none()) {
        return Err(Untranslated::needless(*why));
    }
    let hint = HINTS.iter().find(|(names, _)| names.contains(&program));
    let why = hint.map_or("no function does what its program does", |(_, why)| why);
    Err(Untranslated::comment(why))
}

/// `ascp -A` shows the license.
fn ascp(call: &ToolCall, _: &mut Context) -> Translated {
    if call.args == ["-A"] {
        return Ok(vec![function_call(
            "ensure",
            [
                Expression::Name("license.check().valid".to_owned()),
                Expression::from("no valid server license"),
            ],
        )]);
    }
    Err(Untranslated::comment("a script does not transfer files"))
}

/// `umask`: without it, a script gives new files and folders the usual modes.
fn umask(call: &ToolCall, _: &mut Context) -> Translated {
    let is_usual = |mask: &str| ["022", "002"].iter().any(|usual| mask.ends_with(usual));
    if call.args.iter().all(|mask| is_usual(mask)) {
        return Err(Untranslated::needless("it concerns only the shell"));
    }
    Err(Untranslated::comment(
        "what is made after it gets other modes: write `mode`",
    ))
}

/// `trap COMMANDS EXIT`: without it, nothing cleans up after a script.
fn trap(call: &ToolCall, _: &mut Context) -> Translated {
    let commands = call.args.first().map_or("", String::as_str);
    let is_cleanup = |command: &str| {
        let program = command.split_whitespace().next().unwrap_or("-");
        CLEANUPS.contains(&program) || program.contains("clean")
    };
    if commands.split([';', '&', '|', '\n']).all(is_cleanup) {
        return Err(Untranslated::needless("a script stops at the first error"));
    }
    Err(Untranslated::comment(
        "no function runs when a script ends: write the call at the end",
    ))
}
