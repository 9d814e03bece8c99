//! aspera.conf as its bytes, with edits laid over them. It keeps text and
//! spans; it never prints a tree again, and touches no file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::encoding::{self, Encoding};
use super::index::{Entry, Index};
use super::plan;
use super::scan;
use super::settings::Setting;
use super::table;
use super::unreadable::Unreadable;
use crate::state::{FastIndexMap, Secret, Section};

/// A file's text, where its sections are, and the edits staged.
#[derive(Clone)]
pub struct Document {
    pub(super) text: String,
    pub(super) encoding: Encoding,
    pub(super) index: Index,
    /// In the order in which the sections were first edited.
    pub(super) stages: FastIndexMap<Section, Stage>,
    /// Each secret value is a word in its place, on the first of its lines that
    /// is not blank.
    pub(super) is_masked: bool,
}

/// What a setting is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// The text, as the vendor's parser reads it.
    Text(Cow<'a, str>),
    /// A secret value staged from this reference.
    Secret(Secret),
    /// A secret value that the file holds. Setting it leaves what is there.
    Hidden,
}

/// What was staged for one section at some moment.
#[derive(Clone, Debug)]
pub struct Kept(Option<Stage>);

/// Edits staged for one section.
#[derive(Clone, Debug, Default)]
pub(super) struct Stage {
    /// What the file has of the section goes.
    pub(super) is_replaced: bool,
    /// The section is to be there even with nothing in it.
    pub(super) is_ensured: bool,
    /// By the settings' place in the table, and in its order.
    pub(super) values: Vec<(u16, Staged)>,
}

impl Stage {
    /// The edit of a setting, if there is one.
    pub(super) fn staged(&self, setting: &Setting) -> Option<&Staged> {
        let index = self.index(setting).ok()?;
        Some(&self.values[index].1)
    }

    fn put(&mut self, setting: &Setting, staged: Staged) {
        match self.index(setting) {
            Ok(index) => self.values[index].1 = staged,
            Err(index) => {
                // Of most sections a script sets one thing.
                if self.values.is_empty() {
                    self.values.reserve_exact(1);
                }
                self.values.insert(index, (setting.order(), staged));
            }
        }
    }

    fn index(&self, setting: &Setting) -> Result<usize, usize> {
        self.values
            .binary_search_by_key(&setting.order(), |(order, _)| *order)
    }
}

/// One setting's edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Staged {
    Gone,
    Text(Box<str>),
    Secret(Secret),
}

impl Staged {
    fn value(&self, setting: &Setting) -> Option<Value<'_>> {
        match self {
            Self::Gone => None,
            Self::Text(_) if setting.is_secret => Some(Value::Hidden),
            Self::Text(text) => Some(Value::Text(Cow::Borrowed(text))),
            Self::Secret(secret) => Some(Value::Secret(secret.clone())),
        }
    }
}

// The text has secrets in it.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("length", &self.text.len())
            .field("edited", &self.stages.len())
            .finish_non_exhaustive()
    }
}

impl Document {
    /// Reads a file's bytes: well-formed as the vendor's parser wants it, or
    /// not. Whether it takes the values is asked of [`Document::findings`].
    pub fn parse(bytes: Vec<u8>) -> Result<Self, Unreadable> {
        let (text, encoding) = encoding::decode(bytes)?;
        let index = scan::scan(&text)?;
        Ok(Self {
            text,
            encoding,
            index,
            stages: FastIndexMap::default(),
            is_masked: false,
        })
    }

    /// The least file that the vendor's parser takes.
    pub fn blank() -> Self {
        let text = "<?xml version='1.0' encoding='UTF-8'?>\n<CONF version=\"2\">\n</CONF>\n";
        let index = scan::scan(text).unwrap_or_default();
        Self {
            text: text.to_owned(),
            encoding: Encoding::Utf8,
            index,
            stages: FastIndexMap::default(),
            is_masked: false,
        }
    }

    /// Whether the section is there.
    pub fn has(&self, section: &Section) -> bool {
        match self.stages.get(section) {
            Some(stage) if stage.is_ensured => true,
            Some(stage) if stage.is_replaced => false,
            Some(_) | None => self.place(section).is_some(),
        }
    }

    /// What a setting is set to, staged edits included.
    pub fn get(&self, section: &Section, setting: &'static Setting) -> Option<Value<'_>> {
        if let Some(stage) = self.stages.get(section) {
            if let Some(staged) = stage.staged(setting) {
                return staged.value(setting);
            }
            if stage.is_replaced {
                return None;
            }
        }
        let text = self.read(self.place(section)?, setting)?;
        Some(shown(setting, text))
    }

    /// Everything set in a section, in the table's order.
    pub fn settings(&self, section: &Section) -> Vec<(&'static Setting, Value<'_>)> {
        let stage = self.stages.get(section);
        let mut values = BTreeMap::new();
        if let Some(place) = self.place(section)
            && !stage.is_some_and(|stage| stage.is_replaced)
        {
            values = self.read_all(section, place.element);
        }
        let values = values.into_iter();
        let mut all: BTreeMap<u16, _> = values
            .filter_map(|(order, text)| Some((order, shown(table::at(order)?, text))))
            .collect();
        for (order, staged) in stage.iter().flat_map(|stage| &stage.values) {
            match table::at(*order).and_then(|setting| staged.value(setting)) {
                Some(value) => all.insert(*order, value),
                None => all.remove(order),
            };
        }
        all.into_iter()
            .filter_map(|(order, value)| Some((table::at(order)?, value)))
            .collect()
    }

    /// Names of the users that have an entry: the file's, then staged ones.
    pub fn users(&self) -> Vec<Cow<'_, str>> {
        self.entries(Entry::User)
    }

