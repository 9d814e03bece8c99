//! A script's parameters: declared as a literal constant, known without
//! running it, checked before anything runs.

use std::collections::BTreeMap;
use std::net::IpAddr;

use rhai::AST;

use crate::bindings::{Params, Value};
use crate::conf;
use crate::fault::{Fault, Result, Rule};
use crate::state::{Platform, Secret};

use super::{declaration, positions};

/// What fits a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamType {
    /// Any text.
    String,
    /// A whole number.
    Int,
    /// `true` or `false`.
    Bool,
    /// An absolute path.
    Path,
    /// 1 to 65535.
    Port,
    /// A host name or address.
    Host,
    /// The name of an account, user or session.
    Name,
    /// A secret's reference.
    Secret,
    /// One of these words.
    Choice(Vec<String>),
}

/// A declared parameter.
#[derive(Clone, Debug)]
pub struct ParamSpec {
    /// Its name.
    pub name: String,
    /// What fits.
    pub ty: ParamType,
    /// Its value where none is given; a parameter without is required.
    pub default: Option<Value>,
    /// What it is for.
    pub help: String,
}

/// What a script says of itself without being run.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// The platform it is for.
    pub platform: Option<Platform>,
    /// Its parameters, in the order written.
    pub params: Vec<ParamSpec>,
}

impl Declared {
    /// Reads `PLATFORM` and `PARAMS` from a compiled script, or tells the
    /// first thing that is wrong with them.
    pub(super) fn read(ast: &AST, file: &str) -> Result<Self> {
        let (declared, wrong) = declaration::examine(ast);
        match wrong.into_iter().next() {
            Some((fault, position)) => Err(fault.at(positions::location(file, position))),
            None => Ok(declared),
        }
    }

    /// The values of a run: what was given, else the defaults.
    pub fn values(&self, given: &BTreeMap<String, Value>) -> Result<Params> {
        for name in given.keys() {
            if !self.params.iter().any(|spec| spec.name == *name) {
                return Err(self.unknown(name));
            }
        }
        self.params
            .iter()
            .map(|spec| Ok((spec.name.clone(), spec.value(given.get(&spec.name))?)))
            .collect()
    }

    /// Refuses a node of another platform.
    pub fn allows(&self, platform: Platform) -> Result<()> {
        match self.platform {
            Some(wanted) if wanted != platform => Err(Fault::refused(format!(
                "the script is for {wanted}, the node is {platform}"
            ))),
            _ => Ok(()),
        }
    }

    /// The defaults alone, of those that have one.
    pub(super) fn defaults(&self) -> Params {
        let value = |spec: &ParamSpec| Some((spec.name.clone(), spec.value(None).ok()?));
        self.params.iter().filter_map(value).collect()
    }

    fn unknown(&self, name: &str) -> Fault {
        let known: Vec<_> = self.params.iter().map(|spec| spec.name.as_str()).collect();
        let fault = Fault::usage(format!("the script has no parameter `{name}`"))
            .suggest(name, known.iter().copied());
        if known.is_empty() {
            fault.hint("it has no parameters at all")
        } else {
            fault.hint(format!("its parameters are {}", known.join(", ")))
        }
    }
}

impl ParamSpec {
    pub(super) fn value(&self, given: Option<&Value>) -> Result<Value> {
        let raw = match (given, &self.default) {
            (Some(value), _) => value,
            (None, Some(default)) => default,
            (None, None) => {
                return Err(
                    Fault::usage(format!("the parameter `{}` is missing", self.name))
                        .hint(format!(
                            "{}: {} ({})",
                            self.name,
                            self.help,
                            self.ty.wants()
                        ))
                        .hint(format!("give it with --set {}=…", self.name)),
                );
            }
        };
        if *raw == Value::Unit {
            return Ok(Value::Unit);
        }
        self.ty.read(raw).map_err(|what| {
            let shown = match (&self.ty, raw) {
                (ParamType::Secret, _) => String::new(),
                (_, Value::Text(text)) => format!(", not `{}`", text.escape_debug()),
                (_, other) => format!(", not {}", other.noun()),
            };
            let fault = Fault::usage(format!("the parameter `{}` wants {what}{shown}", self.name));
            let fault = match (&self.ty, raw) {
                (ParamType::Secret, Value::Text(_)) => fault.with_rule(Rule::PlainSecret),
                _ => fault,
            };
            match (&self.ty, raw) {
                (ParamType::Choice(values), Value::Text(text)) => {
                    fault.suggest(text, values.iter().map(String::as_str))
                }
                (ParamType::Int, Value::Text(text)) if self.name.ends_with("_kbps") => {
                    fault.hint(conf::rate_hint(text))
                }
                _ => fault,
            }
        })
    }
}

