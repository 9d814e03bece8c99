//! The effects and programs that `info` lists cover those of a run.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::laws::JOBS;
use crate::transcript::shell;

fn json(line: &str) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let output = shell(line, dir.path());
    let text = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{line}: {error}"))
}

fn texts(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn a_run_has_no_program_or_effect_that_info_does_not_list() {
    for job in JOBS {
        let script = job.script.join(" ");
        let info = json(&format!("ascript info {} --format json", job.script[0]));
        let programs = texts(&info["programs"]);
        let effects = info["effects"].as_array().unwrap().iter();
        let effects: BTreeSet<_> = effects
            .map(|effect| effect["kind"].as_str().unwrap())
            .collect();
        let node = format!("--node blank:{}", job.platform);
        let run = json(&format!("ascript run {script} {node} --format json"));
        for step in run["steps"].as_array().unwrap() {
            for command in step["commands"].as_array().unwrap() {
                let program = command["program"].as_str().unwrap();
                assert!(programs.contains(&program), "{script}: {program}");
            }
            for made in step["moves"].as_array().unwrap() {
                let subject = made["subject"].as_str().unwrap();
                let kind = match subject.split('/').next().unwrap() {
                    "conf" => "edits aspera.conf",
                    "api_user" => "Node API users",
                    "account" => "system accounts",
                    "authorized_key" => "keys that may log in",
                    "group" => "system groups",
                    "root_user" => "lets root log in",
                    "dir" => "folders",
                    "service" => "restarts services",
                    other => panic!("{script}: {other}"),
                };
                assert!(effects.contains(kind), "{script}: {subject}");
            }
        }
    }
}
