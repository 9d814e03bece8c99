//! The Node API of a lab: a server on this machine's loopback address that reads
//! and writes the lab's files. It stops when [`NodeApi`] is dropped.

mod access_keys;
mod certificate;
mod exchange;
mod info;
mod key_store;
mod listeners;
mod login;
mod message;
mod restriction;

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::{ServerConnection, StreamOwned};

use super::conf_file::ConfFile;
use super::lab_folder::LabFolder;
use super::services::LabService;
use certificate::Certificates;

pub(super) use certificate::add as add_certificate;
pub use listeners::NodeApiPorts;

/// The file with the addresses where the Node API is served, while it is.
const ADDRESSES: &str = "var/lab/node_api.json";

/// How long a connection may stay silent.
const IDLE: Duration = Duration::from_secs(10);

/// The Node API of a lab, served until this is dropped.
#[derive(Debug)]
pub struct NodeApi {
    folder: LabFolder,
    urls: Vec<String>,
    pin: String,
    is_stopped: Arc<AtomicBool>,
    threads: Vec<(SocketAddr, JoinHandle<()>)>,
}

/// What the threads share.
struct Server {
    folder: LabFolder,
    certificates: Certificates,
    is_stopped: Arc<AtomicBool>,
}

impl NodeApi {
    pub(super) fn start(folder: &LabFolder, ports: NodeApiPorts) -> io::Result<Self> {
        let listeners = listeners::bind(&ConfFile::load(folder)?, ports)?;
        let is_stopped = Arc::new(AtomicBool::new(false));
        let certificates = Certificates::load(folder)?;
        let pin = certificates.pin.clone();
        let server = Arc::new(Server {
            folder: folder.clone(),
            certificates,
            is_stopped: Arc::clone(&is_stopped),
        });
        let urls: Vec<_> = listeners.iter().map(listeners::ApiListener::url).collect();
        folder.write_json(ADDRESSES, &serde_json::json!({ "urls": urls }))?;
        let threads = listeners.into_iter().map(|listener| {
            let server = Arc::clone(&server);
            let address = listener.address;
            let accept = move || accept(&server, &listener.socket, listener.is_tls);
            (address, thread::spawn(accept))
        });
        Ok(Self {
            folder: folder.clone(),
            urls,
            pin,
            is_stopped,
            threads: threads.collect(),
        })
    }

    /// The base URLs, HTTPS first.
    pub fn urls(&self) -> &[String] {
        &self.urls
    }

    /// The pin of its certificate, in the notation of curl: `sha256//…`.
    pub fn pin(&self) -> &str {
        &self.pin
    }
}

impl Drop for NodeApi {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::Relaxed);
        // The file may be gone with the folder of a test.
        let _ = fs::remove_file(self.folder.path(ADDRESSES));
        for (address, thread) in self.threads.drain(..) {
            // A connection wakes the thread, which then sees that it is to stop.
            let _ = TcpStream::connect(address);
            let _ = thread.join();
        }
    }
}

fn accept(server: &Arc<Server>, listener: &TcpListener, is_tls: bool) {
    for stream in listener.incoming() {
        if server.is_stopped.load(Ordering::Relaxed) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let server = Arc::clone(server);
        // A client that goes away, or fails the handshake, is no error of the server.
        thread::spawn(move || server.connection(stream, is_tls).is_ok());
    }
}

impl Server {
    /// Answers the one request of a connection.
    fn connection(&self, stream: TcpStream, is_tls: bool) -> io::Result<()> {
        stream.set_read_timeout(Some(IDLE))?;
        stream.set_write_timeout(Some(IDLE))?;
        if LabService::load(&self.folder, "asperanoded")?.pid.is_none() {
            return Ok(());
        }
        if !is_tls {
            return exchange::answer(&self.folder, &mut &stream);
        }
        let config = self.certificates.config(&self.folder)?;
        let connection = ServerConnection::new(config).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, stream);
        exchange::answer(&self.folder, &mut stream)?;
        stream.conn.send_close_notify();
        stream.conn.complete_io(&mut stream.sock).map(drop)
    }
}
