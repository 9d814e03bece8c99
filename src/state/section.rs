//! The sections of aspera.conf, and one table with everything that is known
//! about each kind of section.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

/// A section of aspera.conf: what one asconfigurator command can set.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// `default`: settings for every user without a value of its own.
    Node,
    /// One transfer user.
    User(Rc<str>),
    /// One group of transfer users.
    Group(Rc<str>),
    /// One virtual link, by its id from 1 to 255.
    Trunk(u8),
    /// `server`: the Node API service.
    Server,
    /// `http_server`: HTTP fallback.
    HttpServer,
    /// `central_server`: the transfer manager.
    CentralServer,
    /// `client`: transfers that start on this machine.
    Client,
    /// `database`: for Console before 3.0.
    Database,
    /// `logging/log_setting` for one set of classes.
    Logging(Rc<str>),
}

/// A kind of section; its number is its row in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is documented in `Section`")]
pub enum SectionKind {
    Node,
    User,
    Group,
    Trunk,
    Server,
    HttpServer,
    CentralServer,
    Client,
    Database,
    Logging,
}

/// Everything that is known about one kind of section.
#[derive(Debug)]
pub struct SectionInfo {
    /// The kind that this row describes.
    pub kind: SectionKind,
    /// The first part of its path below `conf/`: `user`, `http_server`.
    pub keyword: &'static str,
    /// What its settings apply to, in one sentence.
    pub doc: &'static str,
    /// Its letter in the first column of the table of settings.
    pub scope: char,
    /// The services that must notice a change of at least one of its settings.
    pub noticed_by: &'static [&'static str],
    /// Those that must notice a change of any of them.
    pub all_noticed_by: &'static [&'static str],
    /// Element names below the root, joined by `/`; the last is its own.
    pub path: &'static str,
    /// How its name is written; none where a file has only one section of the
    /// kind.
    pub name: Option<NameField>,
    /// The asconfigurator command that sets its settings.
    pub set_command: &'static str,
    /// The asconfigurator command that deletes it, where there is one.
    pub delete_command: Option<&'static str>,
    with_name: fn(Rc<str>) -> Option<Section>,
}

/// Where the name of a section is written.
#[derive(Debug)]
pub struct NameField {
    /// The argument of asconfigurator that selects the section.
    pub argument: &'static str,
    /// The child element that holds the name.
    pub element: &'static str,
}

impl NameField {
    const fn new(argument: &'static str, element: &'static str) -> Self {
        Self { argument, element }
    }
}

/// In the order of [`SectionKind`].
static SECTIONS: [SectionInfo; SectionKind::COUNT] = [
    SectionInfo {
        kind: SectionKind::Node,
        keyword: "node",
        doc: "Defaults for every user that has no value of its own.",
        scope: 'n',
        noticed_by: &["asperanoded"],
        all_noticed_by: &[],
        path: "default",
        name: None,
        set_command: "set_node_data",
        delete_command: None,
        with_name: |_| Some(Section::Node),
    },
    SectionInfo {
        kind: SectionKind::User,
        keyword: "user",
        doc: "Settings of one transfer user; what is not set comes from its group, then from the node.",
        scope: 'u',
        noticed_by: &["asperanoded"],
        all_noticed_by: &[],
        path: "aaa/realms/realm/users/user",
        name: Some(NameField::new("user_name", "name")),
        set_command: "set_user_data",
        delete_command: Some("delete_user"),
        with_name: |name| Some(Section::User(name)),
    },
    SectionInfo {
        kind: SectionKind::Group,
        keyword: "group",
        doc: "Settings of a group of transfer users; what is not set comes from the node. asperacentral and asperanoded must reload after any change of a group.",
        scope: 'g',
        noticed_by: &["asperacentral", "asperanoded"],
        // The manuals (3.9, 4.4) restart both after a change of groups.
        all_noticed_by: &["asperacentral", "asperanoded"],
        path: "aaa/realms/realm/groups/group",
        name: Some(NameField::new("group_name", "name")),
        set_command: "set_group_data",
        // The vendor documents this argument only for `set_group_data`.
        delete_command: Some("delete_group"),
        with_name: |name| Some(Section::Group(name)),
    },
    SectionInfo {
        kind: SectionKind::Trunk,
        keyword: "trunk",
        doc: "A virtual link: bandwidth that several transfers share.",
        scope: 't',
        noticed_by: &[],
        all_noticed_by: &[],
        path: "trunks/trunk",
        name: Some(NameField::new("id", "id")),
        set_command: "set_trunk_data",
        // The vendor documents this argument only for `set_trunk_data`.
        delete_command: Some("delete_trunk"),
        with_name: |id| id.parse().ok().map(Section::Trunk),
    },
    SectionInfo {
        kind: SectionKind::Server,
        keyword: "server",
        doc: "The Node API service: name, ports, certificate, activity logging.",
        scope: 's',
        noticed_by: &[
            "asperaejd",
            "asperanoded",
            "asperaproxy",
            "asperaredisd",
            "asperarund",
        ],
        all_noticed_by: &[],
        path: "server",
        name: None,
        set_command: "set_server_data",
        delete_command: None,
        with_name: |_| Some(Section::Server),
    },
    SectionInfo {
        kind: SectionKind::HttpServer,
        keyword: "http_server",
        doc: "HTTP and HTTPS fallback.",
        scope: 'h',
        noticed_by: &["asperacentral", "asperahttpd", "asperanoded"],
        all_noticed_by: &[],
        path: "http_server",
        name: None,
        set_command: "set_http_server_data",
        delete_command: None,
        with_name: |_| Some(Section::HttpServer),
    },
    SectionInfo {
        kind: SectionKind::CentralServer,
        keyword: "central_server",
        doc: "asperacentral, the transfer manager.",
        scope: 'c',
        noticed_by: &["asperacentral"],
        all_noticed_by: &[],
        path: "central_server",
        name: None,
        set_command: "set_central_server_data",
        delete_command: None,
        with_name: |_| Some(Section::CentralServer),
    },
    SectionInfo {
        kind: SectionKind::Client,
        keyword: "client",
        doc: "Settings for transfers that start on this machine.",
        scope: 'k',
        noticed_by: &[],
        all_noticed_by: &[],
        path: "client",
        name: None,
        set_command: "set_client_data",
        delete_command: None,
        with_name: |_| Some(Section::Client),
    },
    SectionInfo {
        kind: SectionKind::Database,
        keyword: "database",
        doc: "The database of Console before 3.0.",
        scope: 'd',
        noticed_by: &["asperacentral"],
        all_noticed_by: &[],
        path: "database",
        name: None,
        set_command: "set_database_data",
        delete_command: None,
        with_name: |_| Some(Section::Database),
    },
    SectionInfo {
        kind: SectionKind::Logging,
        keyword: "logging",
        doc: "Log levels of classes of messages.",
        scope: 'l',
        noticed_by: &[],
        all_noticed_by: &[],
        path: "logging/log_setting",
        name: Some(NameField::new("classes", "classes")),
        // `asuserdata -+` of 4.4.7 prints this in its sample, and
        // `set_log_setting_data` in its text.
        set_command: "set_logging_data",
        delete_command: None,
        with_name: |classes| Some(Section::Logging(classes)),
    },
];

