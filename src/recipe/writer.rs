//! Writes statements as the text of a script.

use std::fmt::Write as _;

use super::parameters::ScriptParameter;
use super::statement::{Expression, FunctionCall, Statement, TemplatePart};

/// How wide a line may be before a map is written in several lines.
const WIDTH: usize = 100;
const INDENT: &str = "    ";

/// Returns the text of a script.
pub(super) fn script(
    title: &[String],
    platform: Option<&str>,
    parameters: &[&ScriptParameter],
    statements: &[Statement],
) -> String {
    let mut text = String::new();
    for line in title {
        let line = format!("//! {}", one_line(line));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text.push('\n');
    if let Some(platform) = platform {
        let _ = writeln!(text, "const PLATFORM = \"{platform}\";");
    }
    if !parameters.is_empty() {
        declare(parameters, &mut text);
    }
    if platform.is_some() || !parameters.is_empty() {
        text.push('\n');
    }
    write_block(statements, 0, &mut text);
    text
}

fn declare(parameters: &[&ScriptParameter], text: &mut String) {
    text.push_str("const PARAMS = #{\n");
    let width = |part: fn(&ScriptParameter) -> usize| parameters.iter().map(|p| part(p)).max();
    let names = width(|one| one.name.len()).unwrap_or(0) + 1;
    for one in parameters {
        let name = format!("{}:", one.name);
        let default = one.default.as_ref().map_or(String::new(), |value| {
            format!(" default: {},", expression(value))
        });
        let of = one
            .item_type
            .map_or(String::new(), |of| format!(" of: \"{of}\","));
        let help = quoted(&one_line(&one.help));
        let _ = writeln!(
            text,
            "{INDENT}{name:names$} #{{ type: \"{}\",{of}{default} help: {help} }},",
            one.kind
        );
    }
    text.push_str("};\n");
}

fn write_block(statements: &[Statement], depth: usize, text: &mut String) {
    let mut is_blank = true;
    for statement in statements {
        if *statement == Statement::Blank {
            if !is_blank {
                text.push('\n');
            }
            is_blank = true;
            continue;
        }
        is_blank = false;
        write_statement(statement, depth, text);
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
}

fn write_statement(statement: &Statement, depth: usize, text: &mut String) {
    let indent = INDENT.repeat(depth);
    text.push_str(&indent);
    match statement {
        Statement::Comment(comment) => {
            let comment = one_line(comment);
            let _ = writeln!(text, "{}", format!("// {comment}").trim_end());
        }
        Statement::Blank => {}
        Statement::Call(call) => {
            let written = written_call(call);
            let is_long = indent.len() + written.len() >= WIDTH;
            let written = if is_long {
                long_call(call, &indent)
            } else {
                written
            };
            let _ = writeln!(text, "{written};");
        }
        Statement::For {
            variable,
            items,
            body,
        } => {
            let _ = writeln!(text, "for {variable} in {} {{", expression(items));
            write_block(body, depth + 1, text);
            let _ = writeln!(text, "{indent}}}");
        }
        Statement::Fixed(code) => {
            let _ = writeln!(text, "{code}");
        }
    }
}

fn written_call(call: &FunctionCall) -> String {
    let args: Vec<_> = call.args.iter().map(expression).collect();
    format!("{}({})", call.function, args.join(", "))
}

/// A call whose last map has a line for each entry.
fn long_call(call: &FunctionCall, indent: &str) -> String {
    let Some((Expression::Map(entries), first)) = call.args.split_last() else {
        return written_call(call);
    };
    let mut text = format!("{}(", call.function);
    for arg in first {
        let _ = write!(text, "{}, ", expression(arg));
    }
    text.push_str("#{\n");
    for (key, value) in entries {
        let _ = writeln!(
            text,
            "{indent}{INDENT}{}: {},",
            written_key(key),
            expression(value)
        );
    }
    let _ = write!(text, "{indent}}})");
    text
}

fn expression(value: &Expression) -> String {
    match value {
        Expression::Unit => "()".to_owned(),
        Expression::Bool(flag) => flag.to_string(),
        Expression::Int(number) => number.to_string(),
        Expression::Text(text) => quoted(text),
        Expression::Template(parts) => template(parts),
        Expression::Name(name) => name.clone(),
        Expression::List(items) => {
            let items: Vec<_> = items.iter().map(expression).collect();
            format!("[{}]", items.join(", "))
        }
        Expression::Map(entries) => {
            let entry = |(key, value): &(String, Expression)| {
                format!("{}: {}", written_key(key), expression(value))
            };
            let entries: Vec<_> = entries.iter().map(entry).collect();
            format!("#{{ {} }}", entries.join(", "))
        }
        Expression::Call(call) => written_call(call),
    }
}

/// A key of a map; a word of the language needs quotes.
fn written_key(key: &str) -> String {
    if crate::source::KEYWORDS.contains(&key) {
        quoted(key)
    } else {
        key.to_owned()
    }
}

/// Back-ticks have no escapes, so a text with special characters is a sum.
fn template(parts: &[TemplatePart]) -> String {
    let is_plain = |part: &TemplatePart| match part {
        TemplatePart::Text(text) => !text.contains(['`', '$', '\\']) && is_visible(text),
        TemplatePart::Name(_) => true,
    };
    let mut text = String::new();
    if parts.iter().all(is_plain) {
        for part in parts {
            let _ = match part {
                TemplatePart::Text(part) => write!(text, "{part}"),
                TemplatePart::Name(name) => write!(text, "${{{name}}}"),
            };
        }
        return format!("`{text}`");
    }
    // The empty string makes a text of any first value.
    text.push_str("\"\"");
    for part in parts {
        let _ = match part {
            TemplatePart::Text(part) => write!(text, " + {}", quoted(part)),
            TemplatePart::Name(name) => write!(text, " + {name}"),
        };
    }
    text
}

/// Whether a text has no character that ends a line or cannot be seen.
fn is_visible(text: &str) -> bool {
    !text.chars().any(is_hidden)
}

/// A control character, a line end of Unicode, or one that changes the direction of the text.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A string in double quotes.
fn quoted(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if is_hidden(c) => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A text in which nothing ends a comment.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if is_hidden(c) { ' ' } else { c })
        .collect()
}
