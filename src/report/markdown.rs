//! A run as a comment on a pull request: what to fear first, then what
//! changes, the rest folded; never more than a comment holds.

mod step;

use std::fmt::Write as _;

use crate::run::DocumentKind;
use crate::step::{Level, Step, StepKind};

use super::{Report, clean, hunks, words};

/// A comment of GitHub's holds 65,536 characters; some bots add their own.
pub(super) const ROOM: usize = 60_000;

/// What each part may take before the changes have taken theirs.
const DANGERS: usize = 10_000;
const CAUTIONS: usize = 6_000;
const SETTLED: usize = 3_000;
const NOTES: usize = 6_000;
const FACTS: usize = 4_000;
const DIFF: usize = 10_000;

/// How much of one note is shown. Back-ticks may grow to six times as many.
const NOTE: usize = 900;

/// Kept free in a part for the line that says what was left out.
const REST: usize = 300;

/// The whole comment, with a line end.
pub fn render(report: &Report<'_>) -> String {
    let head = head(report);
    let dangers = advice(report, Level::Danger, DANGERS);
    let cautions = advice(report, Level::Caution, CAUTIONS);
    let settled = settled(report, SETTLED);
    let notes = folded("Notes", &advice(report, Level::Note, NOTES));
    let facts = facts(report, FACTS);
    let fixed = [&head, &dangers, &cautions, &settled, &notes, &facts];
    let room = ROOM - fixed.iter().map(|part| part.len()).sum::<usize>();
    let scant = diff(report, DIFF);
    let changes = changes(report, room - scant.len());
    let diff = diff(report, room - changes.len());
    [
        head, dangers, cautions, changes, diff, settled, notes, facts,
    ]
    .concat()
}

fn head(report: &Report<'_>) -> String {
    // A bot finds its comment by this line; a name too long to keep would
    // only be one it does not find.
    let mut out = "<!-- ascript: ".to_owned();
    clean::comment(&clean::clipped(&report.run.script.name, 200), &mut out);
    out.push_str(" on ");
    clean::comment(&clean::clipped(&report.run.node.name, 200), &mut out);
    out.push_str(" -->\n### ");
    inline(&report.run.script.name, 200, &mut out);
    out.push_str(" on ");
    if let Some(remark) = report.remark {
        clean::prose(&clean::clipped(&clean::line(remark), 300), &mut out);
    } else {
        inline(&report.run.node.name, 200, &mut out);
        let _ = write!(out, " ({})", words::platform(report.run.node.platform));
    }
    let _ = write!(out, "\n\n**{}**", words::verdict(report));
    let mut parts: Vec<_> = words::counts(report)
        .iter()
        .map(|count| format!("{} {}", count.number, count.what))
        .collect();
    let dangers = words::shared(report, Level::Danger).len();
    if dangers > 0 {
        parts.push(format!("**{}**", words::count(dangers, "danger")));
    }
    let _ = writeln!(out, " {}", parts.join(" · "));
    fault(report, &mut out);
    out
}

fn fault(report: &Report<'_>, out: &mut String) {
    let Some(fault) = &report.run.fault else {
        return;
    };
    out.push_str("\n> [!CAUTION]\n> **Stopped:** ");
    clean::prose(&clean::clipped(&clean::line(fault.message()), NOTE), out);
    if let Some(place) = fault.location() {
        out.push_str(" — ");
        inline(&place.to_string(), 300, out);
    }
    out.push('\n');
    for hint in fault.hints().iter().take(3) {
        out.push_str(">\n> Help: ");
        clean::prose(&clean::clipped(&clean::line(hint), 300), out);
        out.push('\n');
    }
}

/// One line a note, each note once with the steps that earned it.
fn advice(report: &Report<'_>, level: Level, room: usize) -> String {
    let mut shared = words::shared(report, level);
    if level == Level::Note {
        // A step for a person is nothing but its note, and is shown with it.
        shared.retain(|note| !note.steps.iter().any(|step| is_manual(report, *step)));
    }
    let (title, noun) = match level {
        Level::Danger => ("\n#### Dangers\n\n", "danger"),
        Level::Caution => ("\n#### Cautions\n\n", "caution"),
        Level::Note => ("", "note"),
    };
    let (lines, left) = fill(&shared, room - title.len(), |note| {
        // The words ahead keep a note from starting a list, or an order to
        // a bot, at the start of a line.
        let mut line = match &note.steps[..] {
            [] => "- **whole run**: ".to_owned(),
            steps => format!("- **{}**: ", words::steps(steps)),
        };
        let text = clean::line(&note.advisory.text);
        clean::prose(&clean::clipped(&text, NOTE), &mut line);
        line.push('\n');
        line
    });
    match (shared.is_empty(), left) {
        (true, _) => String::new(),
        (_, 0) => format!("{title}{lines}"),
        _ => format!("{title}{lines}- and {} more\n", words::count(left, noun)),
    }
}

