//! The faults of names that do not exist: namespaces, variables and bindings.

use crate::bindings::{self, VALUE_NAMESPACES};
use crate::fault::{Fault, Rule};

use super::foreign_syntax;
use super::language_functions;

/// What other programs call the function that makes something.
const MAKING: &[&str] = &["add", "create", "make", "new", "present", "update", "write"];

/// The names of the values in the namespace `host`.
pub(super) fn host_values() -> impl Iterator<Item = &'static str> {
    let names = bindings::VALUES.iter().map(|value| value.name);
    names.filter_map(|name| name.strip_prefix("host."))
}

/// The namespaces of bindings and values.
fn namespaces() -> impl Iterator<Item = &'static str> {
    let namespaces = bindings::all().filter_map(|binding| binding.path().0);
    namespaces.chain(VALUE_NAMESPACES.iter().copied())
}

/// Whether bindings or values are in a namespace of that name.
pub(super) fn is_namespace(name: &str) -> bool {
    namespaces().any(|namespace| namespace == name)
}

/// The fault of a name before `::` that is neither a namespace nor one of these modules.
pub(super) fn no_namespace(name: &str, modules: &[&str]) -> Fault {
    let namespaces = namespaces().map(|name| name as &str);
    let known = modules.iter().copied().chain(namespaces);
    Fault::usage(format!("there is no namespace or module `{name}`"))
        .with_rule(Rule::UnknownNamespace)
        .suggest(name, known)
}

/// The fault of a variable that does not exist.
pub(super) fn no_variable(name: &str) -> Fault {
    if let Some(param) = name.strip_prefix("params::") {
        return Fault::script(format!("the script declares no parameter `{param}`"))
            .hint("declare it in PARAMS, or check its spelling there");
    }
    if is_namespace(name) {
        return Fault::script(format!("`{name}` is a namespace; write `{name}.<name>`"))
            .with_rule(Rule::NamespaceAsValue);
    }
    if let Some((namespace, rest)) = name.split_once("::") {
        if let Some(binding) = bindings::find(&format!("{namespace}.{rest}")) {
            return Fault::script(format!("`{}` is a function", binding.name))
                .hint(format!("call it: `{}`", binding.usage()));
        }
        return Fault::script(format!("there is no `{namespace}.{rest}`"))
            .with_rule(Rule::UnknownBinding)
            .suggest(rest, host_values().filter(|_| namespace == "host"));
    }
    let globals = bindings::all().filter(|binding| binding.path().0.is_none());
    Fault::script(format!("`{name}` is not defined"))
        .with_rule(Rule::UnknownVariable)
        .suggest(
            name,
            namespaces().chain(globals.map(|binding| binding.name)),
        )
}

/// The fault of a function that does not exist. `operands` is what follows its name, and `known`
/// are the names of functions that do exist.
pub(super) fn no_function<'a>(
    name: &str,
    operands: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Fault {
    let fault = Fault::script(format!("there is no function `{name}`{operands}"))
        .with_rule(Rule::UnknownFunction);
    if let Some(hint) = foreign_syntax::word_hint(name) {
        return fault.hint(hint);
    }
    let fault = fault.suggest(name, known);
    if fault.hints().is_empty() {
        let words = name.replace('_', " ");
        return fault.hint(format!("search for one with `ascript docs {words}`"));
    }
    fault
}

/// The names of the functions of the language and of the bindings.
pub(super) fn function_names() -> impl Iterator<Item = &'static str> {
    binding_names().chain(language_functions::names())
}

/// The names of bindings that scripts call outside of tests.
pub(super) fn binding_names() -> impl Iterator<Item = &'static str> {
    let is_test = |binding: &&bindings::Binding| binding.path().0 == Some("expect");
    bindings::all()
        .filter(move |binding| !is_test(binding))
        .map(|binding| binding.name)
}

/// The fault of a name that a namespace does not have. The hint is the same name in another
/// namespace, or the nearest one.
pub(super) fn no_binding(path: &str) -> Fault {
    let fault = Fault::script(format!("there is no `{path}`")).with_rule(Rule::UnknownBinding);
    let (namespace, name) = path.split_once('.').unwrap_or(("", path));
    if let Some(same) = bindings::all().find(|binding| binding.path().1 == name) {
        return fault.hint(format!("did you mean `{}`?", same.name));
    }
    let ensure = format!("{namespace}.ensure");
    if MAKING.contains(&name) && bindings::find(&ensure).is_some() {
        return fault.hint(format!(
            "write `{ensure}(…)`, which leaves alone what is as wanted"
        ));
    }
    if let Some(hint) = foreign_syntax::word_hint(name) {
        return fault.hint(hint);
    }
    let prefix = format!("{namespace}.");
    let known = bindings::all().map(|binding| binding.name);
    fault.suggest(path, known.filter(|name| name.starts_with(&prefix)))
}

/// How to read a property that a map may not have. `map` is the map as the script writes it, where
/// that is known.
pub(super) fn ask_for_property(name: &str, map: Option<&str>) -> String {
    let map = map.unwrap_or("map");
    format!("ask first whether the map has it: `\"{name}\" in {map}`")
}
