//! Renders runs, faults, findings and the reference. Decides nothing.

mod about;
mod changes;
mod check_findings;
mod clean;
mod compare;
mod diff;
mod document;
mod drift;
mod excerpt;
mod fault;
mod group_text;
mod groups;
mod hand_over;
mod html;
mod hunks;
mod loops;
mod markdown;
mod marks;
mod notes;
mod phrases;
mod plain_secrets;
mod printed;
mod reference;
mod review;
mod runbook;
mod runs;
mod sarif;
mod scripts;
mod step_text;
mod style;
mod summary;
mod text;
mod timeline;
mod trials;

use crate::run::RunRecord;

pub use about::{
    About, Effect, Parameter, ParameterType, json as about_json, markdown as about_markdown,
    text as about,
};
pub use changes::lines as changes;
pub use check_findings::{check, check_json, check_summary};
pub use clean::line;
pub use compare::{are_alike, json as compare_json, markdown as compare_markdown, text as compare};
pub use diff::{conf as conf_diff, script as script_diff};
pub use document::{fault as fault_json, render as json_document, version as version_json};
pub use drift::{DriftReport, json as drift_json, text as drift};
pub use excerpt::{Excerpt, render as excerpt};
pub use fault::{SourceLookup, render as fault, render_wrapped as wrapped_fault};
pub use hand_over::render as hand_over;
pub use html::render as html;
pub use markdown::render as markdown;
pub use phrases::platform_name;
pub use printed::{Colors, printed};
pub use reference::{
    contents, definitions, json as reference_json, listing, manual, pages, single as markdown_page,
};
pub use review::{GroupPlan, review_html, review_markdown, text as review};
pub use runbook::render as runbook;
pub use runs::{ListedRun, json as runs_json};
pub use sarif::sarif;
pub use scripts::{ListedScript, json as scripts_json, text as scripts};
pub use step_text::{line as step_line, note_lines, render as steps};
pub use style::{Charset, Style, columns, cut, labeled, wrap};
pub use summary::render as summary;
pub use text::{render as text, unfinished};
pub use trials::{
    TestResults, TestedFile, differing_lines, golden_text, json as tests_json, junit,
    render as tests,
};

/// A run to render.
pub struct Report<'a> {
    /// The run.
    pub run: &'a RunRecord,
    /// Why no real node was read, where that is so.
    pub remark: Option<&'a str>,
    /// Where aspera.conf is and what a live run there requires, where that is known.
    pub site: Option<&'a str>,
    /// The texts that the locations of steps point into, where they are known.
    pub sources: Option<SourceLookup<'a>>,
}
