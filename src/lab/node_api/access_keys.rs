//! `/access_keys`: the store, and who may change it. The secret of a key is in the
//! answer to the request that creates it, and nowhere else.

use std::io;

use serde_json::{Map, Value, json};

use super::info::{docroot, docroot_url};
use super::key_store;
use super::login::Login;
use super::message::{ApiRequest, ApiResponse};
use super::restriction;
use crate::lab::conf_file::ConfFile;
use crate::lab::fingerprint::sha256;
use crate::lab::lab_folder::LabFolder;
use crate::lab::passwords::PasswordOwner;
use crate::lab::programs::asuserdata::user_setting;

const LOCAL: &str = "local";
const STORAGE_TYPES: [&str; 7] = [
    LOCAL,
    "aws_s3",
    "azure",
    "azure_sas",
    "azure-files",
    "google-gcs",
    "ibm-s3",
];

/// What a key has beside its ID and secret.
const PROPERTIES: [&str; 4] = [
    "token_verification_key",
    "license",
    "storage",
    "configuration",
];

/// What the node keeps to itself, as far as is known.
const HIDDEN: [&[&str]; 3] = [
    &["storage", "credentials"],
    &["configuration", "transfer", "content_protection_secret"],
    &["configuration", "transfer", "token_encryption_key"],
];

/// Answers a request for `/access_keys`.
pub(super) fn collection(
    folder: &LabFolder,
    login: &Login,
    request: &ApiRequest,
) -> io::Result<ApiResponse> {
    let Login::User(user) = login else {
        return Ok(no_rights());
    };
    match request.method.as_str() {
        "GET" => {
            let keys: Vec<_> = key_store::load(folder)?.into_values().collect();
            Ok(ApiResponse::ok(keys.into()))
        }
        "POST" => create(folder, &user.xfer_user, &request.body),
        _ => Ok(ApiResponse::error(405, "The method is not allowed.")),
    }
}

/// Answers a request for `/access_keys/ID`.
pub(super) fn item(
    folder: &LabFolder,
    login: &Login,
    request: &ApiRequest,
    id: &str,
) -> io::Result<ApiResponse> {
    let id = match login {
        Login::User(_) => id,
        Login::AccessKey(own) if request.method == "GET" && (id == "self" || id == own) => own,
        Login::AccessKey(_) => return Ok(no_rights()),
    };
    let _lock = folder.lock()?;
    let mut keys = key_store::load(folder)?;
    let Some(key) = keys.get_mut(id) else {
        return Ok(ApiResponse::error(404, "The access key does not exist."));
    };
    match request.method.as_str() {
        "GET" => return Ok(ApiResponse::ok(key.clone())),
        "PUT" => {
            if let Err(message) = change(key, &request.body) {
                return Ok(ApiResponse::error(400, message));
            }
            if let Some(secret) = request.body["secret"].as_str() {
                PasswordOwner::AccessKey(id).set_password(folder, secret)?;
            }
        }
        "DELETE" => {
            keys.remove(id);
            PasswordOwner::AccessKey(id).remove_password(folder)?;
        }
        _ => return Ok(ApiResponse::error(405, "The method is not allowed.")),
    }
    key_store::save(folder, &keys)?;
    Ok(ApiResponse::empty(204))
}

fn create(folder: &LabFolder, user: &str, body: &Value) -> io::Result<ApiResponse> {
    if let Err(message) = check_storage(&body["storage"]) {
        return Ok(ApiResponse::error(400, message));
    }
    if !may_create(folder, user, &body["storage"])? {
        return Ok(ApiResponse::error(
            403,
            "The transfer user has a docroot, or no restriction that allows this storage.",
        ));
    }
    let _lock = folder.lock()?;
    let mut keys = key_store::load(folder)?;
    let id = body["id"]
        .as_str()
        .map_or_else(|| generated("id", keys.len()), str::to_owned);
    if keys.contains_key(&id) {
        return Ok(ApiResponse::error(409, "The access key exists already."));
    }
    let secret = body["secret"].as_str();
    let secret = secret.map_or_else(|| generated("secret", keys.len()), str::to_owned);
    let mut key = json!({ "id": id, "root_file_id": (keys.len() + 1).to_string() });
    if let Err(message) = change(&mut key, body) {
        return Ok(ApiResponse::error(400, message));
    }
    PasswordOwner::AccessKey(&id).set_password(folder, &secret)?;
    keys.insert(id, key.clone());
    key_store::save(folder, &keys)?;
    key["secret"] = secret.into();
    Ok(ApiResponse::ok(key))
}

fn check_storage(storage: &Value) -> Result<(), &'static str> {
    let kind = storage["type"].as_str().unwrap_or_default();
    if !STORAGE_TYPES.contains(&kind) {
        return Err("The storage has no known type.");
    }
    if kind != LOCAL && !storage["credentials"].is_object() {
        return Err("This type of storage needs credentials.");
    }
    Ok(())
}

/// Keys are created by users without a docroot, whose restrictions allow the path.
fn may_create(folder: &LabFolder, user: &str, storage: &Value) -> io::Result<bool> {
    if !docroot(folder, user)?.is_empty() {
        return Ok(false);
    }
    let conf = ConfFile::load(folder)?;
    let list = user_setting(folder, &conf, user, "file_restriction")?.unwrap_or_default();
    let is_local = storage["type"] == LOCAL;
    let url = docroot_url(storage["path"].as_str().unwrap_or("/"));
    Ok(!list.is_empty() && (!is_local || restriction::allows(&list, &url)))
}

/// Merges the properties of a request into a key. A key keeps its ID.
fn change(key: &mut Value, body: &Value) -> Result<(), &'static str> {
    let Some(body) = body.as_object() else {
        return Err("The body is not an object.");
    };
    if body.get("id").is_some_and(|id| *id != key["id"]) {
        return Err("The ID of an access key cannot change.");
    }
    let known = body
        .iter()
        .filter(|(name, _)| PROPERTIES.contains(&name.as_str()));
    let known: Map<_, _> = known
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    merge(key, &known);
    for path in HIDDEN {
        hide(key, path);
    }
    Ok(())
}

fn merge(target: &mut Value, source: &Map<String, Value>) {
    for (name, value) in source {
        match value.as_object().filter(|_| target[name].is_object()) {
            Some(value) => merge(&mut target[name], value),
            None => target[name] = value.clone(),
        }
    }
}

fn hide(value: &mut Value, path: &[&str]) {
    match (path, value.as_object_mut()) {
        ([leaf], Some(object)) => drop(object.remove(*leaf)),
        ([first, rest @ ..], Some(object)) => {
            if let Some(inner) = object.get_mut(*first) {
                hide(inner, rest);
            }
        }
        _ => {}
    }
}

/// What the node makes up where the request gives nothing. It differs between the
/// keys of one lab, and is the same in every lab.
fn generated(what: &str, number: usize) -> String {
    sha256(format!("{what} {number}").as_bytes())[..44].to_owned()
}

fn no_rights() -> ApiResponse {
    ApiResponse::error(403, "An access key has no rights to this.")
}