impl ParamType {
    /// The type of that name; a choice of nothing yet.
    pub(super) fn named(word: &str) -> Option<Self> {
        Some(match word {
            "string" => Self::String,
            "int" => Self::Int,
            "bool" => Self::Bool,
            "path" => Self::Path,
            "port" => Self::Port,
            "host" => Self::Host,
            "name" => Self::Name,
            "secret" => Self::Secret,
            "choice" => Self::Choice(Vec::new()),
            _ => return None,
        })
    }

    /// The word in `PARAMS`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Int => "int",
            Self::Bool => "bool",
            Self::Path => "path",
            Self::Port => "port",
            Self::Host => "host",
            Self::Name => "name",
            Self::Secret => "secret",
            Self::Choice(_) => "choice",
        }
    }

    /// A value of this type, from one of its kind or from a command line's
    /// text; else what this type wants.
    fn read(&self, raw: &Value) -> std::result::Result<Value, String> {
        let text = raw.text();
        let parsed = match (self, raw) {
            (Self::String, Value::Text(_))
            | (Self::Int, Value::Int(_))
            | (Self::Bool, Value::Bool(_)) => Some(raw.clone()),
            (Self::Int, _) => text.and_then(|t| t.parse().ok()).map(Value::Int),
            (Self::Bool, _) => text.and_then(|t| t.parse().ok()).map(Value::Bool),
            (Self::Port, Value::Int(port)) => Some(*port).filter(is_port).map(Value::Int),
            (Self::Port, _) => {
                let port = text.and_then(|t| t.parse().ok());
                port.filter(is_port).map(Value::Int)
            }
            (Self::Path, _) => text.filter(|t| is_path(t)).map(Value::from),
            (Self::Host, _) => text.filter(|t| is_host(t)).map(Value::from),
            (Self::Name, _) => text.filter(|t| is_name(t)).map(Value::from),
            (Self::Secret, _) => text.and_then(|t| Secret::parse(t).ok()).map(Value::Secret),
            (Self::Choice(values), _) => {
                let choice = text.filter(|t| values.iter().any(|value| value == t));
                choice.map(Value::from)
            }
            (Self::String, _) => None,
        };
        parsed.ok_or_else(|| self.wants())
    }

    pub(super) fn wants(&self) -> String {
        match self {
            Self::String => "a text".to_owned(),
            Self::Int => "a whole number".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::Path => "an absolute path".to_owned(),
            Self::Port => "a port from 1 to 65535".to_owned(),
            Self::Host => "a host name or an address".to_owned(),
            Self::Name => "a name without blanks, any of ; , : / or a dash in front".to_owned(),
            Self::Secret => {
                "a reference (env:NAME, file:PATH or prompt:LABEL), never the secret itself"
                    .to_owned()
            }
            Self::Choice(values) => format!("one of {}", values.join(", ")),
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "Option::filter passes a reference"
)]
fn is_port(port: &i64) -> bool {
    (1..=65_535).contains(port)
}

fn is_path(text: &str) -> bool {
    text.starts_with('/') && !text.chars().any(char::is_control)
}

fn is_name(text: &str) -> bool {
    let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && !";,:/".contains(c);
    !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain)
}

fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && label
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    text.parse::<IpAddr>().is_ok() || text.trim_end_matches('.').split('.').all(is_label)
}
