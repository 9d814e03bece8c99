//! Finds strings that spell out a secret, and masks them where a script's text is shown. What
//! counts as a secret is the caller's decision, except for the logins of URLs, which always do.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use super::brackets::{BracketTracker, OpenBracket};
use super::lexer::{Token, TokenKind, tokens};
use crate::login;

/// A string of a text and where it is written.
#[derive(Debug)]
pub struct StringLiteral<'t, 'a> {
    /// Its text without quotes.
    pub content: &'a str,
    /// The brackets it is in, the innermost last; the first stands for the text outside of them.
    pub open: &'t [OpenBracket<'a>],
    /// The name that is compared with it or set to it: `key` in `key == "…"`; else empty.
    pub left_name: &'a str,
    /// Whether a secret is expected there: by its brackets, or as the default of a parameter that is
    /// declared as a secret.
    pub is_expected: bool,
}

/// Tells which strings spell out a secret.
#[derive(Clone, Copy)]
pub struct SecretRules<'p> {
    /// Whether a secret is expected in a bracket, at its present argument or key. The flag tells
    /// whether one is expected where the bracket stands.
    pub expects: &'p dyn Fn(&OpenBracket<'_>, bool) -> bool,
    /// Whether a string spells out a secret.
    pub is_secret: &'p dyn Fn(&StringLiteral<'_, '_>) -> bool,
}

/// Whether a string of the text spells out a secret.
pub fn has_secret(text: &str, rules: SecretRules<'_>) -> bool {
    !secret_spans(text, rules).is_empty()
}

/// The text with every character of such strings masked; each location stays where it was.
pub fn redact<'a>(text: &'a str, rules: SecretRules<'_>) -> Cow<'a, str> {
    let spans = secret_spans(text, rules);
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut redacted = String::with_capacity(text.len());
    let mut done = 0;
    for span in spans {
        redacted.push_str(&text[done..span.start]);
        redacted.extend(text[span.clone()].chars().map(mask));
        done = span.end;
    }
    redacted.push_str(&text[done..]);
    Cow::Owned(redacted)
}

/// A character that takes as many bytes as this one.
fn mask(c: char) -> char {
    match (c, c.len_utf8()) {
        ('\n' | '\r', _) => c,
        (_, 1) => '*',
        (_, 2) => '·',
        (_, 3) => '•',
        (..) => '𐄁',
    }
}

/// Follows the tokens of a text and knows whether a secret is expected before the next one. It asks
/// each bracket once about those around it: text may open any number of them.
struct ExpectationTracker<'a, 'p> {
    brackets: BracketTracker<'a>,
    /// For each open bracket, whether a secret is expected where it stands.
    outer: Vec<bool>,
    rules: SecretRules<'p>,
}

impl<'a, 'p> ExpectationTracker<'a, 'p> {
    fn new(text: &'a str, rules: SecretRules<'p>) -> Self {
        Self {
            brackets: BracketTracker::new(text),
            outer: vec![false],
            rules,
        }
    }

    fn is_expected(&self) -> bool {
        let innermost = self.brackets.open().last().zip(self.outer.last());
        innermost.is_some_and(|(open, outer)| (self.rules.expects)(open, *outer))
    }

    /// A string that stands there.
    fn literal(&self, content: &'a str, left_name: &'a str) -> StringLiteral<'_, 'a> {
        StringLiteral {
            content,
            open: self.brackets.open(),
            left_name,
            is_expected: self.is_expected(),
        }
    }

    fn advance(&mut self, token: &Token<'a>) {
        let is_outer = token.kind == TokenKind::Open && self.is_expected();
        self.brackets.advance(token);
        self.outer.resize(self.brackets.open().len(), is_outer);
    }
}

/// What a map says if it declares a parameter.
#[derive(Default)]
struct Declaration {
    is_secret: bool,
    defaults: Vec<Range<usize>>,
}

/// The contents of the strings that spell out a secret, in the order of the text.
fn secret_spans(text: &str, rules: SecretRules<'_>) -> Vec<Range<usize>> {
    let is_secret = rules.is_secret;
    let variables = secret_variables(text, rules);
    let mut tracker = ExpectationTracker::new(text, rules);
    let mut declarations = vec![Declaration::default()];
    let mut spans = Vec::new();
    for token in tokens(text) {
        if token.is_string() && !token.content().is_empty() {
            let literal = tracker.literal(token.content(), tracker.brackets.left_name());
            let key = literal.open.last().map_or("", |open| open.key);
            let is_value = variables.contains(key) && is_secret(&certain(token.content()));
            if is_value || is_secret(&literal) {
                spans.push(token.content_span());
            }
            if let Some(declaration) = declarations.last_mut() {
                declaration.is_secret |= key == "type" && token.content() == "secret";
                if key == "default" {
                    declaration.defaults.push(token.content_span());
                }
            }
        }
        tracker.advance(&token);
        if token.kind == TokenKind::Open {
            declarations.push(Declaration::default());
        } else if declarations.len() > tracker.outer.len() {
            let closed = declarations.pop();
            spans.extend(
                closed
                    .into_iter()
                    .flat_map(|closed| closed.secrets(text, rules)),
            );
        }
    }
    let unclosed = declarations.into_iter();
    spans.extend(unclosed.flat_map(|unclosed| unclosed.secrets(text, rules)));
    spans.extend(login_spans(text));
    spans.sort_by_key(|span| span.start);
    spans.dedup_by(|next, span| {
        let is_inside = next.start < span.end;
        if is_inside {
            span.end = span.end.max(next.end);
        }
        is_inside
    });
    spans
}

