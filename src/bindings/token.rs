//! `token.*`: secrets that are computed from another secret or generated.

use std::rc::Rc;

use crate::facts::Facts;
use crate::fault::{Fault, Result};
use crate::state::{Secret, ValueType};

use super::{Args, Binding, Key, Made, Value, advice};

const ID: Key<Rc<str>> = Key::text("id", ValueType::Text, "ID of the access key.");
const SECRET: Key<Secret> = Key::secret("secret", "Its secret.");
const LENGTH: Key<u8> =
    Key::number("length", 20, 255, "How many characters, 20 to 255.").unit("characters");

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "token.basic",
        doc: "Returns the basic token of an access key, as a secret.\n\nThe token is `Basic` and the base64 of `id:secret` in one line. Whoever has it has the secret: base64 is not encryption.",
        params: &[ID.param, SECRET.param],
        example: r#"token.basic("diDeuFLc", secret("env:ACCESS_KEY_SECRET"))"#,
        source: advice::SYNC_TOKEN,
        make: basic,
    },
    Binding {
        name: "token.random_key",
        doc: "Generates a secret of random letters and digits. Each live run generates a new one, so a setting that uses it changes every time.",
        params: &[LENGTH.param],
        example: r#"conf.set_user("faspex", #{ token_encryption_key: token.random_key(40) });"#,
        source: "IBM Aspera HST Admin Manual 3.9: 20 random characters or more",
        make: |args, facts| Ok(random_key(args, facts)),
    },
];

fn basic(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let id = args.get(&ID);
    if id.is_empty() || id.contains(':') || id.contains(char::is_control) {
        return Err(
            Fault::script("`id` is empty, or contains a colon or a control character")
                .in_argument("id"),
        );
    }
    let secret = args.get(&SECRET);
    if matches!(secret, Secret::Basic { .. }) {
        return Err(Fault::script(
            "`secret` is a basic token already: pass the secret of the access key",
        )
        .in_argument("secret"));
    }
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
    let secret = Secret::Random {
        length: args.get(&LENGTH),
        ordinal: facts.next_random(),
    };
    Made::Answer(Value::Secret(secret), Vec::new())
}
