//! Lets scripts write `conf.set_user(…)`: a token mapper replaces the dot after a namespace by
//! `::`, and makes names of words that the engine reserves without using them.

use std::cell::RefCell;

use rhai::{LexError, Position, Token};

use crate::source::RESERVED_WORDS;

#[derive(Default)]
struct MapperState {
    last: Option<Position>,
    namespace: Option<&'static str>,
    is_after_dot: bool,
    is_at_key: bool,
    /// Whether each open bracket is that of a map.
    brackets: Vec<bool>,
}

/// Creates a token mapper for these namespaces.
pub(super) fn mapper(namespaces: Vec<&'static str>) -> impl Fn(Token, Position) -> Token {
    let state = RefCell::new(MapperState::default());
    move |token, position| {
        let mut state = state.borrow_mut();
        // The empty end of a template string has no position.
        if !position.is_none() {
            // A position that does not increase means that another text begins.
            if state.last.is_some_and(|last| position <= last) {
                *state = MapperState::default();
            }
            state.last = Some(position);
        }
        state.map(token, &namespaces)
    }
}

impl MapperState {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the engine may add tokens")]
    fn map(&mut self, token: Token, namespaces: &[&'static str]) -> Token {
        let is_name = self.is_after_dot || self.is_at_key;
        let namespace = |word: &str| namespaces.iter().copied().find(|name| *name == word);
        let token = match token {
            Token::Reserved(word)
                if namespace(&word).is_some()
                    || (is_name && RESERVED_WORDS.contains(&word.as_str())) =>
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
            && !is_name
        {
            self.namespace = namespace(word);
        }
        self.follow(&token);
        token
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the engine may add tokens")]
    fn follow(&mut self, token: &Token) {
        self.is_after_dot = matches!(token, Token::Period | Token::Elvis | Token::DoubleColon);
        match token {
            Token::MapStart => self.brackets.push(true),
            Token::LeftBrace | Token::LeftParen | Token::LeftBracket => self.brackets.push(false),
            Token::RightBrace | Token::RightParen | Token::RightBracket => {
                self.brackets.pop();
            }
            _ => {}
        }
        self.is_at_key =
            matches!(token, Token::MapStart | Token::Comma) && self.brackets.last() == Some(&true);
    }
}

fn misused(name: &str) -> Token {
    let text = format!("`{name}` is a namespace; write `{name}.<name>`");
    Token::LexError(LexError::ImproperSymbol(name.to_owned(), text).into())
}
