//! Reads the declaration of a parameter, or of a field of a map, from its literal value.

use crate::bindings::Value;
use crate::fault::{Fault, Result};
use crate::state::ValueType;

use super::param_type::{ListType, ParamSpec, ParamType, Pattern, Unique};

/// The type whose words the declaration lists.
pub(super) const CHOICE: &str = "choice";

/// The keys of every declaration.
const COMMON: [&str; 3] = ["type", "default", "help"];

/// The keys that only some types have.
const OF_SOME: [&str; 7] = ["values", "of", "fields", "min", "max", "pattern", "unique"];

/// One declaration: its name for messages, and its entries.
struct Declaration<'a> {
    name: &'a str,
    entries: &'a [(String, Value)],
}

/// The words for types.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    let declared = ValueType::DECLARED.iter().map(|ty| ty.word());
    declared.chain([CHOICE, ParamType::LIST, ParamType::MAP])
}

/// The declaration of a parameter.
pub(super) fn spec(name: &str, literal: Option<&Value>) -> Result<ParamSpec> {
    let Some(Value::Map(entries)) = literal else {
        let fault = Fault::usage(format!("the declaration of `{name}` is not a literal map"));
        return Err(fault.hint(format!(
            "write it out, as in `{name}: #{{ type: \"int\", default: 5, help: \"…\" }}`"
        )));
    };
    let declaration = Declaration { name, entries };
    let ty = declaration.ty()?;
    let default = declaration.get("default").cloned();
    if ty.single().is_none() && default.as_ref().is_some_and(|value| value.text().is_some()) {
        let fault = declaration.wrong("has a string as the default of a list or map");
        return Err(fault.in_argument("default"));
    }
    let help = declaration.get("help").and_then(Value::text);
    Ok(ParamSpec {
        name: name.to_owned(),
        ty,
        default,
        help: help.unwrap_or_default().to_owned(),
    })
}

/// The declaration of a field: `name: "path"`, or as a parameter's.
fn field(outer: &str, name: &str, literal: &Value) -> Result<ParamSpec> {
    let short = literal
        .text()
        .map(|word| Value::map([("type", word.into())]));
    let whole = spec(
        &format!("{outer}.{name}"),
        Some(short.as_ref().unwrap_or(literal)),
    )?;
    let field = ParamSpec {
        name: name.to_owned(),
        ..whole
    };
    if field.default.is_some() {
        let checked = field.value(None);
        checked.map_err(|fault| fault.in_argument("default"))?;
    }
    Ok(field)
}

