//! One entry of the reference manual, and the description of a value: one type
//! serves parameters, options and settings.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use crate::bindings::{ArgType, Param};
use crate::tools::{SYNC_OPTIONS, SyncOption};

/// A text from a static table, or an assembled one.
pub type DocText = Cow<'static, str>;

/// The kind of thing that an entry describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// A namespace of bindings.
    Namespace,
    /// A function that scripts call.
    Binding,
    /// A value that scripts read without a call.
    Value,
    /// A constant with which a script declares its platform or parameters.
    Declaration,
    /// A module of the standard library.
    Module,
    /// A function of a module.
    Function,
    /// A whole script for a task.
    Recipe,
    /// A group of words of the language, or the guide.
    Topic,
    /// A keyword, operator or function of the language.
    Language,
    /// A section of aspera.conf.
    Section,
    /// A setting in aspera.conf.
    Setting,
    /// A command of a REPL session.
    Command,
    /// Words of a shell or of another language, and what to write instead.
    Foreign,
}

/// One entry of the reference manual.
#[derive(Clone, Debug, Serialize)]
pub struct ReferenceEntry {
    /// Its kind.
    pub kind: EntryKind,
    /// The name as scripts write it: `conf.set_user`, `absolute`, `std/faspex`.
    pub name: DocText,
    /// How it is written with its arguments; empty if that is just the name.
    pub usage: DocText,
    /// A summary, then more paragraphs after an empty line.
    pub doc: DocText,
    /// The sections of aspera.conf that have it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<&'static str>,
    /// Its parameters and options; for a setting, the setting itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldDoc>,
    /// The names of its members.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<DocText>,
    /// Related entries; for a setting, the bindings that set it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub see: Vec<DocText>,
    /// An example script, which runs on a blank node.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub example: DocText,
    /// The documents and observations it is based on.
    pub sources: Vec<DocText>,
}

/// Describes a parameter, an option or a setting. What no source states is empty.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FieldDoc {
    /// Its name.
    pub name: DocText,
    /// Its type in one word: `port`, `choice`.
    #[serde(rename = "type")]
    pub ty: DocText,
    /// The accepted values, in a clause.
    pub fits: DocText,
    /// The accepted words, if there is a closed list.
    pub allowed: Vec<DocText>,
    /// The unit of a number.
    #[serde(serialize_with = "null_if_empty")]
    pub unit: DocText,
    /// The value that applies if it is omitted.
    #[serde(serialize_with = "null_if_empty")]
    pub default: DocText,
    /// Whether it is required.
    pub is_required: bool,
    /// Whether its value is a secret, which is never shown.
    pub is_secret: bool,
    /// Whether its value may be a URL with a login, which is never shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub may_hold_login: bool,
    /// The first version of the product that supports it.
    #[serde(serialize_with = "null_if_empty")]
    pub since: DocText,
    /// What it means.
    #[serde(serialize_with = "null_if_empty")]
    pub doc: DocText,
    /// Its own sources, if they differ from those of its entry.
    pub sources: Vec<DocText>,
    /// Its keys, if it is a map.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldDoc>,
    /// Its place in aspera.conf, if it is a setting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_file: Option<SettingDoc>,
}

/// Describes a setting's place in aspera.conf.
#[derive(Clone, Debug, Serialize)]
pub struct SettingDoc {
    /// The path of its element below the section, joined by `/`; empty if unknown.
    pub path: DocText,
    /// The services that must reload aspera.conf after a change, in words.
    pub noticed: DocText,
    /// What scripts read it as, in words.
    pub reads: DocText,
    /// How certain its name is.
    pub certainty: DocText,
    /// A remark, such as where sources disagree.
    pub remark: DocText,
}

/// Writes an unknown (empty) text as null.
fn null_if_empty<S: Serializer>(text: &DocText, serializer: S) -> Result<S::Ok, S::Error> {
    let known = Some(text).filter(|text| !text.is_empty());
    known.serialize(serializer)
}

impl ReferenceEntry {
    /// An entry with a kind, a name and a description only.
    pub fn new(kind: EntryKind, name: impl Into<DocText>, doc: impl Into<DocText>) -> Self {
        Self {
            kind,
            name: name.into(),
            usage: DocText::Borrowed(""),
            doc: doc.into(),
            sections: Vec::new(),
            fields: Vec::new(),
            members: Vec::new(),
            see: Vec::new(),
            example: DocText::Borrowed(""),
            sources: Vec::new(),
        }
    }

    /// The first paragraph of its description.
    pub fn summary(&self) -> &str {
        self.doc.split("\n\n").next().unwrap_or_default()
    }

    /// The part of its name after the last dot, slash or `::`.
    pub fn leaf(&self) -> &str {
        let name = self.name.trim_end_matches('.');
        name.rsplit(['.', '/', ':']).next().unwrap_or(name)
    }
}

impl FieldDoc {
    /// Describes a parameter from the table of bindings.
    pub(super) fn from_param(param: &'static Param) -> Self {
        let keys = param.ty.keys().iter().map(Self::from_param);
        let is_session = matches!(param.ty, ArgType::Session(_));
        let options = SYNC_OPTIONS.iter().filter(|_| is_session);
        Self {
            name: param.name.into(),
            ty: param.ty.word(),
            fits: param.ty.fits(),
            allowed: texts(param.ty.allowed()),
            unit: param.unit.into(),
            default: param.default.into(),
            is_required: param.is_required,
            is_secret: param.ty.is_secret(),
            may_hold_login: false,
            since: DocText::default(),
            doc: param.doc.into(),
            sources: source_list(param.source),
            fields: keys.chain(options.map(Self::from_sync_option)).collect(),
            in_file: None,
        }
    }

    fn from_sync_option(option: &'static SyncOption) -> Self {
        let again = if option.is_repeatable {
            " A list gives several."
        } else {
            ""
        };
        Self {
            name: option.name.into(),
            ty: option.kind.word().into(),
            fits: option.kind.fits(),
            allowed: texts(option.kind.allowed()),
            unit: option.unit.into(),
            default: option.default.into(),
            doc: format!("{}{again} `{}` of async.", option.doc, option.flag).into(),
            ..Self::default()
        }
    }
}

fn texts(words: &[&'static str]) -> Vec<DocText> {
    words.iter().copied().map(DocText::Borrowed).collect()
}

/// The source as a list of one or none.
pub(super) fn source_list(source: &'static str) -> Vec<DocText> {
    let some = Some(source).filter(|source| !source.is_empty());
    some.map(DocText::Borrowed).into_iter().collect()
}
