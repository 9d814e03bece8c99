//! A run as a comment on a pull request: dangers first, then changes, the rest
//! folded; never longer than a comment may be.

mod group;
mod step;

use std::fmt::Write as _;

use crate::fault::Fault;
use crate::run::DocumentKind;
use crate::step::{Level, Step, StepKind};

use super::groups::{self, Entry};
use super::hunks::parse_hunks;
use super::{Report, clean, notes, phrases, timeline};

/// The length of a comment in bytes. GitHub allows 65,536 characters, and some
/// bots add their own.
pub(super) const COMMENT_LIMIT: usize = 60_000;

/// The length of each part before the changes take what is left.
const DANGERS: usize = 10_000;
const CAUTIONS: usize = 6_000;
const UNFINISHED: usize = 8_000;
const SETTLED: usize = 3_000;
const NOTES: usize = 6_000;
const DETAILS: usize = 4_000;
const DIFF: usize = 10_000;

/// The length of one note. Escaping may make it six times as long.
const NOTE: usize = 900;

/// Reserved in a part for the line that says what was left out.
const REST: usize = 300;

/// The whole comment, with a final newline.
pub fn render(report: &Report<'_>) -> String {
    let head = head(report);
    let dangers = advice(report, Level::Danger, DANGERS);
    let cautions = advice(report, Level::Caution, CAUTIONS);
    let settled = settled(report, SETTLED);
    let notes = folded("Notes", &advice(report, Level::Note, NOTES));
    let details = details(report, DETAILS);
    let unfinished = unfinished(report, UNFINISHED);
    let fixed = [
        &head,
        &dangers,
        &cautions,
        &unfinished,
        &settled,
        &notes,
        &details,
    ];
    let limit = COMMENT_LIMIT - fixed.iter().map(|part| part.len()).sum::<usize>();
    let short_diff = diff(report, DIFF);
    let changes = changes(report, limit - short_diff.len());
    let diff = diff(report, limit - changes.len());
    [
        head, dangers, cautions, changes, unfinished, diff, settled, notes, details,
    ]
    .concat()
}

fn head(report: &Report<'_>) -> String {
    // A bot finds its comment by this line.
    let mut out = "<!-- ascript: ".to_owned();
    clean::comment(&clean::clipped(&report.run.script.name, 200), &mut out);
    out.push_str(" on ");
    clean::comment(&clean::clipped(&report.run.node.name, 200), &mut out);
    out.push_str(" -->\n### ");
    inline_clipped(&report.run.script.name, 200, &mut out);
    out.push_str(" on ");
    if let Some(remark) = report.remark {
        clean::prose(&clean::clipped(&clean::line(remark), 300), &mut out);
    } else {
        inline_clipped(&report.run.node.name, 200, &mut out);
        let _ = write!(out, " ({})", phrases::system_name(&report.run.node));
    }
    let _ = write!(out, "\n\n**{}**", phrases::verdict(report));
    let mut parts: Vec<_> = phrases::kind_counts(report)
        .iter()
        .map(|count| format!("{} {}", count.number, count.what))
        .collect();
    let dangers = notes::shared_advisories(report, Level::Danger).len();
    if dangers > 0 {
        parts.push(format!("**{}**", phrases::count(dangers, "danger")));
    }
    let _ = writeln!(out, " {}", parts.join(" · "));
    if let Some(site) = phrases::site(report) {
        out.push('\n');
        clean::prose(&clean::line(site), &mut out);
        out.push('\n');
    }
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
        inline_clipped(&place.to_string(), 300, out);
    }
    out.push('\n');
    for hint in fault.hints().iter().take(3) {
        out.push_str(">\n> Help: ");
        clean::prose(&clean::clipped(&clean::line(hint), 300), out);
        out.push('\n');
    }
}

