//! The functions, imports and documentation that a text declares, as they are written.

use std::collections::HashSet;
use std::ops::Range;

use super::lexer::{Token, TokenKind, code_tokens, tokens};

/// A function as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionSource<'a> {
    /// Its name.
    pub name: &'a str,
    /// The byte at which its name starts.
    pub name_start: usize,
    /// The names of its parameters.
    pub params: Vec<&'a str>,
    /// All of it, from `fn` or `private` to its closing brace.
    pub span: Range<usize>,
    /// Whether modules may not call it.
    pub is_private: bool,
    /// The `///` lines right above it, without their slashes.
    pub doc: Vec<&'a str>,
}

/// The functions of a text whose bodies are complete.
pub fn functions(text: &str) -> Vec<FunctionSource<'_>> {
    let tokens: Vec<_> = tokens(text).collect();
    let code: Vec<_> = (0..tokens.len())
        .filter(|index| tokens[*index].is_code())
        .collect();
    let closings = closings(&tokens, &code);
    let starts = (0..code.len()).filter(|at| tokens[code[*at]].is("fn"));
    starts
        .filter_map(|at| function(&tokens, &code, &closings, at))
        .collect()
}

/// For each code token that opens a bracket, the code token that closes it.
fn closings(tokens: &[Token<'_>], code: &[usize]) -> Vec<Option<usize>> {
    let mut closings = vec![None; code.len()];
    let mut open = Vec::new();
    for (at, index) in code.iter().enumerate() {
        match tokens[*index].kind {
            TokenKind::Open => open.push(at),
            TokenKind::Close => {
                if let Some(opened) = open.pop() {
                    closings[opened] = Some(at);
                }
            }
            TokenKind::Word
            | TokenKind::Number
            | TokenKind::String
            | TokenKind::UnfinishedString
            | TokenKind::Symbol
            | TokenKind::Whitespace
            | TokenKind::Comment
            | TokenKind::UnfinishedComment => {}
        }
    }
    closings
}

/// The function whose `fn` is the code token `at`; `code` holds the indices of the code tokens.
fn function<'a>(
    tokens: &[Token<'a>],
    code: &[usize],
    closings: &[Option<usize>],
    at: usize,
) -> Option<FunctionSource<'a>> {
    let token = |at: usize| code.get(at).map(|index| &tokens[*index]);
    let name = token(at + 1).filter(|name| name.kind == TokenKind::Word)?;
    token(at + 2).filter(|open| open.text == "(")?;
    let params_end = closings[at + 2]?;
    token(params_end + 1).filter(|open| open.text == "{")?;
    let end = token(closings[params_end + 1]?).filter(|end| end.text == "}")?;
    let params = code[at + 3..params_end].iter().map(|index| &tokens[*index]);
    let params = params.filter(|token| token.kind == TokenKind::Word);
    let params = params.map(|token| token.text).collect();
    let is_private = at > 0 && tokens[code[at - 1]].is("private");
    let first = code[if is_private { at - 1 } else { at }];
    Some(FunctionSource {
        name: name.text,
        name_start: name.start,
        params,
        span: tokens[first].start..end.end(),
        is_private,
        doc: doc(&tokens[..first]),
    })
}

/// The `///` lines at the end of these tokens, each on a line of its own.
fn doc<'a>(tokens: &[Token<'a>]) -> Vec<&'a str> {
    let mut lines = Vec::new();
    for pair in tokens.rchunks(2) {
        let [comment, space] = pair else {
            break;
        };
        let is_line_end =
            space.kind == TokenKind::Whitespace && space.text.matches('\n').count() == 1;
        let line = comment.text.strip_prefix("///");
        let Some(line) = line.filter(|_| is_line_end && comment.kind == TokenKind::Comment) else {
            break;
        };
        lines.push(line.trim_end_matches('\r'));
    }
    lines.reverse();
    lines
}

/// The names under which a text imports modules.
pub fn import_aliases(text: &str) -> HashSet<&str> {
    let tokens: Vec<_> = code_tokens(text).collect();
    let imports = tokens
        .windows(4)
        .filter(|window| window[0].is("import") && window[1].is_string() && window[2].is("as"));
    imports.map(|window| window[3].text).collect()
}

/// The leading `//!` lines of a text, without their slashes.
pub fn module_doc(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map_while(|line| line.strip_prefix("//!"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn functions_are_found_with_their_documentation() {
        let text = "// fn len(a)\n/// No.\n\n/// Yes,\n/// it is.\nfn len(a, b) { if a { \"}\" } }\n\
                    let x = 1; private fn  len (a) { }\nfn open(a) {";
        let found = functions(text);
        let described: Vec<_> = found
            .iter()
            .map(|f| (f.name, f.params.len(), f.is_private, &text[f.span.clone()]))
            .collect();
        assert_eq!(
            described,
            [
                ("len", 2, false, "fn len(a, b) { if a { \"}\" } }"),
                ("len", 1, true, "private fn  len (a) { }"),
            ]
        );
        assert_eq!(found[0].doc, [" Yes,", " it is."]);
        assert!(found[1].doc.is_empty());
        assert_eq!(&text[found[1].name_start..][..3], "len");
    }

    #[test]
    fn imports_are_found_by_their_aliases() {
        let text = "// import \"a\" as y;\nimport \"std/users\" as users;\nimport \"b\"\n as x;";
        assert_eq!(import_aliases(text), HashSet::from(["users", "x"]));
    }

    #[test]
    fn a_body_that_another_bracket_closes_is_incomplete() {
        assert_eq!(functions("fn\nfn(${\"\")"), []);
    }

    /// A size with which quadratic time would take minutes.
    #[test]
    fn a_long_text_takes_linear_time() {
        for (piece, count) in [("fn f() {", 0), ("fn f(a, ", 0), ("fn f() { }", 100_000)] {
            assert_eq!(functions(&piece.repeat(100_000)).len(), count);
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "(fn|private|f|\\(|\\)|\\{|\\}|a|,|///|\n| |`|\\$\\{|\"|\u{feff}){0,30}") {
            for function in functions(&text) {
                prop_assert_eq!(text[function.span].chars().last(), Some('}'));
            }
        }
    }
}
