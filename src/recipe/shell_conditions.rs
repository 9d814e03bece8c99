//! What the conditions of a shell script ask.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a translation follows few of the many kinds of nodes"
)]

use rable::{Node, NodeKind};

use super::shell::{Condition, ShellTest, ShellWord, WordPart};
use super::shell_words::{literal, word};

/// Programs that only ask something.
const QUESTIONS: &[&str] = &[
    "rpm",
    "dpkg",
    "pgrep",
    "ping",
    "cmp",
    "diff",
    "mountpoint",
    "ls",
    "stat",
    "cat",
    "systemctl",
    "service",
    "ps",
    "asuserdata",
    "nc",
    "curl",
    "false",
];

/// How a script names the user who runs it, and what root is called there.
const USERS: &[(&[&str], &str)] = &[
    (
        &["$(id -u)", "`id -u`", "$EUID", "${EUID}", "$UID", "${UID}"],
        "0",
    ),
    (
        &[
            "$(whoami)",
            "`whoami`",
            "$(id -un)",
            "`id -un`",
            "$USER",
            "${USER}",
            "$LOGNAME",
        ],
        "root",
    ),
];

/// The condition that a command is, if it only asks something.
pub(super) fn condition(node: &Node) -> Option<Condition> {
    match &node.kind {
        NodeKind::Negation { pipeline } => condition(pipeline).map(Condition::negated),
        NodeKind::ConditionalExpr { body, .. } => Some(expression(body)),
        NodeKind::ArithmeticCommand { raw_content, .. } => Some(arithmetic(raw_content)),
        NodeKind::Command { words, .. } => command(words),
        NodeKind::Pipeline { commands, .. } => {
            let last = commands.last()?;
            let is_search = matches!(&last.kind, NodeKind::Command { words, .. }
                if words.first().is_some_and(|first| literal(first) == "grep"));
            is_search.then(Condition::unknown)
        }
        _ => None,
    }
}

/// The condition of `[[ … ]]`.
fn expression(node: &Node) -> Condition {
    match &node.kind {
        NodeKind::CondNot { operand } => expression(operand).negated(),
        NodeKind::CondParen { inner } => expression(inner),
        NodeKind::UnaryTest { op, operand } => tested(&[op, &raw(operand)]),
        NodeKind::BinaryTest { op, left, right } => tested(&[&raw(left), op, &raw(right)]),
        NodeKind::CondTerm { value, .. } => tested(&[value]),
        _ => Condition::unknown(),
    }
}

/// The condition of `(( … ))`.
fn arithmetic(text: &str) -> Condition {
    let words: Vec<_> = text.split_whitespace().collect();
    match words.as_slice() {
        [name, sign, "0"] if ["EUID", "UID", "$EUID", "$UID"].contains(name) => {
            tested(&["$EUID", sign, "0"])
        }
        ["$#", ..] => Condition::of(ShellTest::Arguments),
        _ => Condition::unknown(),
    }
}

/// The text of a word as it is written.
fn raw(node: &Node) -> String {
    match &node.kind {
        NodeKind::Word { value, .. } | NodeKind::CondTerm { value, .. } => value.clone(),
        _ => String::new(),
    }
}

