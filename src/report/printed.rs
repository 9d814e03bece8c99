//! Makes text safe to print, whoever wrote it: no character of it moves the cursor, hides or
//! reorders text, and no line of it is a command of a CI system that reads the log.

use std::fmt::{self, Write};

use super::clean;
use crate::source::is_hostile;

/// What a line of a log starts with to be a command of GitHub Actions or Forgejo. Snippets of
/// source mark a second file by `:::`, which is none, since no command's name starts with a colon.
const LINE_COMMAND: &str = "::";

/// That mark.
const SECOND_FILE: &str = "::: ";

/// What commands of Azure Pipelines, GitHub Actions and `TeamCity` start with anywhere in a line.
const COMMANDS: [&str; 3] = ["##[", "##vso[", "##teamcity["];

/// The codes of the colors and fonts that reports use.
const FONTS: [&str; 4] = ["0", "1", "2", "4"];

/// Whether escape sequences for colors are printed as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colors {
    /// Those that reports use.
    Kept,
    /// None.
    Escaped,
}

/// The text with all that could deceive a reader escaped, as `\u{1b}`, or as `\u001b` in a
/// document that starts with a brace, such as JSON. Line breaks and tabs stay.
pub fn printed<'a>(text: impl fmt::Display + 'a, colors: Colors) -> impl fmt::Display + 'a {
    fmt::from_fn(move |f| {
        let mut lines = PrintedLines {
            out: f,
            line: String::new(),
            colors,
            is_json: None,
        };
        write!(lines, "{text}")?;
        lines.finish()
    })
}

/// Writes text in whole lines, since a command may come in several pieces.
struct PrintedLines<'a, 'f> {
    out: &'a mut fmt::Formatter<'f>,
    line: String,
    colors: Colors,
    /// Unknown before the first character.
    is_json: Option<bool>,
}

impl Write for PrintedLines<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if !text.is_empty() && self.is_json.is_none() {
            self.is_json = Some(text.starts_with('{'));
        }
        if self.line.is_empty() && text.ends_with('\n') && is_harmless(text) {
            return self.out.write_str(text);
        }
        for part in text.split_inclusive('\n') {
            self.line.push_str(part);
            if part.ends_with('\n') {
                self.finish()?;
            }
        }
        Ok(())
    }
}

impl PrintedLines<'_, '_> {
    /// Writes the last line.
    fn finish(&mut self) -> fmt::Result {
        let mut line = std::mem::take(&mut self.line);
        self.write_line(&line)?;
        line.clear();
        self.line = line;
        Ok(())
    }

    fn write_line(&mut self, line: &str) -> fmt::Result {
        if is_harmless(line) {
            return self.out.write_str(line);
        }
        let start = line.len() - line.trim_start().len();
        let mut from = 0;
        for (at, letter) in line.char_indices().filter(|(_, c)| is_suspect(*c)) {
            let rest = &line[at..];
            if at < from || !self.is_escaped(letter, rest, at == start) {
                continue;
            }
            self.out.write_str(&line[from..at])?;
            self.escape(letter)?;
            from = at + letter.len_utf8();
        }
        self.out.write_str(&line[from..])
    }

    /// Whether `letter`, which `rest` starts with, is escaped.
    fn is_escaped(&self, letter: char, rest: &str, is_first: bool) -> bool {
        match letter {
            '\n' | '\t' => false,
            ':' => is_first && rest.starts_with(LINE_COMMAND) && !rest.starts_with(SECOND_FILE),
            '#' => COMMANDS.iter().any(|command| starts_with(rest, command)),
            '\u{1b}' => self.colors == Colors::Escaped || !is_color(rest),
            _ => true,
        }
    }

    fn escape(&mut self, letter: char) -> fmt::Result {
        if self.is_json != Some(true) {
            return match letter {
                '\r' => self.out.write_str("\\r"),
                _ => write!(self.out, "{}", letter.escape_unicode()),
            };
        }
        let mut units = [0; 2];
        let units = letter.encode_utf16(&mut units);
        units
            .iter()
            .try_for_each(|unit| write!(self.out, "\\u{unit:04x}"))
    }
}

