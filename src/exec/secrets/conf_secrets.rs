//! The secrets that aspera.conf holds on a node: a tool may repeat one of them.

use std::path::PathBuf;
use std::rc::Rc;

use super::cut_secrets::CutSecrets;
use crate::conf;
use crate::exec::node::storage::{self, FileStamp};
use crate::login::HIDDEN;

/// Secrets of an aspera.conf, which is read when a text is to be shown, and again after it changed.
pub(super) struct ConfSecrets {
    path: PathBuf,
    read: Option<FileStamp>,
    /// Those of earlier contents as well.
    secrets: CutSecrets,
}

impl ConfSecrets {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            read: None,
            secrets: CutSecrets::default(),
        }
    }

    /// Replaces them in a text.
    pub(super) fn replace(&mut self, text: String) -> String {
        self.refresh();
        self.secrets.replace(text)
    }

    /// A file that this user cannot read has no secrets that a tool of this user prints.
    fn refresh(&mut self) {
        let stamp = FileStamp::of(&self.path);
        if stamp == self.read {
            return;
        }
        self.read = stamp;
        if let Ok(Some(bytes)) = storage::read(&self.path) {
            let values = conf::secret_values(bytes);
            let values = values.iter().map(String::as_str);
            self.secrets.add(values, &Rc::from(HIDDEN));
        }
    }
}
