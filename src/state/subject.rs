//! Subjects: the addresses of everything that can be true of a node, written as
//! paths.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    AccountProperty, PublicKey, Scalar, Section, SectionKind, SyncFolder, UserService, ValueType,
};

/// The address of one thing that can be true of a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// `license`
    License,
    /// `conf/user/faspex/absolute`
    Setting(Section, Cow<'static, str>),
    /// `conf/user/faspex`: whether the section exists.
    Entry(Section),
    /// `conf/user/faspex/*`: every setting of a section.
    Settings(Section),
    /// `conf/users`: the names of all sections of that kind, of which a file can hold several.
    Sections(SectionKind),
    /// `api_user/node_user`
    ApiUser(Rc<str>),
    /// `access_key/k1`: an access key of the Node API, by its ID.
    AccessKey(Rc<str>),
    /// `access_key/k1/secret`
    AccessKeySecret(Rc<str>),
    /// `api_users`: the names of all Node API users.
    ApiUsers,
    /// `account/faspex`
    Account(Rc<str>),
    /// `account/faspex/locked`
    AccountProperty(Rc<str>, AccountProperty),
    /// `account_groups/faspex`: the names of the system groups of an account.
    AccountGroups(Rc<str>),
    /// `authorized_key/faspex/0123…`: a public key that may log in, by its short name.
    AuthorizedKey(Rc<str>, Rc<str>),
    /// `token_public_key`: the key of the installation that transfers with a token log in with.
    TokenKey,
    /// `host_public_key`: the RSA key that SSH shows to clients.
    HostKey,
    /// `group/aspadmins`: a system group.
    Group(Rc<str>),
    /// `root_user`: whether macOS lets root log in.
    RootUser,
    /// `admin_group`: the group of administrators on Linux.
    AdminGroup,
    /// `service/asperahttpd`
    Service(Rc<str>),
    /// `enabled_service/asperahttpd`: whether a service starts with the machine.
    EnabledService(Rc<str>),
    /// `user_service/asperawatchd/xfer`: whether a service of the product runs for a user.
    UserService(UserService, Rc<str>),
    /// `dir//srv/faspex`
    Dir(Rc<str>),
    /// `sync_session/images/local_dir//images`: what `asyncadmin` reports of a Sync session.
    SyncSession(Rc<str>, SyncFolder),
    /// `file//etc/logrotate.d/aspera`
    File(Rc<str>),
    /// `file_line/Port//etc/ssh/sshd_config`: the last line of a file that starts so.
    FileLine(Rc<str>, Rc<str>),
}

/// The subjects without a name, by their paths.
const UNNAMED: &[(&str, Subject)] = &[
    ("license", Subject::License),
    ("root_user", Subject::RootUser),
    ("admin_group", Subject::AdminGroup),
    ("api_users", Subject::ApiUsers),
    ("token_public_key", Subject::TokenKey),
    ("host_public_key", Subject::HostKey),
    ("conf/users", Subject::Sections(SectionKind::User)),
    ("conf/groups", Subject::Sections(SectionKind::Group)),
    ("conf/trunks", Subject::Sections(SectionKind::Trunk)),
    ("conf/loggings", Subject::Sections(SectionKind::Logging)),
];

type WithName = fn(Rc<str>) -> Subject;

/// The subjects outside aspera.conf that have a name, by the first part of their
/// paths, with the type of the name: files in the state folder are named after some.
const NAMED: &[(&str, ValueType, WithName)] = &[
    ("api_user", ValueType::ApiName, Subject::ApiUser),
    ("access_key", ValueType::AccessKeyId, Subject::AccessKey),
    ("account", ValueType::AccountName, Subject::Account),
    ("account_groups", ValueType::Name, Subject::AccountGroups),
    ("group", ValueType::AccountName, Subject::Group),
    ("service", ValueType::ServiceName, Subject::Service),
    (
        "enabled_service",
        ValueType::ServiceName,
        Subject::EnabledService,
    ),
    ("dir", ValueType::Path, Subject::Dir),
    ("file", ValueType::Path, Subject::File),
];

