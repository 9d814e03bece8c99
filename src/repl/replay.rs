//! Inputs that are played one after the other into a session. A session of
//! lines is always what playing its inputs gives, so whatever takes something
//! back plays the rest.

use std::cell::Cell;
use std::rc::Rc;

use crate::bindings::Value;
use crate::facts::Node;
use crate::fault::{Fault, Result};
use crate::script::{Compiled, Lines, ParamSpec, Script, Surroundings};
use crate::session::Session;

use super::given::{self, Given};

/// One input: a line, a block over several, a file.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its text, what faults call it, and the folder that it imports from.
    pub script: Script,
    /// The line of its source at which it starts.
    pub first: usize,
    /// How many steps it took that a live run would perform.
    pub acted: usize,
}

impl Input {
    /// What a person calls it: `repl:3`, or its line where all come from one
    /// source.
    pub fn name(&self) -> String {
        let name = self.script.short_name();
        if name == "-" {
            format!("{name}:{}", self.first)
        } else {
            name.to_owned()
        }
    }
}

/// An input that could not be played again, and why.
pub struct Dropped {
    /// The input.
    pub input: Input,
    /// What stopped it.
    pub fault: Fault,
}

/// What inputs meet outside of the engine.
#[derive(Clone)]
pub struct Outside {
    /// Where `print` goes.
    pub print: Rc<dyn Fn(&str)>,
    /// Whether somebody asked for a stop.
    pub is_stopped: Rc<dyn Fn() -> bool>,
    /// Is called once a stop was met.
    pub forget_stop: Rc<dyn Fn()>,
}

impl Outside {
    fn surroundings(&self, is_replay: &Rc<Cell<bool>>) -> Surroundings {
        let (print, is_stopped) = (Rc::clone(&self.print), Rc::clone(&self.is_stopped));
        let is_silent = Rc::clone(is_replay);
        Surroundings {
            print: Box::new(move |text| {
                if !is_silent.get() {
                    print(text);
                }
            }),
            is_stopped: Box::new(move || is_stopped()),
        }
    }
}

/// An engine with what its inputs defined and declared.
pub(super) struct Stage {
    pub(super) lines: Lines,
    pub(super) declared: Vec<ParamSpec>,
    is_replay: Rc<Cell<bool>>,
}

impl Stage {
    /// An engine that knows nothing yet.
    pub(super) fn new(outside: &Outside) -> Self {
        let is_replay = Rc::new(Cell::new(false));
        Self {
            lines: Lines::new(outside.surroundings(&is_replay)),
            declared: Vec::new(),
            is_replay,
        }
    }

    /// Another one, that shares the texts of sources with this one.
    pub(super) fn anew(&self, outside: &Outside) -> Self {
        let is_replay = Rc::new(Cell::new(false));
        Self {
            lines: self.lines.anew(outside.surroundings(&is_replay)),
            declared: Vec::new(),
            is_replay,
        }
    }

    /// Plays one input. Gives its value, or nothing where it called `exit`.
    pub(super) fn play(
        &mut self,
        input: &Input,
        session: Session,
        given: &Given,
    ) -> (Session, Result<Option<Value>>) {
        match self.prepare(input, session.node(), given) {
            Ok(compiled) => self.lines.run(&compiled, session),
            Err(fault) => (session, Err(fault)),
        }
    }

    /// Plays inputs that were played before: what they printed was read then.
    /// Stops at the first that fails, and says which.
    pub(super) fn replay(
        &mut self,
        inputs: &mut [Input],
        mut session: Session,
        given: &Given,
    ) -> (Session, std::result::Result<(), (usize, Fault)>) {
        self.is_replay.set(true);
        let mut outcome = Ok(());
        for (index, input) in inputs.iter_mut().enumerate() {
            let acted = session.acted();
            let played = self.play(input, session, given);
            session = played.0;
            input.acted = session.acted() - acted;
            if let Err(fault) = played.1 {
                outcome = Err((index, fault));
                break;
            }
        }
        self.is_replay.set(false);
        (session, outcome)
    }

    fn prepare(&mut self, input: &Input, node: &Node, given: &Given) -> Result<Compiled> {
        let compiled = self.lines.compile(&input.script, input.first)?;
        given::fits(compiled.declared(), node.platform)?;
        let declared = given::joined(&self.declared, compiled.declared());
        let values = given::values(&declared, given)?;
        self.lines.set_values(node, &values);
        self.declared = declared;
        Ok(compiled)
    }
}
