//! Folders: `mkdir`, `install -d`, `chown`, `chgrp`, `chmod`; and the key of transfers with a token.

use super::context::{Context, ToolCall, Translated, Untranslated};
use super::flags::{self, switch, valued};
use super::parameters::is_hole;
use super::statement::{call_with_options, function_call};
use crate::script_text::{Expression, Statement};

/// The files with the key with which Aspera clients log in.
const TOKEN_KEYS: &[&str] = &["aspera_tokenauth_id_rsa.pub", "aspera_id_dsa.pub"];

/// Refuses a path that starts neither at the root nor with a variable.
pub(super) fn require_absolute(path: &str) -> Result<(), Untranslated> {
    if path.starts_with(|c: char| c == '/' || is_hole(c)) {
        return Ok(());
    }
    Err(Untranslated::comment(
        "its path is relative to a folder that is not known",
    ))
}

fn ensure(
    path: &str,
    options: Vec<(&str, Expression)>,
    context: &mut Context,
) -> Result<Statement, Untranslated> {
    require_absolute(path)?;
    context.parameters.give_type(path, "path");
    let path = path.trim_end_matches('/');
    // Missing parents are made too.
    let folders = path
        .match_indices('/')
        .map(|(at, _)| &path[..at])
        .chain([path]);
    let folders = folders.filter(|folder| folder.len() > 1);
    context.folders.extend(folders.map(str::to_owned));
    let path = context.value(path);
    Ok(call_with_options("dir.ensure", [path], options))
}

