//! Names of secrets, whoever wrote them: keys and variables of scripts, elements and attributes of
//! aspera.conf. They are compared in lower case and word by word.

/// What the name of a secret contains, in one word or in several. `_` is the start or the end of a
/// word, and `.` the end of the name.
const SECRETS: [&str; 15] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "credential",
    "apikey",
    "cookie",
    "_pwd_",
    "_pass_.",
    "_encryption_key_",
    "_private_key_",
    "_secret_key_",
    "_role_id_",
    "_token_.",
];

/// What the name of a list of secrets contains, where it is not that of their number.
const SECRET_LISTS: [&str; 5] = [
    "_pwds_",
    "_encryption_keys_",
    "_private_keys_",
    "_secret_keys_",
    "_tokens_.",
];

/// The words of a number of things: `max_tokens`.
const COUNTS: [&str; 9] = [
    "_max_",
    "_maximum_",
    "_min_",
    "_minimum_",
    "_num_",
    "_number_",
    "_count_",
    "_total_",
    "_limit_",
];

/// What the name of a secret may contain, and names of other things as well.
const POSSIBLE: [&str; 6] = [
    "accesskey",
    "_pass_",
    "_key_",
    "_token_",
    "_tokens_of_",
    "_pin_",
];

/// Shorter names resemble others by chance.
const MIN_MISSPELT: usize = 6;

/// Up to this length, a misspelt name has one letter wrong; beyond it, two.
const SHORT: usize = 7;

/// Whether that is the name of a secret.
pub fn names_secret(name: &str) -> bool {
    has_trigger(name) && has_secret_name(&words(name))
}

/// Whether that is the name of one secret, and not of a list: prose speaks of tokens as well.
pub fn names_one_secret(name: &str) -> bool {
    has_trigger(name) && contains_any(&words(name), &SECRETS)
}

fn has_secret_name(words: &str) -> bool {
    let is_count = || COUNTS.iter().any(|count| words.contains(count));
    contains_any(words, &SECRETS) || (contains_any(words, &SECRET_LISTS) && !is_count())
}

/// The same, or that name with letters wrong, missing, too many or exchanged.
pub fn resembles_secret(name: &str) -> bool {
    let words = words(name);
    has_secret_name(&words) || is_misspelt(&words)
}

/// The same, or a name that may stand for something else: `key`. Where a wrong guess costs
/// nothing.
pub fn may_name_secret(name: &str) -> bool {
    resembles_secret(name) || contains_any(&words(name), &POSSIBLE)
}

/// Whether letters occur without which no name is that of a secret. Most names have none, which
/// costs less to find out.
pub fn has_trigger(name: &str) -> bool {
    name.as_bytes().windows(3).any(|letters| {
        let lower = [letters[0] | 0x20, letters[1] | 0x20, letters[2] | 0x20];
        matches!(
            &lower,
            b"pas" | b"pwd" | b"sec" | b"cre" | b"coo" | b"key" | b"rol" | b"tok"
        )
    })
}

fn contains_any(words: &str, names: &[&str]) -> bool {
    let joined = words.replace('_', "");
    let mut names = names.iter();
    names.any(|name| words.contains(name) || joined.contains(name))
}

/// The words of a name in lower case: `_db_password_.` for `DbPassword`, `db-password` and
/// `x:DB_PASSWORD`.
fn words(name: &str) -> String {
    let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
    let mut words = String::with_capacity(local.len() + 8);
    words.push('_');
    let mut is_lower = false;
    for c in local.chars() {
        let is_boundary = (is_lower && c.is_uppercase()) || !c.is_alphanumeric();
        if is_boundary && !words.ends_with('_') {
            words.push('_');
        }
        if c.is_alphanumeric() {
            words.extend(c.to_lowercase());
        }
        is_lower = c.is_lowercase();
    }
    if !words.ends_with('_') {
        words.push('_');
    }
    words.push('.');
    words
}

fn is_misspelt(words: &str) -> bool {
    let words: Vec<_> = words.trim_matches(['_', '.']).split('_').collect();
    let known = SECRETS.iter().map(|known| known.trim_matches(['_', '.']));
    known
        .filter(|known| known.len() >= MIN_MISSPELT)
        .any(|known| {
            let most = if known.len() <= SHORT { 1 } else { 2 };
            let mut parts = words.windows(known.split('_').count());
            parts.any(|part| is_near(&part.join("_"), known, most))
        })
}

fn is_near(name: &str, known: &str, most: usize) -> bool {
    name.len().abs_diff(known.len()) <= most && strsim::osa_distance(name, known) <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_in_lower_case_and_by_words() {
        for name in [
            "password",
            "db_password",
            "DbPassword",
            "x:DB-PASSWORD",
            "Encryption_Key",
            "passphrase",
            "apiKey",
            "API_KEY",
            "vault_role_id",
            "session token",
            "db.pwd",
            "passwords",
            "client_secrets",
            "tokens",
            "accessTokens",
            "API-TOKENS",
            "apikeys",
            "private_keys",
            "secretKeys",
            "token_encryption_keys",
            "pwds",
            "pass",
            "annaPass",
        ] {
            assert!(names_secret(name), "{name}");
        }
        for name in [
            "",
            "_",
            "monkey",
            "key_file",
            "token_life_seconds",
            "role_ids",
            "keyboard",
            "passive",
            "pass_count",
            "bypass",
            "section",
            "xencryption_key",
            "keys",
            "max_keys",
            "authorized_keys",
            "key_ids",
            "max_tokens",
            "numTokens",
            "tokens_per_user",
            "token_count",
            "max_private_keys",
            "number_of_private_keys",
        ] {
            assert!(!names_secret(name), "{name}");
        }
    }

    #[test]
    fn a_misspelt_name_resembles_the_right_one() {
        for name in [
            "pasword",
            "Passwrod",
            "db_pasword",
            "secrte",
            "token_encription_key",
            "pass_phrase",
        ] {
            assert!(resembles_secret(name), "{name}");
        }
        for name in ["tken", "server", "key", "section", "apply"] {
            assert!(!resembles_secret(name), "{name}");
        }
    }

    #[test]
    fn a_name_that_may_be_of_something_else_may_name_a_secret() {
        for name in [
            "key",
            "ssh_key",
            "token_of_anna",
            "pin",
            "AccessKey",
            "pasword",
        ] {
            assert!(may_name_secret(name), "{name}");
        }
        for name in ["", "monkey", "spin", "passive", "keyboard"] {
            assert!(!may_name_secret(name), "{name}");
        }
    }

    #[test]
    fn each_name_of_a_secret_has_a_trigger() {
        for name in SECRETS.into_iter().chain(SECRET_LISTS) {
            let name = name.trim_matches(['_', '.']);
            assert!(
                names_secret(name) && names_secret(&name.to_uppercase()),
                "{name}"
            );
        }
    }
}