fn is_manual(report: &Report<'_>, number: usize) -> bool {
    let step = number.checked_sub(1).map(|at| &report.run.steps[at]);
    step.is_some_and(|step| step.kind == StepKind::Manual)
}

fn changes(report: &Report<'_>, room: usize) -> String {
    let title = match report.run.kind {
        DocumentKind::Preview | DocumentKind::Plan => "\n#### Changes\n",
        DocumentKind::Receipt => "\n#### Changed\n",
    };
    let moving = numbered(report, |kind| kind != StepKind::Settled);
    if moving.is_empty() {
        return String::new();
    }
    let mut long = Vec::new();
    let (shown, left) = fill(&moving, room - title.len(), |(number, step)| {
        let whole = step::whole(*number, step, &report.run.script.name);
        if whole.len() <= step::MOST {
            return whole;
        }
        long.push(*number);
        step::too_long(*number, step, &report.run.script.name)
    });
    let last = moving.get(moving.len() - left);
    long.retain(|number| last.is_none_or(|(last, _)| number < last));
    let left = left + long.len();
    if left == 0 {
        return format!("{title}{shown}");
    }
    let are = if left == 1 { "step is" } else { "steps are" };
    format!(
        "{title}{shown}\n**{left} {are} left out**, for a comment holds no more; the formats `html` and `text` show all.\n"
    )
}

fn settled(report: &Report<'_>, room: usize) -> String {
    let settled = numbered(report, |kind| kind == StepKind::Settled);
    let (mut lines, left) = fill(&settled, room - REST, |(number, step)| {
        format!(
            "- {number} · {}\n",
            step::named(step, &report.run.script.name)
        )
    });
    if left > 0 {
        let _ = writeln!(lines, "- and {} more", words::count(left, "step"));
    }
    let title = format!("{} already as wanted", words::count(settled.len(), "step"));
    folded(&title, &lines)
}

fn diff(report: &Report<'_>, room: usize) -> String {
    let hunks = hunks::of(&report.run.conf_diff);
    // The fence must be known before the first hunk is written.
    let fence = clean::fence(&report.run.conf_diff);
    let frame = 2 * fence.len() + REST;
    let (shown, left) = fill(&hunks, room.saturating_sub(frame), |hunk| {
        let lines = hunk.text.split_terminator('\n');
        lines.fold(String::new(), |mut text, line| {
            let line = line.strip_suffix('\r').unwrap_or(line);
            text.push_str(&clean::file_line(line));
            text.push('\n');
            text
        })
    });
    let mut body = String::new();
    if !shown.is_empty() {
        let _ = write!(body, "{fence}diff\n{shown}{fence}\n");
    }
    if left > 0 {
        let hunks = words::count(hunks.len(), "hunk");
        let _ = writeln!(
            body,
            "\n**{left} of {hunks} left out**, for a comment holds no more."
        );
    }
    folded("Changes to <code>aspera.conf</code>", &body)
}

fn facts(report: &Report<'_>, room: usize) -> String {
    let params: Vec<_> = report.run.params.iter().collect();
    let (mut lines, left) = fill(&params, room - 2 * REST, |(name, value)| {
        let mut line = "- ".to_owned();
        inline(name, 200, &mut line);
        line.push_str(" = ");
        clean::inline(&clean::clipped(&words::param(value), 300), &mut line);
        line.push('\n');
        line
    });
    if left > 0 {
        let _ = writeln!(lines, "- and {} more", words::count(left, "parameter"));
    }
    let premises = words::count(report.run.observations.len(), "fact");
    let digest = report.run.digest();
    let _ = writeln!(lines, "- premises: {premises}\n- digest: `{digest}`");
    folded("Parameters and digest", &lines)
}

/// Behind a line that opens it.
fn folded(title: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!("\n<details><summary>{title}</summary>\n\n{body}\n</details>\n")
}

/// Whole pieces from the first on, until one does not fit; and how many then
/// are left. No piece behind that one is written at all.
pub(super) fn fill<T>(
    pieces: &[T],
    room: usize,
    mut write: impl FnMut(&T) -> String,
) -> (String, usize) {
    let room = room.saturating_sub(REST);
    let mut out = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        let text = write(piece);
        if out.len() + text.len() > room {
            return (out, pieces.len() - index);
        }
        out.push_str(&text);
    }
    (out, 0)
}

fn numbered<'a>(report: &Report<'a>, is_wanted: fn(StepKind) -> bool) -> Vec<(usize, &'a Step)> {
    let steps = report.run.steps.iter().enumerate();
    steps
        .filter(|(_, step)| is_wanted(step.kind))
        .map(|(index, step)| (index + 1, step))
        .collect()
}

fn inline(text: &str, bytes: usize, out: &mut String) {
    clean::inline(&clean::clipped(&clean::line(text), bytes), out);
}
