#![no_main]

#[path = "../../tests/fuzzed/snapshot.rs"]
mod law;

libfuzzer_sys::fuzz_target!(|input: &str| law::holds(input));
