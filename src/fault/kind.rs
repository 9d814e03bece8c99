//! Why something stopped, and the exit code that follows.

use serde::{Deserialize, Serialize};

/// Why something stopped. The kind decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum FaultKind {
    /// The command line, a parameter or the script's text is wrong.
    Usage,
    /// The script failed: `throw`, `ensure`, a wrong argument, a limit.
    Script,
    /// The node cannot do this in its present state.
    Refused,
    /// A secret reference could not be resolved.
    Secret,
    /// A state could not be read.
    #[serde(alias = "probe")]
    Unknown,
    /// A tool failed.
    #[serde(alias = "command")]
    Node,
    /// A tool reported success, and the node does not show the change.
    #[serde(alias = "diverged")]
    Contradicted,
    /// A premise of a plan no longer holds.
    Stale,
    /// A plan was applied already.
    Applied,
    /// The user interrupted the run.
    #[serde(alias = "interrupted")]
    Stopped,
    /// A bug in this program.
    Internal,
}

impl FaultKind {
    /// Every kind, in the order of the manual.
    pub const ALL: [Self; 11] = [
        Self::Usage,
        Self::Script,
        Self::Refused,
        Self::Node,
        Self::Contradicted,
        Self::Unknown,
        Self::Secret,
        Self::Stale,
        Self::Applied,
        Self::Stopped,
        Self::Internal,
    ];

    /// Returns what the kind means, for the manual.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Usage => "The script's text, a parameter or the command line is wrong.",
            Self::Script => "A wrong argument, an error of the language, or `throw`.",
            Self::Refused => "The node cannot do this in its present state, or `ensure` stopped.",
            Self::Node => "A tool failed; the step may be done in part.",
            Self::Contradicted => "A tool reported success, and the node does not show the change.",
            Self::Unknown => "A state could not be read; a script cannot catch this.",
            Self::Secret => "A secret reference could not be resolved; a script cannot catch this.",
            Self::Stale => {
                "Another program changed the node, or a premise of a plan no longer holds."
            }
            Self::Applied => "The plan was applied already.",
            Self::Stopped => "Interrupted; a script cannot catch this.",
            Self::Internal => "An error in ascript.",
        }
    }

    /// Whether the node or this program is at fault, which decides the outcome of a run.
    pub fn is_trouble(self) -> bool {
        use FaultKind::{Contradicted, Internal, Node, Unknown};
        matches!(self, Node | Contradicted | Unknown | Internal)
    }

    /// Returns the exit code of a run that stopped before its first step.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Script | Self::Refused => 1,
            Self::Usage | Self::Secret => 2,
            Self::Unknown | Self::Node | Self::Contradicted => 3,
            Self::Stale | Self::Applied => 4,
            Self::Internal => 70,
            Self::Stopped => 130,
        }
    }

    /// Returns the name that documents and `e.kind` in scripts have for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Script => "script",
            Self::Refused => "refused",
            Self::Secret => "secret",
            Self::Unknown => "unknown",
            Self::Node => "node",
            Self::Contradicted => "contradicted",
            Self::Stale => "stale",
            Self::Applied => "applied",
            Self::Stopped => "stopped",
            Self::Internal => "internal",
        }
    }
}
