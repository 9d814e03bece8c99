//! `getent`, `groupadd` and `groupdel` on Linux, `dscl` and `dseditgroup` on macOS: system
//! groups and the members that they list.

use super::output::unknown_format;
use super::{RunReading, macos_accounts, no_command_for, validate};
use crate::fault::Result;
use crate::state::{Group, Platform, State, ValueType};
use crate::step::{Change, Command};

/// A group, as it was read.
pub(super) struct ListedGroup {
    pub(super) gid: u32,
    /// The accounts that it lists; not those whose primary group it is.
    pub(super) members: Vec<String>,
}

pub(super) fn read(
    platform: Platform,
    name: &str,
    run: RunReading<'_>,
) -> Result<Option<ListedGroup>> {
    validate::argument(ValueType::AccountName, "the group", name)?;
    match platform {
        Platform::Linux => read_line(name, run),
        Platform::Macos => read_record(name, run),
    }
}

/// `aspadmins:x:990:asperadaemon,faspex`; exit code 2 if there is none (getent(1)).
fn read_line(name: &str, run: RunReading<'_>) -> Result<Option<ListedGroup>> {
    let subject = format!("group/{name}");
    let command = Command::new("getent").args(["group".to_owned(), name.to_owned()]);
    let output = run(&command)?;
    let line = match (output.code, output.stdout.lines().next()) {
        (Some(0), Some(line)) => line,
        (Some(2), _) => return Ok(None),
        _ => return Err(output.unreadable("getent", &subject)),
    };
    let fields: Vec<&str> = line.split(':').collect();
    let [found, _, gid, members] = fields[..] else {
        return Err(unknown_format("getent", &subject, line));
    };
    // A name of digits finds the group with that number.
    if found != name && name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let gid = gid.parse();
    let members = members.split(',').map(str::trim);
    Ok(Some(ListedGroup {
        gid: gid.map_err(|_| unknown_format("getent", &subject, line))?,
        members: members
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect(),
    }))
}

fn read_record(name: &str, run: RunReading<'_>) -> Result<Option<ListedGroup>> {
    let subject = format!("group/{name}");
    let command = Command::new("dscl")
        .args([".", "-read"])
        .arg(format!("/Groups/{name}"))
        .args(["PrimaryGroupID", "GroupMembership"]);
    let output = run(&command)?;
    if output.code == Some(56) || output.contains("eDSRecordNotFound") {
        return Ok(None);
    }
    if !output.is_success() {
        return Err(output.unreadable("dscl", &subject));
    }
    let mut attributes = macos_accounts::attributes(&output.stdout);
    let gid = attributes
        .get("PrimaryGroupID")
        .and_then(|gid| gid.parse().ok());
    let line = output.first_line().unwrap_or_default();
    let members = attributes.remove("GroupMembership").unwrap_or_default();
    Ok(Some(ListedGroup {
        gid: gid.ok_or_else(|| unknown_format("dscl", &subject, line))?,
        members: members.split_whitespace().map(str::to_owned).collect(),
    }))
}

pub(super) fn commands(platform: Platform, name: &str, change: &Change) -> Result<Vec<Command>> {
    validate::argument(ValueType::AccountName, "the group", name)?;
    let group = match (&change.before, &change.after.state) {
        (State::Absent, State::Group(group)) => Some(group),
        (State::Group(_), State::Absent) => None,
        _ => return Err(no_command_for(change)),
    };
    let command = match platform {
        Platform::Linux => linux_command(group),
        Platform::Macos => macos_command(group),
    };
    Ok(vec![command.arg(name.to_owned())])
}

fn linux_command(new: Option<&Group>) -> Command {
    let Some(group) = new else {
        return Command::new("groupdel");
    };
    let gid = group.gid.map(|gid| ["-g".to_owned(), gid.to_string()]);
    Command::new("groupadd").args(gid.into_iter().flatten())
}

fn macos_command(new: Option<&Group>) -> Command {
    let command = Command::new("dseditgroup").arg("-o");
    let Some(group) = new else {
        return command.arg("delete");
    };
    let gid = group.gid.map(|gid| ["-i".to_owned(), gid.to_string()]);
    command.arg("create").args(gid.into_iter().flatten())
}
