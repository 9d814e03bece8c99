//! Names that mean nothing: namespaces, functions, variables, and calls with
//! too few or too many arguments. What the arguments are is not its concern.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use rhai::{Expr, FnCallExpr, Position};

use crate::bindings::{self, Binding};
use crate::fault::{Fault, Rule};
use crate::finding::{Edit, Fix};
use crate::script::errors;

use super::found::Found;
use super::natives::Natives;
use super::outline::Outline;

/// The names that are known where a script is read.
pub(super) struct Known<'a> {
    /// The script's own.
    pub(super) outline: &'a Outline,
    /// The engine's.
    pub(super) natives: &'a Natives,
    /// Those of imported modules, by what the script calls these; nothing
    /// where a module cannot be told or read.
    pub(super) modules: &'a HashMap<String, Option<Rc<Outline>>>,
    /// The parameters; nothing where they are another script's.
    pub(super) params: Option<&'a [String]>,
}

impl Known<'_> {
    /// Looks at a call that is not a method's. Gives the binding it calls, if
    /// it calls one.
    pub(super) fn call(
        &self,
        call: &FnCallExpr,
        position: Position,
        found: &mut Found<'_>,
    ) -> Option<&'static Binding> {
        if call.is_operator_call() {
            return None;
        }
        let Some(root) = call.namespace.path.first() else {
            return self.plain_call(call, position, found);
        };
        let span = name_span(&call.name, root.pos, position, found);
        let namespace = root.name.as_str();
        if errors::namespaces().any(|known| known == namespace) {
            if call.namespace.path.len() > 1 {
                nested(&call.namespace.to_string(), span, found);
                return None;
            }
            colons(&span, root.pos, found);
            let written = format!("{namespace}.{}", call.name);
            let binding = bindings::find(&written);
            if binding.is_none() {
                found.name(&errors::no_binding(&written), Rule::UnknownBinding, span);
            }
            return binding;
        }
        match self.modules.get(namespace) {
            Some(Some(module)) if call.namespace.path.len() == 1 => {
                module_call(module, namespace, call, span, found);
            }
            Some(_) => {}
            None if namespace == "global" => {}
            None => unknown_namespace(namespace, root.pos, self, found),
        }
        None
    }

    fn plain_call(
        &self,
        call: &FnCallExpr,
        position: Position,
        found: &mut Found<'_>,
    ) -> Option<&'static Binding> {
        let (name, count) = (call.name.as_str(), call.args.len());
        let counts = self.outline.counts(name);
        if counts.contains(&count) || name.contains('$') {
            return None;
        }
        if let Some(binding) = bindings::find(name) {
            return Some(binding);
        }
        if self.natives.takes(name, count) || !is_name(name) {
            return None;
        }
        let span = found.text.word(found.text.offset(position));
        if !counts.is_empty() {
            let fault = wrong_count(name, &counts, count);
            found.value(&fault, Rule::WrongCount, span, None);
        } else if self.natives.has(name) {
            let fault = Fault::script(format!("`{name}` does not take {}", arguments(count)));
            found.value(&fault, Rule::WrongCount, span, None);
        } else {
            found.name(&self.unknown_function(name), Rule::UnknownFunction, span);
        }
        None
    }

    fn unknown_function(&self, name: &str) -> Fault {
        let globals = bindings::all().map(|binding| binding.name);
        let own = self
            .outline
            .functions
            .iter()
            .map(|function| function.name.as_str());
        let known = globals
            .filter(|name| !name.contains('.'))
            .chain(own)
            .chain(self.natives.names());
        Fault::script(format!("there is no function `{name}`")).suggest(name, known)
    }

    /// Looks at a call with a dot.
    pub(super) fn method(&self, call: &FnCallExpr, position: Position, found: &mut Found<'_>) {
        let (name, count) = (call.name.as_str(), call.args.len());
        let is_known = self.outline.counts(name).contains(&count)
            || self.natives.has(name)
            || self.outline.keys.contains(name);
        if !is_known {
            let span = found.text.word(found.text.offset(position));
            let own = self
                .outline
                .functions
                .iter()
                .map(|function| function.name.as_str());
            let fault = Fault::script(format!("nothing has a function `{name}`"))
                .suggest(name, own.chain(self.natives.names()));
            found.name(&fault, Rule::UnknownFunction, span);
        }
    }

    /// Looks at a name that is read or set.
    pub(super) fn variable(&self, expression: &Expr, found: &mut Found<'_>) {
        let Expr::Variable(variable, short, position) = expression else {
            return;
        };
        let (long, name, namespace) = (variable.0, variable.1.as_str(), &variable.2);
        let Some(root) = namespace.path.first() else {
            if long.is_none() && short.is_none() {
                self.free_variable(name, *position, found);
            }
            return;
        };
        let span = name_span(name, root.pos, *position, found);
        let is_known = errors::namespaces().any(|known| known == root.name.as_str());
        if is_known && namespace.path.len() > 1 {
            nested(&namespace.to_string(), span, found);
            return;
        }
        match root.name.as_str() {
            "params" => self.param(name, span, root.pos, found),
            "global" => {
                if !self.outline.values.contains_key(name) {
                    let known = self.outline.values.keys().map(String::as_str);
                    let fault = Fault::script(format!("the script has no constant `{name}`"))
                        .suggest(name, known);
                    found.name(&fault, Rule::UnknownVariable, span);
                }
            }
            namespace if errors::namespaces().any(|known| known == namespace) => {
                colons(&span, root.pos, found);
                if namespace != "host" || !errors::host_values().any(|known| known == name) {
                    let fault = errors::no_variable(&format!("{namespace}::{name}"));
                    found.name(&fault, Rule::UnknownBinding, span);
                }
            }
            alias => match self.modules.get(alias) {
                Some(Some(module)) if namespace.path.len() == 1 => {
                    module_value(module, alias, name, span, found);
                }
                Some(_) => {}
                None => unknown_namespace(alias, root.pos, self, found),
            },
        }
    }

    /// Looks at a name that is nobody's variable.
    pub(super) fn free_variable(&self, name: &str, position: Position, found: &mut Found<'_>) {
        if !self.outline.counts(name).is_empty() {
            return;
        }
        let span = found.text.word(found.text.offset(position));
        let mut fault = errors::no_variable(name);
        if self.outline.values.contains_key(name) {
            fault = fault.hint(format!(
                "inside a function, a constant of the script is `global::{name}`"
            ));
        }
        found.value(&fault, Rule::UnknownVariable, span, None);
    }

    fn param(&self, name: &str, span: Range<usize>, root: Position, found: &mut Found<'_>) {
        colons(&span, root, found);
        let Some(params) = self.params else {
            return;
        };
        if !params.iter().any(|param| param == name) {
            let fault = errors::no_variable(&format!("params::{name}"))
                .suggest(name, params.iter().map(String::as_str));
            found.name(&fault, Rule::UnknownParameter, span);
        }
    }
}

