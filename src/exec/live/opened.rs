//! The folders and files of this machine that steps change, each opened once: whoever owns a folder
//! on the way can put something else there after it was read.

use std::path::Path;

use nix::unistd::User;

use super::files::{changed, replaced};
use super::{Folder, Live};
use crate::exec::{FileOwner, MachineFile};
use crate::facts::NodeReader as _;
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{State, Subject, sha256};
use crate::step::{Change, Command};
use crate::tools;

impl Live {
    /// Opens the folder that a command runs in. Refuses what it would change there if it is not as
    /// the step found it.
    pub(super) fn opened(
        &self,
        path: &Path,
        command: &Command,
        changes: &[Change],
    ) -> Result<Folder> {
        if tools::is_file_command(command) {
            return self.opened_for_file(path, command, changes);
        }
        let folder = Folder::create_shared(path)?;
        let is_changed =
            |it: &&Change| matches!(&it.subject, Subject::Dir(dir) if Path::new(&**dir) == path);
        match changes.iter().find(is_changed) {
            Some(it) if !is_folder(&folder, &it.before)? => Err(changed(&it.subject)),
            _ => Ok(folder),
        }
    }

    fn opened_for_file(
        &self,
        path: &Path,
        command: &Command,
        changes: &[Change],
    ) -> Result<Folder> {
        let name = command.args.last().map(ToString::to_string);
        let name = name.unwrap_or_default().trim_start_matches("./").to_owned();
        let place = path.join(&name);
        let mut found = changes.iter().filter(|it| self.is_at(&it.subject, &place));
        let is_created = found.clone().all(|it| it.before == State::Absent);
        let Some(folder) = Folder::of_files(path, is_created)? else {
            let message = format!("{} was removed since it was read", path.display());
            return Err(Fault::new(FaultKind::Stale, message));
        };
        found.try_for_each(|it| {
            let mut file = MachineFile::in_folder(folder.clone(), &name)?;
            let content = file.read()?;
            if is_file(it, file.owner(), content) {
                Ok(())
            } else {
                Err(changed(&it.subject))
            }
        })?;
        Ok(folder)
    }

    fn is_at(&self, subject: &Subject, place: &Path) -> bool {
        let (Subject::File(path) | Subject::FileLine(path, _)) = subject else {
            return false;
        };
        let spawner = self.spawner.borrow();
        spawner.programs().place(self.world.node().platform, path) == place
    }
}

fn is_folder(folder: &Folder, before: &State) -> Result<bool> {
    let State::Dir(dir) = before else {
        return folder.is_new();
    };
    Ok(has_owner(&folder.owner()?, &dir.owner, &dir.mode))
}

fn is_file(change: &Change, owner: Option<FileOwner>, content: Option<Vec<u8>>) -> bool {
    let before = &change.before;
    let content = content.and_then(|content| replaced(&change.subject, content));
    let is_owned = match (before.file(), owner) {
        (Some(file), Some(owner)) => has_owner(&owner, &file.owner, &file.mode),
        _ => true,
    };
    // The digest of a content with a secret, which this run wrote, is not in its state.
    let has_content = match content {
        Some(content) => {
            *before != State::Absent && before.digest().is_none_or(|it| *it == *sha256(&content))
        }
        None => *before == State::Absent,
    };
    is_owned && has_content
}

/// Whether an owner and permissions are those that a state names. An account that this program
/// cannot look up is not compared, nor are the bits that `stat` of macOS does not print.
fn has_owner(found: &FileOwner, owner: &str, mode: &str) -> bool {
    let account = User::from_name(owner).ok().flatten();
    let bits = u32::from_str_radix(mode, 8);
    account.is_none_or(|account| account.uid.as_raw() == found.uid)
        && bits.is_ok_and(|bits| bits & 0o777 == found.mode & 0o777)
}
