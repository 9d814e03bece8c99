//! A continuous Sync session as a service: the unit of systemd or the job of launchd that runs
//! `async`, and the file of its secrets. No argument of a program has a secret.

use std::fmt::Write as _;

use super::sync;
use crate::fault::{Fault, Result};
use crate::state::{Platform, Scalar, Secret, Subject, SyncFolder, ValueType};
use crate::step::{Change, Command, SyncSession};
use crate::tools::launchctl;
use crate::tools::service_names::{service_name, sync_service_name};

/// How long the system waits before it starts a session that ended again, in seconds.
const RESTART_PAUSE: u32 = 30;

/// The user of a session that names none.
const ROOT: &str = "root";

/// What a line of a definition starts with that says where the snapshot is.
const SNAPSHOT: &str = "Snapshot: ";

/// Reads variables from the file that is its first argument, and becomes what follows.
const WITH_VARIABLES: &str = "set -a; . \"$0\"; exec \"$@\"";

/// The folder of the files of secrets.
const VARIABLES: &str = "/etc/aspera-sync/";

/// A service that keeps a Sync session running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncService {
    /// Its short name.
    pub name: String,
    /// The unit or job.
    pub definition: ServiceFile,
    /// The secrets of the session, if it has some.
    pub variables: Option<ServiceFile>,
}

/// A file of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceFile {
    /// Its path.
    pub path: String,
    /// The account that owns it.
    pub owner: String,
    /// Its permission bits in octal.
    pub mode: &'static str,
    /// Its content, with secrets by their references: `‹env:TOKEN›`.
    pub text: String,
}

/// Returns the service that keeps a session running.
pub fn sync_service(platform: Platform, session: &SyncSession) -> Result<SyncService> {
    refuse_reset(session)?;
    let command = sync(session)?;
    let name = sync_service_name(&session.name);
    let variables = variables(platform, session, &command);
    let file = variables.as_ref().map(|file| file.path.as_str());
    let definition = match platform {
        Platform::Linux => unit(&name, session, &command, file)?,
        Platform::Macos => job(&name, session, &command, file)?,
    };
    Ok(SyncService {
        name,
        definition,
        variables,
    })
}

/// Whether a service is that of a Sync session.
pub fn is_sync_service(name: &str) -> bool {
    let session = name.strip_prefix(&sync_service_name(""));
    session.is_some_and(|session| ValueType::SessionName.accepts(Scalar::Text(session)))
}

/// The secrets that a change writes to the file of a service.
pub fn service_variables(change: &Change) -> impl Iterator<Item = &Secret> {
    let is_there = matches!(&change.subject, Subject::File(path) if path.starts_with(VARIABLES));
    change.after.secrets().filter(move |_| is_there)
}

/// The fault of a secret that the file of a service cannot hold.
pub fn unfit_variable(secret: &Secret) -> Fault {
    Fault::refused(format!("{secret} contains a `'` or a line break"))
        .hint("the file of a service cannot hold it: choose another secret")
}

/// The path of the definition of a service.
pub fn sync_definition(platform: Platform, name: &str) -> Result<String> {
    let full_name = service_name(platform, name)?;
    Ok(match platform {
        Platform::Linux => format!("/etc/systemd/system/{full_name}.service"),
        Platform::Macos => launchctl::file(&full_name),
    })
}

/// Where a definition says that the snapshot of the session is.
pub fn sync_folder(definition: &str) -> Option<SyncFolder> {
    let mut lines = definition.lines();
    let line = lines.find_map(|line| line.split_once(SNAPSHOT))?.1;
    let line = line.strip_suffix(" -->").unwrap_or(line);
    SyncFolder::parse(&line.replace(HYPHEN, "-"))
}

/// The options of a session that would act again with every start.
fn refuse_reset(session: &SyncSession) -> Result<()> {
    let resets = |(name, value): &(String, String)| name == "reset" && value == "true";
    if !session.options.iter().any(resets) {
        return Ok(());
    }
    Err(
        Fault::script("`reset` would delete the snapshot with every start of the service")
            .hint("run a session with `reset` once, with `sync.run`, before the service starts")
            .in_argument("reset"),
    )
}

fn user(session: &SyncSession) -> &str {
    session.user.as_deref().unwrap_or(ROOT)
}

/// The service manager of Linux reads the file as root; the shell of macOS as the user.
fn variables(platform: Platform, session: &SyncSession, command: &Command) -> Option<ServiceFile> {
    if command.env.is_empty() {
        return None;
    }
    let (owner, mode) = match platform {
        Platform::Linux => (ROOT, "600"),
        Platform::Macos => (user(session), "400"),
    };
    let mut text = String::new();
    for (name, value) in &command.env {
        let _ = writeln!(text, "{name}='{value}'");
    }
    Some(ServiceFile {
        path: format!("{VARIABLES}{}.env", session.name),
        owner: owner.to_owned(),
        mode,
        text,
    })
}

/// The program with its arguments.
fn arguments(platform: Platform, command: &Command) -> Result<Vec<String>> {
    let program = format!("{}/bin/{}", platform.installation(), command.program);
    let given = command.args.iter().map(ToString::to_string);
    let all: Vec<_> = [program].into_iter().chain(given).collect();
    let has_control = |arg: &&String| arg.contains(char::is_control);
    if let Some(arg) = all.iter().find(has_control) {
        return Err(Fault::refused(format!(
            "a service cannot have the argument `{}`",
            arg.escape_debug()
        )));
    }
    Ok(all.into_iter().chain(["-C".to_owned()]).collect())
}

