//! Where the Node API listens: `listen` of the server section, or its ports. A lab
//! listens on the loopback address only.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};

use crate::lab::conf_file::ConfFile;
use crate::lab::lab_folder::invalid_input;
use crate::lab::programs::asuserdata::server_setting;

/// The ports to serve the Node API on.
#[derive(Clone, Copy, Debug, Default)]
pub struct NodeApiPorts {
    /// The port for HTTPS in place of those in `aspera.conf`; 0 takes a free one.
    pub https: Option<u16>,
    /// The port for HTTP, likewise.
    pub http: Option<u16>,
}

/// A bound port.
pub(super) struct ApiListener {
    pub(super) socket: TcpListener,
    pub(super) address: SocketAddr,
    pub(super) is_tls: bool,
}

impl ApiListener {
    pub(super) fn url(&self) -> String {
        let scheme = if self.is_tls { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }
}

/// Binds the given ports, or those of `aspera.conf` if none is given.
pub(super) fn bind(conf: &ConfFile, ports: NodeApiPorts) -> io::Result<Vec<ApiListener>> {
    let given = [(ports.https, true), (ports.http, false)];
    let given = given.map(|(port, is_tls)| port.map(|port| (loopback(port), is_tls)));
    let mut places: Vec<_> = given.into_iter().flatten().collect();
    if places.is_empty() {
        places = configured(conf)?;
    }
    places.sort_by_key(|(_, is_tls)| !is_tls);
    let bound = places.into_iter().map(|(address, is_tls)| {
        let socket = TcpListener::bind(address)
            .map_err(|error| io::Error::new(error.kind(), format!("{address}: {error}")))?;
        Ok(ApiListener {
            address: socket.local_addr()?,
            socket,
            is_tls,
        })
    });
    bound.collect()
}

fn configured(conf: &ConfFile) -> io::Result<Vec<(SocketAddr, bool)>> {
    let listen = server_setting(conf, "listen").unwrap_or_default();
    if !listen.trim().is_empty() {
        return listen.split(',').map(parse_place).collect();
    }
    let mut places = Vec::new();
    for (port, switch, is_tls) in [
        ("https_port", "enable_https", true),
        ("http_port", "enable_http", false),
    ] {
        let is_on = server_setting(conf, switch).is_some_and(|on| on == "true");
        let port = server_setting(conf, port).and_then(|port| port.parse().ok());
        if let (true, Some(port)) = (is_on, port) {
            places.push((loopback(port), is_tls));
        }
    }
    Ok(places)
}

/// Parses `[ADDRESS:]PORT[s]`; the `s` stands for HTTPS.
fn parse_place(text: &str) -> io::Result<(SocketAddr, bool)> {
    let text = text.trim();
    let place = text.strip_suffix('s');
    let (host, port) = match place.unwrap_or(text).rsplit_once(':') {
        Some((host, port)) => (host, port),
        None => ("", place.unwrap_or(text)),
    };
    let port = port
        .parse()
        .map_err(|_| invalid_input(format!("`listen` contains `{text}`, which is no port")))?;
    let host = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let address = match host.filter(IpAddr::is_loopback) {
        Some(host) => SocketAddr::new(host, port),
        None => loopback(port),
    };
    Ok((address, place.is_some()))
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(server: &str) -> Vec<(String, bool)> {
        let text = format!("<CONF><server>{server}</server></CONF>");
        let places = configured(&ConfFile::parse(&text).unwrap()).unwrap();
        let text = |(address, is_tls): (SocketAddr, bool)| (address.to_string(), is_tls);
        places.into_iter().map(text).collect()
    }

    #[test]
    fn ports_have_defaults_and_listen_wins() {
        let https = |port: u16| (format!("127.0.0.1:{port}"), true);
        assert_eq!(places(""), [https(9092)]);
        assert_eq!(places("<https_port>9999</https_port>"), [https(9999)]);
        let both = places("<enable_http>true</enable_http>");
        assert_eq!(both, [https(9092), ("127.0.0.1:9091".to_owned(), false)]);
        let listen = "<https_port>1</https_port><listen>127.0.0.1:9443s,0.0.0.0:9081</listen>";
        let apart = ("127.0.0.1:9081".to_owned(), false);
        assert_eq!(places(listen), [https(9443), apart]);
    }

    #[test]
    fn a_lab_listens_on_loopback_only() {
        for text in ["0.0.0.0:9092s", "198.51.100.7:9092", "9092", "[::]:9092s"] {
            assert!(parse_place(text).unwrap().0.ip().is_loopback(), "{text}");
        }
        assert!(parse_place("[::1]:9092s").unwrap().0.is_ipv6());
        assert!(parse_place("https").is_err());
    }
}
