//! Elements that hold secrets, found by their names, also where they are commented out.

use std::ops::Range;

/// Names of elements that hold secrets. A test compares them with the table.
const SECRET_NAMES: [&str; 5] = [
    "encryption_key",
    "content_protection_secret",
    "default_client_secret",
    "password",
    "role_id",
];

/// Whether an element with that name holds a secret.
pub(super) fn is_secret(name: &str) -> bool {
    SECRET_NAMES.iter().any(|known| {
        name.strip_suffix(known)
            .is_some_and(|prefix| prefix.is_empty() || prefix.ends_with(':'))
    })
}

/// Where secrets are in the content of a comment: whatever follows the name of an
/// element that holds one.
pub(super) fn in_comment(content: &str) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    for name in SECRET_NAMES {
        let mut end_tags = Places::new(content, "</");
        let mut lines = Places::new(content, "\n");
        let mut tags = Places::new(content, ">");
        for start in memchr::memmem::find_iter(content.as_bytes(), name) {
            let after = start + name.len();
            let end = end_tags.next_from(after).or_else(|| lines.next_from(after));
            let end = end.unwrap_or(content.len());
            let tag = tags.next_from(after).filter(|tag| *tag < end);
            secrets.push(tag.map_or(after, |tag| tag + 1)..end);
        }
    }
    secrets
}

/// Places of a mark in a text, asked for by rising offsets: each part of the text is
/// searched once.
struct Places<'t> {
    text: &'t str,
    mark: &'static str,
    searched: usize,
    next: Option<usize>,
}

impl<'t> Places<'t> {
    fn new(text: &'t str, mark: &'static str) -> Self {
        Self {
            text,
            mark,
            searched: 0,
            next: None,
        }
    }

    /// The first place at that offset or later.
    fn next_from(&mut self, from: usize) -> Option<usize> {
        if self.next.is_none_or(|next| next < from) && self.searched < self.text.len() {
            let found = self.text[from..].find(self.mark);
            self.next = found.map(|place| from + place);
            self.searched = self.next.map_or(self.text.len(), |next| next + 1);
        }
        self.next.filter(|next| *next >= from)
    }
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;

    #[test]
    fn the_names_of_secrets_are_the_tables() {
        for setting in table::all_settings().filter(|setting| setting.is_secret) {
            let leaf = setting.path.rsplit('/').next().unwrap();
            assert!(is_secret(leaf), "{leaf}");
            assert!(is_secret(&format!("p:{leaf}")));
            assert!(!is_secret(&format!("x{leaf}")));
        }
        assert!(!is_secret("key_file") && !is_secret("absolute"));
    }

    #[test]
    fn secrets_are_found_in_comments() {
        let comment = "<password>a</password> password b\n role_id>c";
        let found: Vec<_> = in_comment(comment)
            .into_iter()
            .map(|secret| &comment[secret])
            .collect();
        assert_eq!(found, ["a", " password b", " b", "c"]);
    }
}
