//! `service.*`: the product's background services.

use std::rc::Rc;

use crate::facts::{Draft, Facts};
use crate::fault::Result;
use crate::state::Subject;
use crate::tools;

use super::{Args, Binding, Key, Made, advice};

const NAME: Key<Rc<str>> = Key::name(
    "name",
    "Its short name: `asperanoded`, `asperahttpd`, `asperacentral`; its launchd label or systemd unit also works.",
);

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "service.refresh",
        doc: "Restarts a service unless it has loaded aspera.conf as it is now.\n\nIf a run stops between a change and its restart, the next run restarts the service. Before the restart, `asuserdata -v` must accept aspera.conf.",
        params: &[NAME.param],
        example: r#"service.refresh("asperahttpd");"#,
        source: "IBM Aspera Faspex, Setting Up an OS X Node, step 4; Configuring the NodeD service",
        make: refresh,
    },
    Binding {
        name: "service.restart",
        doc: "Restarts a service, whether or not it has loaded aspera.conf.\n\n`service.refresh` does so only where it is needed.",
        params: &[NAME.param],
        example: r#"service.restart("asperanoded");"#,
        source: "launchctl(1), systemctl(1)",
        make: restart,
    },
    Binding {
        name: "service.status",
        doc: "Returns whether a service runs, and whether it has loaded aspera.conf as it is now: `.running .current`; `()` if the node has no such service.",
        params: &[NAME.param],
        example: r#"service.status("asperacentral")"#,
        source: "launchctl(1), systemctl(1)",
        make: |args, facts| Made::answer(facts.read(&Subject::Service(short_name(args, facts)))?),
    },
];

/// Guides name a service by its label; states and settings use the short name.
fn short_name(args: &Args, facts: &Facts<'_>) -> Rc<str> {
    tools::short_name(facts.platform(), &args.get(&NAME)).into()
}

fn refresh(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = short_name(args, facts);
    let draft = facts.refresh(&name)?;
    Ok(advise(draft, &name).made())
}

fn restart(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = short_name(args, facts);
    let mut draft = facts.refresh(&name)?;
    if draft.is_settled() {
        draft.commands = tools::restart(facts.platform(), &name)?;
    }
    Ok(advise(draft, &name).made())
}

fn advise(draft: Draft, name: &str) -> Draft {
    let note = (!draft.is_settled()).then(|| advice::restart_cuts_transfers(name));
    draft.advise(note.flatten())
}
