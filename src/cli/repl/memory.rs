//! The file that remembers lines between sessions. Its folder and the file
//! are their owner's alone; where neither can be, nothing is remembered.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use rustyline::Editor;
use rustyline::history::FileHistory;

use super::line_helper::LineHelper;

/// The editor of a session.
pub(super) type Lines = Editor<LineHelper, FileHistory>;

/// Where lines are remembered.
pub(super) struct Memory {
    file: Option<PathBuf>,
}

impl Memory {
    /// What earlier sessions remembered is in the editor from now on.
    pub(super) fn open(editor: &mut Lines) -> Self {
        let file = folder()
            .filter(|folder| is_there(folder))
            .map(|folder| folder.join("history"));
        if let Some(file) = &file {
            // The first session has none yet.
            let _ = editor.load_history(file);
        }
        Self { file }
    }

    /// Remembers a line, at once: a session may end in any way.
    pub(super) fn keep(&self, editor: &mut Lines, line: &str) {
        let is_new = editor.add_history_entry(line).unwrap_or(false);
        if let Some(file) = self.file.as_ref().filter(|_| is_new) {
            // A full disk is no reason to stop a session.
            let _ = editor.append_history(file);
        }
    }
}

fn folder() -> Option<PathBuf> {
    let home = || std::env::var_os("HOME").map(PathBuf::from);
    let folder = if cfg!(target_os = "macos") {
        home()?.join("Library/Application Support")
    } else {
        let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
        state.or_else(|| Some(home()?.join(".local/state")))?
    };
    // What is not absolute is to be ignored, by the rule for such folders.
    folder.is_absolute().then(|| folder.join("ascript"))
}

fn is_there(folder: &Path) -> bool {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder).is_ok()
}
