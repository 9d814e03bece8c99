//! What became of each line of a recipe.

use serde::Serialize;

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// The script does what the line does.
    Kept,
    /// The script does what the line means, not what it says.
    Changed,
    /// The line is a comment of the script.
    #[serde(rename = "comment")]
    Commented,
    /// A script does not need the line.
    LeftOut,
}

impl Treatment {
    /// All of them, in the order of a summary.
    pub const ALL: [Self; 4] = [Self::Kept, Self::Changed, Self::Commented, Self::LeftOut];

    /// How a report calls it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Changed => "changed",
            Self::Commented => "left as a comment",
            Self::LeftOut => "left out",
        }
    }
}

/// What became of one line, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineAnswer {
    /// The name of the file.
    pub file: String,
    /// The number of the line, from 1.
    pub line: usize,
    /// What became of it.
    #[serde(rename = "answer")]
    pub treatment: Treatment,
    /// Why, without any secret; empty for a line that is kept.
    pub reasons: Vec<String>,
}
