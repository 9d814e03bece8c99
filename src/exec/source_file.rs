//! Files beside a script: those that steps write to a node, and data.

use std::path::Path;

use super::InputKind;
use crate::fault::{Fault, FaultKind, Result, Rule};
use crate::state::is_source_path;

/// Reads the file at a path below the script's folder, which links cannot lead out of.
pub(super) fn read(kind: InputKind, folder: Option<&Path>, path: &str) -> Result<Vec<u8>> {
    let Some(folder) = folder else {
        return Err(
            Fault::refused("there is no folder that the file could be in").hint(
                "a script that is bundled, or sent as text, has no files beside it; pass rows of data as a \
                 parameter of the type `list`",
            ),
        );
    };
    if !is_source_path(path) {
        let message = format!(
            "`{}` is not a path below the script's folder",
            path.escape_debug()
        );
        let below = path.strip_prefix("./").filter(|path| is_source_path(path));
        let hint = match below {
            Some(path) => format!("write it as `{}`", path.escape_debug()),
            None => "write it without `..`, and without a slash first".to_owned(),
        };
        return Err(Fault::script(message).hint(hint));
    }
    let missing = || {
        Fault::refused(format!("there is no file `{}`", path.escape_debug()))
            .hint("put it beside the script; beside a plan to apply that")
            .with_rule(Rule::MissingFile)
    };
    let root = folder.canonicalize().map_err(|_| missing())?;
    let file = root.join(path).canonicalize().map_err(|_| missing())?;
    if !file.starts_with(&root) {
        let message = format!(
            "`{}` is outside of the script's folder",
            path.escape_debug()
        );
        return Err(Fault::script(message));
    }
    if !file.is_file() {
        let message = format!("`{}` is not a regular file", path.escape_debug());
        return Err(Fault::script(message));
    }
    // It is an argument of a call, not of the command line.
    let unreadable = |fault: Fault| {
        fault
            .with_kind(FaultKind::Refused)
            .with_rule(Rule::MissingFile)
    };
    let name = format!("`{}`", path.escape_debug());
    kind.read_as(&file, &name).map_err(unreadable)
}
