//! Turns the engine's syntax errors into faults, in a script author's terms.

use rhai::{LexError, ParseError, ParseErrorType};

use crate::fault::{Fault, FaultKind, Location, Rule};
use crate::source::{SourceText, code_tokens, unclosed_bracket};

use super::limits::{exceeded_in_text, size};
use super::name_faults::{is_namespace, no_namespace, no_variable};
use super::{foreign_syntax, positions};

/// The fault of a text that does not compile.
pub(super) fn fault(error: &ParseError, source: &SourceText) -> Fault {
    let location = positions::location(&source.name, error.position());
    if let Some(fault) = unclosed(error.err_type(), location.as_ref(), source) {
        return fault;
    }
    let fault = syntax_fault(error.err_type());
    let fault = match (error.err_type(), location) {
        // The token mapper detects a misused namespace only at the token behind it.
        (ParseErrorType::BadInput(LexError::ImproperSymbol(word, _)), Some(location))
            if is_namespace(word) =>
        {
            let location = last_word_before(word, source, &location).unwrap_or(location);
            let before = source.text[..source.offset_at(&location)].trim_end();
            let is_declared = ["let", "const", "for"]
                .iter()
                .any(|it| before.ends_with(it));
            let hint =
                is_declared.then(|| format!("a variable needs another name, such as `{word}_now`"));
            let fault = fault.at(Some(location)).with_hints(hint);
            fault.with_rule(Rule::NamespaceAsValue)
        }
        (ParseErrorType::MissingToken(token, _), Some(location))
            if matches!(&**token, ";" | ",") =>
        {
            fault.at(Some(end_before(location, source)))
        }
        (_, location) => fault.at(location),
    };
    foreign_syntax::with_hint(fault, source)
}

/// The fault of a bracket on an earlier line that is never closed: the engine notices it only
/// where the text ends, or where what follows cannot stand.
fn unclosed(
    error: &ParseErrorType,
    noticed: Option<&Location>,
    source: &SourceText,
) -> Option<Fault> {
    let is_closing = |token: &str| matches!(token, "}" | ")" | "]" | ",");
    let is_possible = *error == ParseErrorType::UnexpectedEOF
        || matches!(error, ParseErrorType::MissingToken(token, _) if is_closing(token));
    let offset = unclosed_bracket(&source.text).filter(|_| is_possible)?;
    let opened = source.location(offset);
    if noticed.is_some_and(|noticed| noticed.line <= opened.line) {
        return None;
    }
    let bracket = &source.text[source.token_span(offset)];
    let fault = Fault::usage(format!("this `{bracket}` is not closed"));
    Some(fault.at(Some(opened)))
}

/// Where the code in front of a location ends: there a sign is missing, not before what follows.
/// The location itself if something foreign is written there.
fn end_before(location: Location, source: &SourceText) -> Location {
    if foreign_syntax::is_foreign(&location, source) {
        return location;
    }
    let before = &source.text[..source.offset_at(&location)];
    match code_tokens(before).last() {
        Some(token) => source.location(token.end()),
        None => location,
    }
}

/// The last place of a word in front of a location.
fn last_word_before(word: &str, source: &SourceText, location: &Location) -> Option<Location> {
    let before = &source.text[..source.offset_at(location)];
    let found = code_tokens(before).filter(|token| token.is(word)).last()?;
    Some(source.location(found.start))
}

/// The fault of a syntax error, without its location.
#[expect(clippy::wildcard_enum_match_arm, reason = "the engine may add errors")]
pub(super) fn syntax_fault(error: &ParseErrorType) -> Fault {
    match error {
        ParseErrorType::BadInput(error) => token_fault(error),
        ParseErrorType::TooManyFunctions => {
            exceeded_in_text("1000 functions").hint("move some of them to a module")
        }
        ParseErrorType::ModuleUndefined(name) => no_namespace(name, &[]),
        ParseErrorType::VariableUndefined(name) => no_variable(name).with_kind(FaultKind::Usage),
        ParseErrorType::UnexpectedEOF => {
            Fault::usage("unexpected end of script").hint("close the open bracket or quote")
        }
        ParseErrorType::Reserved(word) => Fault::usage(format!("`{word}` is a reserved word")),
        ParseErrorType::AssignmentToConstant(name) if !name.is_empty() => {
            constant_assigned(name, FaultKind::Usage)
        }
        ParseErrorType::MissingToken(token, why) => missing_token(token, why),
        ParseErrorType::ExprTooDeep => exceeded_in_text("64 levels of nesting, 32 in a function")
            .hint("assign the inner parts to variables with `let`"),
        other => Fault::usage(lowercase_first(&other.to_string())),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the engine may add errors")]
fn token_fault(error: &LexError) -> Fault {
    match error {
        LexError::ImproperSymbol(sign, _) if sign == "=" => {
            Fault::usage("`=` assigns a value, but a condition is expected").hint("write `==`")
        }
        LexError::ImproperSymbol(word, _) if word == "eval" => {
            Fault::usage("`eval` is not available").hint("write the code into the script")
        }
        LexError::ImproperSymbol(_, text) if !text.is_empty() => Fault::usage(text.clone()),
        LexError::MalformedEscapeSequence(text) => {
            Fault::usage(format!("`{text}` is not a known escape sequence"))
                .hint("write `\\\\` for a single `\\`")
        }
        LexError::MalformedChar(text) => {
            Fault::usage(format!("'{text}' is more than one character"))
        }
        LexError::StringTooLong(_) => exceeded_in_text(size("string")).hint("shorten the string"),
        other => Fault::usage(lowercase_first(&other.to_string())),
    }
}

/// The fault of a missing token; `why` reads like `to terminate this statement`.
fn missing_token(token: &str, why: &str) -> Fault {
    match token {
        ";" => Fault::usage("missing `;` after this"),
        "," => Fault::usage("missing `,` or closing bracket after this"),
        ":" => Fault::usage("missing `:` between a key and its value"),
        "{" => Fault::usage("missing block in braces"),
        _ => Fault::usage(format!("expected `{token}` {why}")),
    }
}

/// The fault of a constant that is assigned a value.
pub(super) fn constant_assigned(name: &str, kind: FaultKind) -> Fault {
    Fault::new(
        kind,
        format!("`{name}` is a constant and cannot be changed"),
    )
    .hint("declare it with `let` to make it a variable")
}

/// A message of the engine's in the style of ours.
pub(super) fn lowercase_first(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}