/// One line for each note, with the steps that have it.
fn advice(report: &Report<'_>, level: Level, limit: usize) -> String {
    let mut shared = notes::shared_advisories(report, level);
    if level == Level::Note {
        // The note of a manual step is shown with the step.
        shared.retain(|note| !note.steps.iter().any(|step| is_manual(report, *step)));
    }
    let (title, noun) = match level {
        Level::Danger => ("\n#### Dangers\n\n", "danger"),
        Level::Caution => ("\n#### Cautions\n\n", "caution"),
        Level::Note => ("", "note"),
    };
    let (lines, left) = fill(&shared, limit - title.len(), |note| {
        // With the steps first, no note can start a list or a command to a bot.
        let mut line = match &note.steps[..] {
            [] => "- **whole run**: ".to_owned(),
            steps => format!("- **{}**: ", notes::step_ranges(steps)),
        };
        let text = notes::whole_text(note.advisory);
        let text = clean::line(&text);
        clean::prose(&clean::clipped(&text, NOTE), &mut line);
        line.push('\n');
        line
    });
    match (shared.is_empty(), left) {
        (true, _) => String::new(),
        (_, 0) => format!("{title}{lines}"),
        _ => format!("{title}{lines}- and {} more\n", phrases::count(left, noun)),
    }
}

fn is_manual(report: &Report<'_>, number: usize) -> bool {
    let step = number.checked_sub(1).map(|at| &report.run.steps[at]);
    step.is_some_and(|step| step.kind == StepKind::Manual)
}

pub(super) fn changes(report: &Report<'_>, limit: usize) -> String {
    let title = match report.run.kind {
        DocumentKind::Preview | DocumentKind::Plan => "\n#### Changes\n",
        DocumentKind::Receipt => "\n#### Changed\n",
    };
    let moving = groups::pending(report, group::LONGEST);
    if moving.is_empty() {
        return String::new();
    }
    let mut long = Vec::new();
    let main = &report.run.script.name;
    let mut single = |number: usize, step: &Step| {
        let whole = step::whole(number, step, main);
        if whole.len() <= step::LENGTH_LIMIT {
            return whole;
        }
        long.push(number);
        step::too_long(number, step, main)
    };
    let (shown, left) = fill(&moving, limit - title.len(), |entry| match entry {
        Entry::Single(started) => single(started.number, started.step),
        Entry::Group(group) => group::whole(group, main).unwrap_or_else(|| {
            let steps = group.steps();
            steps.map(|(number, step)| single(number, step)).collect()
        }),
        Entry::InTurn(steps) => format!("\n_{}:_\n", steps.sentence()),
    });
    let left_out = &moving[moving.len() - left..];
    let last = left_out.first().map(Entry::first);
    long.retain(|number| last.is_none_or(|last| *number < last));
    let left = left_out.iter().map(Entry::len).sum::<usize>() + long.len();
    if left == 0 {
        return format!("{title}{shown}");
    }
    let are = if left == 1 { "step is" } else { "steps are" };
    format!(
        "{title}{shown}\n**{left} {are} left out**, for a comment holds no more; the formats `html` and `text` show all.\n"
    )
}

/// What failed, and the steps after the one that stopped the run.
fn unfinished(report: &Report<'_>, limit: usize) -> String {
    let main = &report.run.script.name;
    let started = timeline::started(report.run);
    let failed: Vec<_> = started.filter(|started| started.fault.is_some()).collect();
    let (mut text, left) = fill(&failed, limit / 2, |started| {
        let mut text = step::whole(started.number, started.step, main);
        text.push_str("\n**Failed:** ");
        let message = started.fault.map_or("", Fault::message);
        clean::prose(&clean::clipped(&clean::line(message), NOTE), &mut text);
        text.push('\n');
        text
    });
    if !failed.is_empty() {
        text.insert_str(0, "\n#### Failed\n");
    }
    if left > 0 {
        let _ = writeln!(text, "\n**{left} left out**, for a comment holds no more.");
    }
    let rest: Vec<_> = report.run.unreached().collect();
    let (lines, left) = fill(&rest, limit / 2, |(number, step)| {
        format!("- {number} · {}\n", step::title_and_location(step, main))
    });
    if !rest.is_empty() {
        let _ = write!(text, "\n#### Not reached\n\n{lines}");
    }
    if left > 0 {
        let _ = writeln!(text, "- and {} more", phrases::count(left, "step"));
    }
    text
}

