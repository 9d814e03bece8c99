//! Reports for eyes: foreign text stays text in each of them, a comment never
//! outgrows its room, and a comparison names what differs.

mod groups;
mod hostile;
mod inert;
mod runs;

use ascript::bindings::Value;
use ascript::fault::Fault;
use ascript::report::{self, Charset, Report, Style};
use ascript::step::{Advisory, Command, Level, StepKind};

use hostile::{corpus, groups_of_hostile, hostile};
pub(crate) use inert::assert_page;
use inert::{assert_inert, assert_shown, is_shown};
use runs::{ReportCase, set, step};

const PLAIN: Style = Style {
    color: false,
    width: 100,
    quiet: false,
    verbose: true,
    charset: Charset::Utf8,
};

#[test]
fn hostile_text_is_inert_in_every_format() {
    for case in corpus() {
        let markdown = case.with(report::markdown);
        assert_inert(&markdown);
        assert!(markdown.len() < 60_000);
        assert_inert(&case.with(report::runbook));
        assert_page(&case.with(report::html));
        let text = case.with(|report| report::text(report, PLAIN).to_string());
        // Only the lines of a file, which the diff ends with, keep their tabs.
        let (above, diff) = text.split_once("\n--- ").unwrap_or((&text, ""));
        assert!(above.chars().all(is_shown), "{text}");
        assert_shown(diff);
    }
}

#[test]
fn hostile_text_is_inert_in_groups() {
    let short = Style {
        verbose: false,
        ..PLAIN
    };
    for case in groups_of_hostile() {
        assert_inert(&case.with(report::markdown));
        assert_page(&case.with(report::html));
        let text = case.with(|report| report::text(report, short).to_string());
        assert!(text.contains("6 × conf/user/…"), "{text}");
        assert!(text.chars().all(is_shown), "{text}");
    }
}

#[test]
fn hostile_text_is_inert_in_comparisons() {
    let other = hostile("other");
    for case in corpus() {
        for (old, new) in [(&other, &case), (&case, &other)] {
            let both = |render: fn(&Report<'_>, &Report<'_>) -> String| {
                old.with(|old| new.with(|new| render(old, new)))
            };
            assert_inert(&both(report::compare_markdown));
            let text = both(|old, new| report::compare(old, new, PLAIN));
            assert!(text.chars().all(is_shown), "{text}");
        }
    }
}

#[test]
fn a_comment_holds_ten_thousand_steps() {
    let steps = (0..10_000).map(|index| {
        let mut step = set(&format!("user{index}"), "absolute", "/a", "/b", index + 1);
        let kind = [Level::Danger, Level::Caution, Level::Note][index as usize % 3];
        step.advisories
            .push(Advisory::new(kind, "x", format!("note {index} about ` it")));
        step
    });
    let mut case = ReportCase::new(steps.collect());
    let hunk = |index| format!("@@ -{index} +{index} @@\n-a{index}\n+b{index}\n");
    case.run.conf_diff = format!("--- a\n+++ b\n{}", (1..5_000).map(hunk).collect::<String>());
    let markdown = case.with(report::markdown);
    assert!(
        markdown.len() < 60_000 && markdown.len() > 50_000,
        "{}",
        markdown.len()
    );
    assert_inert(&markdown);
    let shown = markdown.matches("\n##### ").count();
    assert!(
        markdown.contains(&format!("**{} steps are left out**", 10_000 - shown)),
        "{shown}"
    );
    let hunks = markdown.matches("\n@@ ").count();
    assert!(markdown.contains(&format!("**{} of 4999 hunks left out**", 4_999 - hunks)));
    assert!(case.with(report::html).len() > 10_000 * 200);
}