/// The first parts of the paths of subjects whose names have several parts.
const WITH_PARTS: [&str; 4] = [
    "authorized_key",
    "file_line",
    "sync_session",
    "user_service",
];

impl Subject {
    /// A setting of a section.
    pub fn setting(section: Section, name: impl Into<Cow<'static, str>>) -> Self {
        Self::Setting(section, name.into())
    }

    /// Parses a path. A name in it must be of its type.
    pub fn parse(path: &str) -> Option<Self> {
        if let Some((_, subject)) = UNNAMED.iter().find(|row| row.0 == path) {
            return Some(subject.clone());
        }
        match path.split_once('/')? {
            ("conf", rest) => Self::parse_conf(rest),
            ("account", rest) if rest.contains('/') => {
                let (name, property) = rest.split_once('/')?;
                let property = AccountProperty::parse(property)?;
                let is_name = ValueType::AccountName.accepts(Scalar::Text(name));
                is_name.then(|| Self::AccountProperty(name.into(), property))
            }
            ("access_key", rest) if rest.contains('/') => {
                let id = rest.strip_suffix("/secret")?;
                let is_id = ValueType::AccessKeyId.accepts(Scalar::Text(id));
                is_id.then(|| Self::AccessKeySecret(id.into()))
            }
            ("file_line", rest) => Self::parse_line(rest),
            ("authorized_key", rest) => {
                let (name, key) = rest.split_once('/')?;
                let is_name = ValueType::AccountName.accepts(Scalar::Text(name));
                let is_subject = is_name && PublicKey::is_id(key);
                is_subject.then(|| Self::AuthorizedKey(name.into(), key.into()))
            }
            ("sync_session", rest) => {
                let (name, folder) = rest.split_once('/')?;
                let is_name = ValueType::SessionName.accepts(Scalar::Text(name));
                let folder = SyncFolder::parse(folder).filter(|_| is_name)?;
                Some(Self::SyncSession(name.into(), folder))
            }
            ("user_service", rest) => {
                let (name, user) = rest.split_once('/')?;
                let name = UserService::parse(name)?;
                let is_user = ValueType::AccountName.accepts(Scalar::Text(user));
                is_user.then(|| Self::UserService(name, user.into()))
            }
            (kind, name) => {
                let (_, ty, with_name) = NAMED.iter().find(|row| row.0 == kind)?;
                ty.accepts(Scalar::Text(name))
                    .then(|| with_name(name.into()))
            }
        }
    }

    /// How paths start, sorted: `account/`, `conf/user/`, `license`.
    pub fn prefixes() -> Vec<String> {
        let sections = SectionKind::all().map(|kind| format!("conf/{}/", kind.info().keyword));
        let named = NAMED.iter().map(|row| row.0).chain(WITH_PARTS);
        let named = named.map(|kind| format!("{kind}/"));
        let unnamed = UNNAMED.iter().map(|(path, _)| (*path).to_owned());
        let mut prefixes: Vec<_> = sections.chain(named).chain(unnamed).collect();
        prefixes.sort();
        prefixes
    }

    /// The regular expression of all paths, for the schema of documents.
    #[cfg(test)]
    pub(crate) fn pattern() -> String {
        let unnamed = UNNAMED.iter().map(|row| row.0);
        let unnamed: Vec<_> = unnamed.filter(|path| !path.contains('/')).collect();
        let named = NAMED.iter().map(|row| row.0).chain(WITH_PARTS);
        let named: Vec<_> = named.collect();
        format!("^({}|(conf|{})/.+)$", unnamed.join("|"), named.join("|"))
    }

    /// A path in plans has no `//`; what a line starts with may have one.
    fn parse_line(rest: &str) -> Option<Self> {
        let (start, path) = rest.split_at_checked(rest.rfind("//")?)?;
        let path = &path[1..];
        let is_start = start.trim_start() == start && !start.is_empty();
        let is_subject = is_start
            && ValueType::Line.accepts(Scalar::Text(start))
            && ValueType::Path.accepts(Scalar::Text(path));
        is_subject.then(|| Self::FileLine(path.into(), start.into()))
    }

