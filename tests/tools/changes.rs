//! Changes as a case contains them: a path, and the states before and after.

use ascript::state::{
    Account, ApiUser, Credentials, Dir, RootUser, Secret, Section, Service, State, Subject,
    WantedState,
};
use ascript::step::Change;
use serde::Deserialize;
use toml::{Table, Value};

/// A change; a state that is left out is absent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeCase {
    subject: String,
    before: Option<Value>,
    after: Option<Value>,
}

pub(crate) fn changes(cases: &[ChangeCase]) -> Vec<Change> {
    let changes = cases.iter().map(|case| {
        let subject = subject(&case.subject);
        Change {
            before: state(&subject, case.before.as_ref()),
            after: wanted(&subject, case.after.as_ref()),
            subject,
        }
    });
    changes.collect()
}

pub(crate) fn secret(reference: &str) -> Secret {
    Secret::parse(reference).expect("a reference")
}

fn subject(path: &str) -> Subject {
    let (word, rest) = path.split_once('/').unwrap_or((path, ""));
    match word {
        "conf" => in_conf(rest),
        "api_user" => Subject::ApiUser(rest.into()),
        "api_users" => Subject::ApiUsers,
        "account" => Subject::Account(rest.into()),
        "root_user" => Subject::RootUser,
        "service" => Subject::Service(rest.into()),
        "dir" => Subject::Dir(rest.into()),
        _ => panic!("`{path}` is not a subject"),
    }
}

fn in_conf(path: &str) -> Subject {
    let parts: Vec<_> = path.split('/').collect();
    let (section, leaf) = match parts[..] {
        ["user", name, ..] => (Section::User(name.into()), parts.get(2)),
        ["group", name, ..] => (Section::Group(name.into()), parts.get(2)),
        ["logging", name, ..] => (Section::Logging(name.into()), parts.get(2)),
        ["trunk", id, ..] => (Section::Trunk(id.parse().expect("a number")), parts.get(2)),
        ["node", ..] => (Section::Node, parts.get(1)),
        ["server", ..] => (Section::Server, parts.get(1)),
        ["http_server", ..] => (Section::HttpServer, parts.get(1)),
        ["central_server", ..] => (Section::CentralServer, parts.get(1)),
        ["client", ..] => (Section::Client, parts.get(1)),
        ["database", ..] => (Section::Database, parts.get(1)),
        _ => panic!("`{path}` is not a section of aspera.conf"),
    };
    match leaf {
        Some(name) => Subject::setting(section, (*name).to_owned()),
        None => Subject::Entry(section),
    }
}

/// The wanted state; credentials are keys beside those of the state.
fn wanted(subject: &Subject, value: Option<&Value>) -> WantedState {
    let key = |key: &str| {
        let table = value.and_then(Value::as_table)?;
        table.get(key).map(|v| v.as_str().expect("a text"))
    };
    if let (Subject::Setting(..), Some(reference)) = (subject, key("secret")) {
        return WantedState::secret(secret(reference));
    }
    let credentials = Credentials {
        // Of an account, `admin` says whether it is one.
        admin: (*subject == Subject::RootUser)
            .then(|| key("admin").map(str::to_owned))
            .flatten(),
        admin_password: key("admin_password").map(secret),
        password: key("password").map(secret),
    };
    WantedState::from(state(subject, value)).with_credentials(credentials)
}

fn state(subject: &Subject, value: Option<&Value>) -> State {
    match value {
        None => State::Absent,
        Some(Value::Boolean(true)) => State::Present,
        Some(Value::String(text)) => State::Text(text.as_str().into()),
        Some(Value::Table(table)) => structured(subject, table),
        Some(other) => panic!("{other} is not a state"),
    }
}

fn structured(subject: &Subject, table: &Table) -> State {
    let text = |key: &str| {
        table
            .get(key)
            .map_or("", |v| v.as_str().expect("a text"))
            .to_owned()
    };
    let is = |key: &str| {
        table
            .get(key)
            .is_some_and(|v| v.as_bool().expect("true or false"))
    };
    let list = |key: &str| {
        let items = table.get(key).and_then(Value::as_array);
        let items = items.into_iter().flatten();
        items
            .map(|item| item.as_str().expect("a text").to_owned())
            .collect()
    };
    match subject {
        Subject::ApiUser(_) => State::ApiUser(Box::new(ApiUser {
            transfer_user: text("transfer_user"),
            acls: list("acls"),
        })),
        Subject::Account(_) => State::Account(Box::new(Account {
            admin: is("admin"),
            full_name: text("full_name"),
            home: text("home"),
            shell: text("shell"),
            unfinished: is("unfinished"),
        })),
        Subject::RootUser => State::RootUser(Box::new(RootUser {
            enabled: is("enabled"),
        })),
        Subject::Service(_) => State::Service(Service {
            running: is("running"),
            current: is("current"),
        }),
        Subject::Dir(_) => State::Dir(Box::new(Dir {
            owner: text("owner"),
            mode: text("mode"),
        })),
        Subject::Setting(..) => State::Hidden,
        Subject::License
        | Subject::Entry(_)
        | Subject::Settings(_)
        | Subject::Users
        | Subject::ApiUsers => panic!("{subject} has no table"),
    }
}
