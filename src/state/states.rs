//! The states that readings give: nothing, or a typed value. Two unequal states
//! of a subject are drift.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::de::Error as _;
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::account_states::{Account, AuthorizedKey, Group, PrimaryGroup, RootUser};
use super::{AccessKey, AccountProperty, FileState, LineState, Platform, Subject, SyncStatus};
use crate::login;

/// The settings of a section, by the names of asconfigurator.
pub type Settings = BTreeMap<String, State>;

/// The state of a subject. Most are those of settings, so large ones are boxed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum State {
    /// The subject does not exist, or the setting is not set.
    Absent,
    /// The subject exists and has no properties.
    #[serde(serialize_with = "serialize_present")]
    Present,
    /// The name of a group, or the value of a setting, as the vendor's parser reads it. The logins of URLs are hidden: of
    /// them, a reading shows only that they are there.
    Text(Rc<str>),
    /// A secret value is set. It is never part of a state.
    #[serde(serialize_with = "serialize_hidden")]
    Hidden,
    /// The names of all things of a kind.
    Names(Vec<String>),
    /// All settings of a section.
    Settings(Settings),
    /// The output of `ascp -A`.
    License(Box<License>),
    /// A Node API user.
    ApiUser(Box<ApiUser>),
    /// An access key of the Node API.
    AccessKey(Box<AccessKey>),
    /// A system account.
    Account(Box<Account>),
    /// A system group.
    Group(Group),
    /// The primary group of an account.
    PrimaryGroup(Box<PrimaryGroup>),
    /// A public key that may log in to an account.
    AuthorizedKey(Box<AuthorizedKey>),
    /// Whether root can log in on macOS.
    RootUser(Box<RootUser>),
    /// A background service.
    Service(Service),
    /// A folder.
    Dir(Box<Dir>),
    /// What is known of a Sync session.
    SyncStatus(Box<SyncStatus>),
    /// A file.
    File(Box<FileState>),
    /// A line of a file.
    Line(Box<LineState>),
}

/// The license and product that `ascp -A` reports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct License {
    /// The first line without the version: `IBM Aspera High-Speed Transfer Server`.
    pub product: String,
    /// The version of `ascp`.
    pub version: String,
    /// Whether the output has the phrase `Connect Server License max rate`.
    pub connect_server: bool,
    /// `10000 Mbps` or `(unlimited)`; empty without a license.
    pub max_rate: String,
    /// The time of expiry as printed, without a time zone.
    pub expires: Option<String>,
    /// The names after `Enabled settings`.
    pub settings: Vec<String>,
    /// Why there is no usable license, in the tool's words.
    pub problem: Option<String>,
}

/// A user of the Node API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ApiUser {
    /// The system account that its transfers run as.
    pub transfer_user: String,
    /// Access rights: `admin`, `impersonation`.
    pub acls: Vec<String>,
}

/// A background service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Service {
    /// Whether it runs.
    pub running: bool,
    /// Whether it has loaded aspera.conf as it is now, as far as is recorded.
    pub current: bool,
    /// Whether it need only reload aspera.conf to have loaded it as it is now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reloadable: bool,
    /// Whether the system has loaded its definition.
    #[serde(default, skip_serializing_if = "ServiceLoad::is_loaded")]
    pub load: ServiceLoad,
}

/// Whether the system has loaded the definition of a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum ServiceLoad {
    /// It has.
    #[default]
    Loaded,
    /// systemd refuses to start it.
    Masked,
    /// launchd has its file and cannot start it until it loads that.
    Unloaded,
}

/// A folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Dir {
    /// The name of the owning account.
    pub owner: String,
    /// The name of its group; none where a step leaves it to the system, and in
    /// documents of version 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The permission bits in octal: `755`.
    pub mode: String,
}

impl License {
    /// The license of a new server with all that scripts ask for.
    pub fn fresh() -> Self {
        let settings = ["connect", "node", "http_fallback_server", "sync2"];
        Self {
            product: "IBM Aspera High-Speed Transfer Server".to_owned(),
            connect_server: true,
            max_rate: "(unlimited)".to_owned(),
            settings: settings.map(str::to_owned).to_vec(),
            ..Self::default()
        }
    }
}

impl ServiceLoad {
    /// Whether it has.
    pub fn is_loaded(&self) -> bool {
        *self == Self::Loaded
    }
}

