//! Checks calls of bindings by making them on a blank node: the same conversions and checks as in
//! a run. Arguments that are not literals are replaced by valid samples; no step is performed.

use std::cell::RefCell;
use std::ops::Range;
use std::path::PathBuf;
use std::rc::Rc;

use rhai::{Expr, FnCallExpr};

use crate::bindings::{ArgType, Args, Binding, Made, Param, RELATIVE_DOCROOT, Value};
use crate::conf;
use crate::exec::{BlankNode, Vault, World};
use crate::facts::{Facts, NodeReader as _};
use crate::fault::{Fault, FaultKind, Result, Rule};
use crate::login;
use crate::run::Recorder;
use crate::script::{argument_location, values};
use crate::state::{Platform, Secret, Subject, ValueType};
use crate::step::Advisory;

use super::finding_collector::FindingCollector;

const ANY: ArgType = ArgType::One(ValueType::Any);
const SECRET: ArgType = ArgType::One(ValueType::Secret);

/// How many mistakes of one call are reported.
const MAX_MISTAKES: usize = 32;

/// Makes calls on blank nodes, one of each platform that the script is for.
pub(super) struct BlankNodeRunner {
    worlds: Vec<World>,
}

impl BlankNodeRunner {
    /// Creates blank nodes of that platform, or of each one, for a script in that folder.
    pub(super) fn new(platform: Option<Platform>, folder: Option<PathBuf>) -> Self {
        let platforms = platform.map_or(vec![Platform::Linux, Platform::Macos], |one| vec![one]);
        let vault = Rc::new(RefCell::new(Vault::unattended()));
        vault.borrow_mut().files().set_folder(folder);
        let world = |platform| World::new(Box::new(BlankNode::new(platform)), Rc::clone(&vault));
        Self {
            worlds: platforms.into_iter().map(world).collect(),
        }
    }

    /// Makes a call until it succeeds, each time without the argument that was wrong before.
    pub(super) fn check_call(
        &mut self,
        binding: &'static Binding,
        call: &FnCallExpr,
        name: Range<usize>,
        findings: &mut FindingCollector<'_>,
    ) {
        let mut args = arguments(binding, call);
        let mut replaced: Vec<Vec<String>> = Vec::new();
        let mut lacks_file = false;
        for _ in 0..MAX_MISTAKES {
            let fault = match self.make(binding, &args) {
                Err(fault) => fault,
                Ok(notes) => {
                    let notes = notes.iter();
                    return notes.for_each(|note| add_note(note, call, &name, findings));
                }
            };
            let keys: Vec<_> = fault.argument().map(str::to_owned).collect();
            let is_sample = replaced.contains(&keys) || !is_literal(&keys, call);
            // Without the argument for a missing file, the call as a whole is not complete.
            if is_missing_file(&fault) && is_sample || lacks_file && keys.is_empty() {
                return;
            }
            lacks_file |= is_missing_file(&fault);
            add_fault(&fault, call, &keys, &name, findings);
            let is_corrected = if fault.rule() == Some(Rule::MissingOption) {
                add_required(binding, &mut args)
            } else {
                remove_argument(binding, &mut args, &keys)
            };
            if !is_corrected {
                return;
            }
            replaced.push(keys);
        }
    }

    /// What a call answers on the first node.
    pub(super) fn answer(
        &mut self,
        binding: &'static Binding,
        values: Vec<Value>,
    ) -> Option<Value> {
        let args = Args::check(binding, values).ok()?;
        let world = self.worlds.first_mut()?;
        let mut recorder = Recorder::new(world.node().clone());
        let mut facts = Facts::new(world, &mut recorder);
        match (binding.make)(&args, &mut facts).ok()? {
            Made::Answer(value, _) => Some(value),
            Made::Step(..) | Made::Checked(..) => None,
        }
    }

    /// Makes the call on each node, and returns its advisories. It fails only if it fails on all
    /// of them.
    fn make(&mut self, binding: &'static Binding, values: &[Value]) -> Result<Vec<Advisory>> {
        let args = Args::check(binding, values.to_vec())?;
        if needs_run(binding, values) {
            return Ok(Vec::new());
        }
        let mut last = Ok(Vec::new());
        for world in &mut self.worlds {
            let mut recorder = Recorder::new(world.node().clone());
            last = (binding.make)(&args, &mut Facts::new(world, &mut recorder))
                .map(|made| made.advisories().to_vec());
            if !last.as_ref().is_err_and(is_about_the_call) {
                return last.or_else(|_| Ok(Vec::new()));
            }
        }
        last
    }
}

/// Whether the call can be checked only in a run: one of a test, or one whose required value of
/// any type is not a literal.
fn needs_run(binding: &Binding, values: &[Value]) -> bool {
    let mut values = binding.params.iter().zip(values);
    binding.is_for_tests()
        || values.any(|(param, value)| {
            param.is_required
                && matches!(param.ty, ArgType::One(ValueType::Any))
                && *value == Value::Unit
        })
}

