//! The commands of a REPL session, such as `:plan`: their names, arguments and
//! descriptions. The REPL implements them and completes their arguments.

use super::entry::{EntryKind, ReferenceEntry};

/// A command of a REPL session.
#[derive(Debug)]
pub struct SessionCommand {
    /// Its name, without the colon.
    pub name: &'static str,
    /// Its arguments as the help shows them; empty if it takes none.
    pub args: &'static str,
    /// What its argument is, for completion.
    pub argument: CommandArgument,
    /// What it does, in one sentence.
    pub doc: &'static str,
}

/// What the argument of a session command is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandArgument {
    /// Nothing that could be completed.
    Nothing,
    /// A name in the reference.
    ReferenceName,
    /// A script file, or the name of a bundled script.
    Script,
    /// A file.
    File,
    /// A node.
    Node,
    /// The name of a parameter.
    Param,
    /// One of these words.
    Words(&'static [&'static str]),
}

impl SessionCommand {
    /// The command with its arguments: `:save FILE [--force]`.
    pub fn usage(&self) -> String {
        format!(":{} {}", self.name, self.args)
            .trim_end()
            .to_owned()
    }

    /// Its entry in the reference manual.
    pub(super) fn entry(&self) -> ReferenceEntry {
        ReferenceEntry {
            usage: self.usage().into(),
            ..ReferenceEntry::new(EntryKind::Command, format!(":{}", self.name), self.doc)
        }
    }
}

/// Every command, in the order of `:help`.
pub const SESSION_COMMANDS: &[SessionCommand] = &[
    SessionCommand {
        name: "help",
        args: "[NAME or WORDS]",
        argument: CommandArgument::ReferenceName,
        doc: "Shows this list, or the reference on a name or words; `NAME?` does the same.",
    },
    SessionCommand {
        name: "plan",
        args: "[--format FORMAT]",
        argument: CommandArgument::Words(&["--format", "text", "json", "markdown", "html"]),
        doc: "Shows every staged step, with the commands that a live run would start.",
    },
    SessionCommand {
        name: "diff",
        args: "",
        argument: CommandArgument::Nothing,
        doc: "Shows the staged changes to aspera.conf.",
    },
    SessionCommand {
        name: "undo",
        args: "[N]",
        argument: CommandArgument::Nothing,
        doc: "Removes the last line that staged something, or the last N.",
    },
    SessionCommand {
        name: "apply",
        args: "[--yes]",
        argument: CommandArgument::Words(&["--yes", "--done", "--allow-argv-secrets"]),
        doc: "Asks, then performs the staged steps, and starts again on the changed node.",
    },
    SessionCommand {
        name: "save",
        args: "FILE [--force]",
        argument: CommandArgument::File,
        doc: "Saves the session as a script with the same plan, with the lines that were applied; --force overwrites a file.",
    },
    SessionCommand {
        name: "run",
        args: "SCRIPT",
        argument: CommandArgument::Script,
        doc: "Runs a script in this session: a file, or a bundled script by its name.",
    },
    SessionCommand {
        name: "params",
        args: "[NAME=VALUE]",
        argument: CommandArgument::Param,
        doc: "Shows the parameters, or sets one and runs all lines again with it.",
    },
    SessionCommand {
        name: "node",
        args: "[WHERE]",
        argument: CommandArgument::Node,
        doc: "Shows the node, or switches to another one and runs all lines again on it.",
    },
    SessionCommand {
        name: "history",
        args: "",
        argument: CommandArgument::Nothing,
        doc: "Shows the lines of this session; * marks those that staged something, = those that were applied.",
    },
    SessionCommand {
        name: "clear",
        args: "",
        argument: CommandArgument::Nothing,
        doc: "Asks, then removes all lines of the session. Ctrl-L clears the screen.",
    },
    SessionCommand {
        name: "quit",
        args: "",
        argument: CommandArgument::Nothing,
        doc: "Ends the session, as Ctrl-D does.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_description_is_a_sentence() {
        for command in SESSION_COMMANDS {
            assert!(command.doc.ends_with('.'), "{}", command.name);
        }
    }
}
