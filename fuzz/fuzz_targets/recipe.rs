#![no_main]

#[path = "../../tests/fuzzed/recipe.rs"]
mod law;

libfuzzer_sys::fuzz_target!(|input: &str| law::holds(input));
