//! `access_key.*`: access keys, which the node reads and changes for a user of its
//! Node API.

use std::rc::Rc;

use crate::facts::Facts;
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{AccessKey, Secret, State, Subject, ValueType, WantedState};
use crate::step::{Advisory, Level, NodeApiLogin};
use crate::tools;

use super::{Args, Binding, Key, Made, Param, UNCHANGED, Value, advice};

const ID: Key<Rc<str>> = Key::text("id", ValueType::AccessKeyId, "ID of the access key.");
const USER: Key<Rc<str>> = Key::name(
    "user",
    "Name of the Node API user that asks. Its transfer user needs a restriction and no docroot.",
);
const PASSWORD: Key<Secret> = Key::secret("password", "Its password.");
const SECRET: Key<Secret> = Key::secret("secret", "Secret of the access key.");
const TYPE: Key<Option<Rc<str>>> = Key::text(
    "type",
    ValueType::Choice(&["local"]),
    "Type of the storage.",
)
.optional()
.default("local");
const PATH: Key<Rc<str>> = Key::text(
    "path",
    ValueType::Path,
    "The folder that the key gives access to.",
);
const STORAGE: Key<Value> = Key::map(
    "storage",
    &[TYPE.param, PATH.param],
    "Its storage: `path`, the folder that the key gives access to, and `type`, which is `local`.",
);
const VERIFICATION_KEY: Key<Rc<str>> = Key::text(
    "key",
    ValueType::PublicKeyPem,
    "Public key in PEM that verifies bearer tokens.",
);
const TOKEN_VERIFICATION_KEY: Key<Option<Rc<str>>> = Key::text(
    "token_verification_key",
    ValueType::PublicKeyPem,
    "Public key in PEM that verifies bearer tokens.",
)
.optional()
.default(UNCHANGED);

const LOGIN: Param = Param::options(&[USER.param, PASSWORD.param], "The login.")
    .required()
    .named("login");

const SOURCE: &str = "IBM Aspera Node API 4.4.6, /access_keys; GitHub IBM/aspera-cli";

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "access_key.ensure",
        doc: "Creates an access key, or changes one to match these options.\n\nID and secret come from the script, so that the key is found again. Whether a key has the secret is tested by a login with both. The secret is sent to the Node API, and is on no command line.\n\nA preview asks the Node API whether the key exists. Where it cannot, for want of an address or the password, or since nobody answers, it says so and assumes that there is none: a live run asks again right before the step, and refuses a key that is not as the step expects. A live run without a known address is refused; `--node-api URL` names it.",
        params: &[
            ID.param,
            Param::options(
                &[
                    USER.param,
                    PASSWORD.param,
                    SECRET.param,
                    STORAGE.param,
                    TOKEN_VERIFICATION_KEY.param,
                ],
                "The login, and the properties of the key.",
            )
            .required(),
        ],
        example: r#"access_key.ensure("k1", #{
    user: "node_admin", password: secret("env:PASSWORD"),
    secret: secret("env:ACCESS_KEY_SECRET"), storage: #{ path: "/data/images" },
});"#,
        source: SOURCE,
        make: ensure,
    },
    Binding {
        name: "access_key.get",
        doc: "Returns the properties of an access key: `.storage`, a map with `type`, `path` and what else it has, and `.token_verification_key`; `()` if there is no such key.\n\nThe node shows no secret. Where the Node API cannot be asked, the script stops.",
        params: &[ID.param, LOGIN],
        example: r#"access_key.get("k1", #{ user: "node_admin", password: secret("env:PASSWORD") })"#,
        source: SOURCE,
        make: get,
    },
    Binding {
        name: "access_key.set_verification_key",
        doc: "Sets the public key with which the node verifies the bearer tokens of an access key.\n\nAn undo restores the former key. How to remove one is not published, so an access key that had none keeps it.",
        params: &[ID.param, VERIFICATION_KEY.param, LOGIN],
        example: r#"let admin = #{ user: "node_admin", password: secret("env:PASSWORD") };
access_key.ensure("k1", admin + #{ secret: secret("env:ACCESS_KEY_SECRET"), storage: #{ path: "/data" } });
access_key.set_verification_key("k1", "-----BEGIN PUBLIC KEY-----\nMFwwDQ==\n-----END PUBLIC KEY-----", admin);"#,
        source: SOURCE,
        make: set_verification_key,
    },
    Binding {
        name: "access_key.delete",
        doc: "Deletes an access key, with its events and its transfer history.\n\nAn undo cannot create it again, since its secret is not known.",
        params: &[ID.param, LOGIN],
        example: r#"access_key.delete("k1", #{ user: "node_admin", password: secret("env:PASSWORD") });"#,
        source: SOURCE,
        make: delete,
    },
];

