//! Calls of bindings, made in thought on a blank node with what is literal in
//! them: the same conversion and the same checks as in a run. What is not
//! literal is given a value that fits, and nothing is done with the outcome.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use rhai::{Expr, FnCallExpr};

use crate::bindings::{Args, Binding, Param, Type, Value};
use crate::conf;
use crate::exec::{Blank, Vault, World};
use crate::facts::{Facts, NodeReader as _};
use crate::fault::{Fault, FaultKind, Result, Rule};
use crate::run::Recorder;
use crate::script::{locate, values};
use crate::state::{Platform, Secret};

use super::found::Found;

/// A script seldom has as many mistakes in one call.
const MOST: usize = 32;

/// The nodes that calls are made on: one of each platform that is meant.
pub(super) struct BlankNodeRunner {
    worlds: Vec<World>,
}

impl BlankNodeRunner {
    /// Blank nodes of that platform, or of every one.
    pub(super) fn new(platform: Option<Platform>) -> Self {
        let platforms = platform.map_or(vec![Platform::Linux, Platform::Macos], |one| vec![one]);
        let vault = Rc::new(RefCell::new(Vault::unattended()));
        let world = |platform| World::new(Box::new(Blank::new(platform)), Rc::clone(&vault));
        Self {
            worlds: platforms.into_iter().map(world).collect(),
        }
    }

    /// Makes a call again and again, each time without what was wrong with it
    /// before.
    pub(super) fn call(
        &mut self,
        binding: &'static Binding,
        call: &FnCallExpr,
        name: Range<usize>,
        found: &mut Found<'_>,
    ) {
        let mut given = arguments(binding, call);
        for _ in 0..MOST {
            let Err(fault) = self.make(binding, &given) else {
                return;
            };
            let keys: Vec<_> = fault.argument().map(str::to_owned).collect();
            report(&fault, call, &keys, &name, found);
            let is_mended = if fault.rule() == Some(Rule::MissingOption) {
                fill(binding, &mut given)
            } else {
                forget(binding, &mut given, &keys)
            };
            if !is_mended {
                return;
            }
        }
    }

    /// What the call comes to on every node; a fault of some nodes is none.
    fn make(&mut self, binding: &'static Binding, given: &[Value]) -> Result<()> {
        let args = Args::check(binding, given.to_vec())?;
        if is_for_a_run(binding, given) {
            return Ok(());
        }
        let mut last = Ok(());
        for world in &mut self.worlds {
            let mut recorder = Recorder::new(world.node().clone());
            last = (binding.make)(&args, &mut Facts::new(world, &mut recorder)).map(|_| ());
            let is_said = last.as_ref().is_err_and(is_about_the_call);
            if !is_said {
                return Ok(());
            }
        }
        last
    }
}

/// Whether what the call means is known only in a run: of a value that can be
/// anything, or in a test.
fn is_for_a_run(binding: &Binding, given: &[Value]) -> bool {
    let mut values = binding.params.iter().zip(given);
    binding.is_for_tests()
        || values.any(|(param, value)| {
            param.is_required && matches!(param.ty, Type::Any) && *value == Value::Unit
        })
}

/// Whether another node would not help.
fn is_about_the_call(fault: &Fault) -> bool {
    matches!(fault.kind(), FaultKind::Script | FaultKind::Usage) || is_service(fault)
}

/// A name that is nearly a service's: some node may have a service of it.
fn is_service(fault: &Fault) -> bool {
    fault.kind() == FaultKind::Refused && fault.suggestion().is_some()
}

fn report(
    fault: &Fault,
    call: &FnCallExpr,
    keys: &[String],
    name: &Range<usize>,
    found: &mut Found<'_>,
) {
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    let part = locate::part(call, &keys);
    let word = |position| found.text.word(found.text.offset(position));
    let span = part.as_ref().map_or(name.clone(), |part| word(part.at));
    let rule = match fault.rule() {
        Some(rule) => rule,
        None if is_service(fault) => Rule::UnknownService,
        None => Rule::WrongValue,
    };
    if matches!(rule, Rule::UnknownSetting | Rule::UnknownOption) {
        found.name(fault, rule, span);
        return;
    }
    let value = part.map(|part| part.value);
    let literal = value.filter(|value| matches!(value, Expr::StringConstant(..)));
    let literal = literal.map(|literal| word(literal.position()));
    found.value(fault, rule, span, literal);
}

/// Takes what was wrong out of the arguments; false where it cannot be found.
fn forget(binding: &Binding, given: &mut [Value], keys: &[String]) -> bool {
    let Some((first, rest)) = keys.split_first() else {
        return false;
    };
    let params = || binding.params.iter().enumerate();
    let Some((index, param)) = params().find(|(_, param)| param.name == first) else {
        let mut maps = params().zip(given);
        return maps.any(|((_, param), value)| forget_in(&param.ty, value, keys));
    };
    let Some(value) = given.get_mut(index) else {
        return false;
    };
    if !rest.is_empty() && forget_in(&param.ty, value, rest) {
        return true;
    }
    let sample = sample(param.name, &param.ty);
    std::mem::replace(value, sample.clone()) != sample
}