/// The names that are written where a secret is expected: what they are set to spells out one.
fn secret_variables<'a>(text: &'a str, rules: SecretRules<'_>) -> BTreeSet<&'a str> {
    let mut tracker = ExpectationTracker::new(text, rules);
    let mut names = BTreeSet::new();
    for token in tokens(text) {
        let is_word = token.kind == TokenKind::Word;
        if is_word && (rules.is_secret)(&tracker.literal(token.text, "")) {
            names.insert(token.text);
        }
        tracker.advance(&token);
    }
    names
}

/// A string that stands where a secret is expected.
fn certain<'t>(content: &str) -> StringLiteral<'t, '_> {
    StringLiteral {
        content,
        open: &[],
        left_name: "",
        is_expected: true,
    }
}

/// What stands between `://` and `@` in strings and comments, without the expressions in it.
fn login_spans(text: &str) -> Vec<Range<usize>> {
    if !text.contains("://") {
        return Vec::new();
    }
    let urls = urls_alone(text);
    let is_literal = |at: &usize| urls.as_bytes()[*at] != EXPRESSION;
    let mut spans: Vec<Range<usize>> = Vec::new();
    for at in login::find(&urls).into_iter().flatten().filter(is_literal) {
        match spans.last_mut() {
            Some(last) if last.end == at => last.end += 1,
            _ => spans.push(at..at + 1),
        }
    }
    spans
}

/// Stands for a byte of an expression in a template string: no login is looked for in it.
const EXPRESSION: u8 = b'$';

/// The strings and comments of a text, each byte at its place, with blanks for the code around
/// them.
fn urls_alone(text: &str) -> String {
    let mut urls = vec![b' '; text.len()];
    let mut depth = 0_usize;
    for token in tokens(text) {
        let level = depth - usize::from(token.resumes_template()).min(depth);
        if level > 0 || (depth > 0 && !token.is_string()) {
            urls[token.span()].fill(EXPRESSION);
        } else if token.is_string() {
            let content = token.content_span();
            urls[content.clone()].copy_from_slice(&text.as_bytes()[content]);
        } else if !token.is_code() {
            urls[token.span()].copy_from_slice(&text.as_bytes()[token.span()]);
        }
        depth += usize::from(token.starts_template());
        depth -= usize::from(token.ends_template()).min(depth);
    }
    String::from_utf8(urls).unwrap_or_default()
}

impl Declaration {
    /// The defaults that spell out a secret.
    fn secrets(self, text: &str, rules: SecretRules<'_>) -> Vec<Range<usize>> {
        let mut defaults = self.defaults;
        let is_secret = |span: &Range<usize>| (rules.is_secret)(&certain(&text[span.clone()]));
        defaults.retain(|span| self.is_secret && is_secret(span));
        defaults
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use super::*;

    const PASSWORDS: SecretRules<'_> = SecretRules {
        expects: &|open, is_outer| is_outer || open.key == "password" || open.callee == "secret",
        is_secret: &|literal| literal.is_expected || literal.left_name == "password",
    };

    #[test]
    fn secrets_are_masked_where_they_are_written() {
        for (text, redacted) in [
            ("secret(`pä🔑\n`)", "secret(`*·𐄁\n`)"),
            (
                "password: `a ${b + \"c\"} d`",
                "password: `**${b + \"*\"}**`",
            ),
            (
                "if password == \"a\" { \"b\" }",
                "if password == \"*\" { \"b\" }",
            ),
            (
                "#{ default: \"a\", type: \"secret\" }",
                "#{ default: \"*\", type: \"secret\" }",
            ),
            (
                "#{ default: \"a\", type: \"secret\"",
                "#{ default: \"*\", type: \"secret\"",
            ),
            (
                "#{ default: \"a\" }, \"secret\"",
                "#{ default: \"a\" }, \"secret\"",
            ),
            ("// password: \"a\"", "// password: \"a\""),
            ("password = #\"a\"#; \"b", "password = #\"*\"#; \"b"),
            ("f(\"s3://K:S@h/b\"); x@y", "f(\"s3://***@h/b\"); x@y"),
            ("// was s3://K:S@h\nx", "// was s3://***@h\nx"),
            (
                "`s3://${a + \"b@c\"}:S@${h}/x`",
                "`s3://${a + \"b@c\"}**@${h}/x`",
            ),
            ("password: \"s3://K:S@h\"", "password: \"**********\""),
            ("`s3://K:${a}@h`", "`s3://**${a}@h`"),
        ] {
            assert_eq!(redact(text, PASSWORDS), redacted);
            assert_eq!(has_secret(text, PASSWORDS), text != redacted);
        }
    }

    #[test]
    fn a_bracket_is_asked_as_often_as_there_are_tokens() {
        let asked = Cell::new(0);
        let rules = SecretRules {
            expects: &|_, is_outer| {
                asked.set(asked.get() + 1);
                is_outer
            },
            ..PASSWORDS
        };
        for (piece, most) in [("f(", 3), ("#{ a: \"b\", ", 5), ("[", 2), ("`${", 3)] {
            asked.set(0);
            redact(&piece.repeat(20_000), rules);
            assert!(asked.get() <= 20_000 * most, "{piece}: {}", asked.get());
        }
    }

    proptest! {
        #[test]
        fn a_mask_moves_nothing(text in any::<String>()) {
            let all = SecretRules { is_secret: &|_| true, ..PASSWORDS };
            let redacted = redact(&text, all);
            prop_assert_eq!(redacted.len(), text.len());
            prop_assert_eq!(redacted.lines().count(), text.lines().count());
        }
    }
}
