//! Refuses a text that declares more variables than a run may have at a time. The engine searches all
//! of them at each declaration and at each use, so that a text of many would take minutes to compile.

use std::collections::HashSet;

use crate::fault::{Fault, Result};
use crate::source::{SourceText, Token, TokenKind, code_tokens};

use super::limits::{MAX_VARIABLES, exceeded_in_text};

/// Refuses a text at the declaration that is one too many.
pub(super) fn refuse(source: &SourceText) -> Result<()> {
    let text = source.text.as_bytes();
    let count = |word: &[u8]| memchr::memmem::find_iter(text, word).count();
    if count(b"let") + count(b"const") <= MAX_VARIABLES {
        return Ok(());
    }
    let mut blocks = Blocks::default();
    let mut last = None;
    for token in code_tokens(&source.text) {
        let is_declared = last.is_some_and(|last: Token<'_>| last.is("let") || last.is("const"));
        if is_declared && !blocks.declare(token.text) {
            let fault = exceeded_in_text(&format!("{MAX_VARIABLES} variables at a time"));
            return Err(at(fault, source, &token));
        }
        blocks.advance(&token);
        last = Some(token);
    }
    Ok(())
}

fn at(fault: Fault, source: &SourceText, token: &Token<'_>) -> Fault {
    fault.at(Some(source.location(token.start)))
}

/// The variables of the open blocks.
#[derive(Default)]
struct Blocks<'a> {
    open: Vec<Block<'a>>,
    global: HashSet<&'a str>,
    /// How many variables are visible.
    count: usize,
    is_function: bool,
}

/// The variables of a block.
#[derive(Default)]
struct Block<'a> {
    names: HashSet<&'a str>,
    /// How many variables are visible behind it.
    outer: usize,
}

impl<'a> Blocks<'a> {
    /// Declares a variable. Returns false if it is one too many.
    fn declare(&mut self, name: &'a str) -> bool {
        let names = match self.open.last_mut() {
            Some(block) => &mut block.names,
            None => &mut self.global,
        };
        // A block has one variable of a name.
        self.count += usize::from(names.insert(name));
        self.count <= MAX_VARIABLES
    }

    fn advance(&mut self, token: &Token<'a>) {
        let is_brace = token.text.ends_with(['{', '}']);
        if token.kind == TokenKind::Open && is_brace {
            self.open.push(Block {
                outer: self.count,
                ..Block::default()
            });
            // A function sees no variables outside of it.
            if std::mem::take(&mut self.is_function) {
                self.count = 0;
            }
        } else if token.kind == TokenKind::Close && is_brace {
            if let Some(closed) = self.open.pop() {
                self.count = closed.outer;
            }
        } else if token.is("fn") {
            self.is_function = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Option<String> {
        let fault = refuse(&SourceText::new("a.rhai", text)).err()?;
        fault.location().map(ToString::to_string)
    }

    /// That many declarations of different names.
    fn declared(count: usize) -> String {
        let declared: Vec<_> = (0..count).map(|n| format!("let a{n} = 1; ")).collect();
        declared.concat()
    }

    #[test]
    fn one_variable_too_many_is_refused_where_it_is_declared() {
        let most = declared(MAX_VARIABLES);
        assert_eq!(refused(&most), None);
        assert_eq!(
            refused(&format!("{most}\nconst b = 1;")).unwrap(),
            "a.rhai:2:7"
        );
        assert!(refused(&format!("{most} if true {{ let b = 1; }}")).is_some());
    }

    #[test]
    fn variables_that_are_not_visible_together_are_counted_apart() {
        let most = declared(MAX_VARIABLES);
        for text in [
            format!("{most}{most}"),
            format!("{{ {most} }} {{ {most} }}"),
            format!("{most} fn f() {{ {most} }} let m = #{{ a: 1 }};"),
            format!("{} // let b", most.replace("let", "let ")),
            format!("\"{most}let b\""),
        ] {
            let first: String = text.chars().take(30).collect();
            // The map is one variable more.
            assert_eq!(refused(&text).is_some(), text.contains("let m"), "{first}");
        }
    }
}
