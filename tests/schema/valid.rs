//! As much of JSON Schema as the published schema is written in. A word that
//! is not known here stops the test rather than being passed over.

use serde_json::{Map, Value};

/// Whether a document is as a schema says; else the place and the rule.
pub(super) fn check(schema: &Value, document: &Value) -> Result<(), String> {
    Check { root: schema }.of(schema, document, "")
}

struct Check<'a> {
    root: &'a Value,
}

impl Check<'_> {
    fn of(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        let Some(rules) = schema.as_object() else {
            let is_free = schema == &Value::Bool(true);
            return is_free
                .then_some(())
                .ok_or_else(|| format!("{at}: nothing may be here"));
        };
        for (word, rule) in rules {
            let holds = match word.as_str() {
                "$schema" | "$defs" | "title" | "description" | "format" | "default" | "then"
                | "else" => true,
                "$ref" => {
                    let path = rule.as_str().unwrap().trim_start_matches('#');
                    self.of(self.root.pointer(path).unwrap(), value, at)?;
                    true
                }
                "type" => is_of_type(rule, value),
                "const" => rule == value,
                "enum" => rule.as_array().is_some_and(|values| values.contains(value)),
                "pattern" => value.as_str().is_none_or(|text| fits(rule, text)),
                "minimum" => value.as_f64() >= rule.as_f64(),
                "maximum" => value.as_f64() <= rule.as_f64(),
                "anyOf" => self.fitting(rule, value, at) > 0,
                "oneOf" => self.fitting(rule, value, at) == 1,
                "if" => {
                    let branch = match self.of(rule, value, at) {
                        Ok(()) => "then",
                        Err(_) => "else",
                    };
                    self.of(&rules[branch], value, at)?;
                    true
                }
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.of(rule, item, &format!("{at}/{index}"))?;
                    }
                    true
                }
                "properties" | "additionalProperties" => {
                    self.parts(rules, word, value, at)?;
                    true
                }
                "required" => has_all(rule, value),
                other => panic!("the schema has a word that is not known here: {other}"),
            };
            if !holds {
                return Err(format!("{at}/: {word} {rule} is broken by {value}"));
            }
        }
        Ok(())
    }

    fn parts(
        &self,
        rules: &Map<String, Value>,
        word: &str,
        value: &Value,
        at: &str,
    ) -> Result<(), String> {
        let named = |name: &str| rules.get("properties").and_then(|named| named.get(name));
        for (name, part) in value.as_object().into_iter().flatten() {
            let at = format!("{at}/{name}");
            match (word, named(name)) {
                ("properties", Some(rule)) => self.of(rule, part, &at)?,
                ("additionalProperties", None) => self.of(&rules[word], part, &at)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn fitting(&self, rules: &Value, value: &Value, at: &str) -> usize {
        let rules = rules.as_array().unwrap().iter();
        rules
            .filter(|rule| self.of(rule, value, at).is_ok())
            .count()
    }
}

fn has_all(names: &Value, value: &Value) -> bool {
    let names = names.as_array().unwrap();
    let is_there = |name: &Value| value.get(name.as_str().unwrap()).is_some();
    !value.is_object() || names.iter().all(is_there)
}

fn is_of_type(rule: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no such type: {other}"),
    };
    let one = std::slice::from_ref(rule);
    let mut names = rule.as_array().map_or(one, |names| names).iter();
    names.any(|name| is(name.as_str().unwrap()))
}

/// The patterns of the schema, in words.
fn fits(pattern: &Value, text: &str) -> bool {
    let begins = |starts: &str, mark: char| {
        let parts = text.split_once(mark);
        parts.is_some_and(|(start, rest)| {
            starts.split('|').any(|it| it == start) && !rest.is_empty()
        })
    };
    let pattern = pattern.as_str().unwrap();
    if pattern == "^sha256:[0-9a-f]{64}$" {
        return text.strip_prefix("sha256:").is_some_and(|hex| {
            hex.len() == 64 && hex.bytes().all(|c| b"0123456789abcdef".contains(&c))
        });
    }
    let inner = |end: &str| pattern.strip_prefix("^(")?.strip_suffix(end);
    if let Some(schemes) = inner("):.+$") {
        return begins(schemes, ':');
    }
    let paths = inner(")/.+)$").and_then(|paths| paths.split_once("|("));
    let (unnamed, named) = paths.expect("a pattern that is known here");
    unnamed.split('|').any(|it| it == text) || begins(named, '/')
}
