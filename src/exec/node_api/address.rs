//! Where the Node API of a node answers: as given, as aspera.conf of an installation
//! says, or as the files of a lab say while it is served.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use crate::conf::Document;
use crate::exec::node::{conf_states, storage};
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{Section, Subject};

/// Where a lab says that it is served.
const SERVED: &str = "var/lab/node_api.json";

/// The ports of asperanoded, where aspera.conf names none (Configuring the `NodeD` service).
const HTTPS_PORT: &str = "9092";
const HTTP_PORT: &str = "9091";

/// The node whose Node API is asked.
#[derive(Clone, Debug)]
pub enum ApiPlace {
    /// At a base URL that the user gave.
    Given(ApiAddress),
    /// The installation of this machine, in that folder.
    Installation(PathBuf),
    /// Another folder, which says nothing of what listens on this machine unless it is
    /// a lab that is served.
    Folder(PathBuf),
}

/// Where a node answers.
pub(super) struct FoundApi {
    pub(super) address: ApiAddress,
    /// The certificate that the node serves, if it is a file of this machine.
    pub(super) certificate: Option<PathBuf>,
}

/// The base URL of a Node API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiAddress {
    is_https: bool,
    host: String,
    port: u16,
}

impl ApiPlace {
    /// Finds the address; `None` if it is not known.
    pub(super) fn find(&self) -> Result<Option<FoundApi>> {
        let (folder, served) = match self {
            Self::Given(address) => {
                return Ok(Some(FoundApi {
                    address: address.clone(),
                    certificate: None,
                }));
            }
            Self::Installation(folder) => (folder, None),
            Self::Folder(folder) => match served(folder)? {
                None => return Ok(None),
                served => (folder, served),
            },
        };
        let document = document(folder)?;
        let address = served.or_else(|| document.as_ref().and_then(configured));
        Ok(address.map(|address| FoundApi {
            address,
            certificate: Some(certificate(folder, document.as_ref())),
        }))
    }
}

impl ApiAddress {
    /// Parses `https://HOST[:PORT]`. Plain HTTP is for this machine only, since it shows
    /// the password to everybody on the way.
    pub fn parse(url: &str) -> Result<Self> {
        let wrong = |why: &str| {
            Fault::usage(format!("`{url}` is not the address of a Node API: {why}"))
                .hint("write https://HOST:9092")
        };
        let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong("no https://"))?;
        let is_https = match scheme {
            "https" => true,
            "http" => false,
            _ => return Err(wrong("no https://")),
        };
        if rest.contains('@') {
            return Err(Fault::usage("the address of a Node API contains a login")
                .hint("remove it; the script names the Node API user and its password"));
        }
        let place = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = split_port(place);
        let default = if is_https { HTTPS_PORT } else { HTTP_PORT };
        let port = port
            .unwrap_or(default)
            .parse()
            .ok()
            .filter(|port| *port > 0);
        let port = port.ok_or_else(|| wrong("the port is no number up to 65535"))?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        if host.is_empty() || !host.chars().all(is_name) {
            return Err(wrong("it has more than a host and a port"));
        }
        let address = Self {
            is_https,
            host: host.to_owned(),
            port,
        };
        if !is_https && !address.is_loopback() {
            return Err(wrong("HTTP would send the password unencrypted"));
        }
        Ok(address)
    }

    /// The URL of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{self}{path}")
    }

    pub(super) fn is_https(&self) -> bool {
        self.is_https
    }

    fn is_loopback(&self) -> bool {
        let host = self.host.trim_matches(['[', ']']);
        let is_own = |host: &str| host.parse::<IpAddr>().is_ok_and(|host| host.is_loopback());
        host == "localhost" || is_own(host)
    }
}

