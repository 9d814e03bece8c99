//! Generates files and edits from a tape of bytes: a shorter tape gives simpler
//! ones.

use std::fmt::Write as _;

use ascript::state::Section;

/// A tape of choices; at its end, always the first choice.
pub(crate) struct Tape<'t>(pub(crate) &'t [u8]);

impl Tape<'_> {
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        usize::from(*first) % count
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// One edit.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    Set(Section, &'static str, Option<&'static str>),
    Ensure(Section),
    Remove(Section),
}

impl Edit {
    pub(crate) fn section(&self) -> &Section {
        match self {
            Self::Set(section, ..) | Self::Ensure(section) | Self::Remove(section) => section,
        }
    }
}

const USERS: [&str; 4] = ["a", "b", "c&d", "é"];

/// Every section in the generated files and edits.
pub(crate) fn sections() -> Vec<Section> {
    let mut all = vec![
        Section::Node,
        Section::Server,
        Section::HttpServer,
        Section::Trunk(1),
        Section::Trunk(7),
        Section::Group("g".into()),
        Section::Logging("*".into()),
    ];
    all.extend(USERS.map(|name| Section::User(name.into())));
    all
}

/// Settings of a section, each with its path and values. The first two values
/// are valid.
pub(crate) type Known = (&'static str, &'static str, &'static [&'static str]);

pub(crate) fn settings(section: &Section) -> &'static [Known] {
    match section {
        Section::Node | Section::User(_) | Section::Group(_) => &[
            (
                "absolute",
                "file_system/access/paths/path/absolute",
                &["/srv/a", "", "a<b>&c", "日本"],
            ),
            (
                "read_allowed",
                "file_system/access/paths/path/read_allowed",
                &["true", "No", "on"],
            ),
            (
                "authorization_transfer_in_value",
                "authorization/transfer/in/value",
                &["token", "deny"],
            ),
            (
                "file_restriction",
                "file_system/access/paths/path/restrictions/restriction",
                &["|file:////a/*", "#x|y#z&w", "|1|2|3", ""],
            ),
            (
                "transfer_in_bandwidth_flow_target_rate_cap",
                "transfer/in/bandwidth/flow/target_rate/cap",
                &["20000", "Unlimited", "0x10", "08"],
            ),
            (
                "transfer_in_bandwidth_flow_target_rate_default",
                "transfer/in/bandwidth/flow/target_rate/default",
                &["010", "15000", "30000"],
            ),
            ("async_db_dir", "async_db_dir", &["/x", "/y z"]),
        ],
        Section::Server => &[
            ("server_name", "server_name", &["n1", "n2.example.com"]),
            ("http_port", "http_port", &["9091", "1", "70000", "1.5"]),
            ("proxy_enabled", "proxy/enabled", &["y", "FALSE", "AS_NULL"]),
            (
                "watchd_scan_period",
                "watch/watchd/scan_period",
                &["30m", "1d 12h"],
            ),
        ],
        Section::HttpServer => &[("cert_file", "cert_file", &["/c", "/d"])],
        Section::Trunk(_) => &[
            ("trunk_on", "on", &["true", "f"]),
            ("trunk_capacity", "capacity/schedule", &["99000", "1"]),
        ],
        Section::Logging(_) => &[("level", "level", &["log", "dbg1"])],
        Section::CentralServer | Section::Client | Section::Database => &[],
    }
}

/// A well-formed file without duplicate users.
pub(crate) fn file(tape: &mut Tape<'_>) -> String {
    let eol = tape.pick(&["\n", "", "\r\n"]);
    let unit = tape.pick(&["  ", "\t", "    ", ""]);
    let mut file = Writer {
        eol,
        unit,
        out: String::new(),
    };
    let start = tape.below(4);
    file.out.push_str(["", "\u{feff}", "", ""][start]);
    if start > 0 {
        let _ = write!(file.out, "<?xml version='1.0' encoding='UTF-8'?>{eol}");
        file.out.push_str(tape.pick(&[
            "",
            "<!-- top -->",
            "<!DOCTYPE CONF [<!ENTITY mine 'declared'>]>",
        ]));
        file.out.push_str(eol);
    }
    let root = tape.pick(&["CONF", "conf", "p:CONF"]);
    let mut users = USERS.to_vec();
    file.element(tape, 0, root, |file, tape| {
        for _ in 0..tape.below(7) {
            top(file, tape, &mut users);
        }
    });
    file.out.push_str(tape.pick(&["", eol, "\n<!-- end -->\n"]));
    file.out
}

fn top(file: &mut Writer, tape: &mut Tape<'_>, users: &mut Vec<&'static str>) {
    match tape.below(7) {
        0 => body(file, tape, 1, "server", &Section::Server),
        1 => body(file, tape, 1, "default", &Section::Node),
        2 => file.element(tape, 1, "aaa", |file, tape| {
            file.element(tape, 2, "realms", |file, tape| {
                for _ in 0..tape.below(3) {
                    realm(file, tape, users);
                }
            });
        }),
        3 => file.element(tape, 1, "trunks", |file, tape| {
            let id = tape.pick(&["1", "7"]);
            entry(file, tape, ("trunk", "id"), id, &Section::Trunk(1));
        }),
        4 => body(file, tape, 1, "http_server", &Section::HttpServer),
        5 => file.element(tape, 1, "unknown", |_, _| {}),
        _ => file.line(1, "<!-- <user><name>a</name></user> -->"),
    }
}

