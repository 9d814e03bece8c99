//! Recognizes the syntax of other languages at the location of a fault, and hints at what to write
//! instead.

use std::cell::OnceCell;
use std::collections::HashSet;

use crate::fault::{Fault, Location};
use crate::source::{SourceText, code_tokens, import_aliases, is_identifier};
use crate::state::rate_hint;

use super::bundled::STDLIB;
use super::foreign_words::{
    BLOCK, CLOSURE, COUNTED_LOOP, FOREIGN, LIST, MAP, OPTIONS, PAIR, SEPARATOR, STRING, TEMPLATE,
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
    let row = FOREIGN.iter().find(|(all, _)| all.contains(&word));
    row.map(|(_, hint)| *hint)
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
struct FaultSite<'a> {
    before: &'a str,
    rest: &'a str,
    /// The word that starts at the location; else empty.
    word: &'a str,
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
    }

    fn listed(&self) -> Option<&'static str> {
        let is_here = |foreign: &&str| match self.word {
            "" => self.rest.starts_with(*foreign) && !self.rest.starts_with("#{"),
            word => word == *foreign,
        };
        let row = FOREIGN.iter().find(|(all, _)| all.iter().any(is_here));
        row.map(|(_, hint)| *hint)
    }

    /// The hint for `for (let i = 0; …)` and for `x => …` or `(x, y) => …`.
    fn by_shape(&self) -> Option<&'static str> {
        let before = self.before.trim_end();
        let is_counted = before
            .strip_suffix('(')
            .is_some_and(|before| before.trim_end().ends_with("for"));
        if is_counted && !self.word.is_empty() {
            return Some(COUNTED_LOOP);
        }
        let near = &self.rest[..self.rest.floor_char_boundary(LONGEST_LIST)];
        let behind_list = near.split_once(')').map_or("", |(_, behind)| behind);
        let is_parameter = before.ends_with(['(', ',', '=']) && !self.word.is_empty();
        let is_arrow =
            self.behind().starts_with("=>") || behind_list.trim_start().starts_with("=>");
        (is_parameter && is_arrow).then_some(CLOSURE)
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
        if is_key && before.ends_with(['(', ',']) {
            return Some(OPTIONS);
        }
        if is_key && (!self.word.is_empty() || is_in_bare_braces(before)) {
            return Some(MAP);
        }
        match self.rest.chars().next()? {
            ';' if self.is_before_option() => Some(SEPARATOR),
            ':' => Some(BLOCK),
            '=' => Some(PAIR),
            '/' => Some(STRING),
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
            return self.module_call(leading_word(rest), all);
        }
        if behind.starts_with("::") {
            return import_hint(word);
        }
        if behind.starts_with('=') && !behind.starts_with("==") {
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
        let is_alone = behind.starts_with([',', ')', ']', '}', ';']);
        is_alone.then(|| format!("write strings in double quotes: \"{word}\""))
    }

    /// The hint for `users.add(…)` where `users` is a module.
    fn module_call(&self, function: &str, all: &ForeignSyntax<'_>) -> Option<String> {
        let module = self.word;
        let call = format!("call a function of a module as `{module}::{function}(…)`");
        if all.is_imported(module) {
            return Some(call);
        }
        import_hint(module).map(|import| format!("{call}; {import}"))
    }
}

/// How to import the bundled module of that name.
fn import_hint(alias: &str) -> Option<String> {
    let module = format!("std/{alias}");
    let is_bundled = STDLIB.iter().any(|bundled| bundled.name == module);
    is_bundled.then(|| format!("write `import \"{module}\" as {alias};` at the top"))
}

fn leading_word(text: &str) -> &str {
    &text[..text.find(|c| !is_identifier(c)).unwrap_or(text.len())]
}

/// Whether a text ends with `{ "user"` or `{ user` rather than with `#{ user`.
fn is_in_bare_braces(before: &str) -> bool {
    let before = before.trim_end_matches(|c| is_identifier(c) || c == '"');
    let before = before.trim_end();
    before.ends_with('{') && !before.ends_with("#{")
}
