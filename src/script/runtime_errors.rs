//! Turns the engine's runtime errors into faults, in a script author's terms: no type of the
//! engine or of this crate appears in them.

use std::rc::Rc;

use rhai::{Dynamic, EvalAltResult};

use crate::bindings::{self, Args, Value};
use crate::fault::{Fault, FaultKind, Location};
use crate::source::SourceText;

use super::compile_errors::{constant_assigned, lowercase_first, syntax_fault};
use super::foreign_syntax;
use super::limits::{exceeded, size};
use super::name_faults::{self, ask_for_property, function_names, no_binding, no_variable};
use super::positions::location;
use super::values::{Caught, value};

/// What to do with a text where a number is needed.
pub(super) const NUMBER_OF_TEXT: &str = "make a number of a text with `parse_int(text)`";

/// Ends a script that calls `exit`; a script cannot catch it.
#[derive(Clone)]
pub(super) struct Exit;

/// Ends a script that is interrupted; a script cannot catch it.
#[derive(Clone)]
pub(super) struct Stopped;

/// Returns the text of a compiled source by its name.
pub(super) type CompiledSources<'a> = &'a dyn Fn(&str) -> Option<Rc<str>>;

/// The fault of a run that failed, with the calls that led there. `None` if the script called
/// `exit`.
#[expect(clippy::wildcard_enum_match_arm, reason = "the engine may add errors")]
pub(super) fn fault(
    error: Box<EvalAltResult>,
    main: &str,
    sources: CompiledSources<'_>,
) -> Option<Fault> {
    let mut file = main.to_owned();
    let mut calls = Vec::new();
    let mut error = error;
    loop {
        let (source, inner, position) = match *error {
            EvalAltResult::ErrorInFunctionCall(_, source, inner, position)
            | EvalAltResult::ErrorInModule(source, inner, position) => (source, inner, position),
            innermost => {
                calls.extend(outermost_call(&innermost, &file));
                calls.reverse();
                // A native function that calls back adds its own location twice.
                calls.dedup();
                return innermost_fault(innermost, &file, sources)
                    .map(|fault| with_calls(fault, calls));
            }
        };
        calls.extend(location(&file, position));
        if !source.is_empty() {
            file = source;
        }
        error = inner;
    }
}

/// The call that led to a fault which ends the script. The engine passes such an
/// error on without frames, with the position of the outermost call.
fn outermost_call(error: &EvalAltResult, file: &str) -> Option<Location> {
    let EvalAltResult::ErrorTerminated(token, position) = error else {
        return None;
    };
    let Caught(fault) = &*token.read_lock::<Caught>()?;
    location(file, *position).filter(|call| fault.location().is_some_and(|at| at != call))
}

