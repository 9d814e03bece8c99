//! `conf.set_fallback`: HTTP fallback, which the old web pages of the server switch as well.

use crate::facts::Facts;
use crate::fault::Result;
use crate::state::{Section, State, Subject, ValueType};
use crate::step::{Advisory, Level};

use super::{Args, Key, Made, UNCHANGED, Value, ports};

pub(super) const HTTP: Key<Option<Value>> = fallback(
    "http",
    "TCP port of HTTP fallback, or whether it is enabled.",
);
pub(super) const HTTPS: Key<Option<Value>> = fallback(
    "https",
    "TCP port of HTTPS fallback, or whether it is enabled.",
);

const fn fallback(name: &'static str, doc: &'static str) -> Key<Option<Value>> {
    Key::value(name, ValueType::PortOrBool, doc)
        .optional()
        .default(UNCHANGED)
}

/// The options of `conf.set_fallback`, each with its switch and its port in aspera.conf.
pub fn options() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let protocols = PROTOCOLS.iter();
    protocols.map(|protocol| (protocol.key.param.name, protocol.switch, protocol.port))
}

/// One of the two protocols.
struct Protocol {
    key: &'static Key<Option<Value>>,
    switch: &'static str,
    port: &'static str,
    /// The attribute of `WEB` that must be equal to the port.
    web_port: &'static str,
}

static PROTOCOLS: [Protocol; 2] = [
    Protocol {
        key: &HTTP,
        switch: "enable_http",
        port: "http_port",
        web_port: "HttpFallbackPort",
    },
    Protocol {
        key: &HTTPS,
        switch: "enable_https",
        port: "https_port",
        web_port: "HttpsFallbackPort",
    },
];

pub(super) fn set(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let mut wanted = Vec::new();
    for protocol in &PROTOCOLS {
        match args.value(protocol.key) {
            Some(Value::Int(number)) => {
                wanted.push((protocol.switch, State::Text("true".into())));
                wanted.push((protocol.port, State::Text(number.to_string().into())));
            }
            Some(Value::Bool(on)) => {
                wanted.push((protocol.switch, State::Text(on.to_string().into())));
            }
            _ => {}
        }
    }
    let named: Vec<_> = wanted.iter().map(|(name, state)| (*name, state)).collect();
    ports::refuse_equal(&Section::HttpServer, &named, facts)?;
    let low = |(name, state): &(&str, State)| ports::privileged(&Section::HttpServer, name, state);
    let low: Vec<_> = wanted.iter().filter_map(low).collect();
    let wanted = wanted
        .into_iter()
        .map(|(name, state)| (setting(name), state));
    let wanted: Vec<_> = wanted.collect();
    let notes = web_notes(&wanted, facts)?;
    let whole = wanted
        .is_empty()
        .then_some(Subject::Entry(Section::HttpServer));
    let draft = facts.change(wanted)?.advise(notes).advise(low);
    Ok(draft.about(whole).made())
}

fn setting(name: &'static str) -> Subject {
    Subject::setting(Section::HttpServer, name)
}

/// Cautions where the attributes of `WEB` say otherwise. The web pages of the server read them, up
/// to 3.9; no tool sets them.
fn web_notes(wanted: &[(Subject, State)], facts: &mut Facts<'_>) -> Result<Vec<Advisory>> {
    let switch = web_attribute("HttpFallback");
    let State::Text(web) = facts.read(&switch)? else {
        return Ok(Vec::new());
    };
    let mut notes = Vec::new();
    let mut note = |subject: Subject, text: String| {
        let advisory = Advisory::new(Level::Caution, "web-fallback", text);
        let source = "IBM Aspera Enterprise Server 3.7, Configuring HTTP Fallback";
        notes.push(advisory.source(source).about(subject));
    };
    let is_on = |state: &State| state.text() == Some("true");
    let switches = wanted.iter().filter(|(subject, _)| {
        let name = subject.leaf();
        PROTOCOLS.iter().any(|protocol| protocol.switch == name)
    });
    let states: Vec<_> = switches.map(|(_, state)| is_on(state)).collect();
    let is_web_on = web.eq_ignore_ascii_case("yes");
    if states.contains(&true) && !is_web_on {
        note(
            switch,
            format!(
                "`WEB` in aspera.conf has `HttpFallback` `{web}`, which switches fallback off for servers up to 3.9: change it by hand"
            ),
        );
    } else if states == [false, false] && is_web_on {
        note(
            switch,
            format!(
                "`WEB` in aspera.conf has `HttpFallback` `{web}`, which switches fallback on for servers up to 3.9: change it by hand"
            ),
        );
    }
    for protocol in &PROTOCOLS {
        let attribute = web_attribute(protocol.web_port);
        let port = wanted
            .iter()
            .find(|(subject, _)| *subject == setting(protocol.port));
        let Some((_, State::Text(port))) = port else {
            continue;
        };
        if let State::Text(web) = facts.read(&attribute)?
            && web != *port
        {
            note(
                attribute,
                format!(
                    "`WEB` in aspera.conf has `{}` `{web}`, and it must be {port}, the port of fallback: change it by hand",
                    protocol.web_port
                ),
            );
        }
    }
    Ok(notes)
}

fn web_attribute(name: &str) -> Subject {
    Subject::setting(Section::HttpServer, format!("WEB[{name}]"))
}
