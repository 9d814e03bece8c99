//! The formats of runs.

use std::fmt;

use clap::Args;

use crate::plan;
use crate::report::{self, Excerpt, Report, Style};

use super::common::{Formats, OutputFormat, format_parser, renderer};

/// The format that a run is written in.
#[derive(Args)]
pub(super) struct RunFormatArgs {
    /// The output format
    #[arg(long, value_parser = format_parser(RUN_FORMATS), default_value = "text")]
    format: OutputFormat,
    /// Write how many steps there are of each kind instead of every step
    #[arg(long, conflicts_with = "format")]
    summary: bool,
}

impl RunFormatArgs {
    /// A format without an option of its own.
    pub(super) fn of(format: OutputFormat) -> Self {
        Self {
            format,
            summary: false,
        }
    }

    /// The format, or the summary.
    pub(super) fn get(&self) -> OutputFormat {
        if self.summary {
            OutputFormat::Summary
        } else {
            self.format
        }
    }
}

/// Renders a run.
type RunRenderer = for<'a> fn(&'a Report<'a>, Style) -> Box<dyn fmt::Display + 'a>;

/// The formats of runs.
pub(super) const RUN_FORMATS: &Formats<RunRenderer> = &[
    (OutputFormat::Text, |report, style| {
        Box::new(style.charset.marks(report::text(report, style)))
    }),
    (OutputFormat::Summary, |report, style| {
        Box::new(style.charset.marks(report::summary(report, style)))
    }),
    (OutputFormat::Json, |report, _| {
        Box::new(plan::render(report.run))
    }),
    (OutputFormat::JsonSummary, |report, _| {
        Box::new(report::excerpt(report.run, Excerpt::Summary))
    }),
    (OutputFormat::JsonSteps, |report, _| {
        Box::new(report::excerpt(report.run, Excerpt::Steps))
    }),
    (OutputFormat::Markdown, |report, _| {
        Box::new(report::markdown(report))
    }),
    (OutputFormat::Html, |report, _| {
        Box::new(report::html(report))
    }),
    (OutputFormat::Runbook, |report, _| {
        Box::new(report::runbook(report))
    }),
];

/// A run in one of its formats.
pub(super) fn rendered<'a>(
    report: &'a Report<'a>,
    format: OutputFormat,
    style: Style,
) -> Box<dyn fmt::Display + 'a> {
    renderer(RUN_FORMATS, format)(report, style)
}
