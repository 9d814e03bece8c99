//! Reports unknown namespaces, functions and variables, and calls with too few or too many
//! arguments. The arguments themselves are checked elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use rhai::{Expr, FnCallExpr, Position};

use crate::bindings::{self, Binding};
use crate::fault::{Fault, Rule, nearest};
use crate::finding::{Edit, Fix};
use crate::script::name_faults::{
    binding_names, host_values, is_namespace, no_binding, no_function, no_namespace, no_variable,
};

use super::super::foreign_syntax;
use super::finding_collector::FindingCollector;
use super::native_functions::NativeFunctions;
use super::script_outline::ScriptOutline;

/// How many names a misspelt one is compared with. A script may declare so many that to compare each
/// of many misspelt ones with all of them would take minutes.
const MAX_SUGGESTIONS: usize = 2000;

/// The names that a script can use.
pub(super) struct KnownNames<'a> {
    /// The script's own.
    pub(super) outline: &'a ScriptOutline,
    /// The engine's.
    pub(super) natives: &'a NativeFunctions,
    /// Those of imported modules by alias; `None` for a module that is unknown or unreadable.
    pub(super) modules: &'a BTreeMap<String, Option<Rc<ScriptOutline>>>,
    /// The parameters; `None` if they belong to another script.
    pub(super) params: Option<&'a BTreeSet<String>>,
}

