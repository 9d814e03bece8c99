//! What the inputs of a session have staged: steps carried out in thought on
//! one node. An input counts whole or not at all.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::bindings::{Params, Value};
use crate::exec::{DryRun, World};
use crate::facts::Node;
use crate::fault::{Fault, FaultKind, Result};
use crate::run::{DocumentKind, RunRecord, ScriptId, sha256};
use crate::script::{Host, Script, Signature, Surroundings};
use crate::session::Session;
use crate::state::{State, Subject};
use crate::step::Step;

use super::given::{self, Given};
use super::replay::{Dropped, Input, Outside, Stage};
use super::save;

/// A session of inputs on one node.
pub struct Staging {
    outside: Outside,
    stage: Stage,
    // There is always one but while an input runs.
    session: Option<Session>,
    inputs: Vec<Input>,
    given: Given,
}

/// What an input gave.
pub struct Answer {
    /// Its value.
    pub value: Value,
    /// How many steps there were before it.
    pub before: usize,
    /// Whether it called `exit`.
    pub is_exit: bool,
}

impl Staging {
    /// A session on a node of which nothing was read yet.
    pub fn new(world: World, outside: Outside, given: Given) -> Self {
        let mut staging = Self {
            stage: Stage::new(&outside),
            outside,
            session: Some(session(world.keeping())),
            inputs: Vec::new(),
            given,
        };
        staging.set_values();
        staging
    }

