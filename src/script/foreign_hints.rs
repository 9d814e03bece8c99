//! What to write instead of the syntax of other languages, where no single word or sign shows it.

pub(super) const MAP: &str = "start a map with `#{`, as in `#{ absolute: \"/data\" }`";
pub(super) const PAIR: &str =
    "write a colon between key and value, as in `#{ absolute: \"/data\" }`";
pub(super) const SEPARATOR: &str = "separate options with `,`";
pub(super) const OPTIONS: &str = "pass options in a map, as in `#{ docroot: \"/data\" }`";
pub(super) const LIST: &str =
    "write a list in brackets and its strings in quotes: [\"asp1\", \"asp2\"]";
pub(super) const STRING: &str = "write strings in double quotes, as in \"/data/asp1\"";
pub(super) const TEMPLATE: &str =
    "write a string that contains values in back-ticks: `/data/${name}`";
pub(super) const COUNTED_LOOP: &str =
    "write `for i in 0..3 { … }`; a `while` loop takes any condition";
pub(super) const COMPARISON: &str = "compare with `==`; `=` sets a variable that `let` declares";
pub(super) const CALL: &str =
    "call a function with parentheses and commas: `conf.set_user(\"asp1\", #{ … });`";
pub(super) const STRICT: &str = "leave it out: a script stops at the first step that fails";

/// The endings of files that a script may name without quotes.
pub(super) const FILES: &[&str] = &[
    "csv", "json", "key", "lic", "pub", "sh", "toml", "txt", "yaml", "yml",
];
