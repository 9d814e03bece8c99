//! Recognizes the syntax of other languages at the location of a fault, and hints at what to write
//! instead.

use std::cell::OnceCell;
use std::collections::HashSet;

use crate::fault::{Fault, Location};
use crate::reference::ForeignWords;
use crate::source::{KEYWORDS, SourceText, TokenKind, code_tokens, import_aliases, is_identifier};
use crate::state::rate_hint;

use super::bundled::STDLIB;
use super::foreign_hints::{
    COMPARISON, COUNTED_LOOP, FILES, LIST, MAP, OPTIONS, PAIR, SEPARATOR, STRICT, STRING, TEMPLATE,
};

/// How many bytes behind a parameter the end of its list is looked for.
const LONGEST_LIST: usize = 256;

/// Adds a hint to a fault that has none, if the syntax of another language is at its location.
pub(super) fn with_hint(fault: Fault, source: &SourceText) -> Fault {
    ForeignSyntax::new(source).with_hint(fault)
}

/// A text in which the syntax of other languages is looked for, at any number of locations.
pub(super) struct ForeignSyntax<'a> {
    source: &'a SourceText,
    declared: OnceCell<HashSet<&'a str>>,
    imported: OnceCell<HashSet<&'a str>>,
}

impl<'a> ForeignSyntax<'a> {
    pub(super) fn new(source: &'a SourceText) -> Self {
        Self {
            source,
            declared: OnceCell::new(),
            imported: OnceCell::new(),
        }
    }

    /// Adds a hint to a fault that has none.
    pub(super) fn with_hint(&self, fault: Fault) -> Fault {
        if !fault.hints().is_empty() {
            return fault;
        }
        let location = fault.location();
        let site = location.and_then(|location| FaultSite::at(location, self.source));
        match site.and_then(|site| site.hint(self)) {
            Some(hint) => fault.hint(hint),
            None => fault,
        }
    }

    /// Whether the script declares a variable of that name somewhere.
    fn is_declared(&self, name: &str) -> bool {
        let declared = self.declared.get_or_init(|| variables(&self.source.text));
        declared.contains(name)
    }

    /// Whether the script imports a module under that name.
    fn is_imported(&self, alias: &str) -> bool {
        let imported = &self.imported;
        let imported = imported.get_or_init(|| import_aliases(&self.source.text));
        imported.contains(alias)
    }
}

/// The variables that a text declares with a value.
fn variables(text: &str) -> HashSet<&str> {
    let tokens: Vec<_> = code_tokens(text).collect();
    let declared = tokens
        .windows(3)
        .filter(|window| window[0].is("let") && window[2].is("="));
    declared.map(|window| window[1].text).collect()
}

/// The hint for a word of another language.
pub(super) fn word_hint(word: &str) -> Option<&'static str> {
    ForeignWords::find(word).map(|row| &*row.hint)
}

/// The hint for a variable that is declared outside of the function that reads it.
pub(super) fn outer_variable(name: &str) -> String {
    format!("a function does not see variables outside of it: pass `{name}` as an argument")
}

/// Whether a word or sign of another language is at a location.
pub(super) fn is_foreign(location: &Location, source: &SourceText) -> bool {
    FaultSite::at(location, source)
        .is_some_and(|site| site.listed().is_some() || site.rate().is_some())
}

/// The text around the location of a fault.
pub(super) struct FaultSite<'a> {
    /// The text up to it.
    pub(super) before: &'a str,
    /// The text from there.
    pub(super) rest: &'a str,
    /// The word that starts at the location; else empty.
    pub(super) word: &'a str,
}

impl<'a> FaultSite<'a> {
    fn at(location: &Location, source: &'a SourceText) -> Option<Self> {
        let offset = source.offset_at(location);
        let text = &*source.text;
        let (before, rest) = text.split_at(offset);
        let is_empty = rest.is_empty() || rest.starts_with(['\r', '\n']);
        (!is_empty).then(|| Self {
            before,
            rest,
            word: leading_word(rest),
        })
    }

