//! Emulated nodes and the binary under test. It reads the files of a lab itself
//! and shares no code with the crate.

mod nodes;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ascript::lab::{Lab, LabOptions};
use serde_json::Value;

pub(crate) use nodes::{NodeVariant, ODD, OLD_KEY, PLAIN};

/// The program under test.
pub(crate) const ASCRIPT: &str = env!("CARGO_BIN_EXE_ascript");

/// How long a test waits for a state before it counts as failed: far longer than a busy machine
/// needs.
const SAFETY_NET: Duration = Duration::from_mins(3);

/// A site script that uses what the bundled ones do not.
pub(crate) const EVERYTHING: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/laws/everything.rhai");

/// A site script that installs a license.
pub(crate) const LICENSE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/laws/license.rhai");

/// A unique value for every secret of the bundled scripts. The token key contains
/// every character that asconfigurator accepts.
pub(crate) const SECRETS: [(&str, &str); 6] = [
    ("FASPEX_ACCOUNT_PASSWORD", "Acc+nt/Pw=.~_-0<&\"'41"),
    ("FASPEX_ROOT_PASSWORD", "R00t+/=<>&\"'\\Pass wd"),
    ("FASPEX_ADMIN_PASSWORD", "Adm1n/+=~&<\"'%Kanari"),
    ("FASPEX_TOKEN_KEY", "Can+ary/Key=.~_-00xyz"),
    ("FASPEX_NODE_PASSWORD", "N0de/Pw+=~_.-&<\"'Zz9"),
    ("ASPERA_ACCESS_KEY_SECRET", "Acce55+Key/=~_.-Secr3t"),
];

/// A node in a temporary folder.
pub(crate) struct Node {
    pub(crate) lab: Lab,
    home: tempfile::TempDir,
}

