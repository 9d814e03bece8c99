//! A session as one script. What its inputs declare stands at the top, with
//! the values it has; of functions with one name the last one is left.

use std::fmt::Write as _;
use std::ops::Range;

use crate::bindings::Value;
use crate::script::{ParamSpec, ParamType};
use crate::state::Platform;

use super::replay::Input;
use super::scan::{self, Span, TokenKind};
use super::shown;

/// The script.
pub(super) fn text(platform: Platform, specs: &[ParamSpec], inputs: &[Input]) -> String {
    let mut text = "//! Saved from a session of `ascript repl`.\n\n".to_owned();
    let _ = writeln!(text, "const PLATFORM = \"{}\";", platform.word());
    if !specs.is_empty() {
        text.push_str("const PARAMS = #{\n");
        for spec in specs {
            declare(spec, &mut text);
        }
        text.push_str("};\n");
    }
    text.push('\n');
    for (index, input) in inputs.iter().enumerate() {
        let body = &*input.script.text;
        let mut cuts = constants(body);
        let later = &inputs[index + 1..];
        cuts.extend(functions(body).into_iter().filter_map(|function| {
            let is_again = later
                .iter()
                .flat_map(|input| functions(&input.script.text))
                .any(|other| other.name == function.name && other.count == function.count);
            is_again.then_some(function.range)
        }));
        let body = ended(&without(body, cuts));
        if !body.is_empty() {
            text.push_str(&body);
            text.push('\n');
        }
    }
    text
}

fn declare(spec: &ParamSpec, text: &mut String) {
    let _ = write!(text, "    {}: #{{ type: \"{}\"", spec.name, spec.ty.word());
    if let ParamType::Choice(values) = &spec.ty {
        let values = Value::from(values.clone());
        let _ = write!(text, ", values: {}", shown::literal(&values));
    }
    if let Some(default) = &spec.default {
        let reference = match default {
            Value::Secret(secret) => Some(Value::Text(secret.to_string().into())),
            Value::Unit
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Outcome(_)
            | Value::Other(_) => None,
        };
        let default = reference.as_ref().unwrap_or(default);
        let _ = write!(text, ", default: {}", shown::literal(default));
    }
    let help = Value::from(spec.help.as_str());
    let _ = writeln!(text, ", help: {} }},", shown::literal(&help));
}

/// Where `const PARAMS` and `const PLATFORM` stand.
fn constants(body: &str) -> Vec<Range<usize>> {
    let spans: Vec<_> = scan::code(body).collect();
    let is_declared = |at: usize| {
        let name = spans.get(at + 1);
        spans[at].is("const") && name.is_some_and(|n| n.is("PARAMS") || n.is("PLATFORM"))
    };
    (0..spans.len())
        .filter(|at| is_declared(*at))
        .map(|at| {
            let end = spans[at..].iter().find(|span| span.is(";"));
            spans[at].start..end.map_or(body.len(), Span::end)
        })
        .collect()
}

struct Function<'a> {
    name: &'a str,
    count: usize,
    range: Range<usize>,
}

/// Every function that is defined there.
fn functions(body: &str) -> Vec<Function<'_>> {
    let spans: Vec<_> = scan::code(body).collect();
    let starts = (0..spans.len()).filter(|at| spans[*at].is("fn"));
    starts.filter_map(|at| function(&spans, at)).collect()
}

fn function<'a>(spans: &[Span<'a>], at: usize) -> Option<Function<'a>> {
    let (name, open) = (spans.get(at + 1)?, at + 2);
    let close = open
        + spans
            .get(open..)?
            .iter()
            .position(|s| s.kind == TokenKind::Close)?;
    let params = &spans[open..close];
    let mut depth = 0;
    let last = spans[close + 1..].iter().find(|span| {
        match span.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth -= 1,
            TokenKind::Word
            | TokenKind::Number
            | TokenKind::Text
            | TokenKind::OpenText
            | TokenKind::Comment
            | TokenKind::OpenComment
            | TokenKind::Sign => {}
        }
        depth == 0
    })?;
    let is_private = at > 0 && spans[at - 1].is("private");
    let start = spans[if is_private { at - 1 } else { at }].start;
    Some(Function {
        name: name.text,
        count: params.iter().filter(|s| s.kind == TokenKind::Word).count(),
        range: start..last.end(),
    })
}

fn without(body: &str, mut cuts: Vec<Range<usize>>) -> String {
    cuts.sort_by_key(|cut| cut.start);
    let mut kept = body.to_owned();
    for cut in cuts.into_iter().rev() {
        kept.replace_range(cut, "");
    }
    kept.trim().to_owned()
}

/// Ends the last statement, where another one could not follow it.
fn ended(body: &str) -> String {
    const BLOCKS: &[&str] = &[
        "fn", "private", "if", "for", "while", "loop", "do", "switch", "try",
    ];
    let spans: Vec<_> = scan::code(body).collect();
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
        return body.to_owned();
    };
    let is_block = last.text == "}" && BLOCKS.iter().any(|word| first.is(word));
    if last.is(";") || is_block {
        return body.to_owned();
    }
    let (text, comment) = body.split_at(last.end());
    format!("{text};{comment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(text: &str) -> Input {
        Input {
            script: crate::script::Script::piped(text.to_owned()),
            first: 1,
            acted: 0,
        }
    }

    #[test]
    fn statements_are_ended_once() {
        for (line, saved) in [
            ("conf.users()", "conf.users();"),
            ("conf.users() // all", "conf.users(); // all"),
            ("let x = 1;", "let x = 1;"),
            ("#{ a: 1 }", "#{ a: 1 };"),
            ("if x { y }", "if x { y }"),
            ("fn f() { 1 }", "fn f() { 1 }"),
            ("let a = `\n;`", "let a = `\n;`;"),
            ("// nothing", "// nothing"),
        ] {
            assert_eq!(ended(line), saved);
        }
    }

    #[test]
    fn declarations_move_to_the_top_and_functions_come_once() {
        let specs = [ParamSpec {
            name: "key".to_owned(),
            ty: ParamType::Secret,
            default: Some("env:KEY".into()),
            help: "a \"key\"".to_owned(),
        }];
        let inputs = [
            input("const PARAMS = #{ key: #{ type: \"secret\" } }; let a = 1;"),
            input("fn f(x) { if x { 1 } }"),
            input("f(1)"),
            input("fn f(y) { 2 } fn f(y, z) { 3 }"),
        ];
        assert_eq!(
            text(Platform::Linux, &specs, &inputs),
            "//! Saved from a session of `ascript repl`.\n\n\
             const PLATFORM = \"linux\";\n\
             const PARAMS = #{\n    \
             key: #{ type: \"secret\", default: \"env:KEY\", help: \"a \\\"key\\\"\" },\n\
             };\n\n\
             let a = 1;\n\
             f(1);\n\
             fn f(y) { 2 } fn f(y, z) { 3 }\n"
        );
    }
}
