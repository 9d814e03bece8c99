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
    /// Runs groups of items of which each needs the success of the one before.
    Chain(Vec<Vec<PlacedItem>>),
    /// Runs items if a condition holds.
    Conditional {
        condition: Condition,
        body: Vec<PlacedItem>,
    },
    /// Runs items if the item before fails.
    Reaction(Vec<PlacedItem>),
    /// Defines a function.
    Function { name: String, body: Vec<PlacedItem> },
    /// Leaves the script, a loop or a function.
    Jump(Jump),
    /// Nothing that a translation can follow.
    Other(&'static str),
}

/// What is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Jump {
    /// The script, with an exit code.
    Exit { is_success: bool },
    /// A loop, one of its rounds, or a function.
    Inner,
}

/// What a function of the script does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FunctionRole {
    /// It only reports something.
    Reports,
    /// It reports something and ends the script with an error.
    Ends,
    /// Anything else.
    Acts,
}

/// A condition: what is tested, and whether that must be so or must not.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) test: ShellTest,
    pub(super) holds: bool,
}

/// What a condition tests.
#[derive(Debug)]
pub(super) enum ShellTest {
    /// Whether an account exists.
    Account(ShellWord),
    /// Whether a group exists.
    Group(ShellWord),
    /// Whether a file or folder exists.
    Path(ShellWord),
    /// Whether a file has a line.
    Line { file: ShellWord, line: ShellWord },
    /// Whether a program or file is there and can be used.
    Usable,
    /// Whether root runs the script.
    Root,
    /// Whether a variable has a value.
    Given,
    /// How many arguments the script has.
    Arguments,
    /// Anything else.
    Unknown,
}

impl Condition {
    pub(super) fn of(test: ShellTest) -> Self {
        Self { test, holds: true }
    }

    pub(super) fn unknown() -> Self {
        Self::of(ShellTest::Unknown)
    }

    pub(super) fn negated(self) -> Self {
        Self {
            holds: !self.holds,
            ..self
        }
    }
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

impl Invocation {
    /// The name of the program, if it is written out.
    pub(super) fn program(&self) -> Option<String> {
        self.words.first().and_then(ShellWord::literal)
    }
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
