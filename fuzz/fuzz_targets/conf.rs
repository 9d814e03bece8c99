#![no_main]

#[path = "../../tests/fuzzed/conf.rs"]
mod law;

libfuzzer_sys::fuzz_target!(|input: &[u8]| law::holds(input));
