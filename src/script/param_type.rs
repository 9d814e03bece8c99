//! What a declared parameter accepts: one value, a list or a map.

use std::borrow::Cow;

use regex_lite::Regex;

use crate::bindings::Value;
use crate::state::ValueType;

/// A declared parameter, or a declared field of a map.
#[derive(Clone, Debug)]
pub struct ParamSpec {
    /// Its name.
    pub name: String,
    /// What it accepts.
    pub ty: ParamType,
    /// Its value where none is given; a parameter without a default is required.
    pub default: Option<Value>,
    /// What it is for.
    pub help: String,
}

/// What a parameter accepts.
#[derive(Clone, Debug)]
pub enum ParamType {
    /// One value.
    One(ValueType),
    /// A string of a type that also matches a pattern.
    Matching(ValueType, Pattern),
    /// A list.
    List(Box<ListType>),
    /// A map with these fields.
    Map(Vec<ParamSpec>),
}

/// A regular expression for a whole string.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As the script writes it.
    pub text: String,
    regex: Regex,
}

/// What a list accepts.
#[derive(Clone, Debug)]
pub struct ListType {
    /// Each item.
    pub of: ParamType,
    /// The least number of items.
    pub min: usize,
    /// The greatest number of items.
    pub max: Option<usize>,
    /// What must differ from item to item.
    pub unique: Option<Unique>,
}

/// What must differ from item to item of a list.
#[derive(Clone, Debug)]
pub enum Unique {
    /// The items.
    Items,
    /// That field of each.
    Field(String),
}

impl Pattern {
    /// Compiles a regular expression; `None` where it is not one.
    pub(super) fn new(text: &str) -> Option<Self> {
        let regex = Regex::new(&format!("^(?:{text})$")).ok()?;
        let text = text.to_owned();
        Some(Self { text, regex })
    }

    /// Whether a whole string matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

impl From<ValueType> for ParamType {
    fn from(ty: ValueType) -> Self {
        Self::One(ty)
    }
}

impl ParamType {
    /// The word of a list in a declaration.
    pub const LIST: &str = "list";

    /// The word of a map in a declaration.
    pub const MAP: &str = "map";

    /// The type of one value; `None` for a list or a map.
    pub fn single(&self) -> Option<ValueType> {
        match self {
            Self::One(ty) | Self::Matching(ty, _) => Some(*ty),
            Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The type in a word, as declarations write it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::One(ty) | Self::Matching(ty, _) => ty.word(),
            Self::List(_) => Self::LIST,
            Self::Map(_) => Self::MAP,
        }
    }

    /// What it accepts, in a clause.
    pub fn fits(&self) -> Cow<'static, str> {
        match self {
            Self::One(ty) => ty.fits(),
            Self::Matching(ty, pattern) => {
                format!("{} that matches `{}`", ty.fits(), pattern.text).into()
            }
            Self::List(list) => list.fits().into(),
            Self::Map(fields) => {
                let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
                format!("a map of {}", names.join(", ")).into()
            }
        }
    }

    /// Whether secrets are among its values.
    pub fn has_secret(&self) -> bool {
        match self {
            Self::One(ty) | Self::Matching(ty, _) => *ty == ValueType::Secret,
            Self::List(list) => list.of.has_secret(),
            Self::Map(fields) => fields.iter().any(|field| field.ty.has_secret()),
        }
    }
}

impl ListType {
    /// The field that tells items apart, as far as one is known; never a secret.
    pub(super) fn key(&self) -> Option<&str> {
        let ParamType::Map(fields) = &self.of else {
            return None;
        };
        let wanted = match &self.unique {
            Some(Unique::Field(name)) => name,
            Some(Unique::Items) | None => "name",
        };
        let field = fields.iter().find(|field| field.name == wanted)?;
        (!field.ty.has_secret()).then_some(wanted)
    }

    /// How many items it may have, in words; empty where there is no limit.
    pub fn length(&self) -> String {
        match (self.min, self.max) {
            (0, None) => String::new(),
            (min, None) => format!("{min} or more items"),
            (0, Some(max)) => format!("at most {max} items"),
            (min, Some(max)) => format!("{min} to {max} items"),
        }
    }

    fn fits(&self) -> String {
        let length = self.length();
        let separator = if length.is_empty() { "" } else { " of " };
        format!("a list{separator}{length}, each {}", self.of.fits())
    }
}
