//! A run for eyes and machines. Everything here renders what is handed in and
//! decides nothing.

mod about;
mod blank;
mod changes;
mod check;
mod clean;
mod compare;
mod diff;
mod fault;
mod html;
mod hunks;
mod markdown;
mod reference;
mod style;
mod text;
mod trials;
mod words;
mod wrap;

use crate::bindings::Params;
use crate::facts::Node;
use crate::fault::Fault;
use crate::journal::Journal;
use crate::plan::{DocumentKind, Plan};

pub use about::{
    About, Effect, Parameter, json as about_json, markdown as about_markdown, text as about,
};
pub use changes::lines as changes;
pub use check::{check, check_json, check_summary, sarif};
pub use clean::{is_hostile, line};
pub use compare::{markdown as compare_markdown, text as compare};
pub use diff::conf as conf_diff;
pub use fault::{Sources, render as fault};
pub use html::render as html;
pub use markdown::render as markdown;
pub use reference::{
    alone as markdown_page, contents, definitions, json as reference_json, listing, manual, pages,
};
pub use style::Style;
pub use text::{render as text, steps};
pub use trials::{Tested, json as tests_json, junit, kept, lines, render as tests};

/// A run, ready to be shown.
pub struct Report<'a> {
    /// What it tells.
    pub kind: DocumentKind,
    /// The node.
    pub node: &'a Node,
    /// The script's name, without a folder.
    pub script: &'a str,
    /// The digest of the script's text.
    pub script_digest: &'a str,
    /// The parameters.
    pub params: &'a Params,
    /// What was seen and done.
    pub journal: &'a Journal,
    /// aspera.conf, before and after, as a unified diff.
    pub conf_diff: &'a str,
    /// What stopped the run.
    pub fault: Option<&'a Fault>,
    /// Why no real node was read, where that is so.
    pub remark: Option<&'a str>,
    /// The texts that the places of steps point into, where they are at hand.
    pub sources: Option<Sources<'a>>,
}

impl<'a> Report<'a> {
    /// The view of a run. `remark` says why no real node was read, where that
    /// is so.
    pub fn of(plan: &'a Plan, remark: Option<&'a str>) -> Self {
        Self {
            kind: plan.kind,
            node: &plan.node,
            script: &plan.script.name,
            script_digest: &plan.script.digest,
            params: &plan.params,
            journal: &plan.journal,
            conf_diff: &plan.conf_diff,
            fault: plan.fault.as_ref(),
            remark,
            sources: None,
        }
    }
}
