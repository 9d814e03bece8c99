//! aspera.conf and other files before and after, side by side.

use std::fmt::Write as _;

use super::super::clean::{Html, HtmlFile};
use super::super::hunks::{DiffLine, Hunk, parse_hunks};

/// A diff with more lines is folded.
const OPEN_LINES: usize = 1_000;

/// What git says of a last line without its end, which a table shows anyway.
const NO_NEWLINE: &str = " No newline at end of file";

/// The diff of a file as a table of two columns.
pub(in super::super) fn render(path: &str, diff: &str, out: &mut String) {
    let hunks = parse_hunks(diff);
    if hunks.is_empty() {
        return;
    }
    let open = if diff.lines().nth(OPEN_LINES).is_some() {
        ""
    } else {
        " open=\"open\""
    };
    let _ = write!(
        out,
        "<section>\n<h2>Changes to <code>{}</code></h2>\n\
         <details{open}>\n<summary>Side by side</summary>\n<table class=\"diff\">\n\
         <colgroup><col class=\"no\"/><col/><col class=\"no\"/><col/></colgroup>\n\
         <thead><tr><th scope=\"col\" colspan=\"2\">Before</th><th scope=\"col\" colspan=\"2\">After</th></tr></thead>\n",
        Html(path)
    );
    for hunk in &hunks {
        render_hunk(hunk, out);
    }
    out.push_str("</table>\n</details>\n</section>\n");
}

fn render_hunk(hunk: &Hunk<'_>, out: &mut String) {
    let _ = write!(
        out,
        "<tbody>\n<tr class=\"hunk\"><th scope=\"rowgroup\" colspan=\"4\">from line {}</th></tr>\n",
        hunk.starts.0
    );
    let mut pending = PendingLines {
        numbers: hunk.starts,
        removed: Vec::new(),
        added: Vec::new(),
    };
    for line in hunk.lines() {
        match line {
            DiffLine::Removed(text) => pending.removed.push(text),
            DiffLine::Added(text) => pending.added.push(text),
            DiffLine::Same(text) => {
                pending.flush(out);
                pending.same(text, out);
            }
            DiffLine::Remark(NO_NEWLINE) => {}
            DiffLine::Remark(text) => {
                let text = HtmlFile(text.trim());
                let _ = writeln!(out, "<tr class=\"hunk\"><td colspan=\"4\">{text}</td></tr>");
            }
        }
    }
    pending.flush(out);
    out.push_str("</tbody>\n");
}

/// Removed and added lines, until a line that is the same on both sides.
struct PendingLines<'a> {
    numbers: (usize, usize),
    removed: Vec<&'a str>,
    added: Vec<&'a str>,
}

impl PendingLines<'_> {
    fn same(&mut self, text: &str, out: &mut String) {
        let (old, new) = self.numbers;
        let text = HtmlFile(text);
        let _ = writeln!(
            out,
            "<tr class=\"same\"><td class=\"no\">{old}</td><td>{text}</td>\
             <td class=\"no\">{new}</td><td>{text}</td></tr>"
        );
        self.numbers = (old + 1, new + 1);
    }

    fn flush(&mut self, out: &mut String) {
        for index in 0..self.removed.len().max(self.added.len()) {
            let (removed, added) = (self.removed.get(index), self.added.get(index));
            let shared = removed
                .zip(added)
                .map_or((0, 0), |(removed, added)| shared(removed, added));
            out.push_str("<tr>");
            cell("del", removed.copied(), &mut self.numbers.0, shared, out);
            cell("ins", added.copied(), &mut self.numbers.1, shared, out);
            out.push_str("</tr>\n");
        }
        self.removed.clear();
        self.added.clear();
    }
}

fn cell(
    tag: &str,
    text: Option<&str>,
    number: &mut usize,
    (front, back): (usize, usize),
    out: &mut String,
) {
    let Some(text) = text else {
        out.push_str("<td class=\"no void\"></td><td class=\"void\"></td>");
        return;
    };
    let (front, rest) = text.split_at(front);
    let (middle, back) = rest.split_at(rest.len() - back);
    let (front, middle, back) = (HtmlFile(front), HtmlFile(middle), HtmlFile(back));
    let _ = write!(
        out,
        "<td class=\"no {tag}\">{number}</td><td class=\"{tag}\">{front}<{tag}>{middle}</{tag}>{back}</td>"
    );
    *number += 1;
}

/// How many bytes two lines share at the front, and then at the back, in whole
/// words.
fn shared(one: &str, other: &str) -> (usize, usize) {
    let in_word = |letter: char| letter.is_alphanumeric() || "._-".contains(letter);
    let front = equal_bytes(one.chars().zip(other.chars()));
    let front = one[..front].trim_end_matches(in_word).len();
    let (one, other) = (&one[front..], &other[front..]);
    let back = equal_bytes(one.chars().rev().zip(other.chars().rev()));
    let back = one[one.len() - back..].trim_start_matches(in_word).len();
    (front, back)
}

fn equal_bytes(pairs: impl Iterator<Item = (char, char)>) -> usize {
    let same = pairs.take_while(|(one, other)| one == other);
    same.map(|(letter, _)| letter.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_stand_side_by_side() {
        let mut out = String::new();
        let diff = "@@ -4,3 +4,3 @@\n <a>\n-<b>1 €</b>\n+<b>2 €</b>\n+<c/>\n </a>\n";
        render("/etc/x", diff, &mut out);
        assert!(out.contains(
            "<tr><td class=\"no del\">5</td><td class=\"del\">&lt;b&gt;<del>1</del> €&lt;/b&gt;</td>\
             <td class=\"no ins\">5</td><td class=\"ins\">&lt;b&gt;<ins>2</ins> €&lt;/b&gt;</td></tr>"
        ), "{out}");
        assert!(
            out.contains("<td class=\"void\"></td><td class=\"no ins\">6</td>"),
            "{out}"
        );
        assert!(
            out.contains("<td class=\"no\">6</td><td>&lt;/a&gt;</td><td class=\"no\">7</td>"),
            "{out}"
        );
    }

    #[test]
    fn shared_ends_do_not_overlap() {
        assert_eq!(shared(">>>", ">>"), (2, 0));
        assert_eq!(shared("<p>8080<", "<p>9090<"), (3, 1));
    }
}
