//! aspera.conf during a live run: as a step should leave it, as it was read again, and what
//! became of it since the run began.

use crate::conf::{Document, Setting};
use crate::fault::Result;
use crate::state::SecretText;
use crate::step::Change;

use super::base::Base;
use super::conf_states;

/// aspera.conf as a live run found and left it.
#[derive(Default)]
pub(super) struct ActualConf {
    /// As it was last read; `None` before the first step that edits it.
    last: Option<Document>,
    /// As it was before the run, once a failed step made the base another one.
    first: Option<Document>,
}

impl ActualConf {
    /// The file as these changes should leave it, with no other edits than these, from `base`
    /// where no step has edited it yet. `reveal` returns the text of a staged secret.
    pub(super) fn expected(
        &mut self,
        base: Document,
        changes: &[Change],
        reveal: &mut dyn FnMut(&Setting, &SecretText) -> String,
    ) -> Result<Document> {
        let last = self.last.take();
        let mut document = last.unwrap_or(base);
        conf_states::stage_all(&mut document, changes);
        let expected = document.apply_edits(reveal);
        document.reset();
        self.last = Some(document);
        Ok(expected?)
    }

    /// Takes note of the file as it was read again.
    pub(super) fn note(&mut self, document: Document) {
        self.last = Some(document);
    }

    /// The file as it was last read, once a step edits it.
    pub(super) fn last(&self) -> Option<&Document> {
        self.last.as_ref()
    }

    /// Starts from a file that another program edited. Returns what `look` says of the file as it
    /// was and is; `None` if nothing changed, or the file was not read before.
    pub(super) fn reread_of_others<T>(
        &mut self,
        base: &mut Base,
        look: impl FnOnce(&Document, &Document) -> T,
    ) -> Result<Option<T>> {
        let Some(known) = self.last.as_ref().or(base.document.as_ref()) else {
            return Ok(None);
        };
        let Some(document) = base.source.conf_unlike(known)? else {
            return Ok(None);
        };
        let seen = look(known, &document);
        self.replace(base, document);
        Ok(Some(seen))
    }

    /// Makes another file the one that later steps start from. What steps have staged is in it, or
    /// was reverted.
    pub(super) fn replace(&mut self, base: &mut Base, document: Document) {
        if let Some(mut former) = base.document.replace(document.clone()) {
            former.reset();
            self.first.get_or_insert(former);
        }
        self.last = Some(document);
    }

    /// What became of the file, as a unified diff: of a dry run the edits so far, of a live run
    /// what happened.
    pub(super) fn diff(
        &self,
        base: Option<&Document>,
        reveal: &mut dyn FnMut(&Setting, &SecretText) -> String,
    ) -> String {
        match (base, &self.last, &self.first) {
            (None, ..) => String::new(),
            (Some(base), None, _) => base.diff(),
            (Some(base), Some(last), None) if is_edited(base, last, reveal) => base.diff(),
            (Some(base), Some(last), first) => {
                first.as_ref().unwrap_or(base).diff_to(last, base, reveal)
            }
        }
    }
}

/// Whether a file has exactly the text that the edits of `base` make.
fn is_edited(
    base: &Document,
    file: &Document,
    reveal: &mut dyn FnMut(&Setting, &SecretText) -> String,
) -> bool {
    let edited = base.apply_edits(reveal);
    edited.is_ok_and(|edited| edited.has_text_of(file))
}
