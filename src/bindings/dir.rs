//! `dir.*`: folders such as a docroot.

use std::rc::Rc;

use crate::facts::Facts;
use crate::fault::{FaultKind, Result};
use crate::state::{Dir, State, Subject, ValueType};
use crate::tools;

use super::{Args, Binding, Key, Made, Param, docroot, group};

const PATH: Key<Rc<str>> = Key::text("path", ValueType::Path, "Absolute path of the folder.");
const OWNER: Key<Option<Rc<str>>> = Key::name("owner", "Account that owns it.")
    .optional()
    .default("root for a new folder");
const GROUP: Key<Option<Rc<str>>> =
    Key::text("group", ValueType::AccountName, "Group that it belongs to.")
        .optional()
        .default("what the system gives a new folder");
const MODE: Key<Option<Rc<str>>> = Key::text("mode", ValueType::Octal, "Permission bits in octal.")
    .optional()
    .default("755 for a new folder");

pub(super) const BINDINGS: &[Binding] = &[Binding {
    name: "dir.ensure",
    doc: "Creates a folder, or gives a folder this owner, group and mode.\n\nParent folders are created if they are missing. The folder's content does not change.",
    params: &[
        PATH.param,
        Param::options(
            &[OWNER.param, GROUP.param, MODE.param],
            "Owner, group and mode.",
        ),
    ],
    example: r#"dir.ensure("/srv/faspex", #{ owner: "faspex", mode: "750" });"#,
    source: "IBM Aspera Faspex 4.4, node guide; install(1), stat(1)",
    make: ensure,
}];

fn ensure(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let path = tools::plain_path("folder", &args.get(&PATH)).map_err(|fault| {
        let fault = fault.with_kind(FaultKind::Script);
        fault.in_argument("path")
    })?;
    let subject = Subject::Dir(path.as_str().into());
    let mut wanted = if let State::Dir(dir) = facts.read(&subject)? {
        dir
    } else {
        Dir::fresh().into()
    };
    if let Some(owner) = args.get(&OWNER) {
        wanted.owner = owner.to_string();
    }
    if let Some(group) = args.get(&GROUP) {
        wanted.group = Some(group.to_string());
    }
    if let Some(mode) = args.get(&MODE) {
        wanted.mode = as_printed(&mode);
    }
    let draft = facts.change(vec![(subject.clone(), State::Dir(wanted))])?;
    if !draft.is_settled() {
        group::refuse_unknown_owner(facts, args.get(&OWNER).as_ref(), args.get(&GROUP).as_ref())?;
    }
    let note = docroot::home_on_macos(&path, facts.platform()).filter(|_| !draft.is_settled());
    Ok(draft.advise(note.map(|note| note.about(subject))).made())
}

/// Permission bits as stat(1) prints them: without leading zeros.
pub(super) fn as_printed(mode: &str) -> String {
    let bits = mode.trim_start_matches('0');
    if bits.is_empty() { "0" } else { bits }.to_owned()
}
