//! The one loop: a binding call makes a step or an answer, and the session
//! performs the step at once with its executor.

mod data_rows;

use std::path::PathBuf;

use crate::bindings::{self, Args, Binding, Made, Value};
use crate::data_file;
use crate::exec::{Executor, StepFault, World};
use crate::facts::{Draft, Facts, Node, NodeReader as _};
use crate::fault::{Fault, FaultKind, Location, Result};
use crate::run::{FailedStep, Recorder, RunRecord};
use crate::state::{State, Subject, sha256};
use crate::step::{Advisory, Command, Level, Step, StepKind};

use data_rows::DataRows;

/// Where a binding is called.
pub struct CallSite {
    /// The call.
    pub at: Option<Location>,
    /// If that is in a module: what the script itself called.
    pub from: Option<Location>,
}

/// Performs the steps of a script, a plan or a REPL on a node.
pub struct Session {
    executor: Box<dyn Executor>,
    recorder: Recorder,
    acted: usize,
    /// The fault after which a script cannot go on, even if it caught it.
    stopped: Option<Fault>,
    rows: DataRows,
}

impl Session {
    /// A session that performs its steps with `executor`.
    pub fn new(executor: Box<dyn Executor>) -> Self {
        Self {
            recorder: Recorder::new(executor.world().node().clone()),
            executor,
            acted: 0,
            stopped: None,
            rows: DataRows::default(),
        }
    }

    /// Calls a binding: checks the arguments, and performs the step that it makes.
    pub fn call(
        &mut self,
        binding: &'static Binding,
        args: Vec<Value>,
        site: impl Fn() -> CallSite,
    ) -> Result<Value> {
        if let Some(fault) = &self.stopped {
            return Err(fault.clone());
        }
        let args = Args::given(binding, args);
        let made = args.check_values().and_then(|()| {
            let mut facts = Facts::new(self.executor.world_mut(), &mut self.recorder);
            (binding.make)(&args, &mut facts)
        });
        let made = made.map_err(|fault| {
            let fault = self.rows_of_data().name_row(fault, &args);
            self.not_started(fault.at(site().at))
        });
        match made? {
            Made::Answer(value, notes) => {
                for note in notes {
                    self.recorder.advise(note);
                }
                Ok(value)
            }
            Made::Step(step, outcome) => {
                self.perform_call(binding, site(), step)?;
                Ok(Value::Outcome(outcome))
            }
            Made::Checked(step, value) => {
                self.perform_call(binding, site(), step)?;
                Ok(value)
            }
        }
    }

    fn perform_call(
        &mut self,
        binding: &'static Binding,
        site: CallSite,
        step: Step,
    ) -> Result<()> {
        self.perform(Step {
            binding: binding.name.into(),
            at: site.at,
            from: site.from,
            ..step
        })
    }

    /// Performs a step and records it.
    pub fn perform(&mut self, mut step: Step) -> Result<()> {
        if step.commands.iter().any(Command::exposes_secret) {
            let note = exposed_secret();
            if !step.advisories.contains(&note) {
                step.advisories.push(note);
            }
        }
        self.log_in_as(&step);
        let number = self.steps().len() + self.run().failed.len() + 1;
        if let Err(StepFault { fault, is_started }) = self.executor.execute(number, &step) {
            let fault = fault.at(step.at.clone());
            return Err(if is_started {
                self.failed(number, step, fault)
            } else {
                self.not_started(fault)
            });
        }
        if !matches!(step.kind, StepKind::Settled) {
            self.acted += 1;
        }
        self.recorder.add_step(step);
        Ok(())
    }

    /// The files of data that the script has read so far.
    fn rows_of_data(&mut self) -> &DataRows {
        let world = self.executor.world_mut();
        for name in self.recorder.data_files().skip(self.rows.file_count()) {
            let bytes = world.data(name);
            let file = bytes.and_then(|bytes| data_file::parse(name, &bytes));
            self.rows.add(file.ok());
        }
        &self.rows
    }

    /// Records that nothing was tried. A script may catch a refusal and go
    /// another way, but it cannot go on with what is not known.
    fn not_started(&mut self, fault: Fault) -> Fault {
        let is_refusal = matches!(
            fault.kind(),
            FaultKind::Script | FaultKind::Refused | FaultKind::Usage
        );
        if !is_refusal {
            self.stopped = Some(fault.clone());
        }
        fault
    }

