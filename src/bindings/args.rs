//! The arguments of a call: checked against the binding's table, then read by
//! their keys.

use std::fmt;

use crate::fault::{Fault, Result, Rule};
use crate::login;
use crate::state::ValueType;

use super::{ArgType, Binding, FromArg, Key, Param, Value};

/// The checked arguments of one call.
pub struct Args {
    binding: &'static Binding,
    values: Vec<Value>,
}

impl Args {
    /// Checks `values` against the parameters of `binding`.
    pub fn check(binding: &'static Binding, values: Vec<Value>) -> Result<Self> {
        let args = Self::given(binding, values);
        args.check_values().map(|()| args)
    }

    /// The arguments as they are given, which are still to be checked.
    pub fn given(binding: &'static Binding, mut values: Vec<Value>) -> Self {
        binding.fill_before_options(&mut values);
        Self { binding, values }
    }

    /// Checks the values against the parameters.
    pub fn check_values(&self) -> Result<()> {
        self.binding.check_count(self.values.len())?;
        let mut values = self.binding.params.iter().zip(&self.values);
        values.try_for_each(|(param, value)| param.check(value))
    }

    /// The binding that is called.
    pub fn binding(&self) -> &'static Binding {
        self.binding
    }

    /// The values as they were given, one for each parameter.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The value of a parameter or an option.
    ///
    /// # Panics
    ///
    /// If the binding's table does not list the key: a mistake in the binding.
    pub fn get<T: FromArg>(&self, key: &Key<T>) -> T {
        let Some(value) = T::from_arg(self.value(key)) else {
            panic!(
                "`{}` of `{}` is not what its key says",
                key.param.name, self.binding.name
            );
        };
        value
    }

    /// The same, as it was given; none where it was left out or is `()`.
    ///
    /// # Panics
    ///
    /// If the binding's table does not list the key.
    pub fn value<T>(&self, key: &Key<T>) -> Option<&Value> {
        let name = key.param.name;
        let is_it = |param: &Param| param.name == name;
        let mut is_listed = false;
        for (index, param) in self.binding.params.iter().enumerate() {
            let value = self.values.get(index);
            if is_it(param) {
                return value.filter(|value| **value != Value::Unit);
            }
            if param.ty.keys().iter().any(is_it) {
                is_listed = true;
                if let Some(value) = value.and_then(|map| map.entry(name)) {
                    return Some(value).filter(|value| **value != Value::Unit);
                }
            }
        }
        assert!(is_listed, "`{}` does not list `{name}`", self.binding.name);
        None
    }

    /// The entries of a map.
    pub fn entries<T>(&self, key: &Key<T>) -> &[(String, Value)] {
        match self.value(key) {
            Some(Value::Map(entries)) => entries,
            _ => &[],
        }
    }
}

impl Binding {
    /// Adds the argument that a call leaves out before its options: `f(user, #{ … })`.
    fn fill_before_options(&self, values: &mut Vec<Value>) {
        let [.., left_out, options] = self.params else {
            return;
        };
        let is_map = matches!(values.last(), Some(Value::Map(_)));
        let takes_map = matches!(options.ty, ArgType::Options(_));
        let is_plain = matches!(left_out.ty, ArgType::One(_)) && !left_out.is_required;
        if is_map && takes_map && is_plain && values.len() + 1 == self.params.len() {
            values.insert(values.len() - 1, Value::Unit);
        }
    }

    /// Refuses a number of arguments that it does not accept.
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
            .check(self.name, value)
            .map_err(|fault| fault.in_argument(self.name))
    }
}

impl ArgType {
    /// Refuses a value that the parameter of that name does not accept.
    pub(super) fn check(&self, name: &str, value: &Value) -> Result<()> {
        match (self, value) {
            (Self::One(ty), _) => check_one(*ty, format_args!("`{name}`"), value),
            (Self::List(ty), Value::List(items)) => {
                items.iter().enumerate().try_for_each(|(index, item)| {
                    check_one(*ty, format_args!("an item of `{name}`"), item)
                        .map_err(|fault| fault.in_argument(index.to_string()))
                })
            }
            (Self::Options(params), Value::Map(entries)) => {
                refuse_unknown(params, entries)?;
                check_options(params, entries)
            }
            (Self::Session(params), Value::Map(entries)) => {
                entries.iter().try_for_each(|(key, value)| {
                    refuse_login(format_args!("`{key}`"), value, BY_OPTION)
                        .map_err(|fault| fault.in_argument(key))
                })?;
                check_options(params, entries)
            }
            (Self::Settings(_), Value::Map(_)) => Ok(()),
            (_, other) => Err(Fault::script(format!(
                "`{name}` must be {}, not {}",
                self.fits(),
                other.noun()
            ))
            .with_rule(Rule::WrongType)),
        }
    }
}

