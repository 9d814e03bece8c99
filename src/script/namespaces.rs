//! Lets scripts write `conf.set_user(…)`: while a script is parsed, the dot
//! after a namespace becomes `::`, and words that the engine reserves without
//! using them are given back as names. It changes tokens, never text.

use std::cell::RefCell;

use rhai::{LexError, Position, Token};

/// Reserved by the engine, and good names for a key or a function.
const SOFT: &[&str] = &[
    "async",
    "await",
    "case",
    "default",
    "go",
    "goto",
    "is",
    "match",
    "module",
    "new",
    "nil",
    "null",
    "package",
    "protected",
    "public",
    "shared",
    "spawn",
    "static",
    "super",
    "sync",
    "thread",
    "use",
    "var",
    "void",
    "with",
    "yield",
];

#[derive(Default)]
struct State {
    last: Option<Position>,
    namespace: Option<&'static str>,
    after_dot: bool,
    key_slot: bool,
    /// Of each open bracket, whether it is a map's.
    brackets: Vec<bool>,
}

/// A token mapper that knows these namespaces.
pub(super) fn mapper(namespaces: Vec<&'static str>) -> impl Fn(Token, Position) -> Token {
    let state = RefCell::new(State::default());
    move |token, position| {
        let mut state = state.borrow_mut();
        // The empty end of a text with `${…}` has no position.
        if !position.is_none() {
            // A position behind the last one means that another text begins.
            if state.last.is_some_and(|last| position <= last) {
                *state = State::default();
            }
            state.last = Some(position);
        }
        state.map(token, &namespaces)
    }
}

impl State {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the engine may add tokens")]
    fn map(&mut self, token: Token, namespaces: &[&'static str]) -> Token {
        let is_name_slot = self.after_dot || self.key_slot;
        let named = |word: &str| namespaces.iter().copied().find(|name| *name == word);
        let token = match token {
            Token::Reserved(word)
                if named(&word).is_some() || (is_name_slot && SOFT.contains(&word.as_str())) =>
            {
                Token::Identifier(word)
            }
            other => other,
        };
        let token = match (self.namespace.take(), token) {
            (Some(_), Token::Period | Token::DoubleColon) => Token::DoubleColon,
            (Some(name), _) => return misused(name),
            (None, token) => token,
        };
        if let Token::Identifier(word) = &token
            && !is_name_slot
        {
            self.namespace = named(word);
        }
        self.follow(&token);
        token
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the engine may add tokens")]
    fn follow(&mut self, token: &Token) {
        self.after_dot = matches!(token, Token::Period | Token::Elvis | Token::DoubleColon);
        match token {
            Token::MapStart => self.brackets.push(true),
            Token::LeftBrace | Token::LeftParen | Token::LeftBracket => self.brackets.push(false),
            Token::RightBrace | Token::RightParen | Token::RightBracket => {
                self.brackets.pop();
            }
            _ => {}
        }
        self.key_slot =
            matches!(token, Token::MapStart | Token::Comma) && self.brackets.last() == Some(&true);
    }
}

fn misused(name: &str) -> Token {
    let text = format!("`{name}` is a namespace; write `{name}.<name>`");
    Token::LexError(LexError::ImproperSymbol(name.to_owned(), text).into())
}
