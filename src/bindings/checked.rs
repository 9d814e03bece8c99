//! `checked`: a module's function checks the options it was called with, by
//! the same types as a binding's.

use crate::facts::Facts;
use crate::fault::{Fault, Result};
use crate::state::ValueType;

use super::args::unknown_option;
use super::{ArgType, Args, Binding, Key, Made, Value};

const OPTIONS: Key<Value> = Key::value("options", ValueType::Any, "The map that was given.");
const TYPES: Key<Value> = Key::value(
    "types",
    ValueType::Any,
    "A map of each option and its type.",
);

/// The type of a docroot, which may have a secret login.
const DOCROOT: &str = "docroot";

pub(super) const BINDINGS: &[Binding] = &[Binding {
    name: "checked",
    doc: "Checks the map of options that a function was called with, and returns it with every option.\n\nEach option has a type: `string`, `int`, `bool`, `path`, `port`, `host`, `name`, `secret`, `docroot` (an absolute path or a URL, perhaps with a secret login), `list` (of strings) or `kbps`; a list of words is a choice of them. A type that ends in `!` makes its option required; another option is `()` where it is left out. An error points to the call of the function.",
    params: &[OPTIONS.param, TYPES.param],
    example: r#"let o = checked(#{ cap_kbps: 50000 }, #{ cap_kbps: "kbps", docroot: "path", mode: ["ro", "rw"] });"#,
    source: "",
    make: checked,
}];

fn checked(args: &Args, _: &mut Facts<'_>) -> Result<Made> {
    let given = map(args, &OPTIONS)?;
    let types = map(args, &TYPES)?;
    if let Some((unknown, _)) = given.iter().find(|(key, _)| find(types, key).is_none()) {
        let known = types.iter().map(|(name, _)| name.as_str());
        return Err(unknown_option(unknown, known));
    }
    let whole = types.iter().map(|(name, wanted)| {
        let value = find(given, name).unwrap_or(&Value::Unit);
        check(name, wanted, value)?;
        Ok((name.clone(), value.clone()))
    });
    Made::answer(Value::Map(whole.collect::<Result<_>>()?))
}

fn map<'a>(args: &'a Args, key: &Key<Value>) -> Result<&'a [(String, Value)]> {
    match args.value(key) {
        None | Some(Value::Map(_)) => Ok(args.entries(key)),
        Some(other) => {
            let name = key.param.name;
            let message = format!("`{name}` must be a map, not {}", other.noun());
            Err(Fault::script(message).hint("write `#{ name: value, … }`"))
        }
    }
}

fn find<'a>(entries: &'a [(String, Value)], name: &str) -> Option<&'a Value> {
    let mut entries = entries.iter();
    entries.find(|(key, _)| key == name).map(|(_, value)| value)
}

fn check(name: &str, wanted: &Value, value: &Value) -> Result<()> {
    let word = wanted.text().unwrap_or_default();
    let bare = word.trim_end_matches('!');
    let ty = if let Value::List(words) = wanted {
        let words: Vec<_> = words.iter().filter_map(Value::text).collect();
        ArgType::One(ValueType::choice(&words))
    } else {
        find_type(bare).ok_or_else(|| unknown_type(name))?
    };
    let is_secret = matches!(value, Value::Secret(_) | Value::SecretText(_));
    // The setting that it is for checks a docroot with a secret.
    if is_secret && bare == DOCROOT {
        return Ok(());
    }
    if *value != Value::Unit {
        return ty
            .check(name, value)
            .map_err(|fault| fault.in_argument(name));
    }
    if bare == word {
        return Ok(());
    }
    Err(Fault::script(format!("the option `{name}` is missing"))
        .hint(format!("set it to {}", ty.fits())))
}

fn find_type(word: &str) -> Option<ArgType> {
    match word {
        "list" => Some(ArgType::List(ValueType::Text)),
        DOCROOT => Some(ArgType::One(ValueType::Docroot)),
        "kbps" => Some(ArgType::One(ValueType::Kbps)),
        _ => ValueType::declared(word).map(ArgType::One),
    }
}

fn unknown_type(name: &str) -> Fault {
    let words = ValueType::DECLARED.iter().map(|ty| ty.word());
    let words: Vec<_> = words.chain([DOCROOT, "list", "kbps"]).collect();
    Fault::script(format!("the option `{name}` has an unknown type"))
        .hint(format!("the types are {}", words.join(", ")))
}
