//! `id -Gn`: the groups of a system account.

use super::{RunReading, validate};
use crate::fault::Result;
use crate::state::ValueType;
use crate::step::Command;

/// Reads the names of the groups of an account; `None` if there is no such account.
pub(super) fn read(name: &str, run: RunReading<'_>) -> Result<Option<Vec<String>>> {
    validate::argument(ValueType::AccountName, "the account", name)?;
    let command = Command::new("id").args(["-Gn".to_owned(), name.to_owned()]);
    let output = run(&command)?;
    match output.code {
        Some(0) => {
            let names = output.stdout.split_whitespace();
            Ok(Some(names.map(str::to_owned).collect()))
        }
        // "no such user" (id(1)).
        Some(1) if output.stdout.trim().is_empty() => Ok(None),
        _ => Err(output.unreadable("id", &format!("account_groups/{name}"))),
    }
}
