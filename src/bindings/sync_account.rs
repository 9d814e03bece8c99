//! The account that runs a Sync session: it exists, and can write the folder of the database.

use std::rc::Rc;

use crate::conf;
use crate::facts::Facts;
use crate::fault::{Fault, Result};
use crate::state::{Dir, SectionKind, State, Subject};
use crate::step::SyncSession;

use super::effective::EffectiveUser;

/// Refuses an account that does not exist, or cannot write a folder of the Sync database.
pub(super) fn check(session: &SyncSession, facts: &mut Facts<'_>) -> Result<()> {
    let Some(user) = session.user.as_deref() else {
        return Ok(());
    };
    if facts.read(&Subject::Account(user.into()))? == State::Absent {
        return Err(
            Fault::refused(format!("the account `{user}` does not exist"))
                .hint(format!("create it before: `account.ensure(\"{user}\")`"))
                .in_argument("user"),
        );
    }
    for folder in database_folders(session, user.into(), facts)? {
        let folder = folder.trim_end_matches('/');
        let problem = if let State::Dir(dir) = facts.read(&Subject::Dir(folder.into()))? {
            if may_write(&dir, user) {
                continue;
            }
            format!("is writable for {} only", dir.owner)
        } else {
            "does not exist".to_owned()
        };
        return Err(Fault::refused(format!(
            "{user} cannot write the Sync database: the folder {folder} {problem}"
        ))
        .hint(format!(
            "create it before: `dir.ensure(\"{folder}\", #{{ owner: \"{user}\" }})`, or name another with `local_db_dir`"
        ))
        .in_argument("user"));
    }
    Ok(())
}

/// The folders that `async` may keep the database in. Whether the option or aspera.conf wins on
/// the local side is not documented, so both count; without them it is the synchronized folder.
fn database_folders(
    session: &SyncSession,
    user: Rc<str>,
    facts: &mut Facts<'_>,
) -> Result<Vec<String>> {
    let option = session
        .options
        .iter()
        .find(|(name, _)| name == "local_db_dir");
    let mut folders: Vec<_> = option
        .map(|(_, folder)| folder.clone())
        .into_iter()
        .collect();
    if let Some(setting) = conf::find(SectionKind::User, "async_db_dir") {
        let in_force = EffectiveUser::read(user, facts)?;
        let value = in_force.get(setting)?.and_then(|(state, _)| state.text());
        folders.extend(value.map(str::to_owned));
    }
    if folders.is_empty() {
        folders.push(session.local.clone());
    }
    folders.dedup();
    folders.retain(|folder| folder.starts_with('/'));
    Ok(folders)
}

/// Whether an account may write a folder, as far as is known: its groups are not.
fn may_write(dir: &Dir, user: &str) -> bool {
    let bits = u32::from_str_radix(&dir.mode, 8).unwrap_or_default();
    dir.owner == user || bits & 0o022 != 0
}
