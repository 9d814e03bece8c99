//! One case: an output and the state that it means, or changes and the commands
//! that make them.

use ascript::fault::{Fault, Result};
use ascript::state::{Platform, ServiceManager, Subject, System};
use ascript::step::{Command, Piece, Stdin, SyncSession};
use ascript::tools::{self, Output};
use serde::Deserialize;
use serde_json::Value;

use super::changes::{ChangeCase, changes, secret, subject};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The document or observation that it comes from, or `assumed`.
    source: String,
    #[serde(default = "linux")]
    platform: Platform,
    /// What starts services, if not what the platform usually has.
    manager: Option<ServiceManager>,
    /// The subject that is read.
    read: Option<String>,
    #[serde(default)]
    printed: Vec<Printed>,
    means: Option<Value>,
    #[serde(default)]
    changes: Vec<ChangeCase>,
    restart: Option<String>,
    validated: Option<Printed>,
    /// The output of a program that changes something.
    accepted: Option<Printed>,
    sync: Option<Session>,
    password: Option<Password>,
    commands: Option<Vec<CommandCase>>,
    fault: Option<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Printed {
    #[serde(default)]
    shell: String,
    /// `None` if a signal ended it.
    code: Option<i32>,
    #[serde(default)]
    stdout: String,
    #[serde(default)]
    stderr: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Session {
    name: String,
    local: String,
    remote: String,
    token: Option<String>,
    password: Option<String>,
    cookie: Option<String>,
    user: Option<String>,
    #[serde(default)]
    filters: Vec<String>,
    #[serde(default)]
    options: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Password {
    api_user: Option<String>,
    account: Option<String>,
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(deny_unknown_fields)]
struct CommandCase {
    shell: String,
    stdin: Option<String>,
    terminal: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    kind: String,
    message: String,
    hint: Option<String>,
}

fn linux() -> Platform {
    Platform::Linux
}

/// Checks a case; fails with the reason.
pub(crate) fn holds(text: &str) -> std::result::Result<(), String> {
    let case: Case = toml::from_str(text).map_err(|error| error.to_string())?;
    if case.source.is_empty() {
        return Err("no source".to_owned());
    }
    if let Some(subject) = &case.read {
        let mut printed = case.printed.iter();
        let found = reading(subject, system(&case), &mut printed);
        if let Some(left) = printed.next() {
            return Err(format!("`{}` was not run", left.shell));
        }
        let found = found.map(|value| without_nulls(&value));
        return compare(found, case.means.as_ref(), case.fault.as_ref());
    }
    if let Some(printed) = &case.validated {
        let found = tools::validated(&output(printed)).map(|()| Value::Bool(true));
        return compare(found, Some(&Value::Bool(true)), case.fault.as_ref());
    }
    if let Some(printed) = &case.accepted {
        let command = Command::new(printed.shell.clone());
        let found = tools::accept(&command, &output(printed)).map(|()| Value::Bool(true));
        return compare(found, Some(&Value::Bool(true)), case.fault.as_ref());
    }
    let made = commands(&case);
    if let Ok(commands) = &made {
        let acts = |command: &Command| *command == tools::validate() || !tools::is_reading(command);
        if !commands.iter().all(acts) {
            return Err("a command that changes something counts as a reading".to_owned());
        }
    }
    let made = made.map(|commands| commands.iter().map(command_case).collect());
    compare::<Vec<CommandCase>>(made, case.commands.as_ref(), case.fault.as_ref())
}

fn system(case: &Case) -> System {
    let usual = System::from(case.platform);
    System {
        services: case.manager.unwrap_or(usual.services),
        ..usual
    }
}

fn commands(case: &Case) -> Result<Vec<Command>> {
    let key = secret("env:PASSWORD");
    if let Some(name) = &case.restart {
        return tools::restart(system(case), name);
    }
    if let Some(session) = &case.sync {
        let session = SyncSession {
            name: session.name.clone(),
            local: session.local.clone(),
            remote: session.remote.clone(),
            token: session.token.as_deref().map(secret),
            password: session.password.as_deref().map(secret),
            user: session.user.clone(),
            cookie: session.cookie.as_deref().map(secret),
            filters: session.filters.clone(),
            options: session.options.clone(),
        };
        return tools::sync(&session).map(|command| vec![command]);
    }
    match &case.password {
        Some(Password {
            api_user: Some(name),
            ..
        }) => tools::set_api_password(name, &key).map(|command| vec![command]),
        Some(Password {
            account: Some(name),
            ..
        }) => tools::set_account_password(case.platform, name, &key).map(|command| vec![command]),
        _ => tools::commands(system(case), &changes(&case.changes)),
    }
}

fn reading<'a>(
    path: &str,
    system: System,
    printed: &mut impl Iterator<Item = &'a Printed>,
) -> Result<Value> {
    let mut run = |command: &Command| {
        assert!(tools::is_reading(command), "{}", command.shell());
        let next = printed.next().expect("one more command than printed");
        assert_eq!(next.shell, command.shell());
        Ok(output(next))
    };
    let run: tools::RunReading<'_> = &mut run;
    let subject = subject(path);
    if let Some(name) = subject.service() {
        return tools::service(system, name, run).map(json);
    }
    if subject == Subject::ApiUsers {
        return tools::api_users(run).map(json);
    }
    tools::read(system, &subject, run).map(json)
}

fn output(printed: &Printed) -> Output {
    Output {
        code: printed.code,
        stdout: printed.stdout.clone(),
        stderr: printed.stderr.clone(),
    }
}

fn json(fact: impl serde::Serialize) -> Value {
    serde_json::to_value(fact).expect("a state is always JSON")
}

/// Replaces null, which TOML does not have: the case says `absent`.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Null => "absent".into(),
        Value::Object(map) => {
            let kept = map.iter().filter(|(_, value)| !value.is_null());
            kept.map(|(key, value)| (key.clone(), value.clone()))
                .collect()
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => value.clone(),
    }
}

fn command_case(command: &Command) -> CommandCase {
    let (stdin, terminal) = match &command.stdin {
        Stdin::Empty => (None, None),
        Stdin::Pipe(pieces) => (Some(words(pieces).concat()), None),
        Stdin::Terminal(answers) => (None, Some(words(answers))),
    };
    CommandCase {
        shell: command.shell(),
        stdin,
        terminal,
    }
}

fn words(pieces: &[Piece]) -> Vec<String> {
    pieces.iter().map(ToString::to_string).collect()
}

fn compare<T: PartialEq + std::fmt::Debug>(
    found: Result<T>,
    wanted: Option<&T>,
    fault: Option<&Expected>,
) -> std::result::Result<(), String> {
    match (found, wanted, fault) {
        (Err(found), _, Some(wanted)) => expected(&found, wanted),
        (Ok(found), Some(wanted), None) if found == *wanted => Ok(()),
        (Ok(found), wanted, _) => Err(format!("\n  found  {found:?}\n  wanted {wanted:?}")),
        (Err(found), ..) => Err(format!("fault: {found}: {:?}", found.hints())),
    }
}

fn expected(found: &Fault, wanted: &Expected) -> std::result::Result<(), String> {
    let has_hint = match &wanted.hint {
        Some(hint) => found.hints().contains(hint),
        None => true,
    };
    if found.kind().name() == wanted.kind && found.message() == wanted.message && has_hint {
        return Ok(());
    }
    Err(format!(
        "another fault: {}: {found} {:?}",
        found.kind().name(),
        found.hints()
    ))
}
