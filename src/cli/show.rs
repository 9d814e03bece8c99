//! `ascript show`: a plan or a receipt, however it was made; or what a new one
//! does differently.

use std::path::PathBuf;

use clap::Args;

use crate::fault::{Fault, Result};
use crate::report::{self, Report};
use crate::run::{DocumentKind, RunRecord};

use super::common::{OutputFormat, StandardInput};
use super::output::OutputOptions;
use super::plan_steps;
use super::run_format::{RunFormatArgs, rendered};

/// Shows a plan or a receipt, or compares two
#[derive(Args)]
pub(super) struct Show {
    /// A plan or a receipt, or - for standard input
    pub(super) file: PathBuf,
    /// A newer one: shows what it adds, removes and changes
    pub(super) new: Option<PathBuf>,
    #[command(flatten)]
    pub(super) format: RunFormatArgs,
    /// What the plan named `-` is read from.
    #[arg(skip)]
    pub(super) input: StandardInput,
    /// Exit with 10 if changes are pending, or if the two differ
    #[arg(long)]
    pub(super) exit_code: bool,
}

impl Show {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let plan = plan_steps::load(&self.file, &self.input)?;
        let report = report_of(&plan);
        let (text, is_different) = match &self.new {
            None => {
                let text = rendered(&report, self.format.get(), options.of_stdout()).to_string();
                (
                    text,
                    plan.kind != DocumentKind::Receipt && plan.is_pending(),
                )
            }
            Some(new) => {
                let new = plan_steps::load(new, &self.input)?;
                let new = report_of(&new);
                let text = self.compared(&report, &new, options)?;
                (text, self.exit_code && !report::are_alike(&report, &new))
            }
        };
        options.page_document(&text)?;
        Ok(if self.exit_code && is_different {
            10
        } else {
            0
        })
    }

    fn compared(
        &self,
        old: &Report<'_>,
        new: &Report<'_>,
        options: &OutputOptions,
    ) -> Result<String> {
        match self.format.get() {
            OutputFormat::Text => {
                let style = options.of_stdout();
                let text = report::compare(old, new, style);
                Ok(style.charset.marks(text).to_string())
            }
            OutputFormat::Markdown => Ok(report::compare_markdown(old, new)),
            OutputFormat::Json => Ok(report::compare_json(old, new)),
            OutputFormat::Summary
            | OutputFormat::JsonSummary
            | OutputFormat::JsonSteps
            | OutputFormat::Html
            | OutputFormat::Runbook
            | OutputFormat::Sarif
            | OutputFormat::Junit => Err(Fault::usage(
                "a comparison is written as text, json or markdown",
            )),
        }
    }
}

fn report_of(run: &RunRecord) -> Report<'_> {
    Report {
        run,
        remark: None,
        site: None,
        sources: None,
    }
}
