//! What the engine offers and a script may not have. Their names are kept, to
//! say why: a name that is merely unknown would be looked for elsewhere.

use rhai::{Dynamic, Engine, EvalAltResult, FLOAT, INT, Position};

use crate::fault::Fault;

use super::values::thrown;

/// Takes them out of the engine's library.
pub(super) fn bar(engine: &mut Engine) {
    engine.register_fn("timestamp", clock);
    engine.register_fn("sleep", |_: INT| wait());
    engine.register_fn("sleep", |_: FLOAT| wait());
}

fn clock() -> Result<Dynamic, Box<EvalAltResult>> {
    let fault = Fault::script("a script has no clock");
    let fault = fault.hint("a preview would see another time than the run");
    Err(thrown(fault, Position::NONE))
}

/// The engine's own hears no wish to stop.
fn wait() -> Result<Dynamic, Box<EvalAltResult>> {
    let fault = Fault::script("a script cannot wait");
    let fault = fault.hint("a live run waits by itself for what each step changes");
    Err(thrown(fault, Position::NONE))
}
