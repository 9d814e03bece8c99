//! Elements and attributes that hold secrets, found by their names, also where they are commented
//! out.

use std::ops::Range;
use std::sync::LazyLock;

use super::table;
use crate::secret_name;
use crate::state::FastMap;

/// Elements of the table whose names may be those of secrets, and whether they hold one.
static KNOWN: LazyLock<FastMap<&'static str, bool>> = LazyLock::new(|| {
    let mut known = FastMap::default();
    for setting in table::settings_at(secret_name::has_trigger) {
        let (parents, leaf) = setting.path.rsplit_once('/').unwrap_or(("", setting.path));
        for parent in parents.split('/') {
            known.entry(parent).or_insert(false);
        }
        *known.entry(leaf).or_insert(false) |= setting.is_secret;
    }
    known
});

/// Whether an element or an attribute with that name holds a secret.
#[inline]
pub(super) fn is_secret(name: &str) -> bool {
    secret_name::has_trigger(name) && is_known_or_named_secret(name)
}

/// What the table knows decides, and otherwise the name.
fn is_known_or_named_secret(name: &str) -> bool {
    let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
    let known = KNOWN.get(local).copied();
    known
        .or_else(|| KNOWN.get(local.to_lowercase().as_str()).copied())
        .unwrap_or_else(|| secret_name::names_one_secret(local))
}

/// Attributes whose value is a name of the element: `<option name="db_password" value="…"/>`.
const NAMING: [&str; 3] = ["name", "key", "id"];

/// Where secrets are in the attributes of a tag, and whether one of them says that the element
/// holds a secret.
pub(super) fn in_tag(name: &str, attributes: &str) -> (Vec<Range<usize>>, bool) {
    let all = values(attributes);
    let is_naming = |name: &str| NAMING.contains(&name);
    let is_named = all
        .iter()
        .any(|(name, value)| is_naming(name) && is_secret(attributes[value.clone()].trim()));
    let holds_secret = is_secret(name);
    let secrets = all
        .into_iter()
        .filter(|(name, _)| holds_secret || is_secret(name) || (is_named && !is_naming(name)));
    (secrets.map(|(_, value)| value).collect(), is_named)
}

fn is_name_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')
}

/// The attributes of a well-formed tag: their names, and where their values are.
fn values(attributes: &str) -> Vec<(&str, Range<usize>)> {
    let mut values = Vec::new();
    let mut at = 0;
    while let Some((name, rest)) = attributes[at..].split_once('=') {
        let quoted = rest.trim_start();
        let Some(quote) = quoted.chars().next() else {
            break;
        };
        let start = attributes.len() - quoted.len() + quote.len_utf8();
        let end = attributes[start..].find(quote).map(|end| start + end);
        let end = end.unwrap_or(attributes.len());
        values.push((name.trim(), start..end));
        at = attributes.len().min(end + quote.len_utf8());
    }
    values
}

/// Where secrets are in the content of a comment: whatever follows the name of an
/// element or an attribute that holds one.
pub(super) fn in_comment(content: &str) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    if !secret_name::has_trigger(content) {
        return secrets;
    }
    let mut end_tags = Places::new(content, "</");
    let mut lines = Places::new(content, "\n");
    let is_end = |c| !is_name_character(c);
    let mut at = 0;
    for name in content.split_inclusive(is_end) {
        let start = at;
        at += name.len();
        let name = name.trim_end_matches(is_end);
        let is_url = content[..start].ends_with("://");
        if is_url || !is_secret(name.trim_matches(['.', ':', '-'])) {
            continue;
        }
        let after = start + name.len();
        let end = end_tags.next_from(after).or_else(|| lines.next_from(after));
        let end = end.unwrap_or(content.len());
        let tag = content[after..end].trim_start();
        let start = match tag.strip_prefix('>') {
            Some(inside) => end - inside.len(),
            None => after,
        };
        secrets.push(start..end);
    }
    secrets.retain(|secret| !secret.is_empty());
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
    use super::*;

    #[test]
    fn what_the_table_knows_is_secret_or_not() {
        for setting in table::all_settings().filter(|setting| !setting.path.is_empty()) {
            for (index, element) in setting.path.rsplit('/').enumerate() {
                let is_leaf = index == 0 && setting.is_secret;
                assert_eq!(is_secret(element), is_leaf, "{element}");
                assert_eq!(is_secret(&format!("p:{}", element.to_uppercase())), is_leaf);
            }
        }
    }

    #[test]
    fn other_elements_are_judged_by_their_names() {
        for name in [
            "Encryption_Key",
            "db_password",
            "PassPhrase",
            "x:apiKey",
            "session_token",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["Token", "KEY_FILE", "xrole_id", "key", "user"] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn secrets_are_found_in_attributes() {
        for (name, attributes, secrets) in [
            ("encryption_key", " value = 'a' x=\"b\"", &["a", "b"][..]),
            (
                "db",
                "\n host='h=1' db_password=\"a>'\" Passphrase='b'",
                &["a>'", "b"],
            ),
            (
                "option",
                " name='db_password' value='my-secret'",
                &["my-secret"],
            ),
            ("absolute", " peer_ip='1.2.3.4' ", &[]),
            ("encryption_key", " key='a'", &["a"]),
            ("token", " x='' ", &[]),
        ] {
            let (found, is_named) = in_tag(name, attributes);
            let found = found.into_iter().map(|value| &attributes[value]);
            assert!(found.eq(secrets.iter().copied()), "{name}{attributes}");
            assert_eq!(is_named, name == "option");
        }
    }

    #[test]
    fn secrets_are_found_in_comments() {
        for (comment, secrets) in [
            (
                "<password>a</password> password b\n role_id>c",
                &["a", " password b", " b", "c"][..],
            ),
            ("<Encryption_Key value='a'/>", &[" value='a'/>"]),
            ("<db db_password='a' x='b'>\n", &["='a' x='b'>"]),
            ("passphrase: a", &[" a"]),
            ("s3://K:my-secret@h", &[]),
            ("<token><encryption_key >a</encryption_key>", &["a"]),
            (
                "what is left of the tokens, the keyboard and user_pass",
                &[],
            ),
        ] {
            let found: Vec<_> = in_comment(comment)
                .into_iter()
                .map(|secret| &comment[secret])
                .collect();
            assert_eq!(found, secrets, "{comment}");
        }
    }
}
