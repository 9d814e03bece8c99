//! A script that was adopted from a node changes nothing there, makes a blank node like it, and is
//! the same when it is adopted again.

mod fixtures;
mod labs;
mod law;
mod states;

use ascript::adopt::Selection;
use ascript::exec::InMemoryNode;
use ascript::state::{ApiUser, State, Subject};
use proptest::prelude::*;

use crate::conf::inputs::{self, Tape};

use law::{Secrets, adopted, adopted_parts, check, holds, on_a_thread, run, with_conf, world};

/// A docroot with a login.
const DOCROOT_URL: &str = "s3://KEY:Hidden-5@s3.example.com/bucket";

fn users(inside: &str) -> String {
    format!("<CONF><aaa><realms><realm><users>{inside}</users></realm></realms></aaa></CONF>")
}

fn user(name: &str, docroot: &str, more: &str) -> String {
    let path = format!("<path><absolute>{docroot}</absolute></path>");
    let docroot = format!("<file_system><access><paths>{path}</paths></access></file_system>");
    format!("<user><name>{name}</name>{docroot}{more}</user>\n")
}

fn key(text: &str) -> String {
    format!("<authorization><token><encryption_key>{text}</encryption_key></token></authorization>")
}

#[test]
fn users_of_the_same_shape_become_a_loop() {
    on_a_thread(|| {
        let all = ["anna", "ben", "carl"].map(|name| user(name, &format!("/srv/{name}"), ""));
        let text = holds(|secrets| with_conf(&users(&all.concat()), secrets));
        let expected = "for name in [\"anna\", \"ben\", \"carl\"] {\n    \
                        conf.set_user(name, #{ absolute: `/srv/${name}` });\n}\n";
        assert!(text.contains(expected), "{text}");
        let all = [("anna", "/a"), ("ben", "/b"), ("carl", "/c")];
        let all = all.map(|(name, docroot)| user(name, docroot, ""));
        let text = holds(|secrets| with_conf(&users(&all.concat()), secrets));
        assert!(
            text.contains("    #{ name: \"anna\", absolute: \"/a\" },\n"),
            "{text}"
        );
        assert!(
            text.contains("conf.set_user(user.name, #{ absolute: user.absolute });"),
            "{text}"
        );
    });
}

#[test]
fn more_users_than_a_list_holds_become_several_loops() {
    on_a_thread(|| {
        let all = (0..10_001).map(|number| format!("<user><name>u{number}</name></user>"));
        let file = users(&all.collect::<String>());
        let text = adopted(&mut with_conf(&file, Secrets::new()))
            .script
            .to_string();
        assert_eq!(
            text.matches("{\n    conf.set_user(name, #{});\n}").count(),
            2
        );
        check(&text);
    });
}

#[test]
fn secrets_are_parameters_or_references_and_never_text() {
    on_a_thread(|| {
        let keys = ["Same-1", "Same-1", "Own-2", "Own-3", "Own-4"];
        for count in [2, 5] {
            let all = keys[..count].iter().enumerate();
            let all = all.map(|(n, text)| user(&format!("u{n}"), "/srv", &key(text)));
            let all: String = all.collect();
            let text = holds(|secrets| with_conf(&users(&all), secrets));
            assert!(!text.contains("Same-") && !text.contains("Own-"), "{text}");
            let secrets = adopted(&mut with_conf(&users(&all), Secrets::new())).secrets;
            assert_eq!(secrets.len(), if count == 2 { 1 } else { 4 });
            assert_eq!(
                secrets[0].reference.to_string(),
                "env:U0_TOKEN_ENCRYPTION_KEY"
            );
            assert_eq!(text.contains("const PARAMS"), count == 2, "{text}");
        }
        let url = user("u", DOCROOT_URL, "");
        let text = holds(|secrets| with_conf(&users(&url), secrets));
        assert!(text.contains("absolute: params.u_absolute"), "{text}");
        assert!(!text.contains("Hidden-5"), "{text}");
    });
}

