//! Variables of a recipe, and the parameters of the script that they become. A word of a recipe
//! is a text; each value in it that is not written out is a hole, one character that no recipe
//! contains.

use std::collections::{BTreeMap, BTreeSet};

use super::declared::{from_variable, script_name, secret_default};
use crate::script_text::{Expression, ParamText};
use crate::secret_name::names_secret;

/// The first hole: a plane of Unicode for private use.
const FIRST_HOLE: u32 = 0xF_0000;
const MAX_HOLES: u32 = 0xFFFD;

/// Whether a character is a hole.
pub(super) fn is_hole(c: char) -> bool {
    (FIRST_HOLE..=FIRST_HOLE + MAX_HOLES).contains(&u32::from(c))
}

/// Whether a word is one hole.
pub(super) fn is_only_hole(word: &str) -> bool {
    only_hole(word).is_some()
}

/// What stands in a hole.
#[derive(Clone, Debug)]
enum Filling {
    Parameter(usize),
    /// A name or a property that the script knows.
    Known(String),
}

/// What a variable of the shell stands for.
#[derive(Clone, Debug)]
enum ShellVariable {
    /// A word, perhaps with holes.
    Word(String),
    /// Something that only a run of the shell would know.
    Unknown,
}

/// The variables and parameters of a translation.
#[derive(Default)]
pub(super) struct Parameters {
    all: Vec<ParamText>,
    /// Those that a statement uses.
    used: BTreeSet<usize>,
    /// The same in the order in which they were used first.
    uses: Vec<usize>,
    fillings: Vec<Filling>,
    variables: BTreeMap<String, ShellVariable>,
    /// The names that are taken, and how often one was asked for.
    names: BTreeMap<String, usize>,
}

impl Parameters {
    /// The parameters that statements use.
    pub(super) fn used(&self) -> Vec<ParamText> {
        let used = self.used.iter();
        used.map(|index| self.all[*index].clone()).collect()
    }

    /// A mark for `unuse`.
    pub(super) fn mark(&self) -> usize {
        self.uses.len()
    }

    /// Forgets which parameters were used first after a mark: the script does not have the
    /// statement that uses them.
    pub(super) fn unuse(&mut self, mark: usize) {
        for index in self.uses.drain(mark..) {
            self.used.remove(&index);
        }
    }

    /// Adds a parameter, and returns a word that stands for it.
    pub(super) fn add(&mut self, parameter: ParamText) -> String {
        let name = self.free_name(&parameter.name);
        let default = if parameter.kind == "secret" {
            Some(secret_default(&name))
        } else {
            parameter.default
        };
        self.all.push(ParamText {
            name,
            default,
            ..parameter
        });
        self.hole(Filling::Parameter(self.all.len() - 1))
    }

    /// A word for a name or a property that the script knows.
    pub(super) fn known(&mut self, name: &str) -> String {
        self.hole(Filling::Known(name.to_owned()))
    }

    fn hole(&mut self, filling: Filling) -> String {
        let index = u32::try_from(self.fillings.len()).unwrap_or(u32::MAX);
        self.fillings.push(filling);
        // Beyond the last hole nothing is certain; the word is refused where it is read.
        let hole = FIRST_HOLE.saturating_add(index.min(MAX_HOLES));
        char::from_u32(hole).unwrap_or('\u{fffd}').to_string()
    }

    /// A name in the style of scripts that no parameter has.
    pub(super) fn free_name(&mut self, name: &str) -> String {
        let base = script_name(name);
        let mut free = base.clone();
        let mut count = self.names.get(&base).copied().unwrap_or(0);
        while self.names.contains_key(&free) {
            count += 1;
            free = format!("{base}_{count}");
        }
        self.names.insert(free.clone(), 1);
        self.names.insert(base, count.max(1));
        free
    }

    /// Sets a variable of the shell to a word.
    pub(super) fn set(&mut self, name: &str, word: String) {
        self.variables
            .insert(name.to_owned(), ShellVariable::Word(word));
    }

    /// Forgets the value of a variable.
    pub(super) fn forget(&mut self, name: &str) {
        self.variables
            .insert(name.to_owned(), ShellVariable::Unknown);
    }

    /// The word that a variable stands for; an unset one comes from the environment, and becomes
    /// a parameter.
    pub(super) fn variable(&mut self, name: &str) -> Option<String> {
        match self.variables.get(name) {
            Some(ShellVariable::Word(word)) => return Some(word.clone()),
            Some(ShellVariable::Unknown) => return None,
            None => {}
        }
        let hole = self.add(from_variable(name, None, String::new()));
        self.set(name, hole.clone());
        Some(hole)
    }

    /// The word that the recipe has set a variable to.
    pub(super) fn set_variable(&self, name: &str) -> Option<String> {
        match self.variables.get(name)? {
            ShellVariable::Word(word) => Some(word.clone()),
            ShellVariable::Unknown => None,
        }
    }

    /// The parameter that is alone in a word.
    fn alone(&self, word: &str) -> Option<usize> {
        match self.filling(only_hole(word)?)? {
            Filling::Parameter(index) => Some(*index),
            Filling::Known(_) => None,
        }
    }

    fn filling(&self, c: char) -> Option<&Filling> {
        let index = is_hole(c).then(|| u32::from(c) - FIRST_HOLE)?;
        self.fillings.get(usize::try_from(index).ok()?)
    }

