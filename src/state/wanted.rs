//! The states that steps ask for. They may take secrets, which no reading gives
//! back.

use serde::de::Error as _;
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{FileContent, FileState, LineState, Secret, SecretText, State, Subject};
use crate::login;

/// A state that a step asks for, and the credentials that it takes to set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedState {
    /// The state that a reading gives afterwards.
    pub state: State,
    /// Boxed, since most steps take none.
    credentials: Option<Box<Credentials>>,
}

/// What it takes to set a state and is not part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Credentials {
    /// The administrator who makes the change, where one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin: Option<String>,
    /// The password of that administrator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_password: Option<Secret>,
    /// The group that makes an account an administrator on this node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_group: Option<String>,
    /// The password of a new account or user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// The value of a setting that is a secret or has one in it.
    #[serde(skip)]
    pub value: Option<SecretText>,
    /// What is written to a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<FileContent>,
    /// Whether the step that sets a line makes the file, which goes with its last line.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new_file: bool,
}

impl WantedState {
    /// A setting whose value is a secret, or a text with secrets in it. A reading then shows the
    /// text with its login hidden.
    pub fn secret(value: impl Into<SecretText>) -> Self {
        let value = value.into();
        let state = match value.alone() {
            Some(_) => State::Hidden,
            None => State::Text(login::hide(&value.marked()).into()),
        };
        Self::from(state).with_credentials(Credentials {
            value: Some(value),
            ..Credentials::default()
        })
    }

    /// A file with that content.
    pub fn file(file: FileState, content: FileContent) -> Self {
        let file = FileState {
            digest: content.digest(),
            text: content.shown().map(Into::into),
            ..file
        };
        Self::from(State::File(file.into())).with_credentials(Credentials {
            content: Some(content),
            ..Credentials::default()
        })
    }

    /// A line of a file.
    pub fn line(content: FileContent) -> Self {
        let line = State::Line(LineState::written(&content).into());
        Self::from(line).with_credentials(Credentials {
            content: Some(content),
            ..Credentials::default()
        })
    }

    /// Says that the file of a line is made for it, or goes if nothing else is in it.
    #[must_use]
    pub fn in_new_file(self, new_file: bool) -> Self {
        let credentials = self.credentials().cloned().unwrap_or_default();
        self.with_credentials(Credentials {
            new_file,
            ..credentials
        })
    }

    /// Whether the file of a line is made for it.
    pub fn is_in_new_file(&self) -> bool {
        self.credentials().is_some_and(|it| it.new_file)
    }

    /// Adds the password of a new account or user.
    #[must_use]
    pub fn with_password(self, password: Option<Secret>) -> Self {
        self.with_credentials(Credentials {
            password,
            ..Credentials::default()
        })
    }

    /// Adds the group that makes an account an administrator.
    #[must_use]
    pub fn with_admin_group(self, group: String) -> Self {
        let credentials = self.credentials().cloned().unwrap_or_default();
        self.with_credentials(Credentials {
            admin_group: Some(group),
            ..credentials
        })
    }

    /// Adds credentials.
    #[must_use]
    pub fn with_credentials(mut self, credentials: Credentials) -> Self {
        let is_empty = credentials == Credentials::default();
        self.credentials = (!is_empty).then(|| credentials.into());
        self
    }

    /// What it takes to set the state.
    pub fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_deref()
    }

    /// The password of a new account or user.
    pub fn password(&self) -> Option<&Secret> {
        self.credentials()?.password.as_ref()
    }

    /// The value of a setting, where it is a secret or has one in it.
    pub fn setting_secret(&self) -> Option<&SecretText> {
        self.credentials()?.value.as_ref()
    }

    /// What is written to a file.
    pub fn content(&self) -> Option<&FileContent> {
        self.credentials()?.content.as_ref()
    }

    /// The same where a secret is in it, so that only a comparison shows whether it is there.
    pub fn secret_content(&self) -> Option<&FileContent> {
        self.content().filter(|content| content.has_secret())
    }

    /// The secrets in the value of a setting or in the content of a file.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let setting = self.setting_secret().into_iter();
        let content = self.content().into_iter();
        setting
            .flat_map(SecretText::secrets)
            .chain(content.flat_map(FileContent::secrets))
    }

    /// Whether there is one.
    pub fn has_secret_value(&self) -> bool {
        self.secrets().next().is_some()
    }

    /// Whether a reading shows that the state holds. It never does for the
    /// secret of a setting, whose value must be compared.
    pub fn is_met_by(&self, reading: &State) -> bool {
        self.setting_secret().is_none() && self.state.is_met_by(reading)
    }

    /// Parses the wanted state of a subject from a document.
    pub fn read(subject: &Subject, mut json: Json) -> Result<Self, serde_json::Error> {
        let may_be_secret = matches!(subject, Subject::Setting(..) | Subject::AccessKeySecret(_));
        if may_be_secret
            && matches!(json, Json::Object(_) | Json::Array(_))
            && json["secret"] != "set"
        {
            return serde_json::from_value::<SecretText>(json).map(Self::secret);
        }
        let keys: &[&str] = if *subject == Subject::RootUser {
            &["admin", "admin_password", "password"]
        } else if let Subject::File(_) | Subject::FileLine(..) = subject {
            &["content", "new_file"]
        } else {
            &["password", "admin_group"]
        };
        let mut credentials = serde_json::Map::new();
        if let Json::Object(fields) = &mut json
            && !subject.is_conf()
        {
            credentials.extend(keys.iter().filter_map(|key| fields.remove_entry(*key)));
        }
        let state = State::read(subject, json)?;
        let credentials: Credentials = serde_json::from_value(credentials.into())?;
        match (state, credentials.content) {
            (State::File(file), Some(content)) => Self::read_file(*file, content),
            (State::Line(line), Some(content)) if line.digest == content.digest() => {
                Ok(Self::line(content).in_new_file(credentials.new_file))
            }
            (State::Line(_), Some(_)) => Err(other_digest()),
            (State::Line(_), None) if credentials.new_file => {
                Ok(Self::from(State::Absent).in_new_file(true))
            }
            (state, content) => Ok(Self::from(state).with_credentials(Credentials {
                content,
                ..credentials
            })),
        }
    }

    /// A file of a document, whose digest must be that of its content.
    fn read_file(file: FileState, content: FileContent) -> Result<Self, serde_json::Error> {
        let digest = file.digest.clone();
        let wanted = Self::file(file, content);
        let is_same = wanted
            .state
            .file()
            .is_some_and(|file| file.digest == digest);
        is_same.then_some(wanted).ok_or_else(other_digest)
    }
}