/// Whether the call would fail on any node.
fn is_about_the_call(fault: &Fault) -> bool {
    matches!(fault.kind(), FaultKind::Script | FaultKind::Usage)
        || is_unknown_service(fault)
        || is_missing_file(fault)
}

fn is_missing_file(fault: &Fault) -> bool {
    fault.rule() == Some(Rule::MissingFile)
}

/// Whether the argument that keys lead to is a literal string.
fn is_literal(keys: &[String], call: &FnCallExpr) -> bool {
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    let part = argument_location::part(call, &keys);
    part.is_some_and(|part| matches!(part.value, Expr::StringConstant(..)))
}

/// Whether a name is similar to that of a known service. A node may have a service of that name.
fn is_unknown_service(fault: &Fault) -> bool {
    fault.kind() == FaultKind::Refused && fault.suggestion().is_some()
}

/// Adds what a run says in an advisory about a literal.
fn add_note(
    note: &Advisory,
    call: &FnCallExpr,
    name: &Range<usize>,
    findings: &mut FindingCollector<'_>,
) {
    if note.id != RELATIVE_DOCROOT {
        return;
    }
    let key = note.subject.as_ref().map(Subject::leaf).unwrap_or_default();
    let part = argument_location::part(call, &[&*key]);
    let span = part.map_or(name.clone(), |part| findings.token_at(part.position));
    findings.add(Rule::RelativeDocroot, span, &*note.text, &[], None);
}

fn add_fault(
    fault: &Fault,
    call: &FnCallExpr,
    keys: &[String],
    name: &Range<usize>,
    findings: &mut FindingCollector<'_>,
) {
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    let part = argument_location::part(call, &keys);
    let token = |position| findings.token_at(position);
    let span = part
        .as_ref()
        .map_or(name.clone(), |part| token(part.position));
    let rule = match fault.rule() {
        Some(rule) => rule,
        None if is_unknown_service(fault) => Rule::UnknownService,
        None => Rule::WrongValue,
    };
    if matches!(rule, Rule::UnknownSetting | Rule::UnknownOption) {
        if is_given(fault.suggestion(), call) {
            findings.add_fault(fault, rule, span);
        } else {
            findings.add_name(fault, rule, span);
        }
        return;
    }
    let value = part.map(|part| part.value);
    let literal = value.filter(|value| matches!(value, Expr::StringConstant(..)));
    let literal = literal.map(|literal| token(literal.position()));
    findings.add_value(fault, rule, span, literal);
}

/// Whether a map of the call has the suggested key already: a map has each key once.
fn is_given(suggested: Option<&str>, call: &FnCallExpr) -> bool {
    let has_key = |argument: &Expr| matches!(argument, Expr::Map(map, _) if map.0.iter().any(|(key, _)| suggested == Some(&*key.name)));
    call.args.iter().any(has_key)
}

/// Replaces the wrong argument by a sample, or removes it. Returns false if it is not found.
fn remove_argument(binding: &Binding, args: &mut [Value], keys: &[String]) -> bool {
    let Some((first, rest)) = keys.split_first() else {
        return false;
    };
    let params = || binding.params.iter().enumerate();
    let Some((index, param)) = params().find(|(_, param)| param.name == first) else {
        let mut maps = params().zip(args);
        return maps.any(|((_, param), value)| remove_part(&param.ty, value, keys));
    };
    let Some(value) = args.get_mut(index) else {
        return false;
    };
    if !rest.is_empty() && remove_part(&param.ty, value, rest) {
        return true;
    }
    let sample = sample(&param.ty);
    std::mem::replace(value, sample.clone()) != sample
}

fn remove_part(ty: &ArgType, value: &mut Value, keys: &[String]) -> bool {
    let Some((first, _)) = keys.split_first() else {
        return false;
    };
    match value {
        Value::Map(entries) => {
            let Some(index) = entries.iter().position(|(key, _)| key == first) else {
                return false;
            };
            let required = ty
                .keys()
                .iter()
                .find(|key| key.name == first && key.is_required);
            let Some(key) = required else {
                entries.remove(index);
                return true;
            };
            let sample = sample(&key.ty);
            std::mem::replace(&mut entries[index].1, sample.clone()) != sample
        }
        Value::List(items) => {
            let index = first.parse::<usize>().ok();
            let is_there = index.is_some_and(|index| index < items.len());
            if let Some(index) = index.filter(|_| is_there) {
                items.remove(index);
            }
            is_there
        }
        Value::Unit
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::Secret(_)
        | Value::SecretText(_)
        | Value::Outcome(_)
        | Value::Other(_) => false,
    }
}

/// Adds a sample of each required key that is missing.
fn add_required(binding: &Binding, args: &mut [Value]) -> bool {
    let mut is_added = false;
    for (param, value) in binding.params.iter().zip(args) {
        let Value::Map(entries) = value else {
            continue;
        };
        for key in param.ty.keys().iter().filter(|key| key.is_required) {
            if !entries.iter().any(|(name, _)| name == key.name) {
                entries.push((key.name.to_owned(), sample(&key.ty)));
                is_added = true;
            }
        }
    }
    is_added
}

