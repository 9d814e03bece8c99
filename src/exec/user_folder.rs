//! The folder of what this program keeps for a user.

use std::path::PathBuf;

/// The folder of this user, by the conventions of the system; `None` without a home folder.
pub fn user_folder() -> Option<PathBuf> {
    let home = || std::env::var_os("HOME").map(PathBuf::from);
    let folder = if cfg!(target_os = "macos") {
        home()?.join("Library/Application Support")
    } else {
        let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
        state.or_else(|| Some(home()?.join(".local/state")))?
    };
    // The XDG specification says to ignore relative paths.
    folder.is_absolute().then(|| folder.join("ascript"))
}
