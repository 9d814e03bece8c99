//! Escapes text for HTML: for elements, and for quoted attributes.

use std::fmt::{self, Write as _};

use super::{file_line, line};

/// One line of text.
pub(in crate::report) struct Html<'a>(pub(in crate::report) &'a str);

/// A command line, each word in an element that a browser does not break unless it is longer than
/// a line: `--no-prompt` has places to break of its own.
pub(in crate::report) struct HtmlWords<'a>(pub(in crate::report) &'a str);

/// Sentences with code in back-ticks.
pub(in crate::report) struct HtmlProse<'a>(pub(in crate::report) &'a str);

/// A line of a file, in which tabs are kept.
pub(in crate::report) struct HtmlFile<'a>(pub(in crate::report) &'a str);

impl fmt::Display for Html<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escaped(&line(self.0), f)
    }
}

impl fmt::Display for HtmlWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, word) in self.0.split(' ').enumerate() {
            if index > 0 {
                f.write_char(' ')?;
            }
            if !word.is_empty() {
                write!(f, "<span>{}</span>", Html(word))?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for HtmlFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escaped(&file_line(self.0), f)
    }
}

fn escaped(mut rest: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    while let Some(index) = rest.find(['&', '<', '>', '"', '\'']) {
        f.write_str(&rest[..index])?;
        f.write_str(match rest.as_bytes()[index] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        })?;
        rest = &rest[index + 1..];
    }
    f.write_str(rest)
}

impl fmt::Display for HtmlProse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some((before, from_code)) = rest.split_once('`') {
            Html(before).fmt(f)?;
            if let Some((code, after)) = from_code.split_once('`') {
                write!(f, "<code>{}</code>", Html(code))?;
                rest = after;
            } else {
                f.write_char('`')?;
                rest = from_code;
            }
        }
        Html(rest).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_stays_text() {
        assert_eq!(
            Html("<b a='\"'>&\u{202e}").to_string(),
            "&lt;b a=&#39;&quot;&#39;&gt;&amp;\\u{202e}"
        );
        assert_eq!(
            HtmlWords("  set --no-x <").to_string(),
            "  <span>set</span> <span>--no-x</span> <span>&lt;</span>"
        );
        assert_eq!(
            HtmlProse("say `<i>` or `").to_string(),
            "say <code>&lt;i&gt;</code> or `"
        );
    }
}
