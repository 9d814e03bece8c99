//! Questions to the person at the terminal.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use crate::fault::{Fault, FaultKind, Result, reason};

use super::output;

/// Whether somebody is there to answer.
pub(super) fn can() -> bool {
    std::io::stdin().is_terminal()
}

/// Asks a question that is answered with yes or no; no is the default.
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

/// Asks for a secret, without showing what is typed.
pub(super) fn secret(label: &str) -> Result<String> {
    output::clear();
    rpassword::prompt_password(format!("{label}: ")).map_err(|error| {
        Fault::new(
            FaultKind::Secret,
            format!("cannot ask for `{label}`: {}", reason(&error)),
        )
        .hint("name it by env: or file: where there is no terminal")
    })
}
