//! Declarations of parameters as values that a script can write out.

use crate::bindings::Value;
use crate::state::ValueType;

use super::param_type::{ListType, ParamSpec, ParamType, Unique};

type Entries = Vec<(String, Value)>;

impl ParamSpec {
    /// The declaration, which reads back as this.
    pub fn literal(&self) -> Value {
        let mut entries = entries(&self.ty);
        if let Some(default) = &self.default {
            add(&mut entries, "default", plain(default));
        }
        if !self.help.is_empty() {
            add(&mut entries, "help", self.help.as_str());
        }
        Value::Map(entries)
    }
}

fn add(entries: &mut Entries, key: &str, value: impl Into<Value>) {
    entries.push((key.to_owned(), value.into()));
}

fn entries(ty: &ParamType) -> Entries {
    let mut entries = Entries::new();
    add(&mut entries, "type", ty.word());
    match ty {
        ParamType::One(ty) => add_limits(*ty, &mut entries),
        ParamType::Matching(_, pattern) => add(&mut entries, "pattern", pattern.text.as_str()),
        ParamType::List(list) => add_items(list, &mut entries),
        ParamType::Map(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|field| (field.name.clone(), field.literal()));
            add(&mut entries, "fields", Value::map(fields));
        }
    }
    entries
}

fn add_limits(ty: ValueType, out: &mut Entries) {
    if let ValueType::Choice(words) = ty {
        add(out, "values", words.to_vec());
    }
    if let ValueType::Int { min, max } = ty {
        let limits = [("min", min, i64::MIN), ("max", max, i64::MAX)];
        for (key, limit, none) in limits {
            let limit = i64::try_from(limit).ok().filter(|limit| *limit != none);
            if let Some(limit) = limit {
                add(out, key, Value::Int(limit));
            }
        }
    }
}

fn add_items(list: &ListType, out: &mut Entries) {
    add(out, "of", Value::Map(entries(&list.of)));
    for (key, length) in [("min", Some(list.min)), ("max", list.max)] {
        let length = length.and_then(|length| i64::try_from(length).ok());
        if let Some(length) = length.filter(|length| key == "max" || *length > 0) {
            add(out, key, Value::Int(length));
        }
    }
    match &list.unique {
        Some(Unique::Items) => add(out, "unique", true),
        Some(Unique::Field(name)) => add(out, "unique", name.as_str()),
        None => {}
    }
}

/// With each secret as the string of its reference.
fn plain(value: &Value) -> Value {
    if let Value::Secret(secret) = value {
        secret.to_string().into()
    } else if let Value::List(items) = value {
        Value::List(items.iter().map(plain).collect())
    } else if let Value::Map(entries) = value {
        Value::map(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), plain(value))),
        )
    } else {
        value.clone()
    }
}
