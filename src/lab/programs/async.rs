//! `async`: accepts the vendor's arguments, stores each session, copies nothing.

use std::io;

use serde::{Deserialize, Serialize};

use crate::lab::arguments::{OptionSyntax, ParsedArg};
use crate::lab::fingerprint::fingerprint;
use crate::lab::license_file;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram = LabProgram::new("async", ActingCalls::When(acts), run);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "AhqDCxujt",
    values: "LNdrwiWKalmPOckonHbBRZXgGIE",
    long_flags: &[
        ("version", "A"),
        ("help", "h"),
        ("quiet", "q"),
        ("apply-local-docroot", "apply-local-docroot"),
        ("ws-connect", "ws-connect"),
        ("continuous", "C"),
        ("reset", "x"),
        ("preserve-uid", "u"),
        ("preserve-gid", "j"),
        ("preserve-time", "t"),
        ("preserve-access-time", "preserve-access-time"),
        ("preserve-modification-time", "preserve-modification-time"),
        ("create-dir", "create-dir"),
        ("ignore-delete", "ignore-delete"),
        ("delete-before", "delete-before"),
        ("delete-delay", "delete-delay"),
        ("mirror", "mirror"),
        ("remove-after-transfer", "remove-after-transfer"),
        ("no-scan", "no-scan"),
        ("assume-no-mods", "assume-no-mods"),
        ("clean-excluded", "clean-excluded"),
        ("store-metadata-records", "store-metadata-records"),
        ("ignore-mode", "ignore-mode"),
        ("local-force-stat", "local-force-stat"),
        ("remote-force-stat", "remote-force-stat"),
        ("no-preserve-root-attrs", "no-preserve-root-attrs"),
        ("preserve-creation-time", "preserve-creation-time"),
        (
            "preserve-object-lock-legal-hold",
            "preserve-object-lock-legal-hold",
        ),
        (
            "preserve-object-lock-retention",
            "preserve-object-lock-retention",
        ),
        ("preserve-object-metadata", "preserve-object-metadata"),
        ("resume-scan", "resume-scan"),
        ("scan-dir-rename", "scan-dir-rename"),
        ("scan-file-rename", "scan-file-rename"),
    ],
    long_values: &[
        ("alt-logdir", "L"),
        ("watchd", "watchd"),
        ("name", "N"),
        ("local-dir", "d"),
        ("remote-dir", "r"),
        ("host", "host"),
        ("user", "user"),
        ("remote-password", "w"),
        ("private-key-path", "i"),
        ("token", "W"),
        ("cookie", "cookie"),
        ("direction", "K"),
        ("rate-policy", "a"),
        ("target-rate", "l"),
        ("min-rate", "m"),
        ("tcp-port", "P"),
        ("udp-port", "O"),
        ("cipher", "c"),
        ("checksum", "k"),
        ("overwrite", "o"),
        ("symbolic-links", "n"),
        ("scan-intensity", "H"),
        ("local-db-dir", "b"),
        ("remote-db-dir", "B"),
        ("remote-logdir", "R"),
        ("datagram-size", "Z"),
        ("include", "I"),
        ("exclude", "E"),
        ("include-from", "include-from"),
        ("exclude-from", "exclude-from"),
        ("compression", "compression"),
        ("cooloff", "cooloff"),
        ("cooloff-max", "cooloff-max"),
        ("pending-max", "pending-max"),
        ("transfer-threads", "transfer-threads"),
        ("scan-threads", "scan-threads"),
        ("scan-interval", "scan-interval"),
        ("preserve-acls", "preserve-acls"),
        ("preserve-xattrs", "preserve-xattrs"),
        ("keep-dir-local", "keep-dir-local"),
        ("keep-dir-remote", "keep-dir-remote"),
        ("local-mount-signature", "local-mount-signature"),
        ("remote-mount-signature", "remote-mount-signature"),
        ("dedup", "dedup"),
        ("proxy", "proxy"),
        ("tags64", "tags64"),
        ("local-checksum-threads", "local-checksum-threads"),
        ("remote-checksum-threads", "remote-checksum-threads"),
        ("local-fs-threads", "local-fs-threads"),
        ("remote-fs-threads", "remote-fs-threads"),
        ("remote-scan-threads", "remote-scan-threads"),
        ("remote-scan-interval", "remote-scan-interval"),
        ("local-db-store-dir", "local-db-store-dir"),
        ("remote-db-store-dir", "remote-db-store-dir"),
        ("local-move-cache-timeout", "local-move-cache-timeout"),
        ("remote-move-cache-timeout", "remote-move-cache-timeout"),
        ("no-log", "no-log"),
        ("support-resume", "support-resume"),
        ("resume-age-days", "resume-age-days"),
        ("sharing-retry-max", "sharing-retry-max"),
        ("write-uid", "write-uid"),
        ("write-gid", "write-gid"),
        ("raw-options", "raw-options"),
        ("remote-preserve-acls", "remote-preserve-acls"),
        ("remote-preserve-xattrs", "remote-preserve-xattrs"),
        ("exclude-dirs-older-than", "exclude-dirs-older-than"),
    ],
};

