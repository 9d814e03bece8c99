//! The character set of the user's locale.

use crate::report::Charset;

/// The variables that choose it; the first one set wins.
const VARIABLES: [&str; 3] = ["LC_ALL", "LC_CTYPE", "LANG"];

/// ASCII if the user has chosen a locale without UTF-8, such as `C`. Without a choice,
/// as in a container, the terminal usually shows UTF-8.
pub(super) fn charset() -> Charset {
    let values = VARIABLES.iter().filter_map(|name| std::env::var(name).ok());
    if is_ascii(values) {
        Charset::Ascii
    } else {
        Charset::Utf8
    }
}

fn is_ascii(values: impl IntoIterator<Item = String>) -> bool {
    let chosen = values.into_iter().find(|value| !value.is_empty());
    chosen.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        !locale.contains("utf-8") && !locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_locale_that_is_set_counts() {
        let is_ascii = |values: &[&str]| is_ascii(values.iter().map(ToString::to_string));
        assert!(is_ascii(&["C"]));
        assert!(is_ascii(&["", "POSIX", "en_US.UTF-8"]));
        assert!(is_ascii(&["de_DE.ISO-8859-1"]));
        assert!(!is_ascii(&["C.UTF-8", "C"]));
        assert!(!is_ascii(&["en_US.utf8"]));
        assert!(!is_ascii(&[]));
        assert!(!is_ascii(&["", ""]));
    }
}
