//! Candidates for the values of arguments: scripts, a script's parameters,
//! nodes, runs. What cannot be read yields no candidates.

use std::ffi::OsStr;
use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_complete::PathCompleter;
use clap_complete::engine::{CompletionCandidate, ValueCompleter as _};

use crate::bindings::Value;
use crate::data_file;
use crate::reference::{EntryKind, Reference, ReferenceEntry};
use crate::script::{self, Host, ParamSpec, ParamType, Script, Surroundings};
use crate::state::ValueType;

use super::common::{NodeArgs, ScriptsArg};
use super::node_target::NodeTarget;
use super::partial_command_line::PartialCommandLine;
use super::{list, runs as live_runs};

/// Returns the candidates for a word on a command line.
pub(super) type CandidateSource = fn(&PartialCommandLine, &str) -> Vec<CompletionCandidate>;

/// The sources of candidates, by the names of arguments.
const SOURCES: &[(&str, CandidateSource)] = &[
    ("script", scripts),
    ("readers", scripts),
    ("set", params),
    ("node", nodes),
    ("run", runs),
    ("run_or_plan", runs_and_files),
    ("name", names),
    ("page", commands),
    ("paths", files),
];

/// The source of candidates for an argument.
pub(super) fn source(argument: &str) -> Option<CandidateSource> {
    let row = SOURCES.iter().find(|(name, _)| *name == argument);
    row.map(|(_, source)| *source)
}

/// The names of scripts, and script files.
fn scripts(line: &PartialCommandLine, word: &str) -> Vec<CompletionCandidate> {
    let folder = line.group::<ScriptsArg>().and_then(|arg| arg.scripts);
    let folder = folder.as_deref();
    let names = list::names(folder).unwrap_or_default();
    let offers = names.iter().filter_map(|name| {
        let script = Script::find(name, folder).ok()?;
        Some(candidate(name, script.summary()))
    });
    let mut candidates = with_prefix(offers.collect(), word);
    candidates.extend(files(line, word));
    candidates
}

/// Script files.
fn files(_: &PartialCommandLine, word: &str) -> Vec<CompletionCandidate> {
    let is_script = |path: &Path| {
        path.extension()
            .is_some_and(|extension| extension == "rhai")
    };
    let paths = PathCompleter::any().filter(is_script);
    paths.complete(OsStr::new(word))
}

/// The subcommands of the program.
fn commands(_: &PartialCommandLine, word: &str) -> Vec<CompletionCandidate> {
    let program = super::Arguments::command();
    let visible = program
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    let about = |command: &Command| command.get_about().map(ToString::to_string);
    let offers =
        visible.map(|command| candidate(command.get_name(), &about(command).unwrap_or_default()));
    with_prefix(offers.collect(), word)
}

/// `NAME=` for each parameter, or the values after `NAME=`.
fn params(line: &PartialCommandLine, word: &str) -> Vec<CompletionCandidate> {
    let Some(declared) = declared_params(line) else {
        return Vec::new();
    };
    if let Some((name, value)) = word.split_once('=') {
        let spec = declared.iter().find(|spec| spec.name == name);
        let values = spec.map(|spec| values(spec, value)).unwrap_or_default();
        let whole = |value: CompletionCandidate| value.add_prefix(format!("{name}="));
        return values.into_iter().map(whole).collect();
    }
    let set = line
        .matches()
        .and_then(|mut matches| matches.try_remove_many::<String>("set").ok());
    let set: Vec<_> = set.flatten().into_iter().flatten().collect();
    let is_set = |spec: &&ParamSpec| {
        let mut names = set.iter().filter_map(|set| set.split_once('='));
        names.any(|(name, _)| name == spec.name)
    };
    let unset = declared.iter().filter(|spec| !is_set(spec));
    let names = unset.map(|spec| candidate(&format!("{}=", spec.name), &spec.help));
    with_prefix(names.collect(), word)
}

/// The parameters of the script on the command line.
fn declared_params(line: &PartialCommandLine) -> Option<Vec<ParamSpec>> {
    let mut matches = line.matches()?;
    let name = matches.try_remove_one::<String>("script").ok()??;
    let folder = line.group::<ScriptsArg>()?.scripts;
    let script = Script::find(&name, folder.as_deref()).ok()?;
    let host = Host::new(script, Surroundings::none()).ok()?;
    Some(host.declared().params.clone())
}

