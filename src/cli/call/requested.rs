//! What a request can ask for.

use serde::Deserialize;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum RequestedCommand {
    Run,
    Plan,
    Apply,
    Undo,
    Show,
    Drift,
    Runs,
    Snapshot,
    Check,
    Info,
    List,
    Version,
}

/// How much of the document of a run is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Want {
    /// The outcome: node, digests, counts, notes on the whole run, fault.
    Summary,
    /// The same, the steps and the diffs.
    Steps,
    /// The whole document, which can be kept and applied.
    #[default]
    Full,
}

impl RequestedCommand {
    /// All commands.
    pub(super) const ALL: [Self; 12] = [
        Self::Run,
        Self::Plan,
        Self::Apply,
        Self::Undo,
        Self::Show,
        Self::Drift,
        Self::Runs,
        Self::Snapshot,
        Self::Check,
        Self::Info,
        Self::List,
        Self::Version,
    ];

    /// The name in requests.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Plan => "plan",
            Self::Apply => "apply",
            Self::Undo => "undo",
            Self::Show => "show",
            Self::Drift => "drift",
            Self::Runs => "runs",
            Self::Snapshot => "snapshot",
            Self::Check => "check",
            Self::Info => "info",
            Self::List => "list",
            Self::Version => "version",
        }
    }
}
