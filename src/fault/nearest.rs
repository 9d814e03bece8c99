//! The known name that a misspelt one was meant to be.

/// A longer text is no misspelt name, and takes long to compare.
const LONGEST_NAME: usize = 256;

/// Returns the name in `known` that `name` was most likely meant to be.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    // Jaro-Winkler favors a common prefix, as typed names have; below 0.8 the
    // suggestions among our own names were wrong more often than right.
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Whether `near` is one or two edits away from `name`, and no other name is
/// as close.
pub(super) fn is_typo(name: &str, near: &str, known: &[&str]) -> bool {
    let distance_to = |other: &str| strsim::osa_distance(name, other);
    let distance = distance_to(near);
    let mut others = known.iter().filter(|other| **other != near);
    distance <= 2 && 2 * distance < name.len() && others.all(|other| distance_to(other) > distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_returns_only_close_names() {
        let known = ["absolute", "read_allowed", "write_allowed"];
        assert_eq!(nearest("absolut", known), Some("absolute"));
        assert_eq!(nearest("docroot", known), None);
    }
}
