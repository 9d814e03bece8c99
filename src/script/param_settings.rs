//! Values for parameters from the command line.

use std::collections::BTreeMap;

use crate::bindings::Value;
use crate::fault::{Fault, Result};

/// Parses `NAME=VALUE` settings.
pub fn parse_param_settings(settings: &[String]) -> Result<BTreeMap<String, Value>> {
    settings
        .iter()
        .map(|setting| {
            let (name, value) = setting.split_once('=').ok_or_else(|| {
                Fault::usage(format!("`--set {setting}` has no value"))
                    .hint(format!("write --set {setting}=VALUE"))
            })?;
            Ok((name.to_owned(), Value::Text(value.into())))
        })
        .collect()
}
