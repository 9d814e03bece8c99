//! The front end of scripts: tokens, redaction and every check, without running anything.

use ascript::script::{Script, check};
use ascript::source::{self, SecretRules};

pub(super) fn holds(text: &str) {
    for token in source::tokens(text) {
        let _ = token;
    }
    let rules = SecretRules {
        expects: &|_, _| true,
        is_secret: &|_| true,
    };
    source::redact(text, rules);
    check(vec![Script::piped(text.to_owned())]);
}
