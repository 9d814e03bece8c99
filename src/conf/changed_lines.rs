//! The lines of a file that edits change, or that differ in a file that was read
//! later, with their secrets marked.

use std::ops::Range;
use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

use super::document::Document;
use super::fragment::{Fragment, Mask};
use super::splices::Splice;
use crate::state::{FastMap, Secret};

/// After this time a diff of two files need no longer be the shortest: a file of
/// a million lines in which every line differs.
const LONGEST_DIFF: Duration = Duration::from_secs(1);

/// Whole lines that replace others; either may be none.
pub(super) struct Block {
    pub(super) old: Range<usize>,
    pub(super) new: Fragment,
}

/// The lines that the splices change.
pub(super) fn edited_lines(document: &Document, splices: Vec<Splice>) -> Vec<Block> {
    let text = document.text.as_bytes();
    let mut blocks: Vec<Block> = Vec::new();
    for splice in splices {
        let is_on_same_line = blocks
            .last()
            .map(|block| block.old.end..splice.range.start)
            .is_some_and(|between| memchr::memchr(b'\n', &text[between]).is_none());
        if !is_on_same_line {
            let start = line_start(text, splice.range.start);
            blocks.push(Block {
                old: start..start,
                new: Fragment::default(),
            });
        }
        if let Some(block) = blocks.last_mut() {
            let between = block.old.end..splice.range.start;
            block.new.append(document.fragment(between));
            block.new.append(splice.fragment);
            block.old.end = splice.range.end;
        }
    }
    for block in &mut blocks {
        let end = line_end(text, block.old.end);
        block.new.append(document.fragment(block.old.end..end));
        block.old.end = end;
        block.trim(document);
    }
    blocks.retain(|block| !block.old.is_empty() || !block.new.text.is_empty());
    blocks
}

/// The lines that differ between two files. `staged` has the texts of secrets.
pub(super) fn differing_lines(
    document: &Document,
    later: &Document,
    staged: &FastMap<String, Secret>,
) -> Vec<Block> {
    let lines = |text| str::split_inclusive(text, '\n').collect::<Vec<_>>();
    let (old, new) = (lines(&document.text), lines(&later.text));
    let (old_ends, new_ends) = (ends(&old), ends(&new));
    let deadline = Instant::now() + LONGEST_DIFF;
    let operations = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline));
    let changed = operations
        .iter()
        .filter(|operation| !matches!(operation, DiffOp::Equal { .. }));
    changed
        .map(|operation| {
            let (old, new) = (operation.old_range(), operation.new_range());
            Block {
                old: old_ends[old.start]..old_ends[old.end],
                new: later
                    .fragment(new_ends[new.start]..new_ends[new.end])
                    .with_references(staged),
            }
        })
        .collect()
}

/// Where lines end, from the start of the first one.
fn ends(lines: &[&str]) -> Vec<usize> {
    let ends = lines.iter().scan(0, |end, line| {
        *end += line.len();
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}

impl Block {
    /// Leaves out the first and last lines that are the same in both.
    fn trim(&mut self, document: &Document) {
        let old = &document.text[self.old.clone()];
        let new = &self.new.text;
        let same = |pair: &(&str, &str)| pair.0 == pair.1;
        let lines = |text| str::split_inclusive(text, '\n');
        let front: usize = lines(old)
            .zip(lines(new))
            .take_while(same)
            .map(|(line, _)| line.len())
            .sum();
        let back: usize = lines(&old[front..])
            .rev()
            .zip(lines(&new[front..]).rev())
            .take_while(same)
            .map(|(line, _)| line.len())
            .sum();
        let changed = front..new.len() - back;
        self.old = self.old.start + front..self.old.end - back;
        self.new.retain(changed);
    }
}

impl Fragment {
    /// Shows the secrets with these texts by their references.
    fn with_references(mut self, staged: &FastMap<String, Secret>) -> Self {
        for (span, shown) in &mut self.masks {
            let text = quick_xml::escape::unescape(self.text[span.clone()].trim());
            *shown = text.ok().and_then(|text| staged.get(&*text).cloned());
        }
        self
    }

    pub(super) fn slice(&self, range: Range<usize>) -> Self {
        Self {
            masks: self.masks_in(&range),
            text: self.text[range].to_owned(),
        }
    }

    fn retain(&mut self, range: Range<usize>) {
        self.masks = self.masks_in(&range);
        self.text.truncate(range.end);
        self.text.drain(..range.start);
    }

    /// Masks these logins. Where one has secrets in it, they are not masked by themselves.
    pub(super) fn hide_logins(&mut self, logins: Vec<Range<usize>>) {
        let masks = logins.into_iter().map(|login| (login, None));
        self.masks.extend(masks);
        self.masks
            .sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
    }

    fn masks_in(&self, range: &Range<usize>) -> Vec<Mask> {
        let first = self
            .masks
            .partition_point(|(span, _)| span.end <= range.start);
        let masks = self.masks[first..]
            .iter()
            .take_while(|(span, _)| span.start < range.end)
            .map(|(span, shown)| {
                let start = span.start.max(range.start) - range.start;
                (start..span.end.min(range.end) - range.start, shown.clone())
            });
        masks.collect()
    }
}

impl Document {
    /// A part of the file's text, with its secrets marked.
    pub(super) fn fragment(&self, range: Range<usize>) -> Fragment {
        let secrets = &self.index.secrets;
        let first = secrets.partition_point(|span| span.end <= range.start);
        let masks = secrets[first..]
            .iter()
            .take_while(|span| span.start < range.end)
            .map(|span| {
                let start = span.start.max(range.start) - range.start;
                (start..span.end.min(range.end) - range.start, None)
            });
        Fragment {
            masks: masks.collect(),
            text: self.text[range.clone()].to_owned(),
        }
    }
}

pub(super) fn line_start(text: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &text[..at]).map_or(0, |end| end + 1)
}

pub(super) fn line_end(text: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end + 1)
}
