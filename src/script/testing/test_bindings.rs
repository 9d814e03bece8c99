//! Registers the bindings for tests. They replace those that refuse to work outside of a test.

use std::collections::BTreeMap;
use std::rc::Rc;

use rhai::{Dynamic, Engine, EvalAltResult, FnPtr, NativeCallContext, RhaiFunc};

use crate::bindings::{self, Args, Binding, Value};
use crate::fault::{Fault, FaultKind, Result};
use crate::trial::{self, Verdict};

use super::super::bind::{location, register_rows};
use super::super::ceilings::Meter;
use super::super::runtime_errors;
use super::super::values::{Caught, arguments, thrown};
use super::test_node::TestNode;

/// Registers the bindings for tests, which act on `node`.
pub(super) fn register(engine: &mut Engine, node: &Rc<TestNode>, meter: &Rc<Meter>) {
    let rows = bindings::all().filter(|binding| binding.is_for_tests());
    register_rows(engine, rows, &|binding| {
        function(binding, Rc::clone(node), Rc::clone(meter))
    });
}

fn function(binding: &'static Binding, node: Rc<TestNode>, meter: Rc<Meter>) -> RhaiFunc {
    RhaiFunc::Pure {
        func: Rc::new(move |context, args| {
            let context = context.expect("it is registered with a context");
            let values = arguments(args, context.call_position())?;
            let call = failing_function(args.get(1).map(|arg| &**arg), binding);
            let position = context.call_position();
            let judged = Args::check(binding, values)
                .map_err(|fault| thrown(fault.at(location(&context)), position))
                .and_then(|args| meter.outside(|| evaluate(&node, &context, &args, call)))?;
            match judged {
                Ok(()) => Ok(Dynamic::UNIT),
                Err(unmet) => {
                    let fault = unmet.fault().at(location(&context));
                    node.record_unmet(unmet, location(&context));
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
fn failing_function(arg: Option<&Dynamic>, binding: &Binding) -> Option<FnPtr> {
    let arg = arg.filter(|_| binding.name == "expect.fails_with")?;
    arg.clone().try_cast()
}

/// The result of the engine's functions.
type Thrown<T> = std::result::Result<T, Box<EvalAltResult>>;

fn evaluate(
    node: &TestNode,
    context: &NativeCallContext<'_>,
    args: &Args,
    call: Option<FnPtr>,
) -> Thrown<Verdict> {
    if let Some(call) = call {
        return call_failing(node, context, args, &call);
    }
    judge(node, args).map_err(|fault| {
        if fault.kind() == FaultKind::Stopped {
            let token = Dynamic::from(runtime_errors::Stopped);
            return EvalAltResult::ErrorTerminated(token, context.call_position()).into();
        }
        thrown(fault.at(location(context)), context.call_position())
    })
}

fn judge(node: &TestNode, args: &Args) -> Result<Verdict> {
    let name = args.binding().name;
    let first = args.values().first();
    if let Some(expectation) = trial::expectation(name) {
        return node.judge(|seen| expectation(seen, args.values()));
    }
    match name {
        "given" => node.replace(first.unwrap_or(&Value::Unit))?,
        "run_script" => node.run(&parameters(first)?)?,
        "expect.fails_with" => {
            if args.values().len() > 1 {
                return Err(no_function(&args.values()[1]));
            }
            return Ok(node.fails_with(&args.get(&bindings::FAULT)));
        }
        "expect.matches_plan" => return node.golden(&args.get(&bindings::GOLDEN)),
        _ => {
            let message = format!("`{name}` cannot be called in a test");
            return Err(Fault::new(FaultKind::Internal, message));
        }
    }
    Ok(Ok(()))
}

/// The parameters of a test's run; a secret becomes its reference, as on a command line.
fn parameters(arg: Option<&Value>) -> Result<BTreeMap<String, Value>> {
    match arg {
        None | Some(Value::Unit) => Ok(BTreeMap::new()),
        Some(Value::Map(entries)) => Ok(entries.iter().map(parameter).collect()),
        Some(other) => Err(Fault::script(format!(
            "expected parameters in a map, not {}",
            other.noun()
        ))
        .in_argument("params")),
    }
}

fn parameter((name, value): &(String, Value)) -> (String, Value) {
    if let Value::Secret(secret) = value {
        return (name.clone(), Value::Text(secret.to_string().into()));
    }
    (name.clone(), value.clone())
}

/// Calls a function that is expected to fail.
fn call_failing(
    node: &TestNode,
    context: &NativeCallContext<'_>,
    args: &Args,
    call: &FnPtr,
) -> Thrown<Verdict> {
    let Err(error) = call.call_within_context::<Dynamic>(context, ()) else {
        return Ok(trial::fails_with(&args.get(&bindings::FAULT), None));
    };
    if let EvalAltResult::ErrorTerminated(token, _) = error.unwrap_inner() {
        if !token.is::<Caught>() {
            return Err(error);
        }
        node.resume();
    }
    let source = context.call_source().unwrap_or_default();
    let fault = runtime_errors::fault(error, source, &|_| None);
    Ok(trial::fails_with(
        &args.get(&bindings::FAULT),
        fault.as_ref(),
    ))
}

fn no_function(value: &Value) -> Fault {
    Fault::script(format!(
        "expected a function, such as `|| add(1)`, not {}",
        value.noun()
    ))
    .in_argument("call")
}
