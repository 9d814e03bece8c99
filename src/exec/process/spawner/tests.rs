//! Spawns shells whose command lines behave well and badly. The tests write no executable files,
//! so parallel tests do not run into `ETXTBSY`.
//!
//! A test never depends on how fast the machine is: a program that must time out blocks until it
//! is killed, one that must be stopped first reports that it has started, and an upper bound only
//! tells a wait apart from [`FOREVER`].

use std::cell::RefCell;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Instant;

use super::*;
use crate::exec::process::child::GRACE;
use crate::state::Secret;

/// How long a program that must not be waited for sleeps, in seconds.
const FOREVER: u32 = 1000;

/// Far more than any program here needs, and far less than [`FOREVER`].
const SAFETY_NET: Duration = Duration::from_mins(2);

/// Room for a shell to start and to print a line, even on a busy machine.
const ROOM: Duration = Duration::from_secs(3);

fn spawner() -> Spawner {
    with_limit(SAFETY_NET, StopFlag::new())
}

fn with_limit(limit: Duration, stop: StopFlag) -> Spawner {
    let limits = Limits {
        usual: limit,
        ..Limits::default()
    };
    Spawner::new(
        Programs::new(Path::new("/no/such/node")),
        Rc::new(RefCell::new(Vault::unattended())),
        limits,
        stop,
    )
}

fn sh(line: &str) -> Command {
    Command::new("sh").arg("-c").arg(line.to_owned())
}

fn at_bin_sh(_: &str) -> &'static [&'static str] {
    &["/bin/sh"]
}

fn run(command: &Command) -> Output {
    spawner().run(command, &at_bin_sh).unwrap()
}

/// A spawner that is asked to stop once `file` exists.
fn stopped_by(file: PathBuf) -> (Spawner, std::thread::JoinHandle<()>) {
    let stop = StopFlag::new();
    let request = stop.clone();
    let thread = std::thread::spawn(move || {
        wait_until(|| file.exists());
        request.request();
    });
    (with_limit(SAFETY_NET, stop), thread)
}

fn wait_until(mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < SAFETY_NET, "the condition never held");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A secret in a file inside `dir`.
fn secret(dir: &tempfile::TempDir, name: &str, value: &str) -> Secret {
    let path: PathBuf = dir.path().join(name);
    std::fs::write(&path, value).unwrap();
    Secret::File(path.to_str().unwrap().into())
}

fn is_running(pid: &str) -> bool {
    // A zombie without a parent to reap it does not run.
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z"))
}

#[test]
fn output_and_code_come_back_apart() {
    let output = run(&sh("echo out; echo err >&2; exit 3"));
    let expected = Output {
        code: Some(3),
        stdout: "out\n".into(),
        stderr: "err\n".into(),
    };
    assert_eq!(output, expected);
    assert_eq!(run(&sh("kill -9 $$")).code, None);
}

