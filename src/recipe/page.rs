//! Finds the commands in the text of a recipe: all of a shell script, the code of Markdown, and
//! in a copied page the lines with a prompt or a known program.

use super::commands::is_known_program;

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PageKind {
    /// A shell script.
    Shell,
    /// Commands for the standard input of asconfigurator.
    Commands,
    Markdown,
    /// Anything else, such as a copied web page.
    Text,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineRole {
    Blank,
    Comment,
    /// A numbered step of a page.
    Step,
    /// A command, or a part of one, as a shell reads it.
    Command,
    /// Text between commands, or the output of one.
    Prose,
}

/// A line of a recipe.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageLine<'a> {
    /// The line without a prompt.
    pub(super) text: &'a str,
    pub(super) role: LineRole,
    /// Whether the lines around it belong to the same script.
    pub(super) is_in_script: bool,
}

/// The languages of code blocks that hold commands.
const SHELLS: &[&str] = &[
    "",
    "sh",
    "bash",
    "shell",
    "zsh",
    "ksh",
    "console",
    "shell-session",
    "shellsession",
    "terminal",
    "text",
    "txt",
];

/// Words that follow the name of a program in a sentence, not in a command.
const PROSE: &[&str] = &[
    "is", "are", "was", "has", "can", "will", "must", "should", "may", "and", "or", "the", "a",
    "to", "with", "from", "for", "in", "on", "of", "by", "as", "that", "which", "does", "utility",
    "command", "commands", "tool", "program", "service", "services", "daemon", "session", "user",
    "users", "options", "option", "prompts", "uses", "runs", "also", "then",
];

pub(super) fn kind(name: &str, text: &str) -> PageKind {
    let extension = name.rsplit_once('.').map_or("", |(_, end)| end);
    let first = text.lines().map(str::trim).find(|line| !line.is_empty());
    let first = first.unwrap_or_default();
    let is_command = |line: &str| {
        let word = line.split([';', ',', ' ']).next().unwrap_or_default();
        word.starts_with("set_") && word.ends_with("_data") || word.starts_with("delete_")
    };
    let is_script = ["sh", "bash", "zsh", "ksh"].contains(&extension);
    if first.starts_with("#!") || is_script && !is_pasted(text) {
        PageKind::Shell
    } else if text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .is_some_and(is_command)
    {
        PageKind::Commands
    } else if ["md", "markdown"].contains(&extension)
        || text
            .lines()
            .any(|line| line.trim_start().starts_with("```"))
    {
        PageKind::Markdown
    } else {
        PageKind::Text
    }
}

/// The lines of a text with what each is.
pub(super) fn lines(kind: PageKind, text: &str) -> Vec<PageLine<'_>> {
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .collect();
    let mut lines: Vec<_> = match kind {
        PageKind::Shell | PageKind::Commands => lines.into_iter().map(script_line).collect(),
        PageKind::Text => lines.into_iter().map(page_line).collect(),
        PageKind::Markdown => markdown_lines(&lines),
    };
    mark_steps(&mut lines);
    lines
}

/// Whether a text with the name of a shell script is a page: it has more sentences than commands
/// without a prompt, and commands with one.
fn is_pasted(text: &str) -> bool {
    let lines = || text.lines().map(str::trim);
    let has_prompt = lines().any(|line| without_prompt(line).is_some_and(|(it, _)| is_command(it)));
    let sentences = lines().filter(|line| is_sentence(line)).count();
    has_prompt && sentences > lines().filter(|line| is_command(line)).count()
}

fn is_sentence(line: &str) -> bool {
    let is_start = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    let words = line.split_whitespace().count();
    line.starts_with(is_start) && line.ends_with(['.', ':']) && words > 3 && !line.contains('=')
}

/// Finds the numbered steps of a page, which are not in a list inside of another.
fn mark_steps(lines: &mut [PageLine<'_>]) {
    let indent = |line: &PageLine<'_>| {
        let bare = line.text.trim_start();
        let text = bare.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_step = text.len() < bare.len() && text.starts_with(". ");
        (is_step && line.role == LineRole::Prose).then(|| line.text.len() - bare.len())
    };
    let Some(outermost) = lines.iter().filter_map(indent).min() else {
        return;
    };
    for line in lines {
        if indent(line) == Some(outermost) {
            line.role = LineRole::Step;
        }
    }
}

