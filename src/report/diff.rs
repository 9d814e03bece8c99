//! The unified diff of aspera.conf, with colours and nothing a terminal obeys.

use std::fmt;

use super::clean;
use super::style::{Role, Style};

/// The diff alone.
pub fn conf(diff: &str, style: Style) -> impl fmt::Display {
    fmt::from_fn(move |f| render(diff, style, f))
}

/// The diff, line by line.
pub(super) fn render(diff: &str, style: Style, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if !style.color && clean::is_plain(diff) {
        return f.write_str(diff);
    }
    let mut part = String::new();
    for line in diff.split_terminator('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let role = match line.as_bytes().first() {
            _ if line.starts_with("+++") || line.starts_with("---") => Some(Role::Strong),
            Some(b'+') => Some(Role::Added),
            Some(b'-') => Some(Role::Removed),
            Some(b'@') => Some(Role::Act),
            _ => None,
        };
        let shown = clean::line(line);
        match role {
            Some(role) => style.put(role, &shown, &mut part),
            None => part.push_str(&shown),
        }
        part.push('\n');
        f.write_str(&part)?;
        part.clear();
    }
    Ok(())
}
