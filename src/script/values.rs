//! Converts the engine's values to binding values and back, and registers the types of secrets,
//! outcomes and errors.

use std::rc::Rc;

use rhai::{Array, Dynamic, Engine, EvalAltResult, FnPtr, ImmutableString, Map, Position};

use crate::bindings::{Outcome, Value};
use crate::fault::Fault;
use crate::state::{Secret, SecretText};

use super::limits::{ARGUMENT_DEPTH, exceeded};

/// A fault as a script catches it, or as it ends the script.
#[derive(Clone)]
pub(super) struct Caught(pub(super) Rc<Fault>);

/// How deep lists and maps in an argument may be. JSON readers have limits of their own: that of
/// `serde_json` is 128 levels.
const MAX_DEPTH: usize = 64;

/// The arguments of a call as a binding receives them.
pub(super) fn arguments(
    arguments: &[&mut Dynamic],
    position: Position,
) -> Result<Vec<Value>, Box<EvalAltResult>> {
    if arguments.iter().any(|it| is_deeper(it, MAX_DEPTH)) {
        return Err(terminated(exceeded(ARGUMENT_DEPTH), position));
    }
    Ok(arguments.iter().map(|it| value(it)).collect())
}

/// Whether lists and maps are more than `levels` deep.
fn is_deeper(dynamic: &Dynamic, levels: usize) -> bool {
    if let Ok(list) = dynamic.as_array_ref() {
        return levels == 0 || list.iter().any(|it| is_deeper(it, levels - 1));
    }
    if let Ok(map) = dynamic.as_map_ref() {
        return levels == 0 || map.values().any(|it| is_deeper(it, levels - 1));
    }
    false
}

/// A script's value as bindings receive it.
pub(super) fn value(dynamic: &Dynamic) -> Value {
    if let Ok(text) = dynamic.as_immutable_string_ref() {
        return text_value(&text);
    }
    if dynamic.is_unit() {
        return Value::Unit;
    }
    if let Ok(int) = dynamic.as_int() {
        return Value::Int(int);
    }
    if let Ok(flag) = dynamic.as_bool() {
        return Value::Bool(flag);
    }
    if let Ok(map) = dynamic.as_map_ref() {
        return Value::Map(entries(&map));
    }
    if let Ok(list) = dynamic.as_array_ref() {
        return Value::List(list.iter().map(value).collect());
    }
    uncommon_value(dynamic)
}

/// The engine itself writes the values of a template string into one string: a secret as its
/// reference in `‹›`, which is read back here.
fn text_value(text: &str) -> Value {
    match SecretText::parse(text) {
        Some(text) => Value::SecretText(text),
        None => Value::Text(text.into()),
    }
}

fn entries(map: &Map) -> Vec<(String, Value)> {
    map.iter()
        .map(|(key, inner)| (key.to_string(), value(inner)))
        .collect()
}

/// The types that calls seldom pass, tried last.
fn uncommon_value(dynamic: &Dynamic) -> Value {
    if let Ok(float) = dynamic.as_float() {
        return Value::Float(float);
    }
    if let Ok(letter) = dynamic.as_char() {
        return Value::Text(letter.to_string().into());
    }
    if let Some(secret) = dynamic.read_lock::<Secret>() {
        return Value::Secret(secret.clone());
    }
    if let Some(outcome) = dynamic.read_lock::<Outcome>() {
        return Value::Outcome(outcome.clone());
    }
    if dynamic.is::<FnPtr>() {
        return Value::Other("a function");
    }
    if dynamic.is::<Caught>() {
        return Value::Other("an error");
    }
    Value::Other("a value of another type")
}

