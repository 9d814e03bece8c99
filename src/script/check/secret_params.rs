//! Reports parameters for secrets that are declared as plain strings.

use rhai::Position;

use crate::fault::{Fault, Rule};
use crate::script::param_type::{ParamSpec, ParamType};
use crate::secret_name::names_secret;
use crate::state::ValueType;

use super::finding_collector::FindingCollector;

/// Warns about parameters, and fields of them, that name a secret and are strings.
pub(super) fn check(
    params: &[ParamSpec],
    positions: &[(&str, Position)],
    findings: &mut FindingCollector<'_>,
) {
    for param in params {
        let mut plain = Vec::new();
        add_plain(&param.name, &param.name, &param.ty, &mut plain);
        let position = positions.iter().find(|(name, _)| *name == param.name);
        let Some((_, position)) = position else {
            continue;
        };
        for path in plain {
            let message = format!("`{path}` is a string: plans and reports show its value");
            let fault = Fault::script(message).hint("write `type: \"secret\"`");
            findings.add_fault(&fault, Rule::SecretAsString, findings.token_at(*position));
        }
    }
}

/// Adds the paths of strings whose name is that of a secret.
fn add_plain(path: &str, name: &str, ty: &ParamType, plain: &mut Vec<String>) {
    match ty {
        ParamType::One(ty) | ParamType::Matching(ty, _) => {
            if *ty == ValueType::Text && names_secret(name) {
                plain.push(path.to_owned());
            }
        }
        ParamType::List(list) => add_plain(path, name, &list.of, plain),
        ParamType::Map(fields) => {
            for field in fields {
                let path = format!("{path}.{}", field.name);
                add_plain(&path, &field.name, &field.ty, plain);
            }
        }
    }
}
