//! Takes out of a script's text what may be a secret that is written out, so
//! that no snippet shows it. Places stay where they are. It reads words and
//! quotes only: a text that is no script is blanked as well.

use std::borrow::Cow;
use std::ops::Range;

use crate::bindings::{self, Type};
use crate::conf;
use crate::state::Secret;

/// The text without what is written where a secret is named.
pub(super) fn blanked(text: &str) -> Cow<'_, str> {
    let mut reader = Reader::default();
    reader.read(text);
    let mut hidden = reader.hidden;
    hidden.retain(|span| Secret::parse(&text[span.clone()]).is_err() && !span.is_empty());
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    hidden.sort_by_key(|span| span.start);
    let mut blank = String::with_capacity(text.len());
    let mut done = 0;
    for span in hidden.iter().filter(|span| !span.is_empty()) {
        if span.start < done {
            continue;
        }
        blank.push_str(&text[done..span.start]);
        blank.extend(text[span.clone()].chars().map(stroke));
        done = span.end;
    }
    blank.push_str(&text[done..]);
    Cow::Owned(blank)
}

/// A letter as long as this one.
fn stroke(letter: char) -> char {
    match (letter, letter.len_utf8()) {
        ('\n' | '\r', _) => letter,
        (_, 1) => '*',
        (_, 2) => '·',
        (_, 3) => '•',
        (..) => '𐄁',
    }
}

/// What the innermost brackets hold.
#[derive(Default)]
struct Frame {
    /// The function that is called with them.
    call: String,
    /// Which argument or entry it is at.
    nth: usize,
    /// The key of the entry it is at, or the name that is set.
    key: String,
    /// Whether it declares a parameter that is a secret.
    is_secret_type: bool,
    /// Texts that are a declared parameter's default.
    defaults: Vec<Range<usize>>,
}

#[derive(Default)]
struct Reader {
    hidden: Vec<Range<usize>>,
    frames: Vec<Frame>,
    outside: Frame,
    word: String,
}

impl Reader {
    fn read(&mut self, text: &str) {
        let mut at = 0;
        while let Some(first) = text[at..].chars().next() {
            let rest = &text[at..];
            let length = match first {
                '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
                '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
                '"' | '\'' | '`' => self.literal(rest, first, at),
                c if is_word(c) => {
                    let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                    rest[..end].clone_into(&mut self.word);
                    end
                }
                ':' if rest.starts_with("::") => 2,
                '=' if rest.starts_with("==") || rest.starts_with("=>") => 2,
                c => {
                    self.mark(c);
                    c.len_utf8()
                }
            };
            at += length;
        }
    }

    fn top(&mut self) -> &mut Frame {
        self.frames.last_mut().unwrap_or(&mut self.outside)
    }

    fn mark(&mut self, mark: char) {
        match mark {
            '(' | '[' | '{' => {
                let call = if mark == '(' {
                    std::mem::take(&mut self.word)
                } else {
                    String::new()
                };
                self.frames.push(Frame {
                    call,
                    ..Frame::default()
                });
            }
            ')' | ']' | '}' => {
                if let Some(frame) = self.frames.pop().filter(|frame| frame.is_secret_type) {
                    self.hidden.extend(frame.defaults);
                }
            }
            ':' | '=' => {
                let word = std::mem::take(&mut self.word);
                self.top().key = word;
            }
            ',' | ';' => {
                let top = self.top();
                top.nth += 1;
                top.key.clear();
            }
            c if c.is_whitespace() => return,
            _ => {}
        }
        self.word.clear();
    }

    /// A quoted text; gives its length.
    fn literal(&mut self, rest: &str, quote: char, at: usize) -> usize {
        let length = quoted(rest, quote);
        let is_closed = length > 1 && rest[..length].ends_with(quote);
        let inner = at + 1..at + length - usize::from(is_closed);
        let text = &rest[1..inner.end - at];
        let is_secret = self
            .frames
            .iter()
            .chain([&self.outside])
            .any(Frame::wants_secret);
        let top = self.top();
        match top.key.as_str() {
            "type" => top.is_secret_type |= text == "secret",
            "default" => top.defaults.push(inner.clone()),
            _ => {}
        }
        if is_secret {
            self.hidden.push(inner);
        }
        // A key may be quoted.
        text.clone_into(&mut self.word);
        length
    }
}

impl Frame {
    fn wants_secret(&self) -> bool {
        is_secret(&self.key) || is_secret_argument(&self.call, self.nth)
    }
}

/// Whether an option or a setting of that name is a secret.
fn is_secret(name: &str) -> bool {
    let keys = || {
        bindings::all()
            .flat_map(|row| row.params)
            .flat_map(|param| param.ty.keys())
    };
    !name.is_empty()
        && (matches!(name, "token" | "password" | "secret")
            || keys().any(|key| key.name == name && matches!(key.ty, Type::Secret))
            || conf::is_secret(name))
}

fn is_secret_argument(call: &str, nth: usize) -> bool {
    let is_it = |row: &&bindings::Binding| row.path().1 == call;
    call == "secret"
        || !call.is_empty()
            && bindings::all().filter(is_it).any(|row| {
                row.params
                    .get(nth)
                    .is_some_and(|param| matches!(param.ty, Type::Secret))
            })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How long a quoted text is, with its quotes.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        if c == quote && !is_escaped {
            return index + 1;
        }
        if c == '\n' && quote != '`' {
            return index;
        }
        is_escaped = c == '\\' && !is_escaped && quote != '`';
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_out_is_blanked() {
        for (text, blank) in [
            (r#"secret("hunter2")"#, r#"secret("*******")"#),
            (
                r#"#{ password: "pä", home: "/a" }"#,
                r#"#{ password: "*·", home: "/a" }"#,
            ),
            (
                r#"#{ "password": if x { "a" } else { `b` } }"#,
                r#"#{ "password": if x { "*" } else { `*` } }"#,
            ),
            (
                r#"token_encryption_key: "a\"b""#,
                r#"token_encryption_key: "****""#,
            ),
            (
                r#"node.set_api_password("anna", "pw")"#,
                r#"node.set_api_password("anna", "**")"#,
            ),
            (r#"token.basic("id", "pw")"#, r#"token.basic("id", "**")"#),
            (
                r#"let password = "pw"; let x = "y";"#,
                r#"let password = "**"; let x = "y";"#,
            ),
            (
                r#"k: #{ default: "pw", type: "secret", help: "h" }"#,
                r#"k: #{ default: "**", type: "secret", help: "h" }"#,
            ),
            (r#"password: "pw"#, r#"password: "**"#),
        ] {
            assert_eq!(blanked(text), blank);
        }
    }

    #[test]
    fn all_else_is_shown() {
        for text in [
            r#"secret("env:KEY")"#,
            r#"#{ password: secret("file:/run/key"), home: "/a" }"#,
            r#"#{ type: "path", default: "/srv" }"#,
            r#"if password == "x" { advise("y") } // password: "z""#,
            r#"conf.set_user("anna", #{ absolute: "/srv" })"#,
            "",
        ] {
            assert_eq!(blanked(text), text);
        }
    }
}
