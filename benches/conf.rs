//! How fast a large aspera.conf is read, edited and compared, against the bare
//! event loop of quick-xml over the same bytes in the same run.
//!
//! The bare loop has the library's default checks on: end names match, no
//! dangling `&`, text is UTF-8. Reading here does the same, and on top checks
//! comments, attributes, references, control characters and depth.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(
    clippy::disallowed_methods,
    reason = "a bench asks the system how much memory it has taken"
)]
#![expect(
    clippy::cast_precision_loss,
    reason = "sizes are shown, not computed with"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use ascript::conf::{Document, Setting, Value, find};
use ascript::state::{Secret, Section};
use quick_xml::Reader;
use quick_xml::events::Event;

const USERS: usize = 100_000;
const ROUNDS: usize = 7;

fn main() {
    let start = Instant::now();
    black_box(find(&Section::Node, "absolute"));
    println!(
        "table of settings, first use     {:>10.0?}",
        start.elapsed()
    );
    let file = generated(USERS);
    println!("{USERS} users, {:.1} MB", megabytes(file.len()));
    // In turns, so that a busy moment of the machine does not hit one alone.
    let mut least = [Duration::MAX; 3];
    for _ in 0..ROUNDS {
        let times = [
            once(&(), |()| bare_loop(&file)),
            once(&file, |bytes| Document::parse(bytes).expect("a sound file")),
            once(&file, edit_and_compare),
        ];
        for (least, time) in least.iter_mut().zip(times) {
            *least = time.min(*least);
        }
    }
    let [bare, parse, all] = least;
    row("bare event loop", bare, bare, file.len());
    row("parse and index", parse, bare, file.len());
    row("parse, 1000 edits, bytes, diff", all, bare, file.len());
    let (_, _, diff) = edit_and_compare(file.clone());
    assert_eq!(diff.matches("\n+ ").count(), 1000);
    let document = Document::parse(file.clone()).expect("a sound file");
    let findings = best(|| document.findings().len());
    row("findings", findings, bare, file.len());
    let noticed = best(|| noticed(&document));
    row("what asperanoded notices", noticed, bare, file.len());
    let section = Section::User(name(4711).into());
    let check = best(|| {
        (0..1000)
            .filter(|_| document.check(&section).is_ok())
            .count()
    });
    println!(
        "check() of a user                {:>10.0?} each",
        check / 1000
    );
    drop(document);
    staging();
    table();
    memory(&file);
}

fn row(what: &str, time: Duration, bare: Duration, size: usize) {
    let speed = megabytes(size) / time.as_secs_f64();
    let ratio = bare.as_secs_f64() / time.as_secs_f64();
    println!("{what:32} {time:>10.1?} {speed:7.0} MB/s   {ratio:.2} of bare");
}

fn best<R>(mut work: impl FnMut() -> R) -> Duration {
    let timed = |_| once(&(), |()| work());
    (0..ROUNDS).map(timed).min().unwrap_or_default()
}

// Without the time to make the input or to drop the output.
fn once<T: Clone, R>(input: &T, work: impl FnOnce(T) -> R) -> Duration {
    let input = input.clone();
    let start = Instant::now();
    let output = black_box(work(input));
    let time = start.elapsed();
    drop(output);
    time
}

fn bare_loop(file: &[u8]) -> usize {
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

fn setting(name: &str) -> &'static Setting {
    find(&Section::User("".into()), name).expect("a setting of the table")
}

fn edit_and_compare(bytes: Vec<u8>) -> (Document, Vec<u8>, String) {
    let mut document = Document::parse(bytes).expect("a sound file");
    stage(&mut document, 1000, USERS / 1000);
    let bytes = document.to_bytes();
    let diff = document.diff();
    (document, bytes, diff)
}

fn stage(document: &mut Document, count: usize, step: usize) {
    let absolute = setting("absolute");
    for number in 0..count {
        let section = Section::User(name(number * step).into());
        let value = Value::Text(format!("/srv/new/{number}").into());
        document.set(&section, absolute, Some(value));
    }
}

fn noticed(document: &Document) -> usize {
    let mut count = 0;
    document.noticed_by("asperanoded", &mut Secret::to_string, &mut |_, _, value| {
        count += value.len();
    });
    count
}

fn staging() {
    for count in [100, 1000, 10_000] {
        let time = best(|| {
            let mut document = Document::blank();
            stage(&mut document, count, 1);
            document
        });
        let each = time / u32::try_from(count).unwrap_or(1);
        println!("set() on {count:>5} new users          {each:>10.0?} each");
    }
    let mut document = Document::blank();
    stage(&mut document, 10_000, 1);
    let section = Section::User(name(7777).into());
    let absolute = setting("absolute");
    let get = best(|| {
        (0..1000)
            .filter(|_| document.get(&section, absolute).is_some())
            .count()
    });
    println!(
        "get() after set()                {:>10.0?} each",
        get / 1000
    );
    let bytes = best(|| document.to_bytes().len());
    println!("10000 new users to bytes         {bytes:>10.1?}");
}

fn table() {
    let user = Section::User("".into());
    let look_up = best(|| {
        (0..1000)
            .filter(|_| find(&user, black_box("absolute")).is_some())
            .count()
    });
    println!(
        "find() a setting                 {:>10.0?} each",
        look_up / 1000
    );
}

// The most memory the process ever had, less what it has besides the work.
fn memory(file: &[u8]) {
    let Some((now, most)) = status("VmRSS:").zip(status("VmHWM:")) else {
        return;
    };
    let ratio = |size: f64| size / file.len() as f64;
    println!(
        "peak memory                      {:.2} times the file ({:.2} now)",
        ratio(most),
        ratio(now)
    );
}

fn status(key: &str) -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024.0)
}

fn megabytes(size: usize) -> f64 {
    size as f64 / 1e6
}

fn name(number: usize) -> String {
    format!("user{number:06}")
}

fn generated(users: usize) -> Vec<u8> {
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
