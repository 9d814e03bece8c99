//! The Node API of a lab, and what is done with it.

mod access_key_laws;
mod access_keys;
mod ask;
mod bundled;
mod client;
mod returned;
mod server;
mod wire;

use ascript::lab::{NodeApi, NodeApiPorts};

use crate::support::Node;

/// Serves the Node API of a node over HTTPS.
fn serve(node: &Node) -> NodeApi {
    let ports = NodeApiPorts {
        https: Some(0),
        http: None,
    };
    node.lab.serve(ports).unwrap()
}

/// Takes the key and the certificate from a node, which gets others when it is served.
fn remove_certificate(node: &Node) {
    for name in ["aspera_server_cert.pem", "aspera_server_key.pem"] {
        std::fs::remove_file(node.lab.dir().join("etc").join(name)).unwrap();
    }
}

/// An address of this machine at which nobody listens.
fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("https://{}", listener.local_addr().unwrap())
}