impl Service {
    /// A service that runs with the configuration as it is.
    pub fn fresh() -> Self {
        Self {
            running: true,
            current: true,
            reloadable: false,
            load: ServiceLoad::Loaded,
        }
    }

    /// Whether it is as `wanted`, whatever it has loaded of aspera.conf.
    pub fn runs_as(&self, wanted: &Self) -> bool {
        (self.running, self.load) == (wanted.running, wanted.load)
    }
}

impl Dir {
    /// A new folder as root makes it.
    pub fn fresh() -> Self {
        Self {
            owner: "root".to_owned(),
            group: None,
            mode: "755".to_owned(),
        }
    }
}

impl State {
    /// The state of a subject without properties.
    pub fn of_presence(exists: bool) -> Self {
        if exists { Self::Present } else { Self::Absent }
    }

    /// The state of a subject that has several parts, each with its default; none
    /// for other subjects.
    pub fn fresh(subject: &Subject, platform: Platform) -> Option<Self> {
        Some(match subject {
            Subject::License => Self::License(License::fresh().into()),
            Subject::ApiUser(_) => Self::ApiUser(Box::default()),
            Subject::AccessKey(_) => Self::AccessKey(Box::default()),
            Subject::Account(name) => Self::Account(Account::fresh(name, platform).into()),
            Subject::Group(_) => Self::Group(Group::default()),
            Subject::AccountProperty(_, AccountProperty::PrimaryGroup) => {
                Self::PrimaryGroup(Box::default())
            }
            Subject::AuthorizedKey(..) => Self::AuthorizedKey(Box::default()),
            Subject::RootUser => Self::RootUser(RootUser { enabled: true }.into()),
            Subject::Service(_) => Self::Service(Service::fresh()),
            Subject::Dir(_) => Self::Dir(Dir::fresh().into()),
            Subject::SyncSession(..) => Self::SyncStatus(Box::default()),
            Subject::File(_) => Self::File(FileState::fresh().into()),
            Subject::FileLine(..) => Self::Line(Box::default()),
            Subject::Setting(..)
            | Subject::Entry(_)
            | Subject::Settings(_)
            | Subject::Sections(_)
            | Subject::AccountGroups(_)
            | Subject::AccountProperty(..)
            | Subject::AdminGroup
            | Subject::TokenKey
            | Subject::HostKey
            | Subject::EnabledService(_)
            | Subject::UserService(..)
            | Subject::AccessKeySecret(_)
            | Subject::ApiUsers => return None,
        })
    }

    /// The schemas of the states that have several parts.
    #[cfg(test)]
    pub(crate) fn schemas(generator: &mut schemars::SchemaGenerator) -> Vec<schemars::Schema> {
        vec![
            generator.subschema_for::<License>(),
            generator.subschema_for::<ApiUser>(),
            generator.subschema_for::<AccessKey>(),
            generator.subschema_for::<Account>(),
            generator.subschema_for::<AuthorizedKey>(),
            generator.subschema_for::<Group>(),
            generator.subschema_for::<PrimaryGroup>(),
            generator.subschema_for::<RootUser>(),
            generator.subschema_for::<Service>(),
            generator.subschema_for::<Dir>(),
            generator.subschema_for::<SyncStatus>(),
            generator.subschema_for::<FileState>(),
            generator.subschema_for::<LineState>(),
        ]
    }

    /// Parses the state of a subject from a document.
    pub fn read(subject: &Subject, json: Json) -> Result<Self, serde_json::Error> {
        use serde_json::from_value;
        if json.is_null() {
            return Ok(Self::Absent);
        }
        Ok(match subject {
            Subject::License => Self::License(from_value(json)?),
            Subject::AccountProperty(_, AccountProperty::PrimaryGroup) => {
                Self::PrimaryGroup(from_value(json)?)
            }
            Subject::Setting(..)
            | Subject::AccountProperty(..)
            | Subject::AccessKeySecret(_)
            | Subject::AdminGroup
            | Subject::TokenKey
            | Subject::HostKey => Self::setting(json)?,
            Subject::Entry(_) | Subject::EnabledService(_) | Subject::UserService(..) => {
                Self::Present
            }
            Subject::Settings(_) => {
                let raw: BTreeMap<String, Json> = from_value(json)?;
                let read = |(name, json)| Ok((name, Self::setting(json)?));
                Self::Settings(
                    raw.into_iter()
                        .map(read)
                        .collect::<Result<_, serde_json::Error>>()?,
                )
            }
            Subject::Sections(_) | Subject::AccountGroups(_) | Subject::ApiUsers => {
                Self::Names(from_value(json)?)
            }
            Subject::ApiUser(_) => Self::ApiUser(from_value(json)?),
            Subject::AccessKey(_) => Self::AccessKey(from_value(json)?),
            Subject::Account(_) => Self::Account(from_value(json)?),
            Subject::AuthorizedKey(..) => Self::AuthorizedKey(from_value(json)?),
            Subject::Group(_) => Self::Group(from_value(json)?),
            Subject::RootUser => Self::RootUser(from_value(json)?),
            Subject::Service(_) => Self::Service(from_value(json)?),
            Subject::Dir(_) => Self::Dir(from_value(json)?),
            Subject::SyncSession(..) => Self::SyncStatus(from_value(json)?),
            Subject::File(_) => Self::File(from_value(json)?),
            Subject::FileLine(..) => Self::Line(LineState::read(json)?.into()),
        })
    }

