//! Finds secrets that a program cut off, wrapped, spaced, escaped or wrote in another case, in
//! texts that are to be shown.
//!
//! A text and the secrets are compared folded: without blanks, in lower case and without escapes.
//! The start of a secret counts if it is so long that it is hardly in the text by chance.

use std::ops::Range;
use std::rc::Rc;

use super::escapes;
use super::secret_value::SecretValue;
use crate::state::FastIndexSet;

/// Shorter secrets are in ordinary texts by chance: of those below [`MIN_WORD`], only one with
/// letters and something else is looked for.
const MIN_LENGTH: usize = 5;

/// From this length on, also a word is a secret.
const MIN_WORD: usize = 8;

/// The length at which the start of a secret counts.
const MIN_CUT: usize = 8;

/// The same where the start is letters alone, as those of words are.
const MIN_CUT_WORD: usize = 12;

/// A part of a secret that is compared at once.
const MAX_PART: usize = 64;

/// Secrets by their folded texts.
#[derive(Default)]
pub(super) struct CutSecrets {
    secrets: Vec<CutSecret>,
    /// What the secrets begin with.
    heads: FastIndexSet<[u8; MIN_LENGTH]>,
}

struct CutSecret {
    folded: SecretValue,
    replacement: Rc<str>,
}

impl CutSecrets {
    /// Adds secrets to replace by `replacement`.
    pub(super) fn add<'v>(&mut self, values: impl Iterator<Item = &'v str>, replacement: &Rc<str>) {
        let folded = values.map(|value| FoldedText::new(value).text);
        self.extend(folded.filter(|text| is_distinctive(text)), replacement);
    }

    /// The same for a secret of which any part may be printed.
    pub(super) fn add_parts(&mut self, value: &str, replacement: &Rc<str>) {
        let folded = SecretValue::new(FoldedText::new(value).text);
        let text = folded.expose();
        let starts = text.char_indices().map(|(start, _)| start).skip(1);
        let parts = starts
            .take_while(|start| text.len() - start >= MIN_CUT_WORD)
            .map(|start| {
                let end = text.len().min(start + MAX_PART);
                text[start..text.floor_char_boundary(end)].to_owned()
            });
        self.extend(parts, replacement);
    }

    fn extend(&mut self, folded: impl Iterator<Item = String>, replacement: &Rc<str>) {
        self.secrets.extend(folded.map(|text| CutSecret {
            folded: SecretValue::new(text),
            replacement: Rc::clone(replacement),
        }));
        self.secrets
            .sort_by(|a, b| a.folded.expose().cmp(b.folded.expose()));
        self.secrets.dedup_by(|a, b| a.folded == b.folded);
        let heads = self.secrets.iter();
        self.heads = heads.filter_map(|secret| head(secret.bytes())).collect();
    }

    /// Replaces all secrets in a text.
    pub(super) fn replace(&self, text: String) -> String {
        if self.secrets.is_empty() {
            return text;
        }
        let folded = FoldedText::new(&text);
        let bytes = folded.text.as_bytes();
        let mut replaced = String::new();
        let (mut from, mut at) = (0, 0);
        while at < bytes.len() {
            let Some((length, replacement)) = self.find(&bytes[at..]) else {
                at += 1;
                continue;
            };
            let place = folded.place(at..at + length);
            replaced.push_str(&text[from..place.start]);
            replaced.push_str(replacement);
            from = place.end;
            at += length;
        }
        replaced.push_str(&text[from..]);
        replaced
    }

    /// The length of the secret that `rest` begins with, whole or cut off.
    fn find(&self, rest: &[u8]) -> Option<(usize, &str)> {
        if !self.heads.contains(&head(rest)?) {
            return None;
        }
        // The secret with the longest common start is one of the two beside the text.
        let after = self.secrets.partition_point(|secret| secret.bytes() < rest);
        let beside = &self.secrets[after.saturating_sub(1)..self.secrets.len().min(after + 1)];
        let cut = beside.iter().filter_map(|secret| {
            let length = common_length(secret.bytes(), rest);
            (length >= secret.least()).then_some((length, secret))
        });
        let whole = (MIN_LENGTH..MIN_CUT_WORD).filter_map(|length| {
            let text = rest.get(..length)?;
            let found = self.secrets.binary_search_by(|it| it.bytes().cmp(text));
            Some((length, &self.secrets[found.ok()?]))
        });
        let (length, secret) = cut.chain(whole).max_by_key(|(length, _)| *length)?;
        Some((length, &secret.replacement))
    }
}

impl CutSecret {
    fn bytes(&self) -> &[u8] {
        self.folded.expose().as_bytes()
    }

    /// How much of it is a secret.
    fn least(&self) -> usize {
        let bytes = self.bytes();
        let start = bytes.get(..MIN_CUT).unwrap_or(bytes);
        let is_word = start.iter().all(u8::is_ascii_alphabetic);
        bytes
            .len()
            .min(if is_word { MIN_CUT_WORD } else { MIN_CUT })
    }
}

fn is_distinctive(folded: &str) -> bool {
    let is_mixed =
        || folded.contains(char::is_alphabetic) && folded.contains(|c: char| !c.is_alphabetic());
    folded.len() >= MIN_WORD || (folded.len() >= MIN_LENGTH && is_mixed())
}

