//! `ascript info`: shows a script's purpose, parameters and effects, read from
//! its text without running it.

use std::collections::BTreeSet;
use std::path::Path;

use clap::Args;

use crate::bindings::Value;
use crate::exec;
use crate::fault::Result;
use crate::report::{self, About, Effect, Parameter, ParameterType};
use crate::script::{
    Host, ListType, ParamSpec, ParamType, Script, StaticCall, StaticValue, Surroundings, Unique,
};
use crate::state::{Platform, ValueType};
use crate::tools;

use super::common::{Formats, OutputFormat, ScriptsArg, format_parser, renderer};
use super::output::{self, OutputOptions};

/// Shows what a script does, without running it
///
/// Literal values are shown as they are, parameters as {name}, and values that
/// only a run can know as … . The list includes branches that a run may skip,
/// and the modules that the script imports.
#[derive(Args)]
pub(super) struct InfoArgs {
    /// The name of a bundled script, or a path
    pub(super) script: String,
    /// The output format
    #[arg(long, value_parser = format_parser(FORMATS), default_value = "text")]
    pub(super) format: OutputFormat,
    #[command(flatten)]
    pub(super) scripts: ScriptsArg,
}

/// The formats of the description of a script.
const FORMATS: &Formats<fn(&About, &OutputOptions) -> String> = &[
    (OutputFormat::Text, |about, options| {
        report::about(about, options.of_stdout())
    }),
    (OutputFormat::Markdown, |about, _| {
        report::about_markdown(about)
    }),
    (OutputFormat::Json, |about, _| report::about_json(about)),
];

/// A kind of effect: its name, the bindings that have it, and the topic by which
/// `tools` knows its programs.
struct EffectCategory {
    name: &'static str,
    bindings: &'static [&'static str],
    topic: &'static str,
    /// Whether a live run does something on the node.
    changes: bool,
}

/// In the order that `info` shows them.
const EFFECTS: &[EffectCategory] = &[
    effect("edits aspera.conf", &["conf.set_", "conf.delete_"], "conf"),
    effect("system groups", &["group."], "group"),
    effect(
        "system accounts",
        &["account.ensure", "account.delete"],
        "account",
    ),
    effect("lets root log in", &["account.enable_root"], "root"),
    effect("folders", &["dir."], "dir"),
    effect("files", &["file."], "file"),
    effect("installs a license", &["license.install"], "license file"),
    effect("keys that may log in", &["ssh.authorize"], "ssh"),
    effect("starts and stops services", &["service.ensure"], "service"),
    effect("restarts services", &["service.re"], "service"),
    effect(
        "Node API users",
        &["node.add_", "node.set_", "node.delete_"],
        "node",
    ),
    effect(
        "access keys of the Node API",
        &["access_key.ensure", "access_key.delete", "access_key.set_"],
        "access_key",
    ),
    effect("runs Sync sessions", &["sync.run"], "sync"),
    effect(
        "keeps Sync sessions running",
        &["sync.service"],
        "sync service",
    ),
    effect("steps by hand", &["manual."], ""),
    reading("reads the host key", &["ssh.host_"], ""),
    reading("takes secrets", &["secret"], ""),
    reading("makes secrets", &["token."], ""),
    reading("reads the license", &["license."], "license"),
    reading("reads aspera.conf", &["conf."], ""),
    reading("reads accounts", &["account.get"], "account"),
    reading("reads services", &["service.status"], "service"),
    reading("reads Node API users", &["node."], "node"),
    reading("reads Sync sessions", &["sync.status"], "sync status"),
    reading("asks the Node API", &["api.", "access_key.get"], "api"),
];

const fn effect(
    name: &'static str,
    bindings: &'static [&'static str],
    topic: &'static str,
) -> EffectCategory {
    EffectCategory {
        name,
        bindings,
        topic,
        changes: true,
    }
}

const fn reading(
    name: &'static str,
    bindings: &'static [&'static str],
    topic: &'static str,
) -> EffectCategory {
    EffectCategory {
        changes: false,
        ..effect(name, bindings, topic)
    }
}

impl InfoArgs {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let script = Script::find(&self.script, self.scripts.scripts.as_deref())?;
        let (name, source) = (script.short_name().to_owned(), script.text.clone());
        let host = match Host::new(script, Surroundings::none()) {
            Ok(host) => host,
            Err(fault) => {
                options.complain(&fault, &|file| (file == name).then(|| source.clone()));
                return Ok(fault.kind().exit_code());
            }
        };
        let about = about(&host);
        let text = renderer(FORMATS, self.format)(&about, options);
        if self.format == OutputFormat::Text {
            options.page(&text)?;
        } else {
            output::document(&text)?;
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
    let categories = calls
        .iter()
        .filter_map(|call| category_of(call.binding.name));
    let topics = categories
        .map(|category| category.topic)
        .chain(["node itself"]);
    let topics: BTreeSet<_> = topics.collect();
    let programs = topics.iter().flat_map(|topic| {
        let platforms = platforms.iter();
        platforms.flat_map(|platform| tools::programs_about(*platform, topic))
    });
    let programs: BTreeSet<_> = programs.copied().collect();
    About {
        name: host.script().short_name().to_owned(),
        purpose: host.script().purpose(),
        platform: declared.platform.map(Platform::name),
        parameters: declared.params.iter().map(parameter).collect(),
        effects: effects(&calls, &declared.params),
        programs: programs.into_iter().collect(),
        sources: sources(&calls),
        live_run: live_run(host, &calls),
        conf_files: platforms
            .iter()
            .map(|platform| conf_file(*platform))
            .collect(),
    }
}

/// The line that starts a live run, if the script changes anything. sudo keeps no
/// variable of the environment unless it is named.
fn live_run(host: &Host, calls: &[StaticCall]) -> Option<String> {
    let mut categories = calls
        .iter()
        .filter_map(|call| category_of(call.binding.name));
    if !categories.any(|category| category.changes) {
        return None;
    }
    let defaults = host.declared().params.iter();
    let defaults = defaults.filter_map(|spec| spec.default.as_ref()?.plain());
    let secrets = calls.iter().filter(|call| call.binding.name == "secret");
    let literals = secrets.filter_map(|call| Some(call.args.first()?.word()));
    let names: BTreeSet<_> = defaults
        .chain(literals)
        .filter_map(|reference| Some(reference.strip_prefix("env:")?.to_owned()))
        .collect();
    let kept = if names.is_empty() {
        String::new()
    } else {
        let names: Vec<_> = names.into_iter().collect();
        format!(" --preserve-env={}", names.join(","))
    };
    let name = host.script().short_name();
    Some(format!("sudo{kept} ascript run {name} --live"))
}

fn conf_file(platform: Platform) -> String {
    let path = exec::conf_path(Path::new(platform.installation()));
    path.display().to_string()
}

fn sources(calls: &[StaticCall]) -> Vec<&'static str> {
    let bindings = calls.iter().map(|call| call.binding);
    let with_effect = bindings.filter(|binding| category_of(binding.name).is_some());
    let mut sources: Vec<_> = with_effect.map(|binding| binding.source).collect();
    sources.retain(|source| !source.is_empty());
    sources.sort_unstable();
    sources.dedup();
    sources
}

