//! Who sends a request: a Node API user, or an access key with its secret.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::key_store;
use super::message::ApiRequest;
use crate::lab::lab_folder::LabFolder;
use crate::lab::passwords::PasswordOwner;
use crate::lab::programs::asnodeadmin::ListedApiUser;

/// The sender of a request, whose password is right.
pub(super) enum Login {
    User(ListedApiUser),
    AccessKey(String),
}

impl Login {
    /// `None` for no login, or a wrong one.
    pub(super) fn check(folder: &LabFolder, request: &ApiRequest) -> io::Result<Option<Self>> {
        let Some((name, password)) = request.authorization.as_deref().and_then(parse) else {
            return Ok(None);
        };
        if let Some(user) = ListedApiUser::find(folder, &name)? {
            let accepted = PasswordOwner::ApiUser(&name).accepts(folder, &password)?;
            return Ok(accepted.then_some(Self::User(user)));
        }
        let accepted = key_store::load(folder)?.contains_key(&name)
            && PasswordOwner::AccessKey(&name).accepts(folder, &password)?;
        Ok(accepted.then_some(Self::AccessKey(name)))
    }
}

/// Parses `Basic BASE64(NAME:PASSWORD)`.
fn parse(header: &str) -> Option<(String, String)> {
    let (scheme, code) = header.split_once(' ')?;
    let text = STANDARD.decode(code.trim()).ok()?;
    let text = String::from_utf8(text).ok()?;
    let (name, password) = text.split_once(':')?;
    let is_basic = scheme.eq_ignore_ascii_case("basic");
    is_basic.then(|| (name.to_owned(), password.to_owned()))
}
