//! The elements inside one section, made when something is asked of it. It
//! holds where they stand, never what they say.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::index::Element;
use super::scan::local;

/// The elements of a section, each before its children.
#[derive(Debug)]
pub(super) struct Outline<'t> {
    nodes: Vec<Node<'t>>,
}

/// One element.
#[derive(Debug)]
pub(super) struct Node<'t> {
    /// Without its prefix.
    pub(super) name: &'t str,
    pub(super) element: Element,
    /// The first node that is not inside it.
    next: usize,
}

impl<'t> Outline<'t> {
    /// Of the section whose element that is; the element itself is node 0.
    pub(super) fn of(text: &'t str, section: Element) -> Self {
        let mut outline = Self {
            nodes: Vec::with_capacity(64),
        };
        outline.begin("", section.open, section.inner);
        outline.nodes[0].element = section;
        outline.fill(text, section);
        outline.nodes[0].next = outline.nodes.len();
        outline
    }

    fn fill(&mut self, text: &'t str, section: Element) {
        let mut open = Vec::new();
        let base = section.inner;
        let mut reader = Reader::from_str(&text[section.inner..section.close]);
        // The whole file was found to be well-formed.
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
        let element = Element {
            open,
            inner,
            close: inner,
            end: inner,
        };
        self.nodes.push(Node {
            name: local(name),
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
    pub(super) fn element(&self, node: usize) -> Element {
        self.nodes[node].element
    }

    /// Start and end of a node's last child element.
    pub(super) fn last_child(&self, node: usize) -> Option<(usize, usize)> {
        let last = self.children(node).last()?;
        Some((self.nodes[last].element.open, self.nodes[last].element.end))
    }

    /// The child elements of a node.
    pub(super) fn children(&self, node: usize) -> impl Iterator<Item = usize> {
        let end = self.nodes[node].next;
        let first = Some(node + 1).filter(|&child| child < end);
        std::iter::successors(first, move |&child| {
            Some(self.nodes[child].next).filter(|&next| next < end)
        })
    }

    /// Elements at that path, in their order; equal parents count as one.
    pub(super) fn leaves(&self, path: &str) -> Vec<Element> {
        let mut found = Vec::new();
        self.collect(0, path, &mut found);
        found
    }

    fn collect(&self, parent: usize, path: &str, found: &mut Vec<Element>) {
        let (first, rest) = step(path);
        for child in self.children(parent) {
            if self.nodes[child].name == first {
                match rest {
                    "" => found.push(self.nodes[child].element),
                    rest => self.collect(child, rest, found),
                }
            }
        }
    }

    /// The deepest node on the way to that path, and what of the path is left.
    pub(super) fn deepest<'p>(&self, path: &'p str) -> (usize, &'p str) {
        self.descend(0, path)
    }

    fn descend<'p>(&self, parent: usize, path: &'p str) -> (usize, &'p str) {
        let (first, rest) = step(path);
        let mut best = (parent, path);
        // The last part is the leaf itself, which is to be made.
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
    pub(super) fn walk(&self, mut each: impl FnMut(&str, Element)) {
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

fn step(path: &str) -> (&str, &str) {
    path.split_once('/').unwrap_or((path, ""))
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_parents_count_as_one() {
        let text = "<d><a><b>1</b></a><!-- --><p:a><b>2</b><c/></p:a></d>";
        let section = Element {
            open: 0,
            inner: 3,
            close: text.len() - 4,
            end: text.len(),
        };
        let outline = Outline::of(text, section);
        let values: Vec<_> = outline
            .leaves("a/b")
            .iter()
            .map(|e| &text[e.inner..e.close])
            .collect();
        assert_eq!(values, ["1", "2"]);
        let mut paths = Vec::new();
        outline.walk(|path, _| paths.push(path.to_owned()));
        assert_eq!(paths, ["a", "a/b", "a", "a/b", "a/c"]);
        let (node, rest) = outline.deepest("a/x/y");
        assert_eq!((outline.nodes[node].element.open, rest), (3, "x/y"));
        assert_eq!(outline.deepest("a").1, "a");
    }
}
