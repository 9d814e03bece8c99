//! `ascript completions`: prints the completion script of a shell. The script
//! calls `ascript complete`, so an update of ascript does not outdate it.

use clap::{Args, ValueEnum};

use crate::fault::Result;

use super::output::{self, OutputOptions};

/// Prints a shell script that completes commands, scripts and parameters
///
/// Bash:        eval "$(ascript completions bash)", in ~/.bashrc
/// Zsh:         eval "$(ascript completions zsh)", in ~/.zshrc after compinit
/// Fish:        ascript completions fish | source, in ~/.config/fish/config.fish
/// PowerShell:  ascript completions powershell | Out-String | Invoke-Expression, in $PROFILE
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

#[derive(Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
}

impl CompletionsArgs {
    pub(super) fn execute(&self, _: &OutputOptions) -> Result<u8> {
        output::document(&match self.shell {
            Shell::Bash => include_str!("shells/ascript.bash"),
            Shell::Zsh => include_str!("shells/ascript.zsh"),
            Shell::Fish => include_str!("shells/ascript.fish"),
            Shell::Powershell => include_str!("shells/ascript.ps1"),
        })?;
        Ok(0)
    }
}
