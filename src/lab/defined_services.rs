//! Services that files of the node define: units of systemd and jobs of launchd. The emulated
//! node has their definitions below `root`, and runs no program for them.

use std::fs;

use super::lab_folder::{LabFolder, LabPlatform};

/// The definition of a service.
pub(super) struct Definition {
    /// What it runs, with its arguments.
    pub(super) arguments: Vec<String>,
    /// The file of its environment.
    pub(super) environment: Option<String>,
}

/// How launchd's labels start here.
const LABEL: &str = "com.aspera.";

fn place(platform: LabPlatform) -> (&'static str, &'static str, &'static str) {
    match platform {
        LabPlatform::Macos => ("root/Library/LaunchDaemons", LABEL, ".plist"),
        LabPlatform::Linux => ("root/etc/systemd/system", "", ".service"),
    }
}

/// The names of the services that have a definition.
pub(super) fn names(folder: &LabFolder, platform: LabPlatform) -> Vec<String> {
    let (dir, before, after) = place(platform);
    let entries = fs::read_dir(folder.path(dir)).into_iter().flatten();
    let mut names = Vec::new();
    for entry in entries.flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        let name = file
            .strip_prefix(before)
            .and_then(|it| it.strip_suffix(after));
        names.extend(name.map(str::to_owned));
    }
    names.sort();
    names
}

/// The text of a definition; `None` if there is none.
pub(super) fn read(folder: &LabFolder, platform: LabPlatform, name: &str) -> Option<String> {
    let (dir, before, after) = place(platform);
    if name.contains('/') {
        return None;
    }
    fs::read_to_string(folder.path(&format!("{dir}/{before}{name}{after}"))).ok()
}

impl Definition {
    pub(super) fn parse(platform: LabPlatform, text: &str) -> Self {
        match platform {
            LabPlatform::Macos => Self::of_job(text),
            LabPlatform::Linux => Self::of_unit(text),
        }
    }

    fn of_unit(text: &str) -> Self {
        let value = |key: &str| {
            let mut lines = text.lines();
            lines.find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
        };
        Self {
            arguments: words(value("ExecStart").unwrap_or_default()),
            environment: value("EnvironmentFile").map(str::to_owned),
        }
    }

    /// A shell that reads variables from a file, the fourth argument, starts the rest.
    fn of_job(text: &str) -> Self {
        let list = text.split("<array>").nth(1).unwrap_or_default();
        let list = list.split("</array>").next().unwrap_or_default();
        let strings = list.split("<string>").skip(1);
        let mut arguments: Vec<_> = strings
            .map(|part| unescape(part.split("</string>").next().unwrap_or_default()))
            .collect();
        let mut environment = None;
        if arguments.first().is_some_and(|it| it == "/bin/sh") && arguments.len() > 4 {
            environment = Some(arguments[3].clone());
            arguments.drain(..4);
        }
        Self {
            arguments,
            environment,
        }
    }
}

/// The words of a command line of systemd: in double quotes, with `\`, `%%` and `$$`.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut open) = (Vec::new(), String::new(), false, false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' if !quoted => {
                if open {
                    words.push(std::mem::take(&mut word));
                }
                open = false;
                continue;
            }
            '"' => quoted = !quoted,
            '\\' => word.extend(chars.next()),
            '%' | '$' => word.extend(chars.next_if_eq(&c)),
            c => word.push(c),
        }
        open = true;
    }
    if open {
        words.push(word);
    }
    words
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_give_arguments_and_environment() {
        let unit =
            "[Service]\nEnvironmentFile=/e\nExecStart=/bin/a \"b c\" \"50%% \\\"$$x\\\\\" \"\"\n";
        let unit = Definition::parse(LabPlatform::Linux, unit);
        assert_eq!(unit.arguments, ["/bin/a", "b c", "50% \"$x\\", ""]);
        assert_eq!(unit.environment.as_deref(), Some("/e"));
        let job = "<array><string>/bin/sh</string><string>-c</string><string>x</string>\
            <string>/e</string><string>/bin/a</string><string>b&amp;&lt;c</string></array>";
        let job = Definition::parse(LabPlatform::Macos, job);
        assert_eq!(job.arguments, ["/bin/a", "b&<c"]);
        assert_eq!(job.environment.as_deref(), Some("/e"));
    }
}
