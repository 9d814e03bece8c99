//! `sync.status`: what is known of a Sync session on this machine.

use std::rc::Rc;

use crate::facts::Facts;
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{State, Subject, SyncFolder, SyncStatus, SyncValue, ValueType};
use crate::tools;

use super::{Args, Binding, Key, Made, Param, Value};

const NAME: Key<Rc<str>> = Key::text("name", ValueType::SessionName, "Name of the session.");
const LOCAL: Key<Option<Rc<str>>> =
    Key::text("local", ValueType::Path, "Folder that is synchronized.").optional();
const LOCAL_DB_DIR: Key<Option<Rc<str>>> = Key::text(
    "local_db_dir",
    ValueType::Path,
    "Folder of the local snapshot, where the session has that option.",
)
.optional();

pub(super) const BINDINGS: &[Binding] = &[Binding {
    name: "sync.status",
    doc: "Returns what is known of a Sync session on this machine: `.running`, whether its service runs, `()` without one; `.session`, what `asyncadmin` reports of it, by that program's own keys; `.problem`, why it reports nothing.\n\nOnly servers have `asyncadmin`; without it, `.session` and `.problem` are `()`. Its keys and exit codes are not published, so none is interpreted here: a value is the string that it prints, or a list of strings.",
    params: &[
        NAME.param,
        Param::options(
            &[LOCAL.param, LOCAL_DB_DIR.param],
            "Where the session keeps its snapshot; that of `sync.service` need not be given.",
        ),
    ],
    example: r#"let images = sync.status("images", #{ local: "/images" });
if images.session != () {
    print(images.session);
}"#,
    source: "IBM/aspera-cli, operations.rb",
    make: status,
}];

fn status(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = args.get(&NAME);
    let service = tools::sync_service_name(&name);
    let folder = match given_folder(args) {
        Some(folder) => folder,
        None => folder_of(&service, facts)?,
    };
    let service = facts.read(&Subject::Service(service.into()))?;
    let running = if let State::Service(service) = service {
        Value::Bool(service.running)
    } else {
        Value::Unit
    };
    let subject = Subject::SyncSession(name, folder);
    let status = if let State::SyncStatus(status) = facts.read(&subject)? {
        *status
    } else {
        SyncStatus::default()
    };
    let session = if status.values.is_empty() {
        Value::Unit
    } else {
        Value::map(status.values.into_iter().map(|(key, it)| (key, value(it))))
    };
    let problem = status.problem.map_or(Value::Unit, Value::from);
    Made::answer(Value::map([
        ("problem", problem),
        ("running", running),
        ("session", session),
    ]))
}

fn value(value: SyncValue) -> Value {
    match value {
        SyncValue::Text(text) => Value::from(text),
        SyncValue::List(items) => Value::List(items.into_iter().map(Value::from).collect()),
    }
}

fn given_folder(args: &Args) -> Option<SyncFolder> {
    let database = args.get(&LOCAL_DB_DIR);
    let database = database.map(|path| SyncFolder::Database(path.to_string()));
    database.or_else(|| Some(SyncFolder::Local(args.get(&LOCAL)?.to_string())))
}

/// Where the definition of a service says that the snapshot is.
fn folder_of(service: &str, facts: &mut Facts<'_>) -> Result<SyncFolder> {
    let path = tools::sync_definition(facts.platform(), service)?;
    let file = facts.read(&Subject::File(path.into()))?;
    let folder = if let State::File(file) = file {
        file.text.as_deref().and_then(tools::sync_folder)
    } else {
        None
    };
    folder.ok_or_else(|| {
        Fault::new(
            FaultKind::Unknown,
            format!("the folder of the session is not known: {service} does not say it"),
        )
        .hint("give it as `local`")
    })
}
