//! Generates the JSON Schema of documents from their types, and compares it
//! with the one in `docs/`.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value as Json, json};

use crate::fault::{self, Fault};
use crate::state::{
    Account, ApiUser, Credentials, FileContent, FileReference, FileState, LineState, RootUser,
    Secret, State, Subject, WantedState,
};
use crate::step::{Command, Piece, Stdin};

use super::document::{FORMAT, OLDEST_FORMAT, RunJson};
use super::params::ParamsSchema;

/// The schema as it is committed.
const COMMITTED: &str = include_str!("../../docs/plan.schema.json");

const DIGEST: &str = "^sha256:[0-9a-f]{64}$";

macro_rules! schema {
    ($type:ty, $name:literal, |$generator:ident| $schema:expr) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

schema!(Subject, "Subject", |_generator| json_schema!({
    "description": "The path of one thing that can be true of a node.",
    "type": "string",
    "pattern": Subject::pattern(),
}));

schema!(Secret, "Secret", |_generator| json_schema!({
    "description": "The reference of a secret, never its value.",
    "type": "object",
    "properties": { "secret": {
        "type": "string",
        "pattern": "^(env|file|prompt|random|kept|basic):.+$",
    } },
    "required": ["secret"],
    "additionalProperties": false,
}));

schema!(State, "Fact", |generator| {
    let setting = json!([
        { "description": "Not there, or not set.", "type": "null" },
        { "description": "The value of a setting.", "type": "string" },
        {
            "description": "A secret is set; it cannot be read.",
            "type": "object",
            "properties": { "secret": { "const": "set" } },
            "required": ["secret"],
            "additionalProperties": false,
        },
    ]);
    let mut any = setting.as_array().cloned().unwrap_or_default();
    any.push(
        json!({ "description": "It exists, and nothing more is known of it.", "const": true }),
    );
    any.push(json!({
        "description": "The names of all things of a kind.",
        "type": "array",
        "items": { "type": "string" },
    }));
    any.extend(State::schemas(generator).into_iter().map(Json::from));
    any.push(json!({
        "description": "All settings of a section.",
        "type": "object",
        "additionalProperties": { "anyOf": setting },
    }));
    json_schema!({ "description": "The state of a subject.", "anyOf": any })
});

schema!(WantedState, "WantedFact", |generator| {
    let user = with_credentials::<ApiUser>(&["password"], generator);
    let account = with_credentials::<Account>(&["password", "admin_group"], generator);
    let root = with_credentials::<RootUser>(&["admin", "admin_password", "password"], generator);
    let file = with_credentials::<FileState>(&["content"], generator);
    let line = with_credentials::<LineState>(&["content", "new_file"], generator);
    json_schema!({
        "description": "What a step asks for: a fact, and the credentials that it takes.",
        "anyOf": [
            generator.subschema_for::<State>(),
            generator.subschema_for::<Secret>(),
            json!({
                "description": "The value of a setting with secrets in it: its pieces.",
                "type": "array",
                "items": generator.subschema_for::<Piece>(),
            }),
            user,
            account,
            root,
            file,
            line,
        ],
    })
});

/// The schema of a state with the credentials of those names.
fn with_credentials<T: JsonSchema>(names: &[&str], generator: &mut SchemaGenerator) -> Json {
    let mut state = Json::from(T::json_schema(generator));
    let credentials = Json::from(Credentials::json_schema(generator));
    for name in names {
        state["properties"][*name] = credentials["properties"][*name].clone();
    }
    state
}

schema!(Piece, "Piece", |generator| json_schema!({
    "description": "A text; or a secret or a file, which is read when the program is spawned.",
    "anyOf": [
        { "type": "string" },
        generator.subschema_for::<Secret>(),
        generator.subschema_for::<FileReference>(),
    ],
}));

schema!(FileContent, "FileContent", |generator| json_schema!({
    "description": "A text, a file, or a text with secrets in it as its pieces.",
    "anyOf": [
        { "type": "string" },
        generator.subschema_for::<FileReference>(),
        { "type": "array", "items": generator.subschema_for::<Piece>() },
    ],
}));

schema!(Stdin, "Stdin", |generator| {
    let pieces = generator.subschema_for::<Vec<Piece>>();
    json_schema!({
        "description": "Standard input: nothing, a pipe, or answers to prompts on a pseudo-terminal.",
        "anyOf": [
            { "type": "null" },
            pieces.clone(),
            {
                "type": "object",
                "properties": { "terminal": pieces },
                "required": ["terminal"],
                "additionalProperties": false,
            },
        ],
    })
});

schema!(Command, "Command", |generator| json_schema!({
    "description": "A program and all its input. No shell is involved.",
    "type": "object",
    "properties": {
        "program": { "description": "Its file name, without a folder.", "type": "string" },
        "args": generator.subschema_for::<Vec<Piece>>(),
        "stdin": generator.subschema_for::<Stdin>(),
        "env": {
            "description": "Environment variables added to the usual ones.",
            "type": "object",
            "additionalProperties": generator.subschema_for::<Piece>(),
        },
        "user": {
            "description": "The account that runs it, if not the user who runs ascript.",
            "type": ["string", "null"],
        },
        "shell": {
            "description": "The line a person would type; it is only shown.",
            "type": "string",
        },
    },
    "required": ["program", "args", "stdin", "env", "shell"],
    "additionalProperties": false,
}));

schema!(Fault, "Fault", |generator| json_schema!({
    "description": "What stopped the run.",
    "type": "object",
    "properties": {
        "kind": generator.subschema_for::<fault::FaultKind>(),
        "message": { "type": "string" },
        "hints": { "type": "array", "items": { "type": "string" } },
        "at": generator.subschema_for::<Option<fault::Location>>(),
        "run": {
            "description": "Of a plan that was applied before: the number of the run that did it.",
            "type": "integer",
            "minimum": 0,
        },
        "holds": {
            "description": "Whether everything that it changes is still as it leaves it.",
            "type": "boolean",
        },
    },
    "required": ["kind", "message", "hints", "at"],
    "additionalProperties": false,
}));

schema!(ParamsSchema, "Params", |generator| json_schema!({
    "description": "Each parameter's value by its name; a secret by its reference.",
    "type": "object",
    "additionalProperties": { "anyOf": [
        { "type": ["null", "boolean", "number", "string", "array", "object"] },
        generator.subschema_for::<Secret>(),
    ] },
}));

fn generated() -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<RunJson>();
    schema.insert(
        "title".into(),
        json!("A preview, plan or receipt of ascript"),
    );
    let root = schema.ensure_object();
    root["properties"]["format"]["enum"] = json!([OLDEST_FORMAT, FORMAT]);
    root["properties"]["digest"]["pattern"] = json!(DIGEST);
    root["properties"]["change_digest"]["pattern"] = json!(DIGEST);
    root["properties"]["seal"] = json!({
        "description": "sha256 of all bytes before it. A plan and a receipt have it.",
        "type": "string",
        "pattern": DIGEST,
    });
    root.insert(
        "if".into(),
        json!({ "properties": { "kind": { "const": "preview" } } }),
    );
    root.insert("then".into(), json!({ "properties": { "seal": false } }));
    root.insert("else".into(), json!({ "required": ["seal"] }));
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a file in the build folder need not be replaced atomically"
)]
fn the_committed_schema_is_that_of_the_types() {
    let generated = generated();
    if generated != COMMITTED {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/target/plan.schema.json");
        std::fs::write(path, generated).expect("the build folder can be written");
        panic!("the types of documents have changed; if that is intended: cp {path} docs/");
    }
}
