//! Which names may be those of secrets.

/// Words in the names of secrets.
const WORDS: [&str; 12] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "credential",
    "credentials",
    "pin",
];

/// Words that name a secret wherever they stand in a name.
const MARKS: [&str; 6] = [
    "password",
    "passphrase",
    "secret",
    "apikey",
    "accesskey",
    "credential",
];

/// Names shorter than this resemble others by chance.
const MIN_MISSPELT: usize = 6;

/// Whether a name has a word that stands for a secret, in upper or lower case.
pub fn may_name_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut parts = name.split(['_', ' ', '-', '.']);
    parts.any(|part| WORDS.contains(&part)) || MARKS.iter().any(|mark| name.contains(mark))
}

/// Whether a name is `known` in upper or lower case, perhaps with a letter wrong, missing, too
/// many or exchanged.
pub fn resembles(name: &str, known: &str) -> bool {
    let name = name.to_lowercase();
    name == known
        || (known.len() >= MIN_MISSPELT
            && name.len().abs_diff(known.len()) <= 2
            && strsim::osa_distance(&name, known) <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_and_by_words() {
        for name in ["apikey", "API_KEY", "DbPassword", "x.key", "db-pwd"] {
            assert!(may_name_secret(name), "{name}");
        }
        for name in ["", "monkey", "spin", "passive", "keyboard"] {
            assert!(!may_name_secret(name), "{name}");
        }
    }

    #[test]
    fn a_misspelt_name_resembles_the_right_one() {
        for name in ["pasword", "Password", "passwrod", "password"] {
            assert!(resembles(name, "password"), "{name}");
        }
        assert!(!resembles("pass", "password") && !resembles("tken", "token"));
    }
}