    /// Records a step that was started and not completed. A script may catch the
    /// failure of a tool and go on, but the run stays a failed one.
    fn failed(&mut self, number: usize, step: Step, fault: Fault) -> Fault {
        if !is_failure(&fault) {
            self.stopped = Some(fault.clone());
        }
        self.recorder.add_failed(FailedStep {
            number,
            step,
            fault: fault.clone(),
        });
        fault
    }

    /// Whether a fault has occurred that a script cannot catch.
    pub fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// Goes on after such a fault, for a test that expected it.
    pub fn resume(&mut self) {
        self.stopped = None;
    }

    /// Checks what the steps left, once all are performed.
    pub fn check_end(&mut self) -> Result<()> {
        self.executor.end()
    }

    /// The result of a script: a fault that it cannot catch counts even where a
    /// function of the engine dropped it, such as a sort by a closure.
    pub fn outcome<T>(&self, result: Result<T>) -> Result<T> {
        match (&self.stopped, result) {
            (Some(stopped), Err(fault)) if fault.kind() == stopped.kind() => Err(fault),
            (Some(stopped), _) => Err(stopped.clone()),
            (None, result) => result,
        }
    }

    /// The fault of the whole run, which ended with `fault`. A failed step is its
    /// fault even if the script caught the failure.
    pub fn run_fault(&self, fault: Option<Fault>) -> Option<Fault> {
        let mut faults = self.run().failed.iter().map(|failed| &failed.fault);
        let Some(failure) = faults.find(|fault| is_failure(fault)) else {
            return fault;
        };
        let caught = || failure.clone().hint("the script caught this and went on");
        Some(match fault {
            None => caught(),
            Some(fault) if fault.kind().is_trouble() => fault,
            Some(fault) => caught().hint(format!("it then stopped: {fault}")),
        })
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

    /// Reads access keys from now on as the Node API user of that step, if it has one.
    pub fn log_in_as(&mut self, step: &Step) {
        self.executor.world_mut().log_in_as(step);
    }

    /// Reads a state, and records it as a premise.
    pub fn read(&mut self, subject: &Subject) -> Result<State> {
        Facts::new(self.executor.world_mut(), &mut self.recorder).read(subject)
    }

    /// Adds a note to the record.
    pub fn advise(&mut self, advisory: Advisory) {
        self.recorder.advise(advisory);
    }

    /// The digest of a file of data beside the script, which the record names.
    pub fn data_digest(&mut self, path: &str) -> Result<String> {
        let mut facts = Facts::new(self.executor.world_mut(), &mut self.recorder);
        Ok(sha256(&facts.data(path)?))
    }

    /// Sets the folder of the files that the script names.
    pub fn set_source_folder(&mut self, folder: Option<PathBuf>) {
        self.executor.world().set_source_folder(folder);
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

    /// Whether a subject was read as a premise, or changed by a step.
    pub fn knows(&self, subject: &Subject) -> bool {
        self.recorder.knows(subject)
    }

    /// The steps so far.
    pub fn steps(&self) -> &[Step] {
        &self.run().steps
    }

    /// A copy of the record so far.
    pub fn so_far(&mut self) -> RunRecord {
        let notes = self.notes_on_node();
        let mut run = complete(self.run().clone(), self.world());
        for note in notes {
            run.advise(note);
        }
        run
    }

    /// Ends the session of a run that came to its end, with notes on the node as
    /// the run leaves it.
    pub fn finish(mut self) -> (RunRecord, World) {
        for note in self.notes_on_node() {
            self.recorder.advise(note);
        }
        self.end()
    }

    /// Ends the session of a run that may have stopped.
    pub fn end(self) -> (RunRecord, World) {
        let world = self.executor.into_world();
        (complete(self.recorder.finish(), &world), world)
    }

    fn notes_on_node(&mut self) -> Vec<Advisory> {
        bindings::advise_on_node(self.recorder.run(), self.executor.world_mut()).notes
    }
}

/// Adds what only the node knows: notes about itself, and the diff of
/// aspera.conf.
fn complete(mut run: RunRecord, world: &World) -> RunRecord {
    for note in world.notes() {
        run.advise(note);
    }
    run.conf_diff = world.conf_diff();
    run.file_diffs = world.file_diffs(run.steps.iter());
    run
}

/// Whether a tool failed, or the node does not show what the tool reported.
fn is_failure(fault: &Fault) -> bool {
    matches!(fault.kind(), FaultKind::Node | FaultKind::Contradicted)
}

fn exposed_secret() -> Advisory {
    Advisory::new(
        Level::Danger,
        "secret-on-command-line",
        "this tool takes the secret only as an argument, which every local user can see while it runs; a live run needs --allow-argv-secrets",
    )
}
