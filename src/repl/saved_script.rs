//! Writes a session as one script. Parameters are declared at the top with their current values;
//! of functions with the same name only the last one is written.

use std::fmt::Write as _;
use std::ops::Range;

use crate::script::ParamSpec;
use crate::source::{self, Token, code_tokens, functions};
use crate::state::Platform;

use super::replay::Input;
use super::value_literals::literal;

/// The text of the script.
pub(super) fn script_text(platform: Platform, specs: &[ParamSpec], inputs: &[Input]) -> String {
    let mut text = "//! Saved from a session of `ascript repl`.\n\n".to_owned();
    let _ = writeln!(text, "const PLATFORM = \"{}\";", platform.name());
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
            let is_replaced = later
                .iter()
                .flat_map(|input| functions(&input.script.text))
                .any(|other| {
                    other.name == function.name && other.params.len() == function.params.len()
                });
            is_replaced.then_some(function.span)
        }));
        let body = terminated(&without(body, cuts));
        if !body.is_empty() {
            text.push_str(&body);
            text.push('\n');
        }
    }
    source::format(&text)
}

/// Appends the declaration of a parameter.
fn declare(spec: &ParamSpec, text: &mut String) {
    let _ = writeln!(text, "    {}: {},", spec.name, literal(&spec.literal()));
}

/// The spans of `const PARAMS = …;` and `const PLATFORM = …;`.
fn constants(body: &str) -> Vec<Range<usize>> {
    let tokens: Vec<_> = code_tokens(body).collect();
    let is_declared = |at: &usize| {
        let name = tokens.get(at + 1);
        tokens[*at].is("const") && name.is_some_and(|n| n.is("PARAMS") || n.is("PLATFORM"))
    };
    let declared = (0..tokens.len()).filter(is_declared);
    let spans = declared.map(|at| {
        let end = tokens[at..].iter().find(|token| token.is(";"));
        tokens[at].start..end.map_or(body.len(), Token::end)
    });
    spans.collect()
}

/// The text without these parts.
fn without(body: &str, mut cuts: Vec<Range<usize>>) -> String {
    cuts.sort_by_key(|cut| cut.start);
    let mut kept = body.to_owned();
    for cut in cuts.into_iter().rev() {
        kept.replace_range(cut, "");
    }
    kept.trim().to_owned()
}

/// Adds a `;` to the last statement if another one could not follow it.
fn terminated(body: &str) -> String {
    const BLOCKS: &[&str] = &[
        "fn", "private", "if", "for", "while", "loop", "do", "switch", "try",
    ];
    let tokens: Vec<_> = code_tokens(body).collect();
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
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
            is_applied: false,
        }
    }

    #[test]
    fn statements_are_terminated_once() {
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
            assert_eq!(terminated(line), saved);
        }
    }

    #[test]
    fn declarations_move_to_the_top_and_functions_come_once() {
        let specs = [ParamSpec {
            name: "key".to_owned(),
            ty: crate::state::ValueType::Secret.into(),
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
            script_text(Platform::Linux, &specs, &inputs),
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
