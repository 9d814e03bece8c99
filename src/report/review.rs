//! A review of many plans: each distinct change once, with the hosts that have it.

mod html;
mod markdown;

use std::fmt::Write as _;

use crate::fault::Result;
use crate::plan::{ChangeGroup, FleetReview};
use crate::run::{RunRecord, Summary};

use super::style::Role;
use super::{Style, clean, phrases, wrap};

pub use html::render as review_html;
pub use markdown::render as review_markdown;

/// Returns the plan of the first host of a group.
pub type GroupPlan<'a> = &'a mut dyn FnMut(&ChangeGroup) -> Result<RunRecord>;

/// The review for a terminal, without the changes themselves.
pub fn text(review: &FleetReview, style: Style) -> String {
    let mut out = format!("{}\n", style.paint(Role::Strong, &verdict(review)));
    for group in &review.groups {
        let title = style.paint(Role::Strong, &group_title(group));
        let _ = writeln!(out, "\n{title}  {}", group.change_digest);
        hosts(&group.hosts, style, &mut out);
        for note in &group.advisories {
            let (word, role) = if note.is_danger {
                ("danger", Role::Danger)
            } else {
                ("caution", Role::Changed)
            };
            let text = clean::line(&note.text);
            let _ = writeln!(out, "  {}: {text}", style.paint(role, word));
        }
    }
    if !review.failed.is_empty() {
        let _ = writeln!(out, "\n{}", style.paint(Role::Danger, "failed"));
    }
    for (host, fault) in &review.failed {
        let (host, message) = (clean::line(host), clean::line(fault.message()));
        let _ = writeln!(out, "  {host}: {message}");
    }
    if !review.missing.is_empty() {
        let _ = writeln!(out, "\n{}", style.paint(Role::Danger, "missing"));
        let missing: Vec<_> = review.missing.iter().cloned().collect();
        hosts(&missing, style, &mut out);
    }
    let _ = writeln!(out, "\ndigest {}", review.digest());
    out
}

fn hosts(hosts: &[String], style: Style, out: &mut String) {
    let list = clean::line(&hosts.join(", ")).into_owned();
    let width = style.width.saturating_sub(2);
    for line in wrap(&list, width, width) {
        let _ = writeln!(out, "  {line}");
    }
}

/// `98 hosts, 2 different changes, 1 host failed, 1 host is missing`.
fn verdict(review: &FleetReview) -> String {
    let mut parts = vec![phrases::count(review.hosts.len(), "host")];
    parts.push(match review.groups.len() {
        1 => "the same changes on all".to_owned(),
        groups => format!("{groups} different changes"),
    });
    let failed = phrases::count(review.failed.len(), "host");
    let missing = phrases::count(review.missing.len(), "host");
    if !review.failed.is_empty() {
        parts.push(format!("{failed} failed"));
    }
    if !review.missing.is_empty() {
        parts.push(format!("{missing} missing"));
    }
    parts.join(" · ")
}

/// `97 hosts: 3 changes, 1 command to run`.
fn group_title(group: &ChangeGroup) -> String {
    let hosts = phrases::count(group.hosts.len(), "host");
    format!("{hosts}: {}", counts(group.summary))
}

fn counts(summary: Summary) -> String {
    let counted = [
        (summary.change, "change"),
        (summary.act, "command"),
        (summary.manual, "manual step"),
    ];
    let counted = counted.into_iter().filter(|(number, _)| *number > 0);
    let counted: Vec<_> = counted
        .map(|(number, noun)| phrases::count(number, noun))
        .collect();
    if counted.is_empty() {
        return "nothing to do".to_owned();
    }
    counted.join(", ")
}
