//! `ascript completions`: what teaches a shell to complete. The shell asks
//! back with `ascript complete`, so the script it keeps never grows old.

use clap::{Args, ValueEnum};

use crate::fault::Result;

use super::output::{self, OutputOptions};

/// Writes what makes a shell complete commands, scripts and parameters
///
/// Bash:        eval "$(ascript completions bash)", in ~/.bashrc
/// Zsh:         eval "$(ascript completions zsh)", in ~/.zshrc after compinit
/// Fish:        ascript completions fish | source, in ~/.config/fish/config.fish
/// PowerShell:  ascript completions powershell | Out-String | Invoke-Expression, in $PROFILE
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Completions {
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

impl Completions {
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