#[test]
fn api_users_get_a_secret_for_their_password() {
    on_a_thread(|| {
        let text = holds(|secrets| {
            let set_up = |node: &mut InMemoryNode| {
                let subject = Subject::ApiUser("faspex".into());
                let user = ApiUser {
                    transfer_user: "anna".to_owned(),
                    acls: vec!["admin".to_owned()],
                };
                node.set_state(subject, &State::ApiUser(user.into()).into())
                    .unwrap();
            };
            world(set_up, secrets)
        });
        let expected = "node.add_api_user(\"faspex\", #{\n    transfer_user: \"anna\",\n    \
                        password: params.faspex_api_password,\n    acls: [\"admin\"],\n});";
        let flat =
            "transfer_user: \"anna\", password: params.faspex_api_password, acls: [\"admin\"]";
        assert!(text.contains(expected) || text.contains(flat), "{text}");
    });
}

#[test]
fn what_no_call_expresses_is_a_comment_with_its_line() {
    on_a_thread(|| {
        let text = holds(|secrets| {
            with_conf(
                "<CONF>\n<server>\n<server_name>a;b</server_name>\n<of_a_newer_server/>\n\
                 <http_port>9191</http_port>\n</server>\n</CONF>",
                secrets,
            )
        });
        assert!(
            text.contains("conf.set_server(#{ http_port: 9191 });"),
            "{text}"
        );
        assert!(
            text.contains("// aspera.conf:3: conf/server/server_name: "),
            "{text}"
        );
        assert!(
            text.contains("// aspera.conf:4: `of_a_newer_server` is not in the table"),
            "{text}"
        );
    });
}

#[test]
fn hostile_text_stays_in_its_string_or_comment() {
    on_a_thread(|| {
        for odd in [
            "a&#10;manual.step(1);",
            "`${manual.step(1)}",
            "\\&quot;); manual.step(\\&quot;",
            "*/ manual.step(1) /*",
            "\u{202e}\u{2028}x",
            "'quoted' \"twice\"",
        ] {
            let file = format!(
                "<CONF><server><server_name>{odd}</server_name></server>{}</CONF>",
                users(&user(odd, &format!("/srv/{odd}"), ""))
                    .replace("<CONF>", "")
                    .replace("</CONF>", "")
            );
            let text = holds(|secrets| with_conf(&file, secrets));
            let (run, _) = run(&text, with_conf(&file, Secrets::new()));
            assert!(
                run.steps.iter().all(|step| step.binding != "manual.step"),
                "{text}"
            );
        }
    });
}

#[test]
fn values_that_are_the_default_are_left_out() {
    on_a_thread(|| {
        let text = holds(|secrets| {
            with_conf(
                "<CONF><server><http_port>9091</http_port><https_port>9192</https_port></server></CONF>",
                secrets,
            )
        });
        assert!(
            text.contains("conf.set_server(#{ https_port: 9192 });"),
            "{text}"
        );
    });
}

#[test]
fn fallback_has_its_own_call() {
    on_a_thread(|| {
        let text = holds(|secrets| {
            with_conf(
                "<CONF><http_server><enable_http>true</enable_http><http_port>8123</http_port></http_server></CONF>",
                secrets,
            )
        });
        assert!(
            text.contains("conf.set_fallback(#{ http: 8123 });"),
            "{text}"
        );
        assert!(text.contains("\"asperahttpd\""), "{text}");
    });
}

#[test]
fn one_user_alone_can_be_adopted() {
    on_a_thread(|| {
        let file = users(&["anna", "ben"].map(|name| user(name, "/srv", "")).concat());
        let only = Selection::new(&["ben".to_owned()], &[]).unwrap();
        let text = adopted_parts(&mut with_conf(&file, Secrets::new()), &only)
            .unwrap()
            .script
            .to_string();
        assert!(text.contains("\"ben\"") && !text.contains("anna"), "{text}");
        assert!(!text.contains("service.ensure"), "{text}");
        let nobody = Selection::new(&["bem".to_owned()], &[]).unwrap();
        let fault = adopted_parts(&mut with_conf(&file, Secrets::new()), &nobody)
            .err()
            .unwrap();
        assert_eq!(fault.message(), "aspera.conf has no user `bem`");
        assert!(Selection::new(&[], &["sever".to_owned()]).is_err());
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn adopting_is_stable_for_generated_files(tape in proptest::collection::vec(any::<u8>(), 0..300)) {
        let file = inputs::file(&mut Tape(&tape));
        on_a_thread(move || {
            holds(|secrets| with_conf(&file, secrets));
        });
    }
}
