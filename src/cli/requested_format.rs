//! Whether a command line asks for JSON, also one that cannot be parsed.

use std::ffi::OsString;

/// Whether the command line of this process has `--format json`.
pub(super) fn is_json() -> bool {
    has_json(std::env::args_os().skip(1))
}

fn has_json(words: impl Iterator<Item = OsString>) -> bool {
    let mut words = words.take_while(|word| word != "--").peekable();
    while let Some(word) = words.next() {
        let is_value = word == "--format" && words.peek().is_some_and(|value| value == "json");
        if is_value || word == "--format=json" {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_one_word_or_two() {
        let has = |line: &str| has_json(line.split(' ').map(OsString::from));
        assert!(has("run x --format json"));
        assert!(has("--format=json --nonsense"));
        assert!(!has("run json --format text"));
        assert!(!has("run --format"));
        assert!(!has("run x -- --format json"));
    }
}
