//! The unified diff of aspera.conf, with colours and nothing a terminal obeys.

use super::clean;
use super::style::{Role, Style};

/// The diff alone.
pub fn conf(diff: &str, style: Style) -> String {
    let mut out = String::with_capacity(diff.len());
    render(diff, style, &mut out);
    out
}

/// The diff, line by line.
pub(super) fn render(diff: &str, style: Style, out: &mut String) {
    if !style.color && clean::is_plain(diff) {
        out.push_str(diff);
        return;
    }
    for line in diff.split_terminator('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let shown = clean::line(line);
        if !style.color {
            out.extend([&shown, "\n"]);
            continue;
        }
        let role = match line.as_bytes().first() {
            _ if line.starts_with("+++") || line.starts_with("---") => Some(Role::Strong),
            Some(b'+') => Some(Role::Added),
            Some(b'-') => Some(Role::Removed),
            Some(b'@') => Some(Role::Act),
            _ => None,
        };
        match role {
            Some(role) => out.push_str(&style.paint(role, &shown)),
            None => out.push_str(&shown),
        }
        out.push('\n');
    }
}
