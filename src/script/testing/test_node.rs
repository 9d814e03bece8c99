//! The node of a test, the script that the test runs on it, and the outcome.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use rhai::Dynamic;

use crate::bindings::{Params, Value};
use crate::exec::{InMemoryNode, StateSource, Vault, World};
use crate::facts::Node;
use crate::fault::{Fault, FaultKind, Location, Result};
use crate::run::{RunRecord, ScriptId};
use crate::state::Platform;
use crate::trial::{self, Coverage, Failure, Given, RunUnderTest, Unmet, Verdict};

use super::super::bind::SessionSlot;
use super::super::host::Host;
use super::super::script_source::Script;
use super::coverage::{self, Reached};
use super::stage::Stage;

/// Stops a test whose loop does not end; far more runs than a test needs.
const MAX_RUNS: u32 = 1000;

/// The node of a test.
pub(super) struct TestNode {
    stage: Rc<Stage>,
    slot: SessionSlot,
    script: RefCell<Host>,
    name: String,
    default_platform: Platform,
    folder: PathBuf,
    platform: RefCell<Dynamic>,
    node_name: RefCell<Dynamic>,
    outcome: RefCell<TestOutcome>,
    printed: Rc<RefCell<Vec<String>>>,
    runs: Cell<u32>,
}

/// The outcome of a test so far.
#[derive(Default)]
struct TestOutcome {
    params: Params,
    /// The fault that stopped the script, and whether the test expected it.
    stopped: Option<(Fault, bool)>,
    /// The first expectation that was not met.
    unmet: Option<(Unmet, Option<Location>)>,
}

impl TestNode {
    /// Creates the node for the tests in `tests`, which test `script`.
    pub(super) fn new(stage: &Rc<Stage>, script: Script, tests: &Host) -> Result<Self> {
        let name = script.short_name().to_owned();
        let printed: Rc<RefCell<Vec<String>>> = Rc::default();
        let lines = Rc::clone(&printed);
        let print = move |text: &str| lines.borrow_mut().push(text.to_owned());
        let script = Host::new(script, Stage::surroundings(stage, Box::new(print)))?;
        let platform = script.declared().platform.or(tests.declared().platform);
        Ok(Self {
            stage: Rc::clone(stage),
            slot: Rc::clone(&tests.slot),
            script: RefCell::new(script),
            name,
            default_platform: platform.unwrap_or(Platform::Linux),
            folder: tests.script.folder.clone().unwrap_or_default(),
            platform: RefCell::new(Dynamic::from("").into_shared()),
            node_name: RefCell::new(Dynamic::from("").into_shared()),
            outcome: RefCell::default(),
            printed,
            runs: Cell::new(0),
        })
    }

    /// Starts a test on a blank node.
    pub(super) fn begin(&self) -> Result<()> {
        *self.outcome.borrow_mut() = TestOutcome::default();
        self.printed.borrow_mut().clear();
        self.runs.set(0);
        let blank = InMemoryNode::blank(self.default_platform);
        self.set_node(Given::node(blank))
    }

    /// Replaces the node by the one that a map or a snapshot describes.
    pub(super) fn replace(&self, node: &Value) -> Result<()> {
        self.refuse_unexpected_fault()?;
        if let Value::Map(entries) = node {
            return self.set_node(trial::node(entries, self.default_platform, None)?);
        }
        let Some(name) = node.text() else {
            return Err(Fault::script(format!(
                "expected a map or the name of a snapshot as the node, not {}",
                node.noun()
            ))
            .in_argument("node"));
        };
        let snapshot = (self.stage.snapshot)(&self.folder, name)?;
        self.set_node(Given::node(InMemoryNode::over(Box::new(snapshot))))
    }

    fn set_node(&self, given: Given) -> Result<()> {
        let mut vault = Vault::with_fakes(given.secrets);
        vault.files().give(given.files);
        let mut node = given.node;
        node.write_conf(&mut vault)?;
        self.share(node.node());
        let world = World::new(Box::new(node), Rc::new(RefCell::new(vault)));
        world.set_source_folder(Some(self.folder.clone()));
        *self.slot.borrow_mut() = Some((self.stage.open)(world));
        self.outcome.borrow_mut().stopped = None;
        Ok(())
    }

    /// Runs the script on the node as it is now.
    pub(super) fn run(&self, given: &BTreeMap<String, Value>) -> Result<()> {
        self.refuse_unexpected_fault()?;
        self.runs.set(self.runs.get() + 1);
        if self.runs.get() > MAX_RUNS {
            return Err(Fault::script(format!(
                "the test exceeds a limit: {MAX_RUNS} runs of a script"
            )));
        }
        let session = self.slot.borrow_mut().take().ok_or_else(outside_of_test)?;
        let session = (self.stage.open)(session.into_world().merged()?);
        let mut script = self.script.borrow_mut();
        let params = script.declared().values(given);
        let allowed = params.and_then(|params| {
            script.declared().allows(session.node().platform)?;
            Ok(params)
        });
        let (mut session, outcome) = match allowed {
            Ok(params) => {
                self.outcome.borrow_mut().params.clone_from(&params);
                script.run(session, &params)
            }
            Err(fault) => (session, Err(fault)),
        };
        // Whether the test expected the fault is decided later.
        session.resume();
        *self.slot.borrow_mut() = Some(session);
        match outcome {
            Err(fault) if fault.kind() == FaultKind::Stopped => Err(fault),
            outcome => {
                self.outcome.borrow_mut().stopped = outcome.err().map(|fault| (fault, false));
                Ok(())
            }
        }
    }

