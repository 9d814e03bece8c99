//! The client of the Node API of a node: the only place that opens a connection.
//! Logins are sent as a header, never in a URL.

mod address;
mod certificates;
mod pin;
mod request;
mod tls;

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::exec::{SecretValue, StopFlag, Vault};
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{Piece, Secret};
use crate::step::{Command, Stdin};
use crate::tools::{self, Output};

use address::FoundApi;
pub use address::{ApiAddress, ApiPlace};
use certificates::{CertificateVerdict, CertificateVerifier};
pub use pin::Pin;
use request::{HttpAnswer, HttpRequest};

/// How long a node that was started may take to listen: asperanoded loads its database
/// first.
const START: Duration = Duration::from_secs(30);

/// How long to wait before the next try.
const PAUSE: Duration = Duration::from_millis(100);

/// Which Node API is asked, and how its certificate is verified.
pub struct NodeApiSite {
    /// The node.
    pub place: ApiPlace,
    /// The folder of the files that this program keeps about the node.
    pub state: PathBuf,
    /// A file with certificates of authorities that are trusted besides those of the
    /// system.
    pub authorities: Option<PathBuf>,
    /// The pin that the certificate must have if no authority has signed it.
    pub pin: Option<Pin>,
}

/// Decides in a live run about certificates that no authority has signed.
pub trait CertificateOperator {
    /// Asks whether a certificate is that of the node.
    fn confirms(&mut self, address: &ApiAddress, pin: &Pin) -> Result<bool>;
    /// Tells that the pin of a certificate is kept from now on.
    fn keeps(&mut self, address: &ApiAddress, pin: &Pin);
}

/// The client of one node's Node API.
pub struct NodeApiClient {
    site: NodeApiSite,
    vault: Rc<RefCell<Vault>>,
    limit: Duration,
    stop: StopFlag,
    /// Only live runs have one; without it, nothing is kept.
    operator: Option<Box<dyn CertificateOperator>>,
    /// Until then, a node that does not listen may still be starting.
    starts_until: Option<Instant>,
}

impl NodeApiClient {
    /// A client that waits for an answer as long as `limit`.
    pub fn new(
        site: NodeApiSite,
        vault: Rc<RefCell<Vault>>,
        limit: Duration,
        stop: StopFlag,
    ) -> Self {
        Self {
            site,
            vault,
            limit,
            stop,
            operator: None,
            starts_until: None,
        }
    }

    /// Lets that operator decide about certificates from now on.
    pub fn set_operator(&mut self, operator: Box<dyn CertificateOperator>) {
        self.operator = Some(operator);
    }

    /// Waits from now on for a node that was started.
    pub fn expect_start(&mut self) {
        self.starts_until = Some(Instant::now() + START);
    }

    /// The address; `None` if it is not known.
    pub fn address(&self) -> Result<Option<ApiAddress>> {
        Ok(self.site.place.find()?.map(|found| found.address))
    }

    /// The address that the user named, which may be that of another node.
    pub fn named_address(&self) -> Option<String> {
        match &self.site.place {
            ApiPlace::Given(address) => Some(address.to_string()),
            ApiPlace::Installation(_) | ApiPlace::Folder(_) => None,
        }
    }

    /// Refuses where the address is not known.
    pub fn check_address(&self) -> Result<()> {
        self.address()?
            .map_or_else(|| Err(no_address()), |_| Ok(()))
    }

    /// Sends the request of a command. The output is the body of the answer, and its
    /// code 0 or the status of a refusal.
    pub fn ask(&mut self, command: &Command) -> Result<Output> {
        self.stop.check()?;
        let found = self.site.place.find()?.ok_or_else(no_address)?;
        let HttpAnswer { status, body } = if found.address.is_https() {
            self.ask_with_tls(command, &found)?
        } else {
            let answer = self.send(command, &found.address, None)?;
            answer.map_err(|error| self.no_answer(&found.address, &error))?
        };
        let is_success = (200..300).contains(&status);
        // What was asked for is read again; the answer may repeat a secret.
        let is_shown = !is_success || tools::is_reading(command);
        let shown = if is_shown { body } else { String::new() };
        Ok(Output {
            code: Some(if is_success { 0 } else { status.into() }),
            stdout: self.vault.borrow().scrub(shown),
            stderr: String::new(),
        })
    }

    fn ask_with_tls(&mut self, command: &Command, found: &FoundApi) -> Result<HttpAnswer> {
        let address = &found.address;
        let kept = pin::read(&self.site.state, &self.site.place, address)?;
        let known = self.site.pin.clone().or_else(|| kept.clone());
        let of_file = || Pin::of_file(found.certificate.as_ref()?);
        let mut pin = known.or_else(of_file);
        loop {
            let verifier = CertificateVerifier::new(self.site.authorities.as_deref(), pin.clone())?;
            let verifier = Arc::new(verifier);
            let answer = self.send(command, address, Some(&verifier.config()?))?;
            match (answer, verifier.verdict()) {
                (Ok(answer), Some(CertificateVerdict::Pinned(pin))) => {
                    self.keep(address, &pin, kept.as_ref())?;
                    return Ok(answer);
                }
                (Ok(answer), _) => return Ok(answer),
                (Err(_), Some(CertificateVerdict::Unknown(shown))) => {
                    self.confirm(address, &shown, pin.as_ref())?;
                    pin = Some(shown);
                }
                (Err(_), Some(CertificateVerdict::Expired)) => {
                    return Err(not_valid(address, "has expired"));
                }
                (Err(_), Some(CertificateVerdict::Invalid(why))) => {
                    return Err(not_valid(address, &format!("is not valid: {why}")));
                }
                (Err(error), _) => return Err(self.no_answer(address, &error)),
            }
        }
    }

