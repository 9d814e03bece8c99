//! Sessions of `async`.

use super::context::{Context, ToolCall, Translated, Untranslated};
use super::flags;
use super::parameters::is_hole;
use super::statement::{call_with_options, scalar_literal};
use super::tokens::token_value;
use crate::script_text::{Expression, Statement};
use crate::state::ValueType;
use crate::tools::{SYNC_OPTIONS, SyncOption};

/// Other names of flags, and those of the table of options.
const ALIASES: &[(&str, &str)] = &[
    ("--name", "-N"),
    ("--local-dir", "-d"),
    ("--remote-dir", "-r"),
    ("--direction", "-K"),
    ("--token", "-W"),
    ("--target-rate", "-l"),
    ("--min-rate", "-m"),
    ("--rate-policy", "-a"),
    ("--cipher", "-c"),
    ("--overwrite", "-o"),
    ("--checksum", "-k"),
    ("--private-key-path", "-i"),
    ("--tcp-port", "-P"),
    ("--udp-port", "-O"),
    ("--local-db-dir", "-b"),
    ("--remote-db-dir", "-B"),
    ("--continuous", "-C"),
    ("--quiet", "-q"),
    ("--remote-password", "-w"),
    ("--symbolic-links", "-n"),
    ("--scan-intensity", "-H"),
    ("--alt-logdir", "-L"),
    ("--remote-logdir", "-R"),
    ("--reset", "-x"),
    ("--preserve-uid", "-u"),
    ("--preserve-gid", "-j"),
    ("--preserve-time", "-t"),
    ("--datagram-size", "-Z"),
    ("--rexmsg-size", "-X"),
    ("--read-block-size", "-g"),
    ("--write-block-size", "-G"),
    ("-I", "--include"),
    ("-E", "--exclude"),
    ("--version", "-A"),
    ("--help", "-h"),
];

/// Rules for what is synchronized: the flag, and how a rule starts.
const FILTERS: &[(&str, &str)] = &[
    ("--include", "+ "),
    ("--exclude", "- "),
    ("--include-from", ".+ "),
    ("--exclude-from", ".- "),
];

/// A session so far.
#[derive(Default)]
struct Session {
    entries: Vec<(&'static str, Expression)>,
    filters: Vec<Expression>,
    has_folder: bool,
    is_continuous: bool,
    /// The parts of the remote folder that have flags of their own.
    host: Option<String>,
    user: Option<String>,
    path: Option<String>,
}

pub(super) fn translate(call: &ToolCall, context: &mut Context) -> Translated {
    hide_tokens(call, context);
    let sessions = session_args(&call.args).into_iter();
    sessions.map(|args| session(&args, call, context)).collect()
}

/// The arguments of each session: a command may have several, and what is before the first name
/// counts for all.
fn session_args(args: &[String]) -> Vec<Vec<String>> {
    let is_name = |arg: &String| arg == "-N" || arg == "--name" || arg.starts_with("--name=");
    let starts = args.iter().enumerate().filter(|(_, arg)| is_name(arg));
    let starts: Vec<_> = starts.map(|(at, _)| at).collect();
    let Some(first) = starts.first() else {
        return vec![args.to_vec()];
    };
    let end = |at: usize| starts.get(at + 1).copied().unwrap_or(args.len());
    let parts = starts.iter().enumerate();
    let parts = parts.map(|(at, start)| [&args[..*first], &args[*start..end(at)]].concat());
    parts.collect()
}

fn session(
    args: &[String],
    call: &ToolCall,
    context: &mut Context,
) -> Result<Statement, Untranslated> {
    let mut session = Session::default();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let (flag, value) = match arg.split_once('=') {
            Some((flag, value)) if arg.starts_with("--") => (flag, Some(value.to_owned())),
            _ => flag_with_secret(arg),
        };
        let known = ALIASES.iter().find(|(other, _)| *other == flag);
        let flag = known.map_or(flag, |(_, known)| *known);
        let mut next = || {
            let value = value.clone().or_else(|| args.next().cloned());
            value.ok_or_else(|| flags::lacks_value(flag))
        };
        session.take(flag, &mut next, context)?;
    }
    if let Some(account) = &call.account {
        session.add(("user", context.value(account)));
    }
    for (name, value) in environment(call, context) {
        let entry = match name.as_str() {
            "ASPERA_SCP_TOKEN" => ("token", token_value(&value, context)?),
            "ASPERA_SCP_PASS" => ("password", context.secret(&value, "ssh_password")?),
            "ASPERA_SCP_COOKIE" => ("cookie", context.secret(&value, "cookie")?),
            _ => continue,
        };
        // A flag counts more than a variable.
        if !session.has(entry.0) {
            session.add(entry);
        }
    }
    session.finish(context)
}

/// A flag, and the token or password behind it in the same argument.
fn flag_with_secret(arg: &str) -> (&str, Option<String>) {
    match arg.split_at_checked(2) {
        Some((flag @ ("-W" | "-w"), value)) if !value.is_empty() => (flag, Some(value.to_owned())),
        _ => (arg, None),
    }
}

/// The variables that the command sees: its own, and those that the recipe has set before.
fn environment(call: &ToolCall, context: &mut Context) -> Vec<(String, String)> {
    let mut variables = call.environment.clone();
    for name in ["ASPERA_SCP_TOKEN", "ASPERA_SCP_PASS", "ASPERA_SCP_COOKIE"] {
        let is_given = variables.iter().any(|(given, _)| given == name);
        if !is_given && let Some(word) = context.parameters.set_variable(name) {
            variables.push((name.to_owned(), word));
        }
    }
    variables
}