    fn parse_conf(path: &str) -> Option<Self> {
        if let Some(section) = Section::parse(path) {
            return Some(Self::Entry(section));
        }
        // The condition of a value may contain a slash.
        let end = path.rfind('[').filter(|_| path.ends_with(']'));
        let (section, _) = path[..end.unwrap_or(path.len())].rsplit_once('/')?;
        let leaf = &path[section.len() + "/".len()..];
        let section = Section::parse(section)?;
        Some(match leaf {
            "*" => Self::Settings(section),
            name => Self::setting(section, name.to_owned()),
        })
    }

    /// Whether its state is in aspera.conf.
    pub fn is_conf(&self) -> bool {
        matches!(
            self,
            Self::Setting(..) | Self::Entry(_) | Self::Settings(_) | Self::Sections(_)
        )
    }

    /// Whether it is a value in aspera.conf that no tool sets: one with a condition, such as
    /// `absolute[peer_ip=192.0.2.10]`, or of a later rule.
    pub fn is_read_only(&self) -> bool {
        matches!(self, Self::Setting(_, name) if name.ends_with(']'))
    }

    /// Whether it stands for several subjects.
    pub fn is_collection(&self) -> bool {
        matches!(
            self,
            Self::Settings(_) | Self::Sections(_) | Self::AccountGroups(_) | Self::ApiUsers
        )
    }

    /// The section of aspera.conf that contains it.
    pub fn section(&self) -> Option<&Section> {
        if let Self::Setting(section, _) | Self::Entry(section) | Self::Settings(section) = self {
            Some(section)
        } else {
            None
        }
    }

    /// The name of the account, if it is one or a property of one.
    pub fn account(&self) -> Option<&str> {
        if let Self::Account(name) | Self::AccountProperty(name, _) = self {
            Some(name)
        } else {
            None
        }
    }

    /// The ID of the access key, if it is one or the secret of one.
    pub fn access_key(&self) -> Option<&Rc<str>> {
        if let Self::AccessKey(id) | Self::AccessKeySecret(id) = self {
            Some(id)
        } else {
            None
        }
    }

    /// Whether it is a file or a line of one.
    pub fn is_file(&self) -> bool {
        matches!(self, Self::File(_) | Self::FileLine(..))
    }

    /// The name of the service, if it is one.
    pub fn service(&self) -> Option<&str> {
        if let Self::Service(name) = self {
            Some(name)
        } else {
            None
        }
    }

