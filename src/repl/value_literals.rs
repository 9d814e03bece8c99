//! Prints values as literals of the script language. Wide lists and maps go over several lines,
//! long ones are truncated.

use crate::bindings::{Outcome, Value};
use crate::report;
use crate::script_text::{key, quoted, value_text};

/// How many entries of a list or map are printed.
const MAX_ENTRIES: usize = 20;

/// Prints a value, in lines of at most `width` columns if possible; `None` for `()`.
pub fn format_value(value: &Value, width: usize) -> Option<String> {
    (*value != Value::Unit).then(|| format_wide(value, width, 0))
}

/// Prints a value in one line.
pub(super) fn literal(value: &Value) -> String {
    value_text(value, |other| {
        if let Value::Secret(secret) = other {
            format!("‹{secret}›")
        } else if let Value::SecretText(text) = other {
            quoted(&text.to_string())
        } else if let Value::Outcome(outcome) = other {
            outcome_lines(outcome).join("; ")
        } else {
            format!("‹{}›", other.noun())
        }
    })
}

fn format_wide(value: &Value, width: usize, indent: usize) -> String {
    let (open, close, parts): (_, _, Vec<(String, &Value)>) = match value {
        Value::Outcome(outcome) => return outcome_lines(outcome).join("\n    "),
        Value::List(items) => {
            let items = items.iter().map(|item| (String::new(), item));
            ("[", "]", items.collect())
        }
        Value::Map(entries) => {
            let entries = entries.iter();
            let entries = entries.map(|(name, value)| (format!("{}: ", key(name)), value));
            ("#{", "}", entries.collect())
        }
        Value::Unit
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::Secret(_)
        | Value::SecretText(_)
        | Value::Other(_) => return literal(value),
    };
    if parts.len() <= MAX_ENTRIES {
        let short = literal(value);
        if short.chars().count() + indent <= width {
            return short;
        }
    }
    let lead = " ".repeat(indent + 4);
    let mut lines = vec![open.to_owned()];
    for (name, part) in parts.iter().take(MAX_ENTRIES) {
        let part = format_wide(part, width, indent + 4);
        lines.push(format!("{lead}{name}{part},"));
    }
    if parts.len() > MAX_ENTRIES {
        let more = parts.len() - MAX_ENTRIES;
        lines.push(format!("{lead}… {more} more, {} in all", parts.len()));
    }
    lines.push(format!("{}{close}", " ".repeat(indent)));
    lines.join("\n")
}

fn outcome_lines(outcome: &Outcome) -> Vec<String> {
    let word = if outcome.changed {
        "changed"
    } else {
        "already as wanted"
    };
    let changes = report::changes(&outcome.changes);
    match &changes[..] {
        _ if !outcome.changed => vec![word.to_owned()],
        [] => vec![word.to_owned()],
        [only] => vec![format!("{word}: {only}")],
        several => std::iter::once(format!("{word}:"))
            .chain(several.iter().cloned())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Secret, Section, State, Subject};
    use crate::step::Change;

    fn change(name: &'static str, after: &str) -> Change {
        Change {
            subject: Subject::setting(Section::Node, name),
            before: State::Absent,
            after: State::Text(after.into()).into(),
        }
    }

    #[test]
    fn values_read_as_literals() {
        let secret = Value::Secret(Secret::parse("env:KEY").unwrap());
        for (value, text) in [
            (Value::Bool(true), "true"),
            (Value::Float(2.0), "2.0"),
            (Value::from("a\"b\\\n\u{1b}[31m"), r#""a\"b\\\n\u001b[31m""#),
            (Value::from(vec!["a", "b"]), r#"["a", "b"]"#),
            (Value::Map(vec![]), "#{}"),
            (
                Value::map([("a", Value::Int(1)), ("b c", Value::Unit)]),
                r#"#{ a: 1, "b c": () }"#,
            ),
            (secret, "‹env:KEY›"),
            (Value::Other("a function"), "‹a function›"),
        ] {
            assert_eq!(super::format_value(&value, 80).unwrap(), text);
        }
        assert_eq!(super::format_value(&Value::Unit, 80), None);
    }

    #[test]
    fn a_wide_value_goes_over_several_lines() {
        let map = Value::map([
            ("name", Value::from("anna")),
            ("list", vec!["x", "y"].into()),
        ]);
        assert_eq!(
            super::format_value(&map, 20).unwrap(),
            "#{\n    name: \"anna\",\n    list: [\"x\", \"y\"],\n}"
        );
        let long = Value::List((0..10_000).map(Value::Int).collect());
        let shown = super::format_value(&long, 80).unwrap();
        assert_eq!(shown.lines().count(), 23);
        assert!(shown.contains("… 9980 more, 10000 in all"));
    }

    #[test]
    fn an_outcome_lists_its_changes() {
        let outcome = |changes| Outcome {
            changed: true,
            changes,
        };
        let shown = |outcome| super::format_value(&Value::Outcome(outcome), 80).unwrap();
        assert_eq!(shown(Outcome::default()), "already as wanted");
        assert_eq!(
            shown(outcome(vec![change("absolute", "/srv")])),
            "changed: absolute: — → /srv"
        );
        assert_eq!(
            shown(outcome(vec![change("a", "1"), change("b", "2")])),
            "changed:\n    a: — → 1\n    b: — → 2"
        );
    }
}
