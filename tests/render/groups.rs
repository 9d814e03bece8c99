//! The steps of one call in a loop are a table, and lose nothing.

use ascript::report;
use ascript::state::{State, Subject};
use ascript::step::{Advisory, Change, Command, Level, Step, StepKind, StepSubjects};

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

/// A loop that makes an account and sets its user in each round.
fn rounds(count: usize) -> ReportCase {
    let account = |number: usize| {
        let mut step = step(StepKind::Change, "account.ensure", 2);
        step.changes.push(Change {
            subject: Subject::Account(format!("u{number}").into()),
            before: State::Absent,
            after: State::Present.into(),
        });
        step
    };
    let steps = (1..=count).flat_map(|number| [account(number), user(number, 3)]);
    ReportCase::new(steps.collect())
}

#[test]
fn the_calls_of_a_loop_are_a_group_each() {
    let case = rounds(6);
    let short = text(&case, SHORT);
    let wanted = "
Steps 1–12 run in turn, in the order of their numbers:
1…11  + 6 × account/…                                                 line 2
        step
           1  u1
           3  u2
           5  u3
           7  u4
           9  u5
          11  u6
2…12  ~ 6 × conf/user/…                                               line 3
        read_allowed: — → true
        $ asconfigurator -x 'set_user_data;user_name,u1;absolute,/srv/u1'
        and so for each row; -v shows every command
        step      absolute
           2  u1  — → /srv/u1
";
    assert!(short.contains(wanted), "{short}");
    let markdown = case.with(report::markdown);
    let wanted = "
_Steps 1–12 run in turn, in the order of their numbers:_

##### 1…11 `+` `6 × account/…` — `line 2`

| Step | Name |
| ---: | --- |
| 1 | `u1` |
";
    assert!(markdown.contains(wanted), "{markdown}");
    let html = case.with(report::html);
    assert_eq!(html.matches("read_allowed: — → true").count(), 1, "{html}");
    let wanted = "<p class=\"at\">Steps 1–12 run in turn, in the order of their numbers:</p>";
    assert!(html.contains(wanted), "{html}");
    assert!(!text(&case, PLAIN).contains("in turn"));
}

#[test]
fn a_long_loop_loses_no_step_and_no_command() {
    let case = rounds(70);
    for format in [
        text(&case, PLAIN),
        case.with(report::markdown),
        case.with(report::html),
    ] {
        for number in 1..=70 {
            let command = format!("set_user_data;user_name,u{number};");
            assert_eq!(format.matches(&command).count(), 1, "{number} {format}");
        }
    }
    let short = text(&case, SHORT);
    for number in 1..=140_usize {
        let row = format!("\n        {number:>4}  u{}", number.div_ceil(2));
        assert_eq!(
            short.matches(&format!("{row} ")).count() + short.matches(&format!("{row}\n")).count(),
            1,
            "{number}\n{short}"
        );
    }
}

#[test]
fn what_a_person_does_in_a_loop_keeps_its_place() {
    let mut case = rounds(6);
    case.run
        .steps
        .insert(6, step(StepKind::Manual, "manual.step", 9));
    let short = text(&case, SHORT);
    assert!(!short.contains(" × "), "{short}");
    let numbers: Vec<_> = short
        .lines()
        .filter(|line| line.contains("line "))
        .collect();
    assert_eq!(numbers.len(), 13);
    assert!(numbers[6].starts_with(" 7  ? "), "{short}");
}

#[test]
fn one_change_stands_out_from_many_settled_rows() {
    let mut case = rounds(20);
    for (index, step) in case.run.steps.iter_mut().enumerate() {
        if index != 13 {
            let about = Subject::Account(format!("u{index}").into());
            step.kind = StepKind::Settled;
            step.subjects = StepSubjects::Listed(vec![about]);
            step.changes.clear();
            step.commands.clear();
            let note = format!("the home of u{index} is missing");
            step.advisories = vec![Advisory::new(Level::Note, "x", note)];
        }
    }
    let danger = Advisory::new(Level::Danger, "y", "one row is open");
    case.run.steps[4].advisories.push(danger);
    case.run.steps[13].advisories = vec![Advisory::new(Level::Note, "x", "of the change")];
    let short = text(&case, SHORT);
    let wanted = "
Steps 1–40 run in turn, in the order of their numbers:
1…39  = 20 × account/…  already as wanted                             line 2
        danger: one row is open (step 5)
        20 notes; -v shows them
2…40  = 19 × account/…  already as wanted                             line 3
        19 notes; -v shows them
14  ~ conf/user/u7                                                    line 3
        absolute: — → /srv/u7
        read_allowed: — → true
        $ asconfigurator -x 'set_user_data;user_name,u7;absolute,/srv/u7'
        note: of the change
";
    assert!(short.contains(wanted), "{short}");
    assert_eq!(text(&case, PLAIN).matches(" is missing").count(), 39);
    for format in [case.with(report::markdown), case.with(report::html)] {
        let change = format.find("of the change").unwrap();
        let settled = format.find("is missing").unwrap();
        assert!(change < settled, "{format}");
    }
}

#[test]
fn commands_of_a_loop_are_rows() {
    let act = |number: usize| {
        let mut step = step(StepKind::Act, "node.set_api_password", 4);
        let command = Command::new("asnodeadmin")
            .arg("-mu")
            .arg(format!("u{number}"));
        step.commands.push(command);
        step
    };
    let case = ReportCase::new((1..=6).map(act).collect());
    let short = text(&case, SHORT);
    let wanted = "
1–6  ! 6 × node.set_api_password                                      line 4
        step                         command
           1  node.set_api_password  asnodeadmin -mu u1
";
    assert!(short.contains(wanted), "{short}");
    let markdown = case.with(report::markdown);
    assert_eq!(
        markdown.matches("asnodeadmin -mu u6").count(),
        1,
        "{markdown}"
    );
}
