//! `ascript authorized-keys`, this program itself: the keys that may log in to an account. No
//! program of the systems edits that file without following links of the account.

use super::output::unknown_format;
use super::{RunReading, no_command_for, validate};
use crate::fault::{Fault, Result};
use crate::state::{AuthorizedKey, PublicKey, State, ValueType};
use crate::step::{Change, Command, Piece, Stdin};

/// The file of the keys of an account with that home folder.
pub fn authorized_keys_file(home: &str) -> String {
    format!("{}/.ssh/authorized_keys", home.trim_end_matches('/'))
}

pub(super) fn read(account: &str, id: &str, home: &str, run: RunReading<'_>) -> Result<State> {
    let file = authorized_keys_file(home);
    let path = format!("authorized_key/{account}/{id}");
    validate::argument(ValueType::Path, "the file of keys", &file)?;
    let output = run(&command("list", account, &file))?;
    if !output.is_success() {
        return Err(output
            .unreadable("ascript authorized-keys", &path)
            .hint("this can be read by root and by the account only: call ascript with sudo"));
    }
    let mut owner_only = true;
    for line in output.stdout.lines() {
        match line.split_once(": ") {
            Some(("exposed", _)) => owner_only = false,
            Some(("key", line)) => {
                let key = PublicKey::parse(line)
                    .ok_or_else(|| unknown_format("ascript authorized-keys", &path, line))?;
                if key.id() == id {
                    let PublicKey { options, key, .. } = key;
                    let found = AuthorizedKey {
                        key,
                        options,
                        file,
                        owner_only,
                    };
                    return Ok(State::AuthorizedKey(found.into()));
                }
            }
            _ => return Err(unknown_format("ascript authorized-keys", &path, line)),
        }
    }
    Ok(State::Absent)
}

pub(super) fn commands(account: &str, change: &Change) -> Result<Vec<Command>> {
    validate::argument(ValueType::AccountName, "the account", account)?;
    let (verb, key) = match (&change.before, &change.after.state) {
        (State::Absent | State::AuthorizedKey(_), State::AuthorizedKey(key)) if key.owner_only => {
            ("add", key)
        }
        (State::AuthorizedKey(key), State::Absent) => ("remove", key),
        _ => return Err(no_command_for(change)),
    };
    check_file(&key.file)?;
    let line = if key.options.is_empty() {
        key.key.clone()
    } else {
        format!("{} {}", key.options, key.key)
    };
    if PublicKey::parse(&line).is_none_or(|parsed| parsed.line() != line) {
        return Err(Fault::refused(format!(
            "the key of {account} is not a public key"
        )));
    }
    let input = Stdin::Pipe(vec![Piece::from(line)]);
    Ok(vec![command(verb, account, &key.file).stdin(input)])
}

/// Refuses what is not the file of keys in some home folder. Whose it is, the program looks at.
fn check_file(file: &str) -> Result<()> {
    validate::argument(ValueType::Path, "the file of keys", file)?;
    if file.ends_with("/.ssh/authorized_keys") && !file.split('/').any(|part| part == "..") {
        return Ok(());
    }
    Err(Fault::refused(format!(
        "`{}` is not the file of keys of an account",
        file.escape_debug()
    )))
}

fn command(verb: &'static str, account: &str, file: &str) -> Command {
    Command::new("ascript")
        .args(["authorized-keys", verb, "--user"])
        .args([account.to_owned(), file.to_owned()])
}
