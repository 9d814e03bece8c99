//! The one loop: a binding is called, makes a step or an answer, and the step
//! is performed at once by whatever executor the session holds.

use crate::bindings::{Args, Binding, Made, Value};
use crate::exec::{Executor, World};
use crate::facts::{Draft, Facts, Node, NodeReader as _};
use crate::fault::{Location, Result};
use crate::run::{Recorder, RunRecord};
use crate::state::{State, Subject};
use crate::step::{Advisory, Command, Level, Step, StepKind};

/// A script, a line of input or a plan at work on a node.
pub struct Session {
    executor: Box<dyn Executor>,
    recorder: Recorder,
    acted: usize,
}

impl Session {
    /// A session whose steps are carried out by `executor`.
    pub fn new(executor: Box<dyn Executor>) -> Self {
        Self {
            recorder: Recorder::new(executor.world().node().clone()),
            executor,
            acted: 0,
        }
    }

    /// Calls a binding: checks the arguments, makes, performs.
    pub fn call(
        &mut self,
        binding: &'static Binding,
        args: Vec<Value>,
        at: impl FnOnce() -> Option<Location>,
    ) -> Result<Value> {
        let args = Args::check(binding, args)?;
        let mut facts = Facts::new(self.executor.world_mut(), &mut self.recorder);
        match (binding.make)(&args, &mut facts)? {
            Made::Answer(value, notes) => {
                for note in notes {
                    self.recorder.advise(note);
                }
                Ok(value)
            }
            Made::Step(step, outcome) => {
                self.perform(Step {
                    binding: binding.name.into(),
                    at: at(),
                    ..step
                })?;
                Ok(Value::Outcome(outcome))
            }
        }
    }

    /// Performs a step and keeps it in the journal.
    pub fn perform(&mut self, mut step: Step) -> Result<()> {
        if step.commands.iter().any(Command::exposes_secret) {
            let note = exposed();
            if !step.advisories.contains(&note) {
                step.advisories.push(note);
            }
        }
        let number = self.steps().len() + 1;
        self.executor.execute(number, &step)?;
        if !matches!(step.kind, StepKind::Settled) {
            self.acted += 1;
        }
        self.recorder.add_step(step);
        Ok(())
    }

    /// Drafts a step without a binding, and performs it.
    pub fn draft(
        &mut self,
        name: &'static str,
        at: Option<Location>,
        make: impl FnOnce(&mut Facts<'_>) -> Result<Draft>,
    ) -> Result<()> {
        let mut facts = Facts::new(self.executor.world_mut(), &mut self.recorder);
        let step = make(&mut facts)?.step();
        self.perform(Step {
            binding: name.into(),
            at,
            ..step
        })
    }

    /// Reads a fact, and keeps it as a premise.
    pub fn read(&mut self, subject: &Subject) -> Result<State> {
        Facts::new(self.executor.world_mut(), &mut self.recorder).read(subject)
    }

    /// Leaves a note for the reader.
    pub fn advise(&mut self, advisory: Advisory) {
        self.recorder.advise(advisory);
    }

    /// Which node it is.
    pub fn node(&self) -> &Node {
        self.executor.world().node()
    }

    /// The record so far, without the diff of aspera.conf.
    pub fn run(&self) -> &RunRecord {
        self.recorder.run()
    }

    /// The node, with all steps so far.
    pub fn world(&self) -> &World {
        self.executor.world()
    }

    /// The node, without the session.
    pub fn into_world(self) -> World {
        self.executor.into_world()
    }

    /// How many steps did something.
    pub fn acted(&self) -> usize {
        self.acted
    }

    /// What is true of a subject, for somebody who only looks: no step rests
    /// on it.
    pub fn look(&mut self, subject: &Subject) -> Result<State> {
        self.executor.world_mut().read(subject)
    }

    /// The steps taken so far.
    pub fn steps(&self) -> &[Step] {
        &self.run().steps
    }

    /// A copy of the record so far.
    pub fn so_far(&self) -> RunRecord {
        complete(self.run().clone(), self.world())
    }

    /// Ends the session.
    pub fn end(self) -> (RunRecord, World) {
        let world = self.executor.into_world();
        (complete(self.recorder.finish(), &world), world)
    }
}

/// Adds what only the node knows: notes about itself, and the diff of
/// aspera.conf.
fn complete(mut run: RunRecord, world: &World) -> RunRecord {
    for note in world.notes() {
        run.advise(note);
    }
    run.conf_diff = world.conf_diff();
    run
}

fn exposed() -> Advisory {
    Advisory::new(
        Level::Danger,
        "secret-on-command-line",
        "this tool takes the secret only as an argument, which every local user can see while it runs; a live run wants --allow-argv-secrets",
    )
}