    fn setting(json: Json) -> Result<Self, serde_json::Error> {
        if let Json::String(text) = json {
            return Ok(Self::Text(text.into()));
        }
        if json == serde_json::json!({ "secret": "set" }) {
            return Ok(Self::Hidden);
        }
        let message = format!("`{json}` is not the state of a setting");
        Err(serde_json::Error::custom(message))
    }

    /// The keys that documents leave out where a part has no value.
    pub fn optional_parts(&self) -> &'static [&'static str] {
        if let Self::Group(_) | Self::PrimaryGroup(_) = self {
            return &["gid"];
        }
        if let Self::Dir(_) = self {
            return &["group"];
        }
        if let Self::SyncStatus(_) = self {
            return &["values", "problem"];
        }
        if let Self::File(_) = self {
            return &["group", "digest"];
        }
        if let Self::Line(_) = self {
            return &["digest", "line"];
        }
        if let Self::AuthorizedKey(_) = self {
            return &["options"];
        }
        if let Self::AccessKey(_) = self {
            return &["token_verification_key"];
        }
        &[]
    }

    /// Whether a reading shows this state. A part that has no value leaves it to the node.
    pub fn is_met_by(&self, reading: &Self) -> bool {
        match (self, reading) {
            (Self::Group(wanted), Self::Group(is)) => wanted.gid.is_none() || wanted == is,
            (Self::Dir(wanted), Self::Dir(is)) if wanted.group.is_none() => {
                (&wanted.owner, &wanted.mode) == (&is.owner, &is.mode)
            }
            (Self::AccessKey(wanted), Self::AccessKey(is)) => wanted.is_met_by(is),
            (Self::File(wanted), Self::File(is)) => wanted.is_met_by(is),
            (Self::Line(wanted), Self::Line(is)) => wanted.is_met_by(is),
            _ => self == reading,
        }
    }

    /// Whether it is the value of a setting that is not shown, or not all of it.
    pub fn has_hidden_part(&self) -> bool {
        *self == Self::Hidden
            || self
                .text()
                .is_some_and(|text| !login::find(text).is_empty())
    }

    /// The file, if it is one.
    pub fn file(&self) -> Option<&FileState> {
        if let Self::File(file) = self {
            Some(file)
        } else {
            None
        }
    }

    /// The digest of the content of a file or a line.
    pub fn digest(&self) -> Option<&str> {
        if let Self::Line(line) = self {
            return line.digest.as_deref();
        }
        self.file()?.digest.as_deref()
    }

    /// The text of a setting.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }
}

fn serialize_present<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(true)
}

fn serialize_hidden<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map([("secret", "set")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_subject_has_a_state_that_reads_back() {
        for prefix in Subject::prefixes() {
            let name = match prefix.as_str() {
                "dir/" | "file/" => "/1",
                "file_line/" => "1//1",
                "authorized_key/" => "1/00112233445566778899aabbccddeeff",
                "sync_session/" => "1/local_dir//1",
                "user_service/" => "asperawatchd/a",
                prefix if prefix.ends_with('/') => "1",
                _ => "",
            };
            let path = format!("{prefix}{name}");
            let subject = Subject::parse(&path).expect(&path);
            assert_eq!(subject.to_string(), path);
            let state = State::fresh(&subject, Platform::Linux).unwrap_or(State::Absent);
            let json = serde_json::to_value(&state).unwrap();
            assert_eq!(State::read(&subject, json).expect(&path), state);
        }
    }
}
