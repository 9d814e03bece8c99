//! What may stand for the values of arguments whose choices are not fixed:
//! scripts, a script's parameters, nodes, runs. What cannot be read offers
//! nothing.

use std::ffi::OsStr;
use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_complete::PathCompleter;
use clap_complete::engine::{CompletionCandidate, ValueCompleter as _};

use crate::bindings::Value;
use crate::reference::{Entry, EntryKind};
use crate::script::{Host, ParamSpec, ParamType, Script, Surroundings};

use super::common::{NodeArgs, ScriptsArg};
use super::complete::Line;
use super::node::NodeTarget;
use super::{list, repl, undo};

/// Gives the values that begin with a word, on a line.
pub(super) type CandidateSource = fn(&Line, &str) -> Vec<CompletionCandidate>;

/// Arguments by their names, and who knows their values.
const SOURCES: &[(&str, CandidateSource)] = &[
    ("script", scripts),
    ("readers", scripts),
    ("set", params),
    ("node", nodes),
    ("run", runs),
    ("name", names),
    ("page", commands),
    ("paths", files),
];

/// Who knows the values of an argument.
pub(super) fn source(argument: &str) -> Option<CandidateSource> {
    let found = SOURCES.iter().find(|(name, _)| *name == argument);
    found.map(|(_, source)| *source)
}

/// Scripts by name, and files.
fn scripts(line: &Line, word: &str) -> Vec<CompletionCandidate> {
    let folder = line.group::<ScriptsArg>().and_then(|arg| arg.scripts);
    let folder = folder.as_deref();
    let names = list::names(folder).unwrap_or_default();
    let offers = names.iter().filter_map(|name| {
        let script = Script::find(name, folder).ok()?;
        Some(offer(name, script.summary()))
    });
    let mut found = starting(offers.collect(), word);
    found.extend(files(line, word));
    found
}

/// Files that are scripts.
fn files(_: &Line, word: &str) -> Vec<CompletionCandidate> {
    let is_script = |path: &Path| path.extension().is_some_and(|found| found == "rhai");
    let paths = PathCompleter::any().filter(is_script);
    paths.complete(OsStr::new(word))
}

/// The commands of the program.
fn commands(_: &Line, word: &str) -> Vec<CompletionCandidate> {
    let program = super::Arguments::command();
    let shown = program
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    let about = |command: &Command| command.get_about().map(ToString::to_string);
    let offers =
        shown.map(|command| offer(command.get_name(), &about(command).unwrap_or_default()));
    starting(offers.collect(), word)
}

/// `NAME=`, and behind it values.
fn params(line: &Line, word: &str) -> Vec<CompletionCandidate> {
    let Some(declared) = declared(line) else {
        return Vec::new();
    };
    if let Some((name, value)) = word.split_once('=') {
        let spec = declared.iter().find(|spec| spec.name == name);
        let values = spec.map(|spec| values(spec, value)).unwrap_or_default();
        let whole = |value: CompletionCandidate| value.add_prefix(format!("{name}="));
        return values.into_iter().map(whole).collect();
    }
    let set = line
        .given()
        .and_then(|mut given| given.try_remove_many::<String>("set").ok());
    let set: Vec<_> = set.flatten().into_iter().flatten().collect();
    let is_set = |spec: &&ParamSpec| {
        let mut names = set.iter().filter_map(|set| set.split_once('='));
        names.any(|(name, _)| name == spec.name)
    };
    let left = declared.iter().filter(|spec| !is_set(spec));
    let named = left.map(|spec| offer(&format!("{}=", spec.name), &spec.help));
    starting(named.collect(), word)
}

/// The parameters of the script on the line.
fn declared(line: &Line) -> Option<Vec<ParamSpec>> {
    let mut given = line.given()?;
    let name = given.try_remove_one::<String>("script").ok()??;
    let folder = line.group::<ScriptsArg>()?.scripts;
    let script = Script::find(&name, folder.as_deref()).ok()?;
    let host = Host::new(script, Surroundings::none()).ok()?;
    Some(host.declared().params.clone())
}

fn values(spec: &ParamSpec, word: &str) -> Vec<CompletionCandidate> {
    let plain = |words: &[&str]| words.iter().map(|word| offer(word, "")).collect();
    let mut found: Vec<_> = match &spec.ty {
        ParamType::Choice(values) => values.iter().map(|value| offer(value, "")).collect(),
        ParamType::Bool => plain(&["true", "false"]),
        ParamType::Secret => plain(&["env:", "file:", "prompt:"]),
        ParamType::Path => PathCompleter::any().complete(OsStr::new(word)),
        ParamType::String
        | ParamType::Int
        | ParamType::Port
        | ParamType::Host
        | ParamType::Name => Vec::new(),
    };
    let default = spec.default.as_ref().and_then(Value::plain);
    if let Some(default) = default {
        found.retain(|other| other.get_value() != OsStr::new(&*default));
        found.insert(0, offer(&default, "the default"));
    }
    starting(found, word)
}

/// Stand-ins, folders and snapshots.
fn nodes(_: &Line, word: &str) -> Vec<CompletionCandidate> {
    let blank = [
        offer("blank:linux", "a Linux node fresh from the installer"),
        offer("blank:macos", "a Mac fresh from the installer"),
    ];
    let mut found = starting(blank.into(), word);
    found.extend(PathCompleter::any().complete(OsStr::new(word)));
    found
}

/// The numbers of live runs of the node on the line.
fn runs(line: &Line, word: &str) -> Vec<CompletionCandidate> {
    let args = line.group::<NodeArgs>();
    let place = args.and_then(|args| NodeTarget::find(&args, None).ok());
    let Some(runs) = place.and_then(|place| place.runs()) else {
        return Vec::new();
    };
    let numbers = runs.numbers().unwrap_or_default().into_iter().rev();
    let found = numbers.map(|number| offer(&number.to_string(), &undo::line(&runs, number)));
    starting(found.collect(), word)
}

/// What has a page in the reference; settings, of which there are hundreds,
/// only to who has begun to write one.
fn names(_: &Line, word: &str) -> Vec<CompletionCandidate> {
    let reference = repl::reference();
    let entries = reference.entries().iter();
    // A colon ends a word in some shells, so commands of a session are left out.
    let is_wanted = |entry: &&Entry| {
        let is_setting = entry.kind == EntryKind::Setting;
        entry.kind != EntryKind::Command && !(is_setting && word.is_empty())
    };
    let named = entries.filter(is_wanted);
    starting(
        named
            .map(|entry| offer(&entry.name, entry.summary()))
            .collect(),
        word,
    )
}

fn offer(value: &str, help: &str) -> CompletionCandidate {
    let help = (!help.is_empty()).then(|| help.to_owned().into());
    CompletionCandidate::new(value).help(help)
}

fn starting(mut found: Vec<CompletionCandidate>, word: &str) -> Vec<CompletionCandidate> {
    found.retain(|candidate| candidate.get_value().to_string_lossy().starts_with(word));
    found
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory as _};

    use super::SOURCES;

    fn has(command: &Command, argument: &str) -> bool {
        let mut own = command.get_arguments();
        own.any(|arg| arg.get_id() == argument)
            || command.get_subcommands().any(|below| has(below, argument))
    }

    #[test]
    fn every_source_has_its_argument() {
        let command = super::super::Arguments::command();
        for (argument, _) in SOURCES {
            assert!(has(&command, argument), "nothing takes `{argument}`");
        }
    }
}
