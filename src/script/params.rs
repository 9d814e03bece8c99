//! A script's parameters: declared as a literal constant, read without running
//! the script, and checked before anything runs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::bindings::{Params, Value};
use crate::fault::{Fault, Result};
use crate::state::Platform;

use super::param_check::named_file;
use super::param_type::ParamSpec;

/// A file can have the same fault in each row; a message lists that many.
const LISTED: usize = 20;

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
        let mut wrong = faults.len();
        let mut values = Params::new();
        for spec in &self.params {
            let known = faults.len();
            let value = spec.check(given.get(&spec.name), &mut faults);
            wrong += usize::from(faults.len() > known);
            values.extend([(spec.name.clone(), value)]);
        }
        let all = faults.len();
        let noun = if wrong == all { "" } else { "values of " };
        let summary = format!("{all} {noun}parameters are wrong or missing");
        faults.truncate(LISTED);
        match Fault::joined(faults, summary) {
            None => Ok(values),
            Some(fault) if all > LISTED => Err(fault.hint(format!("and {} more", all - LISTED))),
            Some(fault) => Err(fault),
        }
    }

    /// The files that the values of lists and maps are read from.
    pub fn files(&self, given: &BTreeMap<String, Value>) -> Vec<PathBuf> {
        let composite = self.params.iter().filter(|spec| spec.ty.single().is_none());
        let texts = composite.filter_map(|spec| given.get(&spec.name)?.text());
        texts.filter_map(named_file).map(Into::into).collect()
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
