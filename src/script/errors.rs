//! The engine's errors as faults, with the line they point at and in a
//! script's terms: no type of the engine's or of ours shows.

use std::rc::Rc;

use rhai::{Dynamic, EvalAltResult, LexError, ParseError, ParseErrorType, Position};

use crate::bindings::{self, Args, VALUE_NAMESPACES, Value};
use crate::fault::{Fault, FaultKind, Location, Rule};

use super::foreign_syntax;
use super::limits::{limit, size, too_much};
use super::values::{Caught, value};

/// The stop that `exit` makes; no script can catch it.
#[derive(Clone)]
pub(super) struct Exit;

/// The stop that a signal makes.
#[derive(Clone)]
pub(super) struct Stopped;

/// What compiling a text led to.
pub(super) fn parsing(error: &ParseError, text: &str, file: &str) -> Fault {
    let at = place(file, error.position());
    let fault = syntax(error.err_type());
    // The mapper sees that a namespace is misused only at the word behind it.
    let fault = match (error.err_type(), at) {
        (ParseErrorType::BadInput(LexError::ImproperSymbol(word, _)), Some(at))
            if namespaces().any(|namespace| namespace == word) =>
        {
            let at = last_before(word, text, &at).unwrap_or(at);
            fault.at(Some(at)).with_rule(Rule::NamespaceAsValue)
        }
        (ParseErrorType::MissingToken(token, _), Some(at)) if matches!(&**token, ";" | ",") => {
            fault.at(Some(missed(at, text)))
        }
        (_, at) => fault.at(at),
    };
    foreign_syntax::hinted(fault, text)
}

/// What is missing is missing behind what stands there, not in front of what
/// comes next.
fn missed(at: Location, text: &str) -> Location {
    if foreign_syntax::is_slip(&at, text) {
        return at;
    }
    foreign_syntax::end_before(&at, text).unwrap_or(at)
}

/// The last place of a word in front of another place.
fn last_before(word: &str, text: &str, end: &Location) -> Option<Location> {
    let lines = text.lines().zip(1..).take(end.line as usize);
    let found = lines.filter_map(|(line, number)| {
        let length = line.chars().count();
        let is_last = number == end.line;
        let reach = if is_last {
            end.column as usize - 1
        } else {
            length
        };
        let reach = line
            .char_indices()
            .nth(reach)
            .map_or(line.len(), |(at, _)| at);
        let column = line[..line[..reach].rfind(word)?].chars().count() + 1;
        Some((number, u32::try_from(column).ok()?))
    });
    let (line, column) = found.last()?;
    Some(Location {
        file: end.file.clone(),
        line,
        column,
    })
}

/// What running a script led to; nothing where it only ended early.
#[expect(clippy::wildcard_enum_match_arm, reason = "the engine may add errors")]
pub(super) fn running(error: Box<EvalAltResult>, main: &str) -> Option<Fault> {
    let mut file = main.to_owned();
    let mut frames = Vec::new();
    let mut error = error;
    loop {
        match *error {
            EvalAltResult::ErrorInFunctionCall(_, source, inner, position) => {
                frames.extend(place(&file, position));
                if !source.is_empty() {
                    file = source;
                }
                error = inner;
            }
            EvalAltResult::ErrorInModule(path, inner, position) => {
                frames.extend(place(&file, position));
                if !path.is_empty() {
                    file = path;
                }
                error = inner;
            }
            innermost => {
                frames.reverse();
                // A native that calls back adds its own place twice.
                frames.dedup();
                return plain(innermost, &file).map(|fault| told(fault, frames));
            }
        }
    }
}

