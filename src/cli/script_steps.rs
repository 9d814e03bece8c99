//! The steps of a script, with values for its parameters.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::exec::{InputKind, StopFlag, is_stdin};
use crate::fault::Result;
use crate::run::ScriptId;
use crate::script::{Ceilings, Host, Script, Surroundings};
use crate::session::Session;
use crate::state::Platform;
use crate::step::Params;

use super::common::{ParamArgs, ScriptsArg};
use super::output::{self, OutputOptions};
use super::step_source::StepSource;

/// A compiled script and the values of its parameters.
pub(super) struct ScriptSteps {
    host: Host,
    params: Params,
    params_files: Vec<PathBuf>,
}

impl ScriptSteps {
    /// Compiles the script of that name, with the parameters given. Returns the
    /// exit code where the script is wrong and the fault was already printed.
    pub(super) fn open(
        name: &str,
        scripts: &ScriptsArg,
        params: &ParamArgs,
        stop: &StopFlag,
        output: &OutputOptions,
    ) -> Result<std::result::Result<Self, u8>> {
        let script = stop.while_waiting(|| find(name, scripts))?;
        let (file, text) = (script.short_name().to_owned(), Rc::clone(&script.text));
        let opened = stop.while_waiting(|| {
            let host = Host::new(script, surroundings(stop))?;
            let given = params.given(host.declared())?;
            let mut params_files = params.files().to_vec();
            params_files.extend(host.declared().files(&given));
            let params = host.declared().values(&given)?;
            Ok(Self {
                host,
                params,
                params_files,
            })
        });
        Ok(opened.map_err(|fault| {
            output.complain(&fault, &|name| (name == file).then(|| Rc::clone(&text)));
            fault.kind().exit_code()
        }))
    }

    /// The platform the script is for.
    pub(super) fn platform(&self) -> Option<Platform> {
        self.host.declared().platform
    }
}

/// What the script's `print` writes to, and what interrupts it.
fn surroundings(stop: &StopFlag) -> Surroundings {
    let stop = stop.clone();
    Surroundings {
        print: Box::new(output::say),
        is_stopped: Box::new(move || stop.is_requested()),
        ceilings: Ceilings::default(),
    }
}

fn find(name: &str, scripts: &ScriptsArg) -> Result<Script> {
    if !is_stdin(Path::new(name)) {
        return Script::find(name, scripts.scripts.as_deref());
    }
    let text = scripts.input.read_text(InputKind::SCRIPT)?;
    Ok(Script::piped(text))
}

impl StepSource for ScriptSteps {
    fn run(&mut self, session: Session) -> (Session, Result<()>) {
        self.host.run(session, &self.params)
    }

    // The syntax tree of 10,000 calls takes as much memory as their report, which
    // then reuses it: see `10000 calls` of benches/preview.
    fn release(&mut self) {
        self.host.free_statements();
    }

    fn script_id(&self) -> ScriptId {
        ScriptId {
            name: self.host.script().short_name().to_owned(),
            digest: self.host.script().digest(),
        }
    }

    fn params(&self) -> Params {
        self.params.clone()
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut files = self.host.files();
        files.extend(self.params_files.iter().cloned());
        files
    }

    fn source_text(&self, name: &str) -> Option<Rc<str>> {
        self.host.source(name)
    }
}
