//! A second reader of aspera.conf for the tests: a simple tree that is read like
//! the vendor's parser does. It is slow, and shares no code with the product.

use ascript::conf::Setting;
use ascript::state::Section;
use ascript::state::ValueType;
use quick_xml::Reader;
use quick_xml::events::Event;

/// An element, with its span and the value it would have as a leaf.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) span: (usize, usize),
    pub(crate) inner: (usize, usize),
    pub(crate) kids: Vec<Node>,
    text: String,
    is_over: bool,
    has_cdata: bool,
}

impl Node {
    pub(crate) fn value(&self) -> Option<String> {
        let text = self.text.trim().replace("\r\n", "\n");
        let is_unset = text == "AS_NULL" || (text.is_empty() && self.has_cdata);
        (!is_unset).then_some(text)
    }

    fn all<'n>(&'n self, path: &str) -> Vec<&'n Node> {
        path.split('/').fold(vec![self], |nodes, name| {
            let kids = nodes.iter().flat_map(|node| &node.kids);
            kids.filter(|kid| kid.name == name).collect()
        })
    }
}

/// The root element of a well-formed file.
pub(crate) fn parse(text: &str) -> Result<Node, String> {
    let base = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut reader = Reader::from_str(&text[base..]);
    let at = |reader: &Reader<&[u8]>| usize::try_from(reader.buffer_position()).unwrap() + base;
    let mut stack = vec![Node::default()];
    loop {
        let start = at(&reader);
        let event = reader.read_event().map_err(|error| error.to_string())?;
        let end = at(&reader);
        let top = stack.last_mut().ok_or("too many ends")?;
        match event {
            Event::Start(tag) => {
                top.is_over = true;
                stack.push(element(tag.name().0, start, end));
            }
            Event::Empty(tag) => {
                top.is_over = true;
                top.kids.push(element(tag.name().0, start, end));
            }
            Event::End(_) => {
                let mut node = stack.pop().ok_or("an end too many")?;
                node.span.1 = end;
                node.inner.1 = start;
                stack.last_mut().ok_or("an end too many")?.kids.push(node);
            }
            Event::Text(run) if !top.is_over => top.text.push_str(&run),
            Event::GeneralRef(name) if !top.is_over => top.text.push_str(&resolved(&name)?),
            Event::CData(_) => {
                top.has_cdata = true;
                top.is_over = true;
            }
            Event::Comment(_) | Event::PI(_) if !top.text.trim().is_empty() => top.is_over = true,
            Event::Comment(_) | Event::PI(_) => top.text.clear(),
            Event::Eof => break,
            Event::Text(_) | Event::GeneralRef(_) | Event::Decl(_) | Event::DocType(_) => {}
        }
    }
    let mut bottom = stack.pop().filter(|_| stack.is_empty()).ok_or("no end")?;
    match bottom.kids.len() {
        1 => Ok(bottom.kids.remove(0)),
        count => Err(format!("{count} roots")),
    }
}

fn element(name: &str, start: usize, end: usize) -> Node {
    Node {
        name: name.rsplit(':').next().unwrap_or("").to_owned(),
        span: (start, end),
        inner: (end, end),
        ..Node::default()
    }
}

fn resolved(name: &str) -> Result<String, String> {
    Ok(match name {
        "amp" => "&".into(),
        "lt" => "<".into(),
        "gt" => ">".into(),
        "mine" => "declared".into(),
        "#65" => "A".into(),
        other => return Err(format!("&{other};")),
    })
}

/// The element of a section.
pub(crate) fn section<'n>(root: &'n Node, section: &Section) -> Option<&'n Node> {
    let named = |path: &str, selector: &str, name: &str| {
        root.all(path).into_iter().find(|node| {
            let first = node.kids.iter().find(|kid| kid.name == selector);
            first.and_then(Node::value).as_deref() == Some(name)
        })
    };
    match section {
        Section::User(name) => named("aaa/realms/realm/users/user", "name", name),
        Section::Group(name) => named("aaa/realms/realm/groups/group", "name", name),
        Section::Trunk(id) => named("trunks/trunk", "id", &id.to_string()),
        Section::Logging(classes) => named("logging/log_setting", "classes", classes),
        Section::Node => root.all("default").first().copied(),
        Section::Server => root.all("server").first().copied(),
        Section::HttpServer => root.all("http_server").first().copied(),
        Section::CentralServer => root.all("central_server").first().copied(),
        Section::Client => root.all("client").first().copied(),
        Section::Database => root.all("database").first().copied(),
    }
}

/// The elements of a setting. The first of them counts.
pub(crate) fn leaves<'n>(root: &'n Node, at: &Section, setting: &Setting) -> Vec<&'n Node> {
    section(root, at).map_or(Vec::new(), |node| node.all(setting.path))
}

/// The value of a setting, or the items of its list.
pub(crate) fn read(root: &Node, at: &Section, setting: &Setting) -> Option<Vec<String>> {
    let leaves = leaves(root, at, setting);
    if setting.kind == ValueType::Items {
        let items: Vec<_> = leaves.iter().filter_map(|leaf| leaf.value()).collect();
        items.first()?;
        return Some(items.into_iter().filter(|item| !item.is_empty()).collect());
    }
    leaves.first()?.value().map(|value| vec![value])
}

/// The names of all user entries; an empty name where there is none.
pub(crate) fn user_names(root: &Node) -> Vec<String> {
    let users = root.all("aaa/realms/realm/users/user");
    let name = |user: &&Node| {
        let first = user.kids.iter().find(|kid| kid.name == "name");
        first.and_then(Node::value).unwrap_or_default()
    };
    users.iter().map(name).collect()
}
