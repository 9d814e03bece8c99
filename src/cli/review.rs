//! `ascript review`: the plans of many nodes as one document with one digest.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use crate::exec::InputKind;
use crate::fault::{Fault, FaultKind, Result};
use crate::plan::{ChangeGroup, FleetReview};
use crate::report;
use crate::run::RunRecord;

use super::apply;
use super::common::{Formats, OutputFormat, StandardInput, format_parser, renderer};
use super::output::{self, OutputOptions};
use super::plan_steps;

/// The exit code where a host has no plan that can be applied.
const INCOMPLETE: u8 = 3;

/// Shows the plans of many nodes as one, grouped by equal changes, with one digest
///
/// Exits with 3 if a host has no plan that can be applied. `ascript apply PLAN --review FILE
/// --expect DIGEST` applies a plan only if it is part of the review with that digest.
#[derive(Args)]
pub(super) struct ReviewArgs {
    /// A plan, or what planning printed where it failed; a folder of them; the host is the name of
    /// the file without its ending, unless it is given
    #[arg(required = true, value_name = "[HOST=]PLAN")]
    plans: Vec<String>,
    /// Write the review to this file
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// A file with the names of all hosts, one in a line; those without a plan are missing
    #[arg(long, value_name = "FILE")]
    hosts: Option<PathBuf>,
    /// The format of standard output; by default text, or nothing with --output
    #[arg(long, value_parser = format_parser(FORMATS))]
    format: Option<OutputFormat>,
}

/// Renders a review. The function returns the plan of the first host of a group.
type ReviewRenderer = fn(&FleetReview, report::GroupPlan<'_>, &OutputOptions) -> Result<String>;

/// The formats of reviews.
const FORMATS: &Formats<ReviewRenderer> = &[
    (OutputFormat::Text, |review, _, options| {
        let style = options.of_stdout();
        Ok(style
            .charset
            .marks(report::review(review, style))
            .to_string())
    }),
    (OutputFormat::Json, |review, _, _| Ok(review.render())),
    (OutputFormat::Markdown, |review, plans, _| {
        report::review_markdown(review, plans)
    }),
    (OutputFormat::Html, |review, plans, _| {
        report::review_html(review, plans)
    }),
];

impl ReviewArgs {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let files = files(&self.plans)?;
        let mut review = FleetReview::default();
        for (host, path) in &files {
            match load(path) {
                Ok(plan) => review.add(host.clone(), &plan),
                Err(fault) => drop(review.failed.insert(host.clone(), fault)),
            }
        }
        if let Some(path) = &self.hosts {
            review.missing = missing(path, &files)?;
        }
        review.finish();
        if let Some(path) = &self.output {
            output::write(path, review.render())?;
            if !options.is_quiet() {
                let path = path.display().to_string();
                output::say(&format!("{} · {}", report::line(&path), review.digest()));
            }
        }
        let format = match (&self.output, self.format) {
            (Some(_), None) => None,
            (_, format) => Some(format.unwrap_or(OutputFormat::Text)),
        };
        if let Some(format) = format {
            let mut plan_of = |group: &ChangeGroup| {
                let plan = load(&files[&group.hosts[0]])?;
                check_unchanged(group, &plan).map(|()| plan)
            };
            options.page_document(&renderer(FORMATS, format)(&review, &mut plan_of, options)?)?;
        }
        Ok(if review.is_complete() { 0 } else { INCOMPLETE })
    }
}

/// Refuses a plan that was replaced between the two times that it was read.
fn check_unchanged(group: &ChangeGroup, plan: &RunRecord) -> Result<()> {
    if plan.change_digest() == group.change_digest {
        return Ok(());
    }
    let host = &group.hosts[0];
    let message = format!("the plan of {host} was replaced while it was read");
    Err(Fault::new(FaultKind::Stale, message).hint("review the plans again"))
}

/// The plan in a file, or why the host has none.
fn load(path: &Path) -> Result<RunRecord> {
    /// What planning printed where it failed.
    #[derive(Deserialize)]
    struct Failure {
        fault: Fault,
    }
    let bytes = plan_steps::read(path, &StandardInput::default())?;
    if let Ok(Failure { fault }) = serde_json::from_slice(&bytes) {
        return Err(fault);
    }
    let plan = plan_steps::parse(&bytes, path)?;
    apply::check_kind(&plan).map(|()| plan)
}

/// The file of each host.
fn files(arguments: &[String]) -> Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    let mut add = |host: String, path: PathBuf| match files.insert(host, path) {
        None => Ok(()),
        Some(former) => {
            let message = format!("two plans are of the same host: {}", former.display());
            Err(Fault::usage(message).hint("name the hosts: HOST=PLAN"))
        }
    };
    for argument in arguments {
        let path = Path::new(argument);
        match argument.split_once('=') {
            Some((host, path)) if !Path::new(argument).exists() => {
                add(host.to_owned(), path.into())?;
            }
            _ if path.is_dir() => {
                for path in plans_in(path)? {
                    add(host_of(&path), path)?;
                }
            }
            _ => add(host_of(path), path.to_owned())?,
        }
    }
    Ok(files)
}

/// The endings of the names of plans.
const ENDINGS: [&str; 2] = [".json", ".json.gz"];

fn plans_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs_err::read_dir(folder).map_err(Fault::from_io)? {
        let path = entry.map_err(Fault::from_io)?.path();
        let name = path.to_string_lossy();
        if ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        let message = format!("{} contains no plans", folder.display());
        return Err(Fault::usage(message).hint("the name of a plan ends in .json or .json.gz"));
    }
    Ok(paths)
}

/// The name of a file without its ending.
fn host_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut stems = ENDINGS
        .iter()
        .filter_map(|ending| name.strip_suffix(ending));
    stems.next().unwrap_or(&name).to_owned()
}

/// The hosts of a list that have no file. Every file must be of a host in the list.
fn missing(list: &Path, files: &BTreeMap<String, PathBuf>) -> Result<BTreeSet<String>> {
    let text = InputKind::PARAMS.read_text(list)?;
    let lines = text.lines().map(str::trim);
    let expected: BTreeSet<_> = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let mut others = files
        .keys()
        .filter(|host| !expected.contains(host.as_str()));
    if let Some(other) = others.next() {
        let message = format!("{} does not list the host {other}", list.display());
        return Err(Fault::usage(message).hint("add it, or leave out its plan"));
    }
    let missing = expected
        .into_iter()
        .filter(|host| !files.contains_key(*host));
    Ok(missing.map(str::to_owned).collect())
}
