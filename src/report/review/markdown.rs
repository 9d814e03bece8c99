//! A review as a comment on a pull request, never longer than a comment may be.

use std::fmt::Write as _;

use crate::fault::Result;
use crate::plan::{ChangeGroup, FleetReview};

use super::super::markdown::{COMMENT_LIMIT, changes, fill, folded, params};
use super::super::{Report, clean, phrases};
use super::{GroupPlan, group_title, verdict};

/// The length of each list of hosts.
const HOSTS: usize = 12_000;

/// The length of the list of hosts without a plan.
const WITHOUT_PLAN: usize = 8_000;

/// The length of the dangers and cautions of a group.
const NOTES: usize = 4_000;

/// The room that the changes of a group must have to be shown.
const CHANGES: usize = 1_500;

/// The whole comment, with a final newline.
pub fn render(review: &FleetReview, plan_of: GroupPlan<'_>) -> Result<String> {
    let mut out = format!(
        "<!-- ascript: review -->\n### Review of {}\n\n**{}**\n\n- digest: `{}`\n",
        phrases::count(review.hosts.len(), "plan"),
        verdict(review),
        review.digest()
    );
    without_plan(review, &mut out);
    let mut left = review.groups.len();
    for group in &review.groups {
        let room = COMMENT_LIMIT.saturating_sub(out.len()) / left;
        let part = group_part(group, room, plan_of)?;
        if out.len() + part.len() + CHANGES > COMMENT_LIMIT {
            break;
        }
        out.push_str(&part);
        left -= 1;
    }
    if left > 0 {
        let _ = writeln!(
            out,
            "\n**{} left out**, for a comment holds no more; the format `html` shows more.",
            phrases::count(left, "change")
        );
    }
    Ok(out)
}

/// The hosts of a group and what changes on them.
fn group_part(group: &ChangeGroup, room: usize, plan_of: GroupPlan<'_>) -> Result<String> {
    let mut out = format!("\n#### {}\n\n", group_title(group));
    let _ = writeln!(out, "- changes: `{}`", clean::Html(&group.change_digest));
    let notes: Vec<_> = group.advisories.iter().collect();
    let (lines, left) = fill(&notes, NOTES.min(room / 4), |note| {
        let word = if note.is_danger { "Danger" } else { "Caution" };
        let mut line = format!("- **{word}**: ");
        clean::prose(&clean::clipped(&clean::line(&note.text), 900), &mut line);
        line.push('\n');
        line
    });
    out.push_str(&lines);
    if left > 0 {
        let _ = writeln!(out, "- and {} more", phrases::count(left, "note"));
    }
    out.push_str(&host_list("Hosts", &group.hosts, HOSTS.min(room / 3)));
    let room = room.saturating_sub(out.len());
    if room < CHANGES || group.summary.change + group.summary.act + group.summary.manual == 0 {
        return Ok(out);
    }
    let plan = plan_of(group)?;
    let report = Report {
        run: &plan,
        remark: None,
        site: None,
        sources: None,
    };
    let script = clean::Html(&plan.script.name);
    let params = params(&report, room / 4);
    let changes = changes(&report, (room - 300).saturating_sub(params.len()));
    out.push_str(&folded(
        &format!(
            "As <code>{script}</code> makes them on {}",
            clean::Html(&group.hosts[0])
        ),
        &(params + changes.as_str()),
    ));
    Ok(out)
}

/// The hosts that failed or are missing.
fn without_plan(review: &FleetReview, out: &mut String) {
    let failed: Vec<_> = review.failed.iter().collect();
    let (lines, left) = fill(&failed, WITHOUT_PLAN, |(host, fault)| {
        let mut line = "> - **failed** ".to_owned();
        clean::inline(&clean::clipped(&clean::line(host), 200), &mut line);
        line.push_str(": ");
        let message = clean::line(fault.message());
        clean::prose(&clean::clipped(&message, 300), &mut line);
        line.push('\n');
        line
    });
    if !failed.is_empty() {
        let _ = write!(out, "\n> [!CAUTION]\n{lines}");
    }
    if left > 0 {
        let _ = writeln!(out, "> - and {} more", phrases::count(left, "host"));
    }
    let missing: Vec<_> = review.missing.iter().cloned().collect();
    if !missing.is_empty() {
        out.push_str(&host_list("Missing hosts", &missing, WITHOUT_PLAN));
    }
}

fn host_list(title: &str, hosts: &[String], limit: usize) -> String {
    let (mut list, left) = fill(hosts, limit, |host| {
        let mut text = String::new();
        clean::inline(&clean::clipped(&clean::line(host), 200), &mut text);
        text.push(' ');
        text
    });
    if left > 0 {
        let _ = write!(list, "and {} more", phrases::count(left, "host"));
    }
    list.push('\n');
    folded(&format!("{title}: {}", hosts.len()), &list)
}
