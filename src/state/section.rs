//! The parts of aspera.conf that hold settings, each the target of one
//! asconfigurator command.

use std::fmt;
use std::rc::Rc;

/// A part of aspera.conf.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// `default`: what holds for every user without a value of its own.
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
    /// `client`: transfers that start here.
    Client,
    /// `database`: for Console before 3.0.
    Database,
    /// `logging/log_setting` of one set of classes.
    Logging(Rc<str>),
}

impl Section {
    /// The sections that need no name, since a file has one of each.
    pub const UNNAMED: [Self; 6] = [
        Self::Node,
        Self::Server,
        Self::HttpServer,
        Self::CentralServer,
        Self::Client,
        Self::Database,
    ];

    /// The first part of its path: `user`, `http_server`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::User(_) => "user",
            Self::Group(_) => "group",
            Self::Trunk(_) => "trunk",
            Self::Server => "server",
            Self::HttpServer => "http_server",
            Self::CentralServer => "central_server",
            Self::Client => "client",
            Self::Database => "database",
            Self::Logging(_) => "logging",
        }
    }

    /// The section of that path, below `conf/`.
    pub fn parse(path: &str) -> Option<Self> {
        let (word, name) = path.split_once('/').unwrap_or((path, ""));
        let named = |section: fn(Rc<str>) -> Self| {
            (!name.is_empty() && !name.contains('/')).then(|| section(name.into()))
        };
        match word {
            "user" => return named(Self::User),
            "group" => return named(Self::Group),
            "logging" => return named(Self::Logging),
            "trunk" => return name.parse().ok().map(Self::Trunk),
            _ => {}
        }
        Self::UNNAMED
            .into_iter()
            .find(|section| section.word() == path)
    }

    /// Whether the file can hold several of these, told apart by a name.
    pub fn is_named(&self) -> bool {
        matches!(
            self,
            Self::User(_) | Self::Group(_) | Self::Trunk(_) | Self::Logging(_)
        )
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())?;
        match self {
            Self::User(name) | Self::Group(name) | Self::Logging(name) => {
                f.write_str("/")?;
                f.write_str(name)
            }
            Self::Trunk(id) => write!(f, "/{id}"),
            Self::Node
            | Self::Server
            | Self::HttpServer
            | Self::CentralServer
            | Self::Client
            | Self::Database => Ok(()),
        }
    }
}
