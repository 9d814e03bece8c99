//! The self-signed certificate of a lab's Node API, in the files where the
//! product has its own.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, DnType, KeyPair, PublicKeyData, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};

use crate::lab::api_faults::ApiFault;
use crate::lab::injected_faults::api_fault_for;
use crate::lab::lab_folder::LabFolder;

const CERTIFICATE: &str = "etc/aspera_server_cert.pem";
const KEY: &str = "etc/aspera_server_key.pem";

/// The years in which the certificates begin and end.
const VALID: (i32, i32) = (2020, 2099);
const EXPIRED: (i32, i32) = (2020, 2021);

/// Makes a key and a certificate.
pub(in crate::lab) fn add(folder: &LabFolder) -> io::Result<()> {
    let key = KeyPair::generate().map_err(io::Error::other)?;
    folder.write(CERTIFICATE, certificate(&key, VALID)?.as_bytes())?;
    folder.write(KEY, key.serialize_pem().as_bytes())?;
    fs::set_permissions(folder.path(KEY), fs::Permissions::from_mode(0o600))
}

fn certificate(key: &KeyPair, (from, to): (i32, i32)) -> io::Result<String> {
    let names = ["localhost", "127.0.0.1", "::1", "node1.example.com"].map(str::to_owned);
    let mut params = CertificateParams::new(names).map_err(io::Error::other)?;
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(to, 1, 1);
    let name = &mut params.distinguished_name;
    name.push(DnType::CommonName, "node1.example.com");
    let certificate = params.self_signed(key).map_err(io::Error::other)?;
    Ok(certificate.pem())
}

/// The certificates of a server.
pub(super) struct Certificates {
    current: Arc<ServerConfig>,
    expired: Arc<ServerConfig>,
    /// The pin of the public key, as curl takes it.
    pub(super) pin: String,
}

impl Certificates {
    /// Reads the files of the lab; a lab of an earlier version gets them now.
    pub(super) fn load(folder: &LabFolder) -> io::Result<Self> {
        if !folder.path(KEY).exists() {
            add(folder)?;
        }
        let key = fs::read_to_string(folder.path(KEY))?;
        let current = fs::read_to_string(folder.path(CERTIFICATE))?;
        let pair = KeyPair::from_pem(&key).map_err(io::Error::other)?;
        Ok(Self {
            current: server_config(&current, &key)?,
            expired: server_config(&certificate(&pair, EXPIRED)?, &key)?,
            pin: pin(&pair),
        })
    }

    /// What a new connection is to show.
    pub(super) fn config(&self, folder: &LabFolder) -> io::Result<Arc<ServerConfig>> {
        let fault = api_fault_for(folder, "", || Ok(0))?;
        let is_expired = fault == Some(ApiFault::ExpiredCertificate);
        Ok(Arc::clone(if is_expired {
            &self.expired
        } else {
            &self.current
        }))
    }
}

fn pin(pair: &KeyPair) -> String {
    let digest = Sha256::digest(pair.subject_public_key_info());
    format!("sha256//{}", STANDARD.encode(digest))
}

fn server_config(certificate: &str, key: &str) -> io::Result<Arc<ServerConfig>> {
    let chain = CertificateDer::pem_slice_iter(certificate.as_bytes());
    let chain = chain.collect::<Result<_, _>>().map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(io::Error::other)?;
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    let config = builder
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(io::Error::other)?;
    Ok(Arc::new(config))
}
