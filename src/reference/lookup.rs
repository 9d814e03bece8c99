//! Finds entries by their exact names or by words, and suggests the nearest
//! name for an unknown one.

use super::Reference;
use super::entry::{EntryKind, FieldDoc, ReferenceEntry};
use crate::fault::nearest;

/// The result of a lookup.
pub enum LookupResult<'a> {
    /// The entries with exactly that name.
    Pages(Vec<&'a ReferenceEntry>),
    /// Entries that match the words, the best match first.
    Matches(Vec<&'a ReferenceEntry>),
    /// No entry; perhaps the name that was meant.
    NotFound(Option<&'a str>),
}

impl Reference {
    /// Looks up a name or words.
    pub fn look_up(&self, query: &str) -> LookupResult<'_> {
        let exact = self.exact(query);
        if !exact.is_empty() {
            return LookupResult::Pages(exact);
        }
        if let Some(foreign) = self.foreign(query.trim()) {
            return LookupResult::Pages(vec![foreign]);
        }
        let matches = self.search(query);
        let is_own = |entry: &&&ReferenceEntry| entry.kind != EntryKind::Foreign;
        let mut own = matches.iter().filter(is_own);
        if let Some(first) = own.next().filter(|first| first.leaf() == query)
            && !own.any(|entry| is_named(entry, query))
        {
            return LookupResult::Pages(vec![first]);
        }
        if matches.is_empty() {
            return LookupResult::NotFound(self.nearest(query));
        }
        LookupResult::Matches(matches)
    }

    /// The entries with exactly that name: `conf.set_user`, `absolute`,
    /// `user/absolute`, `conf.set_user absolute`, `account.ensure.shell`.
    pub fn exact(&self, query: &str) -> Vec<&ReferenceEntry> {
        let name = query.trim().replace("::", ".");
        let whole = |entry: &&ReferenceEntry| {
            let own = entry.name.replace("::", ".");
            own == name || own.strip_prefix("std/") == Some(&name)
        };
        let found: Vec<_> = self.entries.iter().filter(whole).collect();
        if !found.is_empty() {
            return found;
        }
        let section = |entry: &&ReferenceEntry| entry.name.strip_prefix("conf/") == Some(&name);
        if let Some(entry) = self.of_kind(EntryKind::Section).find(section) {
            return vec![entry];
        }
        let parts = name.rsplit_once([' ', '/', '.']);
        let Some((above, below)) = parts.map(|(above, below)| (above.trim(), below)) else {
            return Vec::new();
        };
        let settings = self
            .of_kind(EntryKind::Setting)
            .filter(|entry| entry.name == below);
        let section = above.trim_start_matches("conf/");
        let section = section.split('/').next().unwrap_or(section);
        let found: Vec<_> = settings
            .filter(|entry| {
                entry.sections.contains(&section) || entry.see.iter().any(|s| s == above)
            })
            .collect();
        if !found.is_empty() {
            return found;
        }
        let takes =
            |entry: &&ReferenceEntry| entry.name == above && has_field(&entry.fields, below);
        self.entries.iter().filter(takes).collect()
    }

    /// The entry that has a word of another language, which is not also the last part of a name.
    fn foreign(&self, query: &str) -> Option<&ReferenceEntry> {
        let is_leaf =
            |entry: &ReferenceEntry| entry.kind != EntryKind::Foreign && entry.leaf() == query;
        if self.entries.iter().any(is_leaf) {
            return None;
        }
        let has_word = |entry: &&ReferenceEntry| entry.name.split(' ').any(|word| word == query);
        self.of_kind(EntryKind::Foreign).find(has_word)
    }

    /// The entries that match all of these words. If none does, those with one
    /// of several words in their names. Matches in names come before matches in
    /// texts, bindings before settings.
    pub fn search(&self, query: &str) -> Vec<&ReferenceEntry> {
        let words: Vec<_> = words(query).collect();
        let scored = self.entries.iter().map(|entry| {
            let scores = words.iter().map(|word| score(entry, word));
            (scores.collect::<Vec<_>>(), entry)
        });
        let scored: Vec<_> = scored.collect();
        let has_all = scored.iter().any(|(scores, _)| is_all(scores));
        let takes_any = !has_all && query.trim().contains(' ');
        let mut found: Vec<_> = scored
            .into_iter()
            .filter(|(scores, _)| is_all(scores) || (takes_any && is_any(scores)))
            .map(|(scores, entry)| (scores.iter().sum::<u32>(), entry))
            .collect();
        found.sort_by_key(|(score, entry)| {
            let is_bare = entry.doc.is_empty();
            (
                std::cmp::Reverse(*score),
                entry.kind,
                is_bare,
                entry.name.len(),
            )
        });
        found.into_iter().map(|(_, entry)| entry).collect()
    }

    /// The existing name that is nearest to `name`: of a binding or setting, or of a part of the
    /// language.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        let is_language = |entry: &&ReferenceEntry| entry.kind == EntryKind::Language;
        let entries = self.entries.iter();
        let entries = entries.filter(|entry| entry.kind != EntryKind::Foreign);
        let (language, own): (Vec<_>, Vec<_>) = entries.partition(is_language);
        let whole = nearest(name, own.iter().map(|entry| &*entry.name));
        let by_leaf = || {
            let leaf = nearest(name, own.iter().map(|entry| entry.leaf()))?;
            let entry = own.iter().find(|entry| entry.leaf() == leaf)?;
            Some(&*entry.name)
        };
        let of_language = || nearest(name, language.iter().map(|entry| &*entry.name));
        whole.or_else(by_leaf).or_else(of_language)
    }
}

