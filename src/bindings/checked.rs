//! `checked`: the options of a module's function, held to the rules of a
//! binding's. It knows the types of parameters, never what an option is for.

use crate::conf;
use crate::facts::Facts;
use crate::fault::{Fault, Result};

use super::{Args, Binding, Made, Param, Type, Value, args};

pub(super) const BINDINGS: &[Binding] = &[Binding {
    name: "checked",
    doc: "Checks the map of options that a function was called with, and gives it back whole.\n\nEach option has a type: `string`, `int`, `bool`, `path`, `port`, `host`, `name`, `secret`, `list` (of texts) or `kbps`; a list of words stands for a choice. With a `!` behind its type an option must be given; others are `()` where they are left out. A mistake is pointed at where the function was called.",
    params: &[
        Param::required("options", Type::Any, "The map as it was given."),
        Param::required("types", Type::Any, "A map of the options and their types."),
    ],
    example: r#"let o = checked(#{ cap_kbps: 50000 }, #{ cap_kbps: "kbps", docroot: "path", mode: ["ro", "rw"] });"#,
    source: "",
    make: checked,
}];

const TYPES: &[(&str, Type)] = &[
    ("string", Type::Text),
    (
        "int",
        Type::Int {
            min: i64::MIN,
            max: i64::MAX,
        },
    ),
    ("bool", Type::Bool),
    ("path", Type::Path),
    ("port", Type::Port),
    ("host", Type::Name),
    ("name", Type::Name),
    ("secret", Type::Secret),
    ("list", Type::List(&Type::Text)),
    (
        "kbps",
        Type::Int {
            min: 1,
            max: u32::MAX as i64,
        },
    ),
];

fn checked(args: &Args, _: &mut Facts<'_>) -> Result<Made> {
    let given = map(args, "options")?;
    let types = map(args, "types")?;
    if let Some((unknown, _)) = given.iter().find(|(key, _)| find(types, key).is_none()) {
        let known = types.iter().map(|(name, _)| name.as_str());
        return Err(args::unknown_option(unknown, known));
    }
    let whole = types.iter().map(|(name, wanted)| {
        let value = find(given, name).unwrap_or(&Value::Unit);
        check(name, wanted, value)?;
        Ok((name.clone(), value.clone()))
    });
    Made::answer(Value::Map(whole.collect::<Result<_>>()?))
}

fn map<'a>(args: &'a Args, name: &str) -> Result<&'a [(String, Value)]> {
    match args.get(name) {
        None | Some(Value::Map(_)) => Ok(args.entries(name)),
        Some(other) => {
            let message = format!("the options are a map, not {}", other.noun());
            Err(Fault::script(message).hint("write `#{ name: value, … }`"))
        }
    }
}

fn find<'a>(entries: &'a [(String, Value)], name: &str) -> Option<&'a Value> {
    let mut entries = entries.iter();
    entries.find(|(key, _)| key == name).map(|(_, value)| value)
}

fn check(name: &str, wanted: &Value, value: &Value) -> Result<()> {
    let within = |fault: Fault| fault.in_argument(name);
    if let Value::List(words) = wanted {
        let words: Vec<_> = words.iter().filter_map(Value::text).collect();
        return one_of(value, &words).map_err(within);
    }
    let word = wanted.text().unwrap_or_default();
    let bare = word.trim_end_matches('!');
    let Some((_, ty)) = TYPES.iter().find(|(known, _)| *known == bare) else {
        let message = format!("the type of the option `{name}` is not known");
        return Err(Fault::script(message).hint(format!("the types are {}", types().join(", "))));
    };
    if *value == Value::Unit {
        return left_out(name, ty, bare == word);
    }
    match value.text().filter(|_| bare == "kbps") {
        Some(text) => Err(within(
            Fault::script("a rate is a whole number of kbps").hint(conf::rate_hint(text)),
        )),
        None => ty.check(value).map_err(within),
    }
}

fn one_of(value: &Value, words: &[&str]) -> Result<()> {
    match value.text() {
        Some(text) => args::choice(text, words),
        None if *value == Value::Unit => Ok(()),
        None => Err(args::wants("a text", value)),
    }
}

fn left_out(name: &str, ty: &Type, may_be: bool) -> Result<()> {
    if may_be {
        return Ok(());
    }
    let message = format!("the option `{name}` is missing");
    Err(Fault::script(message).hint(format!("it takes {}", ty.noun())))
}

fn types() -> Vec<&'static str> {
    TYPES.iter().map(|(word, _)| *word).collect()
}
