//! Words of shells and other languages, and what a script has in their place: the tables of
//! `docs/shell.md`.

use std::sync::LazyLock;

use super::entry::{DocText, EntryKind, ReferenceEntry};
use crate::source::{KEYWORDS, TokenKind, code_tokens};

const PAGE: &str = include_str!("../../docs/shell.md");

/// Words of other languages that mean the same.
pub struct ForeignWords {
    /// The words, or signs.
    pub words: Vec<String>,
    /// What to write instead, in a clause.
    pub hint: String,
    /// Whether they are signs.
    pub are_signs: bool,
}

static ROWS: LazyLock<Vec<ForeignWords>> = LazyLock::new(|| {
    let sections = PAGE.split("\n## ").skip(1);
    sections.flat_map(section).collect()
});

fn section(text: &'static str) -> impl Iterator<Item = ForeignWords> {
    let are_signs = text.starts_with("signs\n");
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.filter_map(move |row| {
        let cells = row.strip_prefix("| ")?.strip_suffix(" |")?;
        let (words, hint) = cells.split_once(" | ")?;
        let words = words.split(' ').map(|word| word.trim_matches('`'));
        Some(ForeignWords {
            words: words.map(str::to_owned).collect(),
            hint: hint.replace("\\|", "|"),
            are_signs,
        })
    })
}

impl ForeignWords {
    /// Every row.
    pub fn all() -> &'static [Self] {
        &ROWS
    }

    /// The row of a word.
    pub fn find(word: &str) -> Option<&'static Self> {
        let has_word = |row: &&Self| row.words.iter().any(|known| known == word);
        Self::all().iter().find(has_word)
    }

    /// The row of the longest sign that a text starts with.
    pub fn find_sign(text: &str) -> Option<&'static Self> {
        let signs = Self::all().iter().filter(|row| row.are_signs);
        let longest = |row: &Self| {
            let here = row.words.iter().filter(|sign| text.starts_with(&***sign));
            here.map(String::len).max()
        };
        let here = signs.filter_map(|row| Some((longest(row)?, row)));
        here.max_by_key(|(length, _)| *length).map(|(_, row)| row)
    }

    /// The names in the code of the hint that have entries: keywords, and functions that it calls.
    fn named(&self, known: &[ReferenceEntry]) -> Vec<DocText> {
        let mut names: Vec<DocText> = Vec::new();
        for code in self.hint.split('`').skip(1).step_by(2) {
            for name in named_in(code) {
                let is_new = !names.iter().any(|other| *other == name);
                if is_new && known.iter().any(|entry| entry.name == name) {
                    names.push(name.to_owned().into());
                }
            }
        }
        names
    }

    fn entry(&self, known: &[ReferenceEntry]) -> ReferenceEntry {
        let mut letters = self.hint.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string());
        let doc = format!("{}{}.", first.unwrap_or_default(), letters.as_str());
        ReferenceEntry {
            see: self.named(known),
            ..ReferenceEntry::new(EntryKind::Foreign, self.words.join(" "), doc)
        }
    }
}

/// The keywords in a piece of code, and the names that it calls, without the value before a method.
fn named_in(code: &str) -> Vec<&str> {
    let tokens: Vec<_> = code_tokens(code).collect();
    let words = tokens.iter().enumerate();
    let words = words.filter(|(_, token)| token.kind == TokenKind::Word);
    let names = words.flat_map(|(index, word)| {
        let is_called = tokens.get(index + 1).is_some_and(|next| next.text == "(");
        let path = match index
            .checked_sub(2)
            .map(|first| (&tokens[first], &tokens[first + 1]))
        {
            Some((space, dot)) if dot.is(".") => &code[space.start..word.end()],
            _ => word.text,
        };
        let is_declaration = word.text.chars().all(|c| c.is_ascii_uppercase());
        let is_named = is_called || is_declaration || KEYWORDS.contains(&word.text);
        let names = [word.text, path];
        names.into_iter().filter(move |_| is_named)
    });
    names.collect()
}

/// The page as a whole, then each row. `known` are the entries that a row may name.
pub(super) fn entries(known: &[ReferenceEntry]) -> Vec<ReferenceEntry> {
    let intro = PAGE.split("\n\n").nth(1).unwrap_or_default();
    let rows = ForeignWords::all().iter().map(|row| row.entry(known));
    let rows: Vec<_> = rows.collect();
    let page = ReferenceEntry {
        members: rows.iter().map(|row| row.name.clone()).collect(),
        ..ReferenceEntry::new(EntryKind::Topic, "shell", intro)
    };
    [page].into_iter().chain(rows).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_word_is_in_one_row() {
        let mut seen = BTreeSet::new();
        for row in ForeignWords::all() {
            for word in &row.words {
                assert!(seen.insert(word), "{word} is there twice");
            }
        }
        let rows = PAGE.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(ForeignWords::all().len(), rows);
        assert!(seen.len() > 150, "only {} words", seen.len());
    }

    #[test]
    fn code_names_keywords_and_what_it_calls() {
        for (code, names) in [
            ("text.to_upper()", &["to_upper", "text.to_upper"][..]),
            ("let name = value;", &["let", "let"]),
            (
                "dir.ensure(\"/data\", #{ owner: \"a\" });",
                &["ensure", "dir.ensure"],
            ),
        ] {
            assert_eq!(named_in(code), names, "{code}");
        }
    }

    #[test]
    fn the_longest_sign_wins() {
        for (text, word) in [
            ("$(cat x)", "$("),
            ("$name", "$"),
            ("${#a}", "${#"),
            ("# a", "#"),
        ] {
            let row = ForeignWords::find_sign(text).unwrap();
            assert!(row.words.iter().any(|known| known == word), "{text}");
        }
        assert!(ForeignWords::find_sign("[ -d x ]").is_none());
        assert!(ForeignWords::find_sign("name").is_none());
    }
}
