//! `asyncadmin`: the state of a Sync session on this machine. Only servers have it.

use super::output::quoted;
use super::{RunReading, validate};
use crate::fault::Result;
use crate::state::{SyncFolder, SyncStatus, SyncValue, ValueType};
use crate::step::Command;

/// The name of the program.
pub const ASYNCADMIN: &str = "asyncadmin";

/// Reads what the program reports. Its exit codes are not documented, so one that is not 0 may
/// mean that the session has no snapshot yet.
pub(super) fn read(name: &str, folder: &SyncFolder, run: RunReading<'_>) -> Result<SyncStatus> {
    validate::argument(ValueType::SessionName, "the session", name)?;
    validate::argument(ValueType::Path, "the folder", folder.path())?;
    let flag = match folder {
        SyncFolder::Local(_) => "--local-dir",
        SyncFolder::Database(_) => "--local-db-dir",
    };
    let output = run(&Command::new(ASYNCADMIN)
        .arg("--quiet")
        .arg(format!("--name={name}"))
        .arg(format!("{flag}={}", folder.path())))?;
    let mut status = SyncStatus::default();
    if output.is_success() {
        parse(&output.stdout, &mut status);
    }
    if status.values.is_empty() {
        let words = output.first_line().map(quoted);
        status.problem = Some(words.unwrap_or_else(|| "it printed nothing".to_owned()));
    }
    Ok(status)
}

/// `Key: value`; the lines below a key without a value are its items (aspera-cli).
fn parse(printed: &str, status: &mut SyncStatus) {
    let mut open = None;
    for line in printed
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        if let Some((key, value)) = line.split_once(':') {
            let key = quoted(key.trim());
            let value = match value.trim() {
                "" => SyncValue::List(Vec::new()),
                text => SyncValue::Text(quoted(text)),
            };
            open = Some(key.clone());
            status.values.insert(key, value);
            continue;
        }
        let last = open.as_ref().and_then(|key| status.values.get_mut(key));
        if let Some(SyncValue::List(items)) = last {
            items.push(quoted(line));
        }
    }
}
