//! `file.*`: whole files, such as a certificate or a drop-in of a service.

use std::rc::Rc;

use crate::facts::Facts;
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{
    FileContent, FileReference, FileState, MAX_FILE, ScriptFile, State, Subject, ValueType,
    WantedState,
};
use crate::step::{Advisory, FOLDER_CREATED, Level};
use crate::tools;

use super::args::refuse_login;
use super::dir::as_printed;
use super::group::refuse_unknown_owner;
use super::{Args, Binding, Key, Made, Param, Value};

const PATH: Key<Rc<str>> = Key::text("path", ValueType::Path, "Absolute path of the file.");
const CONTENT: Key<Option<Value>> = Key::value(
    "content",
    ValueType::Any,
    "Its text: a string, with secrets in it if needed, or a secret.",
)
.optional();
const SOURCE: Key<Option<Rc<str>>> = Key::text(
    "source",
    ValueType::NonEmptyLine,
    "A file beside the script that it is a copy of, by its path below the script's folder.",
)
.optional();
const LINE: Key<Rc<str>> = Key::text(
    "line",
    ValueType::Text,
    "The line: a string, with secrets in it if needed.",
);
const MATCH: Key<Rc<str>> = Key::text(
    "match",
    ValueType::NonEmptyLine,
    "How the line starts, before and after.",
);
const OWNER: Key<Option<Rc<str>>> =
    Key::text("owner", ValueType::AccountName, "Account that owns it.")
        .optional()
        .default("root for a new file");
const GROUP: Key<Option<Rc<str>>> =
    Key::text("group", ValueType::AccountName, "Group that it belongs to.")
        .optional()
        .default("what the system gives a new file");
const MODE: Key<Option<Rc<str>>> = Key::text("mode", ValueType::Octal, "Permission bits in octal.")
    .optional()
    .default("644 for a new file; 600 with a secret in it");

const SOURCES: &str = "rename(2), stat(1); files of published jobs: IBM Aspera documentation of aspera-license, sshd_config(5), logrotate(8)";

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "file.ensure",
        doc: "Creates a file, or gives a file this content, owner, group and mode.\n\nGive either `content` or `source`, up to 1 MiB. The new file is written beside the old one, with its owner and mode before the first byte, and then renamed. A link in the place of the file, and a folder that another user than the owner of the file can change, are refused. Missing folders are created for root, and stay after `undo`.\n\nThe report shows the lines that change. It never shows a secret, the bytes of a `source`, nor the present content of a file that not every user may read. A plan names a `source` with its digest, and `apply` refuses another one; it searches it beside the plan. `undo` restores the former file from a copy that only root can read.",
        params: &[
            PATH.param,
            Param::options(
                &[
                    CONTENT.param,
                    SOURCE.param,
                    OWNER.param,
                    GROUP.param,
                    MODE.param,
                ],
                "Its content, owner, group and mode.",
            )
            .required(),
        ],
        example: r#"file.ensure("/etc/logrotate.d/aspera", #{
    content: "/var/log/aspera.log {\n    weekly\n    rotate 8\n}\n",
    mode: "644",
});"#,
        source: SOURCES,
        make: ensure,
    },
    Binding {
        name: "file.line",
        doc: "Sets one line of a file.\n\nThe line is the last one that starts with `match`, blanks before it apart; without such a line it becomes the last of the file, and without a file a new one of root, with mode 644. `line` must start with `match` as well, so that the next run finds it. All other lines, the owner and the mode stay. `undo` removes a file that was made for the line, if nothing else is in it then.\n\nIt is for files with a keyword on each line. Of several equal keywords some programs take the first, and in some files what follows a heading belongs to it (`Match` in sshd_config): then write a file of your own with `file.ensure`, such as a drop-in. The present line is shown only if every user may read the file.",
        params: &[
            PATH.param,
            Param::options(&[LINE.param, MATCH.param], "The line.").required(),
        ],
        example: r#"file.line("/etc/ssh/sshd_config", #{ "match": "Port ", line: "Port 33001" });"#,
        source: "lines of files in published jobs: sshd_config(5)",
        make: line,
    },
    Binding {
        name: "file.remove",
        doc: "Removes a file, if it exists.\n\nFolders and links are refused. `undo` restores the file from a copy that only root can read.",
        params: &[PATH.param],
        example: r#"file.remove("/etc/logrotate.d/aspera-old");"#,
        source: "unlink(2), stat(1)",
        make: remove,
    },
];

fn ensure(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let subject = subject(args, facts)?;
    let content = content(args, facts)?;
    let now = facts.read(&subject)?;
    let mut wanted = now.file().cloned().unwrap_or_else(FileState::fresh);
    if now == State::Absent && content.has_secret() {
        "600".clone_into(&mut wanted.mode);
    }
    if let Some(owner) = args.get(&OWNER) {
        wanted.owner = owner.to_string();
    }
    if let Some(group) = args.get(&GROUP) {
        wanted.group = Some(group.to_string());
    }
    if let Some(mode) = args.get(&MODE) {
        wanted.mode = as_printed(&mode);
    }
    let exposed = content.has_secret() && wanted.is_readable_by_all();
    let wanted = WantedState::file(wanted, content);
    let draft = facts.change(vec![(subject.clone(), wanted)])?;
    if !draft.is_settled() {
        refuse_unknown_owner(facts, args.get(&OWNER).as_ref(), args.get(&GROUP).as_ref())?;
    }
    let folder = new_folder(&subject, facts);
    let note = exposed.then(|| exposed_secret().about(subject));
    Ok(draft.advise(note).advise(folder).made())
}

