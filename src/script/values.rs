//! Script values into ours and back, and the types that scripts meet only
//! here: secrets, outcomes, faults.

use std::rc::Rc;

use rhai::{Array, Dynamic, Engine, EvalAltResult, FnPtr, ImmutableString, Map, Position};

use crate::bindings::{Outcome, Value};
use crate::fault::Fault;
use crate::state::Secret;

/// A fault as a script catches it.
#[derive(Clone)]
pub(super) struct Caught(pub(super) Rc<Fault>);

/// What a binding gets for a script's value.
pub(super) fn value(dynamic: &Dynamic) -> Value {
    if let Ok(text) = dynamic.as_immutable_string_ref() {
        return Value::Text(text.as_str().into());
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
    rare(dynamic)
}

fn entries(map: &Map) -> Vec<(String, Value)> {
    map.iter()
        .map(|(key, inner)| (key.to_string(), value(inner)))
        .collect()
}

fn rare(dynamic: &Dynamic) -> Value {
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
    Value::Other("a value of another kind")
}

/// What a script gets for a binding's value.
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
        Value::Outcome(outcome) => Dynamic::from(outcome),
    }
}

/// Makes the types known to the engine.
pub(super) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Secret>("secret")
        .register_fn("to_string", |secret: &mut Secret| format!("‹{secret}›"))
        .register_fn("to_debug", |secret: &mut Secret| {
            format!("secret(‹{secret}›)")
        })
        .register_fn("==", |a: Secret, b: Secret| a == b)
        .register_fn("!=", |a: Secret, b: Secret| a != b)
        .register_fn("+", |_: Secret, _: Dynamic| no_text())
        .register_fn("+", |_: ImmutableString, _: Secret| no_text())
        .register_fn("+", |_: char, _: Secret| no_text())
        .register_fn("+=", |_: &mut ImmutableString, _: Secret| no_text());
    // The engine's own writer would spell a secret as Rust does.
    engine.register_fn("to_json", |map: &mut Map| {
        serde_json::json!(Value::Map(entries(map))).to_string()
    });
    engine
        .register_type_with_name::<Outcome>("outcome")
        .register_get("changed", |outcome: &mut Outcome| outcome.changed)
        .register_get("before", |outcome: &mut Outcome| dynamic(outcome.before()))
        .register_get("after", |outcome: &mut Outcome| dynamic(outcome.after()))
        .register_fn("to_string", |outcome: &mut Outcome| shown(outcome))
        .register_fn("to_debug", |outcome: &mut Outcome| shown(outcome));
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

fn shown(outcome: &Outcome) -> &'static str {
    if outcome.changed {
        "changed"
    } else {
        "already as wanted"
    }
}

fn no_text() -> Result<Dynamic, Box<EvalAltResult>> {
    let fault = Fault::script("a secret has no text in a script, so nothing can be added to it")
        .hint("hand it to the binding as it is; `token.basic` makes a token of one");
    Err(thrown(fault, Position::NONE))
}

/// A fault on its way through the engine, which wants it in a box.
#[expect(
    clippy::unnecessary_box_returns,
    reason = "the engine's results hold a box"
)]
pub(super) fn thrown(fault: Fault, position: Position) -> Box<EvalAltResult> {
    let caught = Dynamic::from(Caught(Rc::new(fault)));
    EvalAltResult::ErrorRuntime(caught, position).into()
}