/// A fault with the calls that led to it. What a module of the binary refuses
/// is the doing of whoever called it, so it is told there.
fn told(fault: Fault, frames: Vec<Location>) -> Fault {
    let is_ours = |place: &Location| place.file.starts_with("std/");
    if !fault.location().is_some_and(is_ours) {
        return fault.with_calls(frames);
    }
    let mut outer = frames.iter().cloned().skip_while(is_ours);
    match outer.next() {
        Some(caller) => fault.at_exactly(caller).with_calls(outer.collect()),
        None => fault.with_calls(frames),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the engine may add errors")]
fn plain(error: EvalAltResult, file: &str) -> Option<Fault> {
    let at = place(file, error.position());
    let fault = match error {
        EvalAltResult::ErrorRuntime(value, _) if value.is::<Caught>() => {
            let Caught(fault) = value.cast::<Caught>();
            Rc::unwrap_or_clone(fault)
        }
        EvalAltResult::ErrorRuntime(thrown, _) => {
            Fault::script(format!("the script threw: {}", shown(&thrown)))
        }
        EvalAltResult::ErrorTerminated(token, _) if token.is::<Exit>() => return None,
        EvalAltResult::ErrorTerminated(..) => Fault::new(FaultKind::Interrupted, "stopped"),
        EvalAltResult::ErrorParsing(error, _) => syntax(&error),
        EvalAltResult::ErrorFunctionNotFound(signature, _) => no_function(&signature),
        EvalAltResult::ErrorVariableNotFound(name, _) => no_variable(&name),
        EvalAltResult::ErrorModuleNotFound(name, _) => {
            Fault::script(format!("there is no module `{name}`"))
        }
        EvalAltResult::ErrorPropertyNotFound(name, _) => {
            Fault::script(format!("there is no `.{name}` here"))
        }
        EvalAltResult::ErrorDotExpr(text, _) => no_part(&text),
        EvalAltResult::ErrorAssignmentToConstant(name, _) => constant(&name, FaultKind::Script),
        EvalAltResult::ErrorArrayBounds(count, index, _) => {
            Fault::script(format!("there is no item {index} in a list of {count}"))
                .hint("the first item is 0")
        }
        EvalAltResult::ErrorArithmetic(text, _) => arithmetic(&text),
        EvalAltResult::ErrorMismatchDataType(wanted, got, _)
        | EvalAltResult::ErrorMismatchOutputType(wanted, got, _) => {
            Fault::script(format!("this wants {}, not {}", noun(&wanted), noun(&got)))
        }
        // `Secret [i64]`: the type, and that of the index.
        EvalAltResult::ErrorIndexingType(ty, _) => {
            let ty = ty.split(" [").next().unwrap_or_default();
            Fault::script(format!("{} has no parts to pick by index", noun(ty)))
        }
        EvalAltResult::ErrorFor(_) => Fault::script("`for` goes through a list, a range or a text"),
        EvalAltResult::ErrorTooManyOperations(_) => limit("5 million operations"),
        EvalAltResult::ErrorTooManyVariables(_) => limit("1000 variables at a time"),
        EvalAltResult::ErrorTooManyModules(_) => limit("64 modules"),
        EvalAltResult::ErrorStackOverflow(_) => limit("64 calls deep"),
        EvalAltResult::ErrorDataTooLarge(what, _) => limit(size(&what)),
        other => Fault::script(lower(&strip_position(&other.to_string()))),
    };
    Some(fault.at(at))
}

/// What a script threw, as it would print it.
fn shown(thrown: &Dynamic) -> String {
    match value(thrown) {
        Value::Secret(secret) => format!("‹{secret}›"),
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

/// `Unknown property 'a' - a getter is not registered for type '()'`.
fn no_part(text: &str) -> Fault {
    let mut quoted = text.split('\'').skip(1).step_by(2);
    let (Some(name), Some(ty)) = (quoted.next(), quoted.next()) else {
        return Fault::script(lower(text));
    };
    let known: &[&str] = match noun(ty) {
        "an outcome" => &["changed", "before", "after"],
        "an error" => &["kind", "message", "hints"],
        _ => &[],
    };
    Fault::script(format!("there is no `.{name}` in {}", noun(ty)))
        .suggest(name, known.iter().copied())
}

fn constant(name: &str, kind: FaultKind) -> Fault {
    Fault::new(kind, format!("`{name}` cannot be changed"))
        .hint("a name that is made with `let` can be")
}

/// `Error parsing integer number 'x': invalid digit found in string`.
fn arithmetic(text: &str) -> Fault {
    match text.split('\'').nth(1) {
        Some(given) if text.starts_with("Error parsing") => {
            Fault::script(format!("`{given}` is not a number"))
        }
        _ => Fault::script(lower(text)),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the engine may add errors")]
fn syntax(error: &ParseErrorType) -> Fault {
    match error {
        ParseErrorType::BadInput(LexError::ImproperSymbol(sign, _)) if sign == "=" => {
            Fault::usage("`=` gives a value, where a condition is wanted").hint("write `==`")
        }
        ParseErrorType::BadInput(LexError::MalformedEscapeSequence(text)) => {
            Fault::usage(format!("`{text}` means nothing in a text"))
                .hint("a single `\\` is written `\\\\`")
        }
        ParseErrorType::BadInput(LexError::ImproperSymbol(word, _)) if word == "eval" => {
            Fault::usage("`eval` is off").hint("what a script does stands in its text")
        }
        ParseErrorType::BadInput(LexError::StringTooLong(_)) => {
            too_much(size("string")).hint("a script is no place for so long a text")
        }
        ParseErrorType::TooManyFunctions => {
            too_much("1000 functions").hint("put some of them in a module")
        }
        ParseErrorType::BadInput(LexError::ImproperSymbol(_, text)) if !text.is_empty() => {
            Fault::usage(text.clone())
        }
        ParseErrorType::ModuleUndefined(name) => namespace_unknown(name, &[]),
        ParseErrorType::VariableUndefined(name) => no_variable(name).with_kind(FaultKind::Usage),
        ParseErrorType::UnexpectedEOF => Fault::usage("the script ends in the middle of something")
            .hint("is a bracket or a quote left open?"),
        ParseErrorType::Reserved(word) => Fault::usage(format!("`{word}` is a reserved word")),
        ParseErrorType::AssignmentToConstant(name) if !name.is_empty() => {
            constant(name, FaultKind::Usage)
        }
        ParseErrorType::MissingToken(token, why) => missing_sign(token, why),
        ParseErrorType::BadInput(LexError::MalformedChar(text)) => {
            Fault::usage(format!("'{text}' is more than one letter"))
        }
        ParseErrorType::ExprTooDeep => too_much("64 levels of nesting, 32 in a function")
            .hint("give the inner parts names with `let`"),
        other => Fault::usage(lower(&other.to_string())),
    }
}

/// `to terminate this statement`, `to separate the items of …`
fn missing_sign(sign: &str, why: &str) -> Fault {
    match sign {
        ";" => Fault::usage("a `;` is missing behind this"),
        "," => Fault::usage("a `,` or the closing bracket is missing behind this"),
        ":" => Fault::usage("a `:` is missing between a key and its value"),
        "{" => Fault::usage("a block in braces is missing here"),
        _ => Fault::usage(format!("expecting '{sign}' {why}")),
    }
}

/// The names of the values in the namespace `host`.
pub(super) fn host_values() -> impl Iterator<Item = &'static str> {
    let names = bindings::VALUES.iter().map(|value| value.name);
    names.filter_map(|name| name.strip_prefix("host."))
}

/// The namespaces of the bindings and of values.
pub(super) fn namespaces() -> impl Iterator<Item = &'static str> {
    let bound = bindings::all().filter_map(|binding| binding.path().0);
    bound.chain(VALUE_NAMESPACES.iter().copied())
}

/// The fault of a name before `::` that is none of these modules either.
pub(super) fn namespace_unknown(name: &str, modules: &[&str]) -> Fault {
    let known = modules
        .iter()
        .copied()
        .chain(namespaces().map(|name| name as &str));
    Fault::usage(format!("there is no namespace or module `{name}`"))
        .with_rule(Rule::UnknownNamespace)
        .suggest(name, known)
}

/// The fault of a name that nothing goes by.
pub(super) fn no_variable(name: &str) -> Fault {
    if let Some(param) = name.strip_prefix("params::") {
        return Fault::script(format!("the script declares no parameter `{param}`"))
            .hint("add it to PARAMS, or look at the names there");
    }
    if namespaces().any(|namespace| namespace == name) {
        return Fault::script(format!("`{name}` is a namespace; write `{name}.<name>`"));
    }
    if let Some((namespace, rest)) = name.split_once("::") {
        if let Some(binding) = bindings::find(&format!("{namespace}.{rest}")) {
            return Fault::script(format!("`{}` is called with brackets", binding.name))
                .hint(format!("write `{}`", binding.usage()));
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

/// The fault of a call such as `conf::set_usr (&str | ImmutableString | String, map)`.
fn no_function(signature: &str) -> Fault {
    let (name, types) = signature.split_once(" (").unwrap_or((signature, ""));
    let types = types.trim_end_matches(')');
    let written = name.replace("::", ".");
    if let Some(binding) = bindings::find(&written) {
        let count = if types.is_empty() {
            0
        } else {
            types.split(", ").count()
        };
        let given = vec![Value::Unit; count];
        return Args::check(binding, given).err().unwrap_or_else(|| {
            Fault::script(format!("`{written}` cannot be called like this"))
                .hint(format!("write `{}`", binding.usage()))
        });
    }
    if name.starts_with("anon$") {
        return Fault::script("a function that a module made cannot be called outside of it")
            .hint("call it inside the module");
    }
    if name.starts_with("elements of ") {
        return Fault::script("this list cannot be sorted").hint("sort texts or numbers");
    }
    let given: Vec<_> = types
        .split(", ")
        .filter(|ty| !ty.is_empty())
        .map(noun)
        .collect();
    let given = match given.split_last() {
        Some((last, [])) => format!(" for {last}"),
        Some((last, rest)) => format!(" for {} and {last}", rest.join(", ")),
        None => String::new(),
    };
    let is_operator = !written.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if is_operator {
        return Fault::script(format!("there is no `{written}`{given}"));
    }
    if written.contains('.') {
        return no_binding(&written);
    }
    let known = bindings::all().map(|binding| binding.name);
    let fault = Fault::script(format!("there is no function `{written}`{given}"))
        .with_rule(Rule::UnknownFunction)
        .suggest(&written, known);
    if fault.hints().is_empty() {
        let words = written.replace('_', " ");
        return fault.hint(format!("`ascript docs {words}` looks for one"));
    }
    fault
}

/// The fault of a name within a namespace: the same in another one, or the nearest.
pub(super) fn no_binding(written: &str) -> Fault {
    let fault = Fault::script(format!("there is no `{written}`")).with_rule(Rule::UnknownBinding);
    let (namespace, name) = written.split_once('.').unwrap_or(("", written));
    if let Some(same) = bindings::all().find(|binding| binding.path().1 == name) {
        return fault.hint(format!("did you mean `{}`?", same.name));
    }
    let prefix = format!("{namespace}.");
    let known = bindings::all().map(|binding| binding.name);
    fault.suggest(written, known.filter(|name| name.starts_with(&prefix)))
}

/// What a person would call a type of the engine's.
fn noun(ty: &str) -> &'static str {
    match ty.trim() {
        "()" => "nothing",
        "bool" => "true or false",
        "i64" | "f64" => "a number",
        "map" => "a map",
        "array" => "a list",
        "char" => "a letter",
        "Fn" => "a function",
        "secret" => "a secret",
        "outcome" => "an outcome",
        "error" => "an error",
        "range" | "range=" => "a range",
        // A type that is asked for its own name gives it as Rust spells it.
        ty if ty.ends_with("::Secret") => "a secret",
        ty if ty.ends_with("::Outcome") => "an outcome",
        ty if ty.ends_with("::Caught") => "an error",
        text if text.contains("tring") => "a text",
        _ => "a value of another kind",
    }
}

fn strip_position(text: &str) -> String {
    match text.rfind(" (line ") {
        Some(end) => text[..end].to_owned(),
        None => text.to_owned(),
    }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// A position in a file.
pub(super) fn place(file: &str, position: Position) -> Option<Location> {
    Some(Location {
        file: file.into(),
        line: u32::try_from(position.line()?).ok()?,
        column: position
            .position()
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or(1),
    })
}
