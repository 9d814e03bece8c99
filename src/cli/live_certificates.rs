//! What a live run asks and tells about the certificate of a Node API.

use crate::exec::{ApiAddress, CertificateOperator, Pin, StopFlag};
use crate::fault::Result;

use super::{ask, output};

/// The person at the command line.
pub(super) struct LiveCertificates {
    /// Whether there is someone to ask. `--yes` does not answer this question.
    pub(super) may_ask: bool,
    pub(super) stop: StopFlag,
}

impl CertificateOperator for LiveCertificates {
    fn confirms(&mut self, address: &ApiAddress, pin: &Pin) -> Result<bool> {
        if !self.may_ask {
            return Ok(false);
        }
        let question = format!(
            "No known authority has signed the certificate of the Node API at {address}.\nIts pin is {pin}. Is that the certificate of the node?"
        );
        ask::confirm(&question, &self.stop)
    }

    fn keeps(&mut self, address: &ApiAddress, pin: &Pin) {
        output::say(&format!(
            "The certificate of the Node API at {address} has the pin {pin}. It is kept; another certificate will be refused."
        ));
    }
}
