//! The lab's `aspera.conf`: reads, edits and replaces the file. `conf_check` knows
//! what a server accepts.

use std::fs;
use std::io;

use super::lab_folder::{CONF, LabFolder};
use super::setting_list::{LabSetting, SettingGroup, SettingShape};
use super::xml_tree::{XmlElement, XmlTree};

/// The value that removes a setting.
const UNSET: &str = "AS_NULL";

const USERS: [&str; 5] = ["aaa", "realms", "realm", "users", "user"];
const GROUPS: [&str; 5] = ["aaa", "realms", "realm", "groups", "group"];

/// The section that contains settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ConfScope {
    User(String),
    Group(String),
    Default,
    Trunk(String),
    /// The log settings of these classes, or the first ones.
    Logging(Option<String>),
    /// A section that exists once.
    Only(SettingGroup),
}

impl ConfScope {
    pub(super) fn group(&self) -> SettingGroup {
        match self {
            Self::User(_) | Self::Group(_) | Self::Default => SettingGroup::Body,
            Self::Trunk(_) => SettingGroup::Trunk,
            Self::Logging(_) => SettingGroup::Logging,
            Self::Only(group) => *group,
        }
    }

    /// The path of elements of this kind.
    fn path(&self) -> &'static [&'static str] {
        match self {
            Self::User(_) => &USERS,
            Self::Group(_) => &GROUPS,
            Self::Default => &["default"],
            Self::Trunk(_) => &["trunks", "trunk"],
            Self::Logging(_) => &["logging", "log_setting"],
            Self::Only(group) => only(*group),
        }
    }

    /// The leaf and value that identify one element among its siblings.
    fn identity(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::User(name) | Self::Group(name) => Some(("name", name)),
            Self::Trunk(id) => Some(("id", id)),
            Self::Logging(classes) => classes.as_deref().map(|classes| ("classes", classes)),
            Self::Default | Self::Only(_) => None,
        }
    }

    fn matches(&self, element: &XmlElement) -> bool {
        self.identity()
            .is_none_or(|(leaf, value)| first_value(element, &[leaf]).as_deref() == Some(value))
    }
}

fn only(group: SettingGroup) -> &'static [&'static str] {
    match group {
        SettingGroup::Central => &["central_server"],
        SettingGroup::Database => &["database"],
        SettingGroup::Server => &["server"],
        SettingGroup::HttpServer => &["http_server"],
        SettingGroup::Client => &["client"],
        SettingGroup::Body | SettingGroup::Trunk | SettingGroup::Logging => &[],
    }
}

/// The file as a tree.
#[derive(Clone, Debug)]
pub(super) struct ConfFile {
    tree: XmlTree,
}

impl ConfFile {
    /// Reads and parses the file.
    pub(super) fn load(folder: &LabFolder) -> io::Result<Self> {
        let text = fs::read_to_string(folder.path(CONF))?;
        let conf = Self::parse(&text);
        conf.map_err(|reason| io::Error::new(io::ErrorKind::InvalidData, reason))
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let tree = XmlTree::parse(text)?;
        let name = tree.root.name();
        if name.eq_ignore_ascii_case("conf") {
            Ok(Self { tree })
        } else {
            Err(format!("the root element is {name}"))
        }
    }

    pub(super) fn save(&self, folder: &LabFolder) -> io::Result<()> {
        folder.write(CONF, self.print().as_bytes())
    }

    /// Its text.
    pub(super) fn print(&self) -> String {
        self.tree.print()
    }

    /// The root element, if it has a name for which the vendor reads the file.
    pub(super) fn root(&self) -> Option<&XmlElement> {
        let root = &self.tree.root;
        matches!(root.name(), "CONF" | "conf").then_some(root)
    }

    /// The elements with the settings of a scope.
    pub(super) fn sections(&self, scope: &ConfScope) -> Vec<&XmlElement> {
        let all = self
            .root()
            .map(|root| root.all(scope.path()))
            .unwrap_or_default();
        all.into_iter()
            .filter(|element| scope.matches(element))
            .collect()
    }

    /// The elements of every user.
    pub(super) fn users(&self) -> Vec<&XmlElement> {
        self.root().map(|root| root.all(&USERS)).unwrap_or_default()
    }

    /// The elements of every group.
    pub(super) fn groups(&self) -> Vec<&XmlElement> {
        self.root()
            .map(|root| root.all(&GROUPS))
            .unwrap_or_default()
    }

    /// Sets values by name; an unknown name sets none of them.
    pub(super) fn set(
        &mut self,
        scope: &ConfScope,
        pairs: &[(String, String)],
    ) -> Result<(), String> {
        let group = scope.group();
        let known = pairs.iter().map(|(name, value)| {
            let setting = group
                .find(name)
                .ok_or_else(|| format!("unknown option '{name}'"))?;
            Ok((setting, value.as_str()))
        });
        let known = known.collect::<Result<Vec<_>, String>>()?;
        let depth = scope.path().len();
        let section = self.section(scope)?;
        for (setting, value) in known {
            write_setting(section, depth, setting, value)?;
        }
        Ok(())
    }

    /// The element of a scope, created if missing.
    fn section(&mut self, scope: &ConfScope) -> Result<&mut XmlElement, String> {
        let path = scope.path();
        let root = &mut self.tree.root;
        let depth = path.len();
        if root
            .find_mut(path, &|element| scope.matches(element))
            .is_none()
        {
            let (tag, above) = path
                .split_last()
                .map_or(("", path), |(tag, above)| (*tag, above));
            let parent = root.child(above, 0);
            let index = parent.append(tag, depth - 1);
            if let (Some(new), Some((leaf, value))) = (parent.at(index), scope.identity()) {
                new.child(&[leaf], depth).set_value(value);
            }
        }
        let made = root.find_mut(path, &|element| scope.matches(element));
        made.ok_or_else(|| "the name cannot be written to aspera.conf".to_owned())
    }

