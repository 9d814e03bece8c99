//! The parameters of a run as a document holds them: plain values, and each
//! secret by its reference.

use serde::de::Error as _;
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

use crate::bindings::{Params, Value};
use crate::state::Secret;

/// Parameters as they are written.
pub(super) struct Written<'a>(pub(super) &'a Params);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Parameters as they were written, in that order.
pub(super) struct Read(pub(super) Params);

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Read;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map of parameters")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Read, A::Error> {
                let mut params = Params::new();
                while let Some((name, json)) = map.next_entry::<String, Json>()? {
                    let value = param(json).ok_or_else(|| A::Error::custom("no parameter"))?;
                    params.push((name, value));
                }
                Ok(Read(params))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

fn param(json: Json) -> Option<Value> {
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
