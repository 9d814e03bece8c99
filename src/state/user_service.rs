//! The services of the product that run for a user.

use std::fmt;

/// A service that asperarund keeps running for a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UserService {
    /// asperawatchd, which watches folders.
    Watch,
    /// asperawatchfolderd, which transfers what is new in them.
    WatchFolder,
}

impl UserService {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Watch, Self::WatchFolder];

    /// The name of its program, which is its own.
    pub fn program(self) -> &'static str {
        match self {
            Self::Watch => "asperawatchd",
            Self::WatchFolder => "asperawatchfolderd",
        }
    }

    /// The service of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.program() == name)
    }
}

impl fmt::Display for UserService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.program())
    }
}
