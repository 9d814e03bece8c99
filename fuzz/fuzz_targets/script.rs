//! The front end of scripts: tokens, redaction and every check, without running anything.
#![no_main]

use ascript::script::{Script, check};
use ascript::source;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for token in source::tokens(text) {
        let _ = token;
    }
    source::redact(text, &|_| true);
    check(vec![Script::piped(text.to_owned())]);
});
