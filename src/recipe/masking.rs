//! Secrets of a recipe, which neither the script nor an answer may show.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::login::{self, HIDDEN};
use crate::secret_name::{may_name_secret, names_secret};

/// A secret of at least this length is masked inside of words too.
const DISTINCTIVE: usize = 6;

/// A word of at least this length too.
const LONG: usize = 12;

/// Words on a page that say what stands there.
const NOUNS: &[&str] = &["secret", "password", "passwd", "token", "key"];

/// How deep quoted commands are looked into.
const MAX_DEPTH: usize = 4;

/// Flags of common programs whose value is a secret, or may be one.
const SECRET_FLAGS: &[&str] = &[
    "-p", "-P", "-W", "-w", "-k", "--header", "--cookie", "--data", "--stdin",
];

/// Those of them whose value may follow in the same word.
const JOINED_FLAGS: &[&str] = &["-p", "-P", "-W", "-w"];

/// Programs of which every argument may be a secret.
const SECRETIVE: &[&str] = &["openssl", "htpasswd", "keytool"];

/// Those of curl and wget.
const REQUEST_FLAGS: &[&str] = &["-H", "-d", "-b"];

/// Flags whose value is a secret if it has a `:` or `%`: `admin:password`.
const LOGIN_FLAGS: &[&str] = &["-u", "-U", "--user", "--proxy-user"];

/// Programs whose short flags take no secrets.
const HARMLESS: &[&str] = &[
    "mkdir", "cp", "mv", "tar", "install", "find", "ls", "ln", "rsync",
];

/// The secrets that a recipe spells out.
#[derive(Default)]
pub(super) struct SecretTexts {
    texts: BTreeSet<String>,
}

impl SecretTexts {
    pub(super) fn add(&mut self, secret: &str) {
        if !secret.is_empty() && !NOUNS.contains(&secret) {
            self.texts.insert(secret.to_owned());
        }
    }

    /// The mask that hides all of them.
    ///
    /// # Panics
    ///
    /// Never: a recipe is far smaller than what the automaton can hold.
    pub(super) fn mask(&self) -> SecretMask {
        let finder = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&self.texts);
        SecretMask {
            finder: finder.expect("a recipe is small"),
        }
    }
}

/// Hides the secrets of a recipe in what is shown. It takes the same time for one as for many.
pub(super) struct SecretMask {
    finder: AhoCorasick,
}

impl SecretMask {
    /// The text without the known secrets and the logins of URLs.
    pub(super) fn text(&self, text: &str) -> String {
        let text = login::hide(text);
        let mut masked = String::with_capacity(text.len());
        let mut done = 0;
        for range in self.secrets(&text) {
            masked.push_str(&text[done..range.start]);
            masked.push_str(HIDDEN);
            done = range.end;
        }
        masked.push_str(&text[done..]);
        masked
    }

    /// Whether a text has a known secret or the login of a URL.
    pub(super) fn shows_one(&self, text: &str) -> bool {
        self.text(text) != text
    }

