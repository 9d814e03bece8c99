//! Indentation and line ends: what new elements take from those around them.
//! It looks at blanks only.

use super::index::{Element, SectionSite};
use super::leaf::BLANKS;

/// How a file is laid out where nothing nearer says.
#[derive(Debug)]
pub(super) struct Style {
    end_of_line: &'static str,
    /// Some steps of indentation.
    steps: String,
    /// How long one of them is.
    unit: usize,
}

/// More steps than new elements are deep.
const STEPS: usize = 16;

impl Style {
    /// As the root's children are.
    pub(super) fn of(text: &str, root: Option<&SectionSite>) -> Self {
        let end = memchr::memchr(b'\n', text.as_bytes());
        let end_of_line = match end {
            Some(at) if text[..at].ends_with('\r') => "\r\n",
            Some(_) | None => "\n",
        };
        let own = root.and_then(|root| lead(text, root.element.open));
        let child = root.and_then(|root| lead(text, root.last?.0));
        let unit = match (indent(own.unwrap_or("")), child.map(indent)) {
            (own, Some(child)) if child.len() > own.len() => child.strip_prefix(own),
            _ => None,
        };
        let unit = unit.unwrap_or("  ");
        Self {
            end_of_line,
            steps: unit.repeat(STEPS),
            unit: unit.len(),
        }
    }

    /// The line end and indentation of an element one step inside.
    fn inside(&self, lead: &str) -> String {
        format!("{lead}{}", &self.steps[..self.unit])
    }

    /// What goes before an element with that line end and indentation, and
    /// before those inside.
    pub(super) fn depths(&self, outer: &str) -> Vec<String> {
        let steps = (0..=STEPS).map(|depth| &self.steps[..depth * self.unit]);
        steps.map(|steps| format!("{outer}{steps}")).collect()
    }

    /// What goes before a new child, and before the end tag of an element
    /// that had none; nothing where all stands on one line.
    pub(super) fn leads(&self, text: &str, grown: Element, last: Option<usize>) -> Leads {
        let own = match lead(text, grown.open) {
            Some(own) => Some(own.to_owned()),
            None if is_first(text, grown) => self.of_root(text, grown),
            None => None,
        };
        let child = match last {
            Some(last) => lead(text, last).map(str::to_owned),
            None => own.as_deref().map(|own| self.inside(own)),
        };
        Leads { own, child }
    }

    // A root that no line end precedes still starts a line.
    fn of_root(&self, text: &str, root: Element) -> Option<String> {
        let inner = &text[root.inner..root.close];
        let is_laid_out = if inner.trim_matches(BLANKS).is_empty() {
            text.contains('\n')
        } else {
            inner.contains('\n')
        };
        is_laid_out.then(|| self.end_of_line.to_owned())
    }
}

/// Line ends and indentations around a place for new elements.
#[derive(Debug)]
pub(super) struct Leads {
    pub(super) own: Option<String>,
    pub(super) child: Option<String>,
}

/// The line end and indentation before a tag, if it stands first on its line.
pub(super) fn lead(text: &str, open: usize) -> Option<&str> {
    let before = text[..open].trim_end_matches([' ', '\t']);
    let line = before.strip_suffix('\n')?;
    let line = line.strip_suffix('\r').unwrap_or(line);
    Some(&text[line.len()..open])
}

fn indent(lead: &str) -> &str {
    lead.trim_start_matches(['\r', '\n'])
}

fn is_first(text: &str, element: Element) -> bool {
    let before = text[..element.open].trim_start_matches('\u{feff}');
    match before.trim_matches(BLANKS).strip_suffix("?>") {
        Some(declaration) => declaration.starts_with("<?xml") && !declaration.contains('>'),
        None => before.is_empty(),
    }
}

/// The bytes that go with an element: its line, if it has it for itself.
pub(super) fn line_of(text: &str, element: Element) -> std::ops::Range<usize> {
    match (lead(text, element.open), line_end(text, element.end)) {
        (Some(lead), Some(end)) => element.open - lead.len()..end,
        _ => element.open..element.end,
    }
}

/// Where the next sibling of an element that ends there is put: past what
/// else stands on its line and belongs to it.
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

// The end of the line's blanks, if nothing else follows on the line.
fn line_end(text: &str, from: usize) -> Option<usize> {
    let rest = text[from..].trim_start_matches([' ', '\t']);
    (rest.starts_with('\n') || rest.starts_with("\r\n")).then_some(text.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_is_a_line_end_and_blanks() {
        assert_eq!(lead("x\r\n\t<a/>", 4), Some("\r\n\t"));
        assert_eq!(lead("\n\n  <a/>", 4), Some("\n  "));
        assert_eq!(lead("<b/> <a/>", 5), None);
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