/// The first category with a prefix of the binding's name.
fn category_of(binding: &str) -> Option<&'static EffectCategory> {
    EFFECTS.iter().find(|category| {
        let mut prefixes = category.bindings.iter();
        prefixes.any(|prefix| binding.starts_with(prefix))
    })
}

fn effects(calls: &[StaticCall], params: &[ParamSpec]) -> Vec<Effect> {
    let secrets = params.iter().filter(|spec| spec.ty.has_secret());
    let secrets: Vec<_> = secrets.map(|spec| format!("{{{}}}", spec.name)).collect();
    let mut effects = Vec::new();
    for category in EFFECTS {
        let has_effect = |call: &&StaticCall| {
            category_of(call.binding.name).is_some_and(|found| found.name == category.name)
        };
        let mut subjects: Vec<_> = calls.iter().filter(has_effect).map(describe_call).collect();
        if category.bindings == ["secret"] {
            subjects.extend(secrets.iter().cloned());
        }
        if subjects.is_empty() {
            continue;
        }
        let mut seen = BTreeSet::new();
        subjects.retain(|subject| !subject.is_empty() && seen.insert(subject.clone()));
        effects.push(Effect {
            kind: category.name,
            subjects,
        });
    }
    effects
}

/// Describes what a call affects: `user {name}: absolute, read_allowed`.
fn describe_call(call: &StaticCall) -> String {
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
    let target = call
        .args
        .first()
        .filter(|arg| !matches!(arg, StaticValue::Map(_)));
    words.extend(target.map(StaticValue::word));
    words.extend(sync_session(&call.args));
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

/// Describes a Sync session: `{session}: {local} and {remote}`.
fn sync_session(args: &[StaticValue]) -> Option<String> {
    let option = |key| Some(args.first()?.get(key)?.word());
    Some(format!(
        "{}: {} and {}",
        option("name")?,
        option("local")?,
        option("remote")?
    ))
}

fn parameter(spec: &ParamSpec) -> Parameter {
    let default = spec
        .default
        .as_ref()
        .filter(|default| **default != Value::Unit);
    let list = |value: &Value| serde_json::to_string(value).unwrap_or_default();
    Parameter {
        name: spec.name.clone(),
        ty: parameter_type(&spec.ty),
        default: default.map(|default| default.plain().unwrap_or_else(|| list(default))),
        required: spec.default.is_none(),
        help: spec.help.clone(),
    }
}

fn parameter_type(ty: &ParamType) -> ParameterType {
    let mut described = ParameterType {
        word: ty.word(),
        ..ParameterType::default()
    };
    match ty {
        ParamType::One(ValueType::Choice(words)) => {
            described.values = words.iter().map(|word| (*word).to_owned()).collect();
        }
        ParamType::One(ty @ ValueType::Int { .. }) if *ty != ValueType::INT => {
            described.limits = ty.fits().into_owned();
        }
        ParamType::One(_) => {}
        ParamType::Matching(_, pattern) => {
            described.limits = format!("matching {}", pattern.text);
        }
        ParamType::List(list) => {
            described.of = Some(Box::new(parameter_type(&list.of)));
            described.limits = list_limits(list);
        }
        ParamType::Map(fields) => described.fields = fields.iter().map(parameter).collect(),
    }
    described
}

fn list_limits(list: &ListType) -> String {
    let unique = match &list.unique {
        Some(Unique::Items) => "each different".to_owned(),
        Some(Unique::Field(name)) => format!("each with another {name}"),
        None => String::new(),
    };
    let limits = [list.length(), unique];
    let limits: Vec<_> = limits
        .into_iter()
        .filter(|limit| !limit.is_empty())
        .collect();
    limits.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bindings;

    #[test]
    fn every_binding_has_a_category_or_no_effect() {
        let without_effect = ["advise", "checked", "data", "ensure", "given", "run_script"];
        for binding in bindings::all().filter(|binding| !binding.name.starts_with("expect.")) {
            let has_category = category_of(binding.name).is_some();
            let is_listed = has_category != without_effect.contains(&binding.name);
            assert!(
                is_listed,
                "give `{}` a category in EFFECTS, or list it here",
                binding.name
            );
        }
    }
}
