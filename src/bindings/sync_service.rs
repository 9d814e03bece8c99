//! `sync.service`: a continuous Sync session that the system keeps running.

use crate::facts::Facts;
use crate::fault::{Fault, Result};
use crate::state::{FileContent, FileState, SecretText, State, Subject, WantedState};
use crate::step::{Advisory, Level, SyncSession};
use crate::tools::{self, ServiceFile};

use super::sync::{KEYS_BUT_NAME, NAME, notes, session};
use super::{Args, Binding, Key, Made, Value};

const SESSION: Key<Value> = Key::session(
    KEYS_BUT_NAME,
    "What to synchronize, and how, as for `sync.run`.",
);

/// The option that every such session has.
const CONTINUOUS: &str = "continuous";

pub(super) const BINDINGS: &[Binding] = &[Binding {
    name: "sync.service",
    doc: "Keeps a continuous Sync session running as a service: `aspera-sync-NAME`, a unit of systemd or a job of launchd.\n\nIt takes what `sync.run` takes, without `reset`. The service runs `async -C`, starts with the machine, and starts again half a minute after it ended. Where its definition or a secret changes, it restarts.\n\nToken, password and cookie are in `/etc/aspera-sync/NAME.env`, which only root can read, and on macOS only the user of the session; `async` gets them by its environment. They may not contain `'` or a line break.\n\n`service.status(\"aspera-sync-NAME\")` shows whether it runs and `sync.status(NAME)` what is known of the session. `undo` stops the service and removes its files, or restores what was there before. It does not touch the files that were synchronized.",
    params: &[NAME.param, SESSION.param],
    example: r#"sync.service("images", #{ local: "/images", remote: "lion@10.0.0.1:/data/images", token: token.basic("id", secret("env:SECRET")) });"#,
    source: "IBM Aspera Sync, async command reference; systemd.service(5), systemd.exec(5), launchd.plist(5)",
    make: service,
}];

fn service(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let entries = entries(args)?;
    let session = session(&args.get(&NAME), args, &entries)?;
    for secret in session.secrets() {
        let properties = facts.secret_properties(secret);
        if properties.is_some_and(|it| !it.fits_variables) {
            return Err(tools::unfit_variable(secret));
        }
    }
    let service = tools::sync_service(facts.platform(), &session)?;
    let files = service.variables.iter().chain([&service.definition]);
    let files = files
        .map(|file| wanted(file, facts))
        .collect::<Result<_>>()?;
    let mut all = notes(&session, args, facts)?;
    all.extend(as_root(&session));
    let draft = facts.define_service(&service.name, files)?;
    Ok(draft.advise(all).made())
}

/// The entries of the map that are not implied.
fn entries(args: &Args) -> Result<Vec<(String, Value)>> {
    let mut entries = args.entries(&SESSION).to_vec();
    let implied = entries.iter().position(|(key, _)| key == CONTINUOUS);
    if let Some(index) = implied
        && entries.remove(index).1 == Value::Bool(false)
    {
        return Err(Fault::script(
            "a service keeps a continuous session running, which does not end",
        )
        .hint("use `sync.run` for a session that ends")
        .in_argument(CONTINUOUS));
    }
    if entries.iter().any(|(key, _)| key == "name") {
        return Err(Fault::script("the name of the session is given twice")
            .hint("leave `name` out of the map")
            .in_argument("name"));
    }
    Ok(entries)
}

/// The file as it is wanted; its group is left as it is.
fn wanted(file: &ServiceFile, facts: &mut Facts<'_>) -> Result<(Subject, WantedState)> {
    let content = match SecretText::parse(&file.text) {
        Some(text) => FileContent::from(&text),
        None => FileContent::text(&file.text),
    };
    let subject = Subject::File(file.path.as_str().into());
    let now = if let State::File(now) = facts.read(&subject)? {
        *now
    } else {
        FileState::fresh()
    };
    let state = FileState {
        owner: file.owner.clone(),
        mode: file.mode.to_owned(),
        ..now
    };
    Ok((subject, WantedState::file(state, content)))
}

fn as_root(session: &SyncSession) -> Option<Advisory> {
    let text = "async runs as root as long as the service runs; name an account with `user`";
    let note = Advisory::new(Level::Caution, "sync-service-as-root", text);
    let note = note.source("DISA STIG IBM Aspera Platform 4.2");
    session.user.is_none().then_some(note)
}
