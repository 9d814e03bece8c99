//! `ascript info`: what a script is for, takes and touches, from its text.

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};

use crate::bindings::Value;
use crate::fault::Result;
use crate::report::{self, About, Effect, Parameter};
use crate::script::{Call, Host, ParamSpec, ParamType, Script, StaticValue, Surroundings};
use crate::state::Platform;
use crate::tools;

use super::common::ScriptsArg;
use super::output::{self, OutputOptions};

/// Tells what a script does, without running it
///
/// What is written out in the script is told as it stands; a parameter stands
/// there as {name}, and what only a run can know as … . Branches that a run
/// might not take are among it, and the modules that it imports.
#[derive(Args)]
pub(super) struct Info {
    /// A bundled script's name or a path
    script: String,
    /// What the document is written as
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
    #[command(flatten)]
    scripts: ScriptsArg,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// For people.
    Text,
    /// For a wiki.
    Markdown,
    /// For programs.
    Json,
}

/// A kind of effect: what it is called, the bindings that have it, and the
/// word by which its programs are known.
struct EffectKind {
    name: &'static str,
    bindings: &'static [&'static str],
    about: &'static str,
}

/// In the order of the manual.
const KINDS: &[EffectKind] = &[
    kind("edits aspera.conf", &["conf.set_", "conf.delete_"], "conf"),
    kind(
        "system accounts",
        &["account.ensure", "account.delete"],
        "account",
    ),
    kind("lets root log in", &["account.enable_root"], "root"),
    kind("folders", &["dir."], "dir"),
    kind("restarts services", &["service.re"], "service"),
    kind(
        "Node API users",
        &["node.add_", "node.set_", "node.delete_"],
        "node",
    ),
    kind("runs Sync sessions", &["sync.run"], "sync"),
    kind("steps by hand", &["manual."], ""),
    kind("takes secrets", &["secret"], ""),
    kind("makes secrets", &["token."], ""),
    kind("reads the licence", &["license."], "license"),
    kind("reads aspera.conf", &["conf."], ""),
    kind("reads accounts", &["account.get"], "account"),
    kind("reads services", &["service.status"], "service"),
    kind("reads Node API users", &["node."], "node"),
];

const fn kind(
    name: &'static str,
    bindings: &'static [&'static str],
    about: &'static str,
) -> EffectKind {
    EffectKind {
        name,
        bindings,
        about,
    }
}

impl Info {
    pub(super) fn execute(&self, look: &OutputOptions) -> Result<u8> {
        let script = Script::find(&self.script, self.scripts.scripts.as_deref())?;
        let (name, source) = (script.short_name().to_owned(), script.text.clone());
        let host = match Host::new(script, Surroundings::none()) {
            Ok(host) => host,
            Err(fault) => {
                look.complain(&fault, &|file| (file == name).then(|| source.clone()));
                return Ok(fault.kind().exit_code());
            }
        };
        let about = about(&host);
        match self.format {
            Form::Text => look.page(&report::about(&about, look.of_stdout()))?,
            Form::Markdown => output::document(&report::about_markdown(&about))?,
            Form::Json => output::document(&report::about_json(&about))?,
        }
        Ok(0)
    }
}

fn about(host: &Host) -> About {
    let declared = host.declared();
    let calls = host.calls();
    let platforms = match declared.platform {
        Some(platform) => vec![platform],
        None => vec![Platform::Linux, Platform::Macos],
    };
    let found = calls.iter().filter_map(|call| kind_of(call.binding.name));
    let about = found.map(|kind| kind.about).chain(["node itself"]);
    let about: BTreeSet<_> = about.collect();
    let programs = about.iter().flat_map(|about| {
        let each = platforms.iter();
        each.flat_map(|platform| tools::programs_about(*platform, about))
    });
    let programs: BTreeSet<_> = programs.copied().collect();
    About {
        name: host.script().short_name().to_owned(),
        purpose: host.script().purpose(),
        platform: declared.platform.map(Platform::word),
        parameters: declared.params.iter().map(parameter).collect(),
        effects: effects(&calls, &declared.params),
        programs: programs.into_iter().collect(),
        sources: sources(&calls),
    }
}

