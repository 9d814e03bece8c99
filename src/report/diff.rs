//! Unified diffs of aspera.conf, of files that steps write and of scripts, colored and escaped.

use std::fmt;

use similar::TextDiff;

use super::clean;
use super::plain_secrets::redact;
use super::style::{Role, Style};

/// A diff alone.
pub fn conf(diff: &str, style: Style) -> impl fmt::Display {
    fmt::from_fn(move |f| render(diff, style, f))
}

/// How the text of a script changes, without the secrets that are written in it.
pub fn script(name: &str, before: &str, after: &str, style: Style) -> String {
    let (name, before, after) = (clean::line(name), redact(before), redact(after));
    let lines = TextDiff::from_lines(&*before, &*after);
    let diff = lines.unified_diff().header(&name, &name).to_string();
    conf(&diff, style).to_string()
}

/// The diff, line by line.
pub(super) fn render(diff: &str, style: Style, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if !style.color && clean::is_plain(diff) {
        return f.write_str(diff);
    }
    let mut buffer = String::new();
    for line in diff.split_terminator('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let role = match line.as_bytes().first() {
            _ if line.starts_with("+++") || line.starts_with("---") => Some(Role::Strong),
            Some(b'+') => Some(Role::Added),
            Some(b'-') => Some(Role::Removed),
            Some(b'@') => Some(Role::Act),
            _ => None,
        };
        let shown = clean::file_line(line);
        match role {
            Some(role) => style.put(role, &shown, &mut buffer),
            None => buffer.push_str(&shown),
        }
        buffer.push('\n');
        f.write_str(&buffer)?;
        buffer.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Charset;
    use super::*;

    #[test]
    fn tabs_are_kept_and_other_control_characters_escaped() {
        let diff = "@@ -1 +1 @@\n-\t<a>\n+\t<a\u{1b}>\n";
        let style = Style {
            color: false,
            width: 80,
            quiet: false,
            verbose: false,
            charset: Charset::Utf8,
        };
        let shown = conf(diff, style).to_string();
        assert_eq!(shown, "@@ -1 +1 @@\n-\t<a>\n+\t<a\\u{1b}>\n");
    }
}