fn ensure_all(
    paths: &[String],
    options: &[(&'static str, Expression)],
    context: &mut Context,
) -> Translated {
    let paths = paths.iter();
    paths
        .map(|path| ensure(path, options.to_vec(), context))
        .collect()
}

/// Permission bits, as `dir.ensure` takes them.
fn mode(mode: &str, context: &mut Context) -> Result<Expression, Untranslated> {
    let digits = mode.trim_start_matches('0');
    let is_octal = !digits.is_empty() && digits.chars().all(|c| ('0'..='7').contains(&c));
    if is_octal {
        return Ok(Expression::from(digits));
    }
    if mode.contains(is_hole) {
        return Ok(context.value(mode));
    }
    Err(Untranslated::comment("its mode is not in octal"))
}

/// `mkdir -p PATH`.
pub(super) fn mkdir(call: &ToolCall, context: &mut Context) -> Translated {
    let table = [
        switch(&["-p", "--parents"]),
        switch(&["-v"]),
        valued(&["-m", "--mode"]),
    ];
    let parsed = flags::parse(&call.args, &table)?;
    let mut options = Vec::new();
    if let Some(bits) = parsed.get("-m") {
        options.push(("mode", mode(bits, context)?));
    }
    ensure_all(&parsed.operands, &options, context)
}

/// `install -d -o OWNER -g GROUP -m MODE PATH`.
pub(super) fn install(call: &ToolCall, context: &mut Context) -> Translated {
    let table = [
        switch(&["-d", "--directory"]),
        switch(&["-v"]),
        switch(&["-D"]),
        valued(&["-o", "--owner"]),
        valued(&["-g", "--group"]),
        valued(&["-m", "--mode"]),
    ];
    let parsed = flags::parse(&call.args, &table)?;
    let options = ownership(&parsed, context)?;
    ensure_all(&parsed.operands, &options, context)
}

/// Owner, group and mode of what `install` makes.
pub(super) fn ownership(
    parsed: &flags::ParsedFlags,
    context: &mut Context,
) -> Result<Vec<(&'static str, Expression)>, Untranslated> {
    let mut options = Vec::new();
    for (flag, key) in [("-o", "owner"), ("-g", "group")] {
        if let Some(value) = parsed.get(flag) {
            options.push((key, context.value(value)));
        }
    }
    if let Some(bits) = parsed.get("-m") {
        options.push(("mode", mode(bits, context)?));
    }
    Ok(options)
}

/// `chown OWNER:GROUP PATH` and `chgrp GROUP PATH`.
pub(super) fn chown(call: &ToolCall, context: &mut Context) -> Translated {
    let table = [
        switch(&["-R", "--recursive"]),
        switch(&["-h"]),
        switch(&["-v"]),
    ];
    let parsed = flags::parse(&call.args, &table)?;
    let Some((spec, paths)) = parsed.operands.split_first() else {
        return Err(Untranslated::comment("it names no owner"));
    };
    let (owner, group) = match spec.split_once([':', '.']) {
        Some((owner, group)) => (owner, group),
        None if call.program == "chgrp" => ("", spec.as_str()),
        None => (spec.as_str(), ""),
    };
    let mut options = Vec::new();
    for (key, value) in [("owner", owner), ("group", group)] {
        if value.chars().all(|c| c.is_ascii_digit()) && !value.is_empty() {
            return Err(Untranslated::comment("it names an owner by a number"));
        }
        if !value.is_empty() {
            options.push((key, context.value(value)));
        }
    }
    change(paths, &options, parsed.has("-R"), context)
}

/// `chmod 750 PATH`.
pub(super) fn chmod(call: &ToolCall, context: &mut Context) -> Translated {
    let table = [switch(&["-R", "--recursive"]), switch(&["-v"])];
    let parsed = flags::parse(&call.args, &table)?;
    let Some((bits, paths)) = parsed.operands.split_first() else {
        return Err(Untranslated::comment("it names no mode"));
    };
    if paths.iter().all(|path| is_of_keys(path)) {
        return Err(of_keys());
    }
    let options = [("mode", mode(bits, context)?)];
    change(paths, &options, parsed.has("-R"), context)
}

/// Changes folders, or files that the recipe has just written.
fn change(
    paths: &[String],
    options: &[(&'static str, Expression)],
    is_recursive: bool,
    context: &mut Context,
) -> Translated {
    if paths.iter().all(|path| is_of_keys(path)) {
        return Err(of_keys());
    }
    if paths
        .iter()
        .all(|path| context.written_before.contains(path))
    {
        // It becomes a part of the call that writes the file.
        context.written.extend_from_slice(paths);
        let paths = paths.iter().map(|path| {
            let path = context.value(path);
            call_with_options("file.ensure", [path], options.to_vec())
        });
        return Ok(paths.collect());
    }
    let is_folder = |path: &String| context.folders.contains(path.trim_end_matches('/'));
    if !paths.iter().all(is_folder) {
        return Err(Untranslated::comment(
            "it is not known whether its path is a folder: write dir.ensure or file.ensure",
        ));
    }
    if is_recursive {
        context.changed("only the folder itself changes, not its content");
    }
    ensure_all(paths, options, context)
}

fn is_of_keys(path: &str) -> bool {
    path.trim_end_matches('/').ends_with("/.ssh") || path.ends_with("/.ssh/authorized_keys")
}

fn of_keys() -> Untranslated {
    Untranslated::needless("ssh.authorize sets owner and mode of the keys")
}

/// `cat …/aspera_tokenauth_id_rsa.pub >> /home/NAME/.ssh/authorized_keys`.
pub(super) fn token_key(call: &ToolCall, context: &mut Context) -> Option<Translated> {
    let has_key = call
        .args
        .iter()
        .any(|arg| TOKEN_KEYS.iter().any(|key| arg.ends_with(key)));
    let target = call.output.as_ref().or(call.args.last())?;
    let home = target
        .strip_suffix("/.ssh/authorized_keys")
        .or_else(|| target.trim_end_matches('/').strip_suffix("/.ssh"))?;
    let user = home
        .rsplit('/')
        .next()
        .filter(|user| has_key && !user.is_empty())?;
    context.parameters.give_type(user, "name");
    Some(Ok(vec![function_call(
        "ssh.authorize",
        [context.value(user)],
    )]))
}
