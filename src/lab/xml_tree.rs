//! An XML tree that prints comments, instructions and CDATA as they were written.
//! `xml_edit` edits it.

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;

/// The nesting limit of the vendor's parser.
const MAX_DEPTH: usize = 256;

/// A node of the tree.
#[derive(Clone, Debug)]
pub(super) enum XmlNode {
    Element(XmlElement),
    /// Text and references, as written.
    Text(String),
    Comment(String),
    /// CDATA, instructions, the declaration, the document type.
    Other(String),
}

/// An element and its children.
#[derive(Clone, Debug, Default)]
pub(super) struct XmlElement {
    /// The start tag without its angle brackets.
    tag: String,
    /// Whether it was written as `<name/>`.
    empty: bool,
    pub(super) children: Vec<XmlNode>,
}

/// A file: the root element, and the nodes before and after it.
#[derive(Clone, Debug)]
pub(super) struct XmlTree {
    before: Vec<XmlNode>,
    pub(super) root: XmlElement,
    after: Vec<XmlNode>,
}

impl XmlTree {
    /// Parses a file; the error says why it is not well-formed.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim_start().starts_with("<?xml ") && !text.starts_with('<') {
            return Err("text before the XML declaration".to_owned());
        }
        let mut top = parse_nodes(text)?.into_iter();
        let mut before = Vec::new();
        for node in top.by_ref() {
            match node {
                XmlNode::Element(root) => {
                    let after: Vec<_> = top.collect();
                    let misplaced = before.iter().chain(&after).any(is_misplaced);
                    return if misplaced {
                        Err("content outside the root element".to_owned())
                    } else {
                        Ok(Self {
                            before,
                            root,
                            after,
                        })
                    };
                }
                node @ (XmlNode::Text(_) | XmlNode::Comment(_) | XmlNode::Other(_)) => {
                    before.push(node);
                }
            }
        }
        Err("no root element".to_owned())
    }

    pub(super) fn print(&self) -> String {
        let mut text = String::new();
        self.before.iter().for_each(|node| node.print(&mut text));
        self.root.print(&mut text);
        self.after.iter().for_each(|node| node.print(&mut text));
        text
    }
}

/// Whether the node is not allowed outside the root element.
fn is_misplaced(node: &XmlNode) -> bool {
    match node {
        XmlNode::Element(_) => true,
        XmlNode::Text(text) => !text.trim().is_empty(),
        XmlNode::Other(text) => text.starts_with("<![CDATA["),
        XmlNode::Comment(_) => false,
    }
}

/// Parses the top-level nodes of a file.
fn parse_nodes(text: &str) -> Result<Vec<XmlNode>, String> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<XmlElement> = vec![XmlElement::default()];
    let mut from = 0;
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        let to = usize::try_from(reader.buffer_position()).map_err(|e| e.to_string())?;
        let written = text[from..to].to_owned();
        from = to;
        let node = match event {
            Event::Start(tag) => {
                if open.len() > MAX_DEPTH {
                    return Err("elements nested too deeply".to_owned());
                }
                open.push(XmlElement::tagged(&tag, false)?);
                continue;
            }
            Event::Empty(tag) => XmlNode::Element(XmlElement::tagged(&tag, true)?),
            Event::End(_) => XmlNode::Element(open.pop().unwrap_or_default()),
            Event::Text(_) | Event::GeneralRef(_) => XmlNode::Text(written),
            Event::Comment(_) => XmlNode::Comment(written),
            Event::CData(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) => {
                XmlNode::Other(written)
            }
            Event::Eof => break,
        };
        if let Some(parent) = open.last_mut() {
            parent.children.push(node);
        }
    }
    match (open.pop(), open.is_empty()) {
        (Some(top), true) => Ok(top.children),
        _ => Err("an element is not closed".to_owned()),
    }
}

