//! Edits of an XML tree: creates, finds, fills and removes elements, each on a line
//! of its own.

use quick_xml::escape::escape;

use super::xml_tree::{XmlElement, XmlNode};

impl XmlElement {
    pub(super) fn set_value(&mut self, value: &str) {
        self.children = vec![XmlNode::Text(escape(value).into_owned())];
    }

    /// The first element under a path, created if missing. `depth` is the
    /// indentation of this element.
    pub(super) fn child(&mut self, path: &[&str], depth: usize) -> &mut Self {
        let Some((tag, rest)) = path.split_first() else {
            return self;
        };
        let name = Self::new(tag).name().to_owned();
        let at = match self.children.iter().position(|node| node.is_called(&name)) {
            Some(at) => at,
            None => self.append(tag, depth),
        };
        match &mut self.children[at] {
            XmlNode::Element(child) => child.child(rest, depth + 1),
            // `at` is the index of an element in both cases.
            XmlNode::Text(_) | XmlNode::Comment(_) | XmlNode::Other(_) => {
                unreachable!("an element")
            }
        }
    }

    /// Adds an element on a line of its own and returns its index.
    pub(super) fn append(&mut self, tag: &str, depth: usize) -> usize {
        let line = |depth: usize| XmlNode::Text(format!("\n{}", "  ".repeat(depth)));
        let end = match self.children.pop() {
            Some(last) if last.is_blank() => last,
            Some(last) => {
                self.children.push(last);
                line(depth)
            }
            None => line(depth),
        };
        self.children.push(line(depth + 1));
        self.children.push(XmlNode::Element(Self::new(tag)));
        self.children.push(end);
        self.children.len() - 2
    }

    /// The element at an index that [`Self::append`] returned.
    pub(super) fn at(&mut self, index: usize) -> Option<&mut Self> {
        match self.children.get_mut(index)? {
            XmlNode::Element(element) => Some(element),
            XmlNode::Text(_) | XmlNode::Comment(_) | XmlNode::Other(_) => None,
        }
    }

    /// The first matching element under a path, in every parent of that path.
    pub(super) fn find_mut(
        &mut self,
        path: &[&str],
        matches: &impl Fn(&Self) -> bool,
    ) -> Option<&mut Self> {
        let Some((first, rest)) = path.split_first() else {
            return matches(self).then_some(self);
        };
        self.children.iter_mut().find_map(|node| match node {
            XmlNode::Element(element) if element.name() == *first => {
                element.find_mut(rest, matches)
            }
            XmlNode::Element(_) | XmlNode::Text(_) | XmlNode::Comment(_) | XmlNode::Other(_) => {
                None
            }
        })
    }

    /// Removes every element under a path, and parents that become empty.
    pub(super) fn remove(&mut self, path: &[&str]) {
        match path {
            [] => {}
            [name] => self.drop_children(|element| element.is_called(name)),
            [name, rest @ ..] => {
                for node in &mut self.children {
                    if let XmlNode::Element(element) = node
                        && element.name() == *name
                    {
                        element.remove(rest);
                    }
                }
                self.drop_children(|element| element.name() == *name && element.is_bare());
            }
        }
    }

    /// Removes children, each with the blank text before it.
    pub(super) fn drop_children(&mut self, unwanted: impl Fn(&Self) -> bool) {
        let mut kept: Vec<XmlNode> = Vec::new();
        for node in self.children.drain(..) {
            if matches!(&node, XmlNode::Element(element) if unwanted(element)) {
                if kept.last().is_some_and(XmlNode::is_blank) {
                    kept.pop();
                }
            } else {
                kept.push(node);
            }
        }
        self.children = kept;
    }
}

#[cfg(test)]
mod tests {
    use crate::lab::xml_tree::XmlTree;

    #[test]
    fn new_elements_get_lines_of_their_own() {
        let mut tree = XmlTree::parse("<CONF/>").unwrap();
        tree.root
            .child(&["server", "server_name"], 0)
            .set_value("a&b");
        let wanted =
            "<CONF>\n  <server>\n    <server_name>a&amp;b</server_name>\n  </server>\n</CONF>";
        assert_eq!(tree.print(), wanted);
        tree.root.remove(&["server", "server_name"]);
        assert_eq!(tree.print(), "<CONF>\n</CONF>");
    }
}
