//! The unified diff of a document's edits, made from the splices. Secrets are
//! masked in every line of it.

use std::ops::Range;

use super::document::Document;
use super::fragment::{Fragment, Mask};
use super::logins;
use super::splices::{self, Splice};

/// Unchanged lines before and after a change.
const CONTEXT: usize = 3;

impl Document {
    /// The edits as a unified diff; empty if none changes anything.
    ///
    /// `patch` accepts it, unless one of its lines has a secret, shown as
    /// `‹secret›` or as the reference of a staged one. The diff of a file in
    /// UTF-16 or Latin-1 is in UTF-8.
    pub fn diff(&self) -> String {
        let blocks = blocks(self, splices::splices(self));
        if blocks.is_empty() {
            return String::new();
        }
        let mut writer = DiffWriter {
            document: self,
            out: "--- a/aspera.conf\n+++ b/aspera.conf\n".to_owned(),
            counted: 0,
            line: 1,
            added: 0,
            removed: 0,
        };
        let mut rest = &blocks[..];
        while !rest.is_empty() {
            let count = writer.blocks_of_hunk(rest);
            writer.write_hunk(&rest[..count]);
            rest = &rest[count..];
        }
        writer.out
    }
}

/// Whole lines that replace others; either may be none.
struct Block {
    old: Range<usize>,
    new: Fragment,
}

