//! A parameter of a binding: its name, what it accepts, and its documentation.
//! What no source states stays empty here.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::rc::Rc;

use crate::state::{Secret, SectionKind, ValueType};

use super::Value;

/// A parameter, or a key of an options map.
#[derive(Clone, Copy)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// What it accepts.
    pub ty: ArgType,
    /// Whether it must be given.
    pub is_required: bool,
    /// What it means.
    pub doc: &'static str,
    /// What a number counts.
    pub unit: &'static str,
    /// What holds where it is left out, in words.
    pub default: &'static str,
    /// The vendor's page or the observation behind it, where that is another
    /// than the binding's.
    pub source: &'static str,
}

/// The default of an option that changes nothing where it is left out.
pub(super) const UNCHANGED: &str = "unchanged";

/// What a parameter accepts.
#[derive(Clone, Copy)]
pub enum ArgType {
    /// One value.
    One(ValueType),
    /// A list of such values.
    List(ValueType),
    /// A map with these keys.
    Options(&'static [Param]),
    /// The map that describes a Sync session: these keys, and options of `async`.
    Session(&'static [Param]),
    /// A map of settings of that kind of section.
    Settings(SectionKind),
}

/// A parameter whose value has the Rust type `T` in the binding's function:
/// an `Option` where it may be left out.
///
/// Each is a constant. A binding's table lists its `param`, and `Args::get`
/// returns its value.
pub struct Key<T> {
    /// The parameter.
    pub param: Param,
    value: PhantomData<fn() -> T>,
}

/// A Rust type that a value can be read as.
pub trait FromArg: Sized {
    /// Reads a checked value; `None` where it was left out and must be given.
    fn from_arg(value: Option<&Value>) -> Option<Self>;
}

impl Param {
    const fn new(name: &'static str, ty: ArgType, doc: &'static str) -> Self {
        Self {
            name,
            ty,
            is_required: true,
            doc,
            unit: "",
            default: "",
            source: "",
        }
    }

    /// A map of options, which may be left out.
    pub(super) const fn options(keys: &'static [Self], doc: &'static str) -> Self {
        Self {
            is_required: false,
            ..Self::new("options", ArgType::Options(keys), doc)
        }
    }

    /// Must be given.
    pub(super) const fn required(self) -> Self {
        Self {
            is_required: true,
            ..self
        }
    }

    /// Sets its name.
    pub(super) const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }
}

impl<T> Key<T> {
    const fn new(name: &'static str, ty: ArgType, doc: &'static str) -> Self {
        Self::of(Param::new(name, ty, doc))
    }

    const fn of(param: Param) -> Self {
        Self {
            param,
            value: PhantomData,
        }
    }

    /// May be left out.
    pub(super) const fn optional(self) -> Key<Option<T>> {
        Key::of(Param {
            is_required: false,
            ..self.param
        })
    }

    /// Sets what a number counts.
    pub(super) const fn unit(self, unit: &'static str) -> Self {
        Self::of(Param { unit, ..self.param })
    }

    /// Sets where it comes from.
    pub(super) const fn source(self, source: &'static str) -> Self {
        Self::of(Param {
            source,
            ..self.param
        })
    }

    /// Sets what holds where it is left out.
    pub(super) const fn default(self, default: &'static str) -> Self {
        Self::of(Param {
            default,
            ..self.param
        })
    }
}

impl Key<Rc<str>> {
    /// A string of that type.
    pub(super) const fn text(name: &'static str, ty: ValueType, doc: &'static str) -> Self {
        assert!(ty.is_text(), "the type accepts no string");
        Self::new(name, ArgType::One(ty), doc)
    }

    /// The name of an account, user or service.
    pub(super) const fn name(name: &'static str, doc: &'static str) -> Self {
        Self::text(name, ValueType::Name, doc)
    }
}

impl Key<bool> {
    /// `true` or `false`.
    pub(super) const fn flag(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, ArgType::One(ValueType::Bool), doc)
    }
}

impl Key<u8> {
    /// A whole number in a range.
    pub(super) const fn number(name: &'static str, min: u8, max: u8, doc: &'static str) -> Self {
        let ty = ValueType::int(min as i64, max as i64);
        Self::new(name, ArgType::One(ty), doc)
    }
}

impl Key<u32> {
    /// The number of a group or an account.
    pub(super) const fn gid(name: &'static str, doc: &'static str) -> Self {
        // The last number means "unchanged" to chown(2).
        let ty = ValueType::int(1, u32::MAX as i64 - 1);
        Self::new(name, ArgType::One(ty), doc)
    }
}

