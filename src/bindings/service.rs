//! `service.*`: the product's background services.

use std::rc::Rc;

use crate::facts::{Draft, Facts};
use crate::fault::Result;
use crate::state::Subject;
use crate::tools;

use super::{Args, Binding, Made, Param, Type, advice};

const NAME: Param = Param::required(
    "name",
    Type::Name,
    "Its short name: `asperanoded`, `asperahttpd`, `asperacentral`; a label or a unit will do.",
);

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "service.refresh",
        doc: "Restarts a service unless it runs with aspera.conf as it is now.\n\nA run that was cut off between a change and its restart is made good by the next one. Before the restart, `asuserdata -v` must accept aspera.conf.",
        params: &[NAME],
        example: r#"service.refresh("asperahttpd");"#,
        source: "IBM Aspera Faspex, Setting Up an OS X Node, step 4; Configuring the NodeD service",
        make: refresh,
    },
    Binding {
        name: "service.restart",
        doc: "Restarts a service, whatever it has loaded.\n\n`service.refresh` does so only where it is needed.",
        params: &[NAME],
        example: r#"service.restart("asperanoded");"#,
        source: "launchctl(1), systemctl(1)",
        make: restart,
    },
    Binding {
        name: "service.status",
        doc: "Whether a service runs, and whether it has loaded aspera.conf as it is: `.running .current`; nothing if the node has no such service.",
        params: &[NAME],
        example: r#"service.status("asperacentral")"#,
        source: "launchctl(1), systemctl(1)",
        make: |args, facts| Made::answer(facts.read(&Subject::Service(name(args, facts)))?),
    },
];

/// Guides call a service by its label; records and settings know one name.
fn name(args: &Args, facts: &Facts<'_>) -> Rc<str> {
    tools::short_name(facts.platform(), &args.required("name")).into()
}

fn refresh(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = name(args, facts);
    let draft = facts.refresh(&name)?;
    Ok(noted(draft, &name).made())
}

fn restart(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let name = name(args, facts);
    let mut draft = facts.refresh(&name)?;
    if draft.is_settled() {
        draft.commands = tools::restart(facts.platform(), &name)?;
    }
    Ok(noted(draft, &name).made())
}

fn noted(draft: Draft, name: &str) -> Draft {
    let note = (!draft.is_settled()).then(|| advice::restart_cuts_transfers(name));
    draft.advise(note.flatten())
}