fn head(bytes: &[u8]) -> Option<[u8; MIN_LENGTH]> {
    bytes.first_chunk().copied()
}

fn common_length(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// A text without blanks and escapes, in lower case.
#[derive(Default)]
struct FoldedText {
    text: String,
    /// Where each byte of it is written.
    places: Vec<Range<usize>>,
}

impl FoldedText {
    fn new(text: &str) -> Self {
        let mut folded = Self::default();
        let mut at = 0;
        while let Some(next) = text[at..].chars().next() {
            let (c, length) = escapes::decode(&text[at..]).unwrap_or((next, next.len_utf8()));
            if !c.is_whitespace() && !c.is_control() {
                folded.text.extend(c.to_lowercase());
                folded.places.resize(folded.text.len(), at..at + length);
            }
            at += length;
        }
        folded
    }

    /// Where a part of it is written.
    fn place(&self, part: Range<usize>) -> Range<usize> {
        self.places[part.start].start..self.places[part.end - 1].end
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn replaced(value: &str, text: &str) -> String {
        let mut secrets = CutSecrets::default();
        secrets.add(std::iter::once(value), &Rc::from("‹x›"));
        secrets.replace(text.to_owned())
    }

    #[test]
    fn secrets_are_found_cut_spaced_wrapped_and_escaped() {
        let value = "Tr0ub4dor&3 é";
        for text in [
            "Tr0ub4dor&3 é",
            "Tr0ub4do",
            "T r 0 u b 4 d o r & 3 é",
            "Tr0ub4d\n   or&3é",
            "TR0UB4DOR&3 É",
            "Tr0ub4dor&amp;3 &#233;",
            "Tr0ub4dor%263%20%C3%A9",
            "tr0ub4dor\\u00263\\u0020\\u00e9",
        ] {
            assert_eq!(replaced(value, &format!("[{text}]")), "[‹x›]", "{text}");
        }
        assert_eq!(replaced(value, "[Tr0ub4d]"), "[Tr0ub4d]");
    }

    #[test]
    fn ordinary_texts_are_not_replaced() {
        let text = "cannot open the database of anna: the password is wrong (28P01)";
        for value in [
            "database-of-the-node",
            "password1",
            "the",
            "anna",
            "1",
            "28",
        ] {
            assert_eq!(replaced(value, text), text, "{value}");
        }
        assert_eq!(replaced("anna7", "anna7 anna"), "‹x› anna");
    }

    #[test]
    fn a_shorter_secret_is_found_beside_longer_ones() {
        let mut secrets = CutSecrets::default();
        let values = [
            "password",
            "passwordABCDEFG",
            "k3y-1",
            "k3y-1x",
            "k3y-111111",
        ];
        secrets.add(values.into_iter(), &Rc::from("‹x›"));
        let text = "password passwordZ k3y-1 k3y-1x k3y-111111".to_owned();
        assert_eq!(secrets.replace(text), "‹x› ‹x›Z ‹x› ‹x› ‹x›");
    }

    #[test]
    fn many_secrets_are_searched_at_once() {
        let values: Vec<_> = (0..100_000).map(|n| format!("pass-{n:06}-{n}")).collect();
        let mut secrets = CutSecrets::default();
        secrets.add(values.iter().map(String::as_str), &Rc::from("‹x›"));
        let text = "user pass-077777-77777, pass- pass-".repeat(2_000);
        assert_eq!(secrets.replace(text).matches('‹').count(), 2_000);
    }

    /// What a program makes of a secret.
    fn form(value: &str, form: usize) -> String {
        let between = |with: &str| {
            let parts = value.chars().map(String::from);
            parts.collect::<Vec<_>>().join(with)
        };
        let half = value.len() / 2;
        match form {
            0 => value.to_owned(),
            1 => between(" "),
            2 => between("\n\t"),
            3 => format!("{}\r\n  {}", &value[..half], &value[half..]),
            4 => value.to_uppercase(),
            5 => value.to_lowercase(),
            6 => value[..20.min(value.len())].to_owned(),
            7 => value[value.len().saturating_sub(20)..].to_owned(),
            8 => value[half / 2..].to_owned(),
            _ => format!(
                "%{}",
                hex::encode(value)
                    .as_bytes()
                    .chunks(2)
                    .map(String::from_utf8_lossy)
                    .collect::<Vec<_>>()
                    .join("%")
            ),
        }
    }

    proptest! {
        #[test]
        fn no_part_of_a_secret_is_left(
            value in "[!-~]{13,60}",
            number in 0_usize..10,
            around in "[ -~\n]{0,20}",
        ) {
            let mut secrets = CutSecrets::default();
            secrets.add(std::iter::once(&*value), &Rc::from("‹›"));
            secrets.add_parts(&value, &Rc::from("‹›"));
            let text = format!("{around}\u{b7}{}\u{b7}{around}", form(&value, number));
            let left = FoldedText::new(&secrets.replace(text)).text;
            let folded = FoldedText::new(&value).text;
            for part in folded.as_bytes().windows(MIN_CUT_WORD) {
                let is_left = memchr::memmem::find(left.as_bytes(), part).is_some();
                prop_assert!(!is_left, "{left}");
            }
        }

        #[test]
        fn other_texts_stay(value in "[A-Za-z0-9]{20}", text in any::<String>()) {
            prop_assert_eq!(replaced(&value, &text), text);
        }
    }
}