fn forget_in(ty: &Type, value: &mut Value, keys: &[String]) -> bool {
    let Some((first, _)) = keys.split_first() else {
        return false;
    };
    match value {
        Value::Map(entries) => {
            let Some(index) = entries.iter().position(|(key, _)| key == first) else {
                return false;
            };
            let needed = ty
                .keys()
                .iter()
                .find(|key| key.name == first && key.is_required);
            let Some(key) = needed else {
                entries.remove(index);
                return true;
            };
            let sample = sample(key.name, &key.ty);
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
        | Value::Outcome(_)
        | Value::Other(_) => false,
    }
}

/// Adds every required key that is missing.
fn fill(binding: &Binding, given: &mut [Value]) -> bool {
    let mut is_filled = false;
    for (param, value) in binding.params.iter().zip(given) {
        let Value::Map(entries) = value else {
            continue;
        };
        for key in param.ty.keys().iter().filter(|key| key.is_required) {
            if !entries.iter().any(|(name, _)| name == key.name) {
                entries.push((key.name.to_owned(), sample(key.name, &key.ty)));
                is_filled = true;
            }
        }
    }
    is_filled
}

/// The arguments as far as they are literal.
fn arguments(binding: &'static Binding, call: &FnCallExpr) -> Vec<Value> {
    let mut params = binding.params.iter();
    let args = call.args.iter();
    args.map(|argument| match params.next() {
        Some(param) => value(argument, &param.ty, &|| stand_in(param)),
        None => Value::Unit,
    })
    .collect()
}

/// The value of an expression; where it is not literal, one that fits.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all else is known only in a run"
)]
fn value(expression: &Expr, ty: &Type, other: &dyn Fn() -> Value) -> Value {
    if let Some(literal) = expression.get_literal_value(None) {
        return values::value(&literal);
    }
    match expression {
        Expr::Map(entries, _) => Value::map(entries.0.iter().map(|(key, expression)| {
            let key = key.name.as_str();
            (key, entry(key, expression, ty))
        })),
        Expr::Array(items, _) => {
            let of = if let Type::List(of) = ty {
                of
            } else {
                &Type::Any
            };
            let items = items.iter();
            Value::List(
                items
                    .map(|item| value(item, of, &|| sample("", of)))
                    .collect(),
            )
        }
        Expr::FnCall(call, _) => secret(call).unwrap_or_else(other),
        // Its letters are known in a run only, but not that it is a text.
        Expr::InterpolatedString(..) if matches!(ty, Type::Secret) => Value::from(""),
        _ => other(),
    }
}

/// An entry of a map: of options by their types, of settings `()`, which
/// every setting takes.
fn entry(key: &str, expression: &Expr, ty: &Type) -> Value {
    match ty.keys().iter().find(|known| known.name == key) {
        Some(known) => value(expression, &known.ty, &|| stand_in(known)),
        None if is_secret_setting(key, ty) => value(expression, &Type::Secret, &|| Value::Unit),
        None => value(expression, &Type::Any, &|| Value::Unit),
    }
}

/// What stands for a value that only a run tells.
fn stand_in(param: &Param) -> Value {
    if param.is_required {
        sample(param.name, &param.ty)
    } else {
        Value::Unit
    }
}

fn is_secret_setting(key: &str, ty: &Type) -> bool {
    let Type::Settings(kind) = ty else {
        return false;
    };
    conf::find(*kind, key).is_some_and(|setting| setting.is_secret)
}

/// What makes a secret, by the name of the function.
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

/// A value that fits. Some texts are held to more than their type says.
fn sample(name: &str, ty: &Type) -> Value {
    match (ty, name) {
        (Type::Any, _) => Value::Unit,
        (Type::Bool | Type::PortOrSwitch, _) => Value::Bool(true),
        (Type::Int { min, .. }, _) => Value::Int(*min),
        (Type::Port, _) => Value::Int(1),
        (Type::Text, "reference") => Value::from("env:NAME"),
        (Type::Text, "remote") => Value::from("user@host:/name"),
        (Type::Path, _) | (Type::Text, "local") => Value::from("/name"),
        (Type::Text | Type::Name, _) => Value::from("name"),
        (Type::Secret, _) => reference(),
        (Type::Choice(choices), _) => choices.first().copied().map_or(Value::Unit, Value::from),
        (Type::List(_), _) => Value::List(Vec::new()),
        (Type::Options(keys) | Type::Session(keys), _) => {
            let required = keys.iter().filter(|key| key.is_required);
            Value::map(required.map(|key| (key.name, sample(key.name, &key.ty))))
        }
        (Type::Settings(_), _) => Value::Map(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use crate::bindings;
    use crate::script::Script;

    #[test]
    fn what_only_a_run_tells_is_no_finding() {
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