    /// The text behind the word.
    fn behind(&self) -> &'a str {
        self.rest[self.word.len()..].trim_start()
    }

    fn hint(&self, all: &ForeignSyntax<'_>) -> Option<String> {
        let listed = self.by_shape().or_else(|| self.listed());
        listed
            .map(str::to_owned)
            .or_else(|| self.rate())
            .or_else(|| self.by_sign().map(str::to_owned))
            .or_else(|| self.by_name(all))
            .or_else(|| self.by_line().map(str::to_owned))
    }

    /// The hint for a word or sign that is foreign anywhere.
    fn listed(&self) -> Option<&'static str> {
        // These are functions here as well.
        let is_call = self.behind().starts_with('(');
        if is_call && matches!(self.word, "print" | "exit") {
            return None;
        }
        let row = match self.word {
            "" if self.rest.starts_with("#{") => None,
            "" => ForeignWords::find_sign(self.rest),
            word => ForeignWords::find(word),
        };
        row.map(|row| &*row.hint)
    }

    /// The hint for what only the text around it shows to be foreign.
    fn by_shape(&self) -> Option<&'static str> {
        let before = self.before.trim_end();
        let is_loop =
            before.trim_end_matches(['(', ' ']).ends_with("for") && !before.ends_with("for");
        if is_loop && !self.word.is_empty()
            || before.ends_with("for") && self.rest.starts_with("((")
        {
            return Some(COUNTED_LOOP);
        }
        if let Some(hint) = self.shell_test() {
            return Some(hint);
        }
        let near = &self.rest[..self.rest.floor_char_boundary(LONGEST_LIST)];
        let behind_list = near.split_once(')').map_or("", |(_, behind)| behind);
        let is_value = before.ends_with(['(', ',', '=']) && !self.word.is_empty();
        let is_arrow =
            self.behind().starts_with("=>") || behind_list.trim_start().starts_with("=>");
        if is_value && (is_arrow || self.word == "fn") {
            return word_hint("lambda");
        }
        let flag = self.rest[self.word.len()..].trim_start_matches(' ');
        (self.word == "set" && flag.starts_with('-')).then_some(STRICT)
    }

    /// The hint for `100Mbps`: the engine ends the number where its unit begins.
    fn rate(&self) -> Option<String> {
        let is_digit = |c: char| c.is_ascii_digit();
        let number = &self.before[self.before.trim_end_matches(is_digit).len()..];
        let is_rate = !number.is_empty() && !self.word.is_empty();
        is_rate.then(|| rate_hint(&format!("{number}{}", self.word)))
    }

    fn by_sign(&self) -> Option<&'static str> {
        let (before, behind) = (self.before.trim_end(), self.behind());
        let is_key = behind.starts_with(':') && !behind.starts_with("::");
        if before.ends_with('.') && self.rest.starts_with(['"', '`']) {
            return word_hint("concat");
        }
        if is_key && before.ends_with(['(', ',']) {
            return Some(OPTIONS);
        }
        if is_key && KEYWORDS.contains(&self.word) && is_open_map(before) {
            return Some(
                "write a key in quotes that is a word of the language, as in `#{ \"in\": 1 }`",
            );
        }
        if is_key && (!self.word.is_empty() || is_in_bare_braces(before)) {
            return Some(MAP);
        }
        match self.rest.chars().next()? {
            ';' if self.is_before_option() => Some(SEPARATOR),
            ':' => word_hint("then"),
            '=' if is_open_map(before) => Some(PAIR),
            '/' => self.program().or(Some(STRING)),
            '.' if self.rest.starts_with(". ") => word_hint("source"),
            'f' if self.word == "f" && behind.starts_with(['"', '\'']) => Some(TEMPLATE),
            _ => None,
        }
    }

    /// Whether `; name:` follows.
    fn is_before_option(&self) -> bool {
        let next = self.rest[1..].trim_start();
        let behind = next[leading_word(next).len()..].trim_start();
        behind.starts_with(':') && !behind.starts_with("::")
    }

    /// The hint for a name that is not defined.
    fn by_name(&self, all: &ForeignSyntax<'_>) -> Option<String> {
        let (word, behind) = (self.word, self.behind());
        let before = self.before.trim_end();
        let is_declared_here = before.ends_with("let") || before.ends_with("const");
        let is_name =
            word.starts_with(is_identifier) && !word.starts_with(|c: char| c.is_ascii_digit());
        if !is_name || is_declared_here {
            return None;
        }
        if let Some(rest) = behind.strip_prefix('.') {
            let member = leading_word(rest);
            if FILES.contains(&member) {
                return Some(format!(
                    "write the name of a file in quotes: \"{word}.{member}\""
                ));
            }
            return self.module_call(member, all);
        }
        if behind.starts_with("::") {
            return import_hint(word);
        }
        if behind.starts_with('=') && !behind.starts_with("==") {
            if ["if", "while", "&&", "||"]
                .iter()
                .any(|word| before.ends_with(word))
            {
                return Some(COMPARISON.to_owned());
            }
            return Some(if before.ends_with(['(', ',']) {
                OPTIONS.to_owned()
            } else {
                format!("declare the variable with `let {word} = …;`")
            });
        }
        if all.is_declared(word) {
            return Some(outer_variable(word));
        }
        if before.ends_with(" in") {
            return Some(LIST.to_owned());
        }
        if before.ends_with("catch") {
            return Some(format!("write `catch ({word}) {{ … }}`"));
        }
        if behind.starts_with('"') {
            return Some("check for a quote that is not closed before this".to_owned());
        }
        let rest_of_line = self.rest[word.len()..].lines().next().unwrap_or_default();
        let ends_line = rest_of_line.trim().is_empty();
        let is_alone = ends_line || behind.starts_with([',', ')', ']', '}', ';']);
        is_alone.then(|| format!("write strings in double quotes: \"{word}\""))
    }

    /// The hint for `users.add(…)` where `users` is a module.
    fn module_call(&self, function: &str, all: &ForeignSyntax<'_>) -> Option<String> {
        let module = self.word;
        let call = format!("call a function of a module as `{module}::{function}(…)`");
        if all.is_imported(module) {
            return Some(call);
        }
        if let Some(import) = import_hint(module) {
            return Some(format!("{call}; {import}"));
        }
        let plural = format!("{module}s");
        let import = import_hint(&plural)?;
        Some(format!("{import}, then call `{plural}::{function}(…)`"))
    }
}

