//! The advisories of a Sync session: what it overwrites and deletes, what its filters leave in,
//! who its token lets in.

use std::net::IpAddr;

use crate::state::Secret;
use crate::step::{Advisory, Level, SyncSession};

use super::advice;

const REFERENCE: &str = "async command reference";
pub(super) const FILTER_RULES: &str = "IBM Aspera HST Admin Manual 3.9, p. 249 to 252; IBM Aspera Sync 4.4, Filtering patterns and examples";

/// The options that delete something, and what they delete.
const DESTROYING: [(&str, &str); 3] = [
    (
        "mirror",
        "files that the sending side does not have are deleted on the receiving side",
    ),
    (
        "remove_after_transfer",
        "files are deleted on the sending side after their transfer",
    ),
    (
        "reset",
        "the snapshot is deleted and everything is scanned again",
    ),
];

/// The advisories about a session, whose other side is of that kind.
pub(super) fn about(session: &SyncSession, endpoint: Option<&str>) -> Vec<Advisory> {
    let mut notes = vec![];
    notes.extend(direction(session));
    notes.extend(destroying(session));
    notes.extend(filters(session));
    notes.extend(token(session));
    notes.extend(cluster(session, endpoint));
    notes
}

fn note(level: Level, id: &'static str, text: &'static str, source: &'static str) -> Advisory {
    Advisory::new(level, id, text).source(source)
}

fn is_set(session: &SyncSession, name: &str) -> bool {
    let mut options = session.options.iter();
    options.any(|(option, value)| option == name && value != "false")
}

fn direction(session: &SyncSession) -> Option<Advisory> {
    let mut options = session.options.iter();
    if options.any(|(name, value)| name == "direction" && value == "bidi") {
        return Some(note(
            Level::Caution,
            "sync-bidi",
            "both sides change: a file that is deleted on one side is deleted on the other",
            REFERENCE,
        ));
    }
    let text = "files that differ are overwritten on the receiving side; this is the default";
    (!is_set(session, "overwrite"))
        .then(|| note(Level::Caution, "sync-overwrites", text, REFERENCE))
}

fn destroying(session: &SyncSession) -> impl Iterator<Item = Advisory> {
    let set = DESTROYING
        .into_iter()
        .filter(|(name, _)| is_set(session, name));
    set.map(|(_, text)| note(Level::Danger, "sync-destroys", text, REFERENCE))
}

/// What filters leave in although their author may think that they leave it out.
fn filters(session: &SyncSession) -> Option<Advisory> {
    let with_sign = |sign, option: &'static str| {
        let patterns = session
            .options
            .iter()
            .filter(move |(name, _)| name == option);
        patterns.map(move |(_, pattern)| format!("{sign} {pattern}"))
    };
    let mut rules = session.filters.clone();
    rules.extend(with_sign("+", "include").chain(with_sign("-", "exclude")));
    let has = |rule: &str| rules.iter().any(|given| given == rule);
    let takes = |sign: &str| rules.iter().any(|rule| rule.starts_with(sign));
    if has("- *") && !has("- .*") && !has("- **") {
        let text = "`- *` does not match names that start with a dot: add `- .*` after it to leave these out too";
        return Some(note(
            Level::Caution,
            "sync-hidden-names",
            text,
            FILTER_RULES,
        ));
    }
    let text = "no rule leaves anything out: release 4.4 then takes every file, 3.9 only those that are included; end the rules with `- *` and `- .*`";
    let is_undecided = takes("+") && !takes("-") && !takes(".");
    is_undecided.then(|| note(Level::Caution, "sync-only-includes", text, FILTER_RULES))
}

fn token(session: &SyncSession) -> Vec<Advisory> {
    let Some(token) = &session.token else {
        return Vec::new();
    };
    let mut notes = Vec::new();
    if !is_set(session, "private_key") && session.password.is_none() {
        notes.push(note(
            Level::Note,
            "sync-without-key",
            "no SSH key or password is given, so async uses its default key or prompts; token authorization over SSH requires Aspera's bypass key, whose public key the server's user must have",
            "ATC Manager, Transferring with the Cluster",
        ));
    }
    notes.push(if let Secret::Basic { .. } = token {
        note(
            Level::Caution,
            "token-opens-docroot",
            "a basic token gives access to every file in the docroot or storage of its access key",
            advice::SYNC_TOKEN,
        )
    } else {
        note(
            Level::Note,
            "sync-token-kind",
            "the token starts with `Basic` or `Bearer`; a basic one gives access to every file in the docroot or storage of its access key",
            advice::SYNC_TOKEN,
        )
    });
    notes
}

fn cluster(session: &SyncSession, endpoint: Option<&str>) -> Vec<Advisory> {
    if endpoint != Some("atcm") {
        return Vec::new();
    }
    let by_name = note(
        Level::Caution,
        "atcm-by-name",
        "use the IP address of an ATC Manager endpoint, not its DNS name: with the name, files may reach another node",
        advice::SYNC_TOKEN,
    );
    let unique = note(
        Level::Note,
        "sync-cluster-name",
        "session names must be unique in a cluster: add this machine's UUID to the name",
        REFERENCE,
    );
    let by_name = (!is_address(&session.remote)).then_some(by_name);
    by_name.into_iter().chain([unique]).collect()
}

fn is_address(remote: &str) -> bool {
    let host = remote.rsplit_once('@').map_or(remote, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host.parse::<IpAddr>().is_ok()
}