#[test]
fn arguments_arrive_as_they_are() {
    let command = sh(r#"printf '<%s>' "$@""#)
        .arg("sh")
        .args(["a b", "", "*;$HOME'\"", "é"]);
    assert_eq!(run(&command).stdout, "<a b><><*;$HOME'\"><é>");
}

#[test]
fn a_program_without_input_finds_its_end() {
    assert_eq!(run(&sh("cat; pwd")).stdout, "/\n");
}

#[test]
fn long_input_and_long_output_do_not_wait_for_each_other() {
    let text = "0123456789abcde\n".repeat(20_000);
    let command = sh("tee /dev/stderr").stdin(Stdin::Pipe(vec![text.clone().into()]));
    let output = run(&command);
    assert_eq!(output.stdout, text);
    assert_eq!(output.stderr, text);
}

#[test]
fn input_that_nobody_reads_is_no_fault() {
    let text = "x".repeat(1 << 20);
    let command = sh("exec 0<&-; echo done").stdin(Stdin::Pipe(vec![text.into()]));
    assert_eq!(run(&command).stdout, "done\n");
}

#[test]
fn endless_output_is_cut_and_says_so() {
    let output = run(&sh(
        "head -c 3000000 /dev/zero | tr '\\0' '\\n' >&2; echo done",
    ));
    assert_eq!(output.stdout, "done\n");
    assert!(output.stderr.len() < 1_100_000);
    assert!(
        output
            .stderr
            .ends_with("[the rest of the output was not kept]\n")
    );
}

#[test]
fn the_environment_is_ours_and_what_the_command_adds() {
    let dir = tempfile::tempdir().unwrap();
    let key = secret(&dir, "key", "hidden-token");
    let command = sh("env; test \"$TOKEN\" = hidden-token").env("TOKEN", key.clone());
    let output = run(&command);
    assert_eq!(output.code, Some(0));
    assert!(output.stdout.contains(&format!("TOKEN=‹{key}›\n")));
    assert!(
        output
            .stdout
            .contains("PATH=/usr/bin:/bin:/usr/sbin:/sbin\n")
    );
    assert!(output.stdout.contains("LC_ALL=C\n"));
    let known = [
        "PATH", "LC_ALL", "LANG", "TOKEN", "PWD", "OLDPWD", "SHLVL", "_",
    ];
    for line in output.stdout.lines() {
        let name = line.split('=').next().unwrap();
        assert!(
            known.contains(&name) || PASSED_VARIABLES.contains(&name),
            "{name}"
        );
    }
}

#[test]
fn secrets_come_back_as_names_from_every_channel() {
    let dir = tempfile::tempdir().unwrap();
    let key = secret(&dir, "key", "canary-canary");
    let command =
        sh("cat; echo $1 >&2; printf %s $1 | base64; printf %s $1 | od -An -tx1 | tr -d ' \\n'")
            .arg("sh")
            .arg(key.clone())
            .stdin(Stdin::Pipe(vec![
                "user:".into(),
                key.clone().into(),
                "\n".into(),
            ]));
    let output = run(&command);
    assert_eq!(output.stdout, format!("user:‹{key}›\n‹{key}›\n‹{key}›"));
    assert_eq!(output.stderr, format!("‹{key}›\n"));
}

#[test]
fn stopping_a_program_ends_its_children() {
    let dir = tempfile::tempdir().unwrap();
    let [pids, started] = ["pids", "started"].map(|name| dir.path().join(name));
    let line = format!(
        "sleep {FOREVER} & echo $! >{0}; sh -c 'echo $$ >>{0}; : >{1}; sleep {FOREVER}'; true",
        pids.display(),
        started.display()
    );
    let before = Instant::now();
    let (mut spawner, thread) = stopped_by(started);
    let fault = spawner.run(&sh(&line), &at_bin_sh).unwrap_err();
    thread.join().unwrap();
    assert_eq!(fault.kind(), FaultKind::Stopped);
    assert!(before.elapsed() < SAFETY_NET);
    let pids = std::fs::read_to_string(pids).unwrap();
    assert_eq!(pids.lines().count(), 2);
    assert!(!pids.lines().any(is_running));
}

#[test]
fn a_program_that_exceeds_its_limit_is_ended() {
    let limit = Duration::from_millis(100);
    let fault = with_limit(limit, StopFlag::new())
        .run(&sh(&format!("exec sleep {FOREVER}")), &at_bin_sh)
        .unwrap_err();
    assert_eq!(fault.kind(), FaultKind::Node);
    assert_eq!(fault.message(), "`sh` timed out after 100ms and was ended");
}

#[test]
fn a_program_that_ignores_termination_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let started = dir.path().join("started");
    let line = format!(
        "trap '' TERM; echo busy; : >{}; while :; do sleep 0.1; done",
        started.display()
    );
    let (mut spawner, thread) = stopped_by(started);
    let before = Instant::now();
    let fault = spawner.run(&sh(&line), &at_bin_sh).unwrap_err();
    thread.join().unwrap();
    assert_eq!(
        fault.hints().last().unwrap(),
        "its last line of output: busy"
    );
    let took = before.elapsed();
    assert!(took > GRACE && took < SAFETY_NET, "{took:?}");
}

