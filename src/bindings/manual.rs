//! `manual.*`: what a person does where no tool can.

use crate::facts::Facts;
use crate::fault::{Fault, Result};
use crate::step::{Advisory, Level, Step, StepKind};

use super::{Args, Binding, Made, Outcome, Param, Type};

pub(super) const BINDINGS: &[Binding] = &[Binding {
    name: "manual.step",
    doc: "Something a person must do, such as a page of a web console.\n\nPreviews show it; a live run asks whether it is done before it goes on.",
    params: &[
        Param::required(
            "text",
            Type::Text,
            "What to do, as one would tell a colleague.",
        ),
        Param::optional(
            "options",
            Type::Options(&[Param::optional(
                "source",
                Type::Text,
                "The document that says how.",
            )]),
            "Where to read more.",
        ),
    ],
    example: r#"manual.step("Make an access key in the cluster manager.", #{ source: "ATC Manager, Access Keys" });"#,
    source: "the parts of the published procedures that happen in a browser",
    make: step,
}];

fn step(args: &Args, _: &mut Facts<'_>) -> Result<Made> {
    let text = args.required("text");
    if text.trim().is_empty() {
        return Err(Fault::script("a manual step says what to do").in_argument("text"));
    }
    let mut note = Advisory::new(Level::Note, "manual-step", text.to_string());
    note.source = args.text("source").map(|source| source.to_owned().into());
    let step = Step {
        binding: "".into(),
        at: None,
        kind: StepKind::Manual,
        changes: Vec::new(),
        commands: Vec::new(),
        advisories: vec![note],
    };
    let outcome = Outcome {
        changed: true,
        changes: Vec::new(),
    };
    Ok(Made::Step(step, outcome))
}