/// How to import the bundled module of that name.
fn import_hint(alias: &str) -> Option<String> {
    let module = format!("std/{alias}");
    let is_bundled = STDLIB.iter().any(|bundled| bundled.name == module);
    is_bundled.then(|| format!("write `import \"{module}\" as {alias};` at the top"))
}

/// The word at the start of a text; else empty.
pub(super) fn leading_word(text: &str) -> &str {
    &text[..text.find(|c| !is_identifier(c)).unwrap_or(text.len())]
}

/// Whether a text ends with `{ "user"` or `{ user` rather than with `#{ user`.
fn is_in_bare_braces(before: &str) -> bool {
    let before = before.trim_end_matches(|c| is_identifier(c) || c == '"');
    let before = before.trim_end();
    before.ends_with('{') && !before.ends_with("#{")
}

/// Whether the innermost open brace in front of a location is that of a map.
fn is_open_map(before: &str) -> bool {
    let mut open = Vec::new();
    for token in code_tokens(before) {
        match token.kind {
            TokenKind::Open => open.push(token.text),
            TokenKind::Close => drop(open.pop()),
            TokenKind::Whitespace
            | TokenKind::Comment
            | TokenKind::UnfinishedComment
            | TokenKind::Word
            | TokenKind::Number
            | TokenKind::String
            | TokenKind::UnfinishedString
            | TokenKind::Symbol => {}
        }
    }
    open.last() == Some(&"#{")
}
