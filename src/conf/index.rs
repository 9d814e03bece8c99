//! Where a file's sections and users are. It holds positions and names; what
//! fills it is the scan.

use std::ops::Range;
use std::rc::Rc;

use super::entity::Entities;
use crate::state::FastMap;

/// Where an element stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element {
    /// The `<` of its start tag.
    pub(super) open: usize,
    /// Past the `>` of its start tag.
    pub(super) inner: usize,
    /// The `<` of its end tag; where there is none, its end.
    pub(super) close: usize,
    /// Past its last `>`.
    pub(super) end: usize,
}

impl Element {
    /// Whether it is written `<x/>`.
    pub(super) fn is_self_closed(self) -> bool {
        self.close == self.end
    }
}

/// What an element is, by where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElementSite {
    Root,
    Aaa,
    Realms,
    Realm,
    Users,
    Groups,
    User,
    Group,
    Node,
    Server,
    HttpServer,
    CentralServer,
    Client,
    Database,
    Trunks,
    Trunk,
    Logging,
    LogSetting,
    Name,
}

impl ElementSite {
    /// What a child element of that name is.
    pub(super) fn child(self, name: &str) -> Option<Self> {
        Some(match (self, name) {
            (Self::Root, "aaa") => Self::Aaa,
            (Self::Root, "default") => Self::Node,
            (Self::Root, "server") => Self::Server,
            (Self::Root, "http_server") => Self::HttpServer,
            (Self::Root, "central_server") => Self::CentralServer,
            (Self::Root, "client") => Self::Client,
            (Self::Root, "database") => Self::Database,
            (Self::Root, "trunks") => Self::Trunks,
            (Self::Root, "logging") => Self::Logging,
            (Self::Aaa, "realms") => Self::Realms,
            (Self::Realms, "realm") => Self::Realm,
            (Self::Realm, "users") => Self::Users,
            (Self::Realm, "groups") => Self::Groups,
            (Self::Users, "user") => Self::User,
            (Self::Groups, "group") => Self::Group,
            (Self::Trunks, "trunk") => Self::Trunk,
            (Self::Logging, "log_setting") => Self::LogSetting,
            (Self::User | Self::Group, "name")
            | (Self::Trunk, "id")
            | (Self::LogSetting, "classes") => Self::Name,
            _ => return None,
        })
    }

    /// Whether nothing but sections, and the way to them, is expected in it.
    pub(super) fn is_on_the_way(self) -> bool {
        matches!(
            self,
            Self::Root
                | Self::Aaa
                | Self::Realms
                | Self::Realm
                | Self::Users
                | Self::Groups
                | Self::Trunks
                | Self::Logging
        )
    }

    /// Which kind of entry it is, if it is one.
    pub(super) fn entry(self) -> Option<Entry> {
        match self {
            Self::User => Some(Entry::User),
            Self::Group => Some(Entry::Group),
            Self::Trunk => Some(Entry::Trunk),
            Self::LogSetting => Some(Entry::Log),
            Self::Root
            | Self::Aaa
            | Self::Realms
            | Self::Realm
            | Self::Users
            | Self::Groups
            | Self::Node
            | Self::Server
            | Self::HttpServer
            | Self::CentralServer
            | Self::Client
            | Self::Database
            | Self::Trunks
            | Self::Logging
            | Self::Name => None,
        }
    }
}

/// Sections of which there are several, told apart by a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    User,
    Group,
    Trunk,
    Log,
}

/// A section's element, or one on the way to it.
#[derive(Clone, Debug)]
pub(super) struct SectionSite {
    pub(super) spot: ElementSite,
    pub(super) element: Element,
    /// Start and end of its last child element.
    pub(super) last: Option<(usize, usize)>,
    /// Entries: what tells it from its like.
    pub(super) name: Option<Rc<str>>,
}

/// What the pass found.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// In the order of their start tags, the root first.
    pub(super) places: Vec<SectionSite>,
    /// Entries by name, for each kind.
    pub(super) entries: [FastMap<Rc<str>, u32>; 4],
    /// The first place of each kind, by `Spot as usize`.
    pub(super) first: [Option<u32>; ElementSite::Name as usize],
    /// Sections after the first that would be the same one.
    pub(super) repeated: Vec<u32>,
    /// Inner text of elements that hold secrets, in order.
    pub(super) secrets: Vec<Range<usize>>,
    pub(super) entities: Entities,
    /// Elements among the sections that are none.
    pub(super) strays: Vec<usize>,
    /// Comments of a length that the vendor's parser takes seconds for.
    pub(super) long_comments: Vec<usize>,
    /// Whether the root's name is one that is read.
    pub(super) is_read: bool,
}
