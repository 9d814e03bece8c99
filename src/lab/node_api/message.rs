//! Requests and answers as HTTP writes them.

use std::io::{self, Read};

use serde_json::{Value, json};

use crate::lab::lab_folder::invalid_input;

/// The largest request, in bytes.
const MAX_REQUEST: usize = 1 << 20;

const MAX_HEADERS: usize = 64;

/// A request.
pub(super) struct ApiRequest {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) body: Value,
    /// The value of the header `Authorization`.
    pub(super) authorization: Option<String>,
}

/// A status, and a body unless it is empty.
pub(super) struct ApiResponse {
    pub(super) status: u16,
    pub(super) body: Option<Value>,
}

impl ApiResponse {
    pub(super) fn ok(body: Value) -> Self {
        Self {
            status: 200,
            body: Some(body),
        }
    }

    pub(super) fn empty(status: u16) -> Self {
        Self { status, body: None }
    }

    /// An error, in the layout of the published one.
    pub(super) fn error(status: u16, message: &str) -> Self {
        let body = json!({ "error": {
            "code": status,
            "reason": reason(status),
            "user_message": message,
        } });
        Self {
            status,
            body: Some(body),
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let body = self
            .body
            .as_ref()
            .map_or_else(String::new, Value::to_string);
        response(self.status, "", body.len(), body.as_bytes())
    }
}

/// Reads a request; `None` for what is no request, or one that is too long.
pub(super) fn read(stream: &mut impl Read) -> io::Result<Option<ApiRequest>> {
    let mut bytes = Vec::new();
    loop {
        let mut block = [0; 4096];
        let count = stream.read(&mut block)?;
        bytes.extend_from_slice(&block[..count]);
        match parse(&bytes)? {
            Some(request) => return Ok(Some(request)),
            None if count == 0 || bytes.len() > MAX_REQUEST => return Ok(None),
            None => {}
        }
    }
}

/// `None` for a request that has not arrived in full.
fn parse(bytes: &[u8]) -> io::Result<Option<ApiRequest>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let parsed = head.parse(bytes).map_err(io::Error::other)?;
    let httparse::Status::Complete(start) = parsed else {
        return Ok(None);
    };
    let header = |name: &str| {
        let found = head
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name));
        found.map(|header| String::from_utf8_lossy(header.value).into_owned())
    };
    let length = header("Content-Length").map_or(Ok(0), |text| text.trim().parse::<usize>());
    let length = length.map_err(io::Error::other)?;
    let Some(body) = bytes[start..].get(..length) else {
        return Ok(None);
    };
    let body = match body {
        [] => Value::Null,
        body => serde_json::from_slice(body).map_err(|_| invalid_input("the body is not JSON"))?,
    };
    Ok(Some(ApiRequest {
        method: head.method.unwrap_or_default().to_owned(),
        path: head.path.unwrap_or_default().to_owned(),
        body,
        authorization: header("Authorization"),
    }))
}

/// The bytes of an answer with that header lines and that content length.
pub(super) fn response(status: u16, headers: &str, length: usize, body: &[u8]) -> Vec<u8> {
    let reason = reason(status);
    let head = format!(
        "HTTP/1.1 {status} {reason}\r\nServer: AsperaNode\r\nContent-Type: application/json\r\n\
         {headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        _ => "Internal Server Error",
    }
}
