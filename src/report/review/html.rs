//! A review as one self-contained page for a browser.

use std::fmt::Write as _;

use crate::fault::Result;
use crate::plan::{ChangeGroup, FleetReview};

use super::super::clean::{Html, HtmlProse};
use super::super::html::{StepCardWriter, begin, diff_table, params};
use super::super::{Report, phrases};
use super::{GroupPlan, group_title, verdict};

/// The length from which further changes are only named: a browser must open the page.
const PAGE_LIMIT: usize = 8 << 20;

/// The whole page.
pub fn render(review: &FleetReview, plan_of: GroupPlan<'_>) -> Result<String> {
    let mut out = String::new();
    let count = phrases::count(review.hosts.len(), "host");
    begin(&format_args!("{count} – Review"), &mut out);
    let _ = write!(
        out,
        "<header>\n<p class=\"kind\">Review</p>\n<h1>Plans of {count}</h1>\n\
         <p class=\"verdict\">{}</p>\n<p>Digest <code>{}</code></p>\n</header>\n<main>\n",
        verdict(review),
        review.digest()
    );
    without_plan(review, &mut out);
    for (number, group) in (1..).zip(&review.groups) {
        let _ = write!(
            out,
            "<section aria-labelledby=\"group-{number}\">\n<h2 id=\"group-{number}\">{}</h2>\n\
             <p>Changes <code>{}</code></p>\n",
            group_title(group),
            Html(&group.change_digest)
        );
        notes(group, &mut out);
        hosts(&group.hosts, &mut out);
        if out.len() < PAGE_LIMIT {
            changes(number, group, plan_of, &mut out)?;
        } else {
            out.push_str("<p>The page has no room for these changes.</p>\n");
        }
        out.push_str("</section>\n");
    }
    let version = env!("CARGO_PKG_VERSION");
    let _ = write!(
        out,
        "</main>\n<footer>ascript {version}</footer>\n</body>\n</html>\n"
    );
    Ok(out)
}

fn notes(group: &ChangeGroup, out: &mut String) {
    if group.advisories.is_empty() {
        return;
    }
    out.push_str("<ul class=\"notes\">\n");
    for note in &group.advisories {
        let (class, word) = if note.is_danger {
            ("danger", "Danger")
        } else {
            ("caution", "Caution")
        };
        let text = HtmlProse(&note.text);
        let _ = writeln!(out, "<li class=\"{class}\"><b>{word}</b> {text}</li>");
    }
    out.push_str("</ul>\n");
}

/// The hosts; many of them are folded.
fn hosts(hosts: &[String], out: &mut String) {
    let open = if hosts.len() <= 20 {
        " open=\"open\""
    } else {
        ""
    };
    let count = phrases::count(hosts.len(), "host");
    let _ = write!(out, "<details{open}>\n<summary>{count}</summary>\n<p>");
    for host in hosts {
        let _ = write!(out, "<code>{}</code> ", Html(host));
    }
    out.truncate(out.trim_end().len());
    out.push_str("</p>\n</details>\n");
}

/// The steps and the diffs, as on the first host.
fn changes(
    number: usize,
    group: &ChangeGroup,
    plan_of: GroupPlan<'_>,
    out: &mut String,
) -> Result<()> {
    let plan = plan_of(group)?;
    if !plan.is_pending() {
        return Ok(());
    }
    let report = Report {
        run: &plan,
        remark: None,
        site: None,
        sources: None,
    };
    let host = Html(&group.hosts[0]);
    let script = Html(&plan.script.name);
    let _ = writeln!(
        out,
        "<p>As <code>{script}</code> makes them on <code>{host}</code>:</p>"
    );
    if !plan.params.is_empty() {
        params(&report, out);
    }
    let mut writer = StepCardWriter::new(&report).in_group(number);
    writer.pending(&report, out);
    diff_table("aspera.conf", &plan.conf_diff, out);
    for file in &plan.file_diffs {
        diff_table(&file.path, &file.diff, out);
    }
    Ok(())
}

/// The hosts that failed or are missing.
fn without_plan(review: &FleetReview, out: &mut String) {
    if review.is_complete() {
        return;
    }
    out.push_str(
        "<section class=\"fault\" aria-labelledby=\"without\">\n<h2 id=\"without\">Without a plan</h2>\n<ul>\n",
    );
    for (host, fault) in &review.failed {
        let (host, message) = (Html(host), HtmlProse(fault.message()));
        let _ = writeln!(out, "<li><code>{host}</code> failed: {message}</li>");
    }
    for host in &review.missing {
        let _ = writeln!(out, "<li><code>{}</code> is missing</li>", Html(host));
    }
    out.push_str("</ul>\n</section>\n");
}