impl KnownNames<'_> {
    /// Checks a call that is not a method call. Returns the binding it calls, if any.
    pub(super) fn check_call(
        &self,
        call: &FnCallExpr,
        position: Position,
        findings: &mut FindingCollector<'_>,
    ) -> Option<&'static Binding> {
        if call.is_operator_call() {
            return None;
        }
        let Some(root) = call.namespace.path.first() else {
            return self.check_plain_call(call, position, findings);
        };
        let span = name_span(&call.name, root.pos, position, findings);
        let namespace = root.name.as_str();
        if is_namespace(namespace) {
            if call.namespace.path.len() > 1 {
                add_nested_namespace(&call.namespace.to_string(), span, findings);
                return None;
            }
            check_colons(&span, root.pos, findings);
            let written = format!("{namespace}.{}", call.name);
            let binding = bindings::find(&written);
            if binding.is_none() {
                findings.add_name(&no_binding(&written), Rule::UnknownBinding, span);
            }
            return binding;
        }
        match self.modules.get(namespace) {
            Some(Some(module)) if call.namespace.path.len() == 1 => {
                check_module_call(module, namespace, call, span, findings);
            }
            Some(_) => {}
            None if namespace == "global" => {}
            None => self.add_unknown_namespace(namespace, root.pos, findings),
        }
        None
    }

    fn check_plain_call(
        &self,
        call: &FnCallExpr,
        position: Position,
        findings: &mut FindingCollector<'_>,
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
        let span = findings.token_at(position);
        if !counts.is_empty() {
            let fault = wrong_count(name, counts, count);
            findings.add_fault(&fault, Rule::WrongCount, span);
        } else if self.natives.has(name) {
            let fault = Fault::script(format!("`{name}` does not take {}", arguments(count)));
            let fault = fault.with_hints(foreign_syntax::word_hint(name));
            findings.add_fault(&fault, Rule::WrongCount, span);
        } else {
            findings.add_name(&self.unknown_function(name), Rule::UnknownFunction, span);
        }
        None
    }

    fn unknown_function(&self, name: &str) -> Fault {
        let bindings = binding_names().map(|name| name as &str);
        no_function(name, "", bindings.chain(self.function_names()))
    }

    /// The script's own functions and the engine's.
    fn function_names(&self) -> impl Iterator<Item = &str> {
        let own = self.outline.functions.iter();
        own.map(|function| function.name.as_str())
            .chain(self.natives.names())
    }

    /// Checks a method call.
    pub(super) fn check_method(
        &self,
        call: &FnCallExpr,
        position: Position,
        findings: &mut FindingCollector<'_>,
    ) {
        let (name, count) = (call.name.as_str(), call.args.len());
        let is_known = self.outline.counts(name).contains(&count)
            || self.natives.has(name)
            || self.outline.keys.contains(name);
        if !is_known {
            let span = findings.token_at(position);
            let fault = Fault::script(format!("there is no method `{name}`"));
            let fault = match foreign_syntax::word_hint(name) {
                Some(hint) => fault.hint(hint),
                None => fault.suggest(name, self.function_names()),
            };
            findings.add_name(&fault, Rule::UnknownFunction, span);
        }
    }

    /// Checks a variable that is read or set.
    pub(super) fn check_variable(&self, expression: &Expr, findings: &mut FindingCollector<'_>) {
        let Expr::Variable(variable, short, position) = expression else {
            return;
        };
        let (long, name, namespace) = (variable.0, variable.1.as_str(), &variable.2);
        let Some(root) = namespace.path.first() else {
            if long.is_none() && short.is_none() {
                self.check_free_variable(name, *position, findings);
            }
            return;
        };
        let span = name_span(name, root.pos, *position, findings);
        let is_known = is_namespace(root.name.as_str());
        if is_known && namespace.path.len() > 1 {
            add_nested_namespace(&namespace.to_string(), span, findings);
            return;
        }
        match root.name.as_str() {
            "params" => self.check_param(name, span, root.pos, findings),
            "global" => {
                if !self.outline.values.contains_key(name) {
                    let known = self.outline.values.keys().map(String::as_str);
                    let fault = Fault::script(format!("the script has no constant `{name}`"))
                        .suggest(name, known);
                    findings.add_name(&fault, Rule::UnknownVariable, span);
                }
            }
            namespace if is_namespace(namespace) => {
                check_colons(&span, root.pos, findings);
                if namespace != "host" || !host_values().any(|known| known == name) {
                    let fault = no_variable(&format!("{namespace}::{name}"));
                    findings.add_name(&fault, Rule::UnknownBinding, span);
                }
            }
            alias => match self.modules.get(alias) {
                Some(Some(module)) if namespace.path.len() == 1 => {
                    check_module_value(module, alias, name, span, findings);
                }
                Some(_) => {}
                None => self.add_unknown_namespace(alias, root.pos, findings),
            },
        }
    }

    /// Checks a name that no variable in scope has.
    pub(super) fn check_free_variable(
        &self,
        name: &str,
        position: Position,
        findings: &mut FindingCollector<'_>,
    ) {
        if !self.outline.counts(name).is_empty() {
            return;
        }
        let span = findings.token_at(position);
        let mut fault = no_variable(name);
        if self.outline.constants.contains(name) {
            fault = fault.hint(format!(
                "inside a function, write `global::{name}` for a constant of the script"
            ));
        }
        findings.add_fault(&fault, Rule::UnknownVariable, span);
    }

    fn add_unknown_namespace(
        &self,
        name: &str,
        position: Position,
        findings: &mut FindingCollector<'_>,
    ) {
        let aliases = self.modules.keys().map(String::as_str);
        let aliases: Vec<_> = aliases.take(MAX_SUGGESTIONS).collect();
        let fault = no_namespace(name, &aliases);
        findings.add_name(&fault, Rule::UnknownNamespace, findings.token_at(position));
    }

    fn check_param(
        &self,
        name: &str,
        span: Range<usize>,
        root: Position,
        findings: &mut FindingCollector<'_>,
    ) {
        check_colons(&span, root, findings);
        let Some(params) = self.params else {
            return;
        };
        if !params.contains(name) {
            let near = params.iter().map(String::as_str).take(MAX_SUGGESTIONS);
            let fault = no_variable(&format!("params::{name}")).suggest(name, near);
            findings.add_name(&fault, Rule::UnknownParameter, span);
        }
    }
}