    /// Sends the request of a command, and again while the node starts.
    fn send(
        &self,
        command: &Command,
        address: &ApiAddress,
        tls: Option<&Arc<rustls::ClientConfig>>,
    ) -> Result<std::result::Result<HttpAnswer, ureq::Error>> {
        let is_starting = || self.starts_until.is_some_and(|end| Instant::now() < end);
        loop {
            let request = self.request(command, address)?;
            let answer = request::send(request, tls.cloned(), self.limit, &self.stop)?;
            match answer {
                Err(error) if request::is_refused(&error) && is_starting() => {
                    std::thread::sleep(PAUSE);
                }
                answer => return Ok(answer),
            }
        }
    }

    /// Refuses a certificate with another pin than the node's. Asks about the first one.
    fn confirm(&mut self, address: &ApiAddress, shown: &Pin, expected: Option<&Pin>) -> Result<()> {
        let fault = |message: String| Fault::new(FaultKind::Node, message);
        if let Some(expected) = expected {
            return Err(fault(format!(
                "the certificate of the Node API at {address} has changed: its pin is {shown}, expected {expected}"
            ))
            .hint(format!("if the node has a new certificate, accept it with `--node-pin {shown}`")));
        }
        let confirmed = match &mut self.operator {
            Some(operator) => operator.confirms(address, shown)?,
            None => false,
        };
        if confirmed {
            return Ok(());
        }
        Err(fault(format!(
            "no known authority has signed the certificate of the Node API at {address}"
        ))
        .hint(format!("its pin is {shown}: compare it with the certificate on the node, then pass `--node-pin {shown}`"))
        .hint("or pass the certificate of the authority with `--node-ca FILE`"))
    }

    /// Keeps the pin of a certificate that was accepted, in a live run.
    fn keep(&mut self, address: &ApiAddress, pin: &Pin, kept: Option<&Pin>) -> Result<()> {
        let Some(operator) = self.operator.as_mut().filter(|_| kept != Some(pin)) else {
            return Ok(());
        };
        pin::write(&self.site.state, &self.site.place, address, pin)?;
        operator.keeps(address, pin);
        Ok(())
    }

    /// The request of a command, with its login.
    fn request(&self, command: &Command, address: &ApiAddress) -> Result<HttpRequest> {
        let word = |index: usize| match command.args.get(index) {
            Some(Piece::Text(text)) => text.clone().into_owned(),
            Some(Piece::Secret(_) | Piece::File(_)) | None => String::new(),
        };
        let authorization = match tools::node_api_login(command) {
            Some((user, password)) => {
                let login = Secret::Basic {
                    id: user.into(),
                    secret: Rc::new(password.clone()),
                };
                let login = self.resolve(&login)?;
                Some(SecretValue::new(login.expose().to_owned()))
            }
            None => None,
        };
        Ok(HttpRequest {
            method: word(0),
            url: address.url(&word(1)),
            authorization,
            body: self.body(&command.stdin)?,
        })
    }

    /// The JSON that a command sends; each secret as a JSON string has it.
    fn body(&self, stdin: &Stdin) -> Result<Option<SecretValue>> {
        let Stdin::Pipe(pieces) = stdin else {
            return Ok(None);
        };
        let mut body = SecretValue::new(String::new());
        for piece in pieces {
            match piece {
                Piece::Text(text) => body.push_str(text),
                Piece::Secret(secret) => {
                    let value = self.resolve(secret)?;
                    body.push_json(&value);
                }
                // No request sends one.
                Piece::File(_) => {}
            }
        }
        Ok(Some(body))
    }

    /// The value of a secret. Only a live run asks a person for one.
    fn resolve(&self, secret: &Secret) -> Result<Rc<SecretValue>> {
        let mut vault = self.vault.borrow_mut();
        let is_asked_for = !secret.source().is_silent() && self.operator.is_none();
        if is_asked_for {
            return vault.resolve_silently(secret).ok_or_else(|| {
                let message = format!("a preview does not ask for `{}`", secret.source());
                Fault::new(FaultKind::Secret, message)
            });
        }
        vault.resolve(secret)
    }

    fn no_answer(&self, address: &ApiAddress, error: &ureq::Error) -> Fault {
        let cause = request::cause(error, self.limit);
        let message = format!("the Node API at {address} does not answer: {cause}");
        Fault::new(FaultKind::Node, message)
            .hint("is asperanoded running, and is this its address? `--node-api URL` names another")
    }
}

fn no_address() -> Fault {
    Fault::new(
        FaultKind::Unknown,
        "the address of this node's Node API is not known; name it with `--node-api URL`",
    )
    .hint("a lab says it while `ascript lab DIR --serve` runs")
}

fn not_valid(address: &ApiAddress, why: &str) -> Fault {
    let message = format!("the certificate of the Node API at {address} {why}");
    Fault::new(FaultKind::Node, message)
        .hint("install a valid certificate on the node, then restart asperanoded")
}
