//! Checks the values of parameters, and the lists and maps in them, and lists all that is wrong.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::Path;

use crate::bindings::Value;
use crate::data_file::{self, DataFile};
use crate::exec::InputKind;
use crate::fault::{Fault, FaultKind, Result, Rule};
use crate::login;
use crate::state::{Scalar, Secret, ValueType, rate_hint};

use super::param_type::{ListType, ParamSpec, ParamType, Pattern, Unique};

/// Where a value is.
#[derive(Clone, Copy)]
enum Place<'a> {
    /// The value of a parameter.
    Param(&'a str),
    /// The values in a file, which are those of a parameter.
    File(&'a DataFile),
    /// A field of the map at a place.
    Field(&'a Place<'a>, &'a str),
    /// An item of the list at a place, and what tells it from the others.
    Item(&'a Place<'a>, usize, Option<&'a str>),
}

/// A row of the outermost list.
struct Row<'a> {
    index: usize,
    name: Option<&'a str>,
}

/// `users[3].name`, as a script would write it behind `params.`
impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Param(name) => f.write_str(name),
            Self::File(file) => f.write_str(&file.name),
            Self::Field(map, name) => write!(f, "{map}.{name}"),
            Self::Item(list, index, _) => write!(f, "{list}[{index}]"),
        }
    }
}

impl<'a> Place<'a> {
    /// The path without the numbers of items: the same for all rows.
    fn column(&self) -> String {
        match self {
            Self::Param(_) | Self::File(_) => self.to_string(),
            Self::Field(map, name) => format!("{}.{name}", map.column()),
            Self::Item(list, ..) => format!("{}[]", list.column()),
        }
    }

    fn is_root(&self) -> bool {
        matches!(self, Self::Param(_) | Self::File(_))
    }

    fn file(&self) -> Option<&'a DataFile> {
        match self {
            Self::Param(_) => None,
            Self::File(file) => Some(file),
            Self::Field(outer, _) | Self::Item(outer, ..) => outer.file(),
        }
    }

    /// The row that it is in.
    fn row(&self) -> Option<Row<'a>> {
        match self {
            Self::Param(_) | Self::File(_) => None,
            Self::Item(outer, index, name) if outer.is_root() => Some(Row {
                index: *index,
                name: *name,
            }),
            Self::Field(outer, _) | Self::Item(outer, ..) => outer.row(),
        }
    }

    /// The path behind the row, or behind the file: `tags[0]`.
    fn within(&self) -> String {
        match self {
            Self::Param(_) | Self::File(_) => String::new(),
            Self::Item(outer, ..) if outer.is_root() => String::new(),
            Self::Item(list, index, _) => format!("{}[{index}]", list.within()),
            Self::Field(map, name) => match map.within() {
                outer if outer.is_empty() => (*name).to_owned(),
                outer => format!("{outer}.{name}"),
            },
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Param(name) | Self::Field(_, name) => name,
            Self::File(file) => &file.name,
            Self::Item(list, ..) => list.name(),
        }
    }

    /// What a message calls it: the row of a file and the field. People count from 1.
    fn label(&self) -> String {
        let row = self.row();
        let Some(file) = self.file() else {
            let row = row.map(|row| match row.name {
                Some(name) => format!(" (row {}, {name})", row.index + 1),
                None => format!(" (row {})", row.index + 1),
            });
            return format!("the parameter `{self}`{}", row.unwrap_or_default());
        };
        let outer = row.map_or_else(
            || file.name.clone(),
            |row| file.row_label(row.index, row.name),
        );
        match self.within() {
            within if within.is_empty() => outer,
            within => format!("{outer}: `{within}`"),
        }
    }

    /// What a message about another place in the same list calls it.
    fn short_label(&self) -> String {
        let within = self.within();
        match (self.file(), self.row()) {
            (Some(file), Some(row)) if within.is_empty() => file.row(row.index),
            (Some(_), _) => format!("`{within}`"),
            (None, _) => format!("`{self}`"),
        }
    }
}

/// The file that `@FILE` names.
pub(super) fn named_file(text: &str) -> Option<&Path> {
    text.strip_prefix('@').map(Path::new)
}

impl ParamSpec {
    /// The value given, else the default.
    pub(super) fn value(&self, given: Option<&Value>) -> Result<Value> {
        let mut faults = Vec::new();
        let value = self.check(given, &mut faults);
        let summary = format!("{} values of `{}` are wrong", faults.len(), self.name);
        Fault::joined(faults, summary).map_or(Ok(value), Err)
    }

