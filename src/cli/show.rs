//! `ascript show`: a plan or a receipt, however it was made; or what a new one
//! does differently.

use std::path::PathBuf;

use clap::Args;

use crate::fault::{Fault, Result};
use crate::report::{self, Report};
use crate::run::RunRecord;

use super::common::Format;
use super::kept;
use super::output::{self, OutputOptions};

/// Shows a plan or a receipt, or compares two
#[derive(Args)]
pub(super) struct Show {
    /// A plan or a receipt
    file: PathBuf,
    /// A newer one: shows what it adds, removes and changes
    new: Option<PathBuf>,
    /// The output format; for a comparison, text or markdown
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Show {
    pub(super) fn execute(&self, look: &OutputOptions) -> Result<u8> {
        let plan = kept::load(&self.file)?;
        let report = report_of(&plan);
        let text = match &self.new {
            None => output::rendered(&report, self.format, look).to_string(),
            Some(new) => {
                let new = kept::load(new)?;
                self.compared(&report, &report_of(&new), look)?
            }
        };
        look.page(&text)?;
        Ok(0)
    }

    fn compared(&self, old: &Report<'_>, new: &Report<'_>, look: &OutputOptions) -> Result<String> {
        match self.format {
            Format::Text => Ok(report::compare(old, new, look.of_stdout())),
            Format::Markdown => Ok(report::compare_markdown(old, new)),
            Format::Json | Format::Html => {
                Err(Fault::usage("a comparison is written as text or markdown"))
            }
        }
    }
}

fn report_of(run: &RunRecord) -> Report<'_> {
    Report {
        run,
        remark: None,
        sources: None,
    }
}
