//! What the translation of a recipe knows so far.

use std::collections::{BTreeMap, BTreeSet};

use super::declared::secret_parameter;
use super::masking::SecretTexts;
use super::parameters::{Parameters, is_hole};
use super::shell::{FunctionRole, ShellWord, WordPart};
use crate::script_text::{Expression, Statement};
use crate::state::{PUBLISHED, Platform};

/// Why a command has no statement.
#[derive(Debug)]
pub(super) enum Untranslated {
    /// A script does not need it.
    Needless(String),
    /// It becomes a comment.
    Comment(String),
}

impl Untranslated {
    pub(super) fn comment(why: impl Into<String>) -> Self {
        Self::Comment(why.into())
    }

    pub(super) fn needless(why: impl Into<String>) -> Self {
        Self::Needless(why.into())
    }
}

/// The statements for a command.
pub(super) type Translated = Result<Vec<Statement>, Untranslated>;

/// A program with its arguments. Values that are not written out are holes in the texts.
#[derive(Clone, Debug, Default)]
pub(super) struct ToolCall {
    /// Its name without a folder.
    pub(super) program: String,
    pub(super) args: Vec<String>,
    /// What it reads from a here-document.
    pub(super) input: Option<String>,
    /// The program whose output it reads.
    pub(super) feeder: Option<Box<ToolCall>>,
    /// The file that it writes its output to.
    pub(super) output: Option<String>,
    /// Whether its output is added to that file.
    pub(super) appends: bool,
    /// Variables that only it sees.
    pub(super) environment: Vec<(String, String)>,
    /// The account that `sudo -u` names.
    pub(super) account: Option<String>,
}

impl ToolCall {
    /// The arguments that follow one of these flags.
    pub(super) fn values_of<'a>(&'a self, flags: &'a [&str]) -> impl Iterator<Item = &'a str> {
        let pairs = self.args.windows(2);
        let pairs = pairs.filter(|pair| flags.contains(&pair[0].as_str()));
        pairs.map(|pair| pair[1].as_str())
    }
}

/// The variables that a function sets.
#[derive(Default)]
pub(super) struct FunctionSets {
    pub(super) names: BTreeSet<String>,
    /// How many variables had been set when it was called last.
    pub(super) seen: Option<usize>,
}

/// A file that the recipe has written.
pub(super) struct WrittenFile {
    /// The loop that did so.
    pub(super) around: usize,
    /// The text; none for a copy of another file.
    pub(super) text: Option<String>,
    /// How many commands wrote it.
    pub(super) commands: usize,
}

/// What the translation knows so far.
#[derive(Default)]
pub(super) struct Context {
    pub(super) parameters: Parameters,
    pub(super) secrets: SecretTexts,
    /// Parameters for secrets that are written out, by their text.
    secret_words: BTreeMap<String, String>,
    /// Words that stand for the base64 of an ID and a secret.
    tokens: BTreeMap<String, (String, String)>,
    /// What was changed in the present command.
    changes: Vec<String>,
    /// Whether a part of the present command is only a comment.
    has_comment: bool,
    /// Folders that the recipe makes, or uses as docroots.
    pub(super) folders: BTreeSet<String>,
    /// Files that the present command writes.
    pub(super) written: Vec<String>,
    /// Those that the command before wrote.
    pub(super) written_before: Vec<String>,
    /// The files that the recipe has written.
    pub(super) contents: BTreeMap<String, WrittenFile>,
    /// The loop around the present command; 0 is none.
    pub(super) around: usize,
    /// Tables that loops read: the path in the recipe, and the name beside the script.
    pub(super) tables: BTreeMap<String, String>,
    /// The transfer users of Node API users.
    pub(super) api_users: BTreeMap<String, String>,
    /// Whether the recipe has changed aspera.conf.
    pub(super) has_set_conf: bool,
    /// The service that the command before stopped.
    pub(super) stopped: Option<String>,
    /// The functions that the recipe has defined.
    pub(super) functions: BTreeMap<String, FunctionRole>,
    /// What these functions set.
    pub(super) function_sets: BTreeMap<String, FunctionSets>,
    /// The variables in the order in which they were set.
    pub(super) assigned: Vec<String>,
    /// Those of them that may take a password.
    pub(super) secret_functions: BTreeSet<String>,
    /// The platforms whose programs the recipe uses.
    pub(super) platforms: Vec<Platform>,
}

impl Context {
    /// Notes that the script does something else than the command says.
    pub(super) fn changed(&mut self, why: impl Into<String>) {
        let why = why.into();
        if !self.changes.contains(&why) {
            self.changes.push(why);
        }
    }

    /// Notes that a part of the present command is only a comment.
    pub(super) fn left_as_comment(&mut self, why: impl Into<String>) {
        self.changed(why);
        self.has_comment = true;
    }