fn line(text: &str, role: LineRole, is_in_script: bool) -> PageLine<'_> {
    PageLine {
        text,
        role,
        is_in_script,
    }
}

fn script_line(text: &str) -> PageLine<'_> {
    let start = text.trim_start();
    let role = if start.is_empty() {
        LineRole::Blank
    } else if start.starts_with('#') {
        LineRole::Comment
    } else {
        LineRole::Command
    };
    line(text, role, true)
}

/// A line of a page: a command has a prompt, or starts with a known program.
fn page_line(text: &str) -> PageLine<'_> {
    let bare = text.trim();
    if bare.is_empty() {
        return line(text, LineRole::Blank, false);
    }
    if let Some((command, is_root)) = without_prompt(bare) {
        // `#` starts headings and comments too.
        if !is_root || is_command(command) {
            return line(command, LineRole::Command, false);
        }
    }
    let role = if is_command(bare) {
        LineRole::Command
    } else {
        LineRole::Prose
    };
    line(
        if role == LineRole::Prose { text } else { bare },
        role,
        false,
    )
}

/// The command behind a prompt such as `$ `, `# ` or `[root@host ~]# `, and whether the prompt
/// is that of root.
fn without_prompt(text: &str) -> Option<(&str, bool)> {
    let (before, command) = text.split_once(['#', '$', '%'])?;
    let sign = text[before.len()..].chars().next()?;
    let is_host = before.contains('@') && before.len() < 80 && !before.contains(['"', ';', ',']);
    let is_prompt = (before.is_empty() || is_host) && command.starts_with([' ', '\u{a0}', '\t']);
    is_prompt.then(|| (command.trim_start(), sign == '#'))
}

/// Whether a line without a prompt is a command.
fn is_command(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let mut first = words.next().unwrap_or_default();
    while first == "sudo" || first.contains('=') && !first.starts_with('-') {
        first = words.next().unwrap_or_default();
    }
    let second = words.next().unwrap_or_default();
    let program = first.rsplit('/').next().unwrap_or_default();
    let is_sentence = PROSE.contains(&second.trim_end_matches([',', '.', ':']))
        || second.is_empty() && text.ends_with(['.', ':']);
    is_known_program(program) && !is_sentence
}

/// In code blocks every line counts, unless some have prompts: then the others are output.
fn markdown_lines<'a>(lines: &[&'a str]) -> Vec<PageLine<'a>> {
    let mut result = Vec::with_capacity(lines.len());
    let mut index = 0;
    while index < lines.len() {
        let text = lines[index];
        let Some(info) = text.trim_start().strip_prefix("```") else {
            result.push(page_line(text));
            index += 1;
            continue;
        };
        let start = index + 1;
        let rest = &lines[start..];
        let length = rest
            .iter()
            .position(|line| line.trim_start().starts_with("```"));
        let block = &rest[..length.unwrap_or(rest.len())];
        result.push(line(text, LineRole::Prose, false));
        block_lines(info.trim(), block, &mut result);
        if length.is_some() {
            result.push(line(rest[block.len()], LineRole::Prose, false));
        }
        index = start + block.len() + usize::from(length.is_some());
    }
    result
}

fn block_lines<'a>(info: &str, block: &[&'a str], result: &mut Vec<PageLine<'a>>) {
    let language = info.split([' ', ',', '{']).next().unwrap_or_default();
    let is_shell = SHELLS.contains(&&*language.to_lowercase());
    let has_prompts = block.iter().any(|text| {
        without_prompt(text.trim())
            .is_some_and(|(command, is_root)| !is_root || is_command(command))
    });
    for text in block {
        result.push(if !is_shell {
            line(text, LineRole::Prose, false)
        } else if has_prompts || ["text", "txt"].contains(&language) {
            page_line(text)
        } else {
            script_line(text)
        });
    }
}
