//! Bindings without a namespace: secrets, advisories and stops.

use std::rc::Rc;

use crate::facts::Facts;
use crate::fault::{Fault, Result};
use crate::login;
use crate::state::{FastIndexMap, Secret, ValueType};
use crate::step::{Advisory, Level};

use super::{Args, Binding, Key, Made, Param, Value};

type Text = Rc<str>;

const REFERENCE: Key<Value> = Key::value("reference", ValueType::Reference, "Where the secret is.");

const TEXT: Key<Text> = Key::text("text", ValueType::Text, "One or two sentences.");
const ID: Key<Option<Text>> =
    Key::name("id", "ID of the advisory, for programs that read reports.")
        .optional()
        .default("advice");
const LEVEL: Key<Option<Text>> = Key::text(
    "level",
    ValueType::Choice(&["note", "caution", "danger"]),
    "How serious it is.",
)
.optional()
.default("note");
const SOURCE: Key<Option<Text>> =
    Key::text("source", ValueType::Text, "The document it comes from.").optional();

const DETAILS: Key<Option<Value>> = Key::value(
    "details",
    ValueType::Any,
    "A map of names and values that a person enters in another system. A secret shows by its reference.",
)
.optional();

const CONDITION: Key<bool> = Key::flag("condition", "What must be true.");
const MESSAGE: Key<Value> = Key::value(
    "message",
    ValueType::Any,
    "What is wrong if the condition is false.",
);
const HINT: Key<Option<Text>> = Key::text(
    "hint",
    ValueType::Text,
    "What to do about it, as a sentence.",
)
.optional();

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "secret",
        doc: "Refers to a secret: `env:NAME`, `file:PATH` or `prompt:LABEL`. A secret, such as one that `data` has read, stays as it is.\n\nThe secret is read only when a tool needs it; no script, plan or report ever contains its text.\n\nA setting that may be a URL with a login takes it whole, or as the login in a template string: `` `s3://${secret(\"env:LOGIN\")}@host/bucket` ``. The login is written percent-encoded. Everything else refuses a string with a secret in it.",
        params: &[REFERENCE.param],
        example: r#"secret("env:TOKEN_KEY")"#,
        source: "",
        make: |args, _| Made::answer(Value::Secret(secret(args)?)),
    },
    Binding {
        name: "advise",
        doc: "Adds an advisory for the reader of the preview.\n\nOne with `details` is a hand-over: reports print it last, with a line for each detail.",
        params: &[
            TEXT.param,
            Param::options(
                &[ID.param, LEVEL.param, SOURCE.param, DETAILS.param],
                "ID, level, source and details.",
            ),
        ],
        example: r#"advise("the ports must match those in Faspex", #{ level: "caution" });"#,
        source: "",
        make: |args, _| advise(args),
    },
    Binding {
        name: "ensure",
        doc: "Stops the script with a message unless a condition is true.",
        params: &[CONDITION.param, MESSAGE.param, HINT.param],
        example: r#"ensure(host.name != "", "the node has no name");"#,
        source: "",
        make: ensure,
    },
];

fn secret(args: &Args) -> Result<Secret> {
    let given = args.value(&REFERENCE);
    if let Some(Value::Secret(secret)) = given {
        return Ok(secret.clone());
    }
    let text = given.and_then(Value::text).unwrap_or_default();
    Secret::parse(text).map_err(|fault| fault.in_argument("reference"))
}

fn advise(args: &Args) -> Result<Made> {
    let level = match args.get(&LEVEL).as_deref() {
        Some("danger") => Level::Danger,
        Some("caution") => Level::Caution,
        _ => Level::Note,
    };
    let id = args.get(&ID).unwrap_or_else(|| "advice".into());
    let mut note = Advisory::new(level, id.to_string(), args.get(&TEXT).to_string());
    note.source = args.get(&SOURCE).map(|source| source.to_string().into());
    note.details = args.value(&DETAILS).map(details).transpose()?;
    Ok(Made::Answer(Value::Unit, vec![note]))
}

fn details(value: &Value) -> Result<Box<FastIndexMap<String, String>>> {
    let refused = || {
        Fault::script("`details` must be a map of strings, numbers and secrets")
            .in_argument("details")
    };
    let Value::Map(entries) = value else {
        return Err(refused());
    };
    let text = |value: &Value| {
        if let Value::Secret(secret) = value {
            return Some(secret.to_string());
        }
        let is_unset = *value == Value::Unit;
        is_unset
            .then(|| "not set".to_owned())
            .or_else(|| value.plain())
    };
    let rows = entries.iter().map(|(name, value)| {
        let text = text(value).ok_or_else(refused)?;
        Ok((name.clone(), login::hide_owned(text)))
    });
    rows.collect::<Result<_>>().map(Box::new)
}

fn ensure(args: &Args, _: &mut Facts<'_>) -> Result<Made> {
    if args.get(&CONDITION) {
        return Made::answer(Value::Unit);
    }
    let message = match args.value(&MESSAGE) {
        Some(Value::Text(text)) => text.to_string(),
        Some(Value::Int(int)) => int.to_string(),
        _ => "a condition of the script is false".to_owned(),
    };
    let fault = Fault::refused(message);
    Err(match args.get(&HINT) {
        Some(hint) => fault.hint(&*hint),
        None => fault,
    })
}
