//! A small HTTP client that shares no code with the one of the program.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;

use ascript::lab::{Lab, LabOptions, NodeApi, NodeApiPorts};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;

/// A lab that serves its Node API over HTTPS and HTTP on free ports.
pub(crate) struct ServedLab {
    pub(crate) api: NodeApi,
    pub(crate) lab: Lab,
    _dir: tempfile::TempDir,
}

/// A status, and what followed the headers.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl ServedLab {
    pub(crate) fn new(platform: &str) -> Self {
        // The file system of the executable, so that it is linked, not copied.
        let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let executable = PathBuf::from(env!("CARGO_BIN_EXE_ascript"));
        let mut options = LabOptions::new(executable, platform);
        options.links_executable = true;
        let lab = Lab::create(&dir.path().join("lab"), &options).unwrap();
        let ports = NodeApiPorts {
            https: Some(0),
            http: Some(0),
        };
        let api = lab.serve(ports).unwrap();
        Self {
            api,
            lab,
            _dir: dir,
        }
    }

    /// Runs a program of the lab.
    pub(crate) fn run(&self, program: &str, args: &[&str]) {
        let mut command = std::process::Command::new(self.lab.program(program));
        let output = command.args(args).output().unwrap();
        assert!(output.status.success(), "{program} {args:?}: {output:?}");
    }

    /// Adds a Node API user with the password `pass`.
    pub(crate) fn add_user(&self, name: &str, transfer_user: &str) {
        let args = ["-a", "-u", name, "-p", "pass", "-x", transfer_user];
        self.run("asnodeadmin", &args);
    }

    pub(crate) fn configure(&self, text: &str) {
        self.run("asconfigurator", &["-x", text]);
    }

    /// Sends a request over HTTP.
    pub(crate) fn ask(&self, request: &str, login: &str, body: &str) -> Answer {
        let mut stream = self.connect(1);
        send(&mut stream, request, login, body);
        receive(&mut stream)
    }

    fn connect(&self, nth: usize) -> TcpStream {
        let (_, address) = self.api.urls()[nth].split_once("://").unwrap();
        TcpStream::connect(address).unwrap()
    }

    /// Sends a request over HTTPS, trusting the certificate in the lab's file.
    pub(crate) fn ask_with_tls(&self, request: &str) -> Result<Answer, String> {
        let file = self.lab.dir().join("etc/aspera_server_cert.pem");
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(file).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut stream = StreamOwned::new(connection, self.connect(0));
        stream
            .conn
            .complete_io(&mut stream.sock)
            .map_err(|error| error.to_string())?;
        send(&mut stream, request, "", "");
        Ok(receive(&mut stream))
    }
}

fn send(stream: &mut impl Write, request: &str, login: &str, body: &str) {
    let login = STANDARD.encode(login);
    let length = body.len();
    let text = format!(
        "{request} HTTP/1.1\r\nHost: node\r\nAuthorization: Basic {login}\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).unwrap();
}

fn receive(stream: &mut impl Read) -> Answer {
    let mut bytes = Vec::new();
    // A server that closes within its answer gives an error or an end.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8(bytes).unwrap();
    let (headers, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = headers.split(' ').nth(1).and_then(|code| code.parse().ok());
    Answer {
        status: status.unwrap_or_default(),
        headers: headers.to_owned(),
        body: body.to_owned(),
    }
}
