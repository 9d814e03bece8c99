//! What a binding takes: a name, what fits, and what is known of it. What a
//! source does not say stays empty here.

use std::borrow::Cow;

use crate::state::SectionKind;

/// One thing a binding takes.
pub struct Param {
    /// Its name, and its key in an options map.
    pub name: &'static str,
    /// What fits.
    pub ty: Type,
    /// Whether it must be given.
    pub is_required: bool,
    /// What it means.
    pub doc: &'static str,
    /// What a number counts.
    pub unit: &'static str,
    /// What holds where it is left out, in words.
    pub default: &'static str,
    /// The first version of the product that knows it.
    pub since: &'static str,
    /// The vendor's page or the observation behind it, where that is another
    /// than the binding's.
    pub source: &'static str,
}

/// The default of what a call leaves alone unless it is named.
pub(super) const AS_IT_IS: &str = "left as it is";

/// What fits a parameter.
pub enum Type {
    /// Anything.
    Any,
    /// `true` or `false`.
    Bool,
    /// A whole number in a range.
    Int {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// A TCP or UDP port.
    Port,
    /// A port, or `true` or `false`.
    PortOrSwitch,
    /// Any text.
    Text,
    /// The name of an account, user or service.
    Name,
    /// An absolute path.
    Path,
    /// A secret's reference.
    Secret,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list.
    List(&'static Type),
    /// A map with these keys.
    Options(&'static [Param]),
    /// What a Sync session is: these keys, and options of `async`.
    Session(&'static [Param]),
    /// A map of settings of that kind of section.
    Settings(SectionKind),
}

impl Param {
    const fn new(name: &'static str, ty: Type, is_required: bool, doc: &'static str) -> Self {
        Self {
            name,
            ty,
            is_required,
            doc,
            unit: "",
            default: "",
            since: "",
            source: "",
        }
    }

    /// A parameter that must be given.
    pub(super) const fn required(name: &'static str, ty: Type, doc: &'static str) -> Self {
        Self::new(name, ty, true, doc)
    }

    /// A parameter that may be left out.
    pub(super) const fn optional(name: &'static str, ty: Type, doc: &'static str) -> Self {
        Self::new(name, ty, false, doc)
    }

    /// What a number counts.
    pub(super) const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// Where it comes from.
    pub(super) const fn source(mut self, source: &'static str) -> Self {
        self.source = source;
        self
    }

    /// What holds where it is left out.
    pub(super) const fn default(mut self, default: &'static str) -> Self {
        self.default = default;
        self
    }
}

impl Type {
    /// The keys that a map of this type is known to have.
    pub fn keys(&self) -> &'static [Param] {
        if let Self::Options(keys) | Self::Session(keys) = self {
            keys
        } else {
            &[]
        }
    }

    /// The words a value can be, where there are only some.
    pub fn allowed(&self) -> impl Iterator<Item = &'static str> + use<> {
        let words: &[_] = if let Self::Choice(words) = self {
            words
        } else if let Self::Bool = self {
            &["true", "false"]
        } else {
            &[]
        };
        words.iter().copied()
    }

    /// What fits, in a clause.
    pub fn fits(&self) -> Cow<'static, str> {
        if let Self::Int { min, max } = self {
            format!("a whole number from {min} to {max}").into()
        } else if let Self::Choice(words) = self {
            format!("one of {}", words.join(", ")).into()
        } else if let Self::List(of) = self {
            format!("a list, each {}", of.noun()).into()
        } else {
            self.noun().into()
        }
    }

    /// The type in a word or three, as declarations of parameters spell them.
    pub fn word(&self) -> Cow<'static, str> {
        let word = match self {
            Self::Any => "any",
            Self::Bool => "bool",
            Self::Int { .. } => "int",
            Self::Port => "port",
            Self::PortOrSwitch => "port or bool",
            Self::Text => "string",
            Self::Name => "name",
            Self::Path => "path",
            Self::Secret => "secret",
            Self::Choice(_) => "choice",
            Self::List(of) => return format!("list of {}", of.word()).into(),
            Self::Options(_) | Self::Session(_) | Self::Settings(_) => "map",
        };
        word.into()
    }

    /// What a person would call a value that fits.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Any => "anything",
            Self::Bool => "true or false",
            Self::Int { .. } => "a whole number",
            Self::Port => "a port from 1 to 65535",
            Self::PortOrSwitch => "a port from 1 to 65535, true or false",
            Self::Text | Self::Choice(_) => "a text",
            Self::Name => "a name, as a text",
            Self::Path => "an absolute path, as a text",
            Self::Secret => "a secret, such as secret(\"env:NAME\")",
            Self::List(_) => "a list",
            Self::Options(_) => "a map of options",
            Self::Settings(_) => "a map of settings",
            Self::Session(_) => "a map that describes a session",
        }
    }
}
