//! The words of a test as functions of the engine: they take the places of
//! those that refuse to work outside of one.

use std::collections::BTreeMap;
use std::rc::Rc;

use rhai::{Dynamic, Engine, EvalAltResult, FnPtr, NativeCallContext, RhaiFunc};

use crate::bindings::{self, Args, Binding, Value};
use crate::fault::{Fault, FaultKind, Result};
use crate::trial::{self, Judged};

use super::super::bind::{place, register_rows};
use super::super::errors;
use super::super::values::{thrown, value};
use super::bench::Bench;

/// Registers every word.
pub(super) fn register(engine: &mut Engine, bench: &Rc<Bench>) {
    let rows = bindings::all().filter(|binding| binding.is_for_tests());
    register_rows(engine, rows, &|binding| word(binding, Rc::clone(bench)));
}

fn word(binding: &'static Binding, bench: Rc<Bench>) -> RhaiFunc {
    RhaiFunc::Pure {
        func: Rc::new(move |context, args| {
            let context = context.expect("it is registered with a context");
            let values = args.iter().map(|arg| value(arg)).collect();
            let call = function(args.get(1).map(|arg| &**arg), binding);
            let position = context.call_position();
            let judged = Args::check(binding, values)
                .map_err(|fault| thrown(fault.at(place(&context)), position))
                .and_then(|args| said(&bench, &context, &args, call))?;
            match judged {
                Ok(()) => Ok(Dynamic::UNIT),
                Err(unmet) => {
                    let fault = unmet.fault().at(place(&context));
                    bench.miss(unmet, place(&context));
                    Err(thrown(fault, position))
                }
            }
        }),
        has_context: true,
        is_pure: true,
        is_volatile: true,
    }
}

/// The function that is expected to fail, where one is given.
fn function(given: Option<&Dynamic>, binding: &Binding) -> Option<FnPtr> {
    let given = given.filter(|_| binding.name == "expect.fails_with")?;
    given.clone().try_cast()
}

/// What the engine's functions give.
type Thrown<T> = std::result::Result<T, Box<EvalAltResult>>;

fn said(
    bench: &Bench,
    context: &NativeCallContext<'_>,
    args: &Args,
    call: Option<FnPtr>,
) -> Thrown<Judged> {
    if let Some(call) = call {
        return called(context, args, &call);
    }
    judged(bench, args).map_err(|fault| {
        if fault.kind() == FaultKind::Interrupted {
            let token = Dynamic::from(errors::Stopped);
            return EvalAltResult::ErrorTerminated(token, context.call_position()).into();
        }
        thrown(fault.at(place(context)), context.call_position())
    })
}

fn judged(bench: &Bench, args: &Args) -> Result<Judged> {
    let name = args.binding().name;
    let first = args.values().first();
    if let Some(expectation) = trial::expectation(name) {
        return bench.judge(|seen| expectation(seen, args.values()));
    }
    match name {
        "given" => bench.given(first.unwrap_or(&Value::Unit))?,
        "run_script" => bench.run(&parameters(first)?)?,
        "expect.fails_with" => {
            if args.values().len() > 1 {
                return Err(no_function(&args.values()[1]));
            }
            return Ok(bench.fails_with(&args.required("fault")));
        }
        "expect.matches_plan" => return bench.golden(&args.required("name")),
        _ => {
            let message = format!("`{name}` has no meaning in a test");
            return Err(Fault::new(FaultKind::Internal, message));
        }
    }
    Ok(Ok(()))
}

/// Parameters as a test gives them: a secret by its reference, as on a command
/// line.
fn parameters(given: Option<&Value>) -> Result<BTreeMap<String, Value>> {
    match given {
        None | Some(Value::Unit) => Ok(BTreeMap::new()),
        Some(Value::Map(entries)) => Ok(entries.iter().map(parameter).collect()),
        Some(other) => Err(
            Fault::script(format!("parameters are a map, not {}", other.noun()))
                .in_argument("params"),
        ),
    }
}

fn parameter((name, value): &(String, Value)) -> (String, Value) {
    if let Value::Secret(secret) = value {
        return (name.clone(), Value::Text(secret.to_string().into()));
    }
    (name.clone(), value.clone())
}

/// Calls a function that is expected to fail.
fn called(context: &NativeCallContext<'_>, args: &Args, call: &FnPtr) -> Thrown<Judged> {
    let Err(error) = call.call_within_context::<Dynamic>(context, ()) else {
        return Ok(trial::fails_with(&args.required("fault"), None));
    };
    if let EvalAltResult::ErrorTerminated(..) = error.unwrap_inner() {
        return Err(error);
    }
    let source = context.call_source().unwrap_or_default();
    let fault = errors::running(error, source);
    Ok(trial::fails_with(&args.required("fault"), fault.as_ref()))
}

fn no_function(value: &Value) -> Fault {
    Fault::script(format!(
        "this wants a function, such as `|| add(1)`, not {}",
        value.noun()
    ))
    .in_argument("call")
}
