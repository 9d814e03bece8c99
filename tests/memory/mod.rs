//! Scripts on a node in memory: what they did, said and failed with, in
//! plain texts.

mod node;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use ascript::exec::{DryRun, Vault, World};
use ascript::fault::Fault;
use ascript::script::{Ceilings, Host, Script, Surroundings};
use ascript::session::Session;
use ascript::state::Platform;
use serde_json::Value as Json;

pub(crate) use node::Given;

/// The name that scripts go by here.
pub(crate) const NAME: &str = "case.rhai";

/// The engine's debug build wants 100 KB for each call of a script.
const STACK: usize = 32 << 20;

/// What a script came to.
#[derive(Debug, Default)]
pub(crate) struct Ran {
    /// Each step as a machine reads it.
    pub(crate) steps: Vec<Json>,
    /// Notes that belong to no step.
    pub(crate) notes: Vec<Json>,
    /// What `print` was given.
    pub(crate) printed: Vec<String>,
    /// What stopped it.
    pub(crate) fault: Option<ReportedFault>,
}

/// A fault, in texts.
#[derive(Clone, Debug)]
pub(crate) struct ReportedFault {
    pub(crate) kind: String,
    pub(crate) message: String,
    pub(crate) hints: Vec<String>,
    pub(crate) at: String,
    /// The calls that led there, innermost first.
    pub(crate) frames: Vec<String>,
}

impl From<Fault> for ReportedFault {
    fn from(fault: Fault) -> Self {
        let frames = fault.calls().iter().map(ToString::to_string);
        Self {
            kind: fault.kind().name().to_owned(),
            message: fault.message().to_owned(),
            hints: fault.hints().to_vec(),
            at: fault
                .location()
                .map(ToString::to_string)
                .unwrap_or_default(),
            frames: frames.collect(),
        }
    }
}

/// Runs a script on that node; its modules are in `folder`.
pub(crate) fn run(text: &str, given: Given, folder: Option<PathBuf>) -> Ran {
    on_a_thread(text, given, folder, false, unmeasured())
}

/// Runs a script that somebody has already asked to stop.
pub(crate) fn stopped(text: &str) -> Ran {
    let given = Given::blank(Platform::Linux);
    on_a_thread(text, given, None, true, unmeasured())
}

/// Runs a script with these limits.
pub(crate) fn measured(text: &str, ceilings: Ceilings) -> Ran {
    let given = Given::blank(Platform::Linux);
    on_a_thread(text, given, None, false, ceilings)
}

/// The limits of a run, without that of memory: tests of other threads allocate as well.
pub(crate) fn unmeasured() -> Ceilings {
    Ceilings {
        allocated: || 0,
        ..Ceilings::default()
    }
}

fn on_a_thread(
    text: &str,
    given: Given,
    folder: Option<PathBuf>,
    is_stopped: bool,
    ceilings: Ceilings,
) -> Ran {
    let script = move |text: String| Script {
        name: NAME.to_owned(),
        text: text.into(),
        folder,
    };
    let text = text.to_owned();
    let work = move || play(script(text), given, is_stopped, ceilings);
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work);
    thread.unwrap().join().expect("no script makes it panic")
}

fn play(script: Script, given: Given, is_stopped: bool, ceilings: Ceilings) -> Ran {
    let printed = Rc::new(RefCell::new(Vec::new()));
    let sink = Rc::clone(&printed);
    let surroundings = Surroundings {
        print: Box::new(move |text| sink.borrow_mut().push(text.to_owned())),
        is_stopped: Box::new(move || is_stopped),
        ceilings,
    };
    let mut ran = match Host::new(script, surroundings) {
        Ok(host) => perform(host, given),
        Err(fault) => Ran {
            fault: Some(fault.into()),
            ..Ran::default()
        },
    };
    ran.printed = printed.take();
    ran
}

/// That node, with the secrets of a vault.
pub(crate) fn world(given: Given, vault: Rc<RefCell<Vault>>) -> World {
    World::new(given.source(), vault)
}

/// A session of dry runs on that node.
pub(crate) fn session(given: Given) -> Session {
    let vault = Rc::new(RefCell::new(Vault::unattended()));
    Session::new(Box::new(DryRun::new(world(given, vault))))
}

fn perform(mut host: Host, given: Given) -> Ran {
    let session = session(given);
    let params = match host.declared().values(&BTreeMap::new()) {
        Ok(params) => params,
        Err(fault) => {
            let fault = Some(fault.into());
            return Ran {
                fault,
                ..Ran::default()
            };
        }
    };
    let (session, outcome) = host.run(session, &params);
    let (run, _) = match outcome {
        Ok(()) => session.finish(),
        Err(_) => session.end(),
    };
    Ran {
        steps: run.steps.iter().map(json).collect(),
        notes: run.advisories.iter().map(json).collect(),
        printed: Vec::new(),
        fault: outcome.err().map(ReportedFault::from),
    }
}

fn json(shown: impl serde::Serialize) -> Json {
    serde_json::to_value(shown).unwrap()
}