/// Whether nothing of the text is escaped; finds out quickly for most.
fn is_harmless(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_twice = |at: usize| bytes.get(at + 1) == Some(&bytes[at]);
    clean::is_plain(text) && !memchr::memchr2_iter(b':', b'#', bytes).any(is_twice)
}

fn is_suspect(letter: char) -> bool {
    matches!(letter, ':' | '#') || is_hostile(letter)
}

fn starts_with(text: &str, command: &str) -> bool {
    let start = text.get(..command.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(command))
}

/// Whether the text starts with the escape sequence of a color or a font of ours. No foreground
/// color is black, and nothing has a background, so that these hide no text.
fn is_color(text: &str) -> bool {
    let code = text.strip_prefix("\u{1b}[").and_then(|rest| {
        let end = rest.find('m').filter(|end| *end <= 2)?;
        Some(&rest[..end])
    });
    code.is_some_and(|code| {
        FONTS.contains(&code)
            || code
                .parse()
                .is_ok_and(|code: u8| matches!(code, 31..=36 | 91..=96))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        printed(text, Colors::Escaped).to_string()
    }

    #[test]
    fn what_moves_hides_or_reorders_text_is_escaped() {
        for (text, shown_as) in [
            ("a\u{1b}]0;b\u{7}\n", "a\\u{1b}]0;b\\u{7}\n"),
            ("done\rfailed\u{9b}2J", "done\\rfailed\\u{9b}2J"),
            ("a\u{202e}b\u{2066}c\u{ad}", "a\\u{202e}b\\u{2066}c\\u{ad}"),
            ("\ta → b · é\n\n", "\ta → b · é\n\n"),
        ] {
            assert_eq!(shown(text), shown_as);
        }
    }

    #[test]
    fn no_line_is_a_command_of_a_ci_system() {
        for (text, shown_as) in [
            ("a\n::error::b", "a\n\\u{3a}:error::b"),
            (" \t::a::b ::c", " \t\\u{3a}:a::b ::c"),
            ("std::users", "std::users"),
            (" ::: a.rhai:1:1", " ::: a.rhai:1:1"),
            ("a ##vso[task]##VSO[b", "a \\u{23}#vso[task]\\u{23}#VSO[b"),
            ("###[group]", "#\\u{23}#[group]"),
            ("##teamcity[a", "\\u{23}#teamcity[a"),
            ("## a [b]", "## a [b]"),
        ] {
            assert_eq!(shown(text), shown_as);
        }
    }

    #[test]
    fn a_command_in_several_pieces_is_found() {
        let pieces = fmt::from_fn(|f| {
            [" ", ":", ":set", "-env\n#", "#vso", "[a"]
                .iter()
                .try_for_each(|piece| f.write_str(piece))
        });
        let text = printed(pieces, Colors::Kept).to_string();
        assert_eq!(text, " \\u{3a}:set-env\n\\u{23}#vso[a");
    }

    #[test]
    fn colors_of_reports_are_kept_and_no_other_sequences() {
        let ours = "\u{1b}[1m\u{1b}[91merror\u{1b}[0m";
        assert_eq!(printed(ours, Colors::Kept).to_string(), ours);
        assert!(!shown(ours).contains('\u{1b}'));
        for hostile in ["[8m", "[30m", "[41m", "[2J", "[m1", "]8;;a", "[0;8m", ""] {
            let text = format!("\u{1b}{hostile}");
            let text = printed(text, Colors::Kept).to_string();
            assert_eq!(text, format!("\\u{{1b}}{hostile}"));
        }
    }

    #[test]
    fn json_means_the_same_after_escaping() {
        let value = "::a ##vso[b \u{9b}\u{202e}\u{e0041} é";
        let json = serde_json::to_string_pretty(&serde_json::json!({ "a": value })).unwrap();
        let text = shown(&json);
        assert!(!text.contains("##vso") && !text.contains('\u{9b}'));
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["a"], value);
    }
}