fn other_digest() -> serde_json::Error {
    serde_json::Error::custom("the digest of a file is not that of its content")
}

impl From<State> for WantedState {
    fn from(state: State) -> Self {
        Self {
            state,
            credentials: None,
        }
    }
}

/// In documents, credentials are keys beside those of the state.
impl Serialize for WantedState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Merged<'a> {
            #[serde(flatten)]
            state: &'a State,
            #[serde(flatten)]
            credentials: &'a Credentials,
        }
        match (self.setting_secret(), self.credentials()) {
            (Some(secret), _) => secret.serialize(serializer),
            (None, None) => self.state.serialize(serializer),
            (None, Some(credentials)) => Merged {
                state: &self.state,
                credentials,
            }
            .serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Account;

    #[test]
    fn documents_read_back() {
        for (subject, json) in [
            ("conf/node/token_encryption_key", r#"{"secret":"env:KEY"}"#),
            ("conf/node/token_encryption_key", r#"{"secret":"set"}"#),
            (
                "conf/node/absolute",
                r#"["s3://",{"secret":"env:KEY"},"@host"]"#,
            ),
            ("conf/node/async_db_dir", r#""/srv""#),
            ("access_key/k1/secret", r#"{"secret":"env:KEY"}"#),
            (
                "access_key/k1",
                r#"{"storage":{"path":"/a","type":"local"},"token_verification_key":"PEM"}"#,
            ),
            (
                "file_line/Port//etc/x",
                r#"{"digest":"sha256:acd8f94cddcd86e5634e2f2c305d6b729dd95f0a2ce8e13566c5ad16d67e8775","line":"Port 33001","content":"Port 33001","new_file":true}"#,
            ),
            ("file_line/Port//etc/x", r#"{"new_file":true}"#),
            (
                "account/a",
                r#"{"admin":true,"full_name":"A","home":"/a","shell":"/bin/sh","password":{"secret":"env:P"}}"#,
            ),
            (
                "root_user",
                r#"{"enabled":true,"admin":"a","admin_password":{"secret":"env:A"},"password":{"secret":"env:P"}}"#,
            ),
        ] {
            let subject = Subject::parse(subject).unwrap();
            let read = WantedState::read(&subject, serde_json::from_str(json).unwrap());
            let written = serde_json::to_string(&read.unwrap()).unwrap();
            assert_eq!(written, json);
        }
    }

    #[test]
    fn a_line_that_is_not_the_one_of_its_digest_is_refused() {
        let subject = Subject::parse("file_line/Port//etc/x").unwrap();
        let json = |line: &str| {
            let digest = crate::state::sha256(b"Port 22");
            serde_json::json!({ "digest": digest, "line": line })
        };
        let state = |line| State::read(&subject, json(line));
        assert_eq!(
            state("Port 22").unwrap().digest(),
            Some(&*crate::state::sha256(b"Port 22"))
        );
        assert!(state("Port 33001").is_err());
    }

    #[test]
    fn a_reading_meets_a_state_whatever_its_password() {
        let secret = Secret::parse("env:KEY").unwrap();
        let account = State::Account(Account::default().into());
        let wanted = WantedState::from(account.clone()).with_password(Some(secret.clone()));
        assert!(wanted.is_met_by(&account));
        assert!(!WantedState::secret(secret).is_met_by(&State::Hidden));
        assert!(WantedState::from(State::Hidden).is_met_by(&State::Hidden));
    }
}