impl SectionKind {
    /// How many kinds there are.
    pub const COUNT: usize = 10;

    /// Every kind, in the order in which the reference lists them.
    pub fn all() -> impl Iterator<Item = Self> {
        SECTIONS.iter().map(|info| info.kind)
    }

    /// Its row in the table.
    pub fn info(self) -> &'static SectionInfo {
        &SECTIONS[self as usize]
    }

    /// Whether a file can hold several of them, each with a name.
    pub fn is_named(self) -> bool {
        self.info().name.is_some()
    }

    /// The section of this kind with that name, which is ignored where a file
    /// has only one; none if the id of a trunk is not a number up to 255.
    pub fn section(self, name: impl Into<Rc<str>>) -> Option<Section> {
        (self.info().with_name)(name.into())
    }
}

impl From<&Section> for SectionKind {
    fn from(section: &Section) -> Self {
        section.kind()
    }
}

impl Section {
    /// What kind of section it is.
    pub fn kind(&self) -> SectionKind {
        match self {
            Self::Node => SectionKind::Node,
            Self::User(_) => SectionKind::User,
            Self::Group(_) => SectionKind::Group,
            Self::Trunk(_) => SectionKind::Trunk,
            Self::Server => SectionKind::Server,
            Self::HttpServer => SectionKind::HttpServer,
            Self::CentralServer => SectionKind::CentralServer,
            Self::Client => SectionKind::Client,
            Self::Database => SectionKind::Database,
            Self::Logging(_) => SectionKind::Logging,
        }
    }

    /// What is known about its kind.
    pub fn info(&self) -> &'static SectionInfo {
        self.kind().info()
    }

    /// Its name, if its kind has names.
    pub fn name(&self) -> Option<Cow<'_, str>> {
        if let Self::User(name) | Self::Group(name) | Self::Logging(name) = self {
            Some(Cow::Borrowed(name))
        } else if let Self::Trunk(id) = self {
            Some(Cow::Owned(id.to_string()))
        } else {
            None
        }
    }

    /// Whether its kind has names.
    pub fn is_named(&self) -> bool {
        self.kind().is_named()
    }

    /// The section with that path below `conf/`.
    pub fn parse(path: &str) -> Option<Self> {
        let (keyword, name) = match path.split_once('/') {
            Some((keyword, name)) => (keyword, Some(name)),
            None => (path, None),
        };
        let kind = SectionKind::all().find(|kind| kind.info().keyword == keyword)?;
        match (kind.is_named(), name) {
            (true, Some(name)) if !name.is_empty() && !name.contains('/') => kind.section(name),
            (false, None) => kind.section(""),
            _ => None,
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.info().keyword)?;
        match self.name() {
            Some(name) => write!(f, "/{name}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_row() {
        for (row, kind) in SectionKind::all().enumerate() {
            assert_eq!(kind as usize, row);
            let section = kind.section("1").unwrap();
            assert_eq!(section.kind(), kind);
            assert_eq!(section.name().is_some(), kind.is_named());
            assert_eq!(Section::parse(&section.to_string()), Some(section));
        }
    }

    #[test]
    fn a_path_has_a_name_where_the_kind_needs_one() {
        assert_eq!(Section::parse("trunk/7"), Some(Section::Trunk(7)));
        for wrong in [
            "user",
            "user/",
            "user/a/b",
            "node/a",
            "node/",
            "trunk/300",
            "x",
        ] {
            assert_eq!(Section::parse(wrong), None, "{wrong}");
        }
    }
}
