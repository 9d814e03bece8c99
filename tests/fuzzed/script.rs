//! The front end of scripts: tokens, redaction and every check, without running anything.

use ascript::script::{Script, check};
use ascript::source::{self, SecretRules, TokenKind};

pub(super) fn holds(text: &str) {
    is_formatted_without_loss(text);
    for token in source::tokens(text) {
        let _ = token;
    }
    let rules = SecretRules {
        expects: &|_, _| true,
        is_secret: &|_| true,
    };
    source::redact(text, rules);
    check(vec![Script::piped(text.to_owned())]);
}

/// Everything that a text says, comments included.
fn content(text: &str) -> Vec<(TokenKind, &str)> {
    let tokens = source::tokens(text).filter(|token| token.kind != TokenKind::Whitespace);
    let content = tokens.map(|token| {
        let is_comment = token.kind == TokenKind::Comment;
        let text = token.text;
        (
            token.kind,
            if is_comment {
                text.trim_ascii_end()
            } else {
                text
            },
        )
    });
    content.collect()
}

/// Whether no string or comment is left open.
fn is_closed(text: &str) -> bool {
    use TokenKind::{UnfinishedComment, UnfinishedString};
    source::tokens(text).all(|token| !matches!(token.kind, UnfinishedComment | UnfinishedString))
}

/// Formatting keeps every token and comment, and formatting again changes nothing.
pub(crate) fn is_formatted_without_loss(text: &str) {
    // At the end of a text, `2.` is a number and a dot; on a line it is a number.
    let text = format!("{text}\n");
    let formatted = source::format(&text);
    assert_eq!(content(&formatted), content(&text), "{text:?}");
    assert_eq!(source::format(&formatted), formatted, "{text:?}");
    if !is_closed(&text) {
        assert_eq!(formatted, text);
        return;
    }
    let lines = source::tokens(&formatted).filter(|token| token.kind == TokenKind::Whitespace);
    for blanks in lines {
        let is_end = blanks.text.starts_with(['\n', '\r']) || !blanks.text.contains('\n');
        assert!(is_end && blanks.text.matches('\n').count() < 3, "{text:?}");
    }
}
