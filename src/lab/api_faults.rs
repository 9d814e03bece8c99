//! What the Node API does wrong on request: `node-api~/info=wrong-user`.

use std::time::Duration;

use super::duration::parse_duration;

/// The name of the Node API in fault rules and in the log of calls.
pub(super) const NAME: &str = "node-api";

/// The faults, for messages.
pub(super) const FAULTS: &str = "closed, expired-certificate, huge-body, lie, redirect, \
    slow:500ms, status-500, wrong-json or wrong-user";

/// What the answer to a request is instead of the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ApiFault {
    /// Acts, and closes the connection within the answer.
    Closed,
    /// Shows a certificate that has expired.
    ExpiredCertificate,
    /// Answers with more than a client can want.
    HugeBody,
    /// Does nothing, reports success.
    Lie,
    /// Sends the client to another address.
    Redirect,
    /// Waits first.
    Slow(Duration),
    /// Does nothing, answers with an internal error.
    InternalError,
    /// Answers with the beginning of a JSON text.
    WrongJson,
    /// Names another transfer user.
    WrongUser,
}

impl ApiFault {
    pub(super) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "closed" => Self::Closed,
            "expired-certificate" => Self::ExpiredCertificate,
            "huge-body" => Self::HugeBody,
            "lie" => Self::Lie,
            "redirect" => Self::Redirect,
            "status-500" => Self::InternalError,
            "wrong-json" => Self::WrongJson,
            "wrong-user" => Self::WrongUser,
            _ => Self::Slow(parse_duration(word.strip_prefix("slow:")?)?),
        })
    }
}