fn blocks(document: &Document, splices: Vec<Splice>) -> Vec<Block> {
    let text = document.text.as_bytes();
    let mut blocks: Vec<Block> = Vec::new();
    for splice in splices {
        let is_on_same_line = blocks
            .last()
            .is_some_and(|block| splice.range.start < line_end(text, block.old.end));
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
    fn slice(&self, range: Range<usize>) -> Self {
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
    fn hide_logins(&mut self, logins: Vec<Range<usize>>) {
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
    fn fragment(&self, range: Range<usize>) -> Fragment {
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

struct DiffWriter<'d> {
    document: &'d Document,
    out: String,
    /// Up to where lines are counted, and the number of the line there.
    counted: usize,
    line: usize,
    /// How many lines the hunks so far add and remove.
    added: usize,
    removed: usize,
}

impl DiffWriter<'_> {
    fn text(&self) -> &[u8] {
        self.document.text.as_bytes()
    }

    /// How many of the blocks are near enough to be in one hunk.
    fn blocks_of_hunk(&self, blocks: &[Block]) -> usize {
        let is_near = |pair: &[Block]| {
            let between = &self.text()[pair[0].old.end..pair[1].old.start];
            memchr::memchr_iter(b'\n', between)
                .nth(2 * CONTEXT)
                .is_none()
        };
        1 + blocks.windows(2).take_while(|pair| is_near(pair)).count()
    }

    fn write_hunk(&mut self, blocks: &[Block]) {
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else {
            return;
        };
        let start = self.context_before(first.old.start);
        let end = self.context_after(last.old.end);
        let old = count_lines(&self.text()[start..end]);
        let removed: usize = blocks
            .iter()
            .map(|b| count_lines(&self.text()[b.old.clone()]))
            .sum();
        let added: usize = blocks
            .iter()
            .map(|b| count_lines(b.new.text.as_bytes()))
            .sum();
        let new = old - removed + added;
        let from = self.line_number(start);
        let to = from + self.added - self.removed;
        let head = format!(
            "@@ -{},{old} +{},{new} @@\n",
            first_line(from, old),
            first_line(to, new)
        );
        self.out.push_str(&head);
        let mut written = start;
        for block in blocks {
            self.write_lines(' ', &self.document.fragment(written..block.old.start));
            self.write_lines('-', &self.document.fragment(block.old.clone()));
            self.write_lines('+', &block.new);
            written = block.old.end;
        }
        self.write_lines(' ', &self.document.fragment(written..end));
        self.added += added;
        self.removed += removed;
    }

    fn context_before(&self, mut start: usize) -> usize {
        for _ in 0..CONTEXT {
            start = line_start(self.text(), start.saturating_sub(1));
        }
        start
    }

    fn context_after(&self, mut end: usize) -> usize {
        for _ in 0..CONTEXT {
            end = line_end(self.text(), end);
        }
        end
    }

    fn line_number(&mut self, offset: usize) -> usize {
        let between = &self.document.text.as_bytes()[self.counted..offset];
        self.line += memchr::memchr_iter(b'\n', between).count();
        self.counted = offset;
        self.line
    }

    fn write_lines(&mut self, sign: char, fragment: &Fragment) {
        let mut start = 0;
        while start < fragment.text.len() {
            let line = &fragment.text[start..line_end(fragment.text.as_bytes(), start)];
            self.out.push(sign);
            let logins = logins::find(line);
            if fragment.masks.is_empty() && logins.is_empty() {
                self.out.push_str(line);
            } else {
                let mut line = fragment.slice(start..start + line.len());
                line.hide_logins(logins);
                write_masked(&line, &mut self.out);
            }
            if !line.ends_with('\n') {
                self.out.push_str("\n\\ No newline at end of file\n");
            }
            start += line.len();
        }
    }
}

/// Writes one line, with a word in place of each secret.
fn write_masked(line: &Fragment, out: &mut String) {
    let mut from = 0;
    for (span, shown) in &line.masks {
        let secret = &line.text[span.clone()];
        let from_start = secret.trim_start();
        let start = span.end - from_start.len();
        let end = start + from_start.trim_end().len();
        if start == end {
            continue;
        }
        if start < from {
            from = from.max(end);
            continue;
        }
        out.push_str(&line.text[from..start]);
        out.push('‹');
        match shown {
            Some(secret) => out.push_str(&secret.to_string()),
            None => out.push_str("secret"),
        }
        out.push('›');
        from = end;
    }
    out.push_str(&line.text[from..]);
}

/// The first line of a range in a hunk's header; the line before an empty range.
fn first_line(line: usize, count: usize) -> usize {
    if count == 0 { line - 1 } else { line }
}

fn count_lines(lines: &[u8]) -> usize {
    let ends = memchr::memchr_iter(b'\n', lines).count();
    ends + usize::from(lines.last().is_some_and(|last| *last != b'\n'))
}

fn line_start(text: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &text[..at]).map_or(0, |end| end + 1)
}

fn line_end(text: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end + 1)
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::super::{Document, SettingValue};
    use crate::state::{Secret, Section};

    fn edited(text: &str, edits: &[(Section, &str, Option<&str>)]) -> Document {
        let mut document = Document::parse(text.as_bytes().to_vec()).unwrap();
        for (section, name, value) in edits {
            let value = value.map(|value| match Secret::parse(value) {
                Ok(secret) => SettingValue::Secret(secret),
                Err(_) => SettingValue::Text(value.into()),
            });
            document.set(section, find(section, name).unwrap(), value);
        }
        document
    }

    #[test]
    fn a_new_line_is_one_line_of_the_diff() {
        let text = "<CONF>\n  <server>\n    <http_port>1</http_port>\n  </server>\n</CONF>";
        let document = edited(text, &[(Section::Server, "server_name", Some("a&b"))]);
        assert_eq!(
            document.diff(),
            "--- a/aspera.conf\n+++ b/aspera.conf\n@@ -1,5 +1,6 @@\n <CONF>\n   <server>\n     \
             <http_port>1</http_port>\n+    <server_name>a&amp;b</server_name>\n   </server>\n \
             </CONF>\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn secrets_are_masked() {
        let text = "<CONF><database><password>hunter2\nhunter3</password>\n<user>u</user>\n\
                    <!-- <password>hunter4</password> --></database>\n</CONF>\n";
        let edits = [
            (Section::Database, "password", Some("env:KEY")),
            (Section::Database, "user", Some("v")),
        ];
        let diff = edited(text, &edits).diff();
        assert!(!diff.contains("hunter"), "{diff}");
        assert!(diff.contains("\n-<CONF><database><password>‹secret›\n-‹secret›</password>\n"));
        assert!(diff.contains("\n+<CONF><database><password>‹env:KEY›</password>\n"));
        assert!(
            diff.contains("\n <!-- <password>‹secret›</password> -->")
                || diff.contains("‹secret›</password> -->")
        );
    }

    #[test]
    fn without_changes_the_diff_is_empty() {
        let text = "<CONF><server><http_port>1</http_port></server></CONF>";
        let document = edited(text, &[(Section::Server, "http_port", Some("1"))]);
        assert_eq!(document.diff(), "");
        assert_eq!(document.to_bytes(), text.as_bytes());
    }
}