/// The result of a run of the binary.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Node {
    /// A freshly installed, licensed server.
    pub(crate) fn new(platform: &str) -> Self {
        Self::with(platform, |_| ())
    }

    /// The same with an injected fault.
    pub(crate) fn faulty(platform: &str, fault: &str) -> Self {
        Self::with(platform, |options| options.faults.push(fault.to_owned()))
    }

    /// The same with other options.
    pub(crate) fn with(platform: &str, change: impl FnOnce(&mut LabOptions)) -> Self {
        // The file system of the executable, so that it is linked, not copied.
        let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let mut options = LabOptions::new(PathBuf::from(ASCRIPT), platform);
        options.links_executable = true;
        change(&mut options);
        let lab = Lab::create(&home.path().join("lab"), &options).unwrap();
        Self { lab, home }
    }

    /// `ascript` with these arguments and all secrets, on this node.
    pub(crate) fn ascript(&self, args: &[&str]) -> Command {
        let mut command = Command::new(ASCRIPT);
        command
            .args(args)
            .arg("--node")
            .arg(self.lab.dir())
            .current_dir(self.home.path())
            .env_remove("NO_COLOR")
            .env("SUDO_USER", "admin")
            // The folder of the build need not belong to root, who may run this.
            .env("SUDO_UID", home_owner(self.home.path()).to_string())
            .envs(SECRETS)
            .stdin(Stdio::null());
        command
    }

    /// Runs `ascript` to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Done {
        Done::of(self.ascript(args).output().unwrap())
    }

    /// Previews a script.
    pub(crate) fn preview(&self, script: &[&str]) -> Done {
        self.run(&[&["run"], script, &["--format", "json"]].concat())
    }

    /// Runs a script live.
    pub(crate) fn live(&self, script: &[&str]) -> Done {
        self.run(&[&["run"], script, &["--format", "json", "--live", "--yes"]].concat())
    }

    /// Starts a live run and returns its process.
    pub(crate) fn start(&self, script: &[&str]) -> Child {
        let args = [&["run"], script, &["--format", "json", "--live", "--yes"]].concat();
        let mut command = self.ascript(&args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// Writes a script beside the lab and returns its path.
    pub(crate) fn script(&self, text: &str) -> String {
        let path = self.home.path().join("site.rhai");
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The path of a file beside the lab.
    pub(crate) fn beside(&self, name: &str) -> String {
        self.home.path().join(name).to_str().unwrap().to_owned()
    }

    /// Runs a program of the node, which must succeed, and returns its output.
    pub(crate) fn does(&self, program: &str, args: &[&str]) -> String {
        let mut command = Command::new(self.lab.program(program));
        let output = command.args(args).stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{program} {args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Replaces a program of the node with a shell script.
    pub(crate) fn replace(&self, program: &str, shell: &str) {
        let path = self.lab.program(program);
        fs::remove_file(&path).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{shell}\n")).unwrap();
        let rights = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&path, rights).unwrap();
    }

    /// Links a program into `bin/real`, for the script that replaces it.
    pub(crate) fn keep_real(&self, program: &str) {
        let real = self.lab.dir().join("bin/real");
        fs::create_dir_all(&real).unwrap();
        let executable = fs::canonicalize(self.lab.program(program)).unwrap();
        std::os::unix::fs::symlink(executable, real.join(program)).unwrap();
    }

    pub(crate) fn conf(&self) -> Vec<u8> {
        fs::read(self.lab.conf()).unwrap()
    }

    pub(crate) fn set_conf(&self, text: impl AsRef<[u8]>) {
        fs::write(self.lab.conf(), text).unwrap();
    }

    /// A state file of the lab.
    pub(crate) fn state(&self, file: &str) -> Value {
        let path = self.lab.dir().join("var/lab").join(file);
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    /// The acting calls, as command lines.
    pub(crate) fn acts(&self) -> Vec<String> {
        let calls = self.lab.calls().unwrap();
        let acting = calls.iter().filter(|call| call["acting"] == true);
        acting.map(line).collect()
    }

    /// The number of calls.
    pub(crate) fn call_count(&self) -> usize {
        let log = fs::read(self.lab.dir().join("var/lab/calls.log")).unwrap();
        memchr::memchr_iter(b'\n', &log).count()
    }

    /// Whether a call, reading or acting, starts with this text.
    pub(crate) fn has_started(&self, words: &str) -> bool {
        let calls = self.lab.calls().unwrap();
        calls.iter().any(|call| line(call).starts_with(words))
    }

    /// Every file of the lab, except the log of calls.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(self.lab.dir(), &mut files);
        files.retain(|path, _| !path.ends_with("var/lab/calls.log"));
        files
    }

    /// The PID of the last call.
    pub(crate) fn last_pid(&self) -> i32 {
        let call = self.lab.calls().unwrap().pop().unwrap();
        i32::try_from(call["pid"].as_i64().unwrap()).unwrap()
    }
}

impl Done {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Checks the exit code.
    #[track_caller]
    pub(crate) fn ends(&self, code: i32) {
        assert_eq!(self.code, code, "{}", self.err);
    }

    /// Checks the exit code and parses the document on standard output.
    #[track_caller]
    pub(crate) fn json(&self, code: i32) -> Value {
        assert_eq!(self.code, code, "{}{}", self.err, self.out);
        serde_json::from_str(&self.out).unwrap()
    }

    /// Checks the exit code and that the error contains each of these texts.
    #[track_caller]
    pub(crate) fn stops(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "no `{word}` in: {}", self.err);
        }
        for word in ["Kind::", "Some(", "None", "Err(", "panicked"] {
            assert!(!self.err.contains(word), "`{word}` in: {}", self.err);
        }
    }
}

fn home_owner(home: &Path) -> u32 {
    let workspace = home.parent().unwrap();
    std::os::unix::fs::MetadataExt::uid(&fs::metadata(workspace).unwrap())
}

fn line(call: &Value) -> String {
    let args = call["args"].as_array().unwrap().iter();
    let words = std::iter::once(&call["program"]).chain(args);
    let words: Vec<_> = words.map(|word| word.as_str().unwrap()).collect();
    words.join(" ")
}

fn collect(dir: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_symlink() {
            let target = fs::read_link(&path).unwrap();
            files.insert(path, target.into_os_string().into_encoded_bytes());
        } else if path.is_dir() {
            files.insert(path.clone(), Vec::new());
            collect(&path, files);
        } else if !path.ends_with("libexec/ascript-lab") {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// Waits until `condition` holds. The limit only ends a test that has failed.
#[track_caller]
pub(crate) fn until(mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        let waited = started.elapsed();
        assert!(waited < SAFETY_NET, "the condition never held");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Whether a process runs, and is not a zombie.
pub(crate) fn is_alive(pid: i32) -> bool {
    let Some(process) = rustix::process::Pid::from_raw(pid) else {
        return false;
    };
    if rustix::process::test_kill_process(process).is_err() {
        return false;
    }
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(')').next().unwrap_or_default().trim();
    !state.starts_with(['Z', 'X'])
}

/// Checks a law for many cases in parallel, and panics with the names of all that
/// break it.
pub(crate) fn each<T: Sync>(
    cases: &[T],
    named: impl Fn(&T) -> String + Sync,
    law: impl Fn(&T) + Sync,
) {
    let next = AtomicUsize::new(0);
    let (next, named, law) = (&next, &named, &law);
    let broken: Vec<String> = std::thread::scope(|scope| {
        let work = move || {
            let mut broken = Vec::new();
            while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                let held = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| law(case)));
                if held.is_err() {
                    broken.push(named(case));
                }
            }
            broken
        };
        let workers: Vec<_> = (0..3).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    assert!(broken.is_empty(), "broken by: {}", broken.join("; "));
}

/// Removes the notes that only a live run has: that the tool has a layout of its own, and that
/// nobody serves the Node API of the lab. Returns whether there was the first one.
pub(crate) fn remove_live_notes(receipt: &mut Value) -> bool {
    let notes = receipt["advisories"].as_array_mut().unwrap();
    let has_layout = notes.iter().any(|note| note["id"] == "layout-changed");
    notes.retain(|note| note["id"] != "layout-changed" && note["id"] != "api-not-verified");
    has_layout
}

/// Applies a unified diff to a file, with secrets in place of their references.
pub(crate) fn patched(conf: &[u8], diff: &str) -> String {
    let text = String::from_utf8(conf.to_vec()).unwrap();
    let old: Vec<&str> = text.split_inclusive('\n').collect();
    let (mut new, mut at) = (String::new(), 0);
    let lines: Vec<&str> = diff.split_inclusive('\n').collect();
    for (index, line) in lines.iter().enumerate().skip(2) {
        let is_last = lines
            .get(index + 1)
            .is_some_and(|next| next.starts_with('\\'));
        let body = if is_last {
            line[1..].trim_end_matches('\n')
        } else {
            &line[1..]
        };
        match &line[..1] {
            "@" => {
                let from: usize = line[4..].split([',', ' ']).next().unwrap().parse().unwrap();
                let start = from.saturating_sub(1);
                new.extend(old[at..start].iter().copied());
                at = start;
            }
            "+" => new.push_str(body),
            "\\" => {}
            kind => {
                let hidden = old[at].replace(OLD_KEY, "‹secret›");
                assert_eq!(hidden, body, "the diff is of another file");
                if kind == " " {
                    new.push_str(old[at]);
                }
                at += 1;
            }
        }
    }
    new.extend(old[at..].iter().copied());
    let new = new.replace("‹secret›", OLD_KEY);
    SECRETS.iter().fold(new, |new, (name, value)| {
        new.replace(&format!("‹env:{name}›"), value)
    })
}
