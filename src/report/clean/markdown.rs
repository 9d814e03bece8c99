//! Escapes text for Markdown. A backslash does not keep `@name` from notifying
//! a person or `#7` from linking, since GitHub looks for them in the rendered
//! text, except in code. So everything but plain words becomes code.

use std::fmt::Write as _;

/// `text`, one clean line, as inline code whatever back-ticks it holds.
pub(in crate::report) fn inline(text: &str, out: &mut String) {
    // Two adjacent runs of back-ticks would be parsed as one.
    if out.ends_with('`') {
        out.push(' ');
    }
    if text.is_empty() {
        out.push_str("` `");
        return;
    }
    let fence = "`".repeat(longest_run(text) + 1);
    // Markdown removes one blank at each end.
    let is_padded = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if is_padded { " " } else { "" };
    let _ = write!(out, "{fence}{pad}{text}{pad}{fence}");
}

/// The back-ticks of a fenced block that nothing in `text` can close.
pub(in crate::report) fn fence(text: &str) -> String {
    "`".repeat((longest_run(text) + 1).max(3))
}

/// Sentences in one line: plain words as they are, everything else as code.
pub(in crate::report) fn prose(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((before, from_code)) = rest.split_once('`') {
        words(before, out);
        if let Some((code, after)) = from_code.split_once('`') {
            inline(if code.is_empty() { "``" } else { code }, out);
            rest = after;
        } else {
            inline("`", out);
            rest = from_code;
        }
    }
    words(rest, out);
}

/// A name within an HTML comment: distinct for distinct names, and never the end
/// of the comment.
pub(in crate::report) fn comment(name: &str, out: &mut String) {
    let mut last = ' ';
    for byte in name.bytes() {
        let letter = char::from(byte);
        match letter {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '.' | '_' => out.push(letter),
            '-' if last != '-' => out.push(letter),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
        last = letter;
    }
}

fn words(text: &str, out: &mut String) {
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        let opened = word.trim_start_matches(['(', '"', '“', '‹']);
        let core = opened.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '"', '”', '›']);
        if is_plain(core) {
            out.push_str(word);
            continue;
        }
        out.push_str(&word[..word.len() - opened.len()]);
        inline(core, out);
        out.push_str(&opened[core.len()..]);
    }
}

/// Whether it is only a word: no markup, and no name, issue, commit or address
/// that GitHub would link.
fn is_plain(word: &str) -> bool {
    let mut before = None;
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_fine = match letter {
            '\'' | '-' | '/' => {
                let after = letters.peek().copied();
                before.is_some_and(char::is_alphabetic) && after.is_some_and(char::is_alphabetic)
            }
            _ if letter.is_ascii() => letter.is_ascii_alphanumeric(),
            _ => true,
        };
        if !is_fine {
            return false;
        }
        before = Some(letter);
    }
    !is_commit(word)
}

fn is_commit(word: &str) -> bool {
    word.len() >= 7
        && word.bytes().all(|byte| byte.is_ascii_hexdigit())
        && word.bytes().any(|byte| byte.is_ascii_digit())
}

fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped_prose(text: &str) -> String {
        let mut out = String::new();
        prose(text, &mut out);
        out
    }

    #[test]
    fn code_holds_back_ticks_of_any_length() {
        let code = |text| {
            let mut out = String::new();
            inline(text, &mut out);
            out
        };
        assert_eq!(code("a|b"), "`a|b`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(code(" a"), "`  a `");
        assert_eq!(code(""), "` `");
        assert_eq!(fence("a ```` b"), "`````");
    }

    #[test]
    fn plain_words_stay_and_all_else_is_code() {
        assert_eq!(
            escaped_prose("Aspera's key (inferred), and/or."),
            "Aspera's key (inferred), and/or."
        );
        assert_eq!(
            escaped_prose("ask @team, see #12."),
            "ask `@team`, see `#12`."
        );
        assert_eq!(escaped_prose("`allow` lets <b>"), "`allow` lets `<b>`");
        assert_eq!(escaped_prose("a``b ` c"), "a``` `` ```b `` ` `` c");
        assert_eq!(
            escaped_prose("deadbee1 GH-1 www.x.org"),
            "`deadbee1` `GH-1` `www.x.org`"
        );
        assert_eq!(escaped_prose("![a](b) !(c"), "`![a](b`) `!(c`");
        assert_eq!(escaped_prose("x`a``b`"), "x`a` `b`");
    }

    #[test]
    fn no_name_ends_a_comment() {
        let mut out = String::new();
        comment("a--> b", &mut out);
        assert_eq!(out, "a-%2D%3E%20b");
    }
}
