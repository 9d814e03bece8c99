//! The calls of the script as data, each tried on the node.

use super::leftovers::Leftovers;
use super::secrets::SecretNames;
use crate::bindings::{self, Args, Binding, Made, Value};
use crate::conf::Document;
use crate::exec::World;
use crate::facts::{Facts, NodeReader as _};
use crate::fault::{Fault, Result};
use crate::run::Recorder;
use crate::state::{State, Subject};
use crate::step::{Change, StepKind};

/// A call that finds the node as it wants it.
#[derive(Clone)]
pub(super) struct NodeCall {
    pub(super) binding: &'static Binding,
    pub(super) args: Vec<Value>,
}

/// The calls about one thing, such as one user.
pub(super) type CallGroup = Vec<NodeCall>;

/// Things of one kind.
pub(super) struct CallBlock {
    pub(super) title: &'static str,
    /// What a loop calls one of them.
    pub(super) noun: &'static str,
    pub(super) groups: Vec<CallGroup>,
}

/// Collects the calls for a node.
pub(super) struct NodeCalls<'a> {
    pub(super) world: &'a mut World,
    pub(super) document: &'a Document,
    pub(super) blocks: Vec<CallBlock>,
    pub(super) secrets: SecretNames,
    pub(super) leftovers: Leftovers,
}

impl<'a> NodeCalls<'a> {
    pub(super) fn new(world: &'a mut World, document: &'a Document) -> Self {
        Self {
            world,
            document,
            blocks: Vec::new(),
            secrets: SecretNames::default(),
            leftovers: Leftovers::default(),
        }
    }

    /// Adds a block, unless it is empty.
    pub(super) fn add(&mut self, title: &'static str, noun: &'static str, groups: Vec<CallGroup>) {
        if !groups.is_empty() {
            self.blocks.push(CallBlock {
                title,
                noun,
                groups,
            });
        }
    }

    /// Reads a state; `None` if that is not possible, such as in a snapshot without it.
    pub(super) fn read(&mut self, subject: &Subject) -> Result<Option<State>> {
        match self.world.read(subject) {
            Ok(state) => Ok(Some(state)),
            Err(fault) => fault.unless_fatal().map(|_| None),
        }
    }

    /// Tries a call on the node. The fault says why the script cannot have it.
    pub(super) fn try_call(&mut self, call: &NodeCall) -> Result<std::result::Result<(), Fault>> {
        let made = Args::check(call.binding, call.args.clone()).and_then(|args| {
            let mut recorder = Recorder::new(self.world.node().clone());
            let mut facts = Facts::new(self.world, &mut recorder);
            (call.binding.make)(&args, &mut facts)
        });
        match made {
            Ok(Made::Step(step, _)) => {
                // Whether a secret is the same shows when it is supplied.
                let is_secret = |change: &Change| change.after.setting_secret().is_some();
                let changes = &step.changes;
                let is_settled = step.kind == StepKind::Settled
                    || (!changes.is_empty() && changes.iter().all(is_secret));
                let fault = || Fault::refused("the call for it would change the node");
                Ok(if is_settled { Ok(()) } else { Err(fault()) })
            }
            Ok(Made::Checked(..) | Made::Answer(..)) => Ok(Ok(())),
            Err(fault) => Ok(Err(fault.unless_fatal()?)),
        }
    }
}

/// A call of the binding of that name.
///
/// # Panics
///
/// If there is no such binding: a mistake in this module.
pub(super) fn call(name: &str, args: Vec<Value>) -> NodeCall {
    let Some(binding) = bindings::find(name) else {
        panic!("there is no binding `{name}`");
    };
    NodeCall { binding, args }
}
