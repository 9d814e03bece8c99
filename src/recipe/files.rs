//! Files: what `cat`, `echo` and `tee` write, and what `cp`, `install` and `rm` do with them.

use super::content::{PLAIN, content};
use super::context::{Context, ToolCall, Translated, Untranslated, WrittenFile};
use super::flags::{self, Flag, switch, valued};
use super::folders;
use super::parameters::is_hole;
use super::statement::{call_with_options, function_call};
use super::written::{read_text, written_text};
use crate::script_text::{Expression, Statement};
use crate::secret_name::names_secret;

/// The file of the license.
const LICENSE: &str = "aspera-license";

/// The keys that may log in to an account, in its home folder.
const AUTHORIZED_KEYS: &str = "/.ssh/authorized_keys";

/// Folders of the system: a recipe does not bring the files in them along.
const SYSTEM_FOLDERS: &[&str] = &[
    "/etc/",
    "/opt/",
    "/usr/",
    "/var/",
    "/Library/",
    "/lib/",
    "/proc/",
];

/// Files of common programs with passwords in them.
const SECRET_FILES: &[&str] = &[
    ".pgpass",
    ".netrc",
    ".htpasswd",
    ".my.cnf",
    "rsyncd.secrets",
];

/// How many commands may write one file: each that adds to it writes all of it again.
const MAX_COMMANDS: usize = 100;

/// Ends of names of backups.
const BACKUPS: &[&str] = &[".bak", ".backup", ".old", ".orig", ".save", ".saved", "~"];

/// `echo TEXT > FILE`, `cat > FILE <<END` and the like.
pub(super) fn write(call: &ToolCall, context: &mut Context) -> Option<Translated> {
    let path = call.output.as_ref()?;
    if !["echo", "printf", "cat"].contains(&call.program.as_str()) {
        return None;
    }
    let text = written_text(call);
    Some(write_text(
        text,
        std::slice::from_ref(path),
        call.appends,
        context,
    ))
}

/// `tee FILE <<END`, `echo TEXT | tee -a FILE`.
pub(super) fn tee(call: &ToolCall, context: &mut Context) -> Translated {
    let parsed = flags::parse(&call.args, &[switch(&["-a", "--append"])])?;
    write_text(read_text(call), &parsed.operands, parsed.has("-a"), context)
}

fn write_text(
    text: Option<String>,
    paths: &[String],
    appends: bool,
    context: &mut Context,
) -> Translated {
    let text = text.ok_or_else(|| {
        Untranslated::comment("only a shell knows the text: write file.ensure with `content`")
    })?;
    if let Some(path) = paths.iter().find(|path| holds_secrets(path)) {
        hide_secrets(&text, context);
        let name = base_name(path).to_owned();
        return Err(Untranslated::comment(format!(
            "{name} holds secrets: write file.ensure with a secret in `content`"
        )));
    }
    let write = if appends { append } else { replace };
    paths
        .iter()
        .map(|path| write(&text, path, context))
        .collect()
}

/// Whether the name of a file says that secrets are in it.
fn holds_secrets(path: &str) -> bool {
    names_secret(base_name(path)) || SECRET_FILES.contains(&base_name(path))
}

/// Hides what is behind the first word of each line, which often names an account, and the last
/// word.
fn hide_secrets(text: &str, context: &mut Context) {
    let is_end = |c: char| c.is_whitespace() || c == ':';
    for line in text.lines().map(str::trim) {
        let (_, rest) = line.split_once(is_end).unwrap_or(("", line));
        context.hide(rest.trim());
        context.hide(line.rsplit(is_end).next().unwrap_or_default());
    }
}

fn replace(text: &str, path: &str, context: &mut Context) -> Result<Statement, Untranslated> {
    let options = vec![("content", content(text, context)?)];
    let statement = ensure(path, options, context)?;
    let written = WrittenFile {
        around: context.around,
        text: Some(text.to_owned()),
        commands: 1,
    };
    context.contents.insert(path.to_owned(), written);
    Ok(statement)
}

/// A call of `file.ensure`.
fn ensure(
    path: &str,
    options: Vec<(&str, Expression)>,
    context: &mut Context,
) -> Result<Statement, Untranslated> {
    folders::require_absolute(path)?;
    context.parameters.give_type(path, "path");
    context.written.push(path.to_owned());
    let path = context.value(path);
    Ok(call_with_options("file.ensure", [path], options))
}