fn sources(calls: &[Call]) -> Vec<&'static str> {
    let bindings = calls.iter().map(|call| call.binding);
    let of_effect = bindings.filter(|binding| kind_of(binding.name).is_some());
    let mut sources: Vec<_> = of_effect.map(|binding| binding.source).collect();
    sources.retain(|source| !source.is_empty());
    sources.sort_unstable();
    sources.dedup();
    sources
}

fn kind_of(binding: &str) -> Option<&'static EffectKind> {
    let is_of = |kind: &&EffectKind| kind.bindings.iter().any(|of| binding.starts_with(of));
    KINDS.iter().find(is_of)
}

fn effects(calls: &[Call], params: &[ParamSpec]) -> Vec<Effect> {
    let secrets = params.iter().filter(|spec| spec.ty == ParamType::Secret);
    let secrets: Vec<_> = secrets.map(|spec| format!("{{{}}}", spec.name)).collect();
    let mut effects = Vec::new();
    for kind in KINDS {
        let is_of_it =
            |call: &&Call| kind_of(call.binding.name).is_some_and(|of| of.name == kind.name);
        let mut subjects: Vec<_> = calls.iter().filter(is_of_it).map(subject).collect();
        if kind.bindings == ["secret"] {
            subjects.extend(secrets.iter().cloned());
        }
        if subjects.is_empty() {
            continue;
        }
        let mut seen = BTreeSet::new();
        subjects.retain(|subject| !subject.is_empty() && seen.insert(subject.clone()));
        effects.push(Effect {
            kind: kind.name,
            subjects,
        });
    }
    effects
}

/// `user {name}: absolute, read_allowed`.
fn subject(call: &Call) -> String {
    let (namespace, name) = call.binding.path();
    let mut words = Vec::new();
    let verbs = ["set_", "delete_", "add_"];
    let rest = verbs.iter().find_map(|verb| name.strip_prefix(verb));
    if namespace == Some("conf") {
        words.push(rest.unwrap_or(name).to_owned());
    } else if matches!(name, "set_api_password" | "basic" | "random_key") {
        words.push(name.replace('_', " "));
    }
    if name.starts_with("delete") {
        words.push("deleted".to_owned());
    }
    let named = call
        .args
        .first()
        .filter(|arg| !matches!(arg, StaticValue::Map(_)));
    words.extend(named.map(StaticValue::word));
    words.extend(session(&call.args));
    let keys: Vec<_> = call
        .args
        .iter()
        .take(2)
        .flat_map(StaticValue::keys)
        .collect();
    let keys = keys.join(", ");
    if keys.is_empty() || matches!(namespace, Some("sync" | "manual")) {
        words.join(" ")
    } else if words.is_empty() {
        keys
    } else {
        format!("{}: {keys}", words.join(" "))
    }
}

/// `{session}: {local} and {remote}`.
fn session(args: &[StaticValue]) -> Option<String> {
    let of = |key| Some(args.first()?.get(key)?.word());
    Some(format!(
        "{}: {} and {}",
        of("name")?,
        of("local")?,
        of("remote")?
    ))
}

fn parameter(spec: &ParamSpec) -> Parameter {
    let values = if let ParamType::Choice(values) = &spec.ty {
        values.clone()
    } else {
        Vec::new()
    };
    Parameter {
        name: spec.name.clone(),
        ty: spec.ty.word(),
        values,
        default: spec.default.as_ref().and_then(Value::plain),
        required: spec.default.is_none(),
        help: spec.help.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bindings;

    #[test]
    fn every_binding_has_a_kind_or_is_of_no_effect() {
        let plain = ["advise", "checked", "ensure", "given", "run_script"];
        for binding in bindings::all().filter(|binding| !binding.name.starts_with("expect.")) {
            let has_kind = kind_of(binding.name).is_some();
            let is_known = has_kind != plain.contains(&binding.name);
            assert!(
                is_known,
                "give `{}` a kind in KINDS, or name it here",
                binding.name
            );
        }
    }
}
