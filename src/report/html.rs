//! A run as one self-contained page for a browser: no script, nothing fetched,
//! printable. It is well-formed XML, so that a test can prove that no text from
//! outside became markup.

mod diff;
mod group;
mod source;
mod step;

use std::fmt::{Display, Write as _};

use crate::run::DocumentKind;
use crate::step::{Advisory, Level, StepKind};

pub(super) use self::diff::render as diff_table;
use self::source::SourceLines;
pub(super) use self::step::StepCardWriter;
use super::clean::{Html, HtmlProse};
use super::{Report, changes, notes, phrases, timeline};

/// Allows a browser to show the page, and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The whole page.
pub fn render(report: &Report<'_>) -> String {
    let mut out = String::with_capacity(2048 * report.run.steps.len() + 16_384);
    top(report, &mut out);
    out.push_str("<main>\n");
    fault(report, &mut out);
    advice(report, Level::Danger, &mut out);
    advice(report, Level::Caution, &mut out);
    steps(report, &mut out);
    unfinished(report, &mut out);
    diff::render("aspera.conf", &report.run.conf_diff, &mut out);
    for file in &report.run.file_diffs {
        diff::render(&file.path, &file.diff, &mut out);
    }
    settled(report, &mut out);
    advice(report, Level::Note, &mut out);
    premises(report, &mut out);
    identity(report, &mut out);
    let version = env!("CARGO_PKG_VERSION");
    let _ = write!(
        out,
        "</main>\n<footer>ascript {version}</footer>\n</body>\n</html>\n"
    );
    out
}

fn top(report: &Report<'_>, out: &mut String) {
    let kind = match report.run.kind {
        DocumentKind::Preview => "Preview",
        DocumentKind::Plan => "Plan",
        DocumentKind::Receipt => "Receipt",
    };
    let (script, node) = (Html(&report.run.script.name), Html(&report.run.node.name));
    begin(&format_args!("{script} on {node} – {kind}"), out);
    let _ = write!(
        out,
        "<header>\n<p class=\"kind\">{kind}</p>\n<h1><code>{script}</code> ",
    );
    let _ = match report.remark {
        Some(remark) => writeln!(out, "<span>on {}</span></h1>", HtmlProse(remark)),
        None => writeln!(
            out,
            "<span>on <code>{node}</code> ({})</span></h1>",
            phrases::system_name(&report.run.node)
        ),
    };
    let _ = writeln!(out, "<p class=\"verdict\">{}</p>", phrases::verdict(report));
    if let Some(site) = phrases::site(report) {
        let _ = writeln!(out, "<p>{}</p>", HtmlProse(site));
    }
    counts(report, out);
    out.push_str("</header>\n");
}

/// The start of a page with that title, up to its body.
pub(super) fn begin(title: &impl Display, out: &mut String) {
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n\
         <title>{title}</title>\n<style>\n{}</style>\n</head>\n<body>\n",
        include_str!("html/style.css"),
    );
}

fn counts(report: &Report<'_>, out: &mut String) {
    let dangers = notes::shared_advisories(report, Level::Danger).len();
    let mut all = phrases::kind_counts(report);
    if dangers > 0 {
        let what = if dangers == 1 { "danger" } else { "dangers" };
        let number = dangers;
        all.insert(0, phrases::KindCount { number, what });
    }
    if all.is_empty() {
        return;
    }
    out.push_str("<dl class=\"counts\">\n");
    for phrases::KindCount { number, what } in all {
        let class = what.split(' ').next_back().unwrap_or_default();
        let _ = writeln!(
            out,
            "<div class=\"{class}\"><dt>{what}</dt><dd>{number}</dd></div>"
        );
    }
    out.push_str("</dl>\n");
}

fn fault(report: &Report<'_>, out: &mut String) {
    let Some(fault) = &report.run.fault else {
        return;
    };
    let message = HtmlProse(fault.message());
    let _ = write!(
        out,
        "<section class=\"fault\" aria-labelledby=\"fault\">\n<h2 id=\"fault\">What stopped it</h2>\n<p>{message}</p>\n"
    );
    if let Some(location) = fault.location() {
        let mut lines = SourceLines::new(report.sources);
        step::write_location(&location.to_string(), lines.line(location), out);
    }
    for hint in fault.hints() {
        let _ = writeln!(out, "<p class=\"hint\">{}</p>", HtmlProse(hint));
    }
    out.push_str("</section>\n");
}

