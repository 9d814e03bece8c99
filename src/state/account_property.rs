//! What can be true of a system account besides its record: each is read by a command of
//! its own, and only where a script asks for it.

use std::fmt;
use std::rc::Rc;

use super::{Scalar, ValueType};

/// A property of a system account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccountProperty {
    /// `account/faspex/primary_group`: the name of its primary group.
    PrimaryGroup,
    /// `account/faspex/group/aspadmins`: `yes` if the group lists it as a member.
    Member(Rc<str>),
    /// `account/faspex/locked`: `yes` if no password logs it in.
    Locked,
    /// `account/faspex/expires`: `never`, or the date on which the account expires.
    Expiry,
    /// `account/faspex/password_expires`: `never`, or after how many days a password does.
    PasswordExpiry,
}

/// The properties without a name, by the last part of their paths.
const UNNAMED: [(&str, AccountProperty); 4] = [
    ("primary_group", AccountProperty::PrimaryGroup),
    ("locked", AccountProperty::Locked),
    ("expires", AccountProperty::Expiry),
    ("password_expires", AccountProperty::PasswordExpiry),
];

impl AccountProperty {
    /// The state of one that holds and has no other value.
    pub const YES: &'static str = "yes";

    /// The state of an account, or a password, that does not expire.
    pub const NEVER: &'static str = "never";

    /// Parses the last part of a path.
    pub(super) fn parse(path: &str) -> Option<Self> {
        if let Some((_, property)) = UNNAMED.iter().find(|row| row.0 == path) {
            return Some(property.clone());
        }
        let group = path.strip_prefix("group/")?;
        let is_name = ValueType::AccountName.accepts(Scalar::Text(group));
        is_name.then(|| Self::Member(group.into()))
    }

    /// The property of that account as a report names it.
    pub(super) fn label(&self, account: &str) -> String {
        if let Self::Member(group) = self {
            return format!("{account} in {group}");
        }
        self.to_string()
    }
}

impl fmt::Display for AccountProperty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Member(group) = self {
            return write!(f, "group/{group}");
        }
        let row = UNNAMED.iter().find(|row| row.1 == *self);
        f.write_str(row.map_or("", |row| row.0))
    }
}
