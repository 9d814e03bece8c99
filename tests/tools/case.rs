//! One case: what was printed and what it means, or what is asked and which
//! commands do it.

use ascript::fault::{Fault, Result};
use ascript::state::Platform;
use ascript::step::{Command, Piece, Stdin};
use ascript::tools::{self, Output};
use serde::Deserialize;
use serde_json::Value;

use super::facts::{Asked, changes, secret};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The document or the observation it comes from; `assumed` if neither.
    source: String,
    #[serde(default = "linux")]
    platform: Platform,
    /// A reading: the subject.
    read: Option<String>,
    #[serde(default)]
    printed: Vec<Printed>,
    means: Option<Value>,
    #[serde(default)]
    changes: Vec<Asked>,
    restart: Option<String>,
    validated: Option<Printed>,
    sync: Option<Session>,
    password: Option<Password>,
    commands: Option<Vec<Told>>,
    fault: Option<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Printed {
    #[serde(default)]
    shell: String,
    /// None: a signal ended it.
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
struct Told {
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

/// Whether the case in `text` holds; if not, why.
pub(crate) fn holds(text: &str) -> std::result::Result<(), String> {
    let case: Case = toml::from_str(text).map_err(|error| error.to_string())?;
    if case.source.is_empty() {
        return Err("no source".to_owned());
    }
    if let Some(subject) = &case.read {
        let mut printed = case.printed.iter();
        let found = reading(subject, case.platform, &mut printed);
        if let Some(left) = printed.next() {
            return Err(format!("nobody asked for `{}`", left.shell));
        }
        let found = found.map(|value| without_nulls(&value));
        return compare(found, case.means.as_ref(), case.fault.as_ref());
    }
    if let Some(printed) = &case.validated {
        let found = tools::validated(&output(printed)).map(|()| Value::Bool(true));
        return compare(found, Some(&Value::Bool(true)), case.fault.as_ref());
    }
    let made = asked(&case);
    if let Ok(commands) = &made {
        let acts = |command: &Command| *command == tools::validate() || !tools::is_reading(command);
        if !commands.iter().all(acts) {
            return Err("a change is taken for a reading".to_owned());
        }
    }
    let made = made.map(|commands| commands.iter().map(told).collect());
    compare::<Vec<Told>>(made, case.commands.as_ref(), case.fault.as_ref())
}

fn asked(case: &Case) -> Result<Vec<Command>> {
    let key = secret("env:PASSWORD");
    if let Some(name) = &case.restart {
        return tools::restart(case.platform, name);
    }
    if let Some(session) = &case.sync {
        let session = tools::Sync {
            name: session.name.clone(),
            local: session.local.clone(),
            remote: session.remote.clone(),
            token: session.token.as_deref().map(secret),
            password: session.password.as_deref().map(secret),
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
        _ => tools::commands(case.platform, &changes(&case.changes)),
    }
}

fn reading<'a>(
    subject: &str,
    platform: Platform,
    printed: &mut impl Iterator<Item = &'a Printed>,
) -> Result<Value> {
    let mut run = |command: &Command| {
        assert!(tools::is_reading(command), "{}", command.shell());
        let next = printed.next().expect("one more command than printed");
        assert_eq!(next.shell, command.shell());
        Ok(output(next))
    };
    let run: tools::RunReading<'_> = &mut run;
    let (word, name) = subject.split_once('/').unwrap_or((subject, ""));
    match word {
        "license" => tools::license(run).map(shown),
        "api_users" => tools::api_users(run).map(shown),
        "account" => tools::account(platform, name, run).map(shown),
        "root_user" => tools::root_user(run).map(shown),
        "service" => tools::service(platform, name, run).map(shown),
        "dir" => tools::dir(platform, name, run).map(shown),
        other => panic!("nothing reads `{other}`"),
    }
}

fn output(printed: &Printed) -> Output {
    Output {
        code: printed.code,
        stdout: printed.stdout.clone(),
        stderr: printed.stderr.clone(),
    }
}

fn shown(fact: impl serde::Serialize) -> Value {
    serde_json::to_value(fact).expect("a fact is always JSON")
}

/// TOML cannot say null: nothing at all is the word `absent`.
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

fn told(command: &Command) -> Told {
    let (stdin, terminal) = match &command.stdin {
        Stdin::Empty => (None, None),
        Stdin::Pipe(pieces) => (Some(words(pieces).concat()), None),
        Stdin::Terminal(answers) => (None, Some(words(answers))),
    };
    Told {
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