    /// Where the text has secrets, in order; those that overlap are one range.
    fn secrets(&self, text: &str) -> Vec<Range<usize>> {
        let found = self.finder.find_overlapping_iter(text);
        let found = found.map(|one| one.range());
        let mut found: Vec<_> = found.filter(|range| is_secret(text, range)).collect();
        found.sort_by_key(|range| (range.start, Reverse(range.end)));
        let mut joined: Vec<Range<usize>> = Vec::new();
        for range in found {
            match joined.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        joined
    }

    /// A comment of the recipe, without what it says a secret is: `password: x`, `the key was x`.
    pub(super) fn comment(&self, comment: &str) -> String {
        let masked = self.line(comment);
        let sign = [": ", "=", " is ", " was "].iter().filter_map(|sign| {
            let at = masked.find(sign)? + sign.len();
            masked[..at]
                .split(|c: char| !c.is_alphanumeric())
                .any(names_secret)
                .then_some(at)
        });
        match sign.min() {
            Some(at) if !masked[at..].trim().is_empty() => {
                format!("{} {HIDDEN}", masked[..at].trim_end())
            }
            _ => masked,
        }
    }

    /// A line of the recipe that becomes a comment. What may be a secret in it is masked too,
    /// since nothing says what its program does with it.
    pub(super) fn line(&self, line: &str) -> String {
        mask_possible(&self.text(line))
    }
}

/// The line without what may be a secret in it.
pub(super) fn mask_possible(line: &str) -> String {
    mask_unknown(&mask_piped(line), 0)
}

/// Whether the text of a secret is one here. A short secret is often an everyday word, such as
/// `aspera`: it is one as a whole word, and not in a path.
fn is_secret(text: &str, range: &Range<usize>) -> bool {
    let secret = &text[range.clone()];
    let length = secret.chars().count();
    let is_word = secret.chars().all(|c| c.is_ascii_lowercase());
    if length >= DISTINCTIVE && !is_word || length >= LONG {
        return true;
    }
    let is_part = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    !text[..range.start].ends_with(is_part) && !text[range.end..].starts_with(is_part)
}

/// The line with the values of `--password x`, `PASSWORD=x`, `token: x`, `-p x` and `-px` masked.
/// `depth` says how many quoted commands are around it.
fn mask_unknown(line: &str, depth: usize) -> String {
    let mut programs = LinePrograms::of(line);
    let mut masked = String::with_capacity(line.len());
    let mut before = "";
    for word in shell_words(line) {
        let (bare, behind) = word.split_at(word.trim_end().len());
        let input = bare.strip_prefix("<<<").filter(|text| !text.is_empty());
        if let Some(text) = input {
            let is_reference = text.trim_start_matches('"').starts_with('$');
            masked.push_str("<<<");
            masked.push_str(if is_reference { text } else { HIDDEN });
        } else if !bare.is_empty() {
            masked.push_str(&programs.mask_word(bare, before, depth));
            programs.follow(bare);
            before = bare;
        }
        masked.push_str(behind);
    }
    masked
}

/// What the programs of a line say about its words.
struct LinePrograms {
    is_secretive: bool,
    /// Flags of its programs whose value may be a secret.
    flags: &'static [&'static str],
    /// Whether the short flags that come next take no secrets.
    is_harmless: bool,
}

impl LinePrograms {
    fn of(line: &str) -> Self {
        let has_one_of = |programs: &[&str]| {
            let mut words = line.split(|c: char| c.is_whitespace() || "/(`;|&".contains(c));
            words.any(|word| programs.contains(&word))
        };
        Self {
            is_secretive: has_one_of(SECRETIVE),
            flags: if has_one_of(&["curl", "wget"]) {
                REQUEST_FLAGS
            } else if has_one_of(&["ssh-keygen"]) {
                &["-N"]
            } else if has_one_of(&["redis-cli"]) {
                &["-a"]
            } else {
                &[]
            },
            is_harmless: false,
        }
    }

    /// Looks whether a word starts a program or ends a command.
    fn follow(&mut self, word: &str) {
        let mut parts = word.rsplit([';', '|', '&', '(', '{', '`', '"', '\'']);
        let last = parts.next().unwrap_or_default();
        let program = last.rsplit('/').next().unwrap_or_default();
        self.is_harmless &= parts.next().is_none();
        self.is_harmless |= HARMLESS.contains(&program);
    }

    /// A word without what may be a secret in it.
    fn mask_word(&self, word: &str, before: &str, depth: usize) -> String {
        let is_sign = word.starts_with(['-', '$', '‹', '|', '<', '>', '&']);
        if !is_sign && self.announces_secret(before, word) {
            HIDDEN.to_owned()
        } else if let Some(flag) = self.flag_with_secret(word) {
            format!("{flag}{HIDDEN}")
        } else if word.contains(char::is_whitespace) && depth < MAX_DEPTH {
            let inner = word.trim_matches(['"', '\'']);
            word.replace(inner, &mask_unknown(inner, depth + 1))
        } else {
            word.split_inclusive(';').map(mask_assigned).collect()
        }
    }

