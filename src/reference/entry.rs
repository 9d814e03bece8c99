//! What the reference says of one name. The same words describe a parameter,
//! an option and a setting: all three take a value.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use crate::bindings::{Param, Type};
use crate::tools::{SYNC_OPTIONS, SyncKind, SyncOption};

/// A text of a table, or one that was put together.
pub type Text = Cow<'static, str>;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// Bindings under one word.
    Namespace,
    /// What a script calls.
    Binding,
    /// What a script reads without a call.
    Value,
    /// A constant by which a script says something of itself.
    Declaration,
    /// A module of the standard library.
    Module,
    /// What a module has.
    Function,
    /// A part of aspera.conf that has settings.
    Section,
    /// One setting in aspera.conf.
    Setting,
    /// What a person types at the prompt.
    Command,
}

/// One page of the reference.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// What it is.
    pub kind: EntryKind,
    /// As a script writes it: `conf.set_user`, `absolute`, `std/faspex`.
    pub name: Text,
    /// How it is used; empty where the name says it all.
    pub usage: Text,
    /// A sentence, and more after an empty line.
    pub doc: Text,
    /// The sections of aspera.conf that have it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<&'static str>,
    /// What it takes; of a setting, the setting itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// The names of entries below it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Text>,
    /// Entries that have to do with it; of a setting, the bindings that set it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub see: Vec<Text>,
    /// A script that shows it, and runs on a blank node.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub example: Text,
    /// The documents and observations behind it.
    pub sources: Vec<Text>,
}

/// A parameter, an option or a setting. What no source says is empty.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Field {
    /// Its name.
    pub name: Text,
    /// Its type, in a word: `port`, `choice`.
    #[serde(rename = "type")]
    pub ty: Text,
    /// What fits, in a clause.
    pub fits: Text,
    /// The words it can be, where there are only some.
    pub allowed: Vec<Text>,
    /// What a number counts.
    #[serde(serialize_with = "known")]
    pub unit: Text,
    /// What holds where it is left out.
    #[serde(serialize_with = "known")]
    pub default: Text,
    /// Whether it must be given.
    pub is_required: bool,
    /// Whether its value is never shown.
    pub is_secret: bool,
    /// The first version of the product that knows it.
    #[serde(serialize_with = "known")]
    pub since: Text,
    /// What it means.
    #[serde(serialize_with = "known")]
    pub doc: Text,
    /// Where it comes from, if not from its entry's sources.
    pub sources: Vec<Text>,
    /// The keys, where it is a map.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// Where it stands in aspera.conf, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_file: Option<InFile>,
}

/// What there is to say of a setting in its file.
#[derive(Clone, Debug, Serialize)]
pub struct InFile {
    /// Its elements below the section, joined by `/`; empty if not known.
    pub path: Text,
    /// The services that must notice a change, in words.
    pub noticed: Text,
    /// How well its name is known.
    pub certainty: Text,
    /// Where sources disagree.
    pub remark: Text,
}

/// What is not known is null for programs.
fn known<S: Serializer>(text: &Text, serializer: S) -> Result<S::Ok, S::Error> {
    let known = Some(text).filter(|text| !text.is_empty());
    known.serialize(serializer)
}

impl Entry {
    /// An entry that says what it is, and nothing more yet.
    pub fn new(kind: EntryKind, name: impl Into<Text>, doc: impl Into<Text>) -> Self {
        Self {
            kind,
            name: name.into(),
            usage: Text::Borrowed(""),
            doc: doc.into(),
            sections: Vec::new(),
            fields: Vec::new(),
            members: Vec::new(),
            see: Vec::new(),
            example: Text::Borrowed(""),
            sources: Vec::new(),
        }
    }

    /// What it is about, in one line.
    pub fn summary(&self) -> &str {
        self.doc.split("\n\n").next().unwrap_or_default()
    }

    /// The name behind the last dot, slash or `::`.
    pub fn leaf(&self) -> &str {
        let name = self.name.trim_end_matches('.');
        name.rsplit(['.', '/', ':']).next().unwrap_or(name)
    }
}

impl Field {
    /// What the bindings' table says of a parameter.
    pub(super) fn of(param: &'static Param) -> Self {
        let keys = param.ty.keys().iter().map(Self::of);
        let is_session = matches!(param.ty, Type::Session(_));
        let options = SYNC_OPTIONS.iter().filter(|_| is_session);
        Self {
            name: param.name.into(),
            ty: param.ty.word(),
            fits: param.ty.fits(),
            allowed: param.ty.allowed().map(Text::Borrowed).collect(),
            unit: param.unit.into(),
            default: param.default.into(),
            is_required: param.is_required,
            is_secret: matches!(param.ty, Type::Secret),
            since: param.since.into(),
            doc: param.doc.into(),
            sources: sources(param.source),
            fields: keys.chain(options.map(Self::of_sync)).collect(),
            in_file: None,
        }
    }

    fn of_sync(option: &'static SyncOption) -> Self {
        let allowed = option.kind.values().iter().copied();
        let fits = match option.kind {
            SyncKind::Switch => "true or false".into(),
            SyncKind::Number(low, u32::MAX) => format!("a whole number from {low}").into(),
            SyncKind::Number(low, high) => format!("a whole number from {low} to {high}").into(),
            SyncKind::Rate => "a number, or a text such as \"500m\"".into(),
            SyncKind::Choice(words) => format!("one of {}", words.join(", ")).into(),
            SyncKind::Path => "an absolute path".into(),
            SyncKind::Text => "a text".into(),
        };
        let again = if option.is_repeatable {
            " A list gives several."
        } else {
            ""
        };
        Self {
            name: option.name.into(),
            ty: option.kind.word().into(),
            fits,
            allowed: allowed.map(Text::Borrowed).collect(),
            unit: option.unit.into(),
            default: option.default.into(),
            doc: format!("{}{again} `{}` of async.", option.doc, option.flag).into(),
            ..Self::default()
        }
    }
}

/// The source as a list of one or none.
pub(super) fn sources(source: &'static str) -> Vec<Text> {
    let some = Some(source).filter(|source| !source.is_empty());
    some.map(Text::Borrowed).into_iter().collect()
}
