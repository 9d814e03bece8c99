//! The elements inside one section, parsed when the section is read or edited.

use std::cell::OnceCell;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::index::ElementSpan;
use super::scan::without_prefix;

/// The elements of a section, each before its children.
#[derive(Debug)]
pub(super) struct ElementTree<'t> {
    nodes: Vec<TreeNode<'t>>,
    rules: OnceCell<Vec<ElementSpan>>,
}

/// One element.
#[derive(Debug)]
pub(super) struct TreeNode<'t> {
    /// Without its prefix.
    pub(super) name: &'t str,
    pub(super) element: ElementSpan,
    /// The first node that is not inside it.
    next: usize,
}

impl<'t> ElementTree<'t> {
    /// Parses a section's element, which itself is node 0.
    pub(super) fn parse(text: &'t str, section: ElementSpan) -> Self {
        let mut tree = Self {
            nodes: Vec::with_capacity(64),
            rules: OnceCell::new(),
        };
        tree.fill(text, section);
        tree
    }

    fn fill(&mut self, text: &'t str, section: ElementSpan) {
        let mut open = Vec::new();
        // From its tag on: a reader drops a U+FEFF at its start, and counts it not.
        let base = section.open;
        let mut reader = Reader::from_str(&text[section.open..section.end]);
        // The scan has found the whole file well-formed.
        reader.config_mut().check_end_names = false;
        reader.config_mut().trim_text_start = true;
        loop {
            let event = reader.read_event();
            let end = base + position(&reader);
            match event {
                Ok(Event::Start(tag)) => {
                    let start = end - tag.len() - ">".len();
                    let name = &text[start..start + tag.name().0.len()];
                    open.push(self.begin(name, start - 1, end));
                }
                Ok(Event::Empty(tag)) => {
                    let start = end - tag.len() - "/>".len();
                    let name = &text[start..start + tag.name().0.len()];
                    self.begin(name, start - 1, end);
                }
                Ok(Event::End(_)) => {
                    if let Some(node) = open.pop() {
                        let close = memchr::memrchr(b'<', &text.as_bytes()[..end]);
                        self.finish(node, close.unwrap_or(end), end);
                    }
                }
                Ok(Event::Eof) | Err(_) => break,
                Ok(
                    Event::Text(_)
                    | Event::CData(_)
                    | Event::Comment(_)
                    | Event::Decl(_)
                    | Event::PI(_)
                    | Event::DocType(_)
                    | Event::GeneralRef(_),
                ) => {}
            }
        }
    }

    fn begin(&mut self, name: &'t str, open: usize, inner: usize) -> usize {
        let element = ElementSpan {
            open,
            inner,
            close: inner,
            end: inner,
        };
        self.nodes.push(TreeNode {
            name: without_prefix(name),
            element,
            next: self.nodes.len() + 1,
        });
        self.nodes.len() - 1
    }

    fn finish(&mut self, node: usize, close: usize, end: usize) {
        let next = self.nodes.len();
        let node = &mut self.nodes[node];
        node.element.close = close;
        node.element.end = end;
        node.next = next;
    }

    /// The element of a node.
    pub(super) fn element(&self, node: usize) -> ElementSpan {
        self.nodes[node].element
    }

    /// The range of a node's last child element.
    pub(super) fn last_child(&self, node: usize) -> Option<Range<usize>> {
        let last = self.nodes[self.children(node).last()?].element;
        Some(last.open..last.end)
    }

    /// The child elements of a node.
    pub(super) fn children(&self, node: usize) -> impl Iterator<Item = usize> {
        let end = self.nodes[node].next;
        let first = Some(node + 1).filter(|&child| child < end);
        std::iter::successors(first, move |&child| {
            Some(self.nodes[child].next).filter(|&next| next < end)
        })
    }

    /// All elements at that path, in their order, whichever of equal parents has them.
    pub(super) fn elements_at(&self, path: &str) -> Vec<ElementSpan> {
        let mut found = Vec::new();
        self.collect_at(0, path, &mut found);
        found
    }

    fn collect_at(&self, parent: usize, path: &str, found: &mut Vec<ElementSpan>) {
        let (first, rest) = split_first(path);
        for child in self.children(parent) {
            if self.nodes[child].name == first {
                match rest {
                    "" => found.push(self.nodes[child].element),
                    rest => self.collect_at(child, rest, found),
                }
            }
        }
    }

    /// The elements of a section's rules, whose path is the same for all its settings.
    pub(super) fn rules(&self, path: &str) -> &[ElementSpan] {
        self.rules.get_or_init(|| self.elements_at(path))
    }

    /// The deepest node that contains that path or a parent of it, and the rest
    /// of the path.
    pub(super) fn deepest<'p>(&self, path: &'p str) -> (usize, &'p str) {
        self.descend(0, path)
    }

    fn descend<'p>(&self, parent: usize, path: &'p str) -> (usize, &'p str) {
        let (first, rest) = split_first(path);
        let mut best = (parent, path);
        // The last part is the element that will be added.
        if rest.is_empty() {
            return best;
        }
        for child in self.children(parent) {
            if self.nodes[child].name == first {
                let found = self.descend(child, rest);
                if found.1.len() < best.1.len() {
                    best = found;
                }
            }
        }
        best
    }

    /// Calls with the path and element of every node below the section.
    pub(super) fn walk(&self, mut each: impl FnMut(&str, ElementSpan)) {
        let mut path = String::new();
        let mut ends: Vec<(usize, usize)> = Vec::new();
        for (number, node) in self.nodes.iter().enumerate().skip(1) {
            while let Some(&(end, length)) = ends.last()
                && end <= number
            {
                path.truncate(length);
                ends.pop();
            }
            ends.push((node.next, path.len()));
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(node.name);
            each(&path, node.element);
        }
    }
}

fn split_first(path: &str) -> (&str, &str) {
    path.split_once('/').unwrap_or((path, ""))
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_with_the_same_path_are_one() {
        let text = "<d><a><b>1</b></a><!-- --><p:a><b>2</b><c/></p:a></d>";
        let section = ElementSpan {
            open: 0,
            inner: 3,
            close: text.len() - 4,
            end: text.len(),
        };
        let tree = ElementTree::parse(text, section);
        let values: Vec<_> = tree
            .elements_at("a/b")
            .iter()
            .map(|e| &text[e.inner..e.close])
            .collect();
        assert_eq!(values, ["1", "2"]);
        let mut paths = Vec::new();
        tree.walk(|path, _| paths.push(path.to_owned()));
        assert_eq!(paths, ["a", "a/b", "a", "a/b", "a/c"]);
        let (node, rest) = tree.deepest("a/x/y");
        assert_eq!((tree.nodes[node].element.open, rest), (3, "x/y"));
        assert_eq!(tree.deepest("a").1, "a");
    }
}
