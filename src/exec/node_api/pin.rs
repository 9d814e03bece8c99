//! Pins: digests of the public keys of certificates, as curl takes them with
//! `--pinnedpubkey`. The pin of a node whose certificate no authority has signed is
//! kept with the receipts of the node.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::server::ParsedCertificate;
use sha2::{Digest as _, Sha256};

use super::address::{ApiAddress, ApiPlace};
use crate::exec::Folder;
use crate::exec::node::storage;
use crate::fault::{Fault, FaultKind, Result};

const PREFIX: &str = "sha256//";

/// The folder of the files with the pins.
const FOLDER: &str = "certificates";

/// The name of the file of a node of this machine.
const OWN: &str = "node";

/// A pin: `sha256//` and base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin(String);

impl Pin {
    /// Parses a pin.
    pub fn parse(text: &str) -> Result<Self> {
        let digest = text.strip_prefix(PREFIX).unwrap_or_default();
        match STANDARD.decode(digest) {
            Ok(bytes) if bytes.len() == 32 => Ok(Self(text.to_owned())),
            _ => Err(Fault::usage(format!(
                "`{}` is not the pin of a certificate",
                text.escape_debug()
            ))
            .hint("write `sha256//` and the base64 of the SHA-256 of its public key")),
        }
    }

    /// The pin of a certificate; `None` for one that cannot be parsed.
    pub(super) fn of(certificate: &CertificateDer<'_>) -> Option<Self> {
        let parsed = ParsedCertificate::try_from(certificate).ok()?;
        let digest = Sha256::digest(parsed.subject_public_key_info());
        Some(Self(format!("{PREFIX}{}", STANDARD.encode(digest))))
    }

    /// The pin of the first certificate in a file; `None` if there is none.
    pub(super) fn of_file(path: &Path) -> Option<Self> {
        let bytes = storage::read(path).ok()??;
        let certificate = CertificateDer::from_pem_slice(&bytes).ok()?;
        Self::of(&certificate)
    }
}

impl std::fmt::Display for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The file of a node's pin.
fn file(place: &ApiPlace, address: &ApiAddress) -> String {
    match place {
        ApiPlace::Given(_) => address.to_string().replace([':', '/', '[', ']'], "_"),
        ApiPlace::Installation(_) | ApiPlace::Folder(_) => OWN.to_owned(),
    }
}

/// The longest text of a pin that is read.
const MAX_LENGTH: usize = 1 << 10;

/// Reads the pin that is kept about a node.
pub(super) fn read(state: &Path, place: &ApiPlace, address: &ApiAddress) -> Result<Option<Pin>> {
    let Some(folder) = Folder::open(state)? else {
        return Ok(None);
    };
    let Some(folder) = folder.subfolder(FOLDER)? else {
        return Ok(None);
    };
    let Some(bytes) = folder.read_start(&file(place, address), MAX_LENGTH)? else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(&bytes);
    let pin = Pin::parse(text.trim());
    pin.map(Some)
        .map_err(|fault| fault.with_kind(FaultKind::Unknown))
}

/// Keeps the pin of a node.
pub(super) fn write(state: &Path, place: &ApiPlace, address: &ApiAddress, pin: &Pin) -> Result<()> {
    let folder = Folder::create(state)?.create_subfolder(FOLDER)?;
    folder.write(&file(place, address), format!("{pin}\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_a_digest() {
        let pin = format!("{PREFIX}{}", STANDARD.encode([7; 32]));
        assert_eq!(Pin::parse(&pin).unwrap().to_string(), pin);
        for wrong in ["", "sha256//", "sha256//AAAA", &pin[2..]] {
            assert!(Pin::parse(wrong).is_err(), "{wrong}");
        }
    }
}
