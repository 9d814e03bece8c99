//! `ascript file`: the program that steps run to write and remove files. People call `file.ensure`
//! and `file.remove` in a script instead.

use std::io::Read as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use nix::unistd::{Group, User};

use crate::exec::{FileOwner, MachineFile};
use crate::fault::{Fault, FaultKind, Result, reason};
use crate::state::{MAX_FILE, with_line, without_line};
use crate::tools::content_head;

use super::output::OutputOptions;

/// Writes and removes files
#[derive(Args)]
#[command(hide = true)]
pub(super) struct FileArgs {
    /// What to do; `write` reads the content from standard input
    verb: Verb,
    /// The account that owns it
    #[arg(long, default_value = "root")]
    owner: String,
    /// Its group; if not given, it stays as it is
    #[arg(long)]
    group: Option<String>,
    /// Its permission bits
    #[arg(long, default_value = "644")]
    mode: String,
    /// How the line starts that is set or removed
    #[arg(long, default_value = "")]
    start: String,
    /// Whether the file was made for the line, so that it is removed once it is empty
    #[arg(long)]
    new_file: bool,
    /// The path
    path: PathBuf,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Verb {
    Write,
    Remove,
    SetLine,
    RemoveLine,
}

impl FileArgs {
    pub(super) fn execute(&self, _: &OutputOptions) -> Result<u8> {
        match self.verb {
            Verb::Write => {
                let content = given_content()?;
                let wanted = FileOwner {
                    uid: account(&self.owner)?,
                    gid: self.group.as_deref().map(group).transpose()?,
                    mode: bits(&self.mode)?,
                };
                MachineFile::create(&self.path)?.replace(&content, &wanted)?;
            }
            Verb::SetLine => {
                let line = text(given_content()?)?;
                let mut file = MachineFile::create(&self.path)?;
                let before = text(file.read()?.unwrap_or_default())?;
                file.edit(with_line(&before, &self.start, &line).as_bytes())?;
            }
            Verb::RemoveLine => {
                if let Some(mut file) = MachineFile::open(&self.path)? {
                    let before = text(file.read()?.unwrap_or_default())?;
                    let rest = without_line(&before, &self.start);
                    if rest.is_empty() && self.new_file {
                        file.remove()?;
                    } else {
                        file.edit(rest.as_bytes())?;
                    }
                }
            }
            Verb::Remove => {
                if let Some(file) = MachineFile::open(&self.path)? {
                    file.remove()?;
                }
            }
        }
        Ok(0)
    }
}

/// The longest head of a content on standard input.
const MAX_HEAD: u64 = 20;

/// Reads a content from standard input, which follows its length.
pub(super) fn given_content() -> Result<Vec<u8>> {
    let mut input = Vec::new();
    let limit = MAX_HEAD + MAX_FILE + 1;
    let read = std::io::stdin().take(limit).read_to_end(&mut input);
    let end_of_head = input.iter().position(|byte| *byte == b'\n');
    let content = input.split_off(end_of_head.map_or(input.len(), |end| end + 1));
    if content.len() as u64 > MAX_FILE {
        return Err(Fault::usage("the content is larger than 1 MiB"));
    }
    if read.is_err() || input != content_head(content.len()).as_bytes() {
        return Err(Fault::usage("the content on standard input is cut off"));
    }
    Ok(content)
}

fn text(bytes: Vec<u8>) -> Result<String> {
    let text = String::from_utf8(bytes);
    text.map_err(|_| Fault::refused("the file is not UTF-8 text, which has lines"))
}

fn account(name: &str) -> Result<u32> {
    let found = User::from_name(name).map_err(|cause| unknown("account", name, cause))?;
    found.map_or_else(|| Err(no("account", name)), |user| Ok(user.uid.as_raw()))
}

fn group(name: &str) -> Result<u32> {
    let found = Group::from_name(name).map_err(|cause| unknown("group", name, cause))?;
    found.map_or_else(|| Err(no("group", name)), |group| Ok(group.gid.as_raw()))
}

fn no(noun: &str, name: &str) -> Fault {
    Fault::new(FaultKind::Unknown, format!("there is no {noun} `{name}`"))
}

fn unknown(noun: &str, name: &str, cause: nix::errno::Errno) -> Fault {
    no(noun, name).hint(format!("the system says: {}", reason(&cause.into())))
}

fn bits(mode: &str) -> Result<u32> {
    u32::from_str_radix(mode, 8)
        .ok()
        .filter(|bits| *bits <= 0o7777)
        .ok_or_else(|| Fault::usage(format!("`{mode}` is not a mode in octal")))
}
