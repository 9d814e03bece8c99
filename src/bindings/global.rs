//! What belongs to the script itself: secrets by reference, notes, stops.

use crate::facts::Facts;
use crate::fault::{Fault, Result};
use crate::state::Secret;
use crate::step::{Advisory, Level};

use super::{Args, Binding, Made, Param, Type, Value};

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "secret",
        doc: "Names a secret: `env:NAME`, `file:PATH` or `prompt:LABEL`.\n\nIt stays a name until the moment a tool is started; no script, plan or report ever holds the text.",
        params: &[Param::required(
            "reference",
            Type::Text,
            "Where the secret is.",
        )],
        example: r#"secret("env:TOKEN_KEY")"#,
        source: "",
        make: |args, _| {
            let secret = Secret::parse(&args.required("reference"));
            let secret = secret.map_err(|fault| fault.in_argument("reference"))?;
            Made::answer(Value::Secret(secret))
        },
    },
    Binding {
        name: "advise",
        doc: "Leaves a note for whoever reads the preview.",
        params: &[
            Param::required("text", Type::Text, "One or two sentences."),
            Param::optional(
                "options",
                Type::Options(&[
                    Param::optional("id", Type::Name, "A lasting name for the note.")
                        .default("advice"),
                    Param::optional(
                        "level",
                        Type::Choice(&["note", "caution", "danger"]),
                        "How much it weighs.",
                    )
                    .default("note"),
                    Param::optional("source", Type::Text, "The document it comes from."),
                ]),
                "Name, weight and source.",
            ),
        ],
        example: r#"advise("the ports must match those in Faspex", #{ level: "caution" });"#,
        source: "",
        make: |args, _| Ok(advise(args)),
    },
    Binding {
        name: "ensure",
        doc: "Stops the script with a message unless the condition holds.",
        params: &[
            Param::required("condition", Type::Bool, "What must be true."),
            Param::required("message", Type::Any, "What is wrong if it is not."),
            Param::optional("hint", Type::Text, "What to do about it, a sentence."),
        ],
        example: r#"ensure(host.platform != "", "no platform");"#,
        source: "",
        make: ensure,
    },
];

fn advise(args: &Args) -> Made {
    let level = match args.text("level") {
        Some("danger") => Level::Danger,
        Some("caution") => Level::Caution,
        _ => Level::Note,
    };
    let id = args.text("id").unwrap_or("advice").to_owned();
    let mut note = Advisory::new(level, id, args.required("text").to_string());
    note.source = args.text("source").map(|source| source.to_owned().into());
    Made::Answer(Value::Unit, vec![note])
}

fn ensure(args: &Args, _: &mut Facts<'_>) -> Result<Made> {
    if args.flag("condition") == Some(true) {
        return Made::answer(Value::Unit);
    }
    let message = match args.get("message") {
        Some(Value::Text(text)) => text.to_string(),
        Some(Value::Int(int)) => int.to_string(),
        _ => "a condition of the script does not hold".to_owned(),
    };
    let fault = Fault::refused(message);
    Err(match args.text("hint") {
        Some(hint) => fault.hint(hint),
        None => fault,
    })
}
