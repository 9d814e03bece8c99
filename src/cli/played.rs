//! A script with its parameters, ready to be played.

use std::io::Read as _;
use std::rc::Rc;

use crate::bindings::Params;
use crate::exec::StopFlag;
use crate::fault::{Fault, Result, reason};
use crate::run::ScriptId;
use crate::script::{Host, Script, Surroundings};
use crate::session::Session;
use crate::state::Platform;

use super::common::{ParamArgs, ScriptsArg};
use super::output::{self, OutputOptions};
use super::runner::Steps;

/// A compiled script and the values of its parameters.
pub(super) struct Played {
    host: Host,
    params: Params,
}

impl Played {
    /// The script of that name with what was given; or the exit code, where
    /// its text is wrong and that has been said.
    pub(super) fn open(
        name: &str,
        scripts: &ScriptsArg,
        params: &ParamArgs,
        stop: &StopFlag,
        look: &OutputOptions,
    ) -> Result<std::result::Result<Self, u8>> {
        let script = find(name, scripts)?;
        let (file, text) = (script.short_name().to_owned(), Rc::clone(&script.text));
        let given = params.given()?;
        let opened = Host::new(script, surroundings(stop)).and_then(|host| {
            let params = host.declared().values(&given)?;
            Ok(Self { host, params })
        });
        Ok(opened.map_err(|fault| {
            look.complain(&fault, &|name| (name == file).then(|| Rc::clone(&text)));
            fault.kind().exit_code()
        }))
    }

    /// The platform it is for.
    pub(super) fn platform(&self) -> Option<Platform> {
        self.host.declared().platform
    }
}

/// What a script's `print` and its loops meet outside.
fn surroundings(stop: &StopFlag) -> Surroundings {
    let stop = stop.clone();
    Surroundings {
        print: Box::new(output::say),
        is_stopped: Box::new(move || stop.is_requested()),
    }
}

fn find(name: &str, scripts: &ScriptsArg) -> Result<Script> {
    if name != "-" {
        return Script::find(name, scripts.scripts.as_deref());
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Fault::usage(format!("cannot read standard input: {}", reason(&error))))?;
    Ok(Script::piped(text))
}

impl Steps for Played {
    fn play(&mut self, session: Session) -> (Session, Result<()>) {
        self.host.run(session, &self.params)
    }

    fn play_last(&mut self, session: Session) -> (Session, Result<()>) {
        let played = self.play(session);
        self.host.free_statements();
        played
    }

    fn script(&self) -> ScriptId {
        ScriptId {
            name: self.host.script().short_name().to_owned(),
            digest: self.host.script().digest(),
        }
    }

    fn params(&self) -> Params {
        self.params.clone()
    }

    fn source(&self, name: &str) -> Option<Rc<str>> {
        self.host.source(name)
    }
}