/// Returns a note that a new file gets a new folder, which stays after an undo. Which folders a blank
/// node has is unknown, and so are those that a snapshot does not contain.
fn new_folder(file: &Subject, facts: &mut Facts<'_>) -> Option<Advisory> {
    let path = file.leaf();
    let (folder, _) = path.rsplit_once('/')?;
    if folder.is_empty() || facts.is_blank() || facts.read(file).ok()? != State::Absent {
        return None;
    }
    let subject = Subject::Dir(folder.into());
    // A link on the way is no folder: whether it may be followed, the live run decides.
    let is_missing = facts
        .read(&subject)
        .is_ok_and(|state| state == State::Absent);
    is_missing.then(|| {
        let text = format!("the folder {folder} is created for the file, and an undo leaves it");
        Advisory::new(Level::Note, FOLDER_CREATED, text).about(subject)
    })
}

fn line(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let path = path(args, facts)?;
    let start = args.get(&MATCH);
    let content = given_content("line", args.value(&LINE).unwrap_or(&Value::Unit))?;
    let shown = content.shown().unwrap_or_default();
    let fault = |message: &str, key: &str| Err(Fault::script(message).in_argument(key));
    if start.trim_start() != &*start {
        return fault("`match` starts with a blank, which does not count", "match");
    }
    if shown.contains(['\n', '\r']) {
        return fault("`line` has more than one line", "line");
    }
    if !shown.trim_start().starts_with(&*start) {
        // A value that only a run has is no mistake in the call.
        return Err(Fault::refused("`line` does not start with `match`")
            .hint("the next run would add it again: begin both with the same words")
            .in_argument("line"));
    }
    let file = Subject::File(Rc::clone(&path));
    let subject = Subject::FileLine(path, start);
    let is_new = facts.read(&subject)? == State::Absent && facts.read(&file)? == State::Absent;
    let wanted = WantedState::line(content).in_new_file(is_new);
    let draft = facts.change(vec![(subject, wanted)])?;
    let folder = is_new.then(|| new_folder(&file, facts));
    Ok(draft.advise(folder.flatten()).made())
}

fn remove(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let subject = subject(args, facts)?;
    Ok(facts.change(vec![(subject, State::Absent)])?.made())
}

fn subject(args: &Args, facts: &Facts<'_>) -> Result<Subject> {
    Ok(Subject::File(path(args, facts)?))
}

fn path(args: &Args, facts: &Facts<'_>) -> Result<Rc<str>> {
    let path = tools::plain_path("file", &args.get(&PATH)).map_err(|fault| {
        let fault = fault.with_kind(FaultKind::Script);
        fault.in_argument("path")
    })?;
    if path == format!("{}/etc/aspera.conf", facts.platform().installation()) {
        return Err(
            Fault::script("a script does not write aspera.conf as a file")
                .hint("set what is in it with the functions of `conf`")
                .in_argument("path"),
        );
    }
    Ok(path.into())
}

fn content(args: &Args, facts: &mut Facts<'_>) -> Result<FileContent> {
    let content = match (args.value(&CONTENT), args.get(&SOURCE)) {
        (Some(value), None) => given_content("content", value)?,
        (None, Some(source)) => copied(&source, facts)?,
        (None, None) => return Err(without_content(args)),
        (Some(_), Some(_)) => {
            return Err(
                Fault::script("`content` and `source` exclude each other").in_argument("source")
            );
        }
    };
    Ok(content)
}

/// The content of a file beside the script.
pub(super) fn copied(source: &str, facts: &mut Facts<'_>) -> Result<FileContent> {
    let digest = facts.source_digest(source);
    Ok(FileContent::of(FileReference::Source(ScriptFile {
        digest: digest.map_err(|fault| fault.in_argument("source"))?,
        source: source.to_owned(),
    })))
}

fn without_content(args: &Args) -> Fault {
    // Not a mistake that can be found without a run: the map, or its value, may come from one.
    let is_unknown = |value: &Value| {
        let is_empty = matches!(value, Value::Map(entries) if entries.is_empty());
        is_empty || value.entry("content").or(value.entry("source")).is_some()
    };
    let message = "the content of the file is missing";
    if args.values().iter().any(is_unknown) {
        return Fault::refused(message).hint("give `content` or `source`");
    }
    Fault::script(message).hint("give `content` or `source`")
}

fn given_content(key: &str, value: &Value) -> Result<FileContent> {
    refuse_login(format_args!("`{key}`"), value, BY_REFERENCE)
        .map_err(|fault| fault.in_argument(key))?;
    let is_long = value
        .text()
        .is_some_and(|text| text.len() as u64 > MAX_FILE);
    if is_long {
        return Err(Fault::script(format!("`{key}` is longer than 1 MiB")).in_argument(key));
    }
    if let Value::Text(text) = value {
        Ok(FileContent::text(text))
    } else if let Value::SecretText(text) = value {
        Ok(text.into())
    } else if let Value::Secret(secret) = value {
        Ok(secret.clone().into())
    } else {
        let noun = value.noun();
        let message = format!("`{key}` must be a string or a secret, not {noun}");
        Err(Fault::script(message).in_argument(key))
    }
}

/// How a login is written to a file.
const BY_REFERENCE: &str = "put `secret(…)` into the string: `s3://${secret(\"env:LOGIN\")}@host`";

fn exposed_secret() -> Advisory {
    Advisory::new(
        Level::Caution,
        "secret-in-readable-file",
        "every user of the node can read the secret in this file; give a `mode` such as \"600\"",
    )
}
