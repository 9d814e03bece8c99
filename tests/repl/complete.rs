//! Completions and hints, as tables: the line up to the cursor, and what is expected.

use std::cell::RefCell;
use std::rc::Rc;

use ascript::exec::{BlankNode, Vault, World};
use ascript::reference::Reference;
use ascript::repl::{self, Outside, Staging};
use ascript::script::{self, Script};
use ascript::state::Platform;

fn staging() -> Staging {
    let vault = Rc::new(RefCell::new(Vault::unattended()));
    let world = World::new(Box::new(BlankNode::new(Platform::Linux)), vault);
    let outside = Outside {
        print: Rc::new(|_| ()),
        is_stopped: Rc::new(|| false),
        forget_stop: Rc::new(|| ()),
    };
    let mut staging = Staging::new(world, outside, std::collections::BTreeMap::new());
    for line in [
        "conf.set_user(\"anna\", #{ token_encryption_key: secret(\"env:CANARY\") });",
        "conf.set_user(\"ann-marie\", #{ read_allowed: true });",
        "let options = #{ region: \"eu\", rate: 5 };",
        "let o = conf.set_user(\"ben\", #{ read_allowed: true });",
        "fn cap(user, rate) { rate }",
        "import \"std/users\" as users;",
    ] {
        staging.run(Script::piped(line.to_owned()), 1).unwrap();
    }
    staging.set_param("region=eu").unwrap();
    staging
}

fn reference() -> Reference {
    Reference::new(script::reference_entries())
}

/// The line up to the cursor, the line behind it, and some of the expected completions; `!` before
/// one that must be missing.
const COMPLETIONS: &[(&str, &str, &[&str])] = &[
    (
        "",
        "",
        &[
            "conf.", "secret(", "params.", "options", "cap(", "users::", "!while",
        ],
    ),
    ("co", "", &["conf.", "const", "continue", "!node."]),
    (
        "conf.",
        "",
        &["conf.set_user(", "conf.users()", "!node.api_users()"],
    ),
    ("conf.set_f", "", &["conf.set_fallback("]),
    ("wh", "", &["while"]),
    ("host.", "", &["host.platform", "host.name"]),
    ("params.", "", &["params.region"]),
    ("options.", "", &["options.region", "options.rate"]),
    ("o.", "", &["o.changed", "o.before", "o.after"]),
    ("users::", "", &["users::add(", "!cap("]),
    ("ca", "", &["cap(", "catch"]),
    ("conf.set_user(\"x\", #{ abs", "", &["absolute: "]),
    (
        "conf.set_user(\"x\", #{ absolute: \"/\", abs",
        "",
        &["!absolute: "],
    ),
    (
        "conf.set_server(#{ http_",
        "",
        &["http_port: ", "!absolute: "],
    ),
    ("conf.set_user(\"x\", #{}, #{ ", "", &["unchecked: "]),
    ("conf.set_fallback(#{ h", "", &["http: ", "https: "]),
    ("sync.run(#{ dir", "", &["direction: "]),
    (
        "conf.set_user(\"x\", #{ read_allowed: ",
        "",
        &["true", "!secret(\""],
    ),
    (
        "conf.set_user(\"x\", #{ authorization_transfer_in_value: ",
        "",
        &["\"allow\"", "\"deny\"", "\"token\""],
    ),
    (
        "conf.set_user(\"x\", #{ authorization_transfer_in_value: \"d",
        "",
        &["deny\"", "!allow\""],
    ),
    (
        "conf.set_user(\"x\", #{ authorization_transfer_in_value: \"d",
        "\" })",
        &["deny"],
    ),
    (
        "conf.set_user(\"x\", #{ token_encryption_key: ",
        "",
        &["secret(\""],
    ),
    (
        "conf.set_user(\"x\", #{ token_encryption_key: \"",
        "",
        &["!CANARY\""],
    ),
    (
        "conf.set_user(\"x\", #{ token_encryption_key: secret(\"",
        "",
        &["env:", "file:", "prompt:"],
    ),
    ("conf.user(\"an", "", &["anna\"", "ann-marie\"", "!ben\""]),
    ("conf.delete_user(", "", &["\"anna\"", "\"ben\""]),
    (
        "node.add_api_user(\"api\", #{ transfer_user: \"b",
        "",
        &["ben\""],
    ),
    ("service.restart(\"asperan", "", &["asperanoded\""]),
    ("import \"std/us", "", &["std/users\""]),
    (
        "let x = `user ${conf.us",
        "",
        &["conf.user(", "conf.users()"],
    ),
    ("print(\"conf.us", "", &["!conf.users()"]),
    ("1 // conf.us", "", &["!conf.users()"]),
];

