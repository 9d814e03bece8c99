//! Line ends and indentation that new elements take from the elements around them.

use super::content::BLANKS;
use super::document::Document;
use super::element_kind::ElementKind;
use super::elements::ElementSpan;

/// The line ends and indentation of a file.
#[derive(Debug)]
pub(super) struct Layout {
    end_of_line: &'static str,
    /// The indentation of [`MAX_STEPS`] levels.
    steps: String,
    /// The length of one level.
    unit: usize,
}

/// More levels than new elements have.
const MAX_STEPS: usize = 16;

impl Layout {
    /// The layout of a file, from its root and the root's children.
    pub(super) fn detect(document: &Document) -> Self {
        let text = document.text.as_str();
        let root = document.index.first(ElementKind::ROOT);
        let end = memchr::memchr(b'\n', text.as_bytes());
        let end_of_line = match end {
            Some(at) if text[..at].ends_with('\r') => "\r\n",
            Some(_) | None => "\n",
        };
        let own = root.and_then(|root| line_start(text, document.span(root.number).open));
        let last = root.and_then(|root| document.last_child(root.number));
        let child = last.and_then(|last| line_start(text, last.start));
        let unit = match (indentation(own.unwrap_or("")), child.map(indentation)) {
            (own, Some(child)) if child.len() > own.len() => child.strip_prefix(own),
            _ => None,
        };
        let unit = unit.unwrap_or("  ");
        Self {
            end_of_line,
            steps: unit.repeat(MAX_STEPS),
            unit: unit.len(),
        }
    }

    /// The line start of an element one level inside.
    fn inside(&self, outer: &str) -> String {
        format!("{outer}{}", &self.steps[..self.unit])
    }

    /// The line starts of an element with that one and of the levels inside it.
    pub(super) fn levels(&self, outer: &str) -> Vec<String> {
        let steps = (0..=MAX_STEPS).map(|depth| &self.steps[..depth * self.unit]);
        steps.map(|steps| format!("{outer}{steps}")).collect()
    }

    /// The line starts of a new child of an element; none where all is on one
    /// line. `last` is where its last child starts.
    pub(super) fn line_starts(
        &self,
        text: &str,
        parent: ElementSpan,
        last: Option<usize>,
    ) -> LineStarts {
        let own = match line_start(text, parent.open) {
            Some(own) => Some(own.to_owned()),
            None if is_first(text, parent) => self.of_root(text, parent),
            None => None,
        };
        let child = match last {
            Some(last) => line_start(text, last).map(str::to_owned),
            None => own.as_deref().map(|own| self.inside(own)),
        };
        LineStarts { own, child }
    }

    // A root at the start of the file starts a line as well.
    fn of_root(&self, text: &str, root: ElementSpan) -> Option<String> {
        let inner = &text[root.inner..root.close];
        let is_laid_out = if inner.trim_matches(BLANKS).is_empty() {
            text.contains('\n')
        } else {
            inner.contains('\n')
        };
        is_laid_out.then(|| self.end_of_line.to_owned())
    }
}

/// Line ends with the indentation that follows them.
#[derive(Debug)]
pub(super) struct LineStarts {
    /// Before the parent's tags.
    pub(super) own: Option<String>,
    /// Before its children.
    pub(super) child: Option<String>,
}

/// The line end and indentation before a tag, if it is the first on its line.
fn line_start(text: &str, open: usize) -> Option<&str> {
    let before = text[..open].trim_end_matches([' ', '\t']);
    let line = before.strip_suffix('\n')?;
    let line = line.strip_suffix('\r').unwrap_or(line);
    Some(&text[line.len()..open])
}

fn indentation(line_start: &str) -> &str {
    line_start.trim_start_matches(['\r', '\n'])
}

/// Whether nothing but the XML declaration precedes an element.
fn is_first(text: &str, element: ElementSpan) -> bool {
    let before = text[..element.open].trim_start_matches('\u{feff}');
    match before.trim_matches(BLANKS).strip_suffix("?>") {
        Some(declaration) => declaration.starts_with("<?xml") && !declaration.contains('>'),
        None => before.is_empty(),
    }
}

/// The range to remove with an element: its lines, if nothing else is on them.
pub(super) fn lines_of(text: &str, element: ElementSpan) -> std::ops::Range<usize> {
    match (line_start(text, element.open), line_end(text, element.end)) {
        (Some(start), Some(end)) => element.open - start.len()..end,
        _ => element.open..element.end,
    }
}

/// Where to insert the next sibling of an element that ends there: after a
/// comment on the same line, which belongs to the element.
pub(super) fn after(text: &str, end: usize) -> usize {
    if let Some(end) = line_end(text, end) {
        return end;
    }
    let rest = text[end..].trim_start_matches([' ', '\t']);
    let start = text.len() - rest.len();
    let comment = rest
        .strip_prefix("<!--")
        .and_then(|rest| rest.split_once("-->"))
        .filter(|(comment, _)| !comment.contains('\n'));
    match comment {
        Some((comment, _)) => {
            let past = start + "<!---->".len() + comment.len();
            line_end(text, past).unwrap_or(past)
        }
        None => end,
    }
}

/// The end of the blanks that follow, if nothing else follows on the line.
fn line_end(text: &str, from: usize) -> Option<usize> {
    let rest = text[from..].trim_start_matches([' ', '\t']);
    (rest.starts_with('\n') || rest.starts_with("\r\n")).then_some(text.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_start_is_a_line_end_and_blanks() {
        assert_eq!(line_start("x\r\n\t<a/>", 4), Some("\r\n\t"));
        assert_eq!(line_start("\n\n  <a/>", 4), Some("\n  "));
        assert_eq!(line_start("<b/> <a/>", 5), None);
    }

    #[test]
    fn a_comment_on_the_same_line_stays_with_its_element() {
        let text = "<a/> <!-- of a --> \n<b/>";
        assert_eq!(&text[after(text, 4)..], "\n<b/>");
        assert_eq!(after("<a/><b/>", 4), 4);
        assert_eq!(
            &"<a/> <!-- two\nlines -->"[after("<a/> <!-- two\nlines -->", 4)..],
            " <!-- two\nlines -->"
        );
    }
}
