//! `asuserdata`: effective values, and whether the file is one that a server
//! accepts. It changes nothing.

use std::io;

use super::{Acts, Program};
use crate::lab::accounts::Accounts;
use crate::lab::call::Call;
use crate::lab::check::problems;
use crate::lab::conf::{Conf, Scope, first, said};
use crate::lab::options::Syntax;
use crate::lab::settings::{Part, Setting};
use crate::lab::tree::Element;

pub(super) const PROGRAM: Program = Program::new("asuserdata", Acts::Never, run);

const SYNTAX: Syntax = Syntax {
    flags: "avbt",
    values: "ug",
    long_flags: &[],
    long_values: &[],
};

/// Values in force where the file has none; all others are unset.
const BUILT_IN: [(Part, &str, &str); 25] = [
    (Part::Body, "authorization_transfer_in_value", "allow"),
    (Part::Body, "authorization_transfer_out_value", "allow"),
    (Part::Body, "token_encryption_type", "aes-128"),
    (Part::Body, "token_life_seconds", "86400"),
    (Part::Body, "token_dynamic_key", "false"),
    (
        Part::Body,
        "transfer_in_bandwidth_flow_target_rate_cap",
        "Unlimited",
    ),
    (
        Part::Body,
        "transfer_in_bandwidth_flow_target_rate_default",
        "10000",
    ),
    (
        Part::Body,
        "transfer_in_bandwidth_aggregate_trunk_id",
        "Disabled",
    ),
    (
        Part::Body,
        "transfer_out_bandwidth_flow_target_rate_cap",
        "Unlimited",
    ),
    (
        Part::Body,
        "transfer_out_bandwidth_flow_target_rate_default",
        "10000",
    ),
    (
        Part::Body,
        "transfer_out_bandwidth_aggregate_trunk_id",
        "Disabled",
    ),
    (Part::Body, "absolute", ""),
    (Part::Body, "read_allowed", "true"),
    (Part::Body, "write_allowed", "true"),
    (Part::Body, "dir_allowed", "true"),
    (Part::Server, "http_port", "9091"),
    (Part::Server, "https_port", "9092"),
    (Part::Server, "enable_http", "false"),
    (Part::Server, "enable_https", "true"),
    (Part::Server, "ssh_port", "33001"),
    (Part::Server, "activity_logging", "false"),
    (Part::HttpServer, "http_port", "8080"),
    (Part::HttpServer, "https_port", "8443"),
    (Part::HttpServer, "enable_http", "false"),
    (Part::HttpServer, "enable_https", "false"),
];

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    let conf = match Conf::load(&call.folder) {
        Ok(conf) => conf,
        Err(error) => return call.complain(1, format_args!("aspera.conf is refused: {error}")),
    };
    let found = problems(&conf);
    for problem in &found {
        call.complain(1, format_args!("aspera.conf is refused: {problem}"))?;
    }
    if !found.is_empty() {
        return Ok(1);
    }
    if words.has("v") {
        call.say("aspera.conf is accepted")?;
    } else if let Some(user) = words.value("u") {
        let layers = of_user(call, &conf, user)?;
        print(call, Part::Body, &layers)?;
    } else if let Some(group) = words.value("g") {
        let mut layers = conf.sections(&Scope::Group(group.to_owned()));
        layers.extend(default(&conf));
        print(call, Part::Body, &layers)?;
    } else if words.has("t") {
        print(
            call,
            Part::HttpServer,
            &conf.sections(&Scope::Only(Part::HttpServer)),
        )?;
    } else if words.has("a") {
        everything(call, &conf)?;
    } else {
        return call.complain(1, "Usage: asuserdata -v | -a | -b -t | -u USER | -g GROUP");
    }
    Ok(0)
}

/// The default section that counts.
fn default(conf: &Conf) -> Option<&Element> {
    conf.sections(&Scope::Default).first().copied()
}

/// The user, then the groups by precedence, then the default. A user that
/// nobody knows has the default too, as with the vendor.
fn of_user<'a>(call: &Call, conf: &'a Conf, user: &str) -> io::Result<Vec<&'a Element>> {
    let accounts = Accounts::load(&call.folder)?;
    let mut groups: Vec<(u32, &Element)> = Vec::new();
    for group in conf.groups() {
        let name = first(group, &["name"]).unwrap_or_default();
        if accounts.is_member(user, &name) {
            let precedence = first(group, &["precedence"]).and_then(|text| text.parse().ok());
            groups.push((precedence.unwrap_or(1000), group));
        }
    }
    groups.sort_by_key(|(precedence, _)| *precedence);
    let mut layers = conf.sections(&Scope::User(user.to_owned()));
    layers.extend(groups.into_iter().map(|(_, group)| group));
    layers.extend(default(conf));
    Ok(layers)
}

fn everything(call: &Call, conf: &Conf) -> io::Result<()> {
    let layers: Vec<_> = default(conf).into_iter().collect();
    call.say("default option set:")?;
    print(call, Part::Body, &layers)?;
    for trunk in conf
        .root()
        .map(|root| root.all(&["trunks", "trunk"]))
        .unwrap_or_default()
    {
        call.say("trunk option set:")?;
        let id = first(trunk, &["id"]).unwrap_or_default();
        call.say(format_args!("  id: \"{id}\""))?;
        print(call, Part::Trunk, &[trunk])?;
    }
    let parts = [
        (Part::Central, "central server"),
        (Part::Database, "database"),
        (Part::Server, "server"),
        (Part::HttpServer, "http server"),
        (Part::Client, "client"),
    ];
    for (part, title) in parts {
        call.say(format_args!("{title} option set:"))?;
        print(call, part, &conf.sections(&Scope::Only(part)))?;
    }
    Ok(())
}

fn print(call: &Call, part: Part, layers: &[&Element]) -> io::Result<()> {
    for setting in part.settings() {
        let value = effective(part, setting, layers);
        let value = match value.as_deref() {
            None => "AS_NULL",
            Some("") if setting.name == "absolute" => "<Empty String>",
            Some(value) => value,
        };
        call.say(format_args!("  {}: \"{value}\"", setting.name))?;
    }
    Ok(())
}

fn effective(part: Part, setting: &Setting, layers: &[&Element]) -> Option<String> {
    let own = layers.iter().find_map(|layer| said(&[layer], setting));
    own.or_else(|| {
        let known = BUILT_IN
            .iter()
            .find(|row| row.0 == part && row.1 == setting.name);
        known.map(|row| row.2.to_owned())
    })
}
