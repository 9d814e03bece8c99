//! Requests to the Node API, which are written as commands of a program `node-api`:
//! the executor sends them itself.

use serde::Deserialize;

use super::Output;
use super::output::quoted;
use crate::fault::{Fault, FaultKind, Result};
use crate::login;
use crate::state::Secret;
use crate::step::{Command, NodeApiCheck, NodeApiLogin, Piece};

/// What stands for the Node API in place of a program.
pub const NODE_API: &str = "node-api";

/// The service that answers.
pub const NODE_API_SERVICE: &str = "asperanoded";

/// The variables that stand for the login of a request.
const USER: &str = "NODE_API_USER";
const PASSWORD: &str = "NODE_API_PASSWORD";

/// What `GET /info` says about a node, as far as it is used. Its layout was taken from
/// published answers.
#[derive(Debug, Deserialize)]
pub struct NodeApiInfo {
    /// The version of the product.
    pub version: String,
    /// The system account that transfers of this login run as.
    pub transfer_user: String,
    /// Its docroot as a URL; empty for the whole file system.
    #[serde(default)]
    pub docroot: String,
    #[serde(default)]
    capabilities: Vec<Capability>,
}

#[derive(Debug, Deserialize)]
struct Capability {
    name: String,
    value: serde_json::Value,
}

/// Returns the request that only looks whether the Node API answers.
pub(super) fn ping() -> Command {
    request("GET", "/ping".to_owned())
}

/// Returns the request for what the Node API says about a login.
pub(super) fn info(check: &NodeApiCheck) -> Command {
    with_login(
        request("GET", "/info".to_owned()),
        &check.user,
        &check.password,
    )
}

/// A request without a login.
pub(super) fn request(method: &'static str, path: String) -> Command {
    Command::new(NODE_API).arg(method).arg(path)
}

/// A request of that Node API user.
pub fn as_node_api_user(request: &Command, login: &NodeApiLogin) -> Command {
    with_login(request.clone(), &login.user, &login.password)
}

/// A request of that Node API user, or of that access key.
pub(super) fn with_login(command: Command, user: &str, password: &Secret) -> Command {
    command
        .env(USER, user.to_owned())
        .env(PASSWORD, password.clone())
}

/// The user and the password of a request, if it has them.
pub fn node_api_login(command: &Command) -> Option<(&str, &Secret)> {
    let of = |name: &str| command.env.iter().find(|(known, _)| known == name);
    match (of(USER), of(PASSWORD)) {
        (Some((_, Piece::Text(user))), Some((_, Piece::Secret(password)))) => {
            Some((user, password))
        }
        _ => None,
    }
}

/// Whether the Node API accepted a request.
pub(super) fn accept(command: &Command, output: &Output) -> Result<()> {
    if output.is_success() {
        return Ok(());
    }
    let status = output.code.unwrap_or_default();
    let user = node_api_login(command).map_or("", |(user, _)| user);
    if status == 401 {
        let message = format!("the Node API refuses the login of `{user}`");
        return Err(Fault::new(FaultKind::Node, message)
            .hint("check the password; `node.set_api_password` sets another one"));
    }
    let words: Vec<_> = command.args.iter().map(Piece::to_string).collect();
    let request = words.join(" ");
    let message = format!("the Node API answers `{request}` with status {status}");
    let fault = Fault::new(FaultKind::Node, message).with_hints(advice(status, &request));
    Err(match reason(&output.stdout) {
        Some(reason) => fault.hint(format!("it says: {}", quoted(&reason))),
        None => fault,
    })
}

/// What a status means for requests about access keys.
fn advice(status: i32, request: &str) -> Option<String> {
    let about_keys = request.contains(" /access_keys");
    let text = match status {
        400 | 403 => {
            "the Node API user needs a transfer user without docroot, whose restriction allows the path; \
             `file:////data/*` allows what is below /data, not /data itself"
        }
        409 => "an access key with this ID exists already; another Node API user may have made it",
        _ => return None,
    };
    about_keys.then(|| text.to_owned())
}

/// The reason in the body of an error; some errors have none.
fn reason(body: &str) -> Option<String> {
    let json: serde_json::Value = serde_json::from_str(body).ok()?;
    let error = &json["error"];
    let text = error["user_message"].as_str().or(error["reason"].as_str());
    text.map(str::to_owned)
}

/// Compares the answer to `GET /info` with what a script expects.
pub fn verify_info(check: &NodeApiCheck, output: &Output) -> Result<NodeApiInfo> {
    let info: NodeApiInfo = serde_json::from_str(&output.stdout).map_err(|error| {
        let message = "the answer to `GET /info` is not that of a Node API";
        Fault::new(FaultKind::Node, message)
            .hint(format!("it cannot be parsed: {error}"))
            .hint("check that the Node API, and no other server, has this address")
    })?;
    let expected = check.transfer_user.as_deref();
    if let Some(user) = expected.filter(|user| *user != info.transfer_user) {
        return Err(differs("transfer user", &info.transfer_user, user)
            .hint("`node.add_api_user` sets the transfer user of a Node API user"));
    }
    let expected = check.docroot.as_deref();
    if let Some(docroot) = expected.filter(|docroot| !is_docroot(docroot, &info.docroot)) {
        return Err(differs("docroot", &path(&info.docroot), docroot)
            .hint("asperanoded may not have loaded aspera.conf: `service.refresh` restarts it"));
    }
    Ok(info)
}