/// Adds the calls that led to a fault. A fault in a bundled module is located where the script
/// calls the module.
fn with_calls(fault: Fault, calls: Vec<Location>) -> Fault {
    let is_bundled = |location: &Location| location.file.starts_with("std/");
    if !fault.location().is_some_and(is_bundled) {
        return fault.with_calls(calls);
    }
    let mut outer = calls.iter().cloned().skip_while(is_bundled);
    match outer.next() {
        Some(caller) => fault.at_exactly(caller).with_calls(outer.collect()),
        None => fault.with_calls(calls),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the engine may add errors")]
fn innermost_fault(
    error: EvalAltResult,
    file: &str,
    sources: CompiledSources<'_>,
) -> Option<Fault> {
    let at = location(file, error.position());
    let fault = match error {
        EvalAltResult::ErrorRuntime(value, _) | EvalAltResult::ErrorTerminated(value, _)
            if value.is::<Caught>() =>
        {
            let Caught(fault) = value.cast::<Caught>();
            Rc::unwrap_or_clone(fault)
        }
        EvalAltResult::ErrorRuntime(thrown, _) => {
            Fault::script(format!("the script threw: {}", printed(&thrown)))
        }
        EvalAltResult::ErrorTerminated(token, _) if token.is::<Exit>() => return None,
        EvalAltResult::ErrorTerminated(..) => Fault::new(FaultKind::Stopped, "stopped"),
        EvalAltResult::ErrorParsing(error, _) => syntax_fault(&error),
        EvalAltResult::ErrorFunctionNotFound(signature, _) => no_function(&signature),
        EvalAltResult::ErrorVariableNotFound(name, _) => no_variable(&name),
        EvalAltResult::ErrorModuleNotFound(name, _) => no_module(&name),
        EvalAltResult::ErrorPropertyNotFound(name, _) => {
            let source = sources(file).map(|text| SourceText::new(file, text));
            let place = source.as_ref().zip(at.as_ref());
            let map = place.and_then(|(source, at)| source.map_of(&name, source.offset_at(at)));
            no_map_property(&name, map)
        }
        EvalAltResult::ErrorDotExpr(text, _) => no_property(&text),
        EvalAltResult::ErrorAssignmentToConstant(name, _) => {
            constant_assigned(&name, FaultKind::Script)
        }
        EvalAltResult::ErrorArrayBounds(count, index, _) => no_item(index, count),
        EvalAltResult::ErrorArithmetic(text, _) => arithmetic(&text),
        EvalAltResult::ErrorMismatchDataType(expected, got, _)
        | EvalAltResult::ErrorMismatchOutputType(expected, got, _) => wrong_type(&expected, &got),
        EvalAltResult::ErrorIndexingType(ty, _) => not_indexed(&ty),
        EvalAltResult::ErrorFor(_) => not_iterable(),
        EvalAltResult::ErrorTooManyOperations(_) => exceeded("5 million operations"),
        EvalAltResult::ErrorTooManyVariables(_) => exceeded("1000 variables at a time"),
        EvalAltResult::ErrorTooManyModules(_) => exceeded("64 modules"),
        EvalAltResult::ErrorStackOverflow(_) => exceeded("64 nested calls"),
        EvalAltResult::ErrorDataTooLarge(what, _) => exceeded(size(&what)),
        other => Fault::script(lowercase_first(&without_position(&other.to_string()))),
    };
    Some(fault.at(at))
}

/// The fault of an error that a script caught, from the engine's text for it. The script gets
/// that text only; it says the same as the fault that would have ended the script.
pub(super) fn caught(text: &str) -> Fault {
    // The calls that led there follow on lines of their own.
    let text = without_position(text.split("\nin ").next().unwrap_or(text));
    let known = ENGINE_TEXTS.iter().find_map(|(start, make)| {
        let rest = text.strip_prefix(start)?;
        make(rest)
    });
    known.unwrap_or_else(|| arithmetic(&text))
}

/// Makes a fault of what follows the beginning of a text of the engine's.
type FromText = fn(&str) -> Option<Fault>;

/// How the engine's texts begin, and the fault of each.
const ENGINE_TEXTS: &[(&str, FromText)] = &[
    ("Function not found: ", |rest| Some(no_function(rest))),
    ("Variable not found: ", |rest| Some(no_variable(rest))),
    ("Property not found: ", |rest| {
        Some(no_map_property(rest, None))
    }),
    ("Module not found: ", |rest| Some(no_module(rest))),
    ("Indexer unavailable: ", |rest| Some(not_indexed(rest))),
    ("For loop expects iterable type", |_| Some(not_iterable())),
    ("Unknown property ", |rest| {
        Some(no_property(&format!("Unknown property {rest}")))
    }),
    ("Cannot modify constant ", |rest| {
        Some(constant_assigned(rest, FaultKind::Script))
    }),
    ("Array index ", out_of_bounds),
    ("Data type incorrect: ", mismatch),
    ("Output type incorrect: ", mismatch),
];

/// The fault of `7 out of bounds: only 1 element in array`.
fn out_of_bounds(rest: &str) -> Option<Fault> {
    let (index, count) = rest.split_once(" out of bounds: ")?;
    let mut digits = count.split(' ').filter_map(|word| word.parse().ok());
    Some(no_item(index.parse().ok()?, digits.next().unwrap_or(0)))
}

/// The fault of `map (expecting i64)`.
fn mismatch(rest: &str) -> Option<Fault> {
    let (got, expected) = rest.strip_suffix(')')?.split_once(" (expecting ")?;
    Some(wrong_type(expected, got))
}

fn no_map_property(name: &str, map: Option<&str>) -> Fault {
    Fault::script(format!("there is no property `{name}`")).hint(ask_for_property(name, map))
}

fn no_module(name: &str) -> Fault {
    Fault::script(format!("there is no module `{name}`"))
}

fn no_item(index: i64, count: usize) -> Fault {
    let message = format!("there is no item {index} in a list of {count} items");
    Fault::script(message).hint("the first item is 0")
}

fn wrong_type(expected: &str, got: &str) -> Fault {
    let (expected, got) = (type_name(expected), type_name(got));
    Fault::script(format!("expected {expected}, not {got}"))
}

/// The fault of `Secret [i64]`: a type, and that of the index.
fn not_indexed(types: &str) -> Fault {
    let ty = types.split(" [").next().unwrap_or_default();
    Fault::script(format!("{} cannot be indexed", type_name(ty)))
}

fn not_iterable() -> Fault {
    Fault::script("`for` iterates over a list, a range or a string")
}

/// A thrown value as a script would print it.
fn printed(thrown: &Dynamic) -> String {
    match value(thrown) {
        Value::Secret(secret) => format!("‹{secret}›"),
        Value::SecretText(text) => text.to_string(),
        Value::Outcome(_) => "an outcome".to_owned(),
        Value::Other(noun) => noun.to_owned(),
        Value::Unit
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::List(_)
        | Value::Map(_) => thrown.to_string(),
    }
}

/// The fault of `Unknown property 'a' - a getter is not registered for type '()'`.
fn no_property(text: &str) -> Fault {
    let mut quoted = text.split('\'').skip(1).step_by(2);
    let (Some(name), Some(ty)) = (quoted.next(), quoted.next()) else {
        return Fault::script(lowercase_first(text));
    };
    let owner = type_name(ty);
    let known: &[&str] = match owner {
        "an outcome" => &["changed", "before", "after"],
        "an error" => &["kind", "message", "hints"],
        _ => &[],
    };
    let fault = Fault::script(format!("{owner} has no property `{name}`"));
    fault
        .suggest(name, known.iter().copied())
        .with_hints(foreign_syntax::word_hint(name))
}

/// The fault of `Error parsing integer number 'x': invalid digit found in string` and others.
fn arithmetic(text: &str) -> Fault {
    match text.split('\'').nth(1) {
        Some(operand) if text.starts_with("Error parsing") => {
            Fault::script(format!("`{operand}` is not a number"))
        }
        _ => Fault::script(lowercase_first(text)),
    }
}

/// The fault of a call such as `conf::set_usr (&str | ImmutableString | String, map)`.
fn no_function(signature: &str) -> Fault {
    let (name, types) = signature.split_once(" (").unwrap_or((signature, ""));
    let types = types.trim_end_matches(')').split(", ");
    let types: Vec<_> = types.filter(|ty| !ty.is_empty()).collect();
    let path = name.replace("::", ".");
    if let Some(binding) = bindings::find(&path) {
        let args = vec![Value::Unit; types.len()];
        return Args::check(binding, args).err().unwrap_or_else(|| {
            Fault::script(format!("`{path}` cannot be called like this"))
                .hint(format!("write `{}`", binding.usage()))
        });
    }
    if name.starts_with("anon$") {
        return Fault::script("a closure of a module cannot be called outside of the module")
            .hint("call it inside the module");
    }
    if name.starts_with("elements of ") {
        return Fault::script("this list cannot be sorted").hint("sort strings or numbers");
    }
    let types: Vec<_> = types.into_iter().map(type_name).collect();
    let operands = match types.split_last() {
        Some((last, [])) => format!(" for {last}"),
        Some((last, rest)) => format!(" for {} and {last}", rest.join(", ")),
        None => String::new(),
    };
    let is_operator = !path.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if is_operator {
        let fault = Fault::script(format!("there is no operator `{path}`{operands}"));
        return fault.with_hints(operator_hint(&path, &types));
    }
    if path.contains('.') {
        return no_binding(&path);
    }
    name_faults::no_function(&path, &operands, function_names())
}

/// What to do where an operator does not take values of these types.
fn operator_hint(operator: &str, types: &[&str]) -> Option<&'static str> {
    let has = |ty: &str| types.contains(&ty);
    if operator == ".." && has("a string") {
        foreign_syntax::word_hint("concat")
    } else if has("a string") && has("a number") {
        Some(NUMBER_OF_TEXT)
    } else {
        None
    }
}

/// What a script author calls a type of the engine's.
pub(super) fn type_name(ty: &str) -> &'static str {
    match ty.trim() {
        "()" => "nothing",
        "bool" => "true or false",
        "i64" | "f64" => "a number",
        "map" => "a map",
        "array" => "a list",
        "char" => "a character",
        "Fn" => "a function",
        "secret" => "a secret",
        "outcome" => "an outcome",
        "error" => "an error",
        "range" | "range=" => "a range",
        // `type_of` returns the Rust path of a registered type.
        ty if ty.ends_with("::Secret") => "a secret",
        ty if ty.ends_with("::Outcome") => "an outcome",
        ty if ty.ends_with("::Caught") => "an error",
        text if text.contains("tring") => "a string",
        _ => "a value of another type",
    }
}

fn without_position(text: &str) -> String {
    match text.rfind(" (line ") {
        Some(end) => text[..end].to_owned(),
        None => text.to_owned(),
    }
}
