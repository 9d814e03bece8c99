//! `rmdir`: removes empty folders.

use std::io;

use super::{Acts, Program};
use crate::lab::call::Call;
use crate::lab::files::{FileTree, clean};
use crate::lab::options::Syntax;

pub(super) const PROGRAM: Program = Program::new("rmdir", Acts::Always, run);

const SYNTAX: Syntax = Syntax {
    flags: "v",
    values: "",
    long_flags: &[],
    long_values: &[],
};

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    let _turn = call.folder.lock()?;
    let mut files = FileTree::load(&call.folder)?;
    for path in words.plain() {
        let reason = match files.0.get(&clean(path)) {
            None => "No such file or directory",
            Some(place) if !place.is_dir => "Not a directory",
            Some(_) if files.tree(path).len() > 1 => "Directory not empty",
            Some(_) => {
                files.remove_tree(path);
                continue;
            }
        };
        return call.complain(1, format_args!("rmdir: {path}: {reason}"));
    }
    files.save(&call.folder)?;
    Ok(0)
}