fn settled(report: &Report<'_>, limit: usize) -> String {
    let settled = numbered(report, |kind| kind == StepKind::Settled);
    let (mut lines, left) = fill(&settled, limit - REST, |(number, step)| {
        format!(
            "- {number} · {}\n",
            step::title_and_location(step, &report.run.script.name)
        )
    });
    if left > 0 {
        let _ = writeln!(lines, "- and {} more", phrases::count(left, "step"));
    }
    let title = format!(
        "{} already as wanted",
        phrases::count(settled.len(), "step")
    );
    folded(&title, &lines)
}

/// What changes in aspera.conf and in the files that steps write.
fn diff(report: &Report<'_>, limit: usize) -> String {
    let files = &report.run.file_diffs;
    let mut out = diff_of("aspera.conf", &report.run.conf_diff, limit);
    for (index, file) in files.iter().enumerate() {
        let left = limit.saturating_sub(out.len());
        if left < 4 * REST {
            let files = phrases::count(files.len() - index, "file");
            let _ = writeln!(out, "\nThe changes of **{files}** are left out.");
            break;
        }
        let path = clean::clipped(&file.path, 200);
        out.push_str(&diff_of(&path, &file.diff, left - REST));
    }
    out
}

fn diff_of(path: &str, diff: &str, limit: usize) -> String {
    let hunks = parse_hunks(diff);
    // The fence is written before the first hunk.
    let fence = clean::fence(diff);
    let frame = 2 * fence.len() + REST;
    let (shown, left) = fill(&hunks, limit.saturating_sub(frame), |hunk| {
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
        let hunks = phrases::count(hunks.len(), "hunk");
        let _ = writeln!(
            body,
            "\n**{left} of {hunks} left out**, for a comment holds no more."
        );
    }
    let title = format!("Changes to <code>{}</code>", clean::Html(path));
    folded(&title, &body)
}

/// The parameters of the script, as a list.
pub(super) fn params(report: &Report<'_>, limit: usize) -> String {
    let params = report.run.params.iter();
    let params = params.flat_map(|(name, value)| phrases::param_rows(name, value));
    let params: Vec<_> = params.collect();
    let (mut lines, left) = fill(&params, limit, |(name, value)| {
        let mut line = "- ".to_owned();
        inline_clipped(name, 200, &mut line);
        line.push_str(" = ");
        clean::inline(&clean::clipped(value, 300), &mut line);
        line.push('\n');
        line
    });
    if left > 0 {
        let _ = writeln!(lines, "- and {} more", phrases::count(left, "parameter"));
    }
    lines
}

fn details(report: &Report<'_>, limit: usize) -> String {
    let mut lines = params(report, limit - 2 * REST);
    let premises = phrases::count(report.run.observations.len(), "fact");
    let digest = report.run.digest();
    let _ = writeln!(lines, "- premises: {premises}\n- digest: `{digest}`");
    folded("Parameters and digest", &lines)
}

/// A section that is folded until a person opens it.
pub(super) fn folded(title: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!("\n<details><summary>{title}</summary>\n\n{body}\n</details>\n")
}

/// The first pieces that fit within the limit, whole, and how many are left
/// out.
pub(super) fn fill<T>(
    pieces: &[T],
    limit: usize,
    mut write: impl FnMut(&T) -> String,
) -> (String, usize) {
    let limit = limit.saturating_sub(REST);
    let mut out = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        let text = write(piece);
        if out.len() + text.len() > limit {
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

fn inline_clipped(text: &str, bytes: usize, out: &mut String) {
    clean::inline(&clean::clipped(&clean::line(text), bytes), out);
}
