//! The parameters of a session: those that its inputs declare, and those that are set without
//! being declared.

use std::collections::BTreeMap;

use crate::bindings::{Params, Value};
use crate::fault::{Fault, Result};
use crate::script::{Declared, ParamSpec};
use crate::state::{Platform, Secret, ValueType};

/// Values that were set, by name.
pub(super) type SetParams = BTreeMap<String, Value>;

/// The parameters with their current values as defaults.
pub(super) fn with_current_defaults(declared: &[ParamSpec], set: &SetParams) -> Vec<ParamSpec> {
    let values = values(declared, set).unwrap_or_default();
    let specs = specs(declared, set).into_iter().zip(values);
    specs
        .map(|(spec, (_, value))| ParamSpec {
            default: Some(value),
            ..spec
        })
        .collect()
}

/// The declared parameters, then those that are only set.
fn specs(declared: &[ParamSpec], set: &SetParams) -> Vec<ParamSpec> {
    let mut specs = declared.to_vec();
    for (name, value) in set {
        match specs.iter_mut().find(|spec| spec.name == *name) {
            Some(spec) => spec.default = Some(value.clone()),
            None => specs.push(undeclared(name, value)),
        }
    }
    specs
}

/// The values of all parameters.
pub(super) fn values(declared: &[ParamSpec], set: &SetParams) -> Result<Params> {
    let declared = Declared {
        platform: None,
        params: specs(declared, set),
    };
    declared
        .values(&SetParams::new())
        .map_err(|fault| fault.hint("set it with `:params NAME=VALUE`"))
}

/// Adds what an input declares to the parameters of a session, in place of those of the same name.
pub(super) fn merged(session: &[ParamSpec], declared: &Declared) -> Vec<ParamSpec> {
    let is_old = |spec: &&ParamSpec| !declared.params.iter().any(|new| new.name == spec.name);
    let old = session.iter().filter(is_old).cloned();
    old.chain(declared.params.iter().cloned()).collect()
}

/// Refuses an input that is for another platform.
pub(super) fn check_platform(declared: &Declared, platform: Platform) -> Result<()> {
    match declared.platform {
        Some(wanted) if wanted != platform => Err(Fault::refused(format!(
            "the script is for {wanted}, the node is {platform}"
        ))
        .hint("switch to another node with `:node blank:macos` or `:node blank:linux`")),
        _ => Ok(()),
    }
}

/// Parses `NAME=VALUE`.
pub(super) fn parse(setting: &str) -> Result<(String, Value)> {
    let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
    let (name, value) = (name.trim(), value.trim());
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_name = !name.is_empty()
        && name.chars().all(is_word)
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if !is_name || !setting.contains('=') {
        return Err(Fault::usage(format!("`{setting}` sets no parameter"))
            .hint("write `:params NAME=VALUE`"));
    }
    Ok((name.to_owned(), Value::Text(value.into())))
}

/// A parameter that is set without being declared; its text determines its type.
fn undeclared(name: &str, value: &Value) -> ParamSpec {
    let text = value.plain().unwrap_or_default();
    let ty = if text == "true" || text == "false" {
        ValueType::Bool
    } else if text.parse::<i64>().is_ok() {
        ValueType::INT
    } else if Secret::parse(&text).is_ok() {
        ValueType::Secret
    } else {
        ValueType::Text
    };
    ParamSpec {
        name: name.to_owned(),
        ty: ty.into(),
        default: Some(Value::Text(text.into())),
        help: String::new(),
    }
}
