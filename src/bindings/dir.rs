//! `dir.*`: folders such as a docroot.

use crate::facts::Facts;
use crate::fault::{Fault, Result};
use crate::state::{Dir, State, Subject};

use super::{Args, Binding, Made, Param, Type};

pub(super) const BINDINGS: &[Binding] = &[Binding {
    name: "dir.ensure",
    doc: "Makes a folder, or gives one this owner and mode.\n\nFolders above it are made if need be. What lies in it is left alone.",
    params: &[
        Param::required("path", Type::Path, "Absolute path of the folder."),
        Param::optional(
            "options",
            Type::Options(&[
                Param::optional("owner", Type::Name, "Account that owns it.")
                    .default("root for a new folder"),
                Param::optional(
                    "mode",
                    Type::Text,
                    "Permission bits in octal, as chmod takes them.",
                )
                .default("755 for a new folder"),
            ]),
            "Owner and mode.",
        ),
    ],
    example: r#"dir.ensure("/srv/faspex", #{ owner: "faspex", mode: "750" });"#,
    source: "IBM Aspera Faspex 4.4, node guide; install(1), stat(1)",
    make: ensure,
}];

fn ensure(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let path = args.required("path");
    let subject = Subject::Dir(path.trim_end_matches('/').into());
    if subject == Subject::Dir("".into()) {
        return Err(
            Fault::script("the root folder is not a script's to change").in_argument("path")
        );
    }
    let mut wanted = if let State::Dir(dir) = facts.read(&subject)? {
        dir
    } else {
        let fresh = Dir {
            owner: "root".to_owned(),
            mode: "755".to_owned(),
        };
        fresh.into()
    };
    if let Some(owner) = args.text("owner") {
        owner.clone_into(&mut wanted.owner);
    }
    if let Some(mode) = args.text("mode") {
        wanted.mode = octal(mode).map_err(|fault| fault.in_argument("mode"))?;
    }
    Ok(facts.change(vec![(subject, State::Dir(wanted))])?.made())
}

/// As stat(1) prints it: without leading zeros.
fn octal(mode: &str) -> Result<String> {
    let bits = u32::from_str_radix(mode, 8)
        .ok()
        .filter(|bits| *bits <= 0o7777);
    match bits {
        Some(bits) => Ok(format!("{bits:o}")),
        None => Err(
            Fault::script(format!("`{}` is not a mode", mode.escape_debug()))
                .hint("write octal digits, such as \"750\""),
        ),
    }
}
