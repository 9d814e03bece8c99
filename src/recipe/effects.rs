//! What a command makes, changes or removes.

use super::accounts;
use super::context::ToolCall;
use super::parameters::is_hole;
use super::written::{fed_text, written_text};

/// A thing of the node, by its name or path.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Thing {
    Account(String),
    Group(String),
    Path(String),
    Line { file: String, line: String },
}

impl Thing {
    pub(super) fn path(path: &str) -> Self {
        Self::Path(path.trim_end_matches('/').to_owned())
    }
}

/// What a command does to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ThingEffect {
    Makes,
    Changes,
    Removes,
}

/// The one thing that a command is about; none if it may be about several.
pub(super) fn effect(call: &ToolCall) -> Option<(ThingEffect, Thing)> {
    use ThingEffect::{Changes, Makes, Removes};
    let last = || call.args.last().cloned();
    let path = || last().map(|path| Thing::path(&path));
    match call.program.as_str() {
        "useradd" | "adduser" => Some((Makes, Thing::Account(accounts::named(call)?))),
        "usermod" | "passwd" | "chage" => Some((Changes, Thing::Account(last()?))),
        "userdel" | "deluser" => Some((Removes, Thing::Account(last()?))),
        "groupadd" | "addgroup" => Some((Makes, Thing::Group(last()?))),
        "mkdir" if operands(call, &["-m", "--mode"]) == 1 => Some((Makes, path()?)),
        "install" if operands(call, &["-o", "-g", "-m"]) == 1 => Some((Makes, path()?)),
        "rm" if operands(call, &[]) == 1 => Some((Removes, path()?)),
        "chown" | "chmod" | "chgrp" if operands(call, &[]) == 2 => Some((Changes, path()?)),
        "chpasswd" => {
            let text = fed_text(call)?;
            let (name, _) = text.split_once(':')?;
            Some((Changes, Thing::Account(name.to_owned())))
        }
        "sysadminctl" => {
            let name = |flag: &'static str| call.values_of(&[flag]).next().map(str::to_owned);
            let made = name("-addUser").map(|name| (Makes, Thing::Account(name)));
            made.or_else(|| Some((Removes, Thing::Account(name("-deleteUser")?))))
        }
        "dscl" => {
            let path = call.values_of(&["-create"]).next()?;
            let name = path.strip_prefix("/Users/")?;
            Some((Makes, Thing::Account(name.to_owned())))
        }
        "dseditgroup" if call.values_of(&["-o"]).eq(["create"]) => {
            Some((Makes, Thing::Group(last()?)))
        }
        "tee" if call.args.first().is_some_and(|flag| flag == "-a") => {
            let (file, line) = (last()?, fed_text(call)?);
            Some((Makes, Thing::Line { file, line }))
        }
        "echo" | "printf" if call.appends => {
            let (file, line) = (call.output.clone()?, written_text(call)?);
            let line = line.trim_end_matches('\n').to_owned();
            Some((Makes, Thing::Line { file, line }))
        }
        _ => None,
    }
}

/// How many arguments are neither flags nor the values of those that have one.
fn operands(call: &ToolCall, valued: &[&str]) -> usize {
    let is_operand = |arg: &&String| !arg.starts_with('-') || arg.starts_with(is_hole);
    let operands = call.args.iter().filter(is_operand).count();
    operands.saturating_sub(call.values_of(valued).count())
}