    /// Whether a word may be a secret because of the word before it.
    fn announces_secret(&self, before: &str, word: &str) -> bool {
        let name = before.trim_start_matches(['-', '"', '\'']);
        let bare = name.trim_end_matches(['=', ':', ',', '"', '\'']);
        let is_scheme = ["basic", "bearer"]
            .iter()
            .any(|one| bare.eq_ignore_ascii_case(one));
        let is_named = before.starts_with('-') || bare.len() < name.len();
        before == "<<<"
            || is_scheme
            || is_named && may_name_secret(bare)
            || !self.is_harmless && SECRET_FLAGS.contains(&before)
            || self.is_secretive && !before.is_empty()
            || self.flags.contains(&before)
            || LOGIN_FLAGS.contains(&before) && word.contains([':', '%'])
    }

    /// The flag of a word that has its secret behind it: `-p` of `-psecret`.
    fn flag_with_secret<'w>(&self, word: &'w str) -> Option<&'w str> {
        let (flag, value) = word.split_at_checked(2)?;
        let bare = value.trim_start_matches(['"', '\'']);
        let is_written = !bare.is_empty() && !bare.starts_with(['$', '‹', ';', ')', '|', '&']);
        (is_written && !self.is_harmless && JOINED_FLAGS.contains(&flag)).then_some(flag)
    }
}

/// The line with what `echo` and `printf` write masked where the next program of the pipeline reads
/// a password: `echo x | passwd --stdin y`.
fn mask_piped(line: &str) -> String {
    let parts: Vec<&str> = pieces(line, |c| c == '|').collect();
    let masked = parts.iter().enumerate().map(|(index, part)| {
        let readers = &parts[index + 1..];
        if readers.first().is_some_and(|part| reads_password(part)) {
            mask_written(part)
        } else {
            (*part).to_owned()
        }
    });
    masked.collect()
}

/// Whether a program may read a password from its standard input.
fn reads_password(command: &str) -> bool {
    let mut words = command.split_whitespace();
    words.any(|word| word == "-S" || word == "kinit" || word.contains("pass"))
}

fn mask_written(command: &str) -> String {
    let mut masked = String::with_capacity(command.len());
    let mut is_written = false;
    for word in shell_words(command) {
        let end = word
            .trim_end_matches([';', ')', '}', '|', '&', ' ', '\t'])
            .len();
        let bare = &word[..end];
        let is_reference = bare.trim_start_matches('"').starts_with(['$', '‹', '-']);
        if is_written && !bare.is_empty() && !is_reference {
            masked.push_str(HIDDEN);
            masked.push_str(&word[end..]);
        } else {
            masked.push_str(word);
        }
        let program = bare.trim_start_matches(['(', '{']);
        is_written = matches!(program, "echo" | "printf") || is_written && !word.contains(';');
    }
    masked
}

/// The words of a line, each with the blanks after it; quotes keep blanks together.
fn shell_words(line: &str) -> impl Iterator<Item = &str> {
    pieces(line, char::is_whitespace)
}

/// The parts of a line, each with the character that ends it, which is in no quotes.
fn pieces(line: &str, is_end: fn(char) -> bool) -> impl Iterator<Item = &str> {
    let mut quote = None;
    line.split_inclusive(move |c: char| {
        match quote {
            Some(open) if open == c => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            _ => {}
        }
        quote.is_none() && is_end(c)
    })
}

/// `name=value`, `name:value` or `name,value`, with the value masked where the name is that of a
/// secret. In a list such as `user=a,password=b` or `?user=a&key=b`, so is all behind it.
fn mask_assigned(word: &str) -> String {
    let mut start = 0;
    for (at, sign) in word.match_indices(['=', ':', ',', '&', '?']) {
        let name = word[start..at].trim_start_matches(['-', '"', '\'', '{', '\\']);
        let value = &word[at + 1..];
        let is_reference = value.is_empty() || value.starts_with(['$', '‹']);
        // Of several parts, only one with `=` is a name: `a,key,b` has but two values.
        let is_value = "=:,".contains(sign) && (start == 0 || sign == "=");
        if is_value && !is_reference && may_name_secret(name) {
            let end = value.trim_end_matches([';', '"', '\'']).len();
            return format!("{}{HIDDEN}{}", &word[..=at], &value[end..]);
        }
        start = at + 1;
    }
    word.to_owned()
}
