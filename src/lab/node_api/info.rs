//! `GET /info`, in the layout of published answers.

use std::io;

use serde_json::json;

use super::login::Login;
use super::message::ApiResponse;
use crate::lab::conf_file::ConfFile;
use crate::lab::lab_folder::LabFolder;
use crate::lab::license_file;
use crate::lab::programs::asuserdata::user_setting;

pub(super) fn info(folder: &LabFolder, login: &Login) -> io::Result<ApiResponse> {
    let Login::User(user) = login else {
        return Ok(ApiResponse::error(403, "Access keys cannot ask for this."));
    };
    let capabilities = ["sync", "watchfolder", "symbolic_links"];
    let capabilities = capabilities.map(|name| json!({ "name": name, "value": true }));
    Ok(ApiResponse::ok(json!({
        "application": "node",
        "version": license_file::VERSION,
        "license_max_rate": "10000",
        "os": folder.platform()?.name(),
        "transfer_user": user.xfer_user,
        "docroot": docroot_url(&docroot(folder, &user.xfer_user)?),
        "node_id": "00000000-0000-4000-8000-000000000001",
        "cluster_id": "00000000-0000-4000-8000-000000000002",
        "acls": user.acls,
        "capabilities": capabilities,
    })))
}

/// The docroot of a transfer user; empty for the whole file system.
pub(super) fn docroot(folder: &LabFolder, user: &str) -> io::Result<String> {
    let docroot = user_setting(folder, &ConfFile::load(folder)?, user, "absolute")?;
    Ok(docroot.unwrap_or_default())
}

/// A path as a URL; one that is a URL already is kept.
pub(super) fn docroot_url(path: &str) -> String {
    if path.is_empty() || path.contains("://") {
        path.to_owned()
    } else {
        format!("file:///{path}")
    }
}
