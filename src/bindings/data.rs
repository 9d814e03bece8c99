//! `data`: the values in a file beside the script.

use std::fmt::Write as _;
use std::mem;
use std::rc::Rc;

use crate::data_file;
use crate::facts::Facts;
use crate::fault::{Fault, FaultKind, Result, Rule};
use crate::secret_name;
use crate::state::{Secret, ValueType};

use super::{Args, Binding, Key, Made, Value};

/// The name of the binding.
pub const DATA: &str = "data";

const FILE: Key<Rc<str>> = Key::text(
    "file",
    ValueType::NonEmptyLine,
    "Path of the file below the script's folder; it ends in `.csv`, `.json`, `.toml` or `.yaml`.",
);

pub(super) const BINDINGS: &[Binding] = &[Binding {
    name: DATA,
    doc: "Returns the values in a CSV, JSON, TOML or YAML file beside the script, up to 16 MiB.\n\nCSV becomes a list of maps: the first row names the keys, each cell is a string without blanks around it, and an empty cell is `()`. `parse_int(row.cap)` makes a number of a cell; a parameter of the type `list` checks each cell by its type. Columns are separated by commas, semicolons or tabs, as the first row shows; rows and columns without any value are skipped. A date of TOML or YAML is a string, and so is `yes` of YAML.\n\nA value whose key names a secret, such as `password`, must be a reference such as `env:ANNA_PASSWORD`, and is a `secret`; so is each item of a list under such a key. In JSON, TOML and YAML `{ \"secret\": \"env:NAME\" }` is one under any key.\n\nA plan names the file with its digest, and `apply` refuses another one; it searches it beside the plan.",
    params: &[FILE.param],
    example: r#"for user in data("users.csv") { conf.set_user(user.name, #{ absolute: user.docroot }); }"#,
    source: "CSV: RFC 4180; JSON: RFC 8259; TOML 1.0; YAML 1.2",
    make: data,
}];

fn data(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = args.get(&FILE);
    let value = read(&name, facts).map_err(|fault| {
        let is_usage = fault.kind() == FaultKind::Usage;
        let kind = if is_usage {
            FaultKind::Script
        } else {
            fault.kind()
        };
        fault.with_kind(kind).in_argument("file")
    })?;
    Made::answer(value)
}

fn read(name: &str, facts: &mut Facts<'_>) -> Result<Value> {
    let mut file = data_file::parse(name, &facts.data(name)?)?;
    let mut value = mem::replace(&mut file.value, Value::Unit);
    let Value::List(rows) = &mut value else {
        let referred = refer_to_secrets(&mut value, &mut String::new(), false);
        return referred
            .map(|()| value)
            .map_err(|fault| fault.context(&file.name));
    };
    for (index, row) in rows.iter_mut().enumerate() {
        refer_to_secrets(row, &mut String::new(), false).map_err(|fault| {
            let row_name = data_file::row_name(row, "name");
            fault.context(file.row_label(index, row_name.as_deref()))
        })?;
    }
    Ok(value)
}

/// Replaces the references behind keys that name secrets. `path` leads to the value, and
/// `is_secret` if such a key has it, or the list that it is in.
fn refer_to_secrets(value: &mut Value, path: &mut String, is_secret: bool) -> Result<()> {
    let length = path.len();
    if let Value::List(items) = value {
        for (index, item) in items.iter_mut().enumerate() {
            let _ = write!(path, "[{index}]");
            refer_to_secrets(item, path, is_secret)?;
            path.truncate(length);
        }
    } else if let Value::Map(entries) = value {
        for (key, entry) in entries {
            path.push_str(if length > 0 { "." } else { "" });
            path.push_str(key);
            refer_to_secrets(entry, path, secret_name::names_secret(key))?;
            path.truncate(length);
        }
    } else if is_secret {
        refer_to_secret(value, path)?;
    }
    Ok(())
}

fn refer_to_secret(value: &mut Value, path: &str) -> Result<()> {
    let Some(text) = value.plain().filter(|_| !matches!(value, Value::Bool(_))) else {
        return Ok(());
    };
    // The text may be the secret, so it is not repeated.
    let secret = Secret::parse(&text).map_err(|_| {
        Fault::script(format!(
            "`{}` must be a reference to a secret, not the secret itself",
            path.escape_debug()
        ))
        .hint("write `env:NAME`, `file:PATH` or `prompt:LABEL`, or give another key to what is no secret")
        .with_rule(Rule::PlainSecret)
    })?;
    *value = Value::Secret(secret);
    Ok(())
}