/// A namespace within one of the bindings', which have none.
fn nested(path: &str, span: Range<usize>, found: &mut Found<'_>) {
    let fault = Fault::script(format!("there is no namespace or module `{path}`"));
    found.value(&fault, Rule::UnknownNamespace, span, None);
}

fn module_call(
    module: &Outline,
    alias: &str,
    call: &FnCallExpr,
    span: Range<usize>,
    found: &mut Found<'_>,
) {
    let public = || {
        module
            .functions
            .iter()
            .filter(|function| !function.is_private)
    };
    let name = call.name.as_str();
    let counts: Vec<_> = public()
        .filter(|f| f.name == name)
        .map(|f| f.count)
        .collect();
    if counts.contains(&call.args.len()) {
        return;
    }
    let written = format!("{alias}::{name}");
    if counts.is_empty() {
        let fault = Fault::script(format!("there is no `{written}`"))
            .suggest(name, public().map(|function| function.name.as_str()));
        found.name(&fault, Rule::UnknownFunction, span);
    } else {
        let fault = wrong_count(&written, &counts, call.args.len());
        found.value(&fault, Rule::WrongCount, span, None);
    }
}

fn module_value(
    module: &Outline,
    alias: &str,
    name: &str,
    span: Range<usize>,
    found: &mut Found<'_>,
) {
    if module.values.get(name) == Some(&true) || module.functions.iter().any(|f| f.name == name) {
        return;
    }
    let exported = module
        .values
        .iter()
        .filter(|(_, is_exported)| **is_exported);
    let mut fault = Fault::script(format!("the module exports no `{alias}::{name}`"))
        .suggest(name, exported.map(|(name, _)| name.as_str()));
    if module.values.contains_key(name) {
        fault = fault.hint(format!("write `export const {name} = …` in the module"));
    }
    found.name(&fault, Rule::UnknownVariable, span);
}

fn unknown_namespace(name: &str, position: Position, known: &Known<'_>, found: &mut Found<'_>) {
    let span = found.text.word(found.text.offset(position));
    let aliases: Vec<_> = known.modules.keys().map(String::as_str).collect();
    let fault = errors::namespace_unknown(name, &aliases);
    found.name(&fault, Rule::UnknownNamespace, span);
}

fn wrong_count(name: &str, counts: &[usize], given: usize) -> Fault {
    let mut counts = counts.to_vec();
    counts.sort_unstable();
    let wanted: Vec<_> = counts.into_iter().map(arguments).collect();
    Fault::script(format!(
        "`{name}` takes {}, not {given}",
        wanted.join(" or ")
    ))
}

fn arguments(count: usize) -> String {
    match count {
        0 => "no arguments".to_owned(),
        1 => "one argument".to_owned(),
        n => format!("{n} arguments"),
    }
}

/// Where the name stands behind its namespace. The engine gives the place of
/// one or the other.
fn name_span(name: &str, root: Position, position: Position, found: &Found<'_>) -> Range<usize> {
    let text = found.text;
    let start = text.offset(root).max(text.offset(position));
    let behind = &text.whole[start..];
    let near = behind
        .find(name)
        .filter(|_| !text.whole[text.word(start)].eq(name));
    text.word(start + near.unwrap_or_default())
}

/// A namespace that the script writes with `::`.
fn colons(name: &Range<usize>, root: Position, found: &mut Found<'_>) {
    let text = found.text;
    let end = text.word(text.offset(root)).end;
    let between = &text.whole[end..name.start.max(end)];
    let Some(at) = between.find("::") else {
        return;
    };
    let span = end + at..end + at + 2;
    let namespace = &text.whole[text.word(text.offset(root))];
    let written = format!("{namespace}.{}", &text.whole[name.clone()]);
    let fix = Fix {
        title: format!("write `{written}`"),
        is_safe: true,
        edits: vec![Edit {
            span: span.clone(),
            text: ".".to_owned(),
        }],
    };
    let message = format!("`{namespace}` is a namespace, and is followed by a dot");
    let hint = [format!("write `{written}`")];
    found.add(Rule::NamespaceColons, span, message, &hint, Some(fix));
}

/// A call's name with its namespace.
pub(super) fn call_span(call: &FnCallExpr, position: Position, found: &Found<'_>) -> Range<usize> {
    match call.namespace.path.first() {
        Some(root) => {
            let name = name_span(&call.name, root.pos, position, found);
            found.text.offset(root.pos).min(name.start)..name.end
        }
        None => found.text.word(found.text.offset(position)),
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
}