fn differs(what: &str, is: &str, expected: &str) -> Fault {
    let (is, expected) = (quoted(is), quoted(expected));
    let message = format!("the Node API shows the {what} `{is}`, expected `{expected}`");
    Fault::new(FaultKind::Contradicted, message)
}

/// Whether the docroot that a node shows as a URL is an expected one. Whether the node
/// replaces placeholders such as `$(name)`, and percent-encodes, is not published.
fn is_docroot(expected: &str, shown: &str) -> bool {
    let end = |text: String| text.trim_end_matches('/').to_owned();
    let (expected, shown) = (end(path(expected)), end(path(shown)));
    expected.contains("$(") || expected == shown || expected == percent_decoded(&shown)
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| hex::decode(code).ok());
        rest = if code.is_some() { &tail[2..] } else { tail };
        bytes.push(code.map_or(*first, |code| code[0]));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A docroot without the scheme of local storage, and without a login.
fn path(docroot: &str) -> String {
    let local = docroot.strip_prefix("file:///").unwrap_or(docroot);
    login::hide(local).into_owned()
}

impl NodeApiInfo {
    /// What it says, in a line.
    pub fn summary(&self) -> String {
        let on = self.capabilities.iter().filter(|row| row.value == true);
        let features: Vec<_> = on.map(|row| &*row.name).collect();
        let docroot = match path(&self.docroot) {
            none if none.is_empty() => "none".to_owned(),
            docroot => docroot,
        };
        let mut parts = vec![
            format!("version {}", self.version),
            format!("transfer user {}", self.transfer_user),
            format!("docroot {docroot}"),
        ];
        if !features.is_empty() {
            parts.push(format!("features {}", features.join(", ")));
        }
        quoted(&parts.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(user: &str, docroot: &str) -> NodeApiCheck {
        NodeApiCheck {
            user: "api".to_owned(),
            password: Secret::parse("env:P").unwrap(),
            transfer_user: Some(user.to_owned()),
            docroot: Some(docroot.to_owned()),
        }
    }

    fn answer(code: i32, body: &str) -> Output {
        Output {
            code: Some(code),
            stdout: body.to_owned(),
            stderr: String::new(),
        }
    }

    const INFO: &str = r#"{ "version": "4.4.2.550", "transfer_user": "xfer", "docroot": "file:////srv/a",
        "capabilities": [{ "name": "sync", "value": true }, { "name": "aej", "value": "1.0" }] }"#;

    #[test]
    fn an_answer_is_compared_with_what_is_expected() {
        let info = verify_info(&check("xfer", "/srv/a"), &answer(0, INFO)).unwrap();
        let summary = "version 4.4.2.550; transfer user xfer; docroot /srv/a; features sync";
        assert_eq!(info.summary(), summary);
        for (expected, message) in [
            (
                check("anna", "/srv/a"),
                "the transfer user `xfer`, expected `anna`",
            ),
            (
                check("xfer", "/srv"),
                "the docroot `/srv/a`, expected `/srv`",
            ),
            (check("xfer", ""), "the docroot `/srv/a`, expected ``"),
        ] {
            let fault = verify_info(&expected, &answer(0, INFO)).unwrap_err();
            assert_eq!(fault.kind(), FaultKind::Contradicted);
            assert!(fault.message().contains(message), "{}", fault.message());
        }
    }

    #[test]
    fn a_docroot_is_compared_as_a_path() {
        for (expected, shown, is_same) in [
            ("/srv/a", "file:////srv/a", true),
            ("/srv/a/", "file:////srv/a", true),
            ("/srv/a b", "file:////srv/a%20b", true),
            ("/srv/a%20b", "file:////srv/a%20b", true),
            ("/srv/50%", "file:////srv/50%", true),
            ("/srv/$(name)", "file:////srv/anna", true),
            ("s3://KEY:SECRET@host/b", "s3://host/b", false),
            ("s3://host/b", "s3://host/b", true),
            ("", "", true),
            ("/", "", true),
            ("", "file:////srv", false),
            ("/srv/a", "file:////srv/b", false),
        ] {
            assert_eq!(is_docroot(expected, shown), is_same, "{expected} {shown}");
        }
    }

    #[test]
    fn what_is_no_answer_of_a_node_api_is_refused() {
        for body in ["", "{", "[]", "{}", r#"{"version": 4}"#, "<html>"] {
            let fault = verify_info(&check("xfer", ""), &answer(0, body)).unwrap_err();
            assert_eq!(fault.kind(), FaultKind::Node, "{body}");
        }
    }

    #[test]
    fn a_refusal_says_what_the_node_says() {
        let command = info(&check("xfer", ""));
        let body = r#"{"error":{"code":500,"reason":"Internal","user_message":"disk full"}}"#;
        let fault = accept(&command, &answer(500, body)).unwrap_err();
        assert_eq!(
            fault.message(),
            "the Node API answers `GET /info` with status 500"
        );
        assert_eq!(fault.hints(), ["it says: disk full"]);
        assert!(
            accept(&command, &answer(404, "{}"))
                .unwrap_err()
                .hints()
                .is_empty()
        );
        let fault = accept(&command, &answer(401, "")).unwrap_err();
        assert_eq!(fault.message(), "the Node API refuses the login of `api`");
        assert!(accept(&command, &answer(0, "")).is_ok());
    }
}