/// The word that a text spells.
fn spelled(text: &str) -> Option<ShellWord> {
    let nodes = rable::parse(&format!("echo {text}"), false).ok()?;
    match nodes.as_slice() {
        [node] => match &node.kind {
            NodeKind::Command { words, .. } => match words.as_slice() {
                [_, operand] => Some(word(operand)),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The condition of the words in `[ … ]`.
fn tested(words: &[&str]) -> Condition {
    match words {
        ["!", rest @ ..] => tested(rest).negated(),
        ["-d" | "-e" | "-f" | "-h" | "-L", path] => spelled(path)
            .map_or_else(Condition::unknown, |path| {
                Condition::of(ShellTest::Path(path))
            }),
        ["-x" | "-r" | "-w" | "-s", _] => Condition::of(ShellTest::Usable),
        ["-n", value] | [value] if is_variable(value) => Condition::of(ShellTest::Given),
        ["-z", value] if is_variable(value) => Condition::of(ShellTest::Given).negated(),
        [left, sign, right] => compared(left, sign, right),
        _ => Condition::unknown(),
    }
}

fn is_variable(text: &str) -> bool {
    let parts = spelled(text).map(|word| word.0).unwrap_or_default();
    matches!(parts.as_slice(), [WordPart::Variable { .. }])
}

fn compared(left: &str, sign: &str, right: &str) -> Condition {
    let (left, right) = (left.trim_matches('"'), right.trim_matches(['"', '\'']));
    if left == "$#" {
        return Condition::of(ShellTest::Arguments);
    }
    let is_root = USERS
        .iter()
        .any(|(users, root)| users.contains(&left) && *root == right);
    let is_empty = right.is_empty() && is_variable(left);
    match sign {
        "=" | "==" | "-eq" if is_root => Condition::of(ShellTest::Root),
        "!=" | "-ne" | "-gt" if is_root => Condition::of(ShellTest::Root).negated(),
        "=" | "==" if is_empty => Condition::of(ShellTest::Given).negated(),
        "!=" if is_empty => Condition::of(ShellTest::Given),
        _ => Condition::unknown(),
    }
}

/// The condition of a program that only asks something.
fn command(nodes: &[Node]) -> Option<Condition> {
    let words: Vec<_> = nodes.iter().map(literal).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let (program, args) = words.split_first()?;
    let operand = nodes.last().filter(|_| nodes.len() > 1).map(word);
    let test = match (*program, args) {
        ("[" | "test", _) => {
            let texts: Vec<_> = nodes[1..].iter().map(raw).collect();
            let texts: Vec<_> = texts.iter().map(String::as_str).collect();
            let texts = texts.strip_suffix(&["]"]).unwrap_or(&texts);
            return Some(tested(texts));
        }
        ("id", [flags @ .., _]) if flags.iter().all(|flag| flag.starts_with('-')) => {
            operand.map(ShellTest::Account)
        }
        ("getent", ["passwd", _]) => operand.map(ShellTest::Account),
        ("getent", ["group", _]) => operand.map(ShellTest::Group),
        ("grep", _) => searched(nodes),
        ("command" | "which" | "type" | "hash", _) => Some(ShellTest::Usable),
        ("dscl", [_, "-read", path, ..]) => directory_entry(path),
        ("id" | "getent" | "dscl", _) => None,
        _ if QUESTIONS.contains(program) && is_question(&words) => None,
        _ => return None,
    };
    Some(test.map_or_else(Condition::unknown, Condition::of))
}

/// Whether a program that can also change something only asks here.
fn is_question(words: &[&str]) -> bool {
    let has = |verbs: &[&str]| words.iter().any(|word| verbs.contains(word));
    match words[0] {
        "systemctl" | "service" => has(&["is-active", "is-enabled", "status", "is-failed"]),
        _ => true,
    }
}

/// What `grep PATTERN FILE` looks for.
fn searched(nodes: &[Node]) -> Option<ShellTest> {
    let [flags @ .., pattern, file] = nodes.get(1..)? else {
        return None;
    };
    let is_plain = |flag: &Node| {
        let flag = literal(flag);
        flag.len() > 1 && flag.starts_with('-') && flag[1..].chars().all(|c| "qsFxwE".contains(c))
    };
    if !flags.iter().all(is_plain) {
        return None;
    }
    let (mut pattern, file) = (word(pattern), word(file));
    let strip = |parts: &mut Vec<WordPart>| {
        if let Some(WordPart::Text(first)) = parts.first_mut() {
            *first = first.trim_start_matches('^').to_owned();
        }
        if let Some(WordPart::Text(last)) = parts.last_mut() {
            *last = last.trim_end_matches(['$', ':']).to_owned();
        }
        parts.retain(|part| *part != WordPart::Text(String::new()));
    };
    match file.literal().as_deref() {
        Some("/etc/passwd") => {
            strip(&mut pattern.0);
            Some(ShellTest::Account(pattern))
        }
        Some("/etc/group") => {
            strip(&mut pattern.0);
            Some(ShellTest::Group(pattern))
        }
        _ => Some(ShellTest::Line {
            file,
            line: pattern,
        }),
    }
}

/// The account or group of a path such as `/Users/anna`.
fn directory_entry(path: &str) -> Option<ShellTest> {
    let name = |name: &str| ShellWord(vec![WordPart::Text(name.to_owned())]);
    let account = path.strip_prefix("/Users/").map(name);
    let group = path.strip_prefix("/Groups/").map(name);
    account
        .map(ShellTest::Account)
        .or_else(|| group.map(ShellTest::Group))
}
