//! The inputs of a session and the steps that they stage on one node, without executing them. An
//! input takes effect completely or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::bindings::{Params, Value};
use crate::exec::{DryRun, World};
use crate::facts::Node;
use crate::fault::{Fault, FaultKind, Result};
use crate::run::{DocumentKind, RunRecord, ScriptId};
use crate::script::{FunctionSignature, Host, Script, Surroundings};
use crate::session::Session;
use crate::state::{State, Subject, sha256};
use crate::step::Step;

use super::replay::{Dropped, Input, Outside, Replayer};
use super::saved_script::script_text;
use super::session_params::{self, SetParams};

/// A session of inputs on one node.
pub struct Staging {
    outside: Outside,
    replayer: Replayer,
    // `None` only while an input runs.
    session: Option<Session>,
    inputs: Vec<Input>,
    set_params: SetParams,
}

/// The result of an input.
pub struct Answer {
    /// Its value.
    pub value: Value,
    /// How many steps there were before it.
    pub before: usize,
    /// Whether it called `exit`.
    pub is_exit: bool,
}

impl Staging {
    /// Starts a session on a node from which nothing was read yet.
    pub fn new(world: World, outside: Outside, set_params: SetParams) -> Self {
        let mut staging = Self {
            replayer: Replayer::new(&outside),
            outside,
            session: Some(session(world)),
            inputs: Vec::new(),
            set_params,
        };
        staging.set_values();
        staging
    }

    /// Runs an input. A fault leaves everything as it was before.
    pub fn run(&mut self, script: Script, first: usize) -> Result<Answer> {
        let mut input = Input {
            script,
            first,
            acted: 0,
            is_applied: false,
        };
        let session = self.take();
        let (before, acted) = (session.steps().len(), session.acted());
        let (session, outcome) = self.replayer.run(&input, session, &self.set_params);
        input.acted = session.acted() - acted;
        self.session = Some(session);
        match outcome {
            Ok(value) => {
                if value.is_some() || input.acted > 0 {
                    self.inputs.push(input);
                }
                Ok(Answer {
                    is_exit: value.is_none(),
                    value: value.unwrap_or(Value::Unit),
                    before,
                })
            }
            Err(fault) => {
                (self.outside.forget_stop)();
                let inputs = std::mem::take(&mut self.inputs);
                let dropped = self.replay(inputs, None);
                let names = dropped.iter().map(|dropped| dropped.input.name());
                Err(names.fold(fault, |fault, name| {
                    fault.hint(format!("{name} can no longer be run and was removed"))
                }))
            }
        }
    }

    /// Undoes the last `count` inputs that staged steps. Returns them, and the inputs that cannot
    /// run without them.
    pub fn undo(&mut self, count: usize) -> (Vec<Input>, Vec<Dropped>) {
        let mut left = count;
        let mut undone = Vec::new();
        let mut kept = Vec::new();
        for input in std::mem::take(&mut self.inputs).into_iter().rev() {
            if input.acted > 0 && !input.is_applied && left > 0 {
                left -= 1;
                undone.push(input);
            } else {
                kept.push(input);
            }
        }
        undone.reverse();
        kept.reverse();
        let dropped = self.replay(kept, None);
        (undone, dropped)
    }

    /// Removes all inputs.
    pub fn clear(&mut self) {
        self.replay(Vec::new(), None);
    }

    /// Starts again on the node after all staged steps were performed. Inputs that staged steps,
    /// and those that cannot run without them, are kept for a saved script only.
    pub fn applied(&mut self, world: World) {
        let mut inputs = std::mem::take(&mut self.inputs);
        for input in &mut inputs {
            input.is_applied |= input.acted > 0;
        }
        self.start_again(inputs, Some(world), |inputs, index, _| {
            inputs[index].is_applied = true;
        });
    }

    /// Sets a parameter, `NAME=VALUE`. Unless all inputs run with it, nothing changes.
    pub fn set_param(&mut self, setting: &str) -> Result<()> {
        let before = self.set_params.clone();
        let (name, value) = session_params::parse(setting)?;
        self.set_params.insert(name, value);
        let world = self.leave();
        self.attempt(world).map_err(|failed| {
            let (world, fault) = *failed;
            self.set_params = before;
            let inputs = std::mem::take(&mut self.inputs);
            self.replay(inputs, Some(world));
            fault
        })
    }

