//! The lists and maps whose parts are known without a run: those of declared parameters, and those
//! in the files of data that a script names.

use std::collections::{BTreeMap, HashMap};

use rhai::{AST, ASTNode, Expr, FnCallExpr};

use crate::bindings::{DATA, Value};
use crate::fault::Fault;
use crate::script::param_type::{ParamSpec, ParamType};
use crate::state::ValueType;

/// How many names a message lists, and how many a misspelt one is compared with.
const MAX_LISTED: usize = 20;
const MAX_SUGGESTIONS: usize = 2000;

/// What a value consists of.
pub(super) enum Shape {
    /// `()`, where nothing shows what else it may be.
    Empty,
    /// One value.
    One(ValueType),
    /// Items of a shape.
    List(Box<Shape>),
    /// Fields by name.
    Map(BTreeMap<String, Shape>),
}

/// What the script declares and the files beside it have, by name.
#[derive(Default)]
pub(super) struct KnownShapes {
    params: HashMap<String, Shape>,
    files: HashMap<String, Shape>,
}

/// A list or map, or a part of one.
#[derive(Clone, Copy)]
pub(super) struct KnownPart<'a> {
    pub(super) shape: &'a Shape,
    origin: Origin<'a>,
}

/// The parameter or the file that a part is of.
#[derive(Clone, Copy)]
enum Origin<'a> {
    Param(&'a str),
    File(&'a str),
}

impl From<&ParamType> for Shape {
    fn from(ty: &ParamType) -> Self {
        match ty {
            ParamType::One(ty) | ParamType::Matching(ty, _) => Self::of_type(*ty),
            ParamType::List(list) => Self::List(Box::new((&list.of).into())),
            ParamType::Map(fields) => Self::Map(
                fields
                    .iter()
                    .map(|field| (field.name.clone(), (&field.ty).into()))
                    .collect(),
            ),
        }
    }
}

impl From<Value> for Shape {
    fn from(value: Value) -> Self {
        match value {
            Value::Unit => Self::Empty,
            Value::Text(_) => Self::One(ValueType::Text),
            Value::List(items) => {
                let items = items.into_iter().map(Self::from);
                Self::List(Box::new(items.fold(Self::Empty, Self::merge)))
            }
            Value::Map(entries) => {
                let fields = entries.into_iter();
                Self::Map(fields.map(|(name, value)| (name, value.into())).collect())
            }
            Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Secret(_)
            | Value::SecretText(_)
            | Value::Outcome(_)
            | Value::Other(_) => Self::One(ValueType::Any),
        }
    }
}

impl Shape {
    /// A secret cannot be compared, so nothing is known of one.
    fn of_type(ty: ValueType) -> Self {
        Self::One(if ty == ValueType::Secret {
            ValueType::Any
        } else {
            ty
        })
    }

    /// What either of them has.
    fn merge(self, other: Self) -> Self {
        match (self, other) {
            (Self::Empty, only) | (only, Self::Empty) => only,
            (Self::List(one), Self::List(other)) => Self::List(Box::new(one.merge(*other))),
            (Self::Map(mut fields), Self::Map(more)) => {
                for (name, shape) in more {
                    let known = fields.remove(&name).unwrap_or(Self::Empty);
                    fields.insert(name, known.merge(shape));
                }
                Self::Map(fields)
            }
            (Self::One(one), Self::One(other)) if one == other => Self::One(one),
            _ => Self::One(ValueType::Any),
        }
    }
}

impl KnownShapes {
    /// The declared parameters, and the files that `read` can read.
    pub(super) fn new(
        params: &[ParamSpec],
        ast: &AST,
        mut read: impl FnMut(&str) -> Option<Value>,
    ) -> Self {
        let mut shapes = Self::default();
        for spec in params {
            shapes.params.insert(spec.name.clone(), (&spec.ty).into());
        }
        for name in named_files(ast) {
            if let Some(value) = read(&name) {
                shapes.files.insert(name, value.into());
            }
        }
        shapes
    }

    /// A parameter.
    pub(super) fn param(&self, name: &str) -> Option<KnownPart<'_>> {
        let (name, shape) = self.params.get_key_value(name)?;
        let origin = Origin::Param(name);
        Some(KnownPart { shape, origin })
    }

    /// What a call returns that reads a file of data.
    pub(super) fn data(&self, call: &FnCallExpr) -> Option<KnownPart<'_>> {
        let (name, shape) = self.files.get_key_value(named_file(call)?)?;
        let origin = Origin::File(name);
        Some(KnownPart { shape, origin })
    }
}

/// The files that calls of `data` name as literals.
fn named_files(ast: &AST) -> Vec<String> {
    let mut names = Vec::new();
    ast.walk(&mut |path| {
        if let Some(ASTNode::Expr(Expr::FnCall(call, _))) = path.last()
            && let Some(name) = named_file(call)
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
        true
    });
    names
}

fn named_file(call: &FnCallExpr) -> Option<&str> {
    match &*call.args {
        [Expr::StringConstant(name, _)] if call.namespace.is_empty() && call.name == DATA => {
            Some(name)
        }
        _ => None,
    }
}

impl<'a> KnownPart<'a> {
    /// An item of a list.
    pub(super) fn item(self) -> Option<Self> {
        match self.shape {
            Shape::List(shape) => Some(Self { shape, ..self }),
            Shape::Empty | Shape::One(_) | Shape::Map(_) => None,
        }
    }

    /// The fields, where it is a map.
    pub(super) fn fields(self) -> Option<&'a BTreeMap<String, Shape>> {
        match self.shape {
            Shape::Map(fields) => Some(fields),
            Shape::Empty | Shape::One(_) | Shape::List(_) => None,
        }
    }

    /// A field of a map.
    pub(super) fn field(self, name: &str) -> Option<Self> {
        let shape = self.fields()?.get(name)?;
        Some(Self { shape, ..self })
    }

    /// Whether both are the same part.
    pub(super) fn is(self, other: Self) -> bool {
        std::ptr::eq(self.shape, other.shape)
    }

    /// Whether it is of a file, which may have other fields another day.
    pub(super) fn is_of_file(self) -> bool {
        matches!(self.origin, Origin::File(_))
    }

    /// The fault of a field that it does not have.
    pub(super) fn no_field(self, name: &str) -> Fault {
        let shown = name.escape_debug();
        if self.item().is_some() {
            return Fault::script(format!("a list has no property `{shown}`"))
                .hint("its items may have it: loop over them with `for`");
        }
        let (message, what) = match self.origin {
            Origin::Param(param) => {
                let message = format!("`params.{param}` declares no field `{shown}`");
                (message, "fields")
            }
            Origin::File(file) => {
                let is_table = file.to_ascii_lowercase().ends_with(".csv");
                let (what, all) = if is_table {
                    ("column", "columns")
                } else {
                    ("key", "keys")
                };
                let file = file.escape_debug();
                (format!("`{file}` has no {what} `{shown}`"), all)
            }
        };
        let known = || self.fields().into_iter().flatten().map(|(name, _)| name);
        let names = known().map(String::as_str).take(MAX_SUGGESTIONS);
        let mut listed: Vec<_> = known()
            .take(MAX_LISTED)
            .map(|name| name.escape_debug().to_string())
            .collect();
        if known().nth(MAX_LISTED).is_some() {
            listed.push("…".to_owned());
        }
        let fault = Fault::script(message).suggest(name, names);
        fault.hint(format!("its {what} are {}", listed.join(", ")))
    }
}
