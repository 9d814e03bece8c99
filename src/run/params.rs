//! Serializes the parameters of a run as a map in the order declared: plain
//! values, and each secret by its reference.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserializer, Serializer};
use serde_json::Value as Json;

use crate::step::Params;

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
                params.push((name, json.into()));
            }
            Ok(params)
        }
    }
    deserializer.deserialize_map(ParamsVisitor)
}