    /// Moves to another node, or reads the same one again. Unless all inputs run there, nothing
    /// changes.
    pub fn move_to(&mut self, world: World) -> Result<()> {
        let moved = self.attempt(world);
        moved.map_err(|failed| failed.1)
    }

    /// Runs all inputs again in a new session, which replaces this one if all of them succeed.
    fn attempt(&mut self, world: World) -> std::result::Result<(), Box<(World, Fault)>> {
        let mut replayer = self.replayer.restarted(&self.outside);
        let mut inputs = self.inputs.clone();
        let (session, outcome) = replayer.replay(&mut inputs, session(world), &self.set_params);
        if let Err((index, fault)) = outcome {
            let name = inputs[index].name();
            let fault = fault.hint(format!(
                "this is {name}, which was run again; nothing was changed"
            ));
            return Err((session.into_world().as_read(), fault).into());
        }
        self.replayer = replayer;
        self.inputs = inputs;
        self.session = Some(session);
        self.set_values();
        Ok(())
    }

    /// Starts again with these inputs, without those that cannot be run. Returns the latter.
    fn replay(&mut self, inputs: Vec<Input>, world: Option<World>) -> Vec<Dropped> {
        let mut dropped = Vec::new();
        self.start_again(inputs, world, |inputs, index, fault| {
            let input = inputs.remove(index);
            dropped.push(Dropped { input, fault });
        });
        dropped
    }

    /// Starts again with these inputs. `exclude` gets the index of one that cannot be run.
    fn start_again(
        &mut self,
        mut inputs: Vec<Input>,
        world: Option<World>,
        mut exclude: impl FnMut(&mut Vec<Input>, usize, Fault),
    ) {
        let mut world = world.unwrap_or_else(|| self.leave());
        loop {
            self.replayer = self.replayer.restarted(&self.outside);
            let (session, outcome) =
                (self.replayer).replay(&mut inputs, session(world), &self.set_params);
            let Err((index, fault)) = outcome else {
                self.session = Some(session);
                self.inputs = inputs;
                self.set_values();
                return;
            };
            exclude(&mut inputs, index, fault);
            world = session.into_world().as_read();
        }
    }

    /// Ends the session. Returns the node as it was read, without any steps.
    fn leave(&mut self) -> World {
        self.take().into_world().as_read()
    }

    fn take(&mut self) -> Session {
        self.session.take().expect("only a running input takes it")
    }

    fn session(&self) -> &Session {
        self.session
            .as_ref()
            .expect("only a running input takes it")
    }

    fn session_mut(&mut self) -> &mut Session {
        self.session
            .as_mut()
            .expect("only a running input takes it")
    }

    fn set_values(&mut self) {
        let values = self.params();
        let session = self
            .session
            .as_ref()
            .expect("only a running input takes it");
        self.replayer
            .interpreter
            .set_values(session.node(), &values);
    }

    /// Runs all inputs in another session, such as a live one.
    pub fn run_in(&self, session: Session) -> (Session, Result<()>) {
        let mut replayer = self.replayer.restarted(&self.outside);
        let (session, outcome) =
            replayer.replay(&mut self.inputs.clone(), session, &self.set_params);
        (session, outcome.map_err(|(_, fault)| fault))
    }

    /// The staged steps as a plan or a preview.
    pub fn plan(&mut self, kind: DocumentKind) -> RunRecord {
        RunRecord {
            kind,
            script: self.script_id(),
            params: self.params(),
            ..self.session_mut().so_far()
        }
    }

    /// The identity of this session in documents.
    pub fn script_id(&self) -> ScriptId {
        ScriptId {
            name: "repl".to_owned(),
            digest: sha256(self.text().as_bytes()),
        }
    }

    /// The session as a script.
    pub fn text(&self) -> String {
        let specs =
            session_params::with_current_defaults(&self.replayer.declared, &self.set_params);
        script_text(self.node().platform, &specs, &self.inputs)
    }