impl XmlNode {
    fn print(&self, text: &mut String) {
        match self {
            Self::Element(element) => element.print(text),
            Self::Text(raw) | Self::Comment(raw) | Self::Other(raw) => text.push_str(raw),
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }

    pub(super) fn is_called(&self, name: &str) -> bool {
        matches!(self, Self::Element(element) if element.is_called(name))
    }
}

impl XmlElement {
    fn tagged(tag: &quick_xml::events::BytesStart<'_>, empty: bool) -> Result<Self, String> {
        for attribute in tag.attributes() {
            attribute.map_err(|error| error.to_string())?;
        }
        let tag = tag.to_string();
        Ok(Self {
            tag,
            empty,
            children: Vec::new(),
        })
    }

    pub(super) fn new(tag: &str) -> Self {
        Self {
            tag: tag.to_owned(),
            empty: false,
            children: Vec::new(),
        }
    }

    fn full_name(&self) -> &str {
        self.tag.split_ascii_whitespace().next().unwrap_or_default()
    }

    /// The name without a namespace prefix, as the vendor reads it.
    pub(super) fn name(&self) -> &str {
        let name = self.full_name();
        name.rsplit_once(':').map_or(name, |(_, local)| local)
    }

    /// Whether it is an element of that name which counts for everyone: `peer_ip` limits a
    /// docroot to clients of one address.
    pub(super) fn is_called(&self, name: &str) -> bool {
        let mut words = self.tag.split_ascii_whitespace().skip(1);
        self.name() == name && !words.any(|word| word.starts_with("peer_ip"))
    }

    fn print(&self, text: &mut String) {
        let tag = self.tag.trim_end();
        if self.empty && self.children.is_empty() {
            text.extend(["<", tag, "/>"]);
            return;
        }
        text.extend(["<", tag, ">"]);
        self.children.iter().for_each(|node| node.print(text));
        text.extend(["</", self.full_name(), ">"]);
    }

    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            XmlNode::Element(element) => Some(element),
            XmlNode::Text(_) | XmlNode::Comment(_) | XmlNode::Other(_) => None,
        })
    }

    /// All elements under a path, in every parent of that path.
    pub(super) fn all<'a>(&'a self, path: &[&str]) -> Vec<&'a Self> {
        let Some((first, rest)) = path.split_first() else {
            return vec![self];
        };
        let named = self.elements().filter(|element| element.is_called(first));
        named.flat_map(|element| element.all(rest)).collect()
    }

    /// The effective text: trimmed, up to CDATA or the first comment after it.
    pub(super) fn value(&self) -> String {
        let mut raw = String::new();
        for node in &self.children {
            match node {
                XmlNode::Text(text) => raw.push_str(text),
                XmlNode::Comment(_) if raw.trim().is_empty() => {}
                XmlNode::Comment(_) => break,
                XmlNode::Other(text) if text.starts_with("<![CDATA[") => break,
                XmlNode::Other(_) | XmlNode::Element(_) => {}
            }
        }
        let text = unescape(&raw).map_or_else(|_| raw.clone(), std::borrow::Cow::into_owned);
        text.trim().to_owned()
    }

    pub(super) fn is_bare(&self) -> bool {
        self.children.iter().all(XmlNode::is_blank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unedited_nodes_are_printed_as_written() {
        let text = "<?xml version='1.0'?>\r\n<!-- a --><CONF  version = '2'>\n<x:a b=\"1\"/>&#65;<![CDATA[z]]></CONF>\n";
        assert_eq!(XmlTree::parse(text).unwrap().print(), text);
    }

    #[test]
    fn values_end_at_comments_and_cdata() {
        let value = |text: &str| XmlTree::parse(text).unwrap().root.value();
        assert_eq!(value("<a> x &amp; y </a>"), "x & y");
        assert_eq!(value("<a><!-- c -->x<!-- c -->y</a>"), "x");
        assert_eq!(value("<a><![CDATA[x]]></a>"), "");
    }

    #[test]
    fn malformed_files_are_refused() {
        for text in [
            "",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>x",
            "\n<?xml version='1.0'?><a/>",
            "<a>&</a>",
        ] {
            assert!(XmlTree::parse(text).is_err(), "{text:?}");
        }
        let deep = format!("{}{}", "<a>".repeat(300), "</a>".repeat(300));
        assert!(XmlTree::parse(&deep).is_err());
    }
}