fn realm(file: &mut Writer, tape: &mut Tape<'_>, users: &mut Vec<&'static str>) {
    file.element(tape, 3, "realm", |file, tape| {
        file.element(tape, 4, "users", |file, tape| {
            for _ in 0..tape.below(3) {
                if let Some(name) = users.pop() {
                    let section = Section::User("".into());
                    entry(file, tape, ("user", "name"), name, &section);
                }
            }
        });
        if tape.below(2) == 1 {
            let section = Section::Group("".into());
            file.element(tape, 4, "groups", |file, tape| {
                entry(file, tape, ("group", "name"), "g", &section);
            });
        }
    });
}

fn entry(
    file: &mut Writer,
    tape: &mut Tape<'_>,
    (element, selector): (&str, &str),
    name: &str,
    section: &Section,
) {
    file.open(5, element, "");
    let name = name.replace('&', "&amp;");
    let name = [
        name.clone(),
        format!(" {name}\t"),
        format!("<!-- n -->{name}"),
    ];
    file.line(
        6,
        &format!("<{selector}>{}</{selector}>", name[tape.below(3)]),
    );
    leaves(file, tape, 6, section);
    file.close(5, element);
}

fn body(file: &mut Writer, tape: &mut Tape<'_>, depth: usize, name: &str, section: &Section) {
    file.element(tape, depth, name, |file, tape| {
        leaves(file, tape, depth + 1, section);
    });
}

// Each with parents of its own, so equal parents are frequent.
fn leaves(file: &mut Writer, tape: &mut Tape<'_>, depth: usize, section: &Section) {
    for _ in 0..tape.below(5) {
        if tape.below(6) == 5 {
            file.line(depth, "<!-- two\nlines --> stray &#65; <?x y?>");
        }
        let (_, path, values) = tape.pick(settings(section));
        let (parents, leaf) = path.rsplit_once('/').unwrap_or(("", path));
        let parents: Vec<_> = parents.split('/').filter(|name| !name.is_empty()).collect();
        for (number, parent) in parents.iter().enumerate() {
            file.open(depth + number, parent, "");
        }
        let plain = tape.pick(&values[..values.len().min(2)]);
        let plain = plain.strip_prefix(['|', '#']).unwrap_or(plain);
        let content = content(tape, plain);
        let attributes = tape.pick(&["", " format=\"ranges\"", " a='>' b=\"'\""]);
        file.line(
            depth + parents.len(),
            &match content {
                Some(content) => format!("<{leaf}{attributes}>{content}</{leaf}>"),
                None => format!("<{leaf}{attributes} />"),
            },
        );
        for (number, parent) in parents.iter().enumerate().rev() {
            file.close(depth + number, parent);
        }
    }
}

fn content(tape: &mut Tape<'_>, plain: &str) -> Option<String> {
    let escaped = plain.replace('&', "&amp;");
    Some(match tape.below(14) {
        6 => format!("\n  {escaped}\t"),
        7 => format!("<![CDATA[{plain}]]>"),
        8 => format!("{escaped}<!-- c -->more"),
        9 => format!("<!-- c -->{escaped}"),
        10 => String::new(),
        11 => return None,
        12 => format!("{escaped}<![CDATA[lost]]>"),
        13 => "AS_NULL".into(),
        _ => escaped,
    })
}

/// Some edits of a file.
pub(crate) fn edits(tape: &mut Tape<'_>) -> Vec<Edit> {
    let sections = sections();
    let count = 1 + tape.below(6);
    let edit = |_| {
        let section = sections[tape.below(sections.len())].clone();
        match tape.below(12) {
            10 => Edit::Ensure(section),
            11 => Edit::Remove(section),
            kind => {
                let (name, _, values) = tape.pick(settings(&section));
                let value = (kind < 7).then(|| tape.pick(values));
                Edit::Set(section, name, value)
            }
        }
    };
    (0..count).map(edit).collect()
}

struct Writer {
    eol: &'static str,
    unit: &'static str,
    out: String,
}

impl Writer {
    fn line(&mut self, depth: usize, text: &str) {
        self.out.push_str(&self.unit.repeat(depth));
        self.out.push_str(text);
        self.out.push_str(self.eol);
    }

    fn open(&mut self, depth: usize, name: &str, attributes: &str) {
        self.line(depth, &format!("<{name}{attributes}>"));
    }

    fn close(&mut self, depth: usize, name: &str) {
        self.line(depth, &format!("</{name}>"));
    }

    fn element(
        &mut self,
        tape: &mut Tape<'_>,
        depth: usize,
        name: &str,
        inside: impl FnOnce(&mut Self, &mut Tape<'_>),
    ) {
        match tape.below(8) {
            5 => self.line(depth, &format!("<{name} />")),
            6 => self.line(depth, &format!("<{name}></{name}>")),
            kind => {
                self.open(depth, name, ["", " version=\"2\""][usize::from(kind == 1)]);
                inside(self, tape);
                let comment = ["", "<!-- last -->"][usize::from(kind == 7)];
                self.out.push_str(comment);
                self.close(depth, name);
            }
        }
    }
}