    /// Deletes the elements of a scope; `false` if there were none.
    pub(super) fn delete(&mut self, scope: &ConfScope) -> bool {
        if self.sections(scope).is_empty() {
            return false;
        }
        if let Some((_, above)) = scope.path().split_last() {
            let holds = |parent: &XmlElement| parent.elements().any(|child| scope.matches(child));
            while let Some(parent) = self.tree.root.find_mut(above, &holds) {
                parent.drop_children(|child| scope.matches(child));
            }
        }
        true
    }
}

fn write_setting(
    section: &mut XmlElement,
    depth: usize,
    setting: &LabSetting,
    value: &str,
) -> Result<(), String> {
    let steps = setting.steps();
    if value == UNSET || (setting.shape == SettingShape::List && value.is_empty()) {
        section.remove(&steps);
    } else if setting.shape == SettingShape::List {
        write_list(section, depth, &steps, value)?;
    } else {
        let tagged: Vec<&str> = steps.iter().map(|step| tag(step)).collect();
        section.child(&tagged, depth).set_value(value);
    }
    Ok(())
}

/// The start tag of a new element; a schedule has an attribute for its format.
fn tag(step: &str) -> &str {
    if step == "schedule" {
        "schedule format=\"ranges\""
    } else {
        step
    }
}

fn write_list(
    section: &mut XmlElement,
    depth: usize,
    steps: &[&str],
    value: &str,
) -> Result<(), String> {
    let mut rest = value.chars();
    let separator = rest.next().ok_or("a list must start with its separator")?;
    let (item, above) = steps.split_last().ok_or("a list must have a path")?;
    let list = section.child(above, depth);
    list.drop_children(|child| child.name() == *item);
    for text in rest.as_str().split(separator) {
        let index = list.append(item, depth + above.len());
        if let Some(element) = list.at(index) {
            element.set_value(text);
        }
    }
    Ok(())
}

/// The value of the first of equal leaves, which is the effective one.
pub(super) fn first_value(element: &XmlElement, path: &[&str]) -> Option<String> {
    element.all(path).first().map(|leaf| leaf.value())
}

/// The value of a setting in these sections; a list is joined with bars.
pub(super) fn setting_value(sections: &[&XmlElement], setting: &LabSetting) -> Option<String> {
    let steps = setting.steps();
    let mut leaves = sections.iter().flat_map(|section| section.all(&steps));
    let value = match setting.shape {
        SettingShape::List => {
            let items: Vec<String> = leaves.map(|leaf| format!("|{}", leaf.value())).collect();
            (!items.is_empty()).then(|| items.concat())
        }
        SettingShape::Text | SettingShape::Boolean | SettingShape::Number => {
            leaves.next().map(XmlElement::value)
        }
    };
    value.filter(|value| value != UNSET)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str, scope: &ConfScope, pairs: &[(&str, &str)]) -> String {
        let mut conf = ConfFile::parse(text).unwrap();
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        conf.set(scope, &pairs).unwrap();
        conf.tree.print()
    }

    #[test]
    fn a_user_is_created_once() {
        let user = ConfScope::User("f".to_owned());
        let once = after("<CONF/>", &user, &[("absolute", "/a")]);
        let twice = after(&once, &user, &[("absolute", "/b & c")]);
        assert_eq!(twice, once.replace("/a<", "/b &amp; c<"));
        assert_eq!(once.matches("<user>").count(), 1);
    }

    #[test]
    fn as_null_removes_and_lists_are_replaced() {
        let user = ConfScope::User("f".to_owned());
        let list = after("<CONF/>", &user, &[("file_restriction", "|a|b")]);
        assert!(list.contains("<restriction>a</restriction>\n"), "{list}");
        let list = after(&list, &user, &[("file_restriction", ",c")]);
        assert_eq!(list.matches("<restriction>").count(), 1);
        let none = after(&list, &user, &[("file_restriction", UNSET)]);
        assert!(!none.contains("file_system"), "{none}");
    }

    #[test]
    fn a_docroot_for_one_client_is_kept() {
        let path = "<file_system><access><paths><path><absolute peer_ip=\"1.2.3.4\">/near</absolute>\
                    </path></paths></access></file_system>";
        let text = format!("<CONF><default>{path}</default></CONF>");
        let set = after(&text, &ConfScope::Default, &[("absolute", "/far")]);
        assert!(
            set.contains("/near") && set.contains("<absolute>/far<"),
            "{set}"
        );
        let unset = after(&set, &ConfScope::Default, &[("absolute", UNSET)]);
        assert!(
            unset.contains("/near") && !unset.contains("/far"),
            "{unset}"
        );
    }

    #[test]
    fn delete_searches_every_realm() {
        let realm = "<realm><users><user><name>f</name></user></users></realm>";
        let text = format!("<CONF><aaa><realms>{realm}{realm}</realms></aaa></CONF>");
        let mut conf = ConfFile::parse(&text).unwrap();
        assert!(conf.delete(&ConfScope::User("f".to_owned())));
        assert!(conf.users().is_empty());
        assert!(!conf.delete(&ConfScope::User("f".to_owned())));
    }
}
