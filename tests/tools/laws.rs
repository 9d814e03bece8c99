//! No text a program prints stops us, and no value changes on its way into an
//! argument.

use ascript::fault::FaultKind;
use ascript::state::{Platform, Secret, Section, State, Subject, WantedState};
use ascript::step::{Change, Command, Piece, Stdin};
use ascript::tools::{self, Output};
use proptest::prelude::*;

/// Lines that look like something, mixed with noise.
fn printed() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        any::<String>(),
        Just("ascp version ".to_owned()),
        Just("License max rate=".to_owned()),
        Just("Enabled settings: and and".to_owned()),
        Just("=== ===".to_owned()),
        Just("No such file or directory".to_owned()),
        Just("LoadState=\nActiveState=".to_owned()),
        "[a-zA-Z =\\[\\],:.;]{0,40}",
    ];
    prop::collection::vec(line, 0..6).prop_map(|lines| lines.join("\n"))
}

fn output() -> impl Strategy<Value = Output> {
    let codes = prop_oneof![
        Just(Some(0)),
        Just(Some(1)),
        Just(Some(67)),
        Just(None),
        any::<i32>().prop_map(Some)
    ];
    (codes, printed(), printed()).prop_map(|(code, stdout, stderr)| Output {
        code,
        stdout,
        stderr,
    })
}

/// Values of which a few dozen fill more than one argument.
fn long() -> impl Strategy<Value = String> {
    ("[a-z/|=,]{1,9}", 1..1_000usize).prop_map(|(text, times)| text.repeat(times))
}

fn setting(section: Section, name: &'static str, after: impl Into<WantedState>) -> Change {
    Change {
        subject: Subject::setting(section, name),
        before: State::Absent,
        after: after.into(),
    }
}

fn text(piece: &Piece) -> &str {
    match piece {
        Piece::Text(text) => text,
        Piece::Secret(_) | Piece::File(_) => "",
    }
}

fn is_sayable(value: &str) -> bool {
    !value.contains(|c: char| c == ';' || c.is_control())
        && value.trim() == value
        && value != "AS_NULL"
}

/// No path can be parsed to that subject, so it has no case.
#[test]
fn an_empty_name_of_a_section_is_refused() {
    let user = Section::User("".into());
    let asked = [setting(user, "absolute", State::Text("/srv".into()))];
    let fault = tools::commands(Platform::Linux, &asked).unwrap_err();
    assert_eq!(fault.kind(), FaultKind::Refused);
    let message = "the name of the user is empty or contains a comma: ``";
    assert_eq!(fault.message(), message);
}

proptest! {
    #[test]
    fn no_output_stops_a_reading(output in output()) {
        let mut run = |_: &Command| Ok(output.clone());
        for platform in [Platform::Macos, Platform::Linux] {
            for prefix in Subject::prefixes() {
                for name in ["", "faspex", "/srv"] {
                    if let Some(subject) = Subject::parse(&format!("{prefix}{name}")) {
                        let _ = tools::read(platform, &subject, &mut run);
                    }
                }
            }
        }
        let _ = tools::api_users(&mut run);
        let _ = tools::validated(&output);
        let _ = tools::expiry(&output.stdout);
    }

    #[test]
    fn what_a_fault_repeats_cannot_steer_a_terminal(output in output()) {
        let mut run = |_: &Command| Ok(output.clone());
        if let Err(fault) = tools::api_users(&mut run) {
            let is_safe = |text: &str| !text.contains(char::is_control) && text.chars().count() < 400;
            prop_assert!(is_safe(fault.message()));
            prop_assert!(fault.hints().iter().all(|hint| is_safe(hint)));
        }
    }

    #[test]
    fn a_value_arrives_as_it_is_or_is_refused(value in any::<String>(), name in any::<String>()) {
        let asked = [setting(Section::User(name.as_str().into()), "absolute", State::Text(value.as_str().into()))];
        let is_name = !name.is_empty() && !name.contains(',') && is_sayable(&name) || name == "AS_NULL";
        match tools::commands(Platform::Linux, &asked) {
            Ok(made) => {
                prop_assert!(is_sayable(&value) && is_name);
                prop_assert_eq!(made.len(), 1);
                let line = format!("set_user_data;user_name,{name};absolute,{value}");
                prop_assert_eq!(text(&made[0].args[1]), line);
            }
            Err(fault) => {
                prop_assert_eq!(fault.kind(), FaultKind::Refused);
                prop_assert!(!is_sayable(&value) || !is_name);
            }
        }
    }

    #[test]
    fn many_values_arrive_in_order(values in prop::collection::vec(long(), 1..40)) {
        let asked: Vec<_> = values
            .iter()
            .map(|value| setting(Section::Node, "file_restriction", State::Text(value.as_str().into())))
            .collect();
        let made = tools::commands(Platform::Linux, &asked).unwrap();
        let mut arrived = Vec::new();
        for command in &made {
            let line = text(&command.args[1]);
            prop_assert!(line.len() <= 110_000);
            let pairs = line.strip_prefix("set_node_data;").unwrap().split(';');
            arrived.extend(pairs.map(|pair| pair.split_once(',').unwrap().1.to_owned()));
        }
        prop_assert_eq!(arrived, values);
    }

    #[test]
    fn with_a_secret_nothing_is_an_argument(value in "[ -:<-~]{0,40}") {
        let key = WantedState::secret(Secret::parse("env:KEY").unwrap());
        let asked = [
            setting(Section::Node, "absolute", State::Text(value.as_str().into())),
            setting(Section::Node, "token_encryption_key", key),
        ];
        if let Ok(made) = tools::commands(Platform::Linux, &asked) {
            prop_assert!(made[0].args.is_empty());
            let Stdin::Pipe(pieces) = &made[0].stdin else {
                panic!("not by standard input");
            };
            let input: String = pieces.iter().map(ToString::to_string).collect();
            prop_assert_eq!(
                input,
                format!("set_node_data\nabsolute,{value}\ntoken_encryption_key,‹env:KEY›\n\nterminate\n")
            );
        }
    }

    #[test]
    fn paths_arrive_as_they_are(path in "/\\PC{0,60}") {
        let asked = Change {
            subject: Subject::Dir(path.as_str().into()),
            before: State::Absent,
            after: State::Dir(ascript::state::Dir { owner: "faspex".into(), group: None, mode: "750".into() }.into()).into(),
        };
        let made = tools::commands(Platform::Macos, &[asked]);
        // Another spelling of a path could hide the root folder.
        if tools::plain_path("folder", &path).is_ok_and(|plain| plain == path) {
            let made = made.unwrap();
            prop_assert_eq!(made[0].args.last().map(text), Some(path.as_str()));
        } else {
            prop_assert_eq!(made.unwrap_err().kind(), FaultKind::Refused);
        }
    }
}
