//! Serializes the parameters of a run as a map in the order declared: plain
//! values, and each secret by its reference.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserializer, Serializer};
use serde_json::Value as Json;

use crate::state::Secret;
use crate::step::{Params, Value};

/// Stands for the parameters in the published schema.
#[cfg(test)]
pub(super) struct ParamsSchema;

pub(super) fn serialize<S: Serializer>(params: &Params, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(params.iter().map(|(name, value)| (name, value)))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Params, D::Error> {
    struct ParamsVisitor;
    impl<'de> Visitor<'de> for ParamsVisitor {
        type Value = Params;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map of parameters")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Params, A::Error> {
            let mut params = Params::new();
            while let Some((name, json)) = map.next_entry::<String, Json>()? {
                let value = value(json)
                    .ok_or_else(|| A::Error::custom("a parameter has a value of no known type"))?;
                params.push((name, value));
            }
            Ok(params)
        }
    }
    deserializer.deserialize_map(ParamsVisitor)
}

fn value(json: Json) -> Option<Value> {
    Some(match json {
        Json::Null => Value::Unit,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => match number.as_i64() {
            Some(int) => Value::Int(int),
            None => Value::Float(number.as_f64()?),
        },
        Json::String(text) => Value::Text(text.into()),
        secret @ Json::Object(_) => Value::Secret(serde_json::from_value::<Secret>(secret).ok()?),
        Json::Array(_) => return None,
    })
}
