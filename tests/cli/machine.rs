//! JSON documents, colors, and escape sequences in untrusted text.

use std::process::Output;

use serde_json::Value as Json;

use crate::transcript::shell;

/// The keys of a document, in the promised order.
const KEYS: &[&str] = &[
    "format",
    "kind",
    "tool",
    "node",
    "script",
    "params",
    "observations",
    "steps",
    "advisories",
    "conf_diff",
    "digest",
    "change_digest",
    "summary",
];

const SITE: &str = r#"const PARAMS = #{ key: #{ type: "secret", default: "env:KEY", help: "h" }, user: #{ type: "name", default: "anna", help: "h" } };
conf.set_user(params.user, #{ absolute: "/srv", token_encryption_key: params.key });
conf.set_user(params.user, #{ absolute: "/srv" });
manual.step("Look.");
service.restart("asperanoded");
"#;

fn run(script: &str, line: &str) -> Output {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("s.rhai"), script).unwrap();
    shell(line, dir.path())
}

fn document(script: &str, line: &str) -> (Json, Vec<String>, i32) {
    let output = run(script, line);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.ends_with("}\n"), "{text}");
    let json: Json = serde_json::from_str(&text).unwrap();
    // The parser sorts keys; only the text shows their order.
    let keys = text.lines().filter_map(|line| line.strip_prefix("  \""));
    let keys = keys.map(|rest| rest.split('"').next().unwrap().to_owned());
    (json, keys.collect(), output.status.code().unwrap())
}

const JSON: &str = "ascript run s.rhai --node blank:linux --format json";

#[test]
fn a_document_has_its_keys_in_order() {
    let (json, keys, code) = document(SITE, JSON);
    assert_eq!(
        (keys, code),
        (KEYS.iter().map(ToString::to_string).collect(), 0)
    );
    assert_eq!(json["format"], 2);
    assert_eq!(json["kind"], "preview");
    let node = serde_json::json!({ "name": "blank", "platform": "linux", "source": "blank" });
    assert_eq!(json["node"], node);
    let params = serde_json::json!({ "key": { "secret": "env:KEY" }, "user": "anna" });
    assert_eq!(json["params"], params);
    let counts = serde_json::json!({ "change": 2, "settled": 1, "act": 0, "manual": 1 });
    assert_eq!(json["summary"], counts);
    assert_eq!(
        json["steps"][0]["at"],
        serde_json::json!({ "file": "s.rhai", "line": 2, "column": 6 })
    );
    assert!(json["digest"].as_str().unwrap().starts_with("sha256:"));
    assert!(
        json["conf_diff"]
            .as_str()
            .unwrap()
            .contains("+            <name>anna</name>")
    );
}

#[test]
fn the_same_run_gives_the_same_bytes_in_any_folder() {
    let one = run(SITE, JSON).stdout;
    let other = run(
        SITE,
        "mkdir x; cp s.rhai x; cd x; ascript run ./s.rhai --node blank:linux --format json",
    )
    .stdout;
    assert_eq!(
        String::from_utf8(one).unwrap(),
        String::from_utf8(other).unwrap()
    );
}

#[test]
fn a_document_is_complete_if_the_script_stops() {
    let script = "conf.set_node(#{ read_allowed: true });\nensure(false, \"no\");";
    let (json, keys, code) = document(script, JSON);
    assert_eq!(keys.last().unwrap(), "fault");
    assert_eq!(code, 1);
    assert_eq!(json["steps"].as_array().unwrap().len(), 1);
    let fault = serde_json::json!({
        "kind": "refused", "message": "no", "hints": [],
        "at": { "file": "s.rhai", "line": 2, "column": 1 },
    });
    assert_eq!(json["fault"], fault);
}

#[test]
fn colors_are_used_only_on_request() {
    let has_escape = |line: &str| {
        let output = run(SITE, line);
        let all = [output.stdout, output.stderr].concat();
        all.contains(&0x1b)
    };
    assert!(has_escape(
        "ascript run s.rhai --node blank:linux --color always"
    ));
    assert!(has_escape("ascript run nosuch --color always"));
    assert!(!has_escape(
        "ascript run s.rhai --node blank:linux --color never"
    ));
    assert!(!has_escape("ascript run s.rhai --node blank:linux"));
    assert!(!has_escape(
        "NO_COLOR=1 ascript run s.rhai --node blank:linux"
    ));
    assert!(!has_escape("ascript run nosuch"));
}

#[test]
fn color_does_not_change_the_text() {
    let plain = run(SITE, "ascript run s.rhai --node blank:linux").stdout;
    let bright = run(SITE, "ascript run s.rhai --node blank:linux --color always").stdout;
    let bright = String::from_utf8(bright).unwrap();
    let mut parts = bright.split('\u{1b}');
    let mut text = parts.next().unwrap().to_owned();
    text.extend(parts.map(|part| part.split_once('m').unwrap().1));
    assert_eq!(text, String::from_utf8(plain).unwrap());
}

