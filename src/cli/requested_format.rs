//! Whether a command line asks for JSON, also one that cannot be parsed.

use std::ffi::OsString;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a request is answered, which is always done in JSON.
static IS_REQUEST: AtomicBool = AtomicBool::new(false);

/// Makes every answer of this process JSON.
pub(super) fn answer_in_json() {
    IS_REQUEST.store(true, Ordering::Relaxed);
}

/// Whether the command line of this process has `--format json`, or is that of `ascript call`.
pub(super) fn is_json() -> bool {
    IS_REQUEST.load(Ordering::Relaxed) || has_json(std::env::args_os().skip(1))
}

fn has_json(words: impl Iterator<Item = OsString>) -> bool {
    let mut words = words.take_while(|word| word != "--").peekable();
    if words.peek().is_some_and(|word| word == "call") {
        return true;
    }
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
        assert!(has("call --nonsense"));
        assert!(!has("run call"));
        assert!(!has("run json --format text"));
        assert!(!has("run --format"));
        assert!(!has("run x -- --format json"));
    }
}
