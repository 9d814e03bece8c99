//! Logins in URLs, such as `s3://KEY:SECRET@host/bucket`: what stands between `://` and `@` is a
//! secret, in whichever text it occurs. Here they are found and hidden.

use std::borrow::Cow;
use std::ops::Range;

/// Stands for a login, or for a secret of it, wherever a text is shown.
pub const HIDDEN: &str = "‹secret›";

/// The ranges of the logins in a text, in order.
pub fn find(text: &str) -> Vec<Range<usize>> {
    let mut logins: Vec<Range<usize>> = Vec::new();
    // Most texts have no colon, which costs less to find out.
    if memchr::memchr(b':', text.as_bytes()).is_none() {
        return logins;
    }
    let separators = memchr::memmem::find_iter(text.as_bytes(), "://");
    let (mut word_end, mut last_at) = (0, None);
    for start in separators.map(|at| at + "://".len()) {
        if logins.last().is_some_and(|login| start < login.end) {
            continue;
        }
        // A word may have thousands of separators: it is searched once.
        if start > word_end {
            let blank = text[start..].find(char::is_whitespace);
            word_end = blank.map_or(text.len(), |blank| start + blank);
            last_at = text[start..word_end].rfind('@').map(|at| start + at);
        }
        let last_at = last_at.and_then(|at| at.checked_sub(start));
        if let Some(length) = login_length(&text[start..word_end], last_at) {
            logins.push(start..start + length);
        }
    }
    logins
}

/// The text with each login replaced by what `word` returns for it.
pub fn replace<'t>(text: &'t str, word: &mut dyn FnMut(&str) -> String) -> Cow<'t, str> {
    let logins = find(text);
    if logins.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut replaced = String::with_capacity(text.len());
    let mut from = 0;
    for login in logins {
        replaced.push_str(&text[from..login.start]);
        replaced.push_str(&word(&text[login.clone()]));
        from = login.end;
    }
    replaced.push_str(&text[from..]);
    Cow::Owned(replaced)
}

/// The text with each login hidden: `s3://‹secret›@host/bucket`.
pub fn hide(text: &str) -> Cow<'_, str> {
    replace(text, &mut |_| HIDDEN.to_owned())
}

/// The same for a text that is not needed any more.
pub fn hide_owned(text: String) -> String {
    match hide(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(hidden) => hidden,
    }
}

/// Whether a login has only characters that stand for themselves in a URL, or are
/// percent-encoded.
pub fn is_percent_encoded(login: &str) -> bool {
    let mut parts = login.split('%');
    let is_plain = |text: &str| {
        text.chars()
            .all(|c| c.is_ascii_alphanumeric() || "-._~:$".contains(c))
    };
    let is_hex = |text: &str| text.bytes().all(|c| c.is_ascii_hexdigit());
    parts.next().is_none_or(is_plain)
        && parts.all(|part| part.get(..2).is_some_and(is_hex) && is_plain(&part[2..]))
}

/// The length of the login that `rest`, which follows `://`, starts with. Its last `@` is at
/// `last_at`.
///
/// A login ends at the last `@` before the path. One that is not percent-encoded may contain a
/// `/`: where no host can be meant before the path, it ends at the last `@` of all, and where it
/// looks like a name with a password but no `@` follows, all of it is hidden.
fn login_length(rest: &str, last_at: Option<usize>) -> Option<usize> {
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    if let Some(at) = authority.rfind('@') {
        let is_cut = !authority[at + 1..].contains(['.', ':']) && authority.contains(':');
        let end = last_at.filter(|_| is_cut).unwrap_or(at);
        return (end > 0).then_some(end);
    }
    if is_host(authority) {
        return None;
    }
    last_at.or_else(|| has_password(authority).then_some(rest.len()))
}

/// Whether that is a host and perhaps a port, or a placeholder such as `$(name)`.
fn is_host(authority: &str) -> bool {
    // In a message, a quote or a sign of punctuation may follow the URL.
    let authority = authority.trim_end_matches(['`', '"', '\'', ',', ';', ':', ')', '>']);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|c| c.is_ascii_digit()) => host,
        Some(_) | None => authority,
    };
    host.starts_with('[')
        || host
            .chars()
            .all(|c| c.is_alphanumeric() || "-._~$(){}".contains(c))
}

/// Whether a colon follows that starts no port and no placeholder.
fn has_password(authority: &str) -> bool {
    authority
        .split_once(':')
        .is_some_and(|(_, password)| !password.is_empty() && !password.starts_with('$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_hidden_however_they_are_written() {
        for (text, hidden) in [
            ("s3://K:S@host/bucket", "s3://‹secret›@host/bucket"),
            (
                "a b s3://K@h x://l:p@h",
                "a b s3://‹secret›@h x://‹secret›@h",
            ),
            (
                "azu://s:a%2Bb%3D%3D@b.example/x",
                "azu://‹secret›@b.example/x",
            ),
            // Not percent-encoded.
            ("s3://K:a/b+c==@host/x", "s3://‹secret›@host/x"),
            ("s3://K:p@ss/word@host/x", "s3://‹secret›@host/x"),
            (
                "azu-sas://sv=1&sig=a/b=@host/x",
                "azu-sas://‹secret›@host/x",
            ),
            ("s3://K:a/b", "s3://‹secret›"),
            ("`s3://K:a5`", "`s3://‹secret›"),
            // A path may contain an `@`.
            ("s3://K:S@h.example/a@b", "s3://‹secret›@h.example/a@b"),
            (
                "|file:////data/*|s3://K:S@h/*",
                "|file:////data/*|s3://‹secret›@h/*",
            ),
            ("://K:S@h", "://‹secret›@h"),
            ("s3://‹secret›@host/x", "s3://‹secret›@host/x"),
        ] {
            assert_eq!(hide(text), hidden);
        }
    }

    #[test]
    fn a_login_is_percent_encoded_or_not() {
        for login in ["", "KEY:a%2Fb%3d", "a-b._~"] {
            assert!(is_percent_encoded(login), "{login}");
        }
        for login in ["a/b", "a+b", "a=", "a@b", "100%", "%zz", "a b", "ä"] {
            assert!(!is_percent_encoded(login), "{login}");
        }
    }

    #[test]
    fn other_texts_are_shown() {
        for text in [
            "",
            "/srv/anna@example.com",
            "file:///srv/anna@example.com",
            "https://host:8080/a@b",
            "https://[::1]:8080/a@b",
            "`https://127.0.0.1:8080` is it",
            "'https://127.0.0.1:8080', and",
            "(at https://127.0.0.1:8080); at <https://h:80>: no",
            "https://$(host):$(port)/x",
            "s3://host/$(name)@2",
            "s3://@host/x",
            "://",
            "anna@example.com",
        ] {
            assert!(find(text).is_empty(), "{text}");
        }
    }
}
