//! Runs the inputs of an interactive session. A session is always the result of running its inputs
//! in order; undoing one means running the others again.

use std::cell::Cell;
use std::rc::Rc;

use crate::bindings::Value;
use crate::facts::Node;
use crate::fault::{Fault, Result};
use crate::script::{Ceilings, CompiledInput, Interpreter, ParamSpec, Script, Surroundings};
use crate::session::Session;

use super::session_params::{self, SetParams};

/// One input: a line, a block over several, a file.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its text, its name in faults, and the folder that it imports from.
    pub script: Script,
    /// The line of its source at which it starts.
    pub first: usize,
    /// How many of its steps a live run would perform.
    pub acted: usize,
    /// Whether its steps were performed. It is not run again; a saved script contains it.
    pub is_applied: bool,
}

impl Input {
    /// Its name in messages: `repl:3`, or its line if all inputs come from standard input.
    pub fn name(&self) -> String {
        let name = self.script.short_name();
        if name == "-" {
            format!("{name}:{}", self.first)
        } else {
            name.to_owned()
        }
    }
}

/// An input that could not be run again, and why.
pub struct Dropped {
    /// The input.
    pub input: Input,
    /// Its fault.
    pub fault: Fault,
}

/// Callbacks of inputs.
#[derive(Clone)]
pub struct Outside {
    /// Receives what `print` prints.
    pub print: Rc<dyn Fn(&str)>,
    /// Whether the session was interrupted.
    pub is_stopped: Rc<dyn Fn() -> bool>,
    /// Called after an interrupt was handled.
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
            ceilings: Ceilings::default(),
        }
    }
}

/// An interpreter with the parameters that its inputs declare.
pub(super) struct Replayer {
    pub(super) interpreter: Interpreter,
    pub(super) declared: Vec<ParamSpec>,
    is_replay: Rc<Cell<bool>>,
}

impl Replayer {
    /// Creates an interpreter in which nothing is defined.
    pub(super) fn new(outside: &Outside) -> Self {
        let is_replay = Rc::new(Cell::new(false));
        Self {
            interpreter: Interpreter::new(outside.surroundings(&is_replay)),
            declared: Vec::new(),
            is_replay,
        }
    }

    /// Creates another interpreter with the same source texts.
    pub(super) fn restarted(&self, outside: &Outside) -> Self {
        let is_replay = Rc::new(Cell::new(false));
        Self {
            interpreter: self.interpreter.restarted(outside.surroundings(&is_replay)),
            declared: Vec::new(),
            is_replay,
        }
    }

    /// Runs one input. Returns its value, or `None` if it called `exit`.
    pub(super) fn run(
        &mut self,
        input: &Input,
        session: Session,
        set: &SetParams,
    ) -> (Session, Result<Option<Value>>) {
        match self.prepare(input, session.node(), set) {
            Ok(compiled) => self.interpreter.run(&compiled, session),
            Err(fault) => (session, Err(fault)),
        }
    }

    /// Runs inputs again that were not applied, without printing. Stops at the first that fails, and returns its index.
    pub(super) fn replay(
        &mut self,
        inputs: &mut [Input],
        mut session: Session,
        set: &SetParams,
    ) -> (Session, std::result::Result<(), (usize, Fault)>) {
        self.is_replay.set(true);
        let mut outcome = Ok(());
        let inputs = inputs.iter_mut().enumerate();
        for (index, input) in inputs.filter(|(_, input)| !input.is_applied) {
            let acted = session.acted();
            let result = self.run(input, session, set);
            session = result.0;
            input.acted = session.acted() - acted;
            if let Err(fault) = result.1 {
                outcome = Err((index, fault));
                break;
            }
        }
        self.is_replay.set(false);
        (session, outcome)
    }

    fn prepare(&mut self, input: &Input, node: &Node, set: &SetParams) -> Result<CompiledInput> {
        let compiled = self.interpreter.compile(&input.script, input.first)?;
        session_params::check_platform(compiled.declared(), node.platform)?;
        let declared = session_params::merged(&self.declared, compiled.declared());
        let values = session_params::values(&declared, set)?;
        self.interpreter.set_values(node, &values);
        self.declared = declared;
        Ok(compiled)
    }
}
