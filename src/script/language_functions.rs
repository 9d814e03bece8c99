//! The functions and operators of the language.

use std::sync::LazyLock;

use rhai::Engine;
use rhai::packages::Package as _;

use super::language::Language;

/// The names of the functions.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let names = language_functions().into_iter().map(|(name, _)| name);
    let mut names: Vec<_> = names
        .filter(|name| name.starts_with(char::is_alphabetic))
        .collect();
    names.dedup();
    names
});

/// The names of the functions of the language.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(String::as_str)
}

/// The functions and operators of the language that an engine has: each name, with each number of
/// arguments. What `a[b]` and `a.b` call has no name.
pub fn language_functions() -> Vec<(String, usize)> {
    let mut engine = Engine::new_raw();
    engine.register_global_module(Language::new().as_shared_module());
    let mut all = engine.collect_fn_metadata(
        None,
        |info| {
            let name = info.metadata.name.to_string();
            (!name.contains('$')).then_some((name, info.metadata.num_params))
        },
        true,
    );
    all.sort();
    all.dedup();
    all
}
