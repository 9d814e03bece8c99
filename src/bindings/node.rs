//! `node.*`: users of the Node API, with which web applications log in.

use crate::facts::{Draft, Facts};
use crate::fault::{Fault, Result};
use crate::state::{ApiUser, State, Subject, WantedState};
use crate::tools;

use super::{AS_IT_IS, Args, Binding, Made, Param, Type, account, advice};

const NAME: Param = Param::required("name", Type::Name, "Name of the Node API user.");
const SOURCE: &str = advice::ASNODEADMIN;

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "node.add_api_user",
        doc: "Adds a Node API user, or brings one to this state.\n\nA user that is already right keeps its password, which cannot be read back; `node.set_api_password` sets it. asnodeadmin asks for the password on its terminal, so it is on no command line.",
        params: &[
            NAME,
            Param::required(
                "options",
                Type::Options(&[
                    Param::required(
                        "transfer_user",
                        Type::Name,
                        "System account its transfers run as.",
                    ),
                    Param::optional("password", Type::Secret, "Password of a new user."),
                    Param::optional(
                        "acls",
                        Type::List(&Type::Name),
                        "Access rights, such as `admin` and `impersonation`.",
                    )
                    .default(AS_IT_IS)
                    .source(
                        "IBM Aspera, Watch Folders setup; GitHub IBMIntegration/aspera-academy",
                    ),
                ]),
                "What the user is to be like.",
            ),
        ],
        example: r#"node.add_api_user("node_user", #{ transfer_user: "faspex", password: secret("env:PASSWORD") });"#,
        source: SOURCE,
        make: add,
    },
    Binding {
        name: "node.set_api_password",
        doc: "Sets the password of a Node API user. It always acts: a password cannot be read back.",
        params: &[
            NAME,
            Param::required("password", Type::Secret, "The new password."),
        ],
        example: r#"node.add_api_user("node_user", #{ transfer_user: "faspex", password: secret("env:OLD") });
node.set_api_password("node_user", secret("env:NEW"));"#,
        source: SOURCE,
        make: set_password,
    },
    Binding {
        name: "node.delete_api_user",
        doc: "Deletes a Node API user. Its transfer user stays.",
        params: &[NAME],
        example: r#"node.delete_api_user("former");"#,
        source: SOURCE,
        make: |args, facts| {
            let wanted = vec![(subject(args), State::Absent)];
            Ok(facts.change(wanted)?.made())
        },
    },
    Binding {
        name: "node.api_users",
        doc: "The names of all Node API users.",
        params: &[],
        example: "node.api_users()",
        source: SOURCE,
        make: |_, facts| Made::answer(facts.read(&Subject::ApiUsers)?),
    },
    Binding {
        name: "node.api_user",
        doc: "What a Node API user is like: `.transfer_user .acls`; nothing if there is none.",
        params: &[NAME],
        example: r#"node.api_user("node_user")"#,
        source: SOURCE,
        make: |args, facts| Made::answer(facts.read(&subject(args))?),
    },
];

fn subject(args: &Args) -> Subject {
    Subject::ApiUser(args.required("name"))
}

fn add(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let subject = subject(args);
    let transfer_user = args.required("transfer_user");
    let now = facts.read(&subject)?;
    let mut wanted = if let State::ApiUser(user) = &now {
        user.clone()
    } else {
        Box::<ApiUser>::default()
    };
    let is_same_name = args.text("name") == Some(&transfer_user);
    wanted.transfer_user = transfer_user.to_string();
    if let Some(acls) = args.texts("acls") {
        wanted.acls = acls;
        wanted.acls.sort();
        wanted.acls.dedup();
    }
    let mut notes = Vec::new();
    if is_same_name {
        notes.push(advice::same_name(&wanted.transfer_user).about(subject.clone()));
    }
    let password = args.secret("password");
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
        draft = account::password_left_alone(draft, &subject);
    }
    Ok(draft.advise(notes).made())
}

fn set_password(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = args.required("name");
    if facts.read(&subject(args))? == State::Absent {
        return Err(
            Fault::refused(format!("this node has no API user `{name}`"))
                .hint("add it first with `node.add_api_user`"),
        );
    }
    let password = args.secret("password").expect("the table requires it");
    let notes: Vec<_> = facts
        .secret_properties(&password)
        .into_iter()
        .flat_map(advice::api_password)
        .collect();
    let command = tools::set_api_password(&name, &password)?;
    Ok(Draft::act(vec![command]).advise(notes).made())
}