/// Hides tokens and passwords before anything of the command can be shown.
fn hide_tokens(call: &ToolCall, context: &mut Context) {
    let words = call.values_of(&["-W", "-w", "--token", "--cookie", "--remote-password"]);
    for word in words.flat_map(|value| value.split(' ')) {
        if !word.eq_ignore_ascii_case("basic") && !word.eq_ignore_ascii_case("bearer") {
            context.hide(word);
        }
    }
    for (name, value) in &call.environment {
        if name.starts_with("ASPERA_SCP_") {
            context.hide(value);
        }
    }
}

impl Session {
    fn take(
        &mut self,
        flag: &str,
        next: &mut dyn FnMut() -> Result<String, Untranslated>,
        context: &mut Context,
    ) -> Result<(), Untranslated> {
        if let Some((_, sign)) = FILTERS.iter().find(|(filter, _)| *filter == flag) {
            let rule = format!("{sign}{}", next()?);
            self.filters.push(context.value(&rule));
            return Ok(());
        }
        let entry = match flag {
            "-N" => ("name", context.value(&next()?)),
            "-d" => {
                self.has_folder = true;
                ("local", context.value(&next()?))
            }
            "-r" => {
                self.path = Some(next()?);
                return Ok(());
            }
            "--host" => {
                self.host = Some(next()?);
                return Ok(());
            }
            "--user" => {
                self.user = Some(next()?);
                return Ok(());
            }
            "-W" => ("token", token_value(&next()?, context)?),
            "-w" => ("password", context.secret(&next()?, "ssh_password")?),
            "--cookie" => ("cookie", context.secret(&next()?, "cookie")?),
            "-q" | "-v" => return Ok(()),
            "-A" | "-h" => return Err(Untranslated::needless("it only shows something")),
            "-C" => {
                self.is_continuous = true;
                return Ok(());
            }
            _ => match SYNC_OPTIONS.iter().find(|option| option.flag == flag) {
                Some(option) => (option.name, value_of(option, next, context)?),
                None => return self.lost_folder(flag, context),
            },
        };
        self.add(entry);
        Ok(())
    }

    /// Adds an entry; of two, the last counts, and of keys all.
    fn add(&mut self, (key, value): (&'static str, Expression)) {
        let before = self.entries.iter_mut().find(|(name, _)| *name == key);
        match before {
            Some((_, Expression::List(all))) => all.push(value),
            Some((_, before)) if key == "private_key" => {
                let first = std::mem::replace(before, Expression::Unit);
                *before = Expression::List(vec![first, value]);
            }
            Some((_, before)) => *before = value,
            None => self.entries.push((key, value)),
        }
    }

    /// The remote folder with the host and the user that have flags of their own.
    fn add_remote(&mut self, context: &mut Context) {
        let Some(path) = self.path.take() else {
            return;
        };
        let remote = match (self.user.take(), self.host.take()) {
            (Some(user), Some(host)) => format!("{user}@{host}:{path}"),
            (None, Some(host)) => format!("{host}:{path}"),
            (Some(user), None) => format!("{user}@{path}"),
            (None, None) => path,
        };
        self.add(("remote", context.value(&remote)));
    }

    /// `-images` on a copied page was `-d /images`.
    fn lost_folder(&mut self, flag: &str, context: &mut Context) -> Result<(), Untranslated> {
        let folder = flag
            .strip_prefix('-')
            .filter(|name| !name.starts_with('-') && name.len() > 2);
        let Some(folder) = folder.filter(|_| !self.has_folder) else {
            return Err(Untranslated::comment(format!(
                "its option {flag} is not known"
            )));
        };
        self.has_folder = true;
        context.changed(format!("{flag} is no option: it is taken for -d /{folder}"));
        let folder = context.value(&format!("/{folder}"));
        self.entries.push(("local", folder));
        Ok(())
    }

    fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, _)| *name == key)
    }

    fn finish(mut self, context: &mut Context) -> Result<Statement, Untranslated> {
        self.add_remote(context);
        let first = ["name", "local", "remote"];
        if let Some(key) = first.iter().find(|key| !self.has(key)) {
            return Err(Untranslated::comment(format!("its session has no {key}")));
        }
        let rank = |key: &str| first.iter().position(|one| *one == key);
        self.entries
            .sort_by_key(|(key, _)| rank(key).unwrap_or(first.len()));
        if !self.filters.is_empty() {
            self.entries
                .push(("filters", Expression::List(self.filters)));
        }
        if !self.is_continuous {
            return Ok(call_with_options("sync.run", [], self.entries));
        }
        let (_, name) = self.entries.remove(0);
        context.changed("it becomes a service, which starts with the machine");
        Ok(call_with_options("sync.service", [name], self.entries))
    }
}

fn value_of(
    option: &SyncOption,
    next: &mut dyn FnMut() -> Result<String, Untranslated>,
    context: &mut Context,
) -> Result<Expression, Untranslated> {
    if option.kind == ValueType::Bool {
        return Ok(Expression::Bool(true));
    }
    let value = next()?;
    if value.contains(is_hole) {
        return Ok(context.value(&value));
    }
    Ok(scalar_literal(option.kind.parse(&value), &value))
}
