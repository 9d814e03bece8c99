//! `ascript`, this program itself: the emulated file of the keys that may log in to an account,
//! other files, and the processes of the emulated services.

use std::collections::BTreeMap;
use std::io;

use crate::lab::accounts::SystemAccounts;
use crate::lab::file_tree::{FileEntry, FileTree};
use crate::lab::lab_folder::LabPlatform;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;
use crate::lab::services::{LabService, find_service};

use super::ascript_file;

// It reads standard input itself: contents are bytes.
pub(super) const PROGRAM: LabProgram = LabProgram::new("ascript", ActingCalls::When(acts), run);

/// The lines of each file, by its path.
const KEYS: &str = "var/lab/authorized_keys.json";

fn acts(args: &[String], _: &str) -> bool {
    match args.first().map(String::as_str) {
        Some("processes") => false,
        _ => args.get(1).is_none_or(|verb| verb != "list"),
    }
}

fn list_processes(call: &ProgramCall, program: &str) -> io::Result<u8> {
    if let Some(name) = find_service(LabPlatform::Linux, program) {
        let service = LabService::load(&call.folder, name)?;
        if let Some(pid) = service.pid {
            call.print_line(format_args!("{pid} {}", service.started))?;
        }
    }
    Ok(0)
}

fn run(call: &ProgramCall) -> io::Result<u8> {
    if call.arg(0) == Some("file") {
        return super::ascript_file::run(call);
    }
    let words: Vec<&str> = call.args.iter().map(String::as_str).collect();
    if let ["processes", program] = words.as_slice() {
        return list_processes(call, program);
    }
    let ["authorized-keys", verb, "--user", user, path] = words.as_slice() else {
        let known = "`authorized-keys`, `file` and `processes`";
        return call.report_error(2, format_args!("the lab has only `ascript` with {known}"));
    };
    let _lock = call.folder.lock()?;
    let mut files: BTreeMap<String, Vec<String>> = call.folder.read_json(KEYS)?;
    if *verb == "list" {
        return list(call, files.get(*path).map_or(&[], Vec::as_slice), path);
    }
    let given = ascript_file::read_content()?.map(String::from_utf8);
    let Some(Ok(given)) = given else {
        return call.report_error(2, "error: the content on standard input is cut off");
    };
    let given = &*given;
    if blob(given).is_none() {
        return call.report_error(2, "error: the input is not a public key");
    }
    if let Some(refusal) = prepare(call, user, path)? {
        return call.report_error(3, refusal);
    }
    let lines = files.entry((*path).to_owned()).or_default();
    let old = lines.iter().position(|line| blob(line) == blob(given));
    match (*verb, old) {
        ("add", Some(at)) => given.clone_into(&mut lines[at]),
        ("add", None) => lines.push(given.to_owned()),
        _ => lines.retain(|line| blob(line) != blob(given)),
    }
    call.folder.write_json(KEYS, &files)?;
    Ok(0)
}

/// The part of a line that looks like a key.
fn blob(line: &str) -> Option<&str> {
    line.split(' ').find(|word| word.starts_with("AAAA"))
}

fn list(call: &ProgramCall, lines: &[String], path: &str) -> io::Result<u8> {
    let files = FileTree::load(&call.folder)?;
    let folder = path.rsplit_once('/').map_or("/", |(folder, _)| folder);
    for (path, wanted) in [(folder, 0o700), (path, 0o600)] {
        if let Some(entry) = files.get(&call.folder, path).filter(|it| it.mode != wanted) {
            let FileEntry { owner, mode, .. } = entry;
            call.print_line(format_args!("exposed: {path} of {owner} has mode {mode:o}"))?;
        }
    }
    lines
        .iter()
        .try_for_each(|line| call.print_line(format_args!("key: {line}")))?;
    Ok(0)
}

/// Creates the folder and the file for the account; or why that is refused.
fn prepare(call: &ProgramCall, user: &str, path: &str) -> io::Result<Option<String>> {
    let accounts = SystemAccounts::load(&call.folder)?;
    let mut files = FileTree::load(&call.folder)?;
    let Some(account) = accounts.users.get(user) else {
        return Ok(Some(format!("error: there is no account `{user}`")));
    };
    if path != format!("{}/.ssh/authorized_keys", account.home) {
        return Ok(Some(format!(
            "error: `{path}` is not the file of keys of `{user}`"
        )));
    }
    if files.get(&call.folder, &account.home).is_none() {
        return Ok(Some(format!(
            "error: the home folder {} does not exist",
            account.home
        )));
    }
    let group = accounts.group_name(account.gid).unwrap_or_default();
    let folder = path.rsplit_once('/').map_or("/", |(folder, _)| folder);
    files.create(folder, &FileEntry::dir(user, group, 0o700));
    let file = FileEntry {
        is_dir: false,
        ..FileEntry::dir(user, group, 0o600)
    };
    files.0.insert(path.to_owned(), file);
    files.save(&call.folder)?;
    Ok(None)
}
