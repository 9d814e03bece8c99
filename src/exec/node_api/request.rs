//! One HTTP request and its answer. No proxy and no redirect is used, and what is read
//! is bounded.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use rustls::ClientConfig;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector as _, TcpConnector};
use ureq::{Agent, Body, Error};

use super::tls::TlsConnector;
use crate::exec::{SecretValue, StopFlag};
use crate::fault::{Fault, FaultKind, Result, reason};

/// The longest answer that is read. A list of a thousand access keys takes 0.5 MiB.
const MAX_BODY: u64 = 4 << 20;

/// The longest headers of an answer.
const MAX_HEADERS: usize = 64 << 10;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How often a wait looks for a signal to stop.
const POLL: Duration = Duration::from_millis(20);

/// A method, a URL, and what is sent with it.
pub(super) struct HttpRequest {
    pub(super) method: String,
    pub(super) url: String,
    /// The value of the header `Authorization`.
    pub(super) authorization: Option<SecretValue>,
    /// The JSON that is sent.
    pub(super) body: Option<SecretValue>,
}

/// A status and a body.
pub(super) struct HttpAnswer {
    pub(super) status: u16,
    pub(super) body: String,
}

impl HttpRequest {
    /// Whether it may be sent again when the connection breaks.
    fn is_reading(&self) -> bool {
        self.method == "GET"
    }

    fn send(&self, agent: &Agent) -> std::result::Result<HttpAnswer, Error> {
        let mut request = ureq::http::Request::builder()
            .method(self.method.as_str())
            .uri(&self.url)
            .header("Accept", "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header("Authorization", authorization.expose());
        }
        let answer = match &self.body {
            Some(body) => {
                let request = request.header("Content-Type", "application/json");
                agent.run(request.body(body.expose())?)?
            }
            None => agent.run(request.body(())?)?,
        };
        let status = answer.status().as_u16();
        let body = read(answer.into_body())?;
        Ok(HttpAnswer { status, body })
    }
}

fn read(body: Body) -> std::result::Result<String, Error> {
    let mut body = body;
    let bytes = body.with_config().limit(MAX_BODY).read_to_vec()?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Sends a request in a thread of its own: a signal must be able to stop the wait. A
/// request that only reads is sent again once if the connection breaks.
pub(super) fn send(
    request: HttpRequest,
    tls: Option<Arc<ClientConfig>>,
    limit: Duration,
    stop: &StopFlag,
) -> Result<std::result::Result<HttpAnswer, Error>> {
    let (sender, receiver) = mpsc::channel();
    let agent = agent(tls, limit);
    std::thread::spawn(move || {
        let mut answer = request.send(&agent);
        if request.is_reading() && matches!(&answer, Err(error) if is_broken(error)) {
            answer = request.send(&agent);
        }
        // Nobody waits any more after a signal.
        let _ = sender.send(answer);
    });
    loop {
        stop.check()?;
        match receiver.recv_timeout(POLL) {
            Ok(answer) => return Ok(answer),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                let message = "the thread of a request ended without an answer";
                return Err(Fault::new(FaultKind::Internal, message));
            }
        }
    }
}

fn agent(tls: Option<Arc<ClientConfig>>, limit: Duration) -> Agent {
    let config = Agent::config_builder()
        .proxy(None)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_response_header_size(MAX_HEADERS)
        .timeout_connect(Some(CONNECT.min(limit)))
        .timeout_global(Some(limit))
        .user_agent(concat!("ascript/", env!("CARGO_PKG_VERSION")))
        .build();
    let connector = ().chain(TcpConnector::default()).chain(TlsConnector { config: tls });
    Agent::with_parts(config, connector, DefaultResolver::default())
}

/// Whether the connection broke before an answer.
fn is_broken(error: &Error) -> bool {
    let broken = [
        ErrorKind::BrokenPipe,
        ErrorKind::ConnectionAborted,
        ErrorKind::ConnectionReset,
        ErrorKind::UnexpectedEof,
    ];
    matches!(error, Error::Io(error) if broken.contains(&error.kind()))
}

/// Whether nobody listens at the address.
pub(super) fn is_refused(error: &Error) -> bool {
    matches!(error, Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused)
        || matches!(error, Error::ConnectionFailed)
}

/// Why there is no answer, in a few words.
pub(super) fn cause(error: &Error, limit: Duration) -> String {
    if let Error::Timeout(_) = error {
        return format!("no answer within {limit:?}");
    }
    if let Error::Io(error) = error {
        if error.kind() == ErrorKind::UnexpectedEof {
            return "the connection was closed within the answer".to_owned();
        }
        return reason(error);
    }
    if let Error::BodyExceedsLimit(limit) = error {
        return format!("the answer is longer than {limit} bytes");
    }
    if is_refused(error) {
        return "the connection was refused".to_owned();
    }
    error.to_string()
}
