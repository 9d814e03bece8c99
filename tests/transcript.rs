//! Transcripts: command lines with the output expected of each. A transcript runs in a folder of its
//! own, through a shell that has `ascript` on its path.
//!
//! ```text
//! === site.rhai
//! the text of a file, up to the next line of this kind or the first command
//! $ ascript run site.rhai
//! standard output; `[…]` stands for anything, alone for any lines
//! ! standard error
//! [exit 1]
//! ```

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// One command with its expected output and exit code.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Exchange {
    pub(crate) command: String,
    pub(crate) out: Vec<String>,
    pub(crate) err: Vec<String>,
    pub(crate) code: i32,
}

/// Files, and the commands that run beside them.
#[derive(Debug, Default)]
pub(crate) struct Transcript {
    pub(crate) files: Vec<(String, String)>,
    pub(crate) exchanges: Vec<Exchange>,
}

impl Transcript {
    pub(crate) fn parse(text: &str) -> Self {
        let mut transcript = Self::default();
        for line in text.lines() {
            transcript.take(line);
        }
        transcript
    }

    fn take(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("=== ") {
            self.files.push((name.to_owned(), String::new()));
        } else if let Some(command) = line.strip_prefix("$ ") {
            self.exchanges.push(Exchange {
                command: command.to_owned(),
                ..Exchange::default()
            });
        } else if let Some(exchange) = self.exchanges.last_mut() {
            exchange.take(line);
        } else {
            let (_, text) = self.files.last_mut().expect("a file or a command first");
            text.push_str(line);
            text.push('\n');
        }
    }

    /// Runs the commands in `folder` and describes those whose output differs.
    pub(crate) fn differs(&self, folder: &Path) -> Vec<String> {
        for (name, text) in &self.files {
            std::fs::write(folder.join(name), text).unwrap();
        }
        self.exchanges
            .iter()
            .filter_map(|exchange| exchange.differs(folder))
            .collect()
    }
}

impl Exchange {
    fn take(&mut self, line: &str) {
        let code = line
            .strip_prefix("[exit ")
            .and_then(|rest| rest.strip_suffix(']'));
        if let Some(code) = code {
            self.code = code.parse().unwrap();
        } else if let Some(line) = line.strip_prefix('!') {
            self.err
                .push(line.strip_prefix(' ').unwrap_or(line).to_owned());
        } else {
            self.out.push(line.to_owned());
        }
    }

    fn differs(&self, folder: &Path) -> Option<String> {
        let output = shell(&self.command, folder);
        let found = Self {
            command: self.command.clone(),
            out: lines(&output.stdout),
            err: lines(&output.stderr),
            code: output.status.code().unwrap_or(-1),
        };
        let is_same = self.code == found.code
            && matches(&self.out, &found.out)
            && matches(&self.err, &found.err);
        (!is_same).then(|| format!("{found}\n--- but expected\n{self}"))
    }
}

impl std::fmt::Display for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "$ {}", self.command)?;
        self.out.iter().try_for_each(|line| writeln!(f, "{line}"))?;
        for line in &self.err {
            writeln!(f, "{}", format!("! {line}").trim_end())?;
        }
        if self.code != 0 {
            writeln!(f, "[exit {}]", self.code)?;
        }
        Ok(())
    }
}

/// Runs a line of shell with `ascript` on the path.
pub(crate) fn shell(line: &str, folder: &Path) -> Output {
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_ascript"));
    let bin = binary.parent().unwrap().to_str().unwrap();
    Command::new("sh")
        .args(["-e", "-c", line])
        .current_dir(folder)
        .env_clear()
        .env("SUDO_USER", "admin")
        .env("PATH", format!("{bin}:/usr/bin:/bin"))
        .env("HOME", folder)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}

fn lines(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    text.lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// Whether the lines match, where `[…]` matches any lines.
fn matches(wanted: &[String], found: &[String]) -> bool {
    let Some((first, rest)) = wanted.split_first() else {
        return found.is_empty();
    };
    if first == "[…]" {
        return (0..=found.len()).any(|skipped| matches(rest, &found[skipped..]));
    }
    let Some((line, others)) = found.split_first() else {
        return false;
    };
    is_like(first.trim_end(), line) && matches(rest, others)
}

fn is_like(wanted: &str, found: &str) -> bool {
    match wanted.split_once("[…]") {
        None => wanted == found,
        Some((start, end)) => {
            found.len() >= start.len() + end.len()
                && found.starts_with(start)
                && found.ends_with(end)
        }
    }
}

#[test]
fn a_transcript_can_fail() {
    let dir = tempfile::tempdir().unwrap();
    let differs = |text: &str| Transcript::parse(text).differs(dir.path()).len();
    assert_eq!(
        differs("$ echo one two; echo x; echo y\none […]\n[…]\ny"),
        0
    );
    assert_eq!(differs("$ echo one\ntwo"), 1);
    assert_eq!(differs("$ echo one >&2\none"), 1);
    assert_eq!(differs("$ echo one >&2; exit 3\n! one\n[exit 3]"), 0);
    assert_eq!(differs("$ true\n[exit 1]"), 1);
    assert_eq!(differs("=== a\nx\n$ cat a\nx"), 0);
}
