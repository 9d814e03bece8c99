//! One command as a person performs it.

use std::fmt::Write as _;

use crate::state::Platform;
use crate::step::{Command, Piece, Stdin};
use crate::tools;

use super::super::clean;
use super::secrets::mark;

/// The address of the Node API unless aspera.conf sets another one.
const NODE_API_ADDRESS: &str = "https://localhost:9092";

/// Writes a command with what to type.
pub(super) fn write(command: &Command, platform: Platform, out: &mut String) {
    if command.program == tools::OWN_PROGRAM {
        return own(command, out);
    }
    if command.program == tools::NODE_API {
        return request(command, out);
    }
    code("sh", &shell(command, platform), out);
    match &command.stdin {
        Stdin::Empty => {}
        Stdin::Terminal(answers) => {
            out.push_str(
                "\nAt each prompt, type these in their order; where it asks again, the last one:\n",
            );
            let answers: Vec<_> = answers.iter().map(written).collect();
            code("text", &answers.join("\n"), out);
        }
        Stdin::Pipe(pieces) => {
            out.push_str("\nType these lines, then Ctrl-D:\n");
            code("text", &text(pieces), out);
        }
    }
}

/// The line for a shell: the programs of the product by their paths, secrets as marks in quotes.
pub(super) fn shell(command: &Command, platform: Platform) -> String {
    let marked = |piece: &Piece| Piece::from(written(piece));
    let mut names = tools::program_names(platform);
    let is_vendor = tools::system_path(platform, &command.program).is_empty();
    let program = if is_vendor && names.any(|name| name == command.program) {
        format!("{}/bin/{}", platform.installation(), command.program)
    } else {
        command.program.to_string()
    };
    let env = command.env.iter();
    let shown = Command {
        program: program.into(),
        args: command.args.iter().map(marked).collect(),
        env: env
            .map(|(name, value)| (name.clone(), marked(value)))
            .collect(),
        ..command.clone()
    };
    shown.shell()
}

fn written(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Secret(secret) => mark(secret),
        Piece::File(_) => format!("‹{piece}›"),
    }
}

fn text(pieces: &[Piece]) -> String {
    pieces.iter().map(written).collect()
}

/// Writes a block of code, each line of it clean.
pub(super) fn code(language: &str, text: &str, out: &mut String) {
    let lines: Vec<_> = text.lines().map(clean::file_line).collect();
    let body = lines.join("\n");
    let fence = clean::fence(&body);
    let _ = write!(out, "\n{fence}{language}\n{body}\n{fence}\n");
}

/// What `ascript` itself does for files: a person uses an editor.
fn own(command: &Command, out: &mut String) {
    let words: Vec<_> = command.args.iter().map(written).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let path = words.last().copied().unwrap_or_default();
    let option = |name: &str| {
        let index = words.iter().position(|word| *word == name)?;
        words.get(index + 1).copied()
    };
    let start = words.iter().find_map(|word| word.strip_prefix("--start="));
    let start = start.unwrap_or_default();
    match words[..] {
        ["file", "write", ..] => write_file(path, &option, command, out),
        ["file", "remove", ..] => code("sh", &Command::new("rm").arg(path.to_owned()).shell(), out),
        ["file", "set-line", ..] => {
            let what = format!(
                "In the file `{path}`, put the line below in place of the last line that starts with `{start}`; if there is none, add it at the end. Make the file if it does not exist."
            );
            instruction(&what, &content(command), out);
        }
        ["file", "remove-line", ..] => {
            let what =
                format!("In the file `{path}`, delete the last line that starts with `{start}`.");
            instruction(&what, "", out);
            if words.contains(&"--new-file") {
                instruction("If nothing else is in it, delete the file.", "", out);
            }
        }
        ["authorized-keys", verb, ..] => authorized_keys(
            verb,
            option("--user").unwrap_or_default(),
            path,
            command,
            out,
        ),
        _ => instruction(
            &format!("`{}` has no counterpart without ascript.", command.shell()),
            "",
            out,
        ),
    }
}

/// A file with its owner and mode before its content.
fn write_file<'w>(
    path: &str,
    option: &dyn Fn(&str) -> Option<&'w str>,
    command: &Command,
    out: &mut String,
) {
    let mut install = Command::new("install");
    for (flag, name) in [("-o", "--owner"), ("-g", "--group"), ("-m", "--mode")] {
        if let Some(value) = option(name) {
            install = install.args([flag, value].map(str::to_owned));
        }
    }
    let install = install.args(["/dev/null", path].map(str::to_owned));
    if let Some(folder) = folder_of_its_own(path) {
        let mkdir = Command::new("mkdir").args(["-p", folder].map(str::to_owned));
        out.push_str("\nMake its folder, if there is none:\n");
        code("sh", &mkdir.shell(), out);
    }
    out.push_str(
        "\nMake the file anew, empty; then put the content below into it with an editor.\n",
    );
    code("sh", &install.shell(), out);
    code("text", &content(command), out);
}

/// The folder of a file, unless it is one that every system has, such as `/etc`.
fn folder_of_its_own(path: &str) -> Option<&str> {
    let (folder, _) = path.rsplit_once('/')?;
    folder.rfind('/').filter(|slash| *slash > 0).map(|_| folder)
}

/// A person edits the file of keys as the account, so that no link leads root elsewhere.
fn authorized_keys(verb: &str, user: &str, path: &str, command: &Command, out: &mut String) {
    let what = match verb {
        "add" => format!(
            "As the account `{user}`, not as root: add the line below to `{path}`, in place of another line with the same key. The folder must have the mode 700, the file 600, and both belong to `{user}`."
        ),
        _ => format!(
            "As the account `{user}`, not as root: delete the line with the key below from `{path}`."
        ),
    };
    instruction(&what, &content(command), out);
}

fn instruction(what: &str, text: &str, out: &mut String) {
    out.push('\n');
    clean::prose(&clean::line(what), out);
    out.push('\n');
    if !text.is_empty() {
        code("text", text, out);
    }
}

/// What `ascript` would write.
fn content(command: &Command) -> String {
    let (Stdin::Pipe(pieces) | Stdin::Terminal(pieces)) = &command.stdin else {
        return String::new();
    };
    text(pieces)
}

/// A request to the Node API, with curl, which prompts for the password.
fn request(command: &Command, out: &mut String) {
    let words: Vec<_> = command.args.iter().map(written).collect();
    let (method, path) = match &words[..] {
        [method, path, ..] => (method.clone(), path.clone()),
        _ => return,
    };
    let mut curl = Command::new("curl");
    if let Some((user, _)) = tools::node_api_login(command) {
        curl = curl.args(["--user".to_owned(), user.to_owned()]);
    }
    curl = curl.args(["--request".to_owned(), method]);
    let body = content(command);
    if !body.is_empty() {
        curl = curl.args(["--header", "Content-Type: application/json", "--data", "@-"]);
    }
    let curl = curl.arg(format!("{NODE_API_ADDRESS}{path}"));
    out.push_str("\nAsk the Node API; the section ");
    clean::inline("server", out);
    out.push_str(" of aspera.conf has its port if that is another one. The login needs its password at the prompt");
    match tools::node_api_login(command) {
        Some((_, password)) => {
            out.push_str(": ");
            clean::inline(&clean::line(&mark(password)), out);
            out.push_str(".\n");
        }
        None => out.push_str(", if any.\n"),
    }
    code("sh", &curl.shell(), out);
    if !body.is_empty() {
        out.push_str("\nType these lines, then Ctrl-D:\n");
        code("text", &body, out);
    }
}