    /// The last part of the path, such as the name of the setting or the account.
    pub fn leaf(&self) -> Cow<'_, str> {
        if let Self::Setting(_, name) = self {
            return Cow::Borrowed(name);
        }
        if let Self::AccountProperty(account, property) = self {
            return Cow::Owned(property.label(account));
        }
        if let Self::AccessKeySecret(_) = self {
            return Cow::Borrowed("secret");
        }
        let path = self.to_string();
        match path.split_once('/') {
            Some((_, name)) if !self.is_conf() => Cow::Owned(name.to_owned()),
            _ => Cow::Owned(path),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::License => f.write_str("license"),
            Self::Setting(section, name) => write!(f, "conf/{section}/{name}"),
            Self::Entry(section) => write!(f, "conf/{section}"),
            Self::Settings(section) => write!(f, "conf/{section}/*"),
            Self::Sections(kind) => write!(f, "conf/{}s", kind.info().keyword),
            Self::ApiUser(name) => write!(f, "api_user/{name}"),
            Self::AccessKey(id) => write!(f, "access_key/{id}"),
            Self::AccessKeySecret(id) => write!(f, "access_key/{id}/secret"),
            Self::ApiUsers => f.write_str("api_users"),
            Self::Account(name) => write!(f, "account/{name}"),
            Self::AccountProperty(name, property) => write!(f, "account/{name}/{property}"),
            Self::AuthorizedKey(name, key) => write!(f, "authorized_key/{name}/{key}"),
            Self::TokenKey => f.write_str("token_public_key"),
            Self::HostKey => f.write_str("host_public_key"),
            Self::Group(name) => write!(f, "group/{name}"),
            Self::AccountGroups(name) => write!(f, "account_groups/{name}"),
            Self::RootUser => f.write_str("root_user"),
            Self::AdminGroup => f.write_str("admin_group"),
            Self::Service(name) => write!(f, "service/{name}"),
            Self::EnabledService(name) => write!(f, "enabled_service/{name}"),
            Self::UserService(name, user) => write!(f, "user_service/{name}/{user}"),
            Self::Dir(path) => write!(f, "dir/{path}"),
            Self::SyncSession(name, folder) => write!(f, "sync_session/{name}/{folder}"),
            Self::File(path) => write!(f, "file/{path}"),
            Self::FileLine(path, start) => write!(f, "file_line/{start}/{path}"),
        }
    }
}

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let path = String::deserialize(deserializer)?;
        let refuse = || D::Error::custom(format!("`{}` is not a subject", path.escape_debug()));
        Self::parse(&path).ok_or_else(refuse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_parse_back() {
        for path in [
            "license",
            "conf/users",
            "conf/trunks",
            "conf/user/faspex",
            "conf/user/faspex/absolute",
            "conf/user/faspex/*",
            "conf/user/faspex/absolute[peer_ip=192.0.2.0/24]",
            "conf/node/async_db_dir",
            "conf/node",
            "conf/trunk/108/trunk_name",
            "conf/logging/*/level",
            "api_users",
            "api_user/node_user",
            "access_key/diDeuFLcpG9_-",
            "access_key/k1/secret",
            "account/faspex",
            "account/faspex/primary_group",
            "account/faspex/group/com.apple.access_ssh",
            "account/faspex/locked",
            "account/faspex/expires",
            "account/faspex/password_expires",
            "account_groups/faspex",
            "group/aspadmins",
            "authorized_key/faspex/00112233445566778899aabbccddeeff",
            "token_public_key",
            "host_public_key",
            "root_user",
            "service/asperahttpd",
            "enabled_service/asperahttpd",
            "user_service/asperawatchfolderd/xfer",
            "dir//Users/faspex/faspex_packages",
            "sync_session/images/local_dir//images",
            "sync_session/images/local_db_dir//var/db",
            "file//etc/logrotate.d/aspera",
            "file_line/Subsystem //etc/ssh/sshd_config",
            "file_line/a//b///etc/x",
        ] {
            let subject = Subject::parse(path).expect(path);
            assert_eq!(subject.to_string(), path);
        }
        assert_eq!(Subject::parse("conf/trunk/999/trunk_name"), None);
        assert_eq!(Subject::parse("nonsense"), None);
    }

    #[test]
    fn a_name_that_leads_to_another_file_is_no_subject() {
        for name in [
            "", ".", "..", "../x", "../../x", "/etc/x", "a/b", "a\0", "-a", "a\nb",
        ] {
            for kind in [
                "account",
                "account_groups",
                "group",
                "service",
                "enabled_service",
            ] {
                let path = format!("{kind}/{name}");
                assert_eq!(Subject::parse(&path), None, "{path:?}");
            }
        }
        for path in [
            "dir/",
            "access_key/..",
            "access_key/self",
            "access_key/a:b",
            "access_key/a/b",
            "access_key/../secret",
            "account/a/shell",
            "account/a/group/",
            "account/a/group/../b",
            "account/../locked",
            "authorized_key/faspex/00112233445566778899AABBCCDDEEFF",
            "authorized_key/../00112233445566778899aabbccddeeff",
            "authorized_key/faspex/0011",
            "user_service/asperawatchd",
            "user_service/asperawatchd/../x",
            "user_service/asperanoded/xfer",
            "sync_session/images",
            "sync_session/a b/local_dir//images",
            "sync_session/../local_dir//images",
            "sync_session/images/local_dir/images",
            "sync_session/images/remote_dir//images",
            "dir/etc",
            "dir/../etc",
            "dir//a\nb",
            "file/etc/x",
            "file_line//etc/x",
            "file_line/ a//etc/x",
            "file_line/a/etc/x",
            "file_line/a\nb//etc/x",
            "file//a\nb",
            "api_user/",
            "api_user/a b",
        ] {
            assert_eq!(Subject::parse(path), None, "{path:?}");
        }
    }
}
