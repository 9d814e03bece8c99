//! aspera.conf as its text, with edits staged over it.

use std::fmt;
use std::rc::Rc;

use super::encoding::{self, Encoding};
use super::index::Index;
use super::scan;
use super::settings::Setting;
use super::staged::{SavedEdits, SectionEdits, SettingValue, StagedValue};
use super::table;
use super::unreadable::Unreadable;
use crate::state::{FastIndexMap, Section};

/// A file's text, an index of its sections, and the edits staged. Clones share the text
/// and the index.
#[derive(Clone)]
pub struct Document {
    pub(super) text: Rc<String>,
    pub(super) encoding: Encoding,
    pub(super) index: Rc<Index>,
    /// In the order in which the sections were first edited.
    pub(super) edits: FastIndexMap<Section, SectionEdits>,
    /// Whether each secret value is replaced by one word, on the first of its
    /// lines that is not blank.
    pub(super) is_masked: bool,
}

// The text has secrets in it.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("length", &self.text.len())
            .field("edited", &self.edits.len())
            .finish_non_exhaustive()
    }
}

impl Document {
    /// Reads a file's bytes if they are well-formed for the vendor's parser.
    /// [`Document::findings`] says whether it also accepts the values.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, Unreadable> {
        let (text, encoding) = encoding::decode(bytes)?;
        Self::from_text(text, encoding)
    }

    /// The smallest file that the vendor's parser accepts.
    ///
    /// # Panics
    ///
    /// Never: its text is well-formed.
    pub fn blank() -> Self {
        let text = "<?xml version='1.0' encoding='UTF-8'?>\n<CONF version=\"2\">\n</CONF>\n";
        Self::from_text(text.to_owned(), Encoding::Utf8).expect("this text is well-formed")
    }

    pub(super) fn from_text(text: String, encoding: Encoding) -> Result<Self, Unreadable> {
        let index = scan::scan(&text)?;
        Ok(Self {
            text: Rc::new(text),
            encoding,
            index: Rc::new(index),
            edits: FastIndexMap::default(),
            is_masked: false,
        })
    }

    /// Stages a value, or with `None` (or `AS_NULL`) that it be unset. A value
    /// adds the section where it is missing.
    ///
    /// The value is not checked here: see [`Setting::check`] and
    /// [`Document::check`].
    pub fn set(
        &mut self,
        section: &Section,
        setting: &'static Setting,
        value: Option<SettingValue<'_>>,
    ) {
        let staged = match value {
            None => StagedValue::Unset,
            Some(SettingValue::Text(text)) if text == "AS_NULL" => StagedValue::Unset,
            Some(SettingValue::Text(text)) => StagedValue::Text(text.into()),
            Some(SettingValue::Secret(secret)) => StagedValue::Secret(secret),
            Some(SettingValue::Hidden) => return,
        };
        let setting = table::of_element(section.kind(), setting);
        let edits = self.edits_mut(section);
        edits.is_ensured |= staged != StagedValue::Unset;
        edits.put(setting, staged);
    }

    /// Stages that the section exists, even with no settings.
    pub fn ensure(&mut self, section: &Section) {
        self.edits_mut(section).is_ensured = true;
    }

    /// Stages the removal of the section with all its settings, and of every
    /// other section with the same name.
    pub fn remove(&mut self, section: &Section) {
        *self.edits_mut(section) = SectionEdits {
            is_replaced: true,
            ..SectionEdits::default()
        };
    }

    /// Saves the edits of a section for [`Document::restore_edits`].
    pub fn save_edits(&self, section: &Section) -> SavedEdits {
        SavedEdits(self.edits.get(section).cloned())
    }

    /// Replaces the edits of a section by saved ones.
    pub fn restore_edits(&mut self, section: &Section, saved: SavedEdits) {
        match saved.0 {
            Some(edits) => self.edits.insert(section.clone(), edits),
            None => self.edits.shift_remove(section),
        };
    }

    /// The document as it was read, without the edits.
    #[must_use]
    pub fn as_read(&self) -> Self {
        Self {
            text: Rc::clone(&self.text),
            index: Rc::clone(&self.index),
            edits: FastIndexMap::default(),
            ..*self
        }
    }

    /// Whether both files have the same text. Edits do not count.
    pub fn has_text_of(&self, other: &Self) -> bool {
        self.text == other.text
    }

    /// Whether a file with these bytes has the same text. Edits do not count.
    pub fn has_bytes(&self, bytes: &[u8]) -> bool {
        let mut own = self.encoding.byte_order_mark().to_vec();
        match self.encoding {
            Encoding::Utf8 | Encoding::Ascii => return self.text.as_bytes() == bytes,
            Encoding::Latin1 | Encoding::Utf16Le | Encoding::Utf16Be => {
                self.encoding.encode(&self.text, &mut own);
            }
        }
        own == bytes
    }

    /// Drops all edits.
    pub fn reset(&mut self) {
        self.edits.clear();
    }

    fn edits_mut(&mut self, section: &Section) -> &mut SectionEdits {
        self.edits.entry(section.clone()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_the_bytes_that_it_was_read_from() {
        let utf16 = |mark: &[u8], bytes: fn(u16) -> [u8; 2]| {
            let units = "<CONF/>".encode_utf16().flat_map(bytes);
            mark.iter().copied().chain(units).collect::<Vec<_>>()
        };
        for bytes in [
            b"<CONF/>".to_vec(),
            "\u{feff}<CONF/>".into(),
            b"<?xml version='1.0' encoding='ISO-8859-1'?><CONF><!--\xe9--></CONF>".to_vec(),
            utf16(b"\xff\xfe", u16::to_le_bytes),
            utf16(b"\xfe\xff", u16::to_be_bytes),
        ] {
            let document = Document::parse(bytes.clone()).unwrap();
            assert!(document.has_bytes(&bytes), "{bytes:?}");
            assert!(!document.has_bytes(&bytes[1..]), "{bytes:?}");
        }
    }
}
