//! The law on nodes with generated accounts, groups, docroots and Node API users.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::law::{holds, on_a_thread, vault};
use crate::conf::inputs::Tape;
use crate::memory::{self, Given};

/// The last is not in aspera.conf.
const USERS: [&str; 5] = ["anna", "ben", "carl", "dora", "erin"];

/// Groups with their numbers; the last is that of the second user.
const GROUPS: [(&str, u32); 3] = [("aspusers", 1500), ("lab", 990), ("ben", 1002)];

fn node(tape: &mut Tape<'_>) -> Given {
    let mut users = String::new();
    let (mut accounts, mut dirs, mut states) = (json!({}), json!({}), json!({}));
    let mut api_users = json!({});
    for (group, gid) in GROUPS {
        states[format!("group/{group}")] = json!({ "gid": gid });
    }
    for name in USERS {
        let docroot = tape.pick(&["/srv/NAME", "/data", "s3://bucket/NAME", ""]);
        let docroot = docroot.replace("NAME", name);
        let path = format!("<path><absolute>{docroot}</absolute></path>");
        let inside = format!("<file_system><access><paths>{path}</paths></access></file_system>");
        if name != "erin" {
            users.push_str(&["<user><name>", name, "</name>", &inside, "</user>"].concat());
        }
        if tape.below(4) < 3 {
            accounts[name] = account(name, tape);
            membership(name, &mut states, tape);
        }
        if docroot.starts_with('/') && tape.below(2) == 0 {
            dirs[&docroot] = json!(format!("{} 750", tape.pick(&USERS)));
        }
        if tape.below(3) == 0 {
            let acls = tape.pick(&[&["admin"][..], &[]]);
            api_users[format!("node_{name}")] = json!({ "transfer_user": name, "acls": acls });
        }
    }
    let realm = format!("<realms><realm><users>{users}</users></realm></realms>");
    let given = json!({
        "conf": format!("<CONF><aaa>{realm}</aaa></CONF>"), "accounts": accounts, "dirs": dirs,
        "states": states, "api_users": api_users, "services": { "asperanoded": tape.below(2) == 0 },
    });
    serde_json::from_value(given).unwrap()
}

fn account(name: &str, tape: &mut Tape<'_>) -> Value {
    json!({
        "admin": tape.below(4) == 3,
        "full_name": tape.pick(&[name, "", "A. \"B\" $c"]),
        "home": format!("{}/{name}", tape.pick(&["/home", "/srv/homes"])),
        "shell": tape.pick(&["/bin/bash", "/bin/aspshell"]),
    })
}

fn membership(name: &str, states: &mut Value, tape: &mut Tape<'_>) {
    let primary = tape.pick(&[name, "aspusers"]);
    let mut names = vec![primary];
    for (group, _) in GROUPS {
        if group != primary && tape.below(3) == 0 {
            names.push(group);
            // An account can be in a group that does not list it.
            if tape.below(4) < 3 {
                states[format!("account/{name}/group/{group}")] = json!("yes");
            }
        }
    }
    states[format!("account_groups/{name}")] = json!(names);
    states[format!("account/{name}/primary_group")] = json!({ "primary_group": primary });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn adopting_is_stable_for_generated_states(tape in proptest::collection::vec(any::<u8>(), 0..120)) {
        let given = node(&mut Tape(&tape));
        on_a_thread(move || {
            holds(|secrets| memory::world(given.clone(), vault(secrets)));
        });
    }
}
