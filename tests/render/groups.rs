//! The steps of one call in a loop are a table, and lose nothing.

use ascript::report;
use ascript::step::{Advisory, Level, Step, StepKind};

use super::PLAIN;
use super::runs::{ReportCase, set, step};
use ascript::report::Style;

const SHORT: Style = Style {
    verbose: false,
    ..PLAIN
};

fn user(number: usize, line: u32) -> Step {
    let docroot = format!("/srv/u{number}");
    let mut step = set(&format!("u{number}"), "absolute", "", &docroot, line);
    let shared = set(&format!("u{number}"), "read_allowed", "", "true", line);
    step.changes.extend(shared.changes);
    if number == 3 {
        step.advisories
            .push(Advisory::new(Level::Note, "x", "only this row"));
    }
    step
}

fn users(count: usize) -> ReportCase {
    ReportCase::new((1..=count).map(|number| user(number, 2)).collect())
}

fn text(case: &ReportCase, style: Style) -> String {
    case.with(|report| report::text(report, style).to_string())
}

#[test]
fn a_group_says_once_what_its_steps_share() {
    let text = text(&users(6), SHORT);
    let wanted = "
1–6  ~ 6 × conf/user/…                                                line 2
        read_allowed: — → true
        $ asconfigurator -x 'set_user_data;user_name,u1;absolute,/srv/u1'
        and so for each row; -v shows every command
        step      absolute
           1  u1  — → /srv/u1
           2  u2  — → /srv/u2
           3  u3  — → /srv/u3
        note: only this row
           4  u4  — → /srv/u4
           5  u5  — → /srv/u5
           6  u6  — → /srv/u6
";
    assert!(text.contains(wanted), "{text}");
    let markdown = users(6).with(report::markdown);
    let wanted = "
##### 1–6 `~` `6 × conf/user/…` — `line 2`

- `read_allowed: — → true`

| Step | Name | `absolute` |
| ---: | --- | --- |
| 1 | `u1` | `— → /srv/u1` |
";
    assert!(markdown.contains(wanted), "{markdown}");
    let html = users(6).with(report::html);
    assert_eq!(html.matches("read_allowed: — → true").count(), 1, "{html}");
    let row = "<tr><td><a href=\"#step-3\">3</a></td><td><code>u3</code><ul class=\"notes\">";
    assert!(html.contains(row), "{html}");
}

#[test]
fn every_command_is_in_each_format() {
    for count in [6, 120] {
        let case = users(count);
        let formats = [
            text(&case, PLAIN),
            case.with(report::markdown),
            case.with(report::html),
        ];
        for format in formats {
            for number in 1..=count {
                let command = format!("set_user_data;user_name,u{number};");
                assert_eq!(format.matches(&command).count(), 1, "{number} {format}");
            }
        }
    }
}

#[test]
fn few_steps_and_steps_that_differ_in_kind_are_no_group() {
    let is_group = |case: &ReportCase| text(case, SHORT).contains(" × ");
    assert!(!is_group(&users(4)));
    assert!(is_group(&users(5)));
    assert!(!text(&users(5), PLAIN).contains(" × "));
    let lines = (1..=5).map(|number| user(number, u32::try_from(number).unwrap()));
    assert!(!is_group(&ReportCase::new(lines.collect())));
    let mut broken = users(8);
    broken
        .run
        .steps
        .insert(4, step(StepKind::Manual, "manual.step", 2));
    broken.run.steps[6] = set("u6", "other", "", "1", 2);
    assert!(!is_group(&broken));
}
