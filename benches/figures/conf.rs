//! A large aspera.conf, compared with the bare event loop of quick-xml over the same bytes.
//!
//! The bare loop has the library's default checks on: end names match, no dangling `&`, text is
//! UTF-8. The document does the same, and also checks comments, attributes, references, control
//! characters and depth.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use ascript::conf::{Document, SettingValue, find};
use ascript::state::Section;
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::measure::{median, megabytes};
use crate::promise::Table;

/// So many make 81 MB.
pub(crate) const USERS: usize = 100_000;

const ROUNDS: usize = 9;

pub(crate) fn measure(_: &Path, table: &mut Table) {
    let file = generated(USERS);
    let rounds: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let bare = timed(&(), |()| bare_loop(&file));
            let parse = timed(&file, |bytes| Document::parse(bytes).expect("it parses"));
            let edit = timed(&file, edit_and_compare);
            (bare / parse, bare / edit)
        })
        .collect();
    let parse = median(rounds.iter().map(|(parse, _)| *parse));
    let edit = median(rounds.iter().map(|(_, edit)| *edit));
    table.row("aspera.conf of 81 MB: parse and index", parse);
    table.row("the same with 1,000 edits and a diff", edit);
    if let Some(peak) = peak() {
        table.row("memory for that", peak / megabytes(file.len() as u64));
    }
}

/// Seconds, without the time to copy the input or to drop the output.
fn timed<T: Clone, R>(input: &T, work: impl FnOnce(T) -> R) -> f64 {
    let input = input.clone();
    let start = Instant::now();
    let output = black_box(work(input));
    let time: Duration = start.elapsed();
    drop(output);
    time.as_secs_f64()
}

/// Reads every event of a file, and returns how many there are.
pub(crate) fn bare_loop(file: &[u8]) -> usize {
    let mut reader = Reader::from_reader(file);
    let mut events = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return events,
            Ok(event) => {
                black_box(&event);
                events += 1;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

fn edit_and_compare(bytes: Vec<u8>) -> (Document, Vec<u8>, String) {
    let mut document = Document::parse(bytes).expect("it parses");
    let absolute = find(&Section::User("".into()), "absolute").expect("a setting of the table");
    for number in 0..1000 {
        let section = Section::User(name(number * (USERS / 1000)).into());
        let value = SettingValue::Text(format!("/srv/new/{number}").into());
        document.set(&section, absolute, Some(value));
    }
    let bytes = document.to_bytes();
    let diff = document.diff();
    assert_eq!(diff.matches("\n+ ").count(), 1000);
    (document, bytes, diff)
}

/// The most memory that this process had, in MB: the file as read, the document, the edited bytes
/// and the diff.
fn peak() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(megabytes(kib * 1024))
}

fn name(number: usize) -> String {
    format!("user{number:06}")
}

/// An aspera.conf with that many users.
pub(crate) fn generated(users: usize) -> Vec<u8> {
    let mut file = String::from(
        "<?xml version='1.0' encoding='UTF-8'?>\n<CONF version=\"2\">\n<default>\n  \
         <read_allowed>true</read_allowed>\n</default>\n<aaa><realms><realm>\n  <users>\n",
    );
    for number in 0..users {
        let _ = write!(
            file,
            include_str!("user.xml"),
            name = name(number),
            number = number
        );
    }
    file.push_str("  </users>\n</realm></realms></aaa>\n</CONF>\n");
    file.into_bytes()
}
