//! Checks a call's arguments against the table, and hands them to the binding
//! by name. What passes here has the type the table promises.

use std::rc::Rc;

use crate::fault::{Fault, Result, Rule};
use crate::state::{Secret, SectionKind};

use super::{Binding, Param, Type, Value};

/// The checked arguments of one call.
pub struct Args {
    binding: &'static Binding,
    values: Vec<Value>,
}

impl Args {
    /// Checks `values` against what `binding` takes.
    pub fn check(binding: &'static Binding, values: Vec<Value>) -> Result<Self> {
        binding.check_count(values.len())?;
        for (param, value) in binding.params.iter().zip(&values) {
            param.check(value)?;
        }
        Ok(Self { binding, values })
    }

    /// The binding that is called.
    pub fn binding(&self) -> &'static Binding {
        self.binding
    }

    /// The values as they were given, one a parameter.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The value of that name, a parameter's or a key's of the options map.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.binding
            .params
            .iter()
            .zip(&self.values)
            .find_map(|(param, value)| match (&param.ty, value) {
                _ if param.name == name => Some(value),
                (Type::Options(_) | Type::Session(_), Value::Map(entries)) => entries
                    .iter()
                    .find(|(key, _)| key == name)
                    .map(|(_, value)| value),
                _ => None,
            })
            .filter(|value| **value != Value::Unit)
    }

    /// A text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.text()
    }

    /// A text that the table requires.
    pub fn required(&self, name: &str) -> Rc<str> {
        match self.get(name) {
            Some(Value::Text(text)) => Rc::clone(text),
            _ => Rc::default(),
        }
    }

    /// `true` or `false`.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Some(Value::Bool(flag)) => Some(*flag),
            _ => None,
        }
    }

    /// A whole number.
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Some(Value::Int(int)) => Some(*int),
            _ => None,
        }
    }

    /// A secret's reference.
    pub fn secret(&self, name: &str) -> Option<Secret> {
        match self.get(name) {
            Some(Value::Secret(secret)) => Some(secret.clone()),
            _ => None,
        }
    }

    /// A list of texts.
    pub fn texts(&self, name: &str) -> Option<Vec<String>> {
        match self.get(name) {
            Some(Value::List(items)) => Some(
                items
                    .iter()
                    .filter_map(|item| item.text().map(str::to_owned))
                    .collect(),
            ),
            _ => None,
        }
    }

    /// The kind of section whose settings the binding takes.
    pub(super) fn section_kind(&self) -> SectionKind {
        let taken = self.binding.params.iter().find_map(|param| {
            if let Type::Settings(kind) = param.ty {
                Some(kind)
            } else {
                None
            }
        });
        taken.expect("the table names the kind of section")
    }

    /// The entries of a map.
    pub fn entries(&self, name: &str) -> &[(String, Value)] {
        match self.get(name) {
            Some(Value::Map(entries)) => entries,
            _ => &[],
        }
    }
}

impl Binding {
    /// Refuses a number of arguments that it does not take.
    pub fn check_count(&self, given: usize) -> Result<()> {
        let most = self.params.len();
        let least = self.params.iter().filter(|p| p.is_required).count();
        if given > most || given < least {
            return Err(Fault::script(format!(
                "`{}` takes {}, not {}",
                self.name,
                count(least, most),
                given
            ))
            .hint(format!("write `{}`", self.usage()))
            .with_rule(Rule::WrongCount));
        }
        Ok(())
    }
}

impl Param {
    fn check(&self, value: &Value) -> Result<()> {
        if *value == Value::Unit && !self.is_required {
            return Ok(());
        }
        self.ty
            .check(value)
            .map_err(|fault| fault.in_argument(self.name))
    }
}

