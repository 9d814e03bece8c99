//! The elements of aspera.conf down to its sections: each section, and what
//! contains it. The table of sections has their paths.

use std::sync::LazyLock;

use crate::state::SectionKind;

/// One of these elements, by its path from the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ElementKind(u8);

struct Tree {
    rows: Vec<ElementRow>,
    /// The element of each kind of section.
    sections: [ElementKind; SectionKind::COUNT],
}

struct ElementRow {
    tag: &'static str,
    parent: Option<ElementKind>,
    children: Vec<ElementKind>,
    section: Option<SectionKind>,
}

static TREE: LazyLock<Tree> = LazyLock::new(|| {
    let mut tree = Tree {
        rows: vec![ElementRow::new("CONF", None)],
        sections: [ElementKind::ROOT; SectionKind::COUNT],
    };
    for kind in SectionKind::all() {
        let info = kind.info();
        let tags = info.path.split('/');
        let element = tags.fold(ElementKind::ROOT, |parent, tag| tree.child(parent, tag));
        tree.sections[kind as usize] = element;
        tree.rows[element.row()].section = Some(kind);
    }
    tree
});

impl Tree {
    /// The child with that tag, which is added where there is none.
    fn child(&mut self, parent: ElementKind, tag: &'static str) -> ElementKind {
        let children = &self.rows[parent.row()].children;
        let mut same = children
            .iter()
            .filter(|kind| self.rows[kind.row()].tag == tag);
        if let Some(kind) = same.next() {
            return *kind;
        }
        let kind = ElementKind(u8::try_from(self.rows.len()).expect("there are about 20"));
        self.rows.push(ElementRow::new(tag, Some(parent)));
        self.rows[parent.row()].children.push(kind);
        kind
    }
}

impl ElementRow {
    fn new(tag: &'static str, parent: Option<ElementKind>) -> Self {
        Self {
            tag,
            parent,
            children: Vec::new(),
            section: None,
        }
    }
}

impl ElementKind {
    pub(super) const ROOT: Self = Self(0);

    /// How many there are.
    pub(super) fn count() -> usize {
        TREE.rows.len()
    }

    /// The element of that kind of section.
    pub(super) fn of_section(kind: SectionKind) -> Self {
        TREE.sections[kind as usize]
    }

    /// The one that a tag is meant to be, whatever its case.
    pub(super) fn with_tag_like(tag: &str) -> Option<&'static str> {
        let mut rows = TREE.rows.iter().skip(1);
        let row = rows.find(|row| row.tag.eq_ignore_ascii_case(tag))?;
        Some(row.tag)
    }

    /// Its path below the root; empty for the root.
    pub(super) fn path(self) -> String {
        let Some(parent) = self.parent() else {
            return String::new();
        };
        let (above, tag) = (parent.path(), TREE.rows[self.row()].tag);
        if above.is_empty() {
            tag.to_owned()
        } else {
            format!("{above}/{tag}")
        }
    }

    /// The tags of its children.
    pub(super) fn child_tags(self) -> impl Iterator<Item = &'static str> + Clone {
        let children = TREE.rows[self.row()].children.iter();
        children.map(|kind| TREE.rows[kind.row()].tag)
    }

    /// Its number, from 0.
    pub(super) fn row(self) -> usize {
        usize::from(self.0)
    }

    /// The child element with that tag, if it is one of these.
    pub(super) fn child(self, tag: &str) -> Option<Self> {
        let rows = &TREE.rows;
        let mut children = rows[self.row()].children.iter();
        children.find(|kind| rows[kind.row()].tag == tag).copied()
    }

    pub(super) fn parent(self) -> Option<Self> {
        TREE.rows[self.row()].parent
    }

    /// The kind of section that it is.
    pub(super) fn section(self) -> Option<SectionKind> {
        TREE.rows[self.row()].section
    }

    /// The kind of section that it is, if a file can hold several.
    pub(super) fn named_section(self) -> Option<SectionKind> {
        self.section().filter(|kind| kind.is_named())
    }

    /// Whether nothing but sections and their containers belongs in it.
    pub(super) fn is_container(self) -> bool {
        self.section().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_their_paths() {
        let find = |path: &str| {
            let mut tags = path.split('/');
            tags.try_fold(ElementKind::ROOT, ElementKind::child)
        };
        let user = find("aaa/realms/realm/users/user").unwrap();
        assert_eq!(user.named_section(), Some(SectionKind::User));
        assert_eq!(ElementKind::of_section(SectionKind::User), user);
        assert!(user.parent().unwrap().is_container());
        assert_eq!(find("default").unwrap().named_section(), None);
        assert_eq!(find("users"), None);
        assert_eq!(ElementKind::with_tag_like("Server"), Some("server"));
    }
}
