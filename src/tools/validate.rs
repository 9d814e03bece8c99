//! Checks names, paths and texts for arguments, so that no program can take them
//! for an option, a separator or a second line.

use crate::fault::{Fault, Result};

/// Refuses a name that no system account can have, such as an option or a path.
pub(super) fn account_name(name: &str) -> Result<()> {
    let is_first = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_other = |c: char| is_first(c) || c == '-' || c == '.';
    if name.starts_with(is_first) && name.chars().all(is_other) && name.len() <= 255 {
        return Ok(());
    }
    Err(Fault::refused(format!(
        "`{}` is not a valid account name",
        name.escape_debug()
    ))
    .hint("use letters, digits, `_`, `-` and `.`, and do not begin with `-` or `.`"))
}

/// Refuses a name that `asnodeadmin -l` would not print as one word.
pub(super) fn api_name(what: &str, name: &str) -> Result<()> {
    let is_forbidden =
        |c: char| c.is_control() || c.is_whitespace() || matches!(c, ',' | ';' | ':' | '[' | ']');
    if name.is_empty() || name.starts_with('-') || name.contains(is_forbidden) {
        return Err(Fault::refused(format!(
            "`{}` is not a valid name of {what}",
            name.escape_debug()
        ))
        .hint("remove blanks, `,`, `;`, `:`, brackets and a leading `-`"));
    }
    Ok(())
}

/// Refuses a path that is relative or has a control character.
pub(super) fn absolute_path(what: &str, path: &str) -> Result<()> {
    if !path.starts_with('/') {
        return Err(Fault::refused(format!(
            "{what} `{}` is not an absolute path",
            path.escape_debug()
        )));
    }
    one_line(what, path)
}

/// Refuses control characters, such as a line end.
pub(super) fn one_line(what: &str, text: &str) -> Result<()> {
    if text.contains(char::is_control) {
        return Err(Fault::refused(format!(
            "{what} contains a control character: `{}`",
            text.escape_debug()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_names_are_neither_options_nor_paths() {
        for name in ["faspex", "_www", "a.b-c", "9x"] {
            assert!(account_name(name).is_ok(), "{name}");
        }
        for name in ["", "-r", "..", "a/b", "a b", "a:b", "a\n", "ä"] {
            assert!(account_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn api_names_are_one_word() {
        assert!(api_name("a user", "node_user@example.com").is_ok());
        for name in ["", "-l", "a b", "a,b", "a\u{a0}b", "[a]"] {
            assert!(api_name("a user", name).is_err(), "{name}");
        }
    }
}
