//! The file that keeps typed lines between sessions. Only its owner can read
//! it and its folder. Where it cannot be created, no lines are kept.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use rustyline::Editor;
use rustyline::history::FileHistory;

use crate::exec::user_folder;

use super::line_helper::LineHelper;

/// The line editor of a session.
pub(super) type LineEditor = Editor<LineHelper, FileHistory>;

/// The history file; none if it cannot be created.
pub(super) struct HistoryFile {
    path: Option<PathBuf>,
}

impl HistoryFile {
    /// Loads the lines of earlier sessions into the editor.
    pub(super) fn load_into(editor: &mut LineEditor) -> Self {
        let path = user_folder()
            .filter(|folder| create(folder))
            .map(|folder| folder.join("history"));
        if let Some(path) = &path {
            // Before the first session there is no file.
            let _ = editor.load_history(path);
        }
        Self { path }
    }

    /// Adds a line. It is written immediately, since a session may be killed.
    pub(super) fn add(&self, editor: &mut LineEditor, line: &str) {
        let is_new = editor.add_history_entry(line).unwrap_or(false);
        if let Some(path) = self.path.as_ref().filter(|_| is_new) {
            // A full disk is no reason to stop a session.
            let _ = editor.append_history(path);
        }
    }
}

fn create(folder: &Path) -> bool {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder).is_ok()
}