    /// Judges the fault that stopped the script.
    pub(super) fn fails_with(&self, wanted: &str) -> Verdict {
        let mut outcome = self.outcome.borrow_mut();
        let judged = trial::fails_with(wanted, outcome.stopped.as_ref().map(|(fault, _)| fault));
        if let Some((_, is_expected)) = &mut outcome.stopped {
            *is_expected |= judged.is_ok();
        }
        judged
    }

    /// Goes on after a fault that the test provoked and expects.
    pub(super) fn resume(&self) {
        if let Some(session) = &mut *self.slot.borrow_mut() {
            session.resume();
        }
    }

    /// Judges what the script read and did.
    pub(super) fn judge<T>(&self, judge: impl FnOnce(&RunUnderTest<'_>) -> Result<T>) -> Result<T> {
        let slot = self.slot.borrow();
        let session = slot.as_ref().ok_or_else(outside_of_test)?;
        judge(&RunUnderTest {
            run: session.run(),
            notes: session.world().notes(),
            platform: session.node().platform,
        })
    }

    /// Compares the script's preview with a saved one.
    pub(super) fn golden(&self, name: &str) -> Result<Verdict> {
        let mut outcome = self.outcome.borrow_mut();
        let slot = self.slot.borrow();
        let session = slot.as_ref().ok_or_else(outside_of_test)?;
        let fault = outcome.stopped.as_ref().map(|(fault, _)| fault.clone());
        let run = RunRecord {
            conf_diff: session.world().conf_diff(),
            file_diffs: session.world().file_diffs(session.steps().iter()),
            ..session.run().clone()
        };
        let run = self.record(run, outcome.params.clone(), fault);
        let judged = (self.stage.golden)(&self.folder, name, &run)?;
        // The saved preview includes the fault.
        if let Some((_, is_expected)) = &mut outcome.stopped {
            *is_expected |= judged.is_ok();
        }
        Ok(judged)
    }

    /// Records an expectation that was not met. The first one counts, even if the test catches it.
    pub(super) fn record_unmet(&self, unmet: Unmet, at: Option<Location>) {
        self.outcome.borrow_mut().unmet.get_or_insert((unmet, at));
    }

    pub(super) fn print(&self, text: &str) {
        self.printed.borrow_mut().push(text.to_owned());
    }

    pub(super) fn printed(&self) -> Vec<String> {
        self.printed.take()
    }

    pub(super) fn source(&self, name: &str) -> Option<Rc<str>> {
        self.script.borrow().source(name)
    }

    pub(super) fn watch(&self, reached: &Reached) {
        coverage::watch(&mut self.script.borrow_mut(), reached);
    }

    pub(super) fn covered(&self, reached: &Reached) -> Vec<Coverage> {
        coverage::covered(&self.script.borrow(), reached)
    }

    /// Ends a test. Returns why it failed.
    pub(super) fn finish(&self, result: Result<()>) -> Option<Failure> {
        let session = self.slot.borrow_mut().take();
        let result = match &session {
            Some(session) => session.outcome(result),
            None => result,
        };
        let outcome = self.outcome.take();
        let (stopped, is_expected) = match outcome.stopped {
            Some((fault, is_expected)) => (Some(fault), is_expected),
            None => (None, true),
        };
        let (fault, unmet, stopped) = match (result, outcome.unmet, stopped) {
            (Err(fault), Some((unmet, _)), stopped) if unmet.is_cause_of(&fault) => {
                (fault, Some(unmet), stopped)
            }
            (_, Some((unmet, at)), stopped) => (unmet.fault().at(at), Some(unmet), stopped),
            (Err(fault), None, stopped) => (fault, None, stopped),
            (Ok(()), None, Some(fault)) if !is_expected => (unexpected(fault), None, None),
            (Ok(()), None, _) => return None,
        };
        let run = session.map(|session| self.record(session.end().0, outcome.params, stopped));
        Some(Failure {
            fault,
            unmet,
            run: run.map(Box::new),
        })
    }

    /// The record of what the script did.
    fn record(&self, run: RunRecord, params: Params, fault: Option<Fault>) -> RunRecord {
        let script = ScriptId {
            name: self.name.clone(),
            ..ScriptId::default()
        };
        RunRecord {
            script,
            params,
            fault,
            ..run
        }
    }

    /// Fails if the script stopped in an earlier run and the test did not expect that.
    fn refuse_unexpected_fault(&self) -> Result<()> {
        let mut outcome = self.outcome.borrow_mut();
        match outcome.stopped.take() {
            Some((fault, false)) => Err(unexpected(fault)),
            _ => Ok(()),
        }
    }

    /// Updates the `host` values that scripts share.
    fn share(&self, node: &Node) {
        set(&self.platform, node.platform.name().into());
        set(&self.node_name, node.name.clone().into());
    }

    pub(super) fn shared_platform(&self) -> Dynamic {
        self.platform.borrow().clone()
    }

    pub(super) fn shared_name(&self) -> Dynamic {
        self.node_name.borrow().clone()
    }
}

/// Changes a value that engines share.
fn set(shared: &RefCell<Dynamic>, value: Dynamic) {
    if let Some(mut shared) = shared.borrow_mut().write_lock::<Dynamic>() {
        *shared = value;
    }
}

fn unexpected(fault: Fault) -> Fault {
    fault.hint("the script stopped; if the test expects that, write `expect.fails_with(…)`")
}

fn outside_of_test() -> Fault {
    Fault::new(
        FaultKind::Internal,
        "a function for tests was called outside of a test",
    )
}
