//! What a request asks for, as the arguments of the subcommands.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::super::apply::Apply;
use super::super::check::Check;
use super::super::common::{
    NodeArgs, OutputFormat, ParamArgs, ScriptsArg, StandardInput, duration,
};
use super::super::consent::LiveArgs;
use super::super::drift::Drift;
use super::super::info::InfoArgs;
use super::super::list::ListArgs;
use super::super::output::{self, OutputOptions};
use super::super::plan::Plan;
use super::super::run::Run;
use super::super::run_format::RunFormatArgs;
use super::super::runs::RunsArgs;
use super::super::show::Show;
use super::super::snapshot::SnapshotArgs;
use super::super::undo::Undo;
use super::super::watch::WatchArg;
use super::keys;
use super::request::{FORMATS, Request};
use super::requested::{RequestedCommand, Want};
use crate::bindings::Value;
use crate::data_file;
use crate::exec::{ApiAddress, Pin};
use crate::fault::{Fault, Result};
use crate::plan;
use crate::report;

/// What stands for an input that is part of the request.
const GIVEN: &str = "-";

/// Does what the request asks for. Returns the exit code.
pub(super) fn execute(request: Request, options: &OutputOptions) -> Result<u8> {
    match request.command {
        RequestedCommand::Run => run(request)?.execute(options),
        RequestedCommand::Plan => saved_plan(request)?.execute(options),
        RequestedCommand::Apply => apply(request)?.execute(options),
        RequestedCommand::Undo => undo(request)?.execute(options),
        RequestedCommand::Show => show(&request)?.execute(options),
        RequestedCommand::Drift => drift(request)?.execute(options),
        RequestedCommand::Runs => runs(request)?.execute(options),
        RequestedCommand::Snapshot => snapshot(request)?.execute(options),
        RequestedCommand::Check => check(request)?.execute(options),
        RequestedCommand::Info => info(request)?.execute(options),
        RequestedCommand::List => ListArgs {
            format: OutputFormat::Json,
            scripts: ScriptsArg::default(),
        }
        .execute(options),
        RequestedCommand::Version => output::document(&report::version_json(&FORMATS)).map(|()| 0),
    }
}

fn run(mut request: Request) -> Result<Run> {
    let (script, scripts) = script(&mut request)?;
    Ok(Run {
        watch: WatchArg::default(),
        script,
        live: request.live,
        format: format(&request),
        exit_code: false,
        consent: consent(&request)?,
        params: params(&request)?,
        scripts,
        node: node(request)?,
    })
}

fn saved_plan(mut request: Request) -> Result<Plan> {
    let (script, scripts) = script(&mut request)?;
    Ok(Plan {
        script,
        output: None,
        format: Some(run_format(&request)),
        summary: false,
        exit_code: false,
        params: params(&request)?,
        scripts,
        node: node(request)?,
    })
}

fn apply(request: Request) -> Result<Apply> {
    Ok(Apply {
        file: GIVEN.into(),
        input: plan_input(&request)?,
        expect: request.expect.clone(),
        review: None,
        rehearse: !request.live,
        format: format(&request),
        consent: consent(&request)?,
        node: node(request)?,
    })
}

fn undo(request: Request) -> Result<Undo> {
    Ok(Undo {
        run: request.run,
        live: request.live,
        partial: request.partial,
        format: format(&request),
        exit_code: false,
        consent: consent(&request)?,
        node: node(request)?,
    })
}

fn show(request: &Request) -> Result<Show> {
    Ok(Show {
        file: GIVEN.into(),
        new: None,
        format: format(request),
        input: plan_input(request)?,
        exit_code: false,
    })
}

fn drift(request: Request) -> Result<Drift> {
    let input = request.plan.is_some().then(|| plan_input(&request));
    let number = request.run.map(|run| run.to_string());
    let run_or_plan = match (&input, number) {
        (Some(_), Some(_)) => {
            return Err(Fault::usage("`drift` takes `run` or `plan`, not both"));
        }
        (Some(_), None) => Some(GIVEN.to_owned()),
        (None, number) => number,
    };
    Ok(Drift {
        run_or_plan,
        input: input.transpose()?.unwrap_or_default(),
        format: OutputFormat::Json,
        node: node(request)?,
    })
}

fn runs(request: Request) -> Result<RunsArgs> {
    Ok(RunsArgs {
        format: OutputFormat::Json,
        node: node(request)?,
    })
}

