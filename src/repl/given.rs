//! The parameters of a session: those that its lines declare, and those that
//! were given a value without being declared. It runs nothing.

use std::collections::BTreeMap;

use crate::bindings::{Params, Value};
use crate::fault::{Fault, Result};
use crate::script::{Declared, ParamSpec, ParamType};
use crate::state::{Platform, Secret};

/// Values by name, as they were given.
pub(super) type Given = BTreeMap<String, Value>;

/// The parameters as a script would declare them to have those values.
pub(super) fn settled(declared: &[ParamSpec], given: &Given) -> Vec<ParamSpec> {
    let values = values(declared, given).unwrap_or_default();
    let specs = specs(declared, given).into_iter().zip(values);
    specs
        .map(|(spec, (_, value))| ParamSpec {
            default: Some(value),
            ..spec
        })
        .collect()
}

/// The parameters that `declared` and `given` make together.
fn specs(declared: &[ParamSpec], given: &Given) -> Vec<ParamSpec> {
    let mut specs = declared.to_vec();
    for (name, value) in given {
        match specs.iter_mut().find(|spec| spec.name == *name) {
            Some(spec) => spec.default = Some(value.clone()),
            None => specs.push(guessed(name, value)),
        }
    }
    specs
}

/// The values of all parameters.
pub(super) fn values(declared: &[ParamSpec], given: &Given) -> Result<Params> {
    let declared = Declared {
        platform: None,
        params: specs(declared, given),
    };
    declared
        .values(&Given::new())
        .map_err(|fault| fault.hint("in a session `:params NAME=VALUE` gives it a value"))
}

/// What a session knows with what another input declares; the newest of a
/// name counts.
pub(super) fn joined(known: &[ParamSpec], declared: &Declared) -> Vec<ParamSpec> {
    let is_old = |spec: &&ParamSpec| !declared.params.iter().any(|new| new.name == spec.name);
    let old = known.iter().filter(is_old).cloned();
    old.chain(declared.params.iter().cloned()).collect()
}

/// Refuses an input that is for another platform.
pub(super) fn fits(declared: &Declared, platform: Platform) -> Result<()> {
    match declared.platform {
        Some(wanted) if wanted != platform => Err(Fault::refused(format!(
            "the script is for {wanted}, the node is {platform}"
        ))
        .hint("`:node blank:macos` and `:node blank:linux` change to another node")),
        _ => Ok(()),
    }
}

/// `NAME=VALUE` as a name and a value.
pub(super) fn parse(setting: &str) -> Result<(String, Value)> {
    let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
    let (name, value) = (name.trim(), value.trim());
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_name = !name.is_empty()
        && name.chars().all(is_word)
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if !is_name || !setting.contains('=') {
        return Err(
            Fault::usage(format!("`{setting}` gives no parameter a value"))
                .hint("write `:params NAME=VALUE`"),
        );
    }
    Ok((name.to_owned(), Value::Text(value.into())))
}

/// A value from a command line is a text; what it looks like says its type.
fn guessed(name: &str, value: &Value) -> ParamSpec {
    let text = value.plain().unwrap_or_default();
    let ty = if text == "true" || text == "false" {
        ParamType::Bool
    } else if text.parse::<i64>().is_ok() {
        ParamType::Int
    } else if Secret::parse(&text).is_ok() {
        ParamType::Secret
    } else {
        ParamType::String
    };
    ParamSpec {
        name: name.to_owned(),
        ty,
        default: Some(Value::Text(text.into())),
        help: String::new(),
    }
}
