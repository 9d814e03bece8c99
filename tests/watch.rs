//! `--watch`: again on save, also by renaming; a fault ends a round only; Ctrl-C ends it.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{ASCRIPT, until};

/// A command with `--watch`, in a folder, with its output in files there.
struct Watched<'f> {
    folder: &'f Path,
    child: Child,
}

impl<'f> Watched<'f> {
    fn start(folder: &'f Path, args: &[&str]) -> Self {
        let output = |name: &str| File::create(folder.join(name)).unwrap();
        let mut command = Command::new(ASCRIPT);
        command.args(args).arg("--watch").current_dir(folder);
        command
            .stdin(Stdio::null())
            .stdout(output("out"))
            .stderr(output("err"));
        let child = command.spawn().unwrap();
        Self { folder, child }
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap()
    }

    /// Waits for so many rounds.
    fn rounds(&self, count: usize) {
        until(|| self.text("err").matches("Ctrl-C ends").count() >= count);
    }

    /// Writes a file as editors do: beside the old one, then over it.
    fn save(&self, name: &str, text: &str) {
        let new = self.folder.join(format!("{name}.new"));
        fs::write(&new, text).unwrap();
        fs::rename(new, self.folder.join(name)).unwrap();
    }

    fn interrupt(mut self) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::INT).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        assert!(
            !self.text("err").contains("interrupt"),
            "{}",
            self.text("err")
        );
        assert!(
            !self.text("out").contains('\u{1b}'),
            "no terminal is cleared"
        );
    }
}

fn user(name: &str) -> String {
    format!("conf.set_user(\"{name}\", #{{ absolute: \"/srv\" }});\n")
}

#[test]
fn a_script_is_previewed_again_when_it_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("site.rhai"), user("anna")).unwrap();
    let watched = Watched::start(
        folder.path(),
        &["run", "./site.rhai", "--node", "blank:linux"],
    );
    watched.rounds(1);
    assert!(watched.text("out").contains("conf/user/anna"));
    watched.save("site.rhai", &user("ben"));
    watched.rounds(2);
    assert!(watched.text("out").contains("conf/user/ben"));
    watched.save("site.rhai", "let a = ;\n");
    watched.rounds(3);
    assert!(
        watched.text("err").contains("site.rhai:1"),
        "{}",
        watched.text("err")
    );
    let reading = "import \"lib\" as lib;\nlib::add(data(\"users.csv\")[0].name);\n";
    fs::write(
        path("lib.rhai"),
        "fn add(name) { conf.set_user(name, #{ absolute: \"/a\" }); }\n",
    )
    .unwrap();
    fs::write(path("users.csv"), "name\ncarl\n").unwrap();
    watched.save("site.rhai", reading);
    until(|| watched.text("out").contains("conf/user/carl"));
    watched.save("users.csv", "name\ndora\n");
    until(|| watched.text("out").contains("conf/user/dora"));
    fs::write(
        path("lib.rhai"),
        "fn add(name) { conf.set_group(name, #{ absolute: \"/a\" }); }\n",
    )
    .unwrap();
    until(|| watched.text("out").contains("conf/group/dora"));
    watched.interrupt();
}

#[test]
fn tests_run_again_when_a_script_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let test = |value: &str| format!("fn test_it() {{ ensure({value}, \"not yet\"); }}\n");
    fs::write(folder.path().join("site.rhai"), test("false")).unwrap();
    let watched = Watched::start(folder.path(), &["test", "."]);
    watched.rounds(1);
    assert!(watched.text("out").contains("not yet"));
    watched.save("site.rhai", &test("true"));
    until(|| watched.text("out").contains("1 test: 1 passed"));
    watched.interrupt();
}
