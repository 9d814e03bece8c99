//! The states that readings give: nothing, or a typed value. Two unequal states
//! of a subject are drift.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::de::Error as _;
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Platform, Subject};

/// The settings of a section, by the names of asconfigurator.
pub type Settings = BTreeMap<String, State>;

/// The state of a subject. Most are those of settings, so large ones are boxed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The subject does not exist, or the setting is not set.
    Absent,
    /// The subject exists and has no properties.
    Present,
    /// The value of a setting, as the vendor's parser reads it.
    Text(Rc<str>),
    /// A secret value is set. It is never part of a state.
    Hidden,
    /// The names of all things of a kind.
    Names(Vec<String>),
    /// All settings of a section.
    Settings(Settings),
    /// The output of `ascp -A`.
    License(Box<License>),
    /// A Node API user.
    ApiUser(Box<ApiUser>),
    /// A system account.
    Account(Box<Account>),
    /// Whether root can log in on macOS.
    RootUser(Box<RootUser>),
    /// A background service.
    Service(Service),
    /// A folder.
    Dir(Box<Dir>),
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

/// A system account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Account {
    /// Whether it is an administrator of the machine.
    pub admin: bool,
    /// Full name.
    pub full_name: String,
    /// Home folder.
    pub home: String,
    /// Login shell.
    pub shell: String,
    /// Whether a run created it and was cut off before it set the password.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unfinished: bool,
}

/// The root user of macOS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RootUser {
    /// Whether root can log in.
    pub enabled: bool,
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
}

/// A folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Dir {
    /// The name of the owning account.
    pub owner: String,
    /// The permission bits in octal: `755`.
    pub mode: String,
}

impl Account {
    /// A new account of that name with the defaults of the platform.
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
    /// Parses the state of a subject from a document.
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
        if json == serde_json::json!({ "secret": "set" }) {
            return Ok(Self::Hidden);
        }
        let message = format!("`{json}` is not the state of a setting");
        Err(serde_json::Error::custom(message))
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
