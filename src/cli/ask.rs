//! Asks the person at the terminal.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use crate::fault::{Fault, FaultKind, Result, reason};

use super::output;

/// Whether standard input is a terminal.
pub(super) fn can_ask() -> bool {
    std::io::stdin().is_terminal()
}

/// Asks a yes-or-no question; the default is no.
pub(super) fn confirm(question: &str) -> Result<bool> {
    output::clear();
    let _ = write!(std::io::stderr(), "{question} [y/N] ");
    let mut answer = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(|error| Fault::usage(format!("cannot read the answer: {}", reason(&error))))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Asks for a secret, without echoing it.
pub(super) fn secret(label: &str) -> Result<String> {
    output::clear();
    rpassword::prompt_password(format!("{label}: ")).map_err(|error| {
        Fault::new(
            FaultKind::Secret,
            format!("cannot ask for `{label}`: {}", reason(&error)),
        )
        .hint("without a terminal, use an env: or file: secret")
    })
}
