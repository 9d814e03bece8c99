//! What one test works on: its node, the script it runs, and what came of it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use rhai::Dynamic;

use crate::bindings::{Params, Value};
use crate::exec::{Given, StateSource, Vault, World};
use crate::facts::Node;
use crate::fault::{Fault, FaultKind, Location, Result};
use crate::run::{RunRecord, ScriptId};
use crate::state::Platform;
use crate::trial::{self, Covered, Failure, Judged, Secrets, Seen, Unmet};

use super::super::bind::SessionSlot;
use super::super::{Host, Script};
use super::coverage::{self, Reached};
use super::{Stage, surroundings};

/// More than any test needs, and fewer than would take long.
const MOST_RUNS: u32 = 1000;

/// What a test works on.
pub(super) struct Bench {
    stage: Rc<Stage>,
    seat: SessionSlot,
    script: RefCell<Host>,
    name: String,
    usual: Platform,
    folder: PathBuf,
    platform: RefCell<Dynamic>,
    node_name: RefCell<Dynamic>,
    state: RefCell<State>,
    printed: Rc<RefCell<Vec<String>>>,
    runs: Cell<u32>,
}

/// What a test has come to so far.
#[derive(Default)]
struct State {
    params: Params,
    /// What stopped the script, and whether the test has looked at it.
    stopped: Option<(Fault, bool)>,
    unmet: Option<(Unmet, Option<Location>)>,
}

impl Bench {
    /// A bench for the tests of `tests`, which are about `script`.
    pub(super) fn new(stage: &Rc<Stage>, script: Script, tests: &Host) -> Result<Self> {
        let name = script.short_name().to_owned();
        let printed: Rc<RefCell<Vec<String>>> = Rc::default();
        let lines = Rc::clone(&printed);
        let mut surroundings = surroundings(stage);
        surroundings.print = Box::new(move |text| lines.borrow_mut().push(text.to_owned()));
        let script = Host::new(script, surroundings)?;
        let declared = [script.declared().platform, tests.declared().platform];
        let usual = declared.into_iter().flatten().next();
        Ok(Self {
            stage: Rc::clone(stage),
            seat: Rc::clone(&tests.seat),
            script: RefCell::new(script),
            name,
            usual: usual.unwrap_or(Platform::Linux),
            folder: tests.script.folder.clone().unwrap_or_default(),
            platform: RefCell::new(Dynamic::from("").into_shared()),
            node_name: RefCell::new(Dynamic::from("").into_shared()),
            state: RefCell::default(),
            printed,
            runs: Cell::new(0),
        })
    }

    /// Starts a test, on a blank node.
    pub(super) fn begin(&self) -> Result<()> {
        *self.state.borrow_mut() = State::default();
        self.printed.borrow_mut().clear();
        self.runs.set(0);
        self.give(Given::blank(self.usual), Secrets::new())
    }

    /// Starts over on the node that these entries or a snapshot describe.
    pub(super) fn given(&self, node: &Value) -> Result<()> {
        self.refuse_hidden_stop()?;
        if let Value::Map(entries) = node {
            let (given, secrets) = trial::node(entries, self.usual, None)?;
            return self.give(given, secrets);
        }
        let Some(name) = node.text() else {
            return Err(Fault::script(format!(
                "a node is given by a map or the name of a snapshot, not by {}",
                node.noun()
            ))
            .in_argument("node"));
        };
        let snapshot = (self.stage.snapshot)(&self.folder, name)?;
        self.give(Given::over(Box::new(snapshot)), Secrets::new())
    }

    fn give(&self, mut given: Given, secrets: Secrets) -> Result<()> {
        let mut vault = Vault::invented(secrets);
        given.settle(&mut vault)?;
        self.show(given.node());
        let world = World::new(Box::new(given), Rc::new(RefCell::new(vault)));
        *self.seat.borrow_mut() = Some((self.stage.open)(world));
        self.state.borrow_mut().stopped = None;
        Ok(())
    }

    /// Runs the script on the node as it is now.
    pub(super) fn run(&self, given: &BTreeMap<String, Value>) -> Result<()> {
        self.refuse_hidden_stop()?;
        self.runs.set(self.runs.get() + 1);
        if self.runs.get() > MOST_RUNS {
            return Err(Fault::script(format!(
                "a test's limit is reached: {MOST_RUNS} runs of a script"
            )));
        }
        let session = self.seat.borrow_mut().take().ok_or_else(out_of_turn)?;
        let session = (self.stage.open)(session.into_world().performed()?);
        let mut script = self.script.borrow_mut();
        let params = script.declared().values(given);
        let allowed = params.and_then(|params| {
            script.declared().allows(session.node().platform)?;
            Ok(params)
        });
        let (session, outcome) = match allowed {
            Ok(params) => {
                self.state.borrow_mut().params.clone_from(&params);
                script.run(session, &params)
            }
            Err(fault) => (session, Err(fault)),
        };
        *self.seat.borrow_mut() = Some(session);
        match outcome {
            Err(fault) if fault.kind() == FaultKind::Interrupted => Err(fault),
            outcome => {
                self.state.borrow_mut().stopped = outcome.err().map(|fault| (fault, false));
                Ok(())
            }
        }
    }