/// A line that is added to a file.
fn append(text: &str, path: &str, context: &mut Context) -> Result<Statement, Untranslated> {
    let line = text.strip_suffix('\n').unwrap_or(text);
    if let Some(home) = path.strip_suffix(AUTHORIZED_KEYS) {
        return authorize(line, home, context);
    }
    if let Some(file) = context.contents.get(path) {
        let is_known = file.around == context.around && file.commands < MAX_COMMANDS;
        let written = file.text.as_ref().filter(|_| is_known);
        let (whole, commands) = (written.map(|it| format!("{it}{text}")), file.commands);
        let whole = whole.ok_or_else(|| {
            Untranslated::comment(
                "it adds to a file that the script writes: write the whole content there",
            )
        })?;
        let statement = replace(&whole, path, context)?;
        if let Some(file) = context.contents.get_mut(path) {
            file.commands = commands + 1;
        }
        return Ok(statement);
    }
    if line.contains('\n') {
        return Err(Untranslated::comment(
            "it adds several lines: write file.line for each, or file.ensure for the whole file",
        ));
    }
    if line.trim_start() != line || line.is_empty() {
        return Err(Untranslated::comment(
            "it adds a line that starts with a blank: write file.ensure for the whole file",
        ));
    }
    if !is_setting(line) {
        return Err(Untranslated::comment(
            "file.line would replace a longer line that starts so: write file.ensure for a file of your own, or file.line with a `match` that fits",
        ));
    }
    folders::require_absolute(path)?;
    let line = content(line, context)?;
    context.changed("the line is added only if the file does not have it");
    let path = context.value(path);
    let options = vec![("line", line.clone()), ("match", line)];
    Ok(call_with_options("file.line", [path], options))
}

/// Whether a line is a name with a number or a switch: a line that starts so sets the same.
fn is_setting(line: &str) -> bool {
    let (name, value) = line.split_once([' ', '\t', '=']).unwrap_or((line, ""));
    let value = value.trim_start_matches([' ', '\t', '=']);
    let is_number = !value.is_empty() && value.chars().all(|c| c.is_ascii_digit());
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic());
    is_name && (is_number || PLAIN.contains(&value))
}

/// A public key that is added to those of an account.
fn authorize(key: &str, home: &str, context: &mut Context) -> Result<Statement, Untranslated> {
    let user = home.rsplit('/').next().unwrap_or_default();
    if user.is_empty() || key.contains('\n') || !key.contains("ssh-") && !key.contains("ecdsa-") {
        return Err(Untranslated::comment(
            "it does not add one key: write ssh.authorize for each",
        ));
    }
    context.parameters.give_type(user, "name");
    let args = [context.value(user), context.value(key)];
    Ok(function_call("ssh.authorize", args))
}

const COPY_FLAGS: &[Flag] = &[
    switch(&["-f", "--force"]),
    switch(&["-v", "--verbose"]),
    switch(&["-p", "-a", "--preserve", "--archive"]),
    switch(&["-n", "-u", "--update", "--no-clobber"]),
    switch(&["-D"]),
    switch(&["-T", "--no-target-directory"]),
    valued(&["-t", "--target-directory"]),
    valued(&["-o", "--owner"]),
    valued(&["-g", "--group"]),
    valued(&["-m", "--mode"]),
];

/// `cp SOURCE TARGET`.
pub(super) fn cp(call: &ToolCall, context: &mut Context) -> Translated {
    if let [.., source, target] = call.args.as_slice()
        && is_backup(source, target)
    {
        return Err(Untranslated::needless(
            "undo restores each file that a run has changed",
        ));
    }
    let parsed = flags::parse(&call.args, COPY_FLAGS)?;
    if parsed.has("-p") {
        context.changed("owner and mode of the source do not count: write `owner` and `mode`");
    }
    copy(&parsed, &[], context)
}

