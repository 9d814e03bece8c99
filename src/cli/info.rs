//! `ascript info`: what a script does, what it takes, what it touches.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clap::Args;

use crate::bindings::Value;
use crate::fault::Result;
use crate::script::{Host, ParamSpec, ParamType, Script, Surroundings};

use super::common::ScriptsArg;
use super::output::Look;

/// Tells what a script does, without running it
#[derive(Args)]
pub(super) struct Info {
    /// A bundled script's name or a path
    script: String,
    #[command(flatten)]
    scripts: ScriptsArg,
}

impl Info {
    pub(super) fn execute(&self, look: &Look) -> Result<u8> {
        let script = Script::find(&self.script, self.scripts.scripts.as_deref())?;
        let (name, source) = (script.short_name().to_owned(), script.text.clone());
        let host = match Host::new(script, Surroundings::none()) {
            Ok(host) => host,
            Err(fault) => {
                look.complain(&fault, &|file| (file == name).then(|| source.clone()));
                return Ok(fault.kind().exit_code());
            }
        };
        look.page(&described(&host))?;
        Ok(0)
    }
}

fn described(host: &Host) -> String {
    let script = host.script();
    let declared = host.declared();
    let mut text = format!("{}\n\n", script.short_name());
    for line in script.purpose().lines() {
        let _ = writeln!(text, "{line}");
    }
    if let Some(platform) = declared.platform {
        let _ = writeln!(text, "\nPlatform: {platform}");
    }
    if !declared.params.is_empty() {
        text.push_str("\nParameters:\n");
        parameters(&declared.params, &mut text);
    }
    let effects: BTreeSet<_> = host.calls().into_iter().collect();
    if !effects.is_empty() {
        text.push_str("\nCalls:\n");
        for (name, summary) in effects {
            let _ = writeln!(text, "  {name:22}  {summary}");
        }
    }
    text
}

fn parameters(specs: &[ParamSpec], text: &mut String) {
    let width = specs
        .iter()
        .map(|spec| spec.name.len())
        .max()
        .unwrap_or_default();
    for spec in specs {
        let ty = if let ParamType::Choice(values) = &spec.ty {
            values.join("|")
        } else {
            spec.ty.word().to_owned()
        };
        let default = match &spec.default {
            None => "required".to_owned(),
            Some(Value::Unit) => "optional".to_owned(),
            Some(value) => format!("default {}", value.plain().unwrap_or_default()),
        };
        let _ = writeln!(text, "  {:width$}  {ty}, {default}", spec.name);
        let _ = writeln!(text, "  {:width$}    {}", "", spec.help);
    }
}
