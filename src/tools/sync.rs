//! `async`: a Sync session as one command. The bindings add the advisories.

mod options;
mod table;

use crate::fault::{Fault, Result};
use crate::state::{Scalar, Secret, ValueType};
use crate::step::Command;

pub use options::SyncOption;
pub use table::SYNC_OPTIONS;

/// One Sync session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sync {
    /// Its name; `async` finds the snapshot of an earlier run by it.
    pub name: String,
    /// The local folder.
    pub local: String,
    /// The remote folder: `user@host:/path`.
    pub remote: String,
    /// The basic token, with the word `Basic`.
    pub token: Option<Secret>,
    /// The password for SSH.
    pub password: Option<Secret>,
    /// Names from [`SYNC_OPTIONS`] with their values as text; a switch takes
    /// `true` or `false`. The order of filters counts.
    pub options: Vec<(String, String)>,
}

/// Returns the command that runs a session, without progress lines: their form is
/// not published, and nothing reads them.
pub fn sync(session: &Sync) -> Result<Command> {
    // Without `-d` the tool would take a folder of its own.
    for (key, ty, value) in [
        ("name", ValueType::SessionName, &session.name),
        ("local", ValueType::Path, &session.local),
        ("remote", ValueType::RemotePath, &session.remote),
    ] {
        ty.check(format_args!("`{key}`"), Scalar::Text(value))
            .map_err(|fault| fault.in_argument(key))?;
    }
    refuse_log_inside(session)?;
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (nth, (name, value)) in session.options.iter().enumerate() {
        let option = find(name)?;
        let is_again = session.options[..nth]
            .iter()
            .any(|(other, _)| other == name);
        if is_again && !option.is_repeatable {
            return Err(Fault::script(format!("`{name}` is given twice")));
        }
        option
            .check(value)
            .map_err(|fault| fault.in_argument(name.clone()))?;
        let args = if option.is_for_instance {
            &mut before
        } else {
            &mut after
        };
        option.write(value, args);
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

fn find(name: &str) -> Result<&'static SyncOption> {
    let option = SYNC_OPTIONS.iter().find(|option| option.name == name);
    option.ok_or_else(|| {
        Fault::script(format!("async has no option `{}`", name.escape_debug()))
            .suggest(name, SYNC_OPTIONS.iter().map(|option| option.name))
    })
}

/// By the environment: every local user could see the options for them.
fn with_secrets(mut command: Command, session: &Sync) -> Command {
    if let Some(token) = &session.token {
        command = command.env("ASPERA_SCP_TOKEN", token.clone());
    }
    if let Some(password) = &session.password {
        command = command.env("ASPERA_SCP_PASS", password.clone());
    }
    command
}

/// The log may not be in the folder that is synchronized ("Composing an Async
/// Session").
fn refuse_log_inside(session: &Sync) -> Result<()> {
    let log = session.options.iter().find(|(name, _)| name == "log_dir");
    if log.is_some_and(|(_, log)| std::path::Path::new(log).starts_with(&session.local)) {
        return Err(
            Fault::refused("the log folder is inside the folder that is synchronized")
                .hint("choose a `log_dir` outside of `local`")
                .in_argument("log_dir"),
        );
    }
    Ok(())
}
