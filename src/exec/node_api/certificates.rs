//! Decides about the certificate of a Node API: one that an authority has signed is
//! accepted, any other only by its pin, and none that has expired.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

use super::pin::Pin;
use crate::exec::InputKind;
use crate::fault::{Fault, FaultKind, Result};

/// What was decided about a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CertificateVerdict {
    /// An authority has signed it.
    Signed,
    /// It has the pin of the node.
    Pinned(Pin),
    /// No authority has signed it, and it has another pin, or none is known.
    Unknown(Pin),
    /// It has expired.
    Expired,
    /// It is not valid for another reason.
    Invalid(String),
}

/// Verifies the certificate of one connection, and remembers the verdict.
pub(super) struct CertificateVerifier {
    provider: Arc<CryptoProvider>,
    authorities: Option<Arc<WebPkiServerVerifier>>,
    pin: Option<Pin>,
    verdict: Mutex<Option<CertificateVerdict>>,
}

impl fmt::Debug for CertificateVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateVerifier")
            .field("pin", &self.pin)
            .finish_non_exhaustive()
    }
}

impl CertificateVerifier {
    /// Trusts the authorities of the system and those in a file, and the certificate
    /// with that pin.
    pub(super) fn new(authorities: Option<&Path>, pin: Option<Pin>) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        // What the system has and cannot be parsed is no authority.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(file) = authorities {
            add_file(&mut roots, file)?;
        }
        let provider = Arc::new(ring::default_provider());
        let builder =
            WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(&provider));
        Ok(Self {
            provider,
            // It refuses to trust no authority at all.
            authorities: builder.build().ok(),
            pin,
            verdict: Mutex::new(None),
        })
    }

    /// The verdict about the certificate that the server has shown.
    pub(super) fn verdict(&self) -> Option<CertificateVerdict> {
        let verdict = self.verdict.lock();
        verdict.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The configuration of a connection.
    pub(super) fn config(self: &Arc<Self>) -> Result<Arc<ClientConfig>> {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider));
        let builder = builder.with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| {
            Fault::new(FaultKind::Internal, "TLS cannot be configured").caused_by(error)
        })?;
        let verifier = Arc::clone(self) as Arc<dyn ServerCertVerifier>;
        let builder = builder.dangerous();
        let builder = builder.with_custom_certificate_verifier(verifier);
        Ok(Arc::new(builder.with_no_client_auth()))
    }

    fn judge(
        &self,
        certificate: &CertificateDer<'_>,
        signed: &std::result::Result<(), Error>,
    ) -> CertificateVerdict {
        let Some(pin) = Pin::of(certificate) else {
            return CertificateVerdict::Invalid("it cannot be parsed".to_owned());
        };
        match signed {
            Ok(()) => CertificateVerdict::Signed,
            // The time is checked before the issuer, so that this holds for a self-signed
            // certificate, too.
            Err(Error::InvalidCertificate(
                CertificateError::Expired | CertificateError::ExpiredContext { .. },
            )) => CertificateVerdict::Expired,
            Err(Error::InvalidCertificate(
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
            )) => CertificateVerdict::Invalid("it is not valid yet".to_owned()),
            Err(_) if self.pin.as_ref() == Some(&pin) => CertificateVerdict::Pinned(pin),
            Err(_) => CertificateVerdict::Unknown(pin),
        }
    }
}

fn add_file(roots: &mut RootCertStore, file: &Path) -> Result<()> {
    let unusable = || {
        Fault::usage(format!("{} has no certificate in PEM", file.display()))
            .hint("--node-ca takes the certificate of the authority that signed the node's")
    };
    let text = InputKind::PARAMS.read_text(file)?;
    let certificates = CertificateDer::pem_slice_iter(text.as_bytes());
    let certificates = certificates.collect::<std::result::Result<Vec<_>, _>>();
    let certificates = certificates.map_err(|_| unusable())?;
    let (added, _) = roots.add_parsable_certificates(certificates);
    if added == 0 { Err(unusable()) } else { Ok(()) }
}

impl ServerCertVerifier for CertificateVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, Error> {
        let signed = match &self.authorities {
            Some(authorities) => authorities
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
                .map(drop),
            None => Err(CertificateError::UnknownIssuer.into()),
        };
        let verdict = self.judge(end_entity, &signed);
        let is_accepted = matches!(
            verdict,
            CertificateVerdict::Signed | CertificateVerdict::Pinned(_)
        );
        let mut known = self.verdict.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some(verdict);
        if is_accepted {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
