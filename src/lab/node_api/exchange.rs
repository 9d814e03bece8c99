//! One HTTP exchange: reads a request, finds its answer, writes it, or what an
//! injected fault makes of it.

use std::io::{self, Read, Write};

use serde_json::json;

use super::login::Login;
use super::message::{ApiRequest, ApiResponse, read, response};
use super::{access_keys, info};
use crate::lab::api_faults::{ApiFault, NAME};
use crate::lab::call_log;
use crate::lab::injected_faults::api_fault_for;
use crate::lab::lab_folder::LabFolder;

/// How much of an endless answer is sent at most, in blocks.
const HUGE_BLOCKS: usize = 1024;
static BLOCK: [u8; 1 << 16] = [b' '; 1 << 16];

/// Answers the request that the stream begins with.
pub(super) fn answer(folder: &LabFolder, stream: &mut (impl Read + Write)) -> io::Result<()> {
    let Some(request) = read(stream)? else {
        let answer = ApiResponse::error(400, "The request cannot be parsed.");
        return stream.write_all(&answer.bytes());
    };
    let is_acting = request.method != "GET";
    let args = [request.method.clone(), request.path.clone()];
    call_log::append(folder, NAME, &args, is_acting)?;
    let number = || call_log::count(folder, NAME, is_acting);
    match api_fault_for(folder, &args.join(" "), number)? {
        None | Some(ApiFault::ExpiredCertificate) => {
            stream.write_all(&route(folder, &request)?.bytes())
        }
        Some(fault) => answer_with_fault(folder, &request, fault, stream),
    }
}

fn answer_with_fault(
    folder: &LabFolder,
    request: &ApiRequest,
    fault: ApiFault,
    stream: &mut impl Write,
) -> io::Result<()> {
    let answer = match fault {
        ApiFault::Closed => {
            let bytes = route(folder, request)?.bytes();
            return stream.write_all(&bytes[..bytes.len() / 2]);
        }
        ApiFault::HugeBody => return write_huge_body(stream),
        ApiFault::Redirect => {
            let location = "Location: http://127.0.0.1:9/\r\n";
            return stream.write_all(&response(302, location, 0, b""));
        }
        ApiFault::WrongJson => {
            let text = "{\"version\": ";
            return stream.write_all(&response(200, "", text.len(), text.as_bytes()));
        }
        ApiFault::InternalError => ApiResponse::error(500, "injected failure"),
        ApiFault::Lie => route(&folder.clone().discarding_writes(), request)?,
        ApiFault::Slow(time) => {
            std::thread::sleep(time);
            route(folder, request)?
        }
        ApiFault::WrongUser => {
            let mut answer = route(folder, request)?;
            if let Some(body) = &mut answer.body {
                body["transfer_user"] = json!("another");
            }
            answer
        }
        ApiFault::ExpiredCertificate => route(folder, request)?,
    };
    stream.write_all(&answer.bytes())
}

fn write_huge_body(stream: &mut impl Write) -> io::Result<()> {
    stream.write_all(&response(200, "", HUGE_BLOCKS * BLOCK.len(), b"{"))?;
    for _ in 0..HUGE_BLOCKS {
        stream.write_all(&BLOCK)?;
    }
    Ok(())
}

fn route(folder: &LabFolder, request: &ApiRequest) -> io::Result<ApiResponse> {
    let parts: Vec<_> = request.path.trim_matches('/').split('/').collect();
    if parts == ["ping"] {
        return Ok(ApiResponse::empty(200));
    }
    let Some(login) = Login::check(folder, request)? else {
        return Ok(ApiResponse::error(401, "The login is not valid."));
    };
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["info"]) => info::info(folder, &login),
        (_, ["access_keys"]) => access_keys::collection(folder, &login, request),
        (_, ["access_keys", id]) => access_keys::item(folder, &login, request, id),
        _ => Ok(ApiResponse::error(404, "There is nothing at this path.")),
    }
}