fn snapshot(request: Request) -> Result<SnapshotArgs> {
    Ok(SnapshotArgs {
        output: None,
        readers: request.script.iter().cloned().collect(),
        params: params(&request)?,
        scripts: ScriptsArg::default(),
        node: node(request)?,
    })
}

fn check(mut request: Request) -> Result<Check> {
    let (script, folder) = script(&mut request)?;
    Ok(Check {
        names: vec![script],
        fix: false,
        deny_warnings: false,
        format: OutputFormat::Json,
        folder,
    })
}

fn info(request: Request) -> Result<InfoArgs> {
    Ok(InfoArgs {
        script: request.script.ok_or_else(|| missing("script"))?,
        format: OutputFormat::Json,
        scripts: ScriptsArg::default(),
    })
}

fn missing(name: &str) -> Fault {
    Fault::usage(format!("the request has no `{name}`"))
}

/// The script, by its name or as the text of the request.
fn script(request: &mut Request) -> Result<(String, ScriptsArg)> {
    match (request.script.take(), request.text.take()) {
        (Some(name), None) if name == GIVEN => Err(keys::wrong("script")
            .hint("the text of a script goes into `text`: standard input has the request")),
        (Some(name), None) => Ok((name, ScriptsArg::default())),
        (None, Some(text)) => {
            let scripts = ScriptsArg {
                scripts: None,
                input: StandardInput::of(text.into_bytes()),
            };
            Ok((GIVEN.to_owned(), scripts))
        }
        (None, None) => Err(missing("script").hint("or give the script's own text as `text`")),
        (Some(_), Some(_)) => Err(Fault::usage("the request has both `script` and `text`")),
    }
}

fn params(request: &Request) -> Result<ParamArgs> {
    let Some(raw) = &request.params else {
        return Ok(ParamArgs::default());
    };
    if let Value::Map(values) = data_file::parse_json(raw.get())? {
        return Ok(ParamArgs::requested(values));
    }
    Err(keys::wrong("params"))
}

fn plan_input(request: &Request) -> Result<StandardInput> {
    let raw = request.plan.as_deref().ok_or_else(|| missing("plan"))?;
    plan_bytes(raw).map(StandardInput::of)
}

/// A plan as the bytes of its file.
fn plan_bytes(raw: &RawValue) -> Result<Vec<u8>> {
    let document: Json = serde_json::from_str(raw.get()).map_err(|_| keys::wrong("plan"))?;
    let Json::String(text) = document else {
        return plan::restore(&document).map(String::into_bytes);
    };
    // What starts like a document is one; base64 has no brace.
    if text.trim_start().starts_with('{') {
        return Ok(text.into_bytes());
    }
    let packed = STANDARD.decode(text.trim());
    packed.map_err(|_| keys::wrong("plan"))
}

fn consent(request: &Request) -> Result<LiveArgs> {
    let is_for_live = request.allow_argv_secrets || !request.done.is_empty();
    if is_for_live && !request.live && request.command != RequestedCommand::Apply {
        return Err(
            Fault::usage("`done` and `allow_argv_secrets` are for live runs")
                .hint("add \"live\": true to perform the steps"),
        );
    }
    Ok(LiveArgs {
        yes: request.live,
        done: request.done.clone(),
        allow_argv_secrets: request.allow_argv_secrets,
        is_unattended: true,
    })
}

fn node(mut request: Request) -> Result<NodeArgs> {
    let secrets = Some(request.take_secrets()?);
    let timeout = request.timeout.as_deref().map(duration).transpose();
    let address = request.node_api.as_deref().map(ApiAddress::parse);
    let pin = request.node_pin.as_deref().map(Pin::parse);
    Ok(NodeArgs {
        node: request.node,
        platform: request.platform,
        timeout: timeout.map_err(|_| keys::wrong("timeout"))?,
        node_api: address.transpose()?,
        node_ca: request.node_ca.map(PathBuf::from),
        node_pin: pin.transpose()?,
        secrets,
    })
}

fn format(request: &Request) -> RunFormatArgs {
    RunFormatArgs::of(run_format(request))
}

fn run_format(request: &Request) -> OutputFormat {
    match request.want {
        Want::Summary => OutputFormat::JsonSummary,
        Want::Steps => OutputFormat::JsonSteps,
        Want::Full => OutputFormat::Json,
    }
}