#[test]
fn a_step_too_long_is_left_out_whole() {
    let long = "x`".repeat(20_000);
    let steps = vec![
        set("a", "absolute", "", &long, 1),
        set("b", "absolute", "", "/b", 2),
    ];
    let mut case = ReportCase::new(steps);
    case.run.conf_diff = format!("@@ -1 +1 @@\n-a\n+{long}\n");
    case.run.fault = Some(Fault::script("`` ".repeat(9_000)).hint("``".repeat(9_000)));
    case.run.script.name.clone_from(&long);
    for level in [Level::Danger, Level::Caution, Level::Note] {
        (0..100).for_each(|index| {
            let text = format!("{index} {}", "``".repeat(9_000));
            case.run.advise(Advisory::new(level, "x", text));
        });
    }
    let markdown = case.with(report::markdown);
    assert!(markdown.len() < 60_000, "{}", markdown.len());
    assert!(markdown.contains("**1 step is left out**"), "{markdown}");
    assert!(markdown.contains("`absolute`: — → `/b`"));
    assert!(!markdown.contains(&"x`".repeat(200)));
}

#[test]
fn a_comment_reads_from_danger_to_detail() {
    let mut risky = set("faspex", "absolute", "/old", "/new", 7);
    risky
        .advisories
        .push(Advisory::new(Level::Danger, "d", "all of `/new` is open"));
    let mut case = ReportCase::new(vec![risky, step(StepKind::Settled, "dir.ensure", 8)]);
    case.run.conf_diff = "--- a/aspera.conf\n+++ b/aspera.conf\n@@ -1 +1 @@\n-/old\n+/new\n".into();
    case.run
        .params
        .push(("user".into(), Value::Text("faspex".into())));
    let markdown = case.with(report::markdown);
    let (body, digest) = markdown.split_once("- digest: ").unwrap();
    assert!(digest.starts_with("`sha256:"));
    assert_eq!(body, include_str!("comment.md"));
}

#[test]
fn a_page_shows_the_line_of_each_step() {
    let case = ReportCase::new(vec![set("faspex", "absolute", "/old", "/new", 2)]);
    let html = case.with(report::html);
    assert!(
        html.contains("<p class=\"at\"><span>line 2</span> <code>onboarding</code></p>"),
        "{html}"
    );
    assert!(html.contains(
        "<td class=\"before\"><code>/old</code></td><td class=\"after\"><code>/new</code></td>"
    ));
}

#[test]
fn a_page_breaks_commands_only_between_words() {
    let mut act = step(StepKind::Act, "sync.run", 9);
    let command = Command::new("async").arg("--keep-dir-local").arg("a b");
    act.commands.push(command);
    let html = ReportCase::new(vec![act]).with(report::html);
    let words = "<b>$</b> <span>async</span> <span>--keep-dir-local</span> <span>&#39;a</span> <span>b&#39;</span>";
    assert!(html.contains(words), "{html}");
    assert!(html.contains(".commands span { display: inline-block; max-width: 100%; }"));
}

#[test]
fn a_comparison_names_what_differs() {
    let mut act = step(StepKind::Act, "sync.run", 9);
    act.commands.push(Command::new("async").arg("-r"));
    let mut other = act.clone();
    other.commands[0].args.push("-v".into());
    let old = ReportCase::new(vec![
        set("a", "absolute", "/1", "/2", 1),
        set("b", "absolute", "/1", "/2", 2),
        set("c", "absolute", "/1", "/2", 3),
        act,
    ]);
    let mut new = ReportCase::new(vec![
        set("a", "absolute", "/1", "/3", 1),
        step(StepKind::Settled, "conf.set_user", 3),
        set("d", "absolute", "", "/2", 5),
        other,
    ]);
    new.run
        .params
        .push(("user".into(), Value::Text("d".into())));
    new.run
        .advise(Advisory::new(Level::Danger, "d", "d can log in"));
    let text = old.with(|old| new.with(|new| report::compare(old, new, PLAIN)));
    assert_eq!(text, include_str!("comparison.txt"));
    let same = old.with(|old| report::compare(old, old, PLAIN));
    assert_eq!(same, "The new run takes the same steps.\n");
}
