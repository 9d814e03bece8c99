//! `ascript show`: a plan or a receipt, however it was made; or what a new one
//! does differently.

use std::path::PathBuf;

use clap::Args;

use crate::fault::{Fault, Result};
use crate::report::{self, Report};
use crate::run::{DocumentKind, RunRecord};

use super::common::{OutputFormat, format_parser};
use super::output::{self, OutputOptions, RUN_FORMATS};
use super::plan_steps;

/// Shows a plan or a receipt, or compares two
#[derive(Args)]
pub(super) struct Show {
    /// A plan or a receipt, or - for standard input
    file: PathBuf,
    /// A newer one: shows what it adds, removes and changes
    new: Option<PathBuf>,
    /// The output format; a comparison has no html
    #[arg(long, value_parser = format_parser(RUN_FORMATS), default_value = "text")]
    format: OutputFormat,
    /// Exit with 10 if changes are pending, or if the two differ
    #[arg(long)]
    exit_code: bool,
}

impl Show {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let plan = plan_steps::load(&self.file)?;
        let report = report_of(&plan);
        let (text, is_different) = match &self.new {
            None => {
                let text = output::rendered(&report, self.format, options).to_string();
                (
                    text,
                    plan.kind != DocumentKind::Receipt && plan.is_pending(),
                )
            }
            Some(new) => {
                let new = plan_steps::load(new)?;
                let new = report_of(&new);
                let text = self.compared(&report, &new, options)?;
                (text, self.exit_code && !report::are_alike(&report, &new))
            }
        };
        options.page(&text)?;
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
        match self.format {
            OutputFormat::Text => Ok(report::compare(old, new, options.of_stdout())),
            OutputFormat::Markdown => Ok(report::compare_markdown(old, new)),
            OutputFormat::Json => Ok(report::compare_json(old, new)),
            OutputFormat::Html | OutputFormat::Sarif | OutputFormat::Junit => Err(Fault::usage(
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
