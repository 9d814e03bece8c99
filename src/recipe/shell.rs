//! What a shell script does, as data. Nothing is executed or expanded.

/// What a part of a shell script does.
#[derive(Debug)]
pub(super) enum ShellItem {
    /// Sets a variable to a word.
    Assign { name: String, value: ShellWord },
    /// Starts a program.
    Run(Box<Invocation>),
    /// Runs items for each word.
    Loop {
        variable: String,
        words: Vec<ShellWord>,
        body: Vec<PlacedItem>,
    },
    /// Runs items for each line of a file.
    Rows {
        file: ShellWord,
        /// Whether the first line is skipped.
        has_header: bool,
        /// The variables that are set to the parts of a line.
        variables: Vec<String>,
        body: Vec<PlacedItem>,
    },
    /// Nothing that a translation can follow.
    Other(&'static str),
}

/// An item, and the lines of its chunk that it is on, from 0.
#[derive(Debug)]
pub(super) struct PlacedItem {
    pub(super) line: usize,
    pub(super) last_line: usize,
    pub(super) item: ShellItem,
}

/// A program with its arguments.
#[derive(Clone, Debug, Default)]
pub(super) struct Invocation {
    pub(super) words: Vec<ShellWord>,
    /// What it reads from a here-document.
    pub(super) input: Option<ShellWord>,
    /// The program whose output it reads.
    pub(super) feeder: Option<Box<Invocation>>,
    /// The file that it writes its output to.
    pub(super) output: Option<ShellWord>,
    /// Whether its output is added to that file.
    pub(super) appends: bool,
    /// Variables that only it sees.
    pub(super) environment: Vec<(String, ShellWord)>,
}

/// A word of the shell: texts and variables in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ShellWord(pub(super) Vec<WordPart>);

/// A part of a word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum WordPart {
    Text(String),
    /// A variable, and the text that stands for an unset one.
    Variable {
        name: String,
        default: Option<String>,
        is_quoted: bool,
    },
    /// The output of `hostname`.
    HostName,
    /// What `echo WORD | base64` prints.
    Base64(ShellWord),
    /// What only a shell can know.
    Unknown,
}

impl ShellWord {
    /// The text of a word without variables.
    pub(super) fn literal(&self) -> Option<String> {
        let mut text = String::new();
        for part in &self.0 {
            let WordPart::Text(part) = part else {
                return None;
            };
            text.push_str(part);
        }
        Some(text)
    }
}
