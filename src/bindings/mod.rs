//! The bindings: what a script can call, as one ordered table with one row for
//! each. A binding makes a step or returns an answer; it cannot act, print, or
//! know which executor performs its step.

mod access_key;
mod account;
mod account_properties;
mod advice;
mod api;
mod args;
mod checked;
mod conf;
mod conf_readings;
mod data;
mod dir;
mod docroot;
mod effective;
mod fallback;
mod file;
mod global;
mod group;
mod license;
mod manual;
mod node;
mod node_advice;
mod param;
mod ports;
mod reading;
mod service;
mod setting_value;
mod ssh;
mod sync;
mod sync_account;
mod sync_advice;
mod sync_service;
mod sync_status;
mod testing;
mod token;
mod touched;

use std::sync::LazyLock;

use crate::facts::Facts;
use crate::fault::Result;
use crate::state::FastMap;
use crate::step::{Advisory, Step};

use param::UNCHANGED;

pub use args::Args;
pub use conf_readings::{EFFECTIVE_USER, section_read};
pub use data::DATA;
pub use docroot::RELATIVE as RELATIVE_DOCROOT;
pub use fallback::options as fallback_options;
pub use node_advice::{NodeAdvice, on_node as advise_on_node};
pub use param::{ArgType, FromArg, Key, Param};
pub use reading::of_setting as setting_value;
pub use testing::{FAULT, GOLDEN};

pub use crate::step::{Outcome, Params, Value};

/// A function that scripts can call.
pub struct Binding {
    /// Its name, as scripts write it: `node.add_api_user`, `secret`.
    pub name: &'static str,
    /// What it does: a sentence, and more after an empty line.
    pub doc: &'static str,
    /// Its parameters, in order; the last may be a map of options.
    pub params: &'static [Param],
    /// A call that runs on a blank node.
    pub example: &'static str,
    /// The vendor's page or the observation behind it.
    pub source: &'static str,
    /// Makes the step or the answer of a call.
    pub make: fn(&Args, &mut Facts<'_>) -> Result<Made>,
}

/// The result of a call.
pub enum Made {
    /// A step to perform.
    Step(Step, Outcome),
    /// A settled step that shows a check, and the answer of the check.
    Checked(Step, Value),
    /// An answer, and advisories about it.
    Answer(Value, Vec<Advisory>),
}

impl Made {
    /// An answer without advisories.
    pub fn answer(value: impl Into<Value>) -> Result<Self> {
        Ok(Self::Answer(value.into(), Vec::new()))
    }

    /// The advisories of the call.
    pub fn advisories(&self) -> &[Advisory] {
        match self {
            Self::Step(step, _) | Self::Checked(step, _) => &step.advisories,
            Self::Answer(_, notes) => notes,
        }
    }
}

impl Binding {
    /// A binding of these parts.
    const fn new(
        name: &'static str,
        params: &'static [Param],
        doc: &'static str,
        example: &'static str,
        source: &'static str,
        make: fn(&Args, &mut Facts<'_>) -> Result<Made>,
    ) -> Self {
        Self {
            name,
            doc,
            params,
            example,
            source,
            make,
        }
    }

    /// The namespace and the name within it.
    pub fn path(&self) -> (Option<&'static str>, &'static str) {
        match self.name.split_once('.') {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, self.name),
        }
    }

    /// Whether it works only in a test.
    pub fn is_for_tests(&self) -> bool {
        testing::BINDINGS.iter().any(|row| row.name == self.name)
    }

    /// The first sentence of what it does.
    pub fn summary(&self) -> &'static str {
        self.doc
            .split_once("\n\n")
            .map_or(self.doc, |(first, _)| first)
    }

    /// The syntax of a call.
    pub fn usage(&self) -> String {
        let written = |param: &Param| match (&param.ty, param.is_required) {
            (ArgType::Options(keys), is_required) => {
                let keys: Vec<_> = keys.iter().map(|key| key.name).collect();
                let map = format!("#{{ {} }}", keys.join(", "));
                if is_required { map } else { format!("[{map}]") }
            }
            (ArgType::Settings(_), _) => "#{ setting: value }".to_owned(),
            (_, true) => param.name.to_owned(),
            (_, false) => format!("[{}]", param.name),
        };
        let params: Vec<_> = self.params.iter().map(written).collect();
        format!("{}({})", self.name, params.join(", "))
    }
}

/// Every binding, in the order of the manual: the node's parts in the order of
/// the published procedures, then the script itself, then its tests.
pub static BINDINGS: &[&[Binding]] = &[
    license::BINDINGS,
    group::BINDINGS,
    account::BINDINGS,
    dir::BINDINGS,
    file::BINDINGS,
    ssh::BINDINGS,
    conf::BINDINGS,
    conf_readings::BINDINGS,
    service::BINDINGS,
    node::BINDINGS,
    api::BINDINGS,
    access_key::BINDINGS,
    token::BINDINGS,
    sync::BINDINGS,
    sync_service::BINDINGS,
    sync_status::BINDINGS,
    manual::BINDINGS,
    global::BINDINGS,
    data::BINDINGS,
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

/// The binding of that name in a namespace; the namespace is empty for bindings
/// without one.
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

/// What a namespace is about; empty for an unknown one.
pub fn namespace_doc(name: &str) -> &'static str {
    let doc = NAMESPACES.iter().find(|(known, _)| *known == name);
    doc.map_or("", |(_, doc)| doc)
}

/// What each namespace is about.
const NAMESPACES: &[(&str, &str)] = &[
    ("license", "The product's license."),
    ("group", "System groups."),
    ("account", "System accounts."),
    ("dir", "Folders such as a docroot."),
    ("file", "Whole files."),
    ("ssh", "Keys of SSH."),
    ("conf", "Settings in aspera.conf."),
    ("service", "The product's background services."),
    (
        "node",
        "Users of the Node API, with which web applications log in.",
    ),
    ("api", "The Node API itself, asked in a live run."),
    ("access_key", "Access keys of the Node API."),
    (
        "token",
        "Secrets that are computed from another secret or generated.",
    ),
    ("sync", "Sync sessions."),
    ("manual", "Steps that a person does."),
    ("expect", "What a test expects of the steps of a script."),
    ("host", "The node that the script runs on."),
    ("params", "The script's parameters."),
];

/// A value that scripts can read without a call.
pub struct ReadableValue {
    /// Its name, as scripts write it: `host.platform`.
    pub name: &'static str,
    /// Its syntax, where that is not its name.
    pub usage: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// A line that reads it on a blank node.
    pub example: &'static str,
}

/// The values that scripts can read.
pub static VALUES: &[ReadableValue] = &[
    ReadableValue {
        name: "host.platform",
        usage: "",
        doc: "The node's platform: `macos` or `linux`.",
        example: r#"if host.platform == "macos" { advise("this is a Mac"); }"#,
    },
    ReadableValue {
        name: "host.name",
        usage: "",
        doc: "The node's own name.",
        example: "conf.set_server(#{ server_name: host.name });",
    },
    ReadableValue {
        name: "params",
        usage: "params.NAME",
        doc: "The value of a parameter that the script declares in `PARAMS`.",
        example: r#"const PARAMS = #{ cap: #{ type: "int", default: 50000, help: "cap in kbps" } };
conf.set_node(#{ transfer_out_bandwidth_flow_target_rate_cap: params.cap });"#,
    },
];

/// The namespaces that contain values, not functions.
pub const VALUE_NAMESPACES: &[&str] = &["host", "params"];