    /// Gives the parameter that is alone in a word another type, if its default fits. Returns
    /// its name.
    pub(super) fn give_type(&mut self, word: &str, kind: &'static str) {
        let Some(index) = self.alone(word) else {
            return;
        };
        let parameter = &mut self.all[index];
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        let fits = match &parameter.default {
            None => true,
            Some(Expression::Text(text)) if kind == "name" => {
                text.chars().all(is_plain) && !text.starts_with(['-', '.'])
            }
            Some(_) => false,
        };
        if parameter.kind == "string" && fits {
            parameter.kind = kind;
        }
    }

    /// Makes the parameter that is alone in a word a secret. Returns the text of its default,
    /// which must not be shown.
    pub(super) fn make_secret(&mut self, word: &str) -> Option<String> {
        let index = self.alone(word)?;
        let parameter = &mut self.all[index];
        if parameter.kind == "secret" {
            return Some(String::new());
        }
        parameter.kind = "secret";
        let default = secret_default(&parameter.name);
        match parameter.default.replace(default) {
            Some(Expression::Text(text)) => Some(text),
            Some(Expression::Int(number)) => Some(number.to_string()),
            _ => Some(String::new()),
        }
    }

    /// The items of a loop over the blank-separated words of a variable: a list parameter.
    pub(super) fn list(&mut self, word: &str) -> Option<Expression> {
        if let Some(index) = self.alone(word) {
            let parameter = &mut self.all[index];
            match &parameter.default {
                Some(Expression::Text(text)) if parameter.kind != "secret" => {
                    let items = text.split_whitespace().map(Expression::from).collect();
                    parameter.default = Some(Expression::List(items));
                }
                Some(Expression::List(_)) | None => {}
                Some(_) => return None,
            }
            parameter.kind = "list";
            parameter.of = Some("string");
            return Some(self.expression(word));
        }
        let items = word
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>();
        Some(Expression::List(
            items.iter().map(|item| self.expression(item)).collect(),
        ))
    }

    /// The expression for a word.
    pub(super) fn expression(&mut self, word: &str) -> Expression {
        let mut parts = Vec::new();
        let mut text = String::new();
        for c in word.chars() {
            let Some(name) = self.use_hole(c) else {
                text.push(c);
                continue;
            };
            if !text.is_empty() {
                parts.push(Expression::Text(std::mem::take(&mut text)));
            }
            parts.push(Expression::Name(name));
        }
        if parts.is_empty() {
            return Expression::Text(text);
        }
        if !text.is_empty() {
            parts.push(Expression::Text(text));
        }
        if let [Expression::Name(name)] = parts.as_slice() {
            return Expression::Name(name.clone());
        }
        Expression::Template(parts)
    }

    /// The name of what stands in a hole, which a statement uses now.
    fn use_hole(&mut self, c: char) -> Option<String> {
        let (index, name) = match self.filling(c)? {
            Filling::Parameter(index) => (*index, format!("params.{}", self.all[*index].name)),
            Filling::Known(name) => return Some(name.clone()),
        };
        if self.used.insert(index) {
            self.uses.push(index);
        }
        Some(name)
    }

    /// Whether a word depends on the variable of a loop, and on nothing else.
    pub(super) fn is_in_loop(&self, word: &str) -> bool {
        let mut holes = word.chars().filter(|c| is_hole(*c));
        holes.all(|c| matches!(self.filling(c), Some(Filling::Known(_))))
    }

    /// The column that is alone in a word, if its name is that of a secret: its cells are
    /// references.
    pub(super) fn secret_column(&self, word: &str) -> Option<Expression> {
        match self.filling(only_hole(word)?)? {
            Filling::Known(name) => {
                let (_, column) = name.split_once('.')?;
                names_secret(column).then(|| Expression::Name(name.clone()))
            }
            Filling::Parameter(_) => None,
        }
    }

    /// The number that a word spells, where only a run knows it: a cell or an item is a text.
    pub(super) fn number(&mut self, word: &str) -> Expression {
        let number = self.expression(word);
        match only_hole(word).and_then(|c| self.filling(c)) {
            Some(Filling::Known(_)) => Expression::Call("parse_int".to_owned(), vec![number]),
            Some(Filling::Parameter(_)) | None => number,
        }
    }

    /// The text of the default of the parameter that is alone in a word.
    pub(super) fn default_text(&self, word: &str) -> Option<&str> {
        match &self.all[self.alone(word)?].default {
            Some(Expression::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A secret whose reference depends on the variables of loops in a word, which also has
    /// text: `env:PASSWORD_ANNA`.
    pub(super) fn secret_of_loop(&self, word: &str, name: &str) -> Option<Expression> {
        let mut parts = vec![Expression::Text(format!("env:{}", name.to_uppercase()))];
        for c in word.chars().filter(|c| is_hole(*c)) {
            match self.filling(c)? {
                Filling::Known(variable) if !variable.contains('.') => {
                    parts.push(Expression::Text("_".to_owned()));
                    parts.push(Expression::Name(format!("{variable}.to_upper()")));
                }
                Filling::Known(_) | Filling::Parameter(_) => return None,
            }
        }
        Some(Expression::Call(
            "secret".to_owned(),
            vec![Expression::Template(parts)],
        ))
    }

    /// The word with the name of a parameter or variable in each hole, for a comment.
    pub(super) fn readable(&self, word: &str) -> String {
        let mut text = String::with_capacity(word.len());
        for c in word.chars() {
            match self.filling(c) {
                Some(Filling::Parameter(index)) => text.push_str(&self.all[*index].name),
                Some(Filling::Known(name)) => text.push_str(name),
                None => text.push(c),
            }
        }
        text
    }
}

/// The hole that is alone in a word.
fn only_hole(word: &str) -> Option<char> {
    let mut chars = word.chars();
    let hole = chars.next().filter(|c| is_hole(*c))?;
    chars.next().is_none().then_some(hole)
}