    /// Takes whether a part of the present command is only a comment.
    pub(super) fn take_comment(&mut self) -> bool {
        std::mem::take(&mut self.has_comment)
    }

    /// Takes what was changed in the present command.
    pub(super) fn take_changes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.changes)
    }

    /// The word with the values of variables; none where only a shell knows them.
    pub(super) fn resolve(&mut self, word: &ShellWord) -> Option<String> {
        let mut text = String::new();
        for part in &word.0 {
            match part {
                WordPart::Text(part) => text.push_str(part),
                WordPart::Variable { name, .. } => text.push_str(&self.parameters.variable(name)?),
                WordPart::HostName => text.push_str(&self.parameters.known("host.name")),
                WordPart::Base64(word) => text.push_str(&self.token(word)?),
                WordPart::Unknown => return None,
            }
        }
        Some(text)
    }

    /// A word for the base64 of `ID:SECRET`.
    fn token(&mut self, word: &ShellWord) -> Option<String> {
        let text = self.resolve(word)?;
        let (id, secret) = text.split_once(':')?;
        self.hide(secret);
        let hole = self.parameters.known("token");
        self.tokens
            .insert(hole.clone(), (id.to_owned(), secret.to_owned()));
        Some(hole)
    }

    /// The ID and the secret of the access key whose base64 a word is.
    pub(super) fn token_parts(&self, word: &str) -> Option<(String, String)> {
        self.tokens.get(word).cloned()
    }

    /// Whether a word contains such base64, which only a token can be made of.
    pub(super) fn has_token(&self, word: &str) -> bool {
        self.tokens.keys().any(|hole| word.contains(hole.as_str()))
    }

    /// The expression for a word.
    pub(super) fn value(&mut self, word: &str) -> Expression {
        self.parameters.expression(word)
    }

    /// The expression for a word that is a secret. One that is written out becomes a parameter of
    /// that name, and is shown nowhere.
    pub(super) fn secret(&mut self, word: &str, name: &str) -> Result<Expression, Untranslated> {
        if word.contains(is_hole) && self.parameters.is_in_loop(word) {
            self.hide(word);
            return self.secret_of_loop(word, name);
        }
        let word = self.secret_word(word, name)?;
        Ok(self.value(&word))
    }

    /// The secret of each item or row of a loop.
    fn secret_of_loop(&mut self, word: &str, name: &str) -> Result<Expression, Untranslated> {
        let what = spaced(name);
        if let Some(column) = self.parameters.secret_column(word) {
            self.changed(format!(
                "the {what} of a row is a reference such as env:ANNA_PASSWORD"
            ));
            return Ok(column);
        }
        let secret = self.parameters.secret_of_loop(word, name);
        let secret = secret.ok_or_else(|| put_together(&what))?;
        self.changed(format!(
            "the {what} is read from the environment for each item"
        ));
        Ok(secret)
    }

    /// A word for a word that is a secret.
    pub(super) fn secret_word(&mut self, word: &str, name: &str) -> Result<String, Untranslated> {
        let what = spaced(name);
        if let Some(default) = self.parameters.make_secret(word) {
            if !default.is_empty() {
                self.hide(&default);
                self.changed(format!("the {what} is no longer written out"));
            }
            return Ok(word.to_owned());
        }
        self.hide(word);
        if word.contains(is_hole) {
            return Err(put_together(&what));
        }
        if let Some(known) = self.secret_words.get(word) {
            return Ok(known.clone());
        }
        let hole = self.secret_hole(name);
        if PUBLISHED.contains(&word) {
            self.changed(format!(
                "that {what} is an example from a vendor's document: create your own"
            ));
        }
        self.secret_words.insert(word.to_owned(), hole.clone());
        Ok(hole)
    }

    /// A secret that the command does not have.
    pub(super) fn asked_secret(&mut self, name: &str) -> Expression {
        let hole = self.secret_hole(name);
        self.value(&hole)
    }

    /// A word for a new parameter that is a secret.
    fn secret_hole(&mut self, name: &str) -> String {
        let name_in_words = spaced(name);
        self.changed(format!("the {name_in_words} becomes a parameter"));
        self.parameters.add(secret_parameter(name, &name_in_words))
    }

    /// Hides what follows these flags, before anything of the command can be shown. `-` is the
    /// standard input.
    pub(super) fn hide_values_of(&mut self, call: &ToolCall, flags: &[&str]) {
        for value in call.values_of(flags).filter(|value| *value != "-") {
            self.hide(value);
        }
    }

    /// Hides the text of a word, which is between its holes, wherever it would be shown.
    pub(super) fn hide(&mut self, word: &str) {
        for part in word.split(is_hole) {
            self.secrets.add(part);
        }
    }
}

fn put_together(what: &str) -> Untranslated {
    Untranslated::comment(format!("the {what} is put together from several values"))
}

/// A name as words of a sentence.
fn spaced(name: &str) -> String {
    name.replace('_', " ")
}