    /// The same; adds what is wrong to `faults`.
    pub(super) fn check(&self, given: Option<&Value>, faults: &mut Vec<Fault>) -> Value {
        let place = Place::Param(&self.name);
        // An empty value of a file is a parameter that is left out.
        let given = given.filter(|value| **value != Value::Unit);
        let Some(raw) = given.or(self.default.as_ref()) else {
            faults.push(self.missing());
            return Value::Unit;
        };
        let file = raw.text().and_then(named_file);
        match file.filter(|_| self.ty.single().is_none()) {
            Some(path) => match read_file(path) {
                Ok(file) => Checker::new(faults).check(&self.ty, Place::File(&file), &file.value),
                Err(fault) => {
                    faults.push(fault);
                    Value::Unit
                }
            },
            None => Checker::new(faults).check(&self.ty, place, raw),
        }
    }

    fn missing(&self) -> Fault {
        let example = if self.ty.single().is_some() {
            "…"
        } else {
            "@FILE"
        };
        Fault::usage(format!("the parameter `{}` is missing", self.name))
            .hint(format!("{}: {} ({})", self.name, self.help, self.ty.fits()))
            .hint(format!("set it with --set {}={example}", self.name))
    }
}

fn read_file(path: &Path) -> Result<DataFile> {
    let bytes = InputKind::DATA.read(path)?;
    data_file::parse(&path.display().to_string(), &bytes)
}

struct Checker<'f> {
    faults: &'f mut Vec<Fault>,
    /// The unknown columns: each is named once, not for every row.
    unknown: HashSet<String>,
}

impl<'f> Checker<'f> {
    fn new(faults: &'f mut Vec<Fault>) -> Self {
        let unknown = HashSet::new();
        Self { faults, unknown }
    }

    fn check(&mut self, ty: &ParamType, place: Place<'_>, raw: &Value) -> Value {
        if *raw == Value::Unit {
            return Value::Unit;
        }
        let checked = match ty {
            ParamType::One(ty) => one(*ty, place, raw),
            ParamType::Matching(ty, pattern) => matching(*ty, pattern, place, raw),
            ParamType::List(_) | ParamType::Map(_) => {
                composite(ty, place, raw).map(|raw| self.check_parts(ty, place, &raw))
            }
        };
        checked.unwrap_or_else(|fault| {
            self.faults.push(fault);
            Value::Unit
        })
    }

    fn check_parts(&mut self, ty: &ParamType, place: Place<'_>, raw: &Value) -> Value {
        match (ty, raw) {
            (ParamType::List(list), Value::List(items)) => self.list(list, place, items),
            (ParamType::Map(fields), Value::Map(entries)) => self.map(fields, place, entries),
            _ => {
                let message = format!(
                    "{} must be {}, not {}",
                    place.label(),
                    ty.fits(),
                    raw.noun()
                );
                self.faults.push(Fault::usage(message));
                Value::Unit
            }
        }
    }

    fn list(&mut self, list: &ListType, place: Place<'_>, items: &[Value]) -> Value {
        let is_short = items.len() < list.min;
        if is_short || list.max.is_some_and(|max| items.len() > max) {
            let (label, length) = (place.label(), list.length());
            let message = format!("{label} must have {length}, not {}", items.len());
            self.faults.push(Fault::usage(message));
        }
        let key = list.key();
        let rows = items.iter().enumerate();
        let checked: Vec<_> = rows
            .map(|(index, item)| {
                let name = key.and_then(|key| data_file::row_name(item, key));
                self.item(list, Place::Item(&place, index, name.as_deref()), item)
            })
            .collect();
        if let Some(unique) = &list.unique {
            self.refuse_repeated(unique, place, &checked);
        }
        Value::List(checked)
    }

    /// An item cannot be left out.
    fn item(&mut self, list: &ListType, place: Place<'_>, item: &Value) -> Value {
        if *item == Value::Unit {
            let message = format!("{} must be {}, not `()`", place.label(), list.of.fits());
            self.faults.push(Fault::usage(message));
        }
        self.check(&list.of, place, item)
    }

    fn refuse_repeated(&mut self, unique: &Unique, list: Place<'_>, items: &[Value]) {
        let mut first = HashMap::new();
        for (index, item) in items.iter().enumerate() {
            let name = match unique {
                Unique::Items => None,
                Unique::Field(field) => data_file::row_name(item, field),
            };
            let item_place = Place::Item(&list, index, name.as_deref());
            let (value, place) = match unique {
                Unique::Items => (Some(item), item_place),
                Unique::Field(name) => (item.entry(name), Place::Field(&item_place, name)),
            };
            let Some(text) = value.and_then(Value::plain) else {
                continue;
            };
            let Some(earlier) = first.get(&text) else {
                first.insert(text, index);
                continue;
            };
            let text = Scalar::Text(&text);
            let earlier = Place::Item(&list, *earlier, None).short_label();
            let message = format!("{} repeats {text} of {earlier}", place.label());
            self.faults.push(Fault::usage(message));
        }
    }