/// A binding's value as a script receives it.
pub(super) fn dynamic(value: Value) -> Dynamic {
    match value {
        Value::Unit | Value::Other(_) => Dynamic::UNIT,
        Value::Bool(flag) => flag.into(),
        Value::Int(int) => int.into(),
        Value::Float(float) => float.into(),
        Value::Text(text) => (&*text).into(),
        Value::List(items) => items.into_iter().map(dynamic).collect::<Array>().into(),
        Value::Map(entries) => {
            let entries = entries.into_iter();
            let map: Map = entries
                .map(|(key, value)| (key.into(), dynamic(value)))
                .collect();
            map.into()
        }
        Value::Secret(secret) => Dynamic::from(secret),
        Value::SecretText(text) => text.to_string().into(),
        Value::Outcome(outcome) => Dynamic::from(outcome),
    }
}

/// Registers the types.
pub(super) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Secret>("secret")
        .register_fn("to_string", |secret: &mut Secret| format!("‹{secret}›"))
        .register_fn("to_debug", |secret: &mut Secret| {
            format!("secret(‹{secret}›)")
        })
        .register_fn("==", |a: Secret, b: Secret| a == b)
        .register_fn("!=", |a: Secret, b: Secret| a != b)
        .register_fn("+", |_: Secret, _: Dynamic| no_concatenation())
        .register_fn("+", |_: ImmutableString, _: Secret| no_concatenation())
        .register_fn("+", |_: char, _: Secret| no_concatenation())
        .register_fn("+=", |_: &mut ImmutableString, _: Secret| {
            no_concatenation()
        });
    // The engine's own function writes a secret with its Rust type.
    engine.register_fn("to_json", |map: &mut Map| {
        serde_json::json!(Value::Map(entries(map))).to_string()
    });
    engine
        .register_type_with_name::<Outcome>("outcome")
        .register_get("changed", |outcome: &mut Outcome| outcome.changed)
        .register_get("before", |outcome: &mut Outcome| dynamic(outcome.before()))
        .register_get("after", |outcome: &mut Outcome| dynamic(outcome.after()))
        .register_fn("to_string", |outcome: &mut Outcome| outcome_text(outcome))
        .register_fn("to_debug", |outcome: &mut Outcome| outcome_text(outcome));
    engine
        .register_type_with_name::<Caught>("error")
        .register_get("kind", |caught: &mut Caught| caught.0.kind().name())
        .register_get("message", |caught: &mut Caught| {
            caught.0.message().to_owned()
        })
        .register_get("hints", |caught: &mut Caught| {
            let hints = caught.0.hints().iter();
            hints
                .map(|hint| Dynamic::from(hint.clone()))
                .collect::<Array>()
        })
        .register_fn("to_string", |caught: &mut Caught| caught.0.to_string())
        .register_fn("to_debug", |caught: &mut Caught| caught.0.to_string());
}

fn outcome_text(outcome: &Outcome) -> &'static str {
    if outcome.changed {
        "changed"
    } else {
        "already as wanted"
    }
}

fn no_concatenation() -> Result<Dynamic, Box<EvalAltResult>> {
    let fault = Fault::script("a secret cannot be concatenated; pass it alone")
        .hint("`token.basic` makes a token from a user name and a secret");
    Err(thrown(fault, Position::NONE))
}

/// A fault as a value of the engine's.
pub(super) fn caught(fault: Fault) -> Dynamic {
    Dynamic::from(Caught(Rc::new(fault)))
}

/// A fault as an error of the engine's.
#[expect(
    clippy::unnecessary_box_returns,
    reason = "the engine's results hold a box"
)]
pub(super) fn thrown(fault: Fault, position: Position) -> Box<EvalAltResult> {
    EvalAltResult::ErrorRuntime(caught(fault), position).into()
}

/// A fault as an error of the engine's that a script cannot catch.
#[expect(
    clippy::unnecessary_box_returns,
    reason = "the engine's results hold a box"
)]
pub(super) fn terminated(fault: Fault, position: Position) -> Box<EvalAltResult> {
    EvalAltResult::ErrorTerminated(caught(fault), position).into()
}
