//! `chmod MODE PATH`, with the mode in octal digits.

use std::io;

use super::{Acts, Program};
use crate::lab::call::Call;
use crate::lab::files::FileTree;
use crate::lab::options::Syntax;

pub(super) const PROGRAM: Program = Program::new("chmod", Acts::Always, run);

const SYNTAX: Syntax = Syntax {
    flags: "Rv",
    values: "",
    long_flags: &[("recursive", "R")],
    long_values: &[],
};

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    let plain = words.plain();
    let Some((mode, paths)) = plain.split_first() else {
        return call.complain(1, "usage: chmod [-R] MODE PATH");
    };
    let Ok(mode) = u32::from_str_radix(mode, 8) else {
        return call.complain(1, format_args!("chmod: invalid mode: '{mode}'"));
    };
    let _turn = call.folder.lock()?;
    let mut files = FileTree::load(&call.folder)?;
    for path in paths {
        let found = if words.has("R") {
            files.tree(path)
        } else {
            vec![(*path).to_owned()]
        };
        for path in &found {
            match files.get_mut(path) {
                Some(place) => place.mode = mode,
                None => {
                    return call
                        .complain(1, format_args!("chmod: {path}: No such file or directory"));
                }
            }
        }
    }
    files.save(&call.folder)?;
    Ok(0)
}
