//! Changes of a tree: elements made, found, filled and removed, each on a line
//! of its own. It knows nothing of what they are for.

use quick_xml::escape::escape;

use super::xml_tree::{XmlElement, XmlNode};

impl XmlElement {
    pub(super) fn set_value(&mut self, value: &str) {
        self.children = vec![XmlNode::Text(escape(value).into_owned())];
    }

    /// The first element under a path, made where it is missing; `depth` is
    /// how far this one is indented.
    pub(super) fn make(&mut self, path: &[&str], depth: usize) -> &mut Self {
        let Some((tag, rest)) = path.split_first() else {
            return self;
        };
        let name = Self::new(tag).name().to_owned();
        let at = match self.children.iter().position(|node| node.is_called(&name)) {
            Some(at) => at,
            None => self.append(tag, depth),
        };
        match &mut self.children[at] {
            XmlNode::Element(child) => child.make(rest, depth + 1),
            // Both ways of finding `at` lead to an element.
            XmlNode::Text(_) | XmlNode::Comment(_) | XmlNode::Other(_) => {
                unreachable!("an element")
            }
        }
    }

    /// Adds an element on a line of its own, and gives its place.
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

    /// The child at a place that [`Self::append`] gave.
    pub(super) fn at(&mut self, place: usize) -> Option<&mut Self> {
        match self.children.get_mut(place)? {
            XmlNode::Element(element) => Some(element),
            XmlNode::Text(_) | XmlNode::Comment(_) | XmlNode::Other(_) => None,
        }
    }

    /// The first element under a path that is wanted, through every container.
    pub(super) fn find_mut(
        &mut self,
        path: &[&str],
        wanted: &impl Fn(&Self) -> bool,
    ) -> Option<&mut Self> {
        let Some((first, rest)) = path.split_first() else {
            return wanted(self).then_some(self);
        };
        self.children.iter_mut().find_map(|node| match node {
            XmlNode::Element(element) if element.name() == *first => element.find_mut(rest, wanted),
            XmlNode::Element(_) | XmlNode::Text(_) | XmlNode::Comment(_) | XmlNode::Other(_) => {
                None
            }
        })
    }

    /// Removes every element under a path, and containers it leaves empty.
    pub(super) fn remove(&mut self, path: &[&str]) {
        match path {
            [] => {}
            [name] => self.drop_children(|element| element.name() == *name),
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
    fn new_elements_stand_on_lines_of_their_own() {
        let mut document = XmlTree::parse("<CONF/>").unwrap();
        document
            .root
            .make(&["server", "server_name"], 0)
            .set_value("a&b");
        let wanted =
            "<CONF>\n  <server>\n    <server_name>a&amp;b</server_name>\n  </server>\n</CONF>";
        assert_eq!(document.print(), wanted);
        document.root.remove(&["server", "server_name"]);
        assert_eq!(document.print(), "<CONF>\n</CONF>");
    }
}
