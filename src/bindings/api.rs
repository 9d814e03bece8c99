//! `api.*`: what the Node API itself says, asked in a live run.

use std::rc::Rc;

use crate::facts::Facts;
use crate::fault::Result;
use crate::state::{Secret, Subject, ValueType};
use crate::step::{Act, Advisory, Level, NodeApiCheck};
use crate::tools;

use super::{Args, Binding, Key, Made, Param};

const USER: Key<Rc<str>> = Key::name("user", "Name of the Node API user that logs in.");
const PASSWORD: Key<Secret> = Key::secret("password", "Its password.");
const TRANSFER_USER: Key<Option<Rc<str>>> = Key::name(
    "transfer_user",
    "The system account that the node must name as the one of its transfers.",
)
.optional();
const DOCROOT: Key<Option<Rc<str>>> = Key::text(
    "docroot",
    ValueType::Text,
    "The docroot that the node must name; empty for none.",
)
.optional();

const SOURCE: &str =
    "IBM Aspera Node API 4.4.6, GET /ping and /info; GitHub laurent-martin/aspera-hsts-operations";

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "api.ping",
        doc: "Checks that the Node API answers.\n\nA preview says that it will be asked; a live run asks it, without a login. If nobody answers, the run ends with exit code 3. Where a folder says nothing of an address, the last line says `not verified`.",
        params: &[],
        example: "api.ping();",
        source: SOURCE,
        make: ping,
    },
    Binding {
        name: "api.info",
        doc: "Checks that a Node API user can log in, and that the node names the intended transfer user and docroot.\n\nA preview says what will be asked. A live run asks the node and stops with exit code 3 if it does not answer, refuses the login, or names something else; a note says what it answered: version, transfer user, docroot, features. A preview cannot know that, so the call returns nothing: what a script expects are its options. Without the password, or where a folder says nothing of an address, the last line says `not verified`.\n\nThe address is that of aspera.conf, or `--node-api URL`. A certificate that no known authority has signed is accepted if it is the one in the node's files, or has the pin of `--node-pin`; its pin is kept with the receipts, and another certificate is refused.",
        params: &[Param::options(
            &[
                USER.param,
                PASSWORD.param,
                TRANSFER_USER.param,
                DOCROOT.param,
            ],
            "The login, and what is expected.",
        )
        .required()],
        example: r#"api.info(#{ user: "node_user", password: secret("env:PASSWORD"), transfer_user: "faspex" });"#,
        source: SOURCE,
        make: info,
    },
];

fn ping(_: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let about = Subject::Service(tools::NODE_API_SERVICE.into());
    check(
        facts,
        Act::PingNodeApi,
        about,
        "a live run asks whether the Node API answers",
    )
}

fn info(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let user = args.get(&USER);
    let mut text = format!("a live run logs in to the Node API as {user}");
    let transfer_user = args.get(&TRANSFER_USER);
    let docroot = args.get(&DOCROOT);
    let named = [("transfer user", &transfer_user), ("docroot", &docroot)];
    let named = named.into_iter().filter_map(|(what, value)| {
        let value = value.as_deref()?;
        Some(format!(
            "the {what} {}",
            if value.is_empty() { "none" } else { value }
        ))
    });
    let named: Vec<_> = named.collect();
    if !named.is_empty() {
        text = format!("{text}, and expects {}", named.join(" and "));
    }
    let asked = NodeApiCheck {
        user: user.to_string(),
        password: args.get(&PASSWORD),
        transfer_user: transfer_user.as_deref().map(str::to_owned),
        docroot: docroot.as_deref().map(str::to_owned),
    };
    check(
        facts,
        Act::CheckNodeApi(asked),
        Subject::ApiUser(user),
        &text,
    )
}

/// A step that asks the node.
fn check(facts: &Facts<'_>, act: Act, about: Subject, text: &str) -> Result<Made> {
    let note = Advisory::new(Level::Note, "api-asked", text.to_owned());
    let note = note.about(about.clone());
    Ok(facts.act(act)?.about([about]).advise([note]).made())
}
