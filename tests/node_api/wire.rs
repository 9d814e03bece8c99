//! What the client sends and does not send again, and what it hides in an answer.

use std::cell::RefCell;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::rc::Rc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ascript::exec::{ApiAddress, ApiPlace, NodeApiClient, NodeApiSite, StopFlag, Vault};
use ascript::state::Secret;
use ascript::step::Command;

/// Answers some connections, each as the function says; returns what it received.
fn server(
    count: usize,
    answer: fn(usize, &str) -> String,
) -> (ApiAddress, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serve = move || {
        let mut received = Vec::new();
        for nth in 0..count {
            let (mut stream, _) = listener.accept().unwrap();
            let request = head(&mut stream);
            let answer = answer(nth, &request);
            stream.write_all(answer.as_bytes()).unwrap();
            received.push(request);
        }
        received
    };
    (ApiAddress::parse(&url).unwrap(), thread::spawn(serve))
}

fn head(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        bytes.extend(byte);
    }
    String::from_utf8(bytes).unwrap()
}

fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn client(address: ApiAddress) -> NodeApiClient {
    let secret = Secret::parse("env:P").unwrap();
    let value = Some("Correct-Horse-9-Battery".to_owned());
    let vault = Vault::with_fakes([(secret, value)].into());
    let site = NodeApiSite {
        place: ApiPlace::Given(address),
        state: PathBuf::from("/nowhere"),
        authorities: None,
        pin: None,
    };
    let limit = Duration::from_mins(1);
    NodeApiClient::new(site, Rc::new(RefCell::new(vault)), limit, StopFlag::new())
}

fn request(method: &'static str, path: &'static str) -> Command {
    Command::new("node-api")
        .args([method, path])
        .env("NODE_API_USER", "anna".to_owned())
        .env("NODE_API_PASSWORD", Secret::parse("env:P").unwrap())
}

#[test]
fn the_login_is_a_header_and_hidden_wherever_a_node_repeats_it() {
    let (address, server) = server(1, |_, request| {
        let (_, code) = request.split_once("Basic ").unwrap();
        let code = code.lines().next().unwrap();
        ok(&format!("{code} Correct-Horse-9-Battery"))
    });
    let output = client(address).ask(&request("GET", "/info")).unwrap();
    let received = server.join().unwrap();
    let line = received[0].lines().next().unwrap();
    assert_eq!(line, "GET /info HTTP/1.1");
    assert!(received[0].contains("Basic YW5uYTpDb3JyZWN0LUhvcnNlLTktQmF0dGVyeQ=="));
    for secret in ["Horse", "YW5uYT", "Q29ycmVjd"] {
        assert!(!output.stdout.contains(secret), "{}", output.stdout);
    }
}

#[test]
fn a_request_that_reads_is_sent_again_once_if_the_connection_breaks() {
    let second = |nth: usize, _: &str| if nth == 0 { String::new() } else { ok("again") };
    let (address, reading) = server(2, second);
    let output = client(address).ask(&request("GET", "/ping")).unwrap();
    assert_eq!(output.stdout, "again");
    assert_eq!(reading.join().unwrap().len(), 2);
    let (address, broken) = server(2, |_, _| String::new());
    assert!(client(address).ask(&request("GET", "/ping")).is_err());
    assert_eq!(broken.join().unwrap().len(), 2);
}

#[test]
fn any_other_request_is_sent_once() {
    let (address, acting) = server(1, |_, _| String::new());
    assert!(
        client(address)
            .ask(&request("DELETE", "/access_keys/k"))
            .is_err()
    );
    assert_eq!(acting.join().unwrap().len(), 1);
}