impl Declaration<'_> {
    fn get(&self, key: &str) -> Option<&Value> {
        let mut entries = self.entries.iter();
        entries.find(|(k, _)| k == key).map(|(_, value)| value)
    }

    fn wrong(&self, what: &str) -> Fault {
        Fault::usage(format!("the declaration of `{}` {what}", self.name))
    }

    fn ty(&self) -> Result<ParamType> {
        let known = || COMMON.into_iter().chain(OF_SOME);
        let mut keys = self.entries.iter().map(|(key, _)| key.as_str());
        if let Some(key) = keys.find(|key| !known().any(|known| known == *key)) {
            let fault = self.wrong(&format!("has an unknown key `{key}`"));
            return Err(fault.suggest(key, known()).in_argument(key));
        }
        let all = format!("the types are {}", types().collect::<Vec<_>>().join(", "));
        let Some(Value::Text(word)) = self.get("type") else {
            return Err(self.wrong("has no type").hint(all));
        };
        match &**word {
            CHOICE => self.choice(),
            ParamType::LIST => self.list(),
            ParamType::MAP => self.map(),
            word => self.single(word, all),
        }
    }

    /// Refuses a key that a type does not have.
    fn allow(&self, allowed: &[&str]) -> Result<()> {
        let mut keys = self.entries.iter().map(|(key, _)| key.as_str());
        let is_foreign = |key: &&str| OF_SOME.contains(key) && !allowed.contains(key);
        let Some(key) = keys.find(is_foreign) else {
            return Ok(());
        };
        let word = self.get("type").and_then(Value::text).unwrap_or_default();
        let fault = self.wrong(&format!("has `{key}`, which a {word} cannot have"));
        Err(fault.in_argument(key))
    }

    fn choice(&self) -> Result<ParamType> {
        self.allow(&["values"])?;
        let words = words(self.get("values"));
        let words = words.ok_or_else(|| self.wrong("has no list of strings as `values`"))?;
        Ok(ValueType::choice(&words).into())
    }

    fn single(&self, word: &str, all: String) -> Result<ParamType> {
        let ty = ValueType::declared(word).ok_or_else(|| {
            let fault = self.wrong(&format!("has an unknown type `{word}`"));
            fault.suggest(word, types()).hint(all).in_argument("type")
        })?;
        if ty == ValueType::INT {
            self.allow(&["min", "max"])?;
            let min = self.whole("min", i64::MIN)?.unwrap_or(i64::MIN);
            let max = self.whole("max", min)?.unwrap_or(i64::MAX);
            return Ok(ValueType::int(min, max).into());
        }
        self.allow(if ty.is_text() { &["pattern"] } else { &[] })?;
        self.pattern(ty)
    }

    fn pattern(&self, ty: ValueType) -> Result<ParamType> {
        let Some(value) = self.get("pattern") else {
            return Ok(ty.into());
        };
        let pattern = value.text().and_then(Pattern::new);
        let pattern = pattern.ok_or_else(|| {
            let fault = self.wrong("has no regular expression as `pattern`");
            fault.in_argument("pattern")
        })?;
        Ok(ParamType::Matching(ty, pattern))
    }

    /// A whole number that is at least `least`.
    fn whole(&self, key: &str, least: i64) -> Result<Option<i64>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Int(number)) if *number >= least => Ok(Some(*number)),
            Some(_) if least == i64::MIN => {
                let fault = self.wrong(&format!("has no whole number as `{key}`"));
                Err(fault.in_argument(key))
            }
            Some(_) => {
                let fault = self.wrong(&format!("has no whole number from {least} as `{key}`"));
                Err(fault.in_argument(key))
            }
        }
    }

    /// The length of a list that is at least `least`.
    fn length(&self, key: &str, least: i64) -> Result<Option<usize>> {
        let whole = self.whole(key, least)?;
        Ok(whole.and_then(|number| usize::try_from(number).ok()))
    }

    fn list(&self) -> Result<ParamType> {
        self.allow(&["of", "min", "max", "unique"])?;
        let of = self.get("of").ok_or_else(|| {
            self.wrong("does not say what the list is of")
                .hint("add `of: \"name\"`, or `of: #{ name: \"name\", docroot: \"path\" }`")
        })?;
        let of = self.item(of).map_err(|fault| fault.in_argument("of"))?;
        let min = self.length("min", 0)?.unwrap_or_default();
        Ok(ParamType::List(Box::new(ListType {
            unique: self.unique(&of)?,
            max: self.length("max", i64::try_from(min).unwrap_or_default())?,
            min,
            of,
        })))
    }

    /// What a list is of: a type, a declaration with a `type`, or the fields of a map.
    fn item(&self, of: &Value) -> Result<ParamType> {
        let has_type = of.entry("type").is_some_and(|ty| ty.text().is_some());
        if let Value::Map(fields) = of
            && !has_type
        {
            return self.fields(fields);
        }
        Ok(field(self.name, "of", of)?.ty)
    }

    fn unique(&self, of: &ParamType) -> Result<Option<Unique>> {
        match (self.get("unique"), of) {
            (None | Some(Value::Bool(false)), _) => Ok(None),
            (Some(Value::Bool(true)), ty) if ty.single().is_some() => Ok(Some(Unique::Items)),
            (Some(Value::Text(name)), ParamType::Map(fields)) => {
                let known = fields.iter().map(|field| field.name.as_str());
                if known.clone().any(|known| known == &**name) {
                    return Ok(Some(Unique::Field(name.to_string())));
                }
                let fault = self.wrong(&format!("has no field `{name}` that could be unique"));
                Err(fault.suggest(name, known).in_argument("unique"))
            }
            _ => Err(self
                .wrong("has a `unique` that does not fit its items")
                .hint("write the name of a field for a list of maps, else true")
                .in_argument("unique")),
        }
    }

    fn map(&self) -> Result<ParamType> {
        self.allow(&["fields"])?;
        let Some(Value::Map(fields)) = self.get("fields") else {
            let fault = self.wrong("has no map of its fields as `fields`");
            return Err(fault.hint("add `fields: #{ name: \"name\", docroot: \"path\" }`"));
        };
        let fields = self.fields(fields);
        fields.map_err(|fault| fault.in_argument("fields"))
    }

    fn fields(&self, fields: &[(String, Value)]) -> Result<ParamType> {
        let fields = fields.iter().map(|(name, literal)| {
            field(self.name, name, literal).map_err(|fault| fault.in_argument(name))
        });
        Ok(ParamType::Map(fields.collect::<Result<_>>()?))
    }
}

fn words(values: Option<&Value>) -> Option<Vec<&str>> {
    let Some(Value::List(values)) = values else {
        return None;
    };
    let words = values.iter().map(Value::text);
    words
        .collect::<Option<Vec<_>>>()
        .filter(|words| !words.is_empty())
}
