//! `node.*`: users of the Node API, with which web applications log in.

use std::rc::Rc;

use crate::facts::{Draft, Facts};
use crate::fault::{Fault, Result};
use crate::state::{ApiUser, Secret, State, Subject, ValueType, WantedState};
use crate::step::{Act, Advisory, Level};

use super::{Args, Binding, Key, Made, Param, UNCHANGED, account, advice};

const NAME: Key<Rc<str>> = Key::name("name", "Name of the Node API user.");
const TRANSFER_USER: Key<Rc<str>> =
    Key::name("transfer_user", "System account that its transfers run as.");
const PASSWORD: Key<Option<Secret>> = Key::secret("password", "Password of a new user.").optional();
const ACLS: Key<Option<Vec<String>>> = Key::texts(
    "acls",
    ValueType::Name,
    "Access rights: `admin`, `impersonation`, `internal`; a note names any other.",
)
.optional()
.default(UNCHANGED)
.source("IBM Aspera, Watch Folders setup; GitHub IBMIntegration/aspera-academy");
const NEW_PASSWORD: Key<Secret> = Key::secret("password", "The new password.");

const SOURCE: &str = advice::ASNODEADMIN;

const LISTED_WITH: Key<Option<Rc<str>>> = Key::name(
    "transfer_user",
    "The system account that the user must be listed with.",
)
.optional();

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "node.add_api_user",
        doc: "Adds a Node API user, or changes one to match these options.\n\nA user that exists keeps its password, which cannot be read back; `node.set_api_password` sets it. asnodeadmin prompts for the password, so it is on no command line.",
        params: &[
            NAME.param,
            Param::options(
                &[TRANSFER_USER.param, PASSWORD.param, ACLS.param],
                "Properties of the user.",
            )
            .required(),
        ],
        example: r#"node.add_api_user("node_user", #{ transfer_user: "faspex", password: secret("env:PASSWORD") });"#,
        source: SOURCE,
        make: add,
    },
    Binding {
        name: "node.set_api_password",
        doc: "Sets the password of a Node API user. It always acts: a password cannot be read back.",
        params: &[NAME.param, NEW_PASSWORD.param],
        example: r#"node.add_api_user("node_user", #{ transfer_user: "faspex", password: secret("env:OLD") });
node.set_api_password("node_user", secret("env:NEW"));"#,
        source: SOURCE,
        make: set_password,
    },
    Binding {
        name: "node.delete_api_user",
        doc: "Deletes a Node API user, and keeps its transfer user.",
        params: &[NAME.param],
        example: r#"node.delete_api_user("former");"#,
        source: SOURCE,
        make: |args, facts| {
            let wanted = vec![(subject(args), State::Absent)];
            Ok(facts.change(wanted)?.made())
        },
    },
    Binding {
        name: "node.api_users",
        doc: "Returns the names of all Node API users.",
        params: &[],
        example: "node.api_users()",
        source: SOURCE,
        make: |_, facts| Made::answer(facts.read(&Subject::ApiUsers)?),
    },
    Binding {
        name: "node.api_user",
        doc: "Returns the properties of a Node API user: `.transfer_user .acls`; `()` if there is no such user.\n\nWith `transfer_user` it is a check, as the guide does with `asnodeadmin -l`: it stops the script unless the user is listed with that system account, and the report shows it as a step.",
        params: &[
            NAME.param,
            Param::options(&[LISTED_WITH.param], "What to check."),
        ],
        example: r#"node.api_user("node_user")"#,
        source: SOURCE,
        make: read,
    },
];

fn subject(args: &Args) -> Subject {
    Subject::ApiUser(args.get(&NAME))
}

fn read(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let subject = subject(args);
    let state = facts.read(&subject)?;
    let Some(account) = args.get(&LISTED_WITH) else {
        return Made::answer(state);
    };
    let name = args.get(&NAME);
    if !matches!(&state, State::ApiUser(user) if *user.transfer_user == *account) {
        return Err(Fault::refused(format!(
            "asnodeadmin does not list `{name}` with the transfer user `{account}`"
        ))
        .hint("`asnodeadmin -l` lists the Node API users; `node.add_api_user` adds one"));
    }
    let text = format!(
        "`node.api_user` checks that asnodeadmin lists {name} with the transfer user {account}"
    );
    let note = Advisory::new(Level::Note, "api-user-checked", text).about(subject.clone());
    let check = Draft::default().about([subject]).advise([note]);
    Ok(Made::Checked(check.step(), state.into()))
}

fn add(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let subject = subject(args);
    let transfer_user = args.get(&TRANSFER_USER);
    let now = facts.read(&subject)?;
    let mut wanted = if let State::ApiUser(user) = &now {
        user.clone()
    } else {
        Box::<ApiUser>::default()
    };
    wanted.transfer_user = transfer_user.to_string();
    if let Some(acls) = args.get(&ACLS) {
        wanted.acls = acls;
        wanted.acls.sort();
        wanted.acls.dedup();
    }
    let mut notes = user_notes(args, &subject);
    let password = args.get(&PASSWORD);
    let is_new = now == State::Absent;
    if let Some(password) = password.as_ref().filter(|_| is_new) {
        let traits = facts.secret_properties(password);
        notes.extend(traits.into_iter().flat_map(advice::api_password));
    }
    let wanted = WantedState::from(State::ApiUser(wanted));
    let wanted = wanted.with_password(password.clone().filter(|_| is_new));
    let mut draft = facts.change(vec![(subject.clone(), wanted)])?;
    if !draft.is_settled() {
        notes.push(advice::reloads_itself());
    }
    if password.is_some() && !is_new {
        draft = account::advise_password_unchanged(draft, &subject);
    }
    Ok(draft.advise(notes).made())
}

/// Advisories about the names that a user of the Node API is to have.
fn user_notes(args: &Args, subject: &Subject) -> Vec<Advisory> {
    let transfer_user = args.get(&TRANSFER_USER);
    let is_same_name = args.get(&NAME) == transfer_user;
    let same = is_same_name.then(|| advice::same_name(&transfer_user));
    let acls = args.get(&ACLS).unwrap_or_default();
    let notes = same.into_iter();
    let notes = notes.chain(advice::root_transfer_user(&transfer_user));
    let notes = notes.chain(advice::unknown_acls(&acls));
    notes.map(|note| note.about(subject.clone())).collect()
}

fn set_password(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = args.get(&NAME);
    if facts.read(&subject(args))? == State::Absent {
        return Err(
            Fault::refused(format!("this node has no API user `{name}`"))
                .hint("add the user first, with `node.add_api_user`"),
        );
    }
    let password = args.get(&NEW_PASSWORD);
    let notes: Vec<_> = facts
        .secret_properties(&password)
        .into_iter()
        .flat_map(advice::api_password)
        .collect();
    let user = name.to_string();
    let draft = facts.act(Act::SetApiPassword { user, password })?;
    Ok(draft.about([subject(args)]).advise(notes).made())
}