    /// The session as a script, after a check that the script stages the same steps when it is run
    /// from where it will be saved.
    pub fn saved(&mut self, script: Script) -> Result<String> {
        if self.inputs.is_empty() {
            return Err(Fault::usage("the session has no inputs to save"));
        }
        let text = self.text();
        let script = Script {
            text: text.as_str().into(),
            ..script
        };
        let mut host = Host::new(script, Surroundings::none()).map_err(not_saved)?;
        let params = host.declared().values(&SetParams::new())?;
        let (wanted, world) = self.with_applied();
        let (session, outcome) = host.run(session(world), &params);
        let (run, world) = session.end();
        let inputs = std::mem::take(&mut self.inputs);
        self.replay(inputs, Some(world.as_read()));
        outcome.map_err(not_saved)?;
        if run.does_the_same_as(&wanted) {
            Ok(text)
        } else {
            let fault = Fault::refused("the saved script would produce a different plan");
            Err(not_saved(fault.hint(
                "a script defines all functions before it starts, and only one of each name",
            )))
        }
    }

    /// Ends the session. Returns a plan of all inputs, also of those that were applied, and the
    /// node as it was read.
    fn with_applied(&mut self) -> (RunRecord, World) {
        let mut inputs = self.inputs.clone();
        if inputs.iter().all(|input| !input.is_applied) {
            return (self.plan(DocumentKind::Plan), self.leave());
        }
        for input in &mut inputs {
            input.is_applied = false;
        }
        let mut replayer = self.replayer.restarted(&self.outside);
        let world = self.leave();
        let (session, _) = replayer.replay(&mut inputs, session(world), &self.set_params);
        let (run, world) = session.end();
        (run, world.as_read())
    }

    /// The node.
    pub fn node(&self) -> &Node {
        self.session().node()
    }

    /// How many staged steps a live run would perform.
    pub fn staged(&self) -> usize {
        self.session().acted()
    }

    /// The steps from an index on.
    pub fn steps(&self, from: usize) -> &[Step] {
        &self.session().steps()[from..]
    }

    /// The state of a subject after the staged steps, if it can be read. It is not recorded as
    /// read.
    pub fn look(&mut self, subject: &Subject) -> Option<State> {
        self.session.as_mut()?.look(subject).ok()
    }

    /// The parameters of the session.
    pub fn params(&self) -> Params {
        session_params::values(&self.replayer.declared, &self.set_params).unwrap_or_default()
    }

    /// The inputs of the session.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Whether the text is incomplete, so that further lines can complete it.
    pub fn is_incomplete(&self, text: &str, first: usize) -> bool {
        self.replayer.interpreter.is_incomplete(text, first)
    }

    /// The text of a source by the name that faults give it.
    pub fn source(&self, name: &str) -> Option<Rc<str>> {
        self.replayer.interpreter.source(name)
    }

    /// The files of scripts and modules that staged the steps.
    pub fn files(&self) -> Vec<PathBuf> {
        let folders = self
            .inputs
            .iter()
            .filter_map(|input| input.script.folder.as_deref());
        let folders: BTreeSet<&Path> = folders.collect();
        let files = |folder| self.replayer.interpreter.files(folder);
        let files = folders.into_iter().flat_map(files);
        files.filter(|file| file.is_file()).collect()
    }

    /// The names of all variables, newest first.
    pub fn variables(&self) -> Vec<&str> {
        self.replayer.interpreter.variables()
    }

    /// The imported modules by alias.
    pub fn imports(&self) -> &BTreeMap<String, String> {
        self.replayer.interpreter.imports()
    }

    /// The value of a variable.
    pub fn variable(&self, name: &str) -> Option<Value> {
        self.replayer.interpreter.variable(name)
    }

    /// The functions that were defined or imported.
    pub fn functions(&self) -> Vec<FunctionSignature> {
        self.replayer.interpreter.functions()
    }

    /// Whether a live run would do anything.
    pub fn is_pending(&self) -> bool {
        self.session().run().is_pending()
    }
}

fn session(world: World) -> Session {
    Session::new(Box::new(DryRun::new(world)))
}

/// The fault of a session that cannot be saved.
fn not_saved(fault: Fault) -> Fault {
    fault
        .with_kind(FaultKind::Refused)
        .context("this session cannot be saved as one script")
}