fn login(args: &Args, facts: &Facts<'_>) -> NodeApiLogin {
    NodeApiLogin {
        user: args.get(&USER).to_string(),
        password: args.get(&PASSWORD),
        address: facts.named_node_api(),
    }
}

fn ensure(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let (id, login) = (args.get(&ID), login(args, facts));
    let secret = args.get(&SECRET);
    if let Secret::Basic { .. } = secret {
        return Err(
            Fault::script("`secret` is a token: pass the secret of the access key")
                .in_argument("secret"),
        );
    }
    let pem = args.get(&TOKEN_VERIFICATION_KEY);
    let pem = pem.map(|text| tools::trimmed_pem(&text));
    let mut notes: Vec<_> = facts
        .secret_properties(&secret)
        .and_then(advice::published)
        .into_iter()
        .collect();
    let now = match facts.access_key(&id, &login) {
        // A snapshot that lacks the key is one to take again.
        Err(fault) if is_unreadable(&fault) && !facts.is_snapshot() => {
            notes.push(not_read(&id, &fault));
            State::Absent
        }
        read => read?,
    };
    let is_new = now == State::Absent;
    let mut key = properties(now);
    set_storage(&mut key, args);
    key.token_verification_key = pem.or(key.token_verification_key);
    let wanted = vec![
        (
            Subject::AccessKey(Rc::clone(&id)),
            State::AccessKey(key.into()).into(),
        ),
        (Subject::AccessKeySecret(id), WantedState::secret(secret)),
    ];
    let draft = if is_new {
        facts.create_access_key(login, wanted)?
    } else {
        facts.change_access_key(login, wanted)?
    };
    Ok(draft.advise(notes).made())
}

fn get(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let (id, login) = (args.get(&ID), login(args, facts));
    let state = facts.access_key(&id, &login)?;
    // The step keeps the login, with which a plan reads the key again.
    let step = facts.change_access_key(login, Vec::new())?;
    let step = step.about([Subject::AccessKey(id)]).step();
    Ok(Made::Checked(step, state.into()))
}

fn set_verification_key(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let (id, login) = (args.get(&ID), login(args, facts));
    let pem = tools::trimmed_pem(&args.get(&VERIFICATION_KEY));
    let now = facts.access_key(&id, &login)?;
    if now == State::Absent {
        return Err(Fault::refused(format!("there is no access key `{id}`"))
            .hint("create it first, with `access_key.ensure`")
            .in_argument("id"));
    }
    let key = AccessKey {
        token_verification_key: Some(pem),
        ..properties(now)
    };
    let wanted = vec![(Subject::AccessKey(id), State::AccessKey(key.into()).into())];
    Ok(facts.change_access_key(login, wanted)?.made())
}

fn delete(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let (id, login) = (args.get(&ID), login(args, facts));
    facts.access_key(&id, &login)?;
    let subject = Subject::AccessKey(Rc::clone(&id));
    let wanted = vec![
        (subject.clone(), State::Absent.into()),
        (Subject::AccessKeySecret(id), State::Absent.into()),
    ];
    let draft = facts.change_access_key(login, wanted)?;
    let note = (!draft.is_settled()).then(|| {
        let text = "the node also deletes the events and the transfer history of this access key";
        Advisory::new(Level::Caution, "access-key-history", text).about(subject)
    });
    Ok(draft.advise(note).made())
}

/// What an access key has already.
fn properties(now: State) -> AccessKey {
    if let State::AccessKey(key) = now {
        *key
    } else {
        AccessKey::default()
    }
}

/// Sets the storage that was asked for. Another type of storage has other properties.
fn set_storage(key: &mut AccessKey, args: &Args) {
    let asked = args.entries(&STORAGE).iter();
    let asked = asked.filter_map(|(name, value)| Some((name.as_str(), value.text()?)));
    let local = ("type", "local");
    if key.storage.get(local.0).is_some_and(|ty| ty != local.1) {
        key.storage.clear();
    }
    for (name, value) in std::iter::once(local).chain(asked) {
        key.storage.insert(name.to_owned(), value.to_owned());
    }
}

/// Whether the state of the access key on the node stays unknown.
fn is_unreadable(fault: &Fault) -> bool {
    matches!(
        fault.kind(),
        FaultKind::Node | FaultKind::Unknown | FaultKind::Secret
    )
}

fn not_read(id: &Rc<str>, fault: &Fault) -> Advisory {
    let text = format!(
        "whether the access key {id} exists is not known here: {}. A live run asks right before this step",
        fault.message()
    );
    let note = Advisory::new(Level::Caution, "access-key-not-read", text);
    note.about(Subject::AccessKey(Rc::clone(id)))
}
