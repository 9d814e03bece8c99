//! The functions of the standard library that say the same as calls of the script.

use super::node_calls::{CallBlock, NodeCall};
use crate::bindings::Value;

/// A function that makes these calls and no other, and adds no note.
pub(super) struct StdFunction {
    /// Its module, such as `std/server`.
    pub(super) module: &'static str,
    /// The name of the module in the script.
    pub(super) alias: &'static str,
    pub(super) name: &'static str,
    /// The binding that it calls.
    binding: &'static str,
    /// The services that it names, or the settings that it turns on.
    names: &'static [&'static str],
}

const FUNCTIONS: &[StdFunction] = &[
    StdFunction {
        module: "std/server",
        alias: "server",
        name: "log_activity",
        binding: "conf.set_server",
        names: &[
            "activity_logging",
            "activity_event_logging",
            "activity_file_event_logging",
        ],
    },
    StdFunction {
        module: "std/server",
        alias: "server",
        name: "refresh",
        binding: "service.refresh",
        names: &["asperahttpd", "asperacentral", "asperanoded"],
    },
];

/// Takes out of a block what functions of the standard library say, and returns these functions.
pub(super) fn take_from(block: &mut CallBlock) -> Vec<&'static StdFunction> {
    let functions = FUNCTIONS.iter().filter(|function| function.is_in(block));
    let functions: Vec<_> = functions.collect();
    for function in &functions {
        for group in &mut block.groups {
            group.retain_mut(|call| !function.takes_all_of(call));
        }
        block.groups.retain(|group| !group.is_empty());
    }
    functions
}

impl StdFunction {
    fn is_in(&self, block: &CallBlock) -> bool {
        let has = |name: &&str| {
            let mut calls = block.groups.iter().flatten();
            calls.any(|call| self.is_of(call) && says(call, name))
        };
        self.names.iter().all(has)
    }

    fn is_of(&self, call: &NodeCall) -> bool {
        call.binding.name == self.binding
    }

    /// Takes out of a call what the function says; `true` if nothing is left of it.
    fn takes_all_of(&self, call: &mut NodeCall) -> bool {
        let is_said = |name: &str| self.names.contains(&name);
        if !self.is_of(call) {
            return false;
        }
        if let Value::Map(settings) = &mut call.args[0] {
            settings.retain(|(name, _)| !is_said(name));
            return settings.is_empty();
        }
        call.args[0].text().is_some_and(is_said)
    }
}

/// Whether a call names a service, or turns a setting on.
fn says(call: &NodeCall, name: &str) -> bool {
    if let Value::Map(settings) = &call.args[0] {
        return settings.contains(&(name.to_owned(), Value::Bool(true)));
    }
    call.args[0].text() == Some(name)
}