/// `install -o OWNER -g GROUP -m MODE SOURCE TARGET`.
pub(super) fn install(call: &ToolCall, context: &mut Context) -> Translated {
    if call.args.iter().any(|arg| is_directory_flag(arg)) {
        return folders::install(call, context);
    }
    let parsed = flags::parse(&call.args, COPY_FLAGS)?;
    let mut options = folders::ownership(&parsed, context)?;
    if !parsed.has("-m") {
        options.push(("mode", Expression::from("755")));
    }
    copy(&parsed, &options, context)
}

fn is_directory_flag(arg: &str) -> bool {
    let short = arg.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
    arg == "--directory"
        || short.is_some_and(|flags| flags.starts_with(['d', 'v', 'D']) && flags.contains('d'))
}

/// Whether the target is the source with the end of a backup, which may have a date.
fn is_backup(source: &str, target: &str) -> bool {
    let end = target.strip_prefix(source);
    end.is_some_and(|end| {
        BACKUPS.iter().any(|backup| end.starts_with(backup)) || end.starts_with(is_hole)
    })
}

fn copy(
    parsed: &flags::ParsedFlags,
    options: &[(&'static str, Expression)],
    context: &mut Context,
) -> Translated {
    let (sources, target) = match (parsed.get("-t"), parsed.operands.split_last()) {
        (Some(folder), _) => (parsed.operands.as_slice(), format!("{folder}/")),
        (None, Some((target, sources))) => (sources, target.clone()),
        (None, None) => return Err(Untranslated::comment("it names no file")),
    };
    let mut statements = Vec::new();
    for source in sources {
        let target = target_file(
            source,
            &target,
            sources.len() > 1,
            parsed.has("-T"),
            context,
        )?;
        statements.push(copy_of(source, &target, options, context)?);
    }
    Ok(statements)
}

/// The file that a copy becomes.
fn target_file(
    source: &str,
    target: &str,
    is_folder: bool,
    is_file: bool,
    context: &Context,
) -> Result<String, Untranslated> {
    let name = base_name(source);
    let folder = target.trim_end_matches('/');
    if is_folder || folder.len() < target.len() || context.folders.contains(folder) {
        return Ok(format!("{folder}/{name}"));
    }
    let end = |path: &str| {
        base_name(path)
            .rsplit_once('.')
            .map(|(_, end)| end.to_owned())
    };
    let is_renamed = end(source).is_some() && end(source) == end(target);
    if is_file || base_name(target) == name || is_renamed {
        return Ok(target.to_owned());
    }
    Err(Untranslated::comment(format!(
        "it is not known whether its target is a folder: write file.ensure with `source: \"{name}\"`"
    )))
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// A copy of a file that is brought along.
fn copy_of(
    source: &str,
    target: &str,
    options: &[(&'static str, Expression)],
    context: &mut Context,
) -> Result<Statement, Untranslated> {
    let name = base_name(source);
    if name.is_empty() || name == ".." || source.contains(is_hole) {
        return Err(Untranslated::comment(
            "the name of its source is not certain: write file.ensure with `source`",
        ));
    }
    if SYSTEM_FOLDERS
        .iter()
        .any(|folder| source.starts_with(folder))
    {
        return Err(Untranslated::comment(format!(
            "its source is a file of the node: put a copy beside the script, and write file.ensure with `source: \"{name}\"`"
        )));
    }
    context.changed(format!("put {name} beside the script"));
    if name == LICENSE && target.ends_with("/etc/aspera-license") {
        return Ok(function_call("license.install", [Expression::from(name)]));
    }
    let mut all = vec![("source", Expression::from(name))];
    all.extend_from_slice(options);
    let copied = WrittenFile {
        around: context.around,
        text: None,
        commands: 1,
    };
    context.contents.insert(target.to_owned(), copied);
    ensure(target, all, context)
}

/// `rm -f FILE`.
pub(super) fn rm(call: &ToolCall, context: &mut Context) -> Translated {
    let parsed = flags::parse(&call.args, &[switch(&["-f", "--force"]), switch(&["-v"])])?;
    let mut statements = Vec::new();
    for path in &parsed.operands {
        if !path.starts_with('/') || path.ends_with('/') || context.folders.contains(path) {
            return Err(Untranslated::comment("its path is not that of one file"));
        }
        context.contents.remove(path);
        statements.push(function_call("file.remove", [context.value(path)]));
    }
    Ok(statements)
}