fn advice(report: &Report<'_>, level: Level, out: &mut String) {
    let (id, title) = match level {
        Level::Danger => ("danger", "Dangers"),
        Level::Caution => ("caution", "Cautions"),
        Level::Note => ("note", "Notes"),
    };
    let shared = notes::shared_advisories(report, level);
    if shared.is_empty() {
        return;
    }
    let _ = write!(
        out,
        "<section class=\"advice {id}\" aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>\n<ul>\n"
    );
    for note in shared {
        let _ = write!(out, "<li>{}", HtmlProse(&notes::whole_text(note.advisory)));
        origin(note.advisory, out);
        concerned(report, &note.steps, out);
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n</section>\n");
}

fn origin(advisory: &Advisory, out: &mut String) {
    if let Some(source) = &advisory.source {
        let _ = write!(out, " <cite>{}</cite>", HtmlProse(source));
    }
}

/// The steps that have a note; a few of them as links.
fn concerned(report: &Report<'_>, numbers: &[usize], out: &mut String) {
    let is_listed = |number: &usize| report.run.steps[number - 1].kind != StepKind::Settled;
    if numbers.is_empty() {
        return;
    }
    if numbers.len() > 6 || !numbers.iter().all(is_listed) {
        let _ = write!(
            out,
            " <span class=\"of\">{}</span>",
            notes::step_ranges(numbers)
        );
        return;
    }
    out.push_str(" <span class=\"of\">");
    for number in numbers {
        let _ = write!(out, "<a href=\"#step-{number}\">step {number}</a> ");
    }
    out.truncate(out.trim_end().len());
    out.push_str("</span>");
}

fn steps(report: &Report<'_>, out: &mut String) {
    if !report.run.is_pending() {
        return;
    }
    out.push_str("<section aria-labelledby=\"steps\">\n<h2 id=\"steps\">Steps</h2>\n");
    StepCardWriter::new(report).pending(report, out);
    out.push_str("</section>\n");
}

/// What failed, and the steps after the one that stopped the run.
fn unfinished(report: &Report<'_>, out: &mut String) {
    let mut writer = StepCardWriter::new(report);
    for started in timeline::started(report.run) {
        let Some(fault) = started.fault else {
            continue;
        };
        let number = started.number;
        let _ = writeln!(
            out,
            "<section class=\"fault\" aria-labelledby=\"failed-{number}\">\n\
             <h2 id=\"failed-{number}\">Failed</h2>\n<p>{}</p>",
            HtmlProse(fault.message())
        );
        writer.write(number, started.step, out);
        out.push_str("</section>\n");
    }
    let mut rest = report.run.unreached().peekable();
    if rest.peek().is_none() {
        return;
    }
    out.push_str(
        "<section aria-labelledby=\"not-reached\">\n<h2 id=\"not-reached\">Not reached</h2>\n<ul>\n",
    );
    for (number, step) in rest {
        let location = phrases::location(step, &report.run.script.name);
        let (title, location) = (phrases::title(step), Html(&location));
        let title = Html(&title);
        let _ = writeln!(out, "<li>{number} <code>{title}</code> {location}</li>");
    }
    out.push_str("</ul>\n</section>\n");
}

fn settled(report: &Report<'_>, out: &mut String) {
    let steps = report.run.steps.iter().enumerate();
    let settled: Vec<_> = steps
        .filter(|(_, step)| step.kind == StepKind::Settled)
        .collect();
    if settled.is_empty() {
        return;
    }
    let count = phrases::count(settled.len(), "step");
    let _ = write!(
        out,
        "<details>\n<summary>{count} already as wanted</summary>\n<table>\n\
         <thead><tr><th scope=\"col\">Step</th><th scope=\"col\">What</th><th scope=\"col\">Place</th></tr></thead>\n<tbody>\n"
    );
    for (index, step) in settled {
        let (title, location) = (
            phrases::title(step),
            phrases::location(step, &report.run.script.name),
        );
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td><code>{}</code></td><td>{}</td></tr>",
            index + 1,
            Html(&title),
            Html(&location)
        );
    }
    out.push_str("</tbody>\n</table>\n</details>\n");
}

fn premises(report: &Report<'_>, out: &mut String) {
    let observations = &report.run.observations;
    if observations.is_empty() {
        return;
    }
    let count = phrases::count(observations.len(), "fact");
    let _ = write!(
        out,
        "<details>\n<summary>What was read: {count}</summary>\n<table class=\"pairs\">\n\
         <thead><tr><th scope=\"col\">Fact</th><th scope=\"col\">Value</th></tr></thead>\n<tbody>\n"
    );
    for observation in observations {
        let subject = observation.subject.to_string();
        let value = changes::value(&observation.value);
        pair(&subject, &value, out);
    }
    out.push_str("</tbody>\n</table>\n</details>\n");
}

/// The parameters of the script, as a table.
pub(super) fn params(report: &Report<'_>, out: &mut String) {
    out.push_str(
        "<table class=\"pairs\">\n\
         <thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Value</th></tr></thead>\n<tbody>\n",
    );
    for (name, value) in &report.run.params {
        for (name, value) in phrases::param_rows(name, value) {
            pair(&name, &value, out);
        }
    }
    out.push_str("</tbody>\n</table>\n");
}

fn identity(report: &Report<'_>, out: &mut String) {
    out.push_str("<details>\n<summary>Parameters and digests</summary>\n");
    params(report, out);
    out.push_str("<table class=\"pairs\">\n<tbody>\n");
    let digest = report.run.digest();
    for (name, value) in [("Digest", &*digest), ("Script", &report.run.script.digest)] {
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{name}</th><td><code>{}</code></td></tr>",
            Html(value)
        );
    }
    out.push_str("</tbody>\n</table>\n</details>\n");
}

fn pair(name: &str, value: &str, out: &mut String) {
    let (name, value) = (Html(name), Html(value));
    let _ = writeln!(
        out,
        "<tr><td><code>{name}</code></td><td><code>{value}</code></td></tr>"
    );
}
