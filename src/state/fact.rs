//! What a reading gives: nothing, or a typed value. Equality is what drift
//! means.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Platform, Secret, Subject};

/// What is set in a section, by the names asconfigurator knows.
pub type Settings = BTreeMap<String, State>;

/// What is true of a subject. Most are a setting's, so the large ones are in
/// boxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// There is no such thing, or the setting is not set.
    Absent,
    /// It exists, and that is all there is to say.
    Present,
    /// The value of a setting, as the vendor's parser reads it.
    Text(Rc<str>),
    /// A secret value is set, and cannot be shown.
    Hidden,
    /// A secret value that was set from this reference.
    Secret(Secret),
    /// The names of all things of a kind.
    Names(Vec<String>),
    /// All settings of a section.
    Settings(Settings),
    /// What `ascp -A` says.
    License(Box<License>),
    /// A Node API user.
    ApiUser(Box<ApiUser>),
    /// A system account.
    Account(Box<Account>),
    /// Whether macOS lets root log in.
    RootUser(Box<RootUser>),
    /// A background service.
    Service(Service),
    /// A folder.
    Dir(Box<Dir>),
}

/// The licence and product that `ascp -A` reports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct License {
    /// First line, without the version: `IBM Aspera High-Speed Transfer Server`.
    pub product: String,
    /// Version of `ascp`.
    pub version: String,
    /// The phrase `Connect Server License max rate` is there.
    pub connect_server: bool,
    /// `10000 Mbps` or `(unlimited)`; empty without a licence.
    pub max_rate: String,
    /// Day and time of expiry as printed, in no stated time zone.
    pub expires: Option<String>,
    /// Names behind `Enabled settings`.
    pub settings: Vec<String>,
    /// Why there is no usable licence, in the tool's words.
    pub problem: Option<String>,
}

/// A user of the Node API. A password can be set and never read back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ApiUser {
    /// System account its transfers run as.
    pub transfer_user: String,
    /// Access rights: `admin`, `impersonation`.
    pub acls: Vec<String>,
    /// Where a new user's password comes from; never part of a reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
}

/// A system account. A password can be set and never read back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Account {
    /// Whether it may administer the machine.
    pub admin: bool,
    /// Full name.
    pub full_name: String,
    /// Home folder.
    pub home: String,
    /// Login shell.
    pub shell: String,
    /// Where a new account's password comes from; never part of a reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// It was made by a run that was cut off before it set the password.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unfinished: bool,
}

/// The root user of macOS. Passwords can be set and never read back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RootUser {
    /// Whether root can log in.
    pub enabled: bool,
    /// The administrator who makes the change, where one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin: Option<String>,
    /// Where that administrator's password comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_password: Option<Secret>,
    /// Where root's new password comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
}

/// A background service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Service {
    /// Whether it runs.
    pub running: bool,
    /// Whether it has loaded aspera.conf as it is, as far as is known here.
    pub current: bool,
}

/// A folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Dir {
    /// Name of the owning account.
    pub owner: String,
    /// Permission bits in octal: `755`.
    pub mode: String,
}

impl Account {
    /// A new account of that name, as the platform makes one.
    pub fn fresh(name: &str, platform: Platform) -> Self {
        let homes = match platform {
            Platform::Macos => "/Users",
            Platform::Linux => "/home",
        };
        Self {
            full_name: name.to_owned(),
            home: format!("{homes}/{name}"),
            shell: "/bin/bash".to_owned(),
            ..Self::default()
        }
    }
}

impl State {
    /// Whether a reading of `self` means that `wanted` already holds. Parts
    /// that no reading shows, such as a password, do not count.
    pub fn shows(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::ApiUser(now), Self::ApiUser(then)) => {
                now.transfer_user == then.transfer_user && now.acls == then.acls
            }
            (Self::Account(now), Self::Account(then)) => {
                let readable = |a: &Account| Account {
                    password: None,
                    ..a.clone()
                };
                readable(now) == readable(then)
            }
            (Self::RootUser(now), Self::RootUser(then)) => now.enabled == then.enabled,
            (now, then) => now == then,
        }
    }

    /// What a later reading will give: the same without what only setting sees.
    #[must_use]
    pub fn readable(mut self) -> Self {
        match &mut self {
            Self::ApiUser(user) => user.password = None,
            Self::Account(account) => account.password = None,
            Self::RootUser(root) => {
                **root = RootUser {
                    enabled: root.enabled,
                    ..RootUser::default()
                }
            }
            Self::Absent
            | Self::Present
            | Self::Text(_)
            | Self::Hidden
            | Self::Secret(_)
            | Self::Names(_)
            | Self::Settings(_)
            | Self::License(_)
            | Self::Service(_)
            | Self::Dir(_) => {}
        }
        self
    }

    /// Reads what a document says of a subject.
    pub fn read(subject: &Subject, json: Json) -> Result<Self, serde_json::Error> {
        use serde_json::from_value;
        if json.is_null() {
            return Ok(Self::Absent);
        }
        Ok(match subject {
            Subject::License => Self::License(from_value(json)?),
            Subject::Setting(..) => Self::setting(json)?,
            Subject::Entry(_) => Self::Present,
            Subject::Settings(_) => {
                let raw: BTreeMap<String, Json> = from_value(json)?;
                let read = |(name, json)| Ok((name, Self::setting(json)?));
                Self::Settings(
                    raw.into_iter()
                        .map(read)
                        .collect::<Result<_, serde_json::Error>>()?,
                )
            }
            Subject::Users | Subject::ApiUsers => Self::Names(from_value(json)?),
            Subject::ApiUser(_) => Self::ApiUser(from_value(json)?),
            Subject::Account(_) => Self::Account(from_value(json)?),
            Subject::RootUser => Self::RootUser(from_value(json)?),
            Subject::Service(_) => Self::Service(from_value(json)?),
            Subject::Dir(_) => Self::Dir(from_value(json)?),
        })
    }

    fn setting(json: Json) -> Result<Self, serde_json::Error> {
        if let Json::String(text) = json {
            return Ok(Self::Text(text.into()));
        }
        if json.get("secret").and_then(Json::as_str) == Some("set") {
            return Ok(Self::Hidden);
        }
        serde_json::from_value(json).map(Self::Secret)
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

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => serializer.serialize_none(),
            Self::Present => serializer.serialize_bool(true),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Hidden => serializer.collect_map([("secret", "set")]),
            Self::Secret(secret) => secret.serialize(serializer),
            Self::Names(names) => names.serialize(serializer),
            Self::Settings(settings) => settings.serialize(serializer),
            Self::License(license) => license.serialize(serializer),
            Self::ApiUser(user) => user.serialize(serializer),
            Self::Account(account) => account.serialize(serializer),
            Self::RootUser(root) => root.serialize(serializer),
            Self::Service(service) => service.serialize(serializer),
            Self::Dir(dir) => dir.serialize(serializer),
        }
    }
}
