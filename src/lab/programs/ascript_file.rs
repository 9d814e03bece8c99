//! `ascript file`: the emulated files, with their contents below the lab's folder.

use std::io::{self, Read as _};

use crate::lab::accounts::SystemAccounts;
use crate::lab::arguments::OptionSyntax;
use crate::lab::file_tree::{FileEntry, FileTree, clean};
use crate::lab::program_call::ProgramCall;

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "",
    values: "",
    long_flags: &[("new-file", "n")],
    long_values: &[
        ("owner", "o"),
        ("group", "g"),
        ("mode", "m"),
        ("start", "s"),
    ],
};

/// Reads the content on standard input, whose length precedes it: its writer may be killed.
pub(super) fn read_content() -> io::Result<Option<Vec<u8>>> {
    let mut input = Vec::new();
    io::stdin().read_to_end(&mut input)?;
    Ok(whole(&input).map(<[u8]>::to_vec))
}

fn whole(input: &[u8]) -> Option<&[u8]> {
    let (head, content) = input.split_at_checked(1 + input.iter().position(|it| *it == b'\n')?)?;
    let length: usize = std::str::from_utf8(head).ok()?.trim_end().parse().ok()?;
    (length == content.len()).then_some(content)
}

pub(super) fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let operands = options.operands();
    let ["file", verb, path] = operands[..] else {
        return call.report_error(2, "error: the lab has only `ascript file VERB PATH`");
    };
    if verb == "remove" {
        return remove(call, path);
    }
    let start = options.value("s").unwrap_or_default();
    if verb == "remove-line" {
        edit_line(call, path, start, None)?;
        let place = call.folder.path(&call.folder.place(path)?);
        let is_empty = std::fs::metadata(place)?.len() == 0;
        return if options.has("n") && is_empty {
            remove(call, path)
        } else {
            Ok(0)
        };
    }
    let Some(content) = read_content()? else {
        return call.report_error(2, "error: the content on standard input is cut off");
    };
    if verb == "set-line" {
        let line = String::from_utf8_lossy(&content);
        return edit_line(call, path, start, Some(&line));
    }
    let _lock = call.folder.lock()?;
    let accounts = SystemAccounts::load(&call.folder)?;
    let mut files = FileTree::load(&call.folder)?;
    let owner = options.value("o").unwrap_or("root");
    if !accounts.users.contains_key(owner) {
        return call.report_error(3, format_args!("error: there is no account `{owner}`"));
    }
    let now = files.0.get(&clean(path)).cloned();
    if now.as_ref().is_some_and(|entry| entry.is_dir) {
        return call.report_error(1, format_args!("error: `{path}` is a folder"));
    }
    let own = accounts.group_name(0).unwrap_or("root").to_owned();
    let kept = now.map_or(own, |entry| entry.group);
    let group = options.value("g").map_or(kept, str::to_owned);
    if !accounts.groups.contains_key(&group) {
        return call.report_error(3, format_args!("error: there is no group `{group}`"));
    }
    let mode = u32::from_str_radix(options.value("m").unwrap_or("644"), 8);
    let Ok(mode) = mode else {
        return call.report_error(2, "error: the mode is not octal");
    };
    let entry = FileEntry {
        is_dir: false,
        ..FileEntry::dir(owner, &group, mode)
    };
    call.folder.write(&call.folder.place(path)?, &content)?;
    files.create(path, &entry);
    files.save(&call.folder)?;
    Ok(0)
}

fn remove(call: &ProgramCall, path: &str) -> io::Result<u8> {
    let _lock = call.folder.lock()?;
    let mut files = FileTree::load(&call.folder)?;
    files.0.remove(&clean(path));
    files.save(&call.folder)?;
    call.folder.remove(&call.folder.place(path)?)?;
    Ok(0)
}

/// Replaces the last line that starts so, or adds one; without a new line, removes it.
fn edit_line(call: &ProgramCall, path: &str, start: &str, line: Option<&str>) -> io::Result<u8> {
    let _lock = call.folder.lock()?;
    let mut files = FileTree::load(&call.folder)?;
    let place = call.folder.place(path)?;
    let text = std::fs::read_to_string(call.folder.path(&place)).unwrap_or_default();
    let mut lines: Vec<&str> = text.lines().collect();
    let old = lines
        .iter()
        .rposition(|line| line.trim_start().starts_with(start));
    match (old, line) {
        (Some(at), Some(line)) => lines[at] = line,
        (Some(at), None) => drop(lines.remove(at)),
        (None, Some(line)) => lines.push(line),
        (None, None) => {}
    }
    let edited: String = lines.iter().flat_map(|line| [*line, "\n"]).collect();
    call.folder.write(&place, edited.as_bytes())?;
    if !files.0.contains_key(&clean(path)) {
        let accounts = SystemAccounts::load(&call.folder)?;
        let group = accounts.group_name(0).unwrap_or("root");
        let entry = FileEntry {
            is_dir: false,
            ..FileEntry::dir("root", group, 0o644)
        };
        files.create(path, &entry);
        files.save(&call.folder)?;
    }
    Ok(0)
}
