//! `asconfigurator`: edits `aspera.conf` by command strings or standard input. It
//! accepts any value, as the vendor's does; `asuserdata` checks the values.

use std::io;

use crate::lab::conf_file::{ConfFile, ConfScope, setting_value};
use crate::lab::lab_folder::{LabFolder, invalid_input};
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;
use crate::lab::setting_list::SettingGroup;

pub(super) const PROGRAM: LabProgram = LabProgram {
    reads_stdin: |args| command_string(args).is_none(),
    ..LabProgram::new("asconfigurator", ActingCalls::When(acts), run)
};

/// A name and its value.
type SettingPair = (String, String);

/// A command and its pairs.
struct ConfRequest {
    command: String,
    pairs: Vec<SettingPair>,
}

fn acts(args: &[String], stdin: &str) -> bool {
    let text = command_string(args).unwrap_or(stdin);
    !text.trim_start().starts_with("get_")
}

/// The value of `-x` or `-F`.
fn command_string(args: &[String]) -> Option<&str> {
    let at = args.iter().position(|arg| arg == "-x" || arg == "-F")?;
    Some(args.get(at + 1).map_or("", String::as_str))
}

fn run(call: &ProgramCall) -> io::Result<u8> {
    let Some(text) = command_string(&call.args) else {
        return session(call);
    };
    let mut parts = text.split(';');
    let command = parts.next().unwrap_or_default();
    answer(call, &request(command, parts))
}

/// Runs commands from standard input: a command, a pair per line, and a blank line
/// that executes them. Lines without a blank line after them are dropped: no public
/// text says that the vendor's tool executes them.
fn session(call: &ProgramCall) -> io::Result<u8> {
    let mut code = 0;
    let mut block: Vec<&str> = Vec::new();
    for line in call.stdin.lines() {
        if line.trim() == "terminate" {
            break;
        }
        if !line.trim().is_empty() {
            block.push(line);
        } else if let Some((command, pairs)) = block.split_first() {
            let request = request(command, pairs.iter().copied());
            // Later commands run even if an earlier one failed.
            code = answer(call, &request)?.max(code);
            block.clear();
        }
    }
    Ok(code)
}

/// `aspera.conf` as a command string would leave it.
pub(in crate::lab) fn edited_conf(folder: &LabFolder, text: &str) -> io::Result<Vec<u8>> {
    let mut parts = text.split(';');
    let command = parts.next().unwrap_or_default();
    let request = request(command, parts);
    let mut conf = ConfFile::load(folder)?;
    let (verb, rest) = verb(&request.command);
    let edited =
        scope(rest, &request.pairs).and_then(|(scope, pairs)| edit(&mut conf, verb, &scope, pairs));
    edited.map_err(invalid_input)?;
    Ok(conf.print().into_bytes())
}

fn request<'a>(command: &str, pairs: impl Iterator<Item = &'a str>) -> ConfRequest {
    let pair = |text: &str| {
        let (name, value) = text.split_once(',').unwrap_or((text, ""));
        (name.trim().to_owned(), value.to_owned())
    };
    let pairs = pairs
        .filter(|text| !text.trim().is_empty())
        .map(pair)
        .collect();
    ConfRequest {
        command: command.trim().to_owned(),
        pairs,
    }
}

fn answer(call: &ProgramCall, request: &ConfRequest) -> io::Result<u8> {
    match perform(call, request)? {
        Ok(lines) => {
            lines.iter().try_for_each(|line| call.print_line(line))?;
            Ok(0)
        }
        Err(reason) => call.report_error(1, format_args!("error: {reason}")),
    }
}

/// Performs a request and returns the lines to print, or why it is refused.
fn perform(call: &ProgramCall, request: &ConfRequest) -> io::Result<Result<Vec<String>, String>> {
    let (verb, rest) = verb(&request.command);
    let (scope, pairs) = match scope(rest, &request.pairs) {
        Ok(found) => found,
        Err(reason) => return Ok(Err(reason)),
    };
    let _lock = call.folder.lock()?;
    let mut conf = match ConfFile::load(&call.folder) {
        Ok(conf) => conf,
        Err(reason) => return Ok(Err(format!("aspera.conf: {reason}"))),
    };
    if verb == "get" {
        return Ok(Ok(list_settings(&conf, &scope, pairs)));
    }
    let done = edit(&mut conf, verb, &scope, pairs);
    if done.is_ok() {
        conf.save(&call.folder)?;
    }
    Ok(done.map(|()| vec!["success".to_owned()]))
}