/// The arguments: literals as they are, samples for the rest.
fn arguments(binding: &'static Binding, call: &FnCallExpr) -> Vec<Value> {
    let mut params = binding.params.iter();
    let args = call.args.iter();
    args.map(|argument| match params.next() {
        Some(param) => value(argument, &param.ty, &|| stand_in(param)),
        None => Value::Unit,
    })
    .collect()
}

/// The value of an expression, or of `other` if it is not a literal.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "every other expression has a value only in a run"
)]
fn value(expression: &Expr, ty: &ArgType, other: &dyn Fn() -> Value) -> Value {
    if let Some(literal) = expression.get_literal_value(None) {
        return values::value(&literal);
    }
    match expression {
        Expr::Map(entries, _) => Value::map(entries.0.iter().map(|(key, expression)| {
            let key = key.name.as_str();
            (key, entry(key, expression, ty))
        })),
        Expr::Array(items, _) => {
            let item_type = if let ArgType::List(item_type) = ty {
                &ArgType::One(*item_type)
            } else {
                &ANY
            };
            let items = items.iter();
            Value::List(
                items
                    .map(|item| value(item, item_type, &|| sample(item_type)))
                    .collect(),
            )
        }
        Expr::FnCall(call, _) => secret(call).unwrap_or_else(other),
        // Its text is known only in a run; that it spells out a secret is known now.
        Expr::InterpolatedString(..) if ty.is_secret() => Value::from(""),
        Expr::InterpolatedString(parts, _) => login_text(parts).map_or_else(other, Value::from),
        _ => other(),
    }
}

/// The text of a template string, where it spells out a login of a URL or a part of one.
fn login_text(parts: &[Expr]) -> Option<String> {
    let texts = parts.iter().map(|part| match part.get_literal_value(None) {
        Some(literal) => literal.to_string(),
        None => "$".to_owned(),
    });
    let text: String = texts.collect();
    let is_written = |login: Range<usize>| text[login].contains(|c| c != '$' && c != ':');
    let mut logins = login::find(&text).into_iter();
    logins.any(is_written).then_some(text)
}

/// The value of a map's entry: of an option by its type; of a setting that is not a literal `()`,
/// which every setting takes.
fn entry(key: &str, expression: &Expr, ty: &ArgType) -> Value {
    match ty.keys().iter().find(|known| known.name == key) {
        Some(known) => value(expression, &known.ty, &|| stand_in(known)),
        None if is_secret_setting(key, ty) => value(expression, &SECRET, &|| Value::Unit),
        None => value(expression, &ANY, &|| Value::Unit),
    }
}

/// The value to use for an argument that is not a literal.
fn stand_in(param: &Param) -> Value {
    if param.is_required {
        sample(&param.ty)
    } else {
        Value::Unit
    }
}

fn is_secret_setting(key: &str, ty: &ArgType) -> bool {
    let ArgType::Settings(kind) = ty else {
        return false;
    };
    conf::find(*kind, key).is_some_and(|setting| setting.is_secret)
}

/// A sample secret, if the function returns secrets.
fn secret(call: &FnCallExpr) -> Option<Value> {
    let namespace = call.namespace.path.first().map(|root| root.name.as_str());
    match (namespace, call.name.as_str()) {
        (None, "secret") | (Some("token"), "basic" | "random_key") => Some(reference()),
        _ => None,
    }
}

fn reference() -> Value {
    Value::Secret(Secret::Env("NAME".into()))
}

/// A value that the type accepts.
fn sample(ty: &ArgType) -> Value {
    match ty {
        ArgType::One(ValueType::Secret) => reference(),
        ArgType::One(ty) => ty.sample().map_or(Value::Unit, Value::from),
        ArgType::List(_) => Value::List(Vec::new()),
        ArgType::Options(keys) | ArgType::Session(keys) => {
            let required = keys.iter().filter(|key| key.is_required);
            Value::map(required.map(|key| (key.name, sample(&key.ty))))
        }
        ArgType::Settings(_) => Value::Map(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use crate::bindings;
    use crate::script::Script;

    #[test]
    fn an_argument_that_is_not_a_literal_is_not_reported() {
        for binding in bindings::all() {
            let args = binding.params.iter().map(|param| {
                let keys = param.ty.keys().iter();
                let entries: Vec<_> = keys.map(|key| format!("{}: x", key.name)).collect();
                if entries.is_empty() {
                    "x".to_owned()
                } else {
                    format!("#{{ {} }}", entries.join(", "))
                }
            });
            let args: Vec<_> = args.collect();
            let text = format!("let x = 1 + 1;\n{}({});\n", binding.name, args.join(", "));
            let checked = crate::script::check(vec![Script::piped(text.clone())]);
            assert_eq!(checked[0].findings, [], "{text}");
        }
    }
}