impl Key<Secret> {
    /// A secret.
    pub(super) const fn secret(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, ArgType::One(ValueType::Secret), doc)
    }
}

impl Key<Vec<String>> {
    /// A list of strings of that type.
    pub(super) const fn texts(name: &'static str, ty: ValueType, doc: &'static str) -> Self {
        assert!(ty.is_text(), "the type accepts no string");
        Self::new(name, ArgType::List(ty), doc)
    }
}

impl Key<Value> {
    /// A value that the binding looks at itself.
    pub(super) const fn value(name: &'static str, ty: ValueType, doc: &'static str) -> Self {
        Self::new(name, ArgType::One(ty), doc)
    }

    /// The map that describes a Sync session.
    pub(super) const fn session(keys: &'static [Param], doc: &'static str) -> Self {
        Self::new("session", ArgType::Session(keys), doc)
    }

    /// A map with these keys.
    pub(super) const fn map(name: &'static str, keys: &'static [Param], doc: &'static str) -> Self {
        Self::new(name, ArgType::Options(keys), doc)
    }

    /// A map of settings of that kind of section.
    pub(super) const fn settings(kind: SectionKind, doc: &'static str) -> Self {
        Self::new("settings", ArgType::Settings(kind), doc)
    }
}

impl<T: FromArg> FromArg for Option<T> {
    fn from_arg(value: Option<&Value>) -> Option<Self> {
        Some(value.and_then(|value| T::from_arg(Some(value))))
    }
}

impl FromArg for Rc<str> {
    fn from_arg(value: Option<&Value>) -> Option<Self> {
        match value {
            Some(Value::Text(text)) => Some(Self::clone(text)),
            // Only free text, such as a message, may have a reference in it.
            Some(Value::SecretText(text)) => Some(text.to_string().into()),
            _ => None,
        }
    }
}

impl FromArg for bool {
    fn from_arg(value: Option<&Value>) -> Option<Self> {
        if let Some(Value::Bool(flag)) = value {
            Some(*flag)
        } else {
            None
        }
    }
}

impl FromArg for u8 {
    fn from_arg(value: Option<&Value>) -> Option<Self> {
        if let Some(Value::Int(int)) = value {
            Self::try_from(*int).ok()
        } else {
            None
        }
    }
}

impl FromArg for u32 {
    fn from_arg(value: Option<&Value>) -> Option<Self> {
        if let Some(Value::Int(int)) = value {
            Self::try_from(*int).ok()
        } else {
            None
        }
    }
}

impl FromArg for Secret {
    fn from_arg(value: Option<&Value>) -> Option<Self> {
        if let Some(Value::Secret(secret)) = value {
            Some(secret.clone())
        } else {
            None
        }
    }
}

impl FromArg for Vec<String> {
    fn from_arg(value: Option<&Value>) -> Option<Self> {
        let Some(Value::List(items)) = value else {
            return None;
        };
        let texts = items.iter().map(|item| item.text().map(str::to_owned));
        texts.collect()
    }
}

impl ArgType {
    /// The keys that a map of this type is known to have.
    pub fn keys(&self) -> &'static [Param] {
        if let Self::Options(keys) | Self::Session(keys) = self {
            keys
        } else {
            &[]
        }
    }

    /// The words it accepts, where there are only some.
    pub fn allowed(&self) -> &'static [&'static str] {
        if let Self::One(ty) = self {
            ty.allowed()
        } else {
            &[]
        }
    }

    /// Whether it accepts a secret only.
    pub fn is_secret(&self) -> bool {
        matches!(self, Self::One(ValueType::Secret))
    }

    /// What it accepts, in a clause.
    pub fn fits(&self) -> Cow<'static, str> {
        match self {
            Self::One(ty) => ty.fits(),
            Self::List(ty) => format!("a list, each item {}", ty.fits()).into(),
            Self::Options(_) => "a map of options".into(),
            Self::Session(_) => "a map that describes a session".into(),
            Self::Settings(_) => "a map of settings".into(),
        }
    }

    /// The type in a word or three, as declarations of parameters spell them.
    pub fn word(&self) -> Cow<'static, str> {
        match self {
            Self::One(ty) => ty.word().into(),
            Self::List(ty) => format!("list of {}", ty.word()).into(),
            Self::Options(_) | Self::Session(_) | Self::Settings(_) => "map".into(),
        }
    }
}