#[test]
fn a_program_that_closed_its_output_is_still_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let [closed, go_on] = ["closed", "go-on"].map(|name| dir.path().join(name));
    let line = format!(
        "exec >&- 2>&-; : >{}; until [ -e {} ]; do sleep 0.01; done; exit 4",
        closed.display(),
        go_on.display()
    );
    let thread = std::thread::spawn(move || {
        wait_until(|| closed.exists());
        std::fs::write(go_on, "").unwrap();
    });
    assert_eq!(run(&sh(&line)).code, Some(4));
    thread.join().unwrap();
    let fault = with_limit(Duration::from_millis(100), StopFlag::new())
        .run(
            &sh(&format!("exec >&- 2>&-; exec sleep {FOREVER}")),
            &at_bin_sh,
        )
        .unwrap_err();
    assert_eq!(fault.kind(), FaultKind::Node);
}

#[test]
fn a_stop_request_ends_the_program_and_prevents_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let started = dir.path().join("started");
    let line = format!(": >{}; exec sleep {FOREVER}", started.display());
    let (mut spawner, thread) = stopped_by(started);
    let before = Instant::now();
    let fault = spawner.run(&sh(&line), &at_bin_sh).unwrap_err();
    thread.join().unwrap();
    assert_eq!(fault.kind(), FaultKind::Stopped);
    assert!(before.elapsed() < SAFETY_NET);
    let fault = spawner.run(&sh("true"), &at_bin_sh).unwrap_err();
    assert_eq!(fault.kind(), FaultKind::Stopped);
    assert_eq!(spawner.spawned(), 1);
}

/// Starts a service in a session of its own, and prints its process number.
fn starts_service(dir: &tempfile::TempDir) -> String {
    let started = dir.path().join("started");
    format!(
        "setsid sh -c ': >{0}; exec sleep {FOREVER}' & until [ -e {0} ]; do sleep 0.01; done; echo $!",
        started.display()
    )
}

#[test]
fn a_service_left_behind_is_neither_waited_for_nor_ended() {
    let dir = tempfile::tempdir().unwrap();
    let started = Instant::now();
    let output = run(&sh(&starts_service(&dir)));
    assert_eq!(output.code, Some(0));
    assert!(started.elapsed() < SAFETY_NET);
    assert!(is_running(output.stdout.trim()));
    kill(output.stdout.trim());
}