/// The stored data of a session.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct SyncSession {
    name: String,
    local: String,
    remote: String,
    direction: String,
    /// The user who runs it, where sudo has said so.
    user: Option<String>,
    /// The fingerprint of the token, if there was one.
    token: Option<String>,
    /// `environment` or `argument`.
    token_from: Option<String>,
    /// Every other option, without its value.
    options: Vec<String>,
    runs: u32,
}

fn acts(args: &[String], _: &str) -> bool {
    let reads = ["-A", "--version", "-h", "--help"];
    !args.iter().any(|arg| reads.contains(&arg.as_str()))
}

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    if options.has("A") {
        return license_file::print_license(call, "async");
    }
    if options.has("h") {
        call.print_line("Usage: async [options] -N NAME -d LOCAL -r [USER@HOST:]REMOTE [options]")?;
        return Ok(0);
    }
    let sessions = sessions(&options.0);
    for session in &sessions {
        if let Err(reason) = check_session(session) {
            return call.report_error(1, format_args!("async: {reason}"));
        }
    }
    if sessions.is_empty() {
        return call.report_error(1, "async: -N is required");
    }
    if !license_file::allows(&call.folder, "sync2") {
        return call.report_error(1, "async: the license does not enable sync2");
    }
    sessions
        .into_iter()
        .try_for_each(|session| store(call, session, options.has("q")))?;
    Ok(0)
}

/// Splits the options into sessions, each from one `-N` on. Earlier ones are ignored.
fn sessions(options: &[ParsedArg]) -> Vec<SyncSession> {
    let mut sessions: Vec<SyncSession> = Vec::new();
    for word in options {
        match word {
            ParsedArg::Value(key, name) if key == "N" => sessions.push(SyncSession {
                name: name.clone(),
                direction: "push".to_owned(),
                ..SyncSession::default()
            }),
            ParsedArg::Value(..) | ParsedArg::Flag(_) | ParsedArg::Operand(_) => {
                if let Some(session) = sessions.last_mut() {
                    set_option(session, word);
                }
            }
        }
    }
    sessions
}

fn set_option(session: &mut SyncSession, word: &ParsedArg) {
    let (key, value) = match word {
        ParsedArg::Value(key, value) => (key, value.clone()),
        ParsedArg::Flag(key) | ParsedArg::Operand(key) => (key, String::new()),
    };
    match key.as_str() {
        "d" => session.local = value,
        "r" => session.remote = value,
        "K" => session.direction = value,
        "W" => {
            session.token = Some(value);
            session.token_from = Some("argument".to_owned());
        }
        _ => session.options.push(key.clone()),
    }
}

fn check_session(session: &SyncSession) -> Result<(), String> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    if session.name.is_empty() || !session.name.chars().all(plain) {
        return Err(format!("'{}' is not a session name", session.name));
    }
    if session.local.is_empty() {
        return Err("-d is required".to_owned());
    }
    if session.remote.is_empty() {
        return Err("-r is required".to_owned());
    }
    if !["push", "pull", "bidi"].contains(&session.direction.as_str()) {
        return Err(format!("'{}' is not a direction", session.direction));
    }
    Ok(())
}

fn store(call: &ProgramCall, mut session: SyncSession, quiet: bool) -> io::Result<()> {
    if session.token.is_none()
        && let Ok(token) = std::env::var("ASPERA_SCP_TOKEN")
    {
        session.token = Some(token);
        session.token_from = Some("environment".to_owned());
    }
    let mark = format!("sync:{}", session.name);
    session.token = session
        .token
        .map(|token| fingerprint(&mark, token.as_bytes()));
    session.user = std::env::var("SUDO_USER")
        .and_then(|_| std::env::var("USER"))
        .ok();
    let _lock = call.folder.lock()?;
    let file = format!("var/lab/sync/{}.json", session.name);
    let before: SyncSession = call.folder.read_json(&file)?;
    session.runs = before.runs + 1;
    call.folder.write_json(&file, &session)?;
    if quiet {
        return Ok(());
    }
    let SyncSession {
        name,
        local,
        remote,
        direction,
        ..
    } = session;
    call.print_line(format_args!("{name}: {direction} {local} {remote}"))?;
    call.print_line(format_args!(
        "{name}: Found 0 Synced 0 Pending 0 Error 0 Conflict 0"
    ))
}