fn values(spec: &ParamSpec, word: &str) -> Vec<CompletionCandidate> {
    let plain = |words: &[&str]| words.iter().map(|word| candidate(word, "")).collect();
    let mut candidates: Vec<_> = match spec.ty.single() {
        None => data_files(&spec.ty, word),
        Some(ValueType::Secret) => plain(&["env:", "file:", "prompt:"]),
        Some(ValueType::Path) => PathCompleter::any().complete(OsStr::new(word)),
        Some(ty) => plain(ty.allowed()),
    };
    let default = spec.default.as_ref().and_then(Value::plain);
    if let Some(default) = default {
        candidates.retain(|other| other.get_value() != OsStr::new(&*default));
        candidates.insert(0, candidate(&default, "the default"));
    }
    with_prefix(candidates, word)
}

/// `@` and the files that a list or map can be read from.
fn data_files(ty: &ParamType, word: &str) -> Vec<CompletionCandidate> {
    let Some(path) = word.strip_prefix('@') else {
        let help = format!("a CSV, JSON, TOML or YAML file: {}", ty.fits());
        return vec![candidate("@", &help)];
    };
    let is_data = |path: &Path| {
        let end = path.extension().and_then(OsStr::to_str);
        end.is_some_and(|end| data_file::extensions().any(|it| end.eq_ignore_ascii_case(it)))
    };
    let files = PathCompleter::any().filter(is_data);
    let found = files.complete(OsStr::new(path));
    let named = found.into_iter().map(|path| path.add_prefix("@"));
    named.collect()
}

/// Blank nodes, folders and snapshot files.
fn nodes(_: &PartialCommandLine, word: &str) -> Vec<CompletionCandidate> {
    let blank = [
        candidate("blank:linux", "a freshly installed Linux node"),
        candidate("blank:macos", "a freshly installed Mac"),
    ];
    let mut candidates = with_prefix(blank.into(), word);
    candidates.extend(PathCompleter::any().complete(OsStr::new(word)));
    candidates
}

/// The numbers of the live runs of the node on the command line.
fn runs(line: &PartialCommandLine, word: &str) -> Vec<CompletionCandidate> {
    let args = line.group::<NodeArgs>();
    let place = args.and_then(|args| NodeTarget::find(&args, None).ok());
    let Some(runs) = place.and_then(|place| place.runs()) else {
        return Vec::new();
    };
    let numbers = runs.numbers().unwrap_or_default().into_iter().rev();
    let candidates = numbers.map(|number| {
        candidate(
            &number.to_string(),
            &live_runs::run_in_a_line(&runs, number),
        )
    });
    with_prefix(candidates.collect(), word)
}

/// The same, and files.
fn runs_and_files(line: &PartialCommandLine, word: &str) -> Vec<CompletionCandidate> {
    let mut candidates = runs(line, word);
    candidates.extend(PathCompleter::any().complete(OsStr::new(word)));
    candidates
}

/// Names in the reference. Settings, of which there are hundreds, only once the
/// word has a first letter.
fn names(_: &PartialCommandLine, word: &str) -> Vec<CompletionCandidate> {
    let reference = Reference::new(script::reference_entries());
    let entries = reference.entries().iter();
    // A colon ends a word in some shells, so REPL commands are left out.
    let is_wanted = |entry: &&ReferenceEntry| {
        let is_setting = entry.kind == EntryKind::Setting;
        let is_language = matches!(entry.kind, EntryKind::Language | EntryKind::Recipe);
        let is_word = !is_language || entry.name.chars().all(|c| c.is_alphanumeric() || c == '_');
        entry.kind != EntryKind::Command && is_word && !(is_setting && word.is_empty())
    };
    let named = entries.filter(is_wanted);
    with_prefix(
        named
            .map(|entry| candidate(&entry.name, entry.summary()))
            .collect(),
        word,
    )
}

fn candidate(value: &str, help: &str) -> CompletionCandidate {
    let help = (!help.is_empty()).then(|| help.to_owned().into());
    CompletionCandidate::new(value).help(help)
}

fn with_prefix(mut candidates: Vec<CompletionCandidate>, word: &str) -> Vec<CompletionCandidate> {
    candidates.retain(|candidate| candidate.get_value().to_string_lossy().starts_with(word));
    candidates
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory as _};

    use super::SOURCES;

    fn takes(command: &Command, argument: &str) -> bool {
        let mut own = command.get_arguments();
        own.any(|arg| arg.get_id() == argument)
            || command
                .get_subcommands()
                .any(|subcommand| takes(subcommand, argument))
    }

    #[test]
    fn every_source_has_its_argument() {
        let command = super::super::Arguments::command();
        for (argument, _) in SOURCES {
            assert!(takes(&command, argument), "no command takes `{argument}`");
        }
    }
}