impl Type {
    /// Refuses a value that does not fit.
    pub(super) fn check(&self, value: &Value) -> Result<()> {
        match (self, value) {
            (Self::Any, _)
            | (Self::Bool | Self::PortOrSwitch, Value::Bool(_))
            | (Self::Text, Value::Text(_))
            | (Self::Secret, Value::Secret(_))
            | (Self::Settings(_), Value::Map(_)) => Ok(()),
            (Self::Secret, Value::Text(_)) => Err(Fault::script(
                "a secret is named by a reference, not written out",
            )
            .hint("write `secret(\"env:NAME\")`, `secret(\"file:PATH\")` or `secret(\"prompt:LABEL\")`")
            .with_rule(Rule::PlainSecret)),
            (Self::Name, Value::Text(text)) => name(text),
            (Self::Path, Value::Text(text)) => path(text),
            (Self::Port | Self::PortOrSwitch, Value::Int(int)) => whole(*int, 1, 65_535),
            (Self::Int { min, max }, Value::Int(int)) => whole(*int, *min, *max),
            (Self::Choice(choices), Value::Text(text)) => choice(text, choices),
            (Self::List(of), Value::List(items)) => items.iter().enumerate().try_for_each(
                |(index, item)| of.check(item).map_err(|fault| fault.in_argument(index.to_string())),
            ),
            (Self::Options(params), Value::Map(entries)) => {
                known(params, entries)?;
                options(params, entries)
            }
            (Self::Session(params), Value::Map(entries)) => options(params, entries),
            (wanted, got) => Err(wants(wanted.noun(), got)),
        }
    }
}

/// Refuses a key that is none of these.
fn known(params: &'static [Param], entries: &[(String, Value)]) -> Result<()> {
    let is_known = |key: &str| params.iter().any(|param| param.name == key);
    let Some((key, _)) = entries.iter().find(|(key, _)| !is_known(key)) else {
        return Ok(());
    };
    Err(unknown_option(key, params.iter().map(|param| param.name)))
}

/// An option that is not there, with the nearest and all of those that are.
pub(super) fn unknown_option<'a>(key: &str, known: impl Iterator<Item = &'a str> + Clone) -> Fault {
    let all = known.clone().collect::<Vec<_>>().join(", ");
    Fault::script(format!("`{key}` is not an option here"))
        .suggest(key, known)
        .hint(format!("the options are {all}"))
        .in_argument(key)
        .with_rule(Rule::UnknownOption)
}

/// Checks the values of these keys, and that none is missing.
fn options(params: &'static [Param], entries: &[(String, Value)]) -> Result<()> {
    for param in params {
        match entries.iter().find(|(key, _)| key == param.name) {
            Some((_, value)) => param.check(value)?,
            None if param.is_required => {
                return Err(
                    Fault::script(format!("the option `{}` is missing", param.name))
                        .hint(format!("`{}`: {}", param.name, param.doc))
                        .with_rule(Rule::MissingOption),
                );
            }
            None => {}
        }
    }
    Ok(())
}

fn name(text: &str) -> Result<()> {
    if text.contains("${") {
        return Err(Fault::unexpanded(text));
    }
    let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && !";,:/".contains(c);
    if text.is_empty() || text.starts_with('-') || !text.chars().all(is_plain) {
        return Err(
            Fault::script(format!("`{}` cannot be a name", text.escape_debug()))
                .hint("a name has no blanks, none of ; , : / and no leading dash"),
        );
    }
    Ok(())
}

fn path(text: &str) -> Result<()> {
    if text.contains("${") {
        return Err(Fault::unexpanded(text));
    }
    if !text.starts_with('/') {
        return Err(
            Fault::script(format!("`{}` is not an absolute path", text.escape_debug()))
                .hint("start it with `/`"),
        );
    }
    if text.chars().any(char::is_control) {
        return Err(Fault::script(
            "a path with a control character cannot be passed on",
        ));
    }
    Ok(())
}

fn whole(int: i64, min: i64, max: i64) -> Result<()> {
    if (min..=max).contains(&int) {
        return Ok(());
    }
    Err(Fault::script(format!(
        "{int} is out of range: {min} to {max}"
    )))
}

/// Refuses a text that is none of the words.
pub(super) fn choice(text: &str, choices: &[&str]) -> Result<()> {
    if choices.contains(&text) {
        return Ok(());
    }
    Err(Fault::script(format!(
        "`{}` is not one of the values",
        text.escape_debug()
    ))
    .suggest(text, choices.iter().copied())
    .hint(format!("the values are {}", choices.join(", "))))
}

/// A value of the wrong kind.
pub(super) fn wants(wanted: &str, got: &Value) -> Fault {
    Fault::script(format!("this wants {wanted}, not {}", got.noun())).with_rule(Rule::WrongType)
}

fn count(least: usize, most: usize) -> String {
    match (least, most) {
        (0, 0) => "no arguments".to_owned(),
        (1, 1) => "one argument".to_owned(),
        (a, b) if a == b => format!("{a} arguments"),
        (a, b) => format!("{a} to {b} arguments"),
    }
}