impl std::fmt::Display for ApiAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = if self.is_https { "https" } else { "http" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

/// The aspera.conf of a node in a folder, if there is one.
fn document(folder: &Path) -> Result<Option<Document>> {
    let bytes = storage::read(&storage::conf_path(folder))?;
    Ok(bytes.map(Document::parse).transpose()?)
}

/// The file of the certificate that a node serves.
fn certificate(folder: &Path, document: Option<&Document>) -> PathBuf {
    let named = document.and_then(|document| server_setting(document, "cert_file"));
    named.map_or_else(|| folder.join("etc/aspera_server_cert.pem"), PathBuf::from)
}

/// The address in aspera.conf; `None` if the API is switched off. `listen` has
/// precedence over the ports; an `s` after a port stands for HTTPS.
fn configured(document: &Document) -> Option<ApiAddress> {
    if let Some(listen) = server_setting(document, "listen") {
        let mut places: Vec<_> = listen.split(',').filter_map(listening).collect();
        places.sort_by_key(|place| !place.is_https);
        return places.into_iter().next();
    }
    let is_on = |name: &str, default: bool| match server_setting(document, name).as_deref() {
        Some("true" | "yes" | "1") => true,
        Some("false" | "no" | "0") => false,
        _ => default,
    };
    let at = |name: &str, default: &str| {
        let port = server_setting(document, name);
        port.as_deref().unwrap_or(default).parse().ok()
    };
    let https = is_on("enable_https", true).then(|| at("https_port", HTTPS_PORT));
    let http = || is_on("enable_http", false).then(|| at("http_port", HTTP_PORT));
    let own = |is_https, port| ApiAddress {
        is_https,
        host: "127.0.0.1".to_owned(),
        port,
    };
    let https = https.flatten().map(|port| own(true, port));
    https.or_else(|| http().flatten().map(|port| own(false, port)))
}

/// Parses `[HOST:]PORT[s]`. A server that listens on all addresses is reached on this
/// machine's own.
fn listening(text: &str) -> Option<ApiAddress> {
    let text = text.trim();
    let secure = text.strip_suffix('s');
    let (host, port) = match split_port(secure.unwrap_or(text)) {
        (port, None) => ("", port),
        (host, Some(port)) => (host, port),
    };
    let host = match host {
        "" | "*" | "0.0.0.0" | "[::]" => "127.0.0.1",
        host => host,
    };
    let scheme = if secure.is_some() { "https" } else { "http" };
    ApiAddress::parse(&format!("{scheme}://{host}:{port}")).ok()
}

/// Splits `HOST:PORT`; an IPv6 address is in brackets.
fn split_port(place: &str) -> (&str, Option<&str>) {
    match place.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (place, None),
    }
}

fn server_setting(document: &Document, name: &str) -> Option<String> {
    let subject = Subject::setting(Section::Server, name.to_owned());
    let state = conf_states::state(document, &subject);
    let text = state.text().map(str::trim).filter(|text| !text.is_empty());
    text.map(str::to_owned)
}

/// The address at which a lab is served. The files of a folder must not lead to
/// another machine.
fn served(folder: &Path) -> Result<Option<ApiAddress>> {
    let Some(bytes) = storage::read(&folder.join(SERVED))? else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(&bytes);
    let parsed: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let address = parsed["urls"][0]
        .as_str()
        .map(ApiAddress::parse)
        .transpose();
    match address {
        Ok(Some(address)) if address.is_loopback() => Ok(Some(address)),
        _ => Err(Fault::new(
            FaultKind::Unknown,
            format!("{SERVED} of this lab has no address on this machine"),
        )
        .hint("serve the lab again with `ascript lab DIR --serve`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_conf(server: &str) -> Option<String> {
        let text = format!("<CONF version=\"2\"><server>{server}</server></CONF>");
        let document = Document::parse(text.into_bytes()).unwrap();
        configured(&document).map(|address| address.to_string())
    }

    #[test]
    fn aspera_conf_says_where_an_installation_answers() {
        for (server, url) in [
            ("", Some("https://127.0.0.1:9092")),
            (
                "<https_port>9443</https_port>",
                Some("https://127.0.0.1:9443"),
            ),
            ("<enable_https>false</enable_https>", None),
            (
                "<enable_https>false</enable_https><enable_http>true</enable_http>",
                Some("http://127.0.0.1:9091"),
            ),
            (
                "<https_port>1</https_port><listen>127.0.0.1:9091,0.0.0.0:443s</listen>",
                Some("https://127.0.0.1:443"),
            ),
            (
                "<listen>198.51.100.7:9092s</listen>",
                Some("https://198.51.100.7:9092"),
            ),
            ("<listen>9092s</listen>", Some("https://127.0.0.1:9092")),
        ] {
            assert_eq!(of_conf(server).as_deref(), url, "{server}");
        }
    }

    #[test]
    fn an_address_has_a_host_and_a_port() {
        for (url, shown) in [
            ("https://node.example.com", "https://node.example.com:9092"),
            (
                "https://node.example.com:443/",
                "https://node.example.com:443",
            ),
            ("https://[::1]:9092", "https://[::1]:9092"),
            ("http://127.0.0.1", "http://127.0.0.1:9091"),
            ("http://localhost:8080", "http://localhost:8080"),
        ] {
            assert_eq!(ApiAddress::parse(url).unwrap().to_string(), shown);
        }
        for url in [
            "node.example.com:9092",
            "ftp://node",
            "https://",
            "https://node:0",
            "https://node:70000",
            "https://node/path",
            "https://user:pass@node",
            "http://node.example.com:9091",
        ] {
            assert!(ApiAddress::parse(url).is_err(), "{url}");
        }
    }
}
