//! The unified diff of a document's edits, made from the splices, or of two
//! files. Secrets are masked in every line of it.

use super::changed_lines::{Block, differing_lines, edited_lines, line_end, line_start};
use super::document::Document;
use super::fragment::Fragment;
use super::logins;
use super::settings::Setting;
use super::splices;
use super::staged::StagedValue;
use crate::state::{FastMap, SecretText};

/// Unchanged lines before and after a change.
const CONTEXT: usize = 3;

impl Document {
    /// The edits as a unified diff; empty if none changes anything.
    ///
    /// `patch` accepts it, unless one of its lines has a secret, shown as
    /// `‹secret›` or as the reference of a staged one. The diff of a file in
    /// UTF-16 or Latin-1 is in UTF-8.
    pub fn diff(&self) -> String {
        self.write_diff(&edited_lines(self, splices::splices(self)))
    }

    /// The difference from the file as it was read to one that was read later, as
    /// a unified diff. Edits of either do not count, but a secret that is staged in
    /// `edited` is shown by its reference; `reveal` returns its text.
    pub fn diff_to(
        &self,
        later: &Self,
        edited: &Self,
        reveal: &mut dyn FnMut(&Setting, &SecretText) -> String,
    ) -> String {
        let staged = edited.edits.values().flat_map(|edits| &edits.values);
        let staged: FastMap<_, _> = staged
            .filter_map(|(setting, value)| match value {
                StagedValue::Secret(value) => {
                    let secret = value.alone()?.clone();
                    Some((reveal(setting, value), secret))
                }
                StagedValue::Text(_) | StagedValue::Unset => None,
            })
            .collect();
        self.write_diff(&differing_lines(self, later, &staged))
    }

    fn write_diff(&self, blocks: &[Block]) -> String {
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
        let mut rest = blocks;
        while !rest.is_empty() {
            let count = writer.blocks_of_hunk(rest);
            writer.write_hunk(&rest[..count]);
            rest = &rest[count..];
        }
        writer.out
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

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::super::{Document, SettingValue};
    use crate::state::{Secret, Section};

    fn edited(text: &str, edits: &[(Section, &str, Option<&str>)]) -> Document {
        let mut document = Document::parse(text.as_bytes().to_vec()).unwrap();
        for (section, name, value) in edits {
            let value = value.map(|value| match Secret::parse(value) {
                Ok(secret) => SettingValue::Secret(secret.into()),
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
