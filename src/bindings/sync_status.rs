//! `sync.status`: what is known of a Sync session on this machine.

use std::rc::Rc;

use crate::facts::Facts;
use crate::fault::{Fault, Result};
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
            "Where the session keeps its snapshot.",
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
    let service = facts.read(&Subject::Service(service.into()))?;
    let running = if let State::Service(service) = service {
        Value::Bool(service.running)
    } else {
        Value::Unit
    };
    let subject = Subject::SyncSession(name, folder(args)?);
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

fn folder(args: &Args) -> Result<SyncFolder> {
    match (args.get(&LOCAL_DB_DIR), args.get(&LOCAL)) {
        (Some(path), _) => Ok(SyncFolder::Database(path.to_string())),
        (None, Some(path)) => Ok(SyncFolder::Local(path.to_string())),
        (None, None) => {
            Err(Fault::script("the folder of the session is not known").hint("give it as `local`"))
        }
    }
}
