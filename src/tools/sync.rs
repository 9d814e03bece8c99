//! `async`: a Sync session as one call. Which options are dangerous together,
//! and what the licence must allow, is said elsewhere.

mod options;
mod table;

use crate::fault::{Fault, Result};
use crate::state::Secret;
use crate::step::Command;

pub use options::{SyncKind, SyncOption};
pub use table::SYNC_OPTIONS;

/// One Sync session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sync {
    /// Its name, which finds the snapshot of an earlier run.
    pub name: String,
    /// The local folder.
    pub local: String,
    /// The other side: `user@host:/path`.
    pub remote: String,
    /// The basic token, with the word `Basic`.
    pub token: Option<Secret>,
    /// The password for SSH.
    pub password: Option<Secret>,
    /// Names from [`SYNC_OPTIONS`] with their values as text; a switch takes
    /// `true` or `false`. The order of filters counts.
    pub options: Vec<(String, String)>,
}

/// The call that runs a session, without progress lines: their form is not
/// published, and nothing reads them.
pub fn sync(session: &Sync) -> Result<Command> {
    session_name(&session.name)?;
    local_folder(session)?;
    remote_folder(&session.remote)?;
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (nth, (name, value)) in session.options.iter().enumerate() {
        let option = options::named(name)?;
        let is_again = session.options[..nth]
            .iter()
            .any(|(other, _)| other == name);
        if is_again && !option.is_repeatable {
            return Err(Fault::script(format!("`{name}` is given twice")));
        }
        let value = option
            .checked(value)
            .map_err(|fault| fault.in_argument(name.clone()))?;
        let place = if option.is_for_instance {
            &mut before
        } else {
            &mut after
        };
        option.write(value, place);
    }
    // The name stands between the options of the process and those of the
    // session ("async command reference").
    let command = Command::new("async")
        .arg("-q")
        .args(before)
        .args(["-N".to_owned(), session.name.clone()])
        .args(["-d".to_owned(), session.local.clone()])
        .args(["-r".to_owned(), session.remote.clone()])
        .args(after);
    Ok(with_secrets(command, session))
}

/// Both have an option as well, which every local user could see.
fn with_secrets(mut command: Command, session: &Sync) -> Command {
    if let Some(token) = &session.token {
        command = command.env("ASPERA_SCP_TOKEN", token.clone());
    }
    if let Some(password) = &session.password {
        command = command.env("ASPERA_SCP_PASS", password.clone());
    }
    command
}

fn session_name(name: &str) -> Result<()> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(is_word) {
        return Err(
            Fault::script(format!("`{}` is no name of a session", name.escape_debug()))
                .hint("a session's name has letters, digits, `_` and `-`")
                .in_argument("name"),
        );
    }
    Ok(())
}

/// Without `-d` the tool would take some folder of its own. Its log may not
/// be in the folder it synchronises ("Composing an Async Session").
fn local_folder(session: &Sync) -> Result<()> {
    let local = &session.local;
    if !local.starts_with('/') || local.contains(char::is_control) {
        return Err(Fault::script(format!(
            "the local folder `{}` is not an absolute path",
            local.escape_debug()
        ))
        .in_argument("local"));
    }
    let log = session.options.iter().find(|(name, _)| name == "log_dir");
    if log.is_some_and(|(_, log)| std::path::Path::new(log).starts_with(local)) {
        return Err(
            Fault::refused("the log would be in the folder that is synchronised")
                .in_argument("log_dir"),
        );
    }
    Ok(())
}

fn remote_folder(remote: &str) -> Result<()> {
    let wrong = || {
        Fault::script(format!(
            "`{}` names no folder on another node",
            remote.escape_debug()
        ))
        .hint("write `user@host:/path`")
        .in_argument("remote")
    };
    // The colons of an IPv6 address are in brackets.
    let from = remote.find(']').unwrap_or(0);
    let colon = remote[from..].find(':').ok_or_else(wrong)? + from;
    let (host, path) = (&remote[..colon], &remote[colon + 1..]);
    let host = host
        .split_once('@')
        .map_or(host, |(user, host)| match user {
            "" => "",
            _ => host,
        });
    let is_odd = |c: char| c.is_control() || c.is_whitespace();
    let is_wrong = host.is_empty()
        || path.is_empty()
        || remote.starts_with('-')
        || remote[..colon].contains(is_odd)
        || path.contains(char::is_control);
    if is_wrong { Err(wrong()) } else { Ok(()) }
}