fn edit(
    conf: &mut ConfFile,
    verb: &str,
    scope: &ConfScope,
    pairs: &[SettingPair],
) -> Result<(), String> {
    match verb {
        "delete" if conf.delete(scope) => Ok(()),
        "delete" => Err("nothing has that name".to_owned()),
        _ => conf.set(scope, pairs),
    }
}

/// Splits `set_user_data` into `set` and `user`; a section alone means `set`.
fn verb(command: &str) -> (&'static str, &str) {
    let bare = command.strip_suffix("_data").unwrap_or(command);
    let verbs = ["set", "get", "delete"].into_iter();
    let mut found = verbs.filter_map(|verb| {
        let rest = bare.strip_prefix(verb)?.strip_prefix('_')?;
        // The vendor's tool refuses `set_user`, too.
        let whole = (verb == "delete") != command.ends_with("_data");
        whole.then_some((verb, rest))
    });
    let section = [
        "user",
        "group",
        "node",
        "trunk",
        "server",
        "http_server",
        "client",
    ];
    let alias = if section.contains(&command) {
        command
    } else {
        ""
    };
    found.next().unwrap_or(("set", alias))
}

/// The scope of a request, and the pairs after the one that selects it.
fn scope<'a>(
    section: &str,
    pairs: &'a [SettingPair],
) -> Result<(ConfScope, &'a [SettingPair]), String> {
    let select = |name: &str| match pairs.split_first() {
        Some((first, rest)) if first.0 == name && !first.1.trim().is_empty() => {
            Ok((first.1.trim().to_owned(), rest))
        }
        _ => Err(format!("the first pair must be {name}")),
    };
    let only = |group| Ok((ConfScope::Only(group), pairs));
    match section {
        "user" => select("user_name").map(|(name, rest)| (ConfScope::User(name), rest)),
        "group" => select("group_name").map(|(name, rest)| (ConfScope::Group(name), rest)),
        "trunk" => select("id").map(|(id, rest)| (ConfScope::Trunk(id), rest)),
        "node" => Ok((ConfScope::Default, pairs)),
        "central_server" => only(SettingGroup::Central),
        "database" => only(SettingGroup::Database),
        "server" => only(SettingGroup::Server),
        "http_server" => only(SettingGroup::HttpServer),
        "client" => only(SettingGroup::Client),
        "logging" | "log_setting" => Ok(match select("classes") {
            Ok((classes, rest)) => (ConfScope::Logging(Some(classes)), rest),
            Err(_) => (ConfScope::Logging(None), pairs),
        }),
        _ => Err("unknown command".to_owned()),
    }
}

/// The settings of a scope whose names contain `option_mask`.
fn list_settings(conf: &ConfFile, scope: &ConfScope, pairs: &[SettingPair]) -> Vec<String> {
    let mask = pairs.iter().find(|pair| pair.0 == "option_mask");
    let mask = mask.map_or("", |pair| pair.1.trim());
    let sections = conf.sections(scope);
    let settings = scope.group().settings().iter();
    let lines = settings
        .filter(|setting| setting.name.contains(mask))
        .map(|setting| {
            let value = setting_value(&sections, setting).unwrap_or_else(|| "AS_NULL".to_owned());
            format!("{}: \"{value}\"", setting.name)
        });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_have_a_verb_and_a_section() {
        assert_eq!(verb("set_user_data"), ("set", "user"));
        assert_eq!(verb("get_http_server_data"), ("get", "http_server"));
        assert_eq!(verb("delete_user"), ("delete", "user"));
        assert_eq!(verb("server"), ("set", "server"));
        assert_eq!(verb("set_user"), ("set", ""));
        assert_eq!(verb("nonsense"), ("set", ""));
    }
}
