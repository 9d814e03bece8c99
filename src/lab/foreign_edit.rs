//! An edit of `aspera.conf` by another program while a program of the lab is called.

use std::fs;
use std::io;

use super::lab_folder::{CONF, LabFolder, invalid_input};
use super::programs;

/// When the edit happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EditTime {
    /// Before the program reads the file.
    Before,
    /// After the program has read the file and before it writes it: the edit is lost.
    During,
    /// After the program is done.
    After,
}

/// The edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ForeignEdit {
    pub(super) time: EditTime,
    /// A command string of `asconfigurator`, or a comment.
    text: String,
}

impl ForeignEdit {
    /// Parses what follows `edit-` in a fault rule: `during:set_user_data;user_name,ana`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (time, text) = text.split_once(':')?;
        let time = match time {
            "before" => EditTime::Before,
            "during" => EditTime::During,
            "after" => EditTime::After,
            _ => return None,
        };
        let text = text.to_owned();
        Some(Self { time, text })
    }

    /// The file with the edit.
    pub(super) fn edited(&self, folder: &LabFolder) -> io::Result<Vec<u8>> {
        if !self.text.starts_with("<!--") {
            return programs::edited_conf(folder, &self.text);
        }
        let conf = fs::read_to_string(folder.path(CONF))?;
        let (before, root_end) = conf
            .rsplit_once("</")
            .ok_or_else(|| invalid_input("aspera.conf has no root element"))?;
        Ok(format!("{before}{}\n</{root_end}", self.text).into_bytes())
    }
}
