//! Functions of the engine that scripts may not use. They are registered to explain why: an
//! unknown name would be searched for elsewhere.

use rhai::{Dynamic, Engine, EvalAltResult, FLOAT, INT, Position};

use crate::fault::Fault;

use super::values::thrown;

/// Replaces them by functions that fail with an explanation.
pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("timestamp", timestamp);
    engine.register_fn("sleep", |_: INT| sleep());
    engine.register_fn("sleep", |_: FLOAT| sleep());
}

fn timestamp() -> Result<Dynamic, Box<EvalAltResult>> {
    let fault = Fault::script("a script has no clock");
    let fault = fault.hint("the time of a preview would differ from that of the run");
    Err(thrown(fault, Position::NONE))
}

/// The engine's own cannot be interrupted.
fn sleep() -> Result<Dynamic, Box<EvalAltResult>> {
    let fault = Fault::script("a script cannot wait");
    let fault = fault.hint("a live run waits until each change takes effect");
    Err(thrown(fault, Position::NONE))
}
