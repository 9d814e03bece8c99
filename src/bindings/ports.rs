//! The ports of services: those of HTTP and HTTPS must differ, and low ones are root's.

use crate::conf;
use crate::facts::Facts;
use crate::fault::{Fault, Result, Rule};
use crate::state::{Section, SectionKind, State, Subject};
use crate::step::{Advisory, Level};

/// The switch and the port of HTTP and of HTTPS, in each section that has both.
const PROTOCOLS: [(&str, &str); 2] = [("enable_http", "http_port"), ("enable_https", "https_port")];

/// The first port that every user may listen on.
const FIRST_UNPRIVILEGED: u16 = 1024;

/// Refuses the same port for HTTP and HTTPS, where both are enabled once the section has the wanted
/// settings.
pub(super) fn refuse_equal(
    section: &Section,
    wanted: &[(&str, &State)],
    facts: &mut Facts<'_>,
) -> Result<()> {
    let is_wanted = |name: &str| wanted.iter().any(|(wanted, _)| *wanted == name);
    if !PROTOCOLS
        .iter()
        .any(|(switch, port)| is_wanted(switch) || is_wanted(port))
    {
        return Ok(());
    }
    for (switch, _) in PROTOCOLS {
        if !is_set_to(section, switch, "true", wanted, facts)? {
            return Ok(());
        }
    }
    let [(_, http), (_, https)] = PROTOCOLS;
    let port = value(section, http, wanted, facts)?;
    if !is_set_to(section, https, &port, wanted, facts)? {
        return Ok(());
    }
    let message = format!("HTTP and HTTPS cannot both listen on port {port}");
    Err(if is_wanted(http) && is_wanted(https) {
        Fault::script(message)
            .hint("give one of them another port")
            .with_rule(Rule::WrongValue)
    } else {
        Fault::refused(message).hint("choose another port, or set both in one call")
    })
}

fn is_set_to(
    section: &Section,
    name: &'static str,
    text: &str,
    wanted: &[(&str, &State)],
    facts: &mut Facts<'_>,
) -> Result<bool> {
    let is = value(section, name, wanted, facts)?;
    Ok(conf::find(section, name).is_some_and(|setting| setting.agree(&is, text)))
}

/// The value that a setting will have: the wanted one, that of aspera.conf, or the default.
fn value(
    section: &Section,
    name: &'static str,
    wanted: &[(&str, &State)],
    facts: &mut Facts<'_>,
) -> Result<String> {
    let state = match wanted.iter().find(|(wanted, _)| *wanted == name) {
        Some((_, state)) => (*state).clone(),
        None => facts.read(&Subject::setting(section.clone(), name))?,
    };
    let default = || conf::find(section, name).map_or("", |setting| setting.default);
    Ok(state.text().unwrap_or_else(default).to_owned())
}

/// An advisory about a port on which only root may listen. sshd runs as root.
pub(super) fn privileged(section: &Section, name: &str, state: &State) -> Option<Advisory> {
    use SectionKind::{CentralServer, HttpServer, Server};
    if !name.ends_with("port") || name == "ssh_port" {
        return None;
    }
    let is_of_service = matches!(section.kind(), CentralServer | HttpServer | Server);
    let port: u16 = state.text().filter(|_| is_of_service)?.parse().ok()?;
    // 0 switches the service off, or lets it choose a port.
    (1..FIRST_UNPRIVILEGED).contains(&port).then(|| {
        Advisory::new(
            Level::Caution,
            "privileged-port",
            format!("port {port} is below {FIRST_UNPRIVILEGED}: a service that does not run as root may not listen there"),
        )
        .source("capabilities(7), CAP_NET_BIND_SERVICE")
        .about(Subject::setting(section.clone(), name.to_owned()))
    })
}