    fn map(
        &mut self,
        fields: &[ParamSpec],
        place: Place<'_>,
        entries: &[(String, Value)],
    ) -> Value {
        for (name, _) in entries {
            let is_known = fields.iter().any(|field| field.name == *name);
            if !is_known && self.unknown.insert(Place::Field(&place, name).column()) {
                self.faults.push(unknown_field(fields, place, name));
            }
        }
        let mut checked: Vec<_> = fields
            .iter()
            .map(|field| {
                let given = entries.iter().find(|(name, _)| *name == field.name);
                let given = given.map(|(_, value)| value);
                (field.name.clone(), self.field(field, place, given))
            })
            .collect();
        checked.sort_by(|(a, _), (b, _)| a.cmp(b));
        Value::Map(checked)
    }

    /// An empty cell is a field that is left out.
    fn field(&mut self, field: &ParamSpec, map: Place<'_>, given: Option<&Value>) -> Value {
        let place = Place::Field(&map, &field.name);
        let given = given.filter(|value| **value != Value::Unit);
        if let Some(raw) = given.or(field.default.as_ref()) {
            return self.check(&field.ty, place, raw);
        }
        let fault = Fault::usage(format!("{} is missing", place.label()));
        self.faults
            .push(fault.hint(format!("{}: {}", field.name, field.ty.fits())));
        Value::Unit
    }
}

fn unknown_field(fields: &[ParamSpec], map: Place<'_>, name: &str) -> Fault {
    let known: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
    let shown = name.escape_debug();
    let table = map.file().filter(|file| file.is_table());
    let message = match table.filter(|_| map.within().is_empty()) {
        Some(file) => format!("{}: the column `{shown}` is not declared", file.name),
        None => format!("{} has no field `{shown}`", map.label()),
    };
    Fault::usage(message)
        .suggest(name, known.iter().copied())
        .hint(format!("its fields are {}", known.join(", ")))
}

/// The list or map that a text writes as JSON.
fn composite(ty: &ParamType, place: Place<'_>, raw: &Value) -> Result<Value> {
    let Some(text) = raw.text() else {
        return Ok(raw.clone());
    };
    data_file::parse_json(text).map_err(|fault| {
        Fault::usage(format!("{} must be {}", place.label(), ty.fits()))
            .hint(format!("it is read as JSON: {}", fault.message()))
            .hint("write JSON, or `@FILE` for a CSV, JSON, TOML or YAML file")
    })
}

fn matching(ty: ValueType, pattern: &Pattern, place: Place<'_>, raw: &Value) -> Result<Value> {
    let value = one(ty, place, raw)?;
    match value.text().filter(|text| !pattern.matches(text)) {
        Some(text) => {
            let (label, text) = (place.label(), Scalar::Text(text));
            let message = format!("{label} must match `{}`, not {text}", pattern.text);
            Err(Fault::usage(message))
        }
        None => Ok(value),
    }
}

fn one(ty: ValueType, place: Place<'_>, raw: &Value) -> Result<Value> {
    if ty == ValueType::Secret && raw.scalar() == Scalar::Secret {
        return Ok(raw.clone());
    }
    let value = match raw.text() {
        Some(text) if ty == ValueType::Secret => {
            let secret = Secret::parse(text).map(Value::Secret);
            return secret.map_err(|_| refusal(ValueType::Reference, place, Scalar::Text(text)));
        }
        Some(text) => ty.parse(text),
        None => raw.scalar(),
    };
    if let Scalar::Text(text) = value
        && !login::find(text).is_empty()
    {
        let label = place.label();
        let message = format!("{label} has the login of a URL written out, which is a secret");
        return Err(Fault::usage(message)
            .hint("declare it as a secret, and pass a reference such as `env:NAME`")
            .with_rule(Rule::PlainSecret));
    }
    if ty.accepts(value) {
        Ok(value.into())
    } else {
        Err(refusal(ty, place, value))
    }
}

fn refusal(ty: ValueType, place: Place<'_>, value: Scalar<'_>) -> Fault {
    let fault = ty.refusal(place.label(), value);
    let fault = fault.with_kind(FaultKind::Usage);
    if let Scalar::Text(text) = value
        && ty.range().is_some()
        && place.name().ends_with("_kbps")
    {
        return fault.hint(rate_hint(text));
    }
    let is_row = matches!(place, Place::Item(list, ..) if list.is_root());
    if is_row && place.file().is_some_and(DataFile::is_table) {
        return fault.hint(
            "a row of a CSV file is a map: declare its columns, as in `of: #{ name: \"name\" }`",
        );
    }
    fault
}