/// Ends a service that a test left behind.
fn kill(pid: &str) {
    let pid = rustix::process::Pid::from_raw(pid.parse().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

#[test]
fn what_cannot_be_started_is_a_fault() {
    let fault = spawner()
        .run(&Command::new("no-such-tool"), &|_| &[])
        .unwrap_err();
    assert_eq!(fault.kind(), FaultKind::Unknown);
    let fault = spawner()
        .run(&sh("true").arg("a\0b"), &at_bin_sh)
        .unwrap_err();
    assert_eq!(fault.kind(), FaultKind::Node);
    let unset = Secret::parse("env:ASCRIPT_NOT_SET").unwrap();
    let mut spawner = spawner();
    let fault = spawner
        .run(&sh("true").env("K", unset), &at_bin_sh)
        .unwrap_err();
    assert_eq!(fault.kind(), FaultKind::Secret);
    assert_eq!(spawner.spawned(), 0);
}

/// Asks as tools do: at the controlling terminal, with the echo off.
const ASK: &str = "ask() { stty -echo </dev/tty; printf '%s' \"$1\" >/dev/tty; \
    read -r answer </dev/tty; stty echo </dev/tty; echo >/dev/tty; }; ";

fn terminal(line: &str, answers: Vec<Piece>) -> Command {
    sh(&format!("{ASK}{line}")).stdin(Stdin::Terminal(answers))
}

#[test]
fn prompts_are_answered_one_by_one() {
    let dir = tempfile::tempdir().unwrap();
    let keys = [("old", "canary one"), ("new", "canary-two")];
    let [old, new] = keys.map(|(name, value)| secret(&dir, name, value));
    let line = "ask 'Old password: '; a=$answer; ask 'New password:'; \
        test \"$a/$answer\" = 'canary one/canary-two'; echo code $?";
    let output = run(&terminal(line, vec![old.into(), new.into()]));
    assert_eq!(output.stdout, "Old password: \nNew password:\ncode 0\n");
}

#[test]
fn a_confirmation_gets_the_last_answer_again() {
    let line = "ask 'Password: '; a=$answer; ask 'Verify: '; \
        test \"$a/$answer\" = 'one/one'; echo code $?";
    assert!(
        run(&terminal(line, vec!["one".into()]))
            .stdout
            .ends_with("code 0\n")
    );
}

#[test]
fn an_answer_is_not_shown_by_a_program_that_leaves_the_echo_on() {
    let line = "printf 'Password: '; read -r a; echo; test \"$a\" = shown; echo code $?";
    let output = run(&terminal(line, vec!["shown".into()]));
    assert_eq!(output.stdout, "Password: \ncode 0\n");
}

#[test]
fn a_program_that_asks_without_a_word_is_answered() {
    let line = "echo hello; stty -echo; read -r a; stty echo; test \"$a\" = one; echo code $?";
    let output = run(&terminal(line, vec!["one".into()]));
    assert_eq!(output.stdout, "hello\ncode 0\n");
}

#[test]
fn the_echo_may_go_off_after_the_prompt() {
    let line = "printf 'Password: '; sleep 0.15; stty -echo; read -r a; stty echo; echo; \
        test \"$a\" = one; echo code $?";
    let output = run(&terminal(line, vec!["one".into()]));
    assert_eq!(output.stdout, "Password: \ncode 0\n");
}

#[test]
fn a_program_that_keeps_asking_is_ended() {
    let line = "while :; do ask 'Password: '; done";
    let fault = spawner()
        .run(&terminal(line, vec!["one".into()]), &at_bin_sh)
        .unwrap_err();
    assert_eq!(fault.message(), "`sh` prompted more often than expected");
    assert_eq!(
        fault.hints().last().unwrap(),
        "its last line of output: Password:"
    );
}

#[test]
fn work_between_prompts_is_not_taken_for_a_prompt() {
    let line = "ask 'Old: '; a=$answer; echo working; sleep 1.3; ask 'New: '; \
        test \"$a/$answer\" = 'one/two'; echo code $?";
    let output = run(&terminal(line, vec!["one".into(), "two".into()]));
    assert_eq!(output.stdout, "Old: \nworking\nNew: \ncode 0\n");
}

#[test]
fn a_terminal_delivers_all_that_was_printed() {
    let output = run(&terminal("seq 1 50000; exit 5", Vec::new()));
    assert_eq!(output.code, Some(5));
    assert_eq!(output.stdout.lines().count(), 50_000);
    assert!(output.stdout.ends_with("\n50000\n"));
}

#[test]
fn a_service_left_on_a_terminal_is_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let started = Instant::now();
    let output = run(&terminal(&starts_service(&dir), Vec::new()));
    assert!(started.elapsed() < SAFETY_NET);
    kill(output.stdout.strip_suffix('\n').unwrap());
}

#[test]
fn answers_that_no_terminal_takes_are_refused() {
    for answer in ["a\nb".to_owned(), "x".repeat(1024)] {
        let command = terminal("ask ''", vec![answer.into()]);
        let fault = spawner().run(&command, &at_bin_sh).unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Secret);
    }
}

#[test]
fn a_time_out_ends_what_waits_at_a_terminal() {
    let mut spawner = with_limit(ROOM, StopFlag::new());
    let command = terminal("echo waiting; read -r a", vec!["one".into()]);
    let fault = spawner.run(&command, &at_bin_sh).unwrap_err();
    assert_eq!(fault.message(), "`sh` timed out after 3s and was ended");
    assert_eq!(
        fault.hints().last().unwrap(),
        "its last line of output: waiting"
    );
}

#[test]
fn a_program_that_is_still_being_written_is_started_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tool");
    std::fs::write(&path, "#!/bin/sh\necho \"$0\"\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let writer = std::fs::OpenOptions::new().append(true).open(&path);
    let mut writer = Some(writer.unwrap());
    let mut attempts = 0;
    let child = spawn_when_written(|| {
        attempts += 1;
        let child = Process::new(&path).stdout(Stdio::piped()).spawn();
        drop(writer.take());
        child
    });
    let output = child.unwrap().wait_with_output().unwrap();
    assert!(attempts > 1, "the file was not busy");
    assert_eq!(output.stdout, format!("{}\n", path.display()).as_bytes());
}