    /// Judges what stopped the script.
    pub(super) fn fails_with(&self, wanted: &str) -> Judged {
        let mut state = self.state.borrow_mut();
        let judged = trial::fails_with(wanted, state.stopped.as_ref().map(|(fault, _)| fault));
        if let Some((_, is_seen)) = &mut state.stopped {
            *is_seen |= judged.is_ok();
        }
        judged
    }

    /// Judges what was seen and done.
    pub(super) fn judge<T>(&self, judge: impl FnOnce(&Seen<'_>) -> Result<T>) -> Result<T> {
        let seat = self.seat.borrow();
        let session = seat.as_ref().ok_or_else(out_of_turn)?;
        judge(&Seen {
            run: session.run(),
            notes: session.world().notes(),
            platform: session.node().platform,
        })
    }

    /// Compares what was done with a preview that was kept.
    pub(super) fn golden(&self, name: &str) -> Result<Judged> {
        let mut state = self.state.borrow_mut();
        let seat = self.seat.borrow();
        let session = seat.as_ref().ok_or_else(out_of_turn)?;
        let fault = state.stopped.as_ref().map(|(fault, _)| fault.clone());
        let run = RunRecord {
            conf_diff: session.world().conf_diff(),
            ..session.run().clone()
        };
        let run = self.record(run, state.params.clone(), fault);
        let judged = (self.stage.golden)(&self.folder, name, &run)?;
        // The file tells of the fault too.
        if let Some((_, is_seen)) = &mut state.stopped {
            *is_seen |= judged.is_ok();
        }
        Ok(judged)
    }

    /// Keeps the first expectation that was not met, whoever catches it.
    pub(super) fn miss(&self, unmet: Unmet, at: Option<Location>) {
        self.state.borrow_mut().unmet.get_or_insert((unmet, at));
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

    pub(super) fn covered(&self, reached: &Reached) -> Vec<Covered> {
        coverage::covered(&self.script.borrow(), reached)
    }

    /// Ends a test, and says why it failed.
    pub(super) fn end(&self, outcome: Result<()>) -> Option<Failure> {
        let session = self.seat.borrow_mut().take();
        let state = self.state.take();
        let (stopped, is_seen) = match state.stopped {
            Some((fault, is_seen)) => (Some(fault), is_seen),
            None => (None, true),
        };
        let (fault, unmet, stopped) = match (outcome, state.unmet, stopped) {
            (Err(fault), Some((unmet, _)), stopped) if unmet.is_cause_of(&fault) => {
                (fault, Some(unmet), stopped)
            }
            (_, Some((unmet, at)), stopped) => (unmet.fault().at(at), Some(unmet), stopped),
            (Err(fault), None, stopped) => (fault, None, stopped),
            (Ok(()), None, Some(fault)) if !is_seen => (unexpected(fault), None, None),
            (Ok(()), None, _) => return None,
        };
        let run = session.map(|session| self.record(session.end().0, state.params, stopped));
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

    /// A stop that nobody looked at is not to be forgotten over the next run.
    fn refuse_hidden_stop(&self) -> Result<()> {
        let mut state = self.state.borrow_mut();
        match state.stopped.take() {
            Some((fault, false)) => Err(unexpected(fault)),
            _ => Ok(()),
        }
    }

    fn show(&self, node: &Node) {
        set(&self.platform, node.platform.word().into());
        set(&self.node_name, node.name.clone().into());
    }

    pub(super) fn shown_platform(&self) -> Dynamic {
        self.platform.borrow().clone()
    }

    pub(super) fn shown_name(&self) -> Dynamic {
        self.node_name.borrow().clone()
    }
}

/// Changes a value that scripts share.
fn set(shared: &RefCell<Dynamic>, value: Dynamic) {
    if let Some(mut shown) = shared.borrow_mut().write_lock::<Dynamic>() {
        *shown = value;
    }
}

fn unexpected(fault: Fault) -> Fault {
    fault.hint("the script stopped, and the test does not expect it: `expect.fails_with(…)` does")
}

fn out_of_turn() -> Fault {
    Fault::new(
        FaultKind::Internal,
        "a test's word was called outside of a test",
    )
}