/// Reports a namespace inside a namespace of bindings: there are none.
fn add_nested_namespace(path: &str, span: Range<usize>, findings: &mut FindingCollector<'_>) {
    let fault = Fault::script(format!("there is no namespace or module `{path}`"));
    findings.add_fault(&fault, Rule::UnknownNamespace, span);
}

fn check_module_call(
    module: &ScriptOutline,
    alias: &str,
    call: &FnCallExpr,
    span: Range<usize>,
    findings: &mut FindingCollector<'_>,
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
        let known: Vec<_> = public()
            .map(|function| format!("{alias}::{}", function.name))
            .collect();
        let mut fault = Fault::script(format!("there is no `{written}`"));
        // The common prefix would make every function a near one.
        if nearest(name, public().map(|function| function.name.as_str())).is_some() {
            fault = fault.suggest(&written, known.iter().map(String::as_str));
        }
        findings.add_name(&fault, Rule::UnknownFunction, span);
        return;
    }
    let named = public().filter(|function| function.name == name);
    let longest = named.max_by_key(|function| function.count);
    let usage =
        longest.map(|function| format!("write `{written}({})`", function.params.join(", ")));
    let fault = wrong_count(&written, &counts, call.args.len()).with_hints(usage);
    findings.add_fault(&fault, Rule::WrongCount, span);
}

fn check_module_value(
    module: &ScriptOutline,
    alias: &str,
    name: &str,
    span: Range<usize>,
    findings: &mut FindingCollector<'_>,
) {
    if module.values.get(name) == Some(&true) || module.functions.iter().any(|f| f.name == name) {
        return;
    }
    let exported = module
        .values
        .iter()
        .filter(|(_, is_exported)| **is_exported);
    let mut fault = Fault::script(format!("the module does not export `{alias}::{name}`"))
        .suggest(name, exported.map(|(name, _)| name.as_str()));
    if module.values.contains_key(name) {
        fault = fault.hint(format!("write `export const {name} = …` in the module"));
    }
    findings.add_name(&fault, Rule::UnknownVariable, span);
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

/// The name behind its namespace. The engine gives the position of one or the other.
fn name_span(
    name: &str,
    root: Position,
    position: Position,
    findings: &FindingCollector<'_>,
) -> Range<usize> {
    let source = findings.source;
    let start = findings.offset(root).max(findings.offset(position));
    let is_namespace = &source.text[source.token_span(start)] != name;
    let distance = source.text[start..].find(name).filter(|_| is_namespace);
    source.token_span(start + distance.unwrap_or_default())
}

/// Reports a namespace of bindings that is followed by `::`.
fn check_colons(name: &Range<usize>, root: Position, findings: &mut FindingCollector<'_>) {
    let text = &findings.source.text;
    let namespace = findings.token_at(root);
    let end = namespace.end;
    let Some(at) = text[end..name.start.max(end)].find("::") else {
        return;
    };
    let span = end + at..end + at + 2;
    let namespace = &text[namespace];
    let written = format!("{namespace}.{}", &text[name.clone()]);
    let fix = Fix {
        title: format!("write `{written}`"),
        is_safe: true,
        edits: vec![Edit {
            span: span.clone(),
            text: ".".to_owned(),
        }],
    };
    let message = format!("a dot follows the namespace `{namespace}`, not `::`");
    let hint = [format!("write `{written}`")];
    findings.add(Rule::NamespaceColons, span, message, &hint, Some(fix));
}

/// The name of a call with its namespace.
pub(super) fn call_span(
    call: &FnCallExpr,
    position: Position,
    findings: &FindingCollector<'_>,
) -> Range<usize> {
    match call.namespace.path.first() {
        Some(root) => {
            let name = name_span(&call.name, root.pos, position, findings);
            findings.offset(root.pos).min(name.start)..name.end
        }
        None => findings.token_at(position),
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
}
