//! The restrictions of a transfer user, which decide about the storage of access
//! keys.

/// Whether a list of patterns allows a URL: the first that matches decides, and
/// `!` before a pattern refuses.
pub(super) fn allows(list: &str, url: &str) -> bool {
    let mut chars = list.chars();
    let Some(separator) = chars.next() else {
        return false;
    };
    let mut patterns = chars.as_str().split(separator);
    patterns
        .find_map(|pattern| {
            let (is_allowed, glob) = match pattern.strip_prefix('!') {
                Some(glob) => (false, glob),
                None => (true, pattern),
            };
            matches(glob.as_bytes(), url.as_bytes()).then_some(is_allowed)
        })
        .unwrap_or(false)
}

/// Whether a pattern with `?`, `*` and `\` as escape matches all of the text.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => {
            matches(rest, text) || (!text.is_empty() && matches(pattern, &text[1..]))
        }
        ([b'?', pattern @ ..], [_, text @ ..]) => matches(pattern, text),
        ([b'\\', escaped, pattern @ ..], [c, text @ ..]) => escaped == c && matches(pattern, text),
        ([wanted, pattern @ ..], [c, text @ ..]) => wanted == c && matches(pattern, text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_pattern_that_matches_decides() {
        for (list, url, expected) in [
            ("|*", "file:////data/a", true),
            ("|file:////data/*", "file:////data/", true),
            ("|file:////data/*", "file:////other", false),
            ("|file:////data", "file:////data/a", false),
            (
                "|!file:////data/secret*|file:////data/*",
                "file:////data/secret",
                false,
            ),
            (
                "|file:////data/*|!file:////data/secret*",
                "file:////data/secret",
                true,
            ),
            (",file:////d?ta,*\\*", "file:////data", true),
            ("", "file:////data", false),
        ] {
            assert_eq!(allows(list, url), expected, "{list} {url}");
        }
        assert!(matches(br"a\*", b"a*") && !matches(br"a\*", b"ab"));
    }
}
