//! `manual.*`: steps that a person does.

use std::rc::Rc;

use crate::facts::Facts;
use crate::fault::{Fault, Result};
use crate::state::ValueType;
use crate::step::{Advisory, Level, Step, StepKind};

use super::{Args, Binding, Key, Made, Outcome, Param};

const TEXT: Key<Rc<str>> = Key::text("text", ValueType::Text, "What to do, as an instruction.");
const SOURCE: Key<Option<Rc<str>>> =
    Key::text("source", ValueType::Text, "The document that describes it.").optional();

pub(super) const BINDINGS: &[Binding] = &[Binding {
    name: "manual.step",
    doc: "Adds a step that a person must do, such as a page of a web console.\n\nPreviews show it; a live run asks whether it is done before it continues.",
    params: &[
        TEXT.param,
        Param::options(&[SOURCE.param], "Where to read more."),
    ],
    example: r#"manual.step("Make an access key in the cluster manager.", #{ source: "ATC Manager, Access Keys" });"#,
    source: "the parts of the published procedures that happen in a browser",
    make: step,
}];

fn step(args: &Args, _: &mut Facts<'_>) -> Result<Made> {
    let text = args.get(&TEXT);
    if text.trim().is_empty() {
        return Err(Fault::script("`text` is empty: write what to do").in_argument("text"));
    }
    let mut note = Advisory::new(Level::Note, "manual-step", text.to_string());
    note.source = args.get(&SOURCE).map(|source| source.to_string().into());
    let step = Step {
        advisories: vec![note],
        ..Step::empty(StepKind::Manual)
    };
    let outcome = Outcome {
        changed: true,
        changes: Vec::new(),
    };
    Ok(Made::Step(step, outcome))
}
