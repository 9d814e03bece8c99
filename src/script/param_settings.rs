//! Values for parameters from the command line.

use std::collections::BTreeMap;

use crate::bindings::Value;
use crate::fault::{Fault, Result};

/// Parses `NAME=VALUE` settings.
pub fn parse_param_settings(settings: &[String]) -> Result<BTreeMap<String, Value>> {
    let mut values = BTreeMap::new();
    let mut faults = Vec::new();
    for setting in settings {
        if let Some((name, value)) = setting.split_once('=') {
            values.insert(name.to_owned(), Value::Text(value.into()));
        } else {
            let fault = Fault::usage(format!("`--set {setting}` has no value"));
            faults.push(fault.hint(format!("write --set {setting}=VALUE")));
        }
    }
    let summary = format!("{} parameters have no value", faults.len());
    Fault::joined(faults, summary).map_or(Ok(values), Err)
}
