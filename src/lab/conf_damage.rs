//! What a careless tool loses when it writes `aspera.conf`.

use std::fs;
use std::io;

use super::lab_folder::{CONF, LabFolder};

/// What is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConfDamage {
    /// Every comment.
    Comments,
    /// Every `read_allowed` that is false.
    Rights,
    /// The indentation of every line.
    Indent,
}

impl ConfDamage {
    /// The damage with that name in a fault rule.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "comments" => Some(Self::Comments),
            "rights" => Some(Self::Rights),
            "indent" => Some(Self::Indent),
            _ => None,
        }
    }

    /// Damages the file.
    pub(super) fn inflict(self, folder: &LabFolder) -> io::Result<()> {
        let text = fs::read_to_string(folder.path(CONF))?;
        let damaged = match self {
            Self::Comments => without_comments(&text),
            Self::Rights => text.replace("<read_allowed>false</read_allowed>", ""),
            Self::Indent => text.split_inclusive('\n').map(str::trim_start).collect(),
        };
        folder.write(CONF, damaged.as_bytes())
    }
}

fn without_comments(text: &str) -> String {
    let (mut kept, mut rest) = (String::new(), text);
    while let Some((before, from)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = from.split_once("-->").map_or("", |(_, after)| after);
    }
    kept + rest
}
