//! A script's parameters: declared as a literal constant, read without running
//! the script, and checked before anything runs.

use std::collections::BTreeMap;

use crate::bindings::{Params, Value};
use crate::fault::{Fault, FaultKind, Result, Rule};
use crate::login;
use crate::state::{Platform, Scalar, Secret, ValueType, rate_hint};

/// A declared parameter.
#[derive(Clone, Debug)]
pub struct ParamSpec {
    /// Its name.
    pub name: String,
    /// What it accepts.
    pub ty: ValueType,
    /// Its value where none is given; a parameter without a default is required.
    pub default: Option<Value>,
    /// What it is for.
    pub help: String,
}

/// What a script declares; it is read without running the script.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// The platform it is for.
    pub platform: Option<Platform>,
    /// Its parameters, in the order written.
    pub params: Vec<ParamSpec>,
}

impl Declared {
    /// The values of a run: those given, else the defaults. The fault lists every
    /// parameter that is unknown, missing or wrong.
    pub fn values(&self, given: &BTreeMap<String, Value>) -> Result<Params> {
        let is_declared = |name: &str| self.params.iter().any(|spec| spec.name == name);
        let unknown = given.keys().filter(|name| !is_declared(name));
        let mut faults: Vec<_> = unknown.map(|name| self.unknown(name)).collect();
        let mut values = Params::new();
        for spec in &self.params {
            match spec.value(given.get(&spec.name)) {
                Ok(value) => values.extend([(spec.name.clone(), value)]),
                Err(fault) => faults.push(fault),
            }
        }
        let summary = format!("{} parameters are wrong or missing", faults.len());
        Fault::joined(faults, summary).map_or(Ok(values), Err)
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

    /// The defaults of the parameters that have one.
    pub(super) fn defaults(&self) -> Params {
        let value = |spec: &ParamSpec| Some((spec.name.clone(), spec.value(None).ok()?));
        self.params.iter().filter_map(value).collect()
    }

    fn unknown(&self, name: &str) -> Fault {
        let known: Vec<_> = self.params.iter().map(|spec| spec.name.as_str()).collect();
        let fault = Fault::usage(format!("the script has no parameter `{name}`"))
            .suggest(name, known.iter().copied());
        if known.is_empty() {
            fault.hint("it has no parameters")
        } else {
            fault.hint(format!("its parameters are {}", known.join(", ")))
        }
    }
}

impl ParamSpec {
    pub(super) fn value(&self, given: Option<&Value>) -> Result<Value> {
        let Some(raw) = given.or(self.default.as_ref()) else {
            return Err(self.missing());
        };
        let is_secret = self.ty == ValueType::Secret && raw.scalar() == Scalar::Secret;
        if is_secret || *raw == Value::Unit {
            return Ok(raw.clone());
        }
        let value = match raw.text() {
            Some(text) if self.ty == ValueType::Secret => {
                let secret = Secret::parse(text).map(Value::Secret);
                return secret.map_err(|_| self.refusal(ValueType::Reference, Scalar::Text(text)));
            }
            Some(text) => self.ty.parse(text),
            None => raw.scalar(),
        };
        if let Scalar::Text(text) = value
            && !login::find(text).is_empty()
        {
            return Err(Fault::usage(format!(
                "the parameter `{}` has the login of a URL written out, which is a secret",
                self.name
            ))
            .hint("declare it as a secret, and pass a reference such as `env:NAME`")
            .with_rule(Rule::PlainSecret));
        }
        if self.ty.accepts(value) {
            Ok(value.into())
        } else {
            Err(self.refusal(self.ty, value))
        }
    }

    fn missing(&self) -> Fault {
        Fault::usage(format!("the parameter `{}` is missing", self.name))
            .hint(format!("{}: {} ({})", self.name, self.help, self.ty.fits()))
            .hint(format!("set it with --set {}=…", self.name))
    }

    fn refusal(&self, ty: ValueType, value: Scalar<'_>) -> Fault {
        let label = format_args!("the parameter `{}`", self.name);
        let fault = ty.refusal(label, value).with_kind(FaultKind::Usage);
        if let Scalar::Text(text) = value
            && ty == ValueType::INT
            && self.name.ends_with("_kbps")
        {
            return fault.hint(rate_hint(text));
        }
        fault
    }
}
