//! Values as JSON writes them: in documents, and in the data that a user gives.

use serde_json::{Map, Value as Json};

use super::Value;
use crate::state::Secret;

/// How the `toml` crate hands over a date.
const TOML_DATE: &str = "$__toml_private_datetime";

/// `{ "secret": "env:NAME" }` is the reference of a secret, as documents write it.
impl From<Json> for Value {
    fn from(json: Json) -> Self {
        match json {
            Json::Null => Self::Unit,
            Json::Bool(flag) => Self::Bool(flag),
            Json::Number(number) => match number.as_i64() {
                Some(int) => Self::Int(int),
                None => number.as_f64().map_or(Self::Unit, Self::Float),
            },
            Json::String(text) => text.into(),
            Json::Array(items) => items.into_iter().map(Self::from).collect::<Vec<_>>().into(),
            Json::Object(entries) => object(entries),
        }
    }
}

fn object(entries: Map<String, Json>) -> Value {
    if let Some(Json::String(date)) = entries.get(TOML_DATE) {
        return date.as_str().into();
    }
    let is_single = entries.len() == 1;
    let reference = entries.get("secret").and_then(Json::as_str);
    match reference.filter(|_| is_single).map(Secret::parse) {
        Some(Ok(secret)) => Value::Secret(secret),
        Some(Err(_)) | None => Value::map(
            entries
                .into_iter()
                .map(|(key, value)| (key, Value::from(value))),
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_read_as_it_was_written() {
        let json = json!({
            "cap": 1.5,
            "key": { "secret": "env:KEY" },
            "named": { "secret": "none" },
            "users": [{ "name": "anna", "n": 3, "on": true, "up": null }],
        });
        let value = Value::from(json.clone());
        assert_eq!(
            value.entry("key"),
            Some(&Value::Secret(Secret::parse("env:KEY").unwrap()))
        );
        assert_eq!(serde_json::to_value(&value).unwrap(), json);
    }
}