fn snapshot(session: &SyncSession) -> SyncFolder {
    let mut options = session.options.iter();
    match options.find(|(name, _)| name == "local_db_dir") {
        Some((_, folder)) => SyncFolder::Database(folder.clone()),
        None => SyncFolder::Local(session.local.clone()),
    }
}

fn definition(platform: Platform, name: &str, text: String) -> Result<ServiceFile> {
    Ok(ServiceFile {
        path: sync_definition(platform, name)?,
        owner: ROOT.to_owned(),
        mode: "644",
        text,
    })
}

fn unit(
    name: &str,
    session: &SyncSession,
    command: &Command,
    variables: Option<&str>,
) -> Result<ServiceFile> {
    let words = arguments(Platform::Linux, command)?;
    let words: Vec<_> = words.iter().map(|word| unit_word(word)).collect();
    let variables = variables.map_or_else(String::new, |file| format!("EnvironmentFile={file}\n"));
    let text = format!(
        "# {SNAPSHOT}{snapshot}
[Unit]
Description=Aspera Sync session {session}
Wants=network-online.target
After=network-online.target

[Service]
User={user}
{variables}ExecStart={words}
Restart=always
RestartSec={RESTART_PAUSE}

[Install]
WantedBy=multi-user.target
",
        snapshot = snapshot(session),
        session = session.name,
        user = user(session),
        words = words.join(" "),
    );
    definition(Platform::Linux, name, text)
}

/// A word of a command line of systemd, which expands `%` and `$` in quotes too
/// (systemd.service(5), systemd.syntax(7)).
fn unit_word(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    let mut quoted = String::from('"');
    for c in word.chars() {
        match c {
            '"' | '\\' => quoted.push('\\'),
            '%' | '$' => quoted.push(c),
            _ => {}
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

fn job(
    name: &str,
    session: &SyncSession,
    command: &Command,
    variables: Option<&str>,
) -> Result<ServiceFile> {
    let mut words = Vec::new();
    if let Some(file) = variables {
        words.extend(["/bin/sh", "-c", WITH_VARIABLES, file].map(str::to_owned));
    }
    words.extend(arguments(Platform::Macos, command)?);
    let word = |word: &String| format!("\t\t<string>{}</string>\n", escaped(word));
    let text = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- {SNAPSHOT}{snapshot} -->
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>{label}</string>
	<key>UserName</key>
	<string>{user}</string>
	<key>ProgramArguments</key>
	<array>
{words}	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>KeepAlive</key>
	<true/>
	<key>ThrottleInterval</key>
	<integer>{RESTART_PAUSE}</integer>
</dict>
</plist>
"#,
        snapshot = snapshot(session).to_string().replace('-', HYPHEN),
        label = service_name(Platform::Macos, name)?,
        user = user(session),
        words = words.iter().map(word).collect::<String>(),
    );
    definition(Platform::Macos, name, text)
}

/// Stands for a hyphen in a comment, which cannot contain two of them.
const HYPHEN: &str = "&#45;";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> SyncSession {
        SyncSession {
            name: "images".to_owned(),
            local: "/a--b".to_owned(),
            remote: "lion@10.0.0.1:/data".to_owned(),
            token: Secret::parse("env:TOKEN").ok(),
            options: vec![("exclude".to_owned(), "50% \"$x\\<y>".to_owned())],
            ..SyncSession::default()
        }
    }

    #[test]
    fn arguments_arrive_as_they_are_and_no_secret_is_among_them() {
        let linux = sync_service(Platform::Linux, &session()).unwrap();
        let unit = &linux.definition.text;
        let line = r#"-r lion@10.0.0.1:/data "--exclude=50%% \"$$x\\<y>" -C"#;
        assert!(unit.contains(line), "{unit}");
        let macos = sync_service(Platform::Macos, &session()).unwrap();
        let job = &macos.definition.text;
        let word = "<string>--exclude=50% \"$x\\&lt;y&gt;</string>";
        assert!(job.contains(word), "{job}");
        for service in [linux, macos] {
            assert!(!service.definition.text.contains("TOKEN"));
            let variables = service.variables.unwrap();
            assert_eq!(variables.text, "ASPERA_SCP_TOKEN='‹env:TOKEN›'\n");
            assert_eq!(service.definition.mode, "644");
            assert_eq!(variables.path, "/etc/aspera-sync/images.env");
        }
    }

    #[test]
    fn a_definition_says_where_the_snapshot_is() {
        let elsewhere = SyncSession {
            options: vec![("local_db_dir".to_owned(), "/db".to_owned())],
            ..session()
        };
        for platform in [Platform::Linux, Platform::Macos] {
            for (session, folder) in [
                (session(), SyncFolder::Local("/a--b".to_owned())),
                (elsewhere.clone(), SyncFolder::Database("/db".to_owned())),
            ] {
                let text = sync_service(platform, &session).unwrap().definition.text;
                assert_eq!(sync_folder(&text), Some(folder));
            }
        }
        assert_eq!(sync_folder("# Snapshot: /x\n"), None);
    }
}