#[test]
fn escape_sequences_in_text_are_shown_escaped() {
    let long = "x".repeat(5000);
    let texts = [
        "\\x1b[31mred",
        "\\u202emirrored",
        "a\\rb",
        "two\\nlines",
        &long,
    ];
    for text in texts {
        for call in [
            "conf.set_user(T, #{ });",
            "advise(T);",
            "manual.step(T);",
            "dir.ensure(\"/\" + T);",
            "ensure(false, T);",
            "secret(T);",
            "print(T);",
            "throw T;",
            "account.get(T);",
            "conf.set_node(#{ server_name: T });",
            "service.refresh(T);",
            "import T as x;",
        ] {
            let script = call.replace('T', &format!("\"{text}\""));
            let output = run(&script, "ascript run s.rhai --node blank:linux");
            let code = output.status.code();
            assert!(matches!(code, Some(0..=2)), "{script}: {code:?}");
            let shown = shown(&output);
            assert!(!shown.contains(is_obeyed), "{script}: {shown}");
        }
    }
}

/// All that a command printed.
fn shown(output: &std::process::Output) -> String {
    String::from_utf8([&*output.stdout, &output.stderr].concat()).unwrap()
}

/// Whether a terminal does something else than to show this character.
fn is_obeyed(c: char) -> bool {
    c != '\n' && (c.is_control() || c == '\u{202e}')
}

/// A name that sets the title of a terminal, writes over its line, and reverses the rest.
const HOSTILE_NAME: &str = r"a\033]0;b\007c\rd\342\200\256e\302\2332J";

#[test]
fn hostile_names_on_the_command_line_are_shown_escaped() {
    for line in [
        "ascript run ./$N.rhai --node blank:linux",
        "ascript run $N --node blank:linux",
        "ascript run s.rhai --node $N",
        "ascript run s.rhai --node blank:linux $N",
        "ascript $N",
        "ascript run s.rhai --node blank:linux --format $N",
        "ascript run s.rhai --node blank:linux -p $N=1",
        "ascript check ./$N.rhai",
        "ascript info ./$N.rhai",
        "ascript test ./$N.rhai",
        "ascript list --scripts .",
        "ascript plan ./$N.rhai --node blank:linux -o $N.plan",
        "ascript show ./$N",
        "ascript docs $N",
        "ascript snapshot --node blank:linux -o $N.json",
        "ascript lab $N",
    ] {
        for color in ["never", "always"] {
            let line = line.replace("$N", "\"$N\"");
            let line = line.replace("ascript ", &format!("ascript --color {color} "));
            let setup = format!("N=$(printf '{HOSTILE_NAME}'); cp s.rhai \"$N.rhai\"; ");
            let shown = shown(&run(SITE, &format!("{setup}{line}"))).replace("\u{1b}[0m", "");
            let ours = |at: usize| {
                shown[at..]
                    .split_once('m')
                    .is_some_and(|(code, _)| code.len() < 5)
            };
            let has_sequence = shown.match_indices('\u{1b}').any(|(at, _)| !ours(at));
            let is_obeyed = |c: char| c != '\u{1b}' && is_obeyed(c);
            assert!(
                !has_sequence && !shown.contains(is_obeyed),
                "{line}: {shown:?}"
            );
            assert!(!shown.is_empty(), "{line}");
        }
    }
}

#[test]
fn no_line_is_a_command_of_a_ci_system() {
    let texts = [
        "::error::x",
        " ::add-mask::x",
        "##vso[task.x]",
        "##[error]x",
    ];
    for text in texts {
        for call in [
            "print(T);",
            "print(\"a\\n\" + T);",
            "ensure(false, T);",
            "throw T;",
            "manual.step(T);",
            "conf.set_user(T, #{ absolute: T });",
        ] {
            let script = call.replace('T', &format!("\"{text}\""));
            for format in ["text", "json", "markdown", "html"] {
                let line = format!("ascript run s.rhai --node blank:linux --format {format}");
                let shown = shown(&run(&script, &line));
                let is_command =
                    |line: &str| line.trim_start().starts_with("::") || line.contains("##vso[");
                assert!(!shown.lines().any(is_command), "{script}: {shown}");
                assert!(!shown.contains("##["), "{script}: {shown}");
            }
        }
    }
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let line =
        "(ascript run faspex-node-macos --node blank:macos; echo $? > code) | head -1; cat code";
    let output = run(SITE, line);
    assert!(output.stderr.is_empty());
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().last(), Some("0"));
    assert_eq!(text.lines().count(), 2);
}

#[test]
fn a_preview_writes_no_files() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("s.rhai"), SITE).unwrap();
    shell(JSON, dir.path());
    let names = std::fs::read_dir(dir.path()).unwrap();
    assert_eq!(names.count(), 1);
}
