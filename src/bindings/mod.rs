//! What scripts can say: one ordered table, one row a binding. A binding
//! makes a step or answers from facts; it cannot act, print, or know which
//! executor runs.

mod account;
mod advice;
mod args;
mod conf;
mod dir;
mod global;
mod license;
mod manual;
mod node;
mod service;
mod sync;
mod token;
mod value;

use crate::facts::Facts;
use crate::fault::Result;
use crate::step::{Advisory, Step};

pub use args::Args;
pub use value::{Outcome, Params, Value};

/// A name that scripts can call.
pub struct Binding {
    /// As it is written: `node.add_api_user`, `secret`.
    pub name: &'static str,
    /// What it does: a sentence, and more after an empty line.
    pub doc: &'static str,
    /// What it takes, in order; the last may be a map of options.
    pub params: &'static [Param],
    /// A call that runs on a blank node.
    pub example: &'static str,
    /// The vendor's page or the observation behind it.
    pub source: &'static str,
    /// What it means.
    pub make: fn(&Args, &mut Facts<'_>) -> Result<Made>,
}

/// One thing a binding takes.
pub struct Param {
    /// Its name, and its key in an options map.
    pub name: &'static str,
    /// What fits.
    pub ty: Type,
    /// Whether it must be given.
    pub is_required: bool,
    /// What it means, with its unit.
    pub doc: &'static str,
}

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
    /// What a Sync session is, with options of `async`.
    Session,
    /// A map of settings, by the names asconfigurator knows.
    Settings,
}

/// What a call makes.
pub enum Made {
    /// Something to be done.
    Step(Step, Outcome),
    /// An answer, and what the reader should know with it.
    Answer(Value, Vec<Advisory>),
}

impl Made {
    /// An answer without advisories.
    pub fn answer(value: impl Into<Value>) -> Result<Self> {
        Ok(Self::Answer(value.into(), Vec::new()))
    }
}

impl Param {
    const fn new(name: &'static str, ty: Type, is_required: bool, doc: &'static str) -> Self {
        Self {
            name,
            ty,
            is_required,
            doc,
        }
    }

    /// A parameter that must be given.
    pub(crate) const fn required(name: &'static str, ty: Type, doc: &'static str) -> Self {
        Self::new(name, ty, true, doc)
    }

    /// A parameter that may be left out.
    pub(crate) const fn optional(name: &'static str, ty: Type, doc: &'static str) -> Self {
        Self::new(name, ty, false, doc)
    }
}

impl Type {
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
            Self::Settings => "a map of settings",
            Self::Session => "a map that describes a session",
        }
    }
}

impl Binding {
    /// The namespace and the name within it.
    pub fn path(&self) -> (Option<&'static str>, &'static str) {
        match self.name.split_once('.') {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, self.name),
        }
    }

    /// The first sentence of what it does.
    pub fn summary(&self) -> &'static str {
        self.doc
            .split_once("\n\n")
            .map_or(self.doc, |(first, _)| first)
    }

    /// How a call is written.
    pub fn usage(&self) -> String {
        let shown = |param: &Param| match (&param.ty, param.is_required) {
            (Type::Options(keys), is_required) => {
                let keys: Vec<_> = keys.iter().map(|key| key.name).collect();
                let map = format!("#{{ {} }}", keys.join(", "));
                if is_required { map } else { format!("[{map}]") }
            }
            (Type::Settings, _) => "#{ setting: value }".to_owned(),
            (_, true) => param.name.to_owned(),
            (_, false) => format!("[{}]", param.name),
        };
        let params: Vec<_> = self.params.iter().map(shown).collect();
        format!("{}({})", self.name, params.join(", "))
    }
}

/// Every binding, in the order of the manual: the node's parts as a procedure
/// meets them, then what belongs to the script itself.
pub static BINDINGS: &[&[Binding]] = &[
    license::BINDINGS,
    account::BINDINGS,
    dir::BINDINGS,
    conf::BINDINGS,
    service::BINDINGS,
    node::BINDINGS,
    token::BINDINGS,
    sync::BINDINGS,
    manual::BINDINGS,
    global::BINDINGS,
];

/// Every binding, one after the other.
pub fn all() -> impl Iterator<Item = &'static Binding> {
    BINDINGS.iter().flat_map(|rows| rows.iter())
}

/// The namespaces whose names are not functions but values.
pub const VALUE_NAMESPACES: &[&str] = &["host", "params"];
