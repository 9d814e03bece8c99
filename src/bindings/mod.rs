//! What scripts can say: one ordered table, one row a binding. A binding
//! makes a step or answers from facts; it cannot act, print, or know which
//! executor runs.

mod account;
mod advice;
mod args;
mod checked;
mod conf;
mod dir;
mod global;
mod license;
mod manual;
mod node;
mod param;
mod service;
mod sync;
mod testing;
mod token;

use std::sync::LazyLock;

use crate::facts::Facts;
use crate::fault::Result;
use crate::state::FastMap;
use crate::step::{Advisory, Step};

use param::AS_IT_IS;

pub use args::Args;
pub use param::{Param, Type};

pub use crate::step::{Outcome, Params, Value};

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

impl Binding {
    /// The namespace and the name within it.
    pub fn path(&self) -> (Option<&'static str>, &'static str) {
        match self.name.split_once('.') {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, self.name),
        }
    }

    /// Whether it means something in a test alone.
    pub fn is_for_tests(&self) -> bool {
        testing::BINDINGS.iter().any(|row| row.name == self.name)
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
            (Type::Settings(_), _) => "#{ setting: value }".to_owned(),
            (_, true) => param.name.to_owned(),
            (_, false) => format!("[{}]", param.name),
        };
        let params: Vec<_> = self.params.iter().map(shown).collect();
        format!("{}({})", self.name, params.join(", "))
    }
}

/// Every binding, in the order of the manual: the node's parts as a procedure
/// meets them, then what belongs to the script itself, then its tests.
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
    checked::BINDINGS,
    testing::BINDINGS,
];

/// Every binding, one after the other.
pub fn all() -> impl Iterator<Item = &'static Binding> {
    BINDINGS.iter().flat_map(|rows| rows.iter())
}

/// The binding of that name.
pub fn find(name: &str) -> Option<&'static Binding> {
    let (namespace, name) = name.split_once('.').unwrap_or(("", name));
    find_in(namespace, name)
}

/// The binding of that name in a namespace; an empty one is of what scripts
/// call without any.
pub fn find_in(namespace: &str, name: &str) -> Option<&'static Binding> {
    static BY_PATH: LazyLock<FastMap<(&str, &str), &Binding>> = LazyLock::new(|| {
        let path = |binding: &'static Binding| {
            let (namespace, name) = binding.path();
            ((namespace.unwrap_or_default(), name), binding)
        };
        all().map(path).collect()
    });
    BY_PATH.get(&(namespace, name)).copied()
}

/// What a namespace is about: the first sentence of the file that has it.
pub fn namespace_doc(name: &str) -> &'static str {
    let doc = NAMESPACES.iter().find(|(known, _)| *known == name);
    doc.map_or("", |(_, doc)| doc)
}

/// What each namespace is about.
const NAMESPACES: &[(&str, &str)] = &[
    ("license", "What the product says of its licence."),
    ("account", "System accounts."),
    ("dir", "Folders such as a docroot."),
    ("conf", "Settings in aspera.conf."),
    ("service", "The product's background services."),
    (
        "node",
        "Users of the Node API, with which web applications log in.",
    ),
    ("token", "Secrets made from others, or from chance."),
    ("sync", "Sync sessions."),
    ("manual", "What a person does where no tool can."),
    ("expect", "What a test says of the steps that were taken."),
    ("host", "The node that the script works on."),
    ("params", "The script's parameters."),
];

/// What a script reads without a call.
pub struct Named {
    /// As it is written: `host.platform`.
    pub name: &'static str,
    /// How it is used, where the name does not say so.
    pub usage: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// A line that reads it on a blank node.
    pub example: &'static str,
}

/// The values that scripts can read.
pub static VALUES: &[Named] = &[
    Named {
        name: "host.platform",
        usage: "",
        doc: "The node's platform: `macos` or `linux`.",
        example: r#"if host.platform == "macos" { advise("this is a Mac"); }"#,
    },
    Named {
        name: "host.name",
        usage: "",
        doc: "The node's own name.",
        example: "conf.set_server(#{ server_name: host.name });",
    },
    Named {
        name: "params",
        usage: "params.NAME",
        doc: "The value of a parameter that the script declares in `PARAMS`.",
        example: r#"const PARAMS = #{ cap: #{ type: "int", default: 50000, help: "cap in kbps" } };
conf.set_node(#{ transfer_out_bandwidth_flow_target_rate_cap: params.cap });"#,
    },
];

/// The namespaces whose names are not functions but values.
pub const VALUE_NAMESPACES: &[&str] = &["host", "params"];
