//! The procedure of a plan for a person without `ascript`: who follows it gets the same node.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::laws::JOBS;
use crate::plans::plan;
use crate::support::{Done, EVERYTHING, Node, SECRETS};

/// A block of code that is not a check, with what is typed after it.
#[derive(Debug, Default)]
struct Block {
    shell: String,
    typed: String,
    /// Whether that is typed at prompts, which need a terminal.
    has_prompts: bool,
}

/// The commands of a runbook in their order, without its checks.
fn blocks(runbook: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let (mut is_check, mut is_reading) = (false, false);
    let mut language = None;
    for line in runbook.lines() {
        match (language, line) {
            (Some(_), "```") => language = None,
            (None, "```sh") => {
                language = Some("sh");
                is_reading = is_check;
                if !is_reading {
                    blocks.push(Block::default());
                }
            }
            (None, "```text") => language = Some("text"),
            (Some("sh"), _) if !is_reading => blocks.last_mut().unwrap().shell += line,
            (Some("text"), _) if !is_reading => {
                let typed = &mut blocks.last_mut().unwrap().typed;
                typed.push_str(line);
                typed.push('\n');
            }
            (None, "Check:") => is_check = true,
            (None, _) if line.starts_with("At each prompt") => {
                blocks.last_mut().unwrap().has_prompts = true;
            }
            (None, _) if line.starts_with("## ") => is_check = false,
            _ => {}
        }
    }
    blocks
}

/// Does what a block says in the lab, as a person with the secrets.
fn follow(node: &Node, block: &Block) {
    let filled = |text: &str| {
        let marks = SECRETS.iter();
        marks.fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("‹env:{name}›"), value)
        })
    };
    let bin = node.lab.dir().join("bin");
    let shell = filled(&block.shell).replace("/opt/aspera/bin/", "");
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &shell]).env("PATH", bin);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(filled(&block.typed).as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{block:?}: {output:?}");
}

#[test]
fn who_follows_it_leaves_only_the_keys_and_what_no_reading_shows() {
    let node = Node::new("linux");
    let file = plan(&node, &["faspex-node-linux"]);
    let runbook = shown(&file, "runbook");
    let blocks = blocks(&runbook);
    assert!(blocks.len() > 8, "{runbook}");
    let (prompting, others): (Vec<_>, Vec<_>) = blocks.iter().partition(|it| it.has_prompts);
    let prompting: Vec<_> = prompting.iter().map(|it| &*it.shell).collect();
    assert!(prompting.iter().all(|it| it.contains("asnodeadmin -a")) && prompting.len() == 1);
    for block in others.iter().filter(|it| !it.shell.starts_with("curl ")) {
        follow(&node, block);
    }
    let left = node.preview(&["faspex-node-linux"]).json(0);
    let steps = left["steps"].as_array().unwrap().iter();
    let pending = steps.filter(|step| step["kind"] != "settled");
    let pending: Vec<_> = pending.map(|step| &step["binding"]).collect();
    // The key is added with an editor; the prompts need a terminal.
    let by_hand = ["ssh.authorize", "node.add_api_user"];
    let is_by_hand = |binding: &&Value| by_hand.contains(&binding.as_str().unwrap());
    assert!(pending.iter().all(is_by_hand), "{pending:?}");
}

fn shown(file: &str, format: &str) -> String {
    let mut command = Command::new(crate::support::ASCRIPT);
    let output = command.args(["show", file, "--format", format]).output();
    let done = Done::of(output.unwrap());
    done.ends(0);
    done.out
}

#[test]
fn it_names_every_step_and_secret_and_tells_no_value() {
    assert!(JOBS.iter().any(|job| job.script == [EVERYTHING]));
    for job in JOBS {
        let node = Node::new(job.platform);
        let file = plan(&node, job.script);
        let text = shown(&file, "runbook");
        let document: Value = serde_json::from_str(&shown(&file, "json")).unwrap();
        let steps = document["steps"].as_array().unwrap().iter();
        let pending: Vec<_> = steps.filter(|step| step["kind"] != "settled").collect();
        for number in 1..=pending.len() {
            assert!(text.contains(&format!("\n## {number}. ")), "{number}");
        }
        for (name, value) in SECRETS {
            assert!(!text.contains(value), "{name}");
            let reference = format!("\"env:{name}\"");
            let mut commands = pending.iter().map(|step| step["commands"].to_string());
            let is_typed = commands.any(|commands| commands.contains(&reference));
            let is_listed = text.contains(&format!("- `‹env:{name}›`: ask"));
            assert_eq!(is_listed, is_typed, "{name} in {text}");
        }
        for words in [
            "ascript file",
            "ascript authorized-keys",
            "node-api ",
            "no counterpart",
        ] {
            assert!(!text.contains(words), "{words} in {text}");
        }
    }
}

#[test]
fn the_folder_of_a_file_is_made_first() {
    let node = Node::new("linux");
    for (path, folder) in [
        ("/etc/x.conf", None),
        ("/etc/site/sub/x.conf", Some("/etc/site/sub")),
    ] {
        let script = format!("file.ensure(\"{path}\", #{{ content: \"x\" }});");
        let runbook = shown(&plan(&node, &[&node.script(&script)]), "runbook");
        let commands: Vec<_> = blocks(&runbook).into_iter().map(|it| it.shell).collect();
        let mkdir = folder.map(|folder| format!("mkdir -p {folder}"));
        let install = format!("install -o root -m 644 /dev/null {path}");
        let expected: Vec<_> = mkdir.into_iter().chain([install]).collect();
        assert_eq!(commands, expected);
    }
}

#[test]
fn a_service_is_checked_in_the_words_of_its_tool() {
    let node = Node::new("linux");
    let script = "service.ensure(\"asperahttpd\", #{ enabled: false });";
    let runbook = shown(&plan(&node, &[&node.script(script)]), "runbook");
    let expected = "systemctl is-enabled asperahttpd\n```\n\nExpected:\n\n- `disabled`\n";
    assert!(runbook.contains(expected), "{runbook}");
}