    /// Names of the groups that have an entry.
    pub fn groups(&self) -> Vec<Cow<'_, str>> {
        self.entries(Entry::Group)
    }

    /// Ids of the virtual links.
    pub fn trunks(&self) -> Vec<u8> {
        let ids = self.entries(Entry::Trunk);
        ids.iter().filter_map(|id| id.parse().ok()).collect()
    }

    /// Class sets that have a log setting.
    pub fn log_classes(&self) -> Vec<Cow<'_, str>> {
        self.entries(Entry::Log)
    }

    /// Stages a value, or with `None` (or `AS_NULL`) that it be unset. The
    /// section is made where it is missing and there is a value.
    ///
    /// The value is not checked here: see [`Setting::check`] and
    /// [`Document::check`].
    pub fn set(&mut self, section: &Section, setting: &'static Setting, value: Option<Value<'_>>) {
        let staged = match value {
            None => Staged::Gone,
            Some(Value::Text(text)) if text == "AS_NULL" => Staged::Gone,
            Some(Value::Text(text)) => Staged::Text(text.into()),
            Some(Value::Secret(secret)) => Staged::Secret(secret),
            Some(Value::Hidden) => return,
        };
        let stage = self.stage(section);
        stage.is_ensured |= staged != Staged::Gone;
        stage.put(setting, staged);
    }

    /// Stages that the section be there, even with nothing in it.
    pub fn ensure(&mut self, section: &Section) {
        self.stage(section).is_ensured = true;
    }

    /// Stages that the section go, with all that is set in it, and every other
    /// of the same name.
    pub fn remove(&mut self, section: &Section) {
        let stage = self.stage(section);
        stage.is_replaced = true;
        stage.is_ensured = false;
        stage.values.clear();
    }

    /// What is staged for a section, to be given back to [`Document::restore`].
    pub fn kept(&self, section: &Section) -> Kept {
        Kept(self.stages.get(section).cloned())
    }

    /// Stages for a section what was staged when it was kept.
    pub fn restore(&mut self, section: &Section, kept: Kept) {
        match kept.0 {
            Some(stage) => self.stages.insert(section.clone(), stage),
            None => self.stages.shift_remove(section),
        };
    }

    /// Asks something of the file as it was read, all edits aside.
    pub fn as_read<T>(&mut self, ask: impl FnOnce(&Self) -> T) -> T {
        let stages = std::mem::take(&mut self.stages);
        let answer = ask(self);
        self.stages = stages;
        answer
    }

    /// Forgets all staged edits.
    pub fn reset(&mut self) {
        self.stages.clear();
    }

    /// The bytes of the file with the edits in it; without edits, the very
    /// bytes that were read.
    ///
    /// A staged secret stands there as its reference, for no secret is known
    /// here: such bytes serve to predict, never to be put on a node.
    pub fn to_bytes(&self) -> Vec<u8> {
        let splices = plan::splices(self);
        let added: usize = splices.iter().map(|splice| splice.piece.text.len()).sum();
        let mut bytes = Vec::with_capacity(self.text.len() + added + 2);
        bytes.extend_from_slice(self.encoding.mark());
        let mut from = 0;
        for splice in &splices {
            self.encoding
                .encode(&self.text[from..splice.range.start], &mut bytes);
            self.encoding.encode(&splice.piece.text, &mut bytes);
            from = splice.range.end;
        }
        self.encoding.encode(&self.text[from..], &mut bytes);
        bytes
    }

    /// The file with the edits in it, read as if they had been made. `reveal`
    /// gives the text that a staged secret has there.
    pub fn performed(&self, reveal: &mut dyn FnMut(&Secret) -> String) -> Result<Self, Unreadable> {
        let mut edited = self.clone();
        let staged = edited.stages.values_mut();
        for (_, value) in staged.flat_map(|stage| &mut stage.values) {
            if let Staged::Secret(secret) = value {
                *value = Staged::Text(reveal(secret).into());
            }
        }
        Ok(Self {
            is_masked: self.is_masked,
            ..Self::parse(edited.to_bytes())?
        })
    }

    /// The raw secret that the file holds, to be compared and nothing else; of
    /// a masked one, the word for it. Nothing where an edit of it is staged.
    pub fn secret_text(
        &self,
        section: &Section,
        setting: &'static Setting,
    ) -> Option<Cow<'_, str>> {
        if let Some(stage) = self.stages.get(section)
            && (stage.is_replaced || stage.staged(setting).is_some())
        {
            return None;
        }
        let text = self.read(self.place(section)?, setting)?;
        Some(if self.is_masked {
            let word = text.trim().lines().next().unwrap_or_default().trim_end();
            Cow::Owned(word.to_owned())
        } else {
            text
        })
    }

    fn stage(&mut self, section: &Section) -> &mut Stage {
        self.stages.entry(section.clone()).or_default()
    }
}

fn shown<'a>(setting: &Setting, text: Cow<'a, str>) -> Value<'a> {
    if setting.is_secret {
        Value::Hidden
    } else {
        Value::Text(text)
    }
}