#[test]
fn tab_completes_names_and_values() {
    let (mut staging, reference) = (staging(), reference());
    let before = staging.plan(ascript::run::DocumentKind::Plan).digest();
    for (head, tail, wanted) in COMPLETIONS {
        let line = format!("{head}{tail}");
        let (_, found) = repl::complete(&reference, &mut staging, &line, head.len());
        let texts: Vec<_> = found.iter().map(|choice| choice.text.as_str()).collect();
        for text in *wanted {
            match text.strip_prefix('!') {
                Some(text) => assert!(!texts.contains(&text), "{line}: {text}"),
                None => assert!(texts.contains(text), "{line}: no {text} in {texts:?}"),
            }
        }
        assert!(texts.iter().all(|text| !text.contains("CANARY")), "{line}");
    }
    assert_eq!(
        staging.plan(ascript::run::DocumentKind::Plan).digest(),
        before
    );
}

#[test]
fn a_completion_starts_with_what_is_typed() {
    let (mut staging, reference) = (staging(), reference());
    for (head, tail, _) in COMPLETIONS {
        let line = format!("{head}{tail}");
        let (start, found) = repl::complete(&reference, &mut staging, &line, head.len());
        for choice in found {
            assert!(
                choice.text.starts_with(&head[start..]),
                "{line}: {choice:?}"
            );
        }
    }
}

#[test]
fn hints_describe_the_call() {
    let (staging, reference) = (staging(), reference());
    for (line, hint) in [
        ("conf.users", None),
        (
            "conf.set_user(",
            Some(
                "name: a name without blanks, any of ; , : / or a leading dash · Name of the transfer user.",
            ),
        ),
        (
            "conf.set_user(\"a\", #{ ",
            Some("conf.set_user(name, #{ setting: value }"),
        ),
        (
            "conf.set_user(\"a\", #{ authorization_transfer_in_value: ",
            Some("one of allow, deny, token; default allow"),
        ),
        ("conf.set_trunk(300", Some("id: ")),
        ("cap(", Some("cap(user, rate)")),
        ("users::add(", Some("users::add(")),
        ("print(", None),
    ] {
        let found = repl::hint(&reference, &staging, line);
        match (hint, &found) {
            (None, None) => {}
            (Some(hint), Some(found)) => assert!(found.contains(hint), "{line}: {found}"),
            _ => panic!("{line}: {found:?}"),
        }
    }
}

#[test]
fn words_start_where_the_engine_lexes_them() {
    use rhai::Token;

    let engine = rhai::Engine::new_raw();
    let scripts = script::SCRIPTS.iter().chain(script::STDLIB);
    for script in scripts {
        let mut columns = std::collections::BTreeSet::new();
        for (token, position) in engine.lex(&[script.text]).0 {
            // The bare lexer loses the end of a text with `${…}`.
            if matches!(
                token,
                Token::LexError(_) | Token::InterpolatedString(_) | Token::EOF
            ) {
                break;
            }
            if let (Some(line), Some(column)) = (position.line(), position.position()) {
                columns.insert((line, column));
            }
        }
        let last = columns.last().copied().unwrap_or_default();
        for span in ascript::source::code_tokens(script.text) {
            let head = &script.text[..span.start];
            let line = head.matches('\n').count() + 1;
            let column = head.rsplit('\n').next().unwrap().chars().count() + 1;
            let is_sure = span.kind == ascript::source::TokenKind::Word;
            if is_sure && (line, column) <= last {
                let known = columns.contains(&(line, column));
                assert!(known, "{}:{line}:{column} {}", script.name, span.text);
            }
        }
    }
}
