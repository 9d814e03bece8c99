//! The one loop: a binding call makes a step or an answer, and the session
//! performs the step at once with its executor.

use crate::bindings::{Args, Binding, Made, Value};
use crate::exec::{Executor, World};
use crate::facts::{Draft, Facts, Node, NodeReader as _};
use crate::fault::{Location, Result};
use crate::run::{Recorder, RunRecord};
use crate::state::{State, Subject};
use crate::step::{Advisory, Command, Level, Step, StepKind};

/// Performs the steps of a script, a plan or a REPL on a node.
pub struct Session {
    executor: Box<dyn Executor>,
    recorder: Recorder,
    acted: usize,
}

impl Session {
    /// A session that performs its steps with `executor`.
    pub fn new(executor: Box<dyn Executor>) -> Self {
        Self {
            recorder: Recorder::new(executor.world().node().clone()),
            executor,
            acted: 0,
        }
    }

    /// Calls a binding: checks the arguments, and performs the step that it makes.
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

    /// Performs a step and records it.
    pub fn perform(&mut self, mut step: Step) -> Result<()> {
        if step.commands.iter().any(Command::exposes_secret) {
            let note = exposed_secret();
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

    /// Performs a step that no binding has made.
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

    /// Reads a state, and records it as a premise.
    pub fn read(&mut self, subject: &Subject) -> Result<State> {
        Facts::new(self.executor.world_mut(), &mut self.recorder).read(subject)
    }

    /// Adds a note to the record.
    pub fn advise(&mut self, advisory: Advisory) {
        self.recorder.advise(advisory);
    }

    /// The node.
    pub fn node(&self) -> &Node {
        self.executor.world().node()
    }

    /// The record so far, without the diff of aspera.conf.
    pub fn run(&self) -> &RunRecord {
        self.recorder.run()
    }

    /// The states of the node, with all steps so far.
    pub fn world(&self) -> &World {
        self.executor.world()
    }

    /// Ends the session without a record.
    pub fn into_world(self) -> World {
        self.executor.into_world()
    }

    /// How many steps were performed that were not settled.
    pub fn acted(&self) -> usize {
        self.acted
    }

    /// Reads a state without recording it as a premise.
    pub fn look(&mut self, subject: &Subject) -> Result<State> {
        self.executor.world_mut().read(subject)
    }

    /// The steps so far.
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

fn exposed_secret() -> Advisory {
    Advisory::new(
        Level::Danger,
        "secret-on-command-line",
        "this tool takes the secret only as an argument, which every local user can see while it runs; a live run needs --allow-argv-secrets",
    )
}