fn is_all(scores: &[u32]) -> bool {
    !scores.is_empty() && scores.iter().all(|score| *score > 0)
}

fn is_any(scores: &[u32]) -> bool {
    scores.iter().any(|score| *score >= NAMED)
}

fn has_field(fields: &[FieldDoc], name: &str) -> bool {
    let mut fields = fields.iter();
    fields.any(|field| field.name == name || has_field(&field.fields, name))
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// Whether the word is a whole word of the entry's name.
fn is_named(entry: &ReferenceEntry, word: &str) -> bool {
    words(&entry.name).any(|part| part == word)
}

/// The score of a word that is a whole word of the entry's name.
const NAMED: u32 = 60;

/// The score of a word for which the entry says what to write instead.
const FOREIGN: u32 = 80;

/// How well an entry matches a word, from 0 (not at all) to [`FOREIGN`].
fn score(entry: &ReferenceEntry, word: &str) -> u32 {
    if is_named(entry, word) {
        let is_foreign = entry.kind == EntryKind::Foreign;
        return if is_foreign { FOREIGN } else { NAMED };
    }
    if words(&entry.name).any(|part| part.starts_with(word)) {
        return 40;
    }
    if has_word(entry.summary(), word) {
        return 30;
    }
    if word.len() > 2 && entry.name.to_lowercase().contains(word) {
        return 20;
    }
    if entry.fields.iter().any(|field| mentions(field, word)) {
        return 15;
    }
    let texts = [&*entry.doc, &*entry.usage].into_iter();
    let rest = texts.chain(entry.sections.iter().copied());
    if rest.into_iter().any(|text| has_word(text, word)) {
        return 10;
    }
    let is_near = entry.see.iter().any(|name| has_word(name, word));
    if is_near { 5 } else { 0 }
}

fn mentions(field: &FieldDoc, word: &str) -> bool {
    let allowed = field.allowed.iter().map(|text| &**text);
    let texts = [&*field.name, &*field.doc].into_iter().chain(allowed);
    let path = field.in_file.iter().map(|place| &*place.path);
    let is_here = texts.chain(path).any(|text| has_word(text, word));
    is_here || field.fields.iter().any(|field| mentions(field, word))
}

/// Whether a word of the text starts with `word`.
fn has_word(text: &str, word: &str) -> bool {
    words(text).any(|part| part.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(found: &LookupResult<'_>) -> Vec<String> {
        match found {
            LookupResult::Pages(entries) | LookupResult::Matches(entries) => {
                entries.iter().map(|entry| entry.name.to_string()).collect()
            }
            LookupResult::NotFound(near) => near.iter().map(|name| format!("{name}?")).collect(),
        }
    }

    #[test]
    fn a_name_finds_its_page() {
        let reference = Reference::new([]);
        for (query, name) in [
            ("conf.set_user", "conf.set_user"),
            ("set_user", "conf.set_user"),
            ("conf", "conf"),
            ("conf/user", "conf/user"),
            ("http_server", "conf/http_server"),
            ("absolute", "absolute"),
            ("user/absolute", "absolute"),
            ("conf/user/faspex/absolute", "absolute"),
            ("conf.set_user absolute", "absolute"),
            ("account.ensure.shell", "account.ensure"),
            ("sync.run target_rate", "sync.run"),
            ("host.platform", "host.platform"),
        ] {
            let found = reference.look_up(query);
            assert!(
                matches!(found, LookupResult::Pages(_)),
                "{query}: {:?}",
                names(&found)
            );
            assert_eq!(names(&found), [name], "{query}");
        }
        let both = reference.look_up("http_port");
        assert_eq!(names(&both), ["http_port", "http_port"]);
    }

    #[test]
    fn words_find_bindings_before_settings() {
        let reference = Reference::new([]);
        for (query, wanted) in [
            (
                "fallback",
                &[
                    "conf.fallback",
                    "conf.set_fallback",
                    "change the fallback ports",
                ][..],
            ),
            (
                "virtual link",
                &["conf.trunk", "conf.trunks", "conf.set_trunk"],
            ),
            (
                "bandwidth cap",
                &["transfer_in_bandwidth_flow_min_rate_cap"],
            ),
        ] {
            let found = reference.look_up(query);
            assert!(matches!(found, LookupResult::Matches(_)), "{query}");
            let names = names(&found);
            assert_eq!(names[..wanted.len()], *wanted, "{query}");
        }
        let fallback = names(&reference.look_up("fallback"));
        assert!(
            fallback.iter().any(|name| name == "enable_http"),
            "{fallback:?}"
        );
    }

    #[test]
    fn an_unknown_name_gets_a_suggestion() {
        let reference = Reference::new([]);
        for (query, near) in [
            ("cnof.set_uesr", "conf.set_user?"),
            ("set_usre", "conf.set_user?"),
        ] {
            assert_eq!(names(&reference.look_up(query)), [near]);
        }
        assert!(names(&reference.look_up("qqqq")).is_empty());
        assert!(names(&reference.look_up("")).is_empty());
    }
}
