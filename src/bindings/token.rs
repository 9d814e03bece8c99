//! `token.*`: secrets made from others, or from chance. Their text exists
//! only where a tool is started.

use std::rc::Rc;

use crate::facts::Facts;
use crate::fault::{Fault, Result};
use crate::state::Secret;

use super::{Args, Binding, Made, Param, Type, Value, advice};

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "token.basic",
        doc: "The basic token of an access key, as a secret.\n\nIt is `Basic` and base64 of `id:secret` in one line. Whoever has it has the secret: base64 is not encryption.",
        params: &[
            Param::required("id", Type::Text, "Id of the access key."),
            Param::required("secret", Type::Secret, "Its secret."),
        ],
        example: r#"token.basic("diDeuFLc", secret("env:ACCESS_KEY_SECRET"))"#,
        source: advice::SYNC_TOKEN,
        make: basic,
    },
    Binding {
        name: "token.random_key",
        doc: "So many random letters and digits, as a secret. Each live run makes new ones, so a setting that takes it changes every time.",
        params: &[Param::required(
            "length",
            Type::Int { min: 20, max: 255 },
            "How many characters, 20 to 255.",
        )
        .unit("characters")],
        example: r#"conf.set_user("faspex", #{ token_encryption_key: token.random_key(40) });"#,
        source: "IBM Aspera HST Admin Manual 3.9: 20 random characters or more",
        make: |args, facts| Ok(random_key(args, facts)),
    },
];

fn basic(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let id = args.required("id");
    if id.is_empty() || id.contains(':') || id.contains(char::is_control) {
        return Err(
            Fault::script("the id of an access key is not empty and has no colon")
                .in_argument("id"),
        );
    }
    let secret = args.secret("secret").expect("the table requires it");
    let notes = facts.secret_properties(&secret).and_then(advice::published);
    let token = Secret::Basic {
        id,
        secret: Rc::new(secret),
    };
    Ok(Made::Answer(
        Value::Secret(token),
        notes.into_iter().collect(),
    ))
}

fn random_key(args: &Args, facts: &mut Facts<'_>) -> Made {
    let length = args.int("length").and_then(|n| u8::try_from(n).ok());
    let secret = Secret::Random {
        length: length.expect("the table bounds the length"),
        ordinal: facts.next_random(),
    };
    Made::Answer(Value::Secret(secret), Vec::new())
}
