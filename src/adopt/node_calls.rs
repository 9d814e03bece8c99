//! The calls of the script as data, each tried on the node and on a blank one.

use super::leftovers::Leftovers;
use super::secrets::SecretNames;
use crate::bindings::{self, Args, Binding, Made, Value};
use crate::conf::Document;
use crate::exec::{Executor, StepFault, World};
use crate::facts::{Facts, NodeReader as _};
use crate::fault::{Fault, Result};
use crate::run::Recorder;
use crate::state::{State, Subject};
use crate::step::{Change, Step, StepKind};

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
    /// Performs the calls on a blank node.
    blank: &'a mut dyn Executor,
    pub(super) blocks: Vec<CallBlock>,
    pub(super) secrets: SecretNames,
    pub(super) leftovers: Leftovers,
}

impl<'a> NodeCalls<'a> {
    pub(super) fn new(
        world: &'a mut World,
        document: &'a Document,
        blank: &'a mut dyn Executor,
    ) -> Self {
        Self {
            world,
            document,
            blank,
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

    /// Reads a state; `None` if that is not possible, such as in a snapshot without it, which
    /// becomes a comment.
    pub(super) fn read(&mut self, subject: &Subject) -> Result<Option<State>> {
        match self.world.read(subject) {
            Ok(state) => Ok(Some(state)),
            Err(fault) => {
                let why = fault.unless_fatal()?;
                self.leftovers.add_unread(subject, why.message());
                Ok(None)
            }
        }
    }

    /// Tries a call on the node, where it must change nothing, and then on a blank node after the
    /// calls so far. The fault says why the script cannot have it.
    pub(super) fn try_call(&mut self, call: &NodeCall) -> Result<std::result::Result<(), Fault>> {
        let tried = made(call, self.world).and_then(|step| match step {
            Some(step) if !changes_nothing(&step) => {
                Err(Fault::refused("the call for it would change the node"))
            }
            _ => {
                let step = made(call, self.blank.world_mut())?;
                step.map_or(Ok(()), |step| self.perform_on_blank(&step))
            }
        });
        match tried {
            Ok(()) => Ok(Ok(())),
            Err(fault) => Ok(Err(fault.unless_fatal()?)),
        }
    }

    /// The call, if it can be tried; otherwise a comment says why the subject is not in the script.
    pub(super) fn accept(&mut self, subject: &Subject, call: NodeCall) -> Result<Option<NodeCall>> {
        Ok(match self.try_call(&call)? {
            Ok(()) => Some(call),
            Err(fault) => {
                self.leftovers.add_other(subject, fault.message());
                None
            }
        })
    }

    fn perform_on_blank(&mut self, step: &Step) -> Result<()> {
        let performed = self.blank.execute(1, step);
        performed.map_err(|StepFault { fault, .. }| fault)
    }
}

/// The step of a call; `None` if it only reads.
fn made(call: &NodeCall, world: &mut World) -> Result<Option<Step>> {
    let args = Args::check(call.binding, call.args.clone())?;
    let mut recorder = Recorder::new(world.node().clone());
    let mut facts = Facts::new(world, &mut recorder);
    match (call.binding.make)(&args, &mut facts)? {
        Made::Step(step, _) => Ok(Some(step)),
        Made::Checked(..) | Made::Answer(..) => Ok(None),
    }
}

/// Whether a step finds the node as it wants it. Whether a secret is the same shows when it is
/// supplied.
fn changes_nothing(step: &Step) -> bool {
    let is_secret = |change: &Change| change.after.setting_secret().is_some();
    let changes = &step.changes;
    step.kind == StepKind::Settled || (!changes.is_empty() && changes.iter().all(is_secret))
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