fn check_one(ty: ValueType, label: fmt::Arguments<'_>, value: &Value) -> Result<()> {
    let scalar = value.scalar();
    let is_free = matches!(ty, ValueType::Any | ValueType::Text);
    if is_free && matches!(value, Value::SecretText(_)) {
        return Ok(());
    }
    if !is_free {
        refuse_login(label, value, BY_OPTION)?;
    }
    match value.text().filter(|text| text.contains("${")) {
        Some(text) if ty.is_text() && !is_free => Err(Fault::unexpanded(text)),
        _ => ty.check(label, scalar).map_err(|fault| {
            if fault.rule().is_none() && !ty.accepts_kind_of(scalar) {
                fault.with_rule(Rule::WrongType)
            } else {
                fault
            }
        }),
    }
}

/// How a login is passed to what is no setting.
const BY_OPTION: &str = "pass it by an option that takes `secret(…)`";

/// Refuses a text that spells out the login of a URL, which is a secret.
pub(super) fn refuse_login(
    label: fmt::Arguments<'_>,
    value: &Value,
    hint: &'static str,
) -> Result<()> {
    if let Value::List(items) = value {
        let mut items = items.iter();
        return items.try_for_each(|item| refuse_login(label, item, hint));
    }
    let Some(text) = value.text().filter(|text| !login::find(text).is_empty()) else {
        return Ok(());
    };
    let message = if text.contains(login::HIDDEN) {
        format!("{label} has a login that was hidden when it was read")
    } else {
        format!("{label} has the login of a URL written out, which is a secret")
    };
    Err(Fault::script(message)
        .hint(hint)
        .with_rule(Rule::PlainSecret))
}

fn refuse_unknown(params: &'static [Param], entries: &[(String, Value)]) -> Result<()> {
    let is_known = |key: &str| params.iter().any(|param| param.name == key);
    let Some((key, _)) = entries.iter().find(|(key, _)| !is_known(key)) else {
        return Ok(());
    };
    Err(unknown_option(key, params.iter().map(|param| param.name)))
}

/// The fault of an option that is not one of `known`.
pub(super) fn unknown_option<'a>(key: &str, known: impl Iterator<Item = &'a str> + Clone) -> Fault {
    let all: Vec<_> = known.clone().collect();
    let all = match &all[..] {
        [one] => format!("the only option is {one}"),
        all => format!("the options are {}", all.join(", ")),
    };
    Fault::script(format!("`{key}` is not an option here"))
        .suggest(key, known)
        .hint(all)
        .in_argument(key)
        .with_rule(Rule::UnknownOption)
}

/// Checks the values of these keys, and that none is missing.
fn check_options(params: &'static [Param], entries: &[(String, Value)]) -> Result<()> {
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

fn count(least: usize, most: usize) -> String {
    match (least, most) {
        (0, 0) => "no arguments".to_owned(),
        (1, 1) => "one argument".to_owned(),
        (a, b) if a == b => format!("{a} arguments"),
        (a, b) => format!("{a} to {b} arguments"),
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::bindings::find;

    const NAME: Key<Rc<str>> = Key::name("name", "Name.");
    const MISSPELT: Key<Option<Rc<str>>> = Key::name("nmae", "Name.").optional();
    const OF_ANOTHER_TYPE: Key<bool> = Key::flag("name", "Name.");

    fn args() -> Args {
        let binding = find("account.get").unwrap();
        Args::check(binding, vec![Value::from("anna")]).unwrap()
    }

    #[test]
    fn an_argument_is_read_by_its_key() {
        assert_eq!(&*args().get(&NAME), "anna");
    }

    #[test]
    #[should_panic(expected = "`account.get` does not list `nmae`")]
    fn a_key_that_the_table_does_not_list_panics() {
        args().get(&MISSPELT);
    }

    #[test]
    #[should_panic(expected = "`name` of `account.get` is not what its key says")]
    fn a_key_of_another_type_panics() {
        args().get(&OF_ANOTHER_TYPE);
    }
}