    /// Runs an input. After a fault everything is as it was before.
    pub fn run(&mut self, script: Script, first: usize) -> Result<Answer> {
        let mut input = Input {
            script,
            first,
            acted: 0,
        };
        let session = self.take();
        let (before, acted) = (session.steps().len(), session.acted());
        let (session, outcome) = self.stage.play(&input, session, &self.given);
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
                let lost = dropped.iter().map(|lost| lost.input.name());
                Err(lost.fold(fault, |fault, name| {
                    fault.hint(format!(
                        "{name} cannot be run again as things are, and is gone"
                    ))
                }))
            }
        }
    }

    /// Takes back the last `count` inputs that staged something. Gives them,
    /// and those that cannot stand without them.
    pub fn undo(&mut self, count: usize) -> (Vec<Input>, Vec<Dropped>) {
        let mut left = count;
        let mut undone = Vec::new();
        let mut kept = Vec::new();
        for input in std::mem::take(&mut self.inputs).into_iter().rev() {
            if input.acted > 0 && left > 0 {
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

    /// Forgets every input.
    pub fn clear(&mut self) {
        self.replay(Vec::new(), None);
    }

    /// Starts anew on a node that was changed by all that was staged: what
    /// was only defined stays.
    pub fn applied(&mut self, world: World) {
        let mut inputs = std::mem::take(&mut self.inputs);
        inputs.retain(|input| input.acted == 0);
        self.replay(inputs, Some(world.keeping()));
    }

    /// Gives a parameter a value, `NAME=VALUE`. All inputs hold with them, or nothing changes.
    pub fn set_param(&mut self, setting: &str) -> Result<()> {
        let before = self.given.clone();
        let (name, value) = given::parse(setting)?;
        self.given.insert(name, value);
        let world = self.leave();
        self.attempt(world).map_err(|failed| {
            let (world, fault) = *failed;
            self.given = before;
            let inputs = std::mem::take(&mut self.inputs);
            self.replay(inputs, Some(world));
            fault
        })
    }

    /// Moves to another node, or to the same one read anew. All inputs hold
    /// there, or nothing changes.
    pub fn move_to(&mut self, world: World) -> Result<()> {
        let change = self.attempt(world.keeping());
        change.map_err(|failed| failed.1)
    }

    /// Plays the inputs once more, as a session of their own that takes the
    /// place of this one if all of them hold.
    fn attempt(&mut self, world: World) -> std::result::Result<(), Box<(World, Fault)>> {
        let mut stage = self.stage.anew(&self.outside);
        let mut inputs = self.inputs.clone();
        let (session, outcome) = stage.replay(&mut inputs, session(world), &self.given);
        if let Err((index, fault)) = outcome {
            let name = inputs[index].name();
            let fault = fault.hint(format!("that is {name}, run again; nothing has changed"));
            return Err((session.into_world().rewound(), fault).into());
        }
        self.stage = stage;
        self.inputs = inputs;
        self.session = Some(session);
        self.set_values();
        Ok(())
    }

    /// Starts anew with these inputs, and drops those that cannot be played.
    fn replay(&mut self, mut inputs: Vec<Input>, world: Option<World>) -> Vec<Dropped> {
        let mut dropped = Vec::new();
        let mut world = world.unwrap_or_else(|| self.leave());
        loop {
            self.stage = self.stage.anew(&self.outside);
            let played = self.stage.replay(&mut inputs, session(world), &self.given);
            let Err((index, fault)) = played.1 else {
                self.session = Some(played.0);
                self.inputs = inputs;
                self.set_values();
                return dropped;
            };
            let input = inputs.remove(index);
            dropped.push(Dropped { input, fault });
            world = played.0.into_world().rewound();
        }
    }

    /// The node as it was read, without any steps.
    fn leave(&mut self) -> World {
        self.take().into_world().rewound()
    }

    fn take(&mut self) -> Session {
        self.session.take().expect("only a running input takes it")
    }

    fn session(&self) -> &Session {
        self.session
            .as_ref()
            .expect("only a running input takes it")
    }

    fn set_values(&mut self) {
        let values = self.params();
        let session = self
            .session
            .as_ref()
            .expect("only a running input takes it");
        self.stage.lines.set_values(session.node(), &values);
    }

    /// Plays all inputs into another session, such as one that acts.
    pub fn play(&self, session: Session) -> (Session, Result<()>) {
        let mut stage = self.stage.anew(&self.outside);
        let (session, outcome) = stage.replay(&mut self.inputs.clone(), session, &self.given);
        (session, outcome.map_err(|(_, fault)| fault))
    }

    /// All that is staged, as a plan or a preview.
    pub fn plan(&self, kind: DocumentKind) -> RunRecord {
        RunRecord {
            kind,
            script: self.script_id(),
            params: self.params(),
            ..self.session().so_far()
        }
    }

    /// What documents call this session.
    pub fn script_id(&self) -> ScriptId {
        ScriptId {
            name: "repl".to_owned(),
            digest: sha256(self.text().as_bytes()),
        }
    }

    /// A script that replays the session.
    pub fn text(&self) -> String {
        let specs = given::settled(&self.stage.declared, &self.given);
        save::text(self.node().platform, &specs, &self.inputs)
    }

    /// The script that replays the session, once it is certain that it stages
    /// the same from where it will be saved.
    pub fn saved(&mut self, script: Script) -> Result<String> {
        if self.inputs.is_empty() {
            return Err(Fault::usage("there is nothing to save yet"));
        }
        let wanted = self.plan(DocumentKind::Plan).digest();
        let text = self.text();
        let script = Script {
            text: text.as_str().into(),
            ..script
        };
        let silent = Surroundings {
            print: Box::new(|_| ()),
            is_stopped: Box::new(|| false),
        };
        let mut host = Host::new(script, silent).map_err(other)?;
        let params = host.declared().values(&Given::new())?;
        let world = self.leave();
        let (session, outcome) = host.run(session(world), &params);
        let (run, world) = session.end();
        let found = run.digest();
        let inputs = std::mem::take(&mut self.inputs);
        self.replay(inputs, Some(world.rewound()));
        outcome.map_err(other)?;
        if found == wanted {
            Ok(text)
        } else {
            Err(other(Fault::refused("its plan is another one").hint(
                "in a script every function is known from the start, and one of a name is all there is",
            )))
        }
    }

    /// The node.
    pub fn node(&self) -> &Node {
        self.session().node()
    }

    /// How many staged steps a live run would perform.
    pub fn staged(&self) -> usize {
        self.session().acted()
    }

    /// The steps from the one of that index on.
    pub fn steps(&self, from: usize) -> &[Step] {
        &self.session().steps()[from..]
    }

    /// What is true of a subject with all that is staged; nothing where that
    /// cannot be read. No step rests on it.
    pub fn look(&mut self, subject: &Subject) -> Option<State> {
        self.session.as_mut()?.look(subject).ok()
    }

    /// The parameters of the session.
    pub fn params(&self) -> Params {
        given::values(&self.stage.declared, &self.given).unwrap_or_default()
    }

    /// The inputs that the session stands on.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Whether the text stops in the middle of something.
    pub fn wants_more(&self, text: &str, first: usize) -> bool {
        self.stage.lines.wants_more(text, first)
    }

    /// The text of a source by the name that faults give.
    pub fn source(&self, name: &str) -> Option<Rc<str>> {
        self.stage.lines.source(name)
    }

    /// The names of all variables, newest first.
    pub fn variables(&self) -> Vec<&str> {
        self.stage.lines.variables()
    }

    /// The modules that were imported, by what they are called here.
    pub fn imports(&self) -> &BTreeMap<String, String> {
        self.stage.lines.imports()
    }

    /// What a variable holds.
    pub fn variable(&self, name: &str) -> Option<Value> {
        self.stage.lines.variable(name)
    }

    /// The functions that were defined or imported.
    pub fn functions(&self) -> Vec<Signature> {
        self.stage.lines.functions()
    }

    /// Whether a live run would do anything.
    pub fn is_pending(&self) -> bool {
        self.session().run().is_pending()
    }
}

fn session(world: World) -> Session {
    Session::new(Box::new(DryRun::new(world)))
}

/// The fault of a session that no single script can replay.
fn other(fault: Fault) -> Fault {
    fault
        .with_kind(FaultKind::Refused)
        .context("this session cannot be saved as one script")
}
