//! Notes that several bindings give, with the document or observation behind
//! each. A note informs; it never stops a step.

use crate::conf::{Certainty, Setting};
use crate::facts::{Facts, SecretProperties};
use crate::state::{Platform, Section, State, Subject, WantedState};
use crate::step::{Advisory, Level};

/// The published procedure for a macOS node.
pub(super) const FASPEX_NODE: &str = "IBM Aspera Faspex, Setting Up an OS X Node";
/// The published procedure for Sync with an access key.
pub(super) const SYNC_TOKEN: &str = "IBM Aspera Sync, Sync with Basic Token Authorization";
/// The reference of asconfigurator.
pub(super) const ASCONFIGURATOR: &str = "IBM Aspera, asconfigurator syntax and usage";
/// The manual of asnodeadmin.
pub(super) const ASNODEADMIN: &str = "IBM Aspera, Node Admin Tool";
/// The hardening rules of the US Department of Defense.
pub(super) const STIG: &str = "DISA STIG, IBM Aspera Platform 4.2";
/// The option descriptions that a 4.4.7 server prints.
const OPTIONS_447: &str = "asuserdata -+ of build 4.4.7.2228";
/// Published use, not documentation.
const TETHERED: &str = "published HSTS operations guide (third party)";

/// Notes on one wanted setting.
pub(super) fn setting(
    section: &Section,
    setting: &Setting,
    wanted: &WantedState,
    facts: &mut Facts<'_>,
) -> Vec<Advisory> {
    let mut notes = Vec::new();
    match (setting.name, &wanted.state) {
        ("absolute", State::Text(path)) => docroot(path, section, facts.platform(), &mut notes),
        (
            "authorization_transfer_in_value" | "authorization_transfer_out_value",
            State::Text(value),
        ) if &**value == "allow" && matches!(section, Section::User(_)) => {
            notes.push(authorization_allow());
        }
        ("token_encryption_key", State::Hidden) => {
            let secret = wanted.setting_secret();
            if let Some(traits) = secret.and_then(|secret| facts.secret_properties(secret)) {
                token_key(traits, &mut notes);
            }
        }
        ("file_restriction", State::Text(_)) => notes.push(restriction_and_docroot()),
        ("async_db_dir", State::Text(_)) if *section == Section::Node => {
            notes.push(
                Advisory::new(
                    Level::Caution,
                    "sync-database-for-everyone",
                    "this sets the Sync database folder of every user on this machine that has none of its own",
                )
                .source("IBM Aspera, Configuring Sync Endpoints"),
            );
        }
        _ => {}
    }
    notes.extend(certainty(setting));
    let subject = || Subject::setting(section.clone(), setting.name);
    notes
        .into_iter()
        .map(|note| note.about(subject()))
        .collect()
}

fn docroot(path: &str, section: &Section, platform: Platform, notes: &mut Vec<Advisory>) {
    if path.contains(' ') {
        notes.push(
            Advisory::new(
                Level::Caution,
                "docroot-spaces",
                "the docroot has a space in it; some e-mail notifications of transfers may be lost",
            )
            .source(format!("{FASPEX_NODE}, step 1 of the configuration")),
        );
    }
    if platform == Platform::Macos && path.starts_with("/home/") {
        notes.push(
            Advisory::new(
                Level::Caution,
                "docroot-home-on-macos",
                format!(
                    "/home is an automount point on macOS, where no folder can normally be made; use /Users{}",
                    &path["/home".len()..]
                ),
            )
            .source("the published example is a Linux path; macOS keeps home folders in /Users"),
        );
    }
    if matches!(section, Section::User(_)) {
        notes.push(
            Advisory::new(
                Level::Note,
                "docroot-limits",
                "users of this account reach nothing outside the docroot",
            )
            .source(FASPEX_NODE),
        );
    }
}

fn authorization_allow() -> Advisory {
    Advisory::new(
        Level::Caution,
        "authorization-allow",
        "`allow` lets transfers start without a token; `token` demands one, and later Faspex and Shares guides want it",
    )
    .source("IBM Aspera Faspex 5, Configuring a node; the older guide prints `allow`")
}

fn token_key(traits: SecretProperties, notes: &mut Vec<Advisory>) {
    if traits.length < 20 {
        notes.push(
            Advisory::new(
                Level::Caution,
                "short-token-key",
                "the token encryption key has fewer than 20 characters",
            )
            .source(format!("{FASPEX_NODE}, step 2 of the configuration")),
        );
    }
    notes.extend(published(traits));
}

/// A note on a secret that a document prints as an example.
pub(super) fn published(traits: SecretProperties) -> Option<Advisory> {
    traits.is_published.then(|| {
        Advisory::new(
            Level::Danger,
            "published-sample",
            "this secret stands in a vendor document as an example; everybody knows it",
        )
        .source("published samples")
    })
}

/// Notes on a password of a Node API user.
pub(super) fn api_password(traits: SecretProperties) -> Vec<Advisory> {
    let is_weak = traits.length < 16
        || traits.length > 92
        || traits.lowercase < 2
        || traits.uppercase < 2
        || traits.digits < 2;
    let weak = is_weak.then(|| {
        Advisory::new(
            Level::Caution,
            "weak-api-password",
            "a 4.4 server may refuse this password: its defaults ask for 16 to 92 characters with two lower-case letters, two upper-case letters and two digits (whether they hold for Node API users is not documented)",
        )
        .source(OPTIONS_447)
    });
    weak.into_iter().chain(published(traits)).collect()
}

fn restriction_and_docroot() -> Advisory {
    Advisory::new(
        Level::Note,
        "restriction-or-docroot",
        "a transfer user has a docroot or a restriction, not both: with both, watch folders cannot be made, and only a user without a docroot can make access keys",
    )
    .source("IBM Aspera, Watch Folders setup; published Node API guides")
}

fn certainty(setting: &Setting) -> Option<Advisory> {
    let text = match setting.certainty {
        Certainty::Documented | Certainty::Attested | Certainty::Label => return None,
        Certainty::Derived => {
            "the name of this setting is derived from its place in aspera.conf, not documented; check it with `asuserdata -+`"
        }
        Certainty::Guessed => {
            "the spelling of this setting is a guess; check it with `asuserdata -+` before a live run"
        }
    };
    Some(Advisory::new(Level::Note, "derived-setting", text).source(OPTIONS_447))
}

/// A note for a setting that the table does not know.
pub(super) fn unchecked(section: &Section, name: &str) -> Advisory {
    Advisory::new(
        Level::Caution,
        "unchecked-setting",
        format!("`{name}` is not in the table of settings: its value is not checked, and it cannot be read back"),
    )
    .about(Subject::setting(section.clone(), name.to_owned()))
}

/// A note for equal names of a Node API user and a system account.
pub(super) fn same_name(name: &str) -> Advisory {
    Advisory::new(
        Level::Caution,
        "same-name",
        format!("`{name}` is both the Node API user and the system account; different names make transactions easier to trace"),
    )
    .source(format!("{FASPEX_NODE}, step 5 of the configuration"))
}

/// A note that the node reloads by itself.
pub(super) fn reloads_itself() -> Advisory {
    Advisory::new(
        Level::Note,
        "node-reloads",
        "the node reloads its users, configuration and licence by itself after this",
    )
    .source(ASNODEADMIN)
}

/// A note on a running service that is about to restart.
pub(super) fn restart_cuts_transfers(service: &str) -> Option<Advisory> {
    matches!(service, "asperahttpd" | "asperanoded").then(|| {
        Advisory::new(
            Level::Note,
            "restart-cuts-transfers",
            format!("transfers that run through {service} end when it restarts (inferred)"),
        )
        .source(TETHERED)
    })
}

/// A note on root being able to log in.
pub(super) fn root_enabled() -> Advisory {
    Advisory::new(
        Level::Danger,
        "root-enabled",
        "root can log in after this; the guide asks for it, later guides and the STIG advise against it",
    )
    .source(format!("{FASPEX_NODE}, step 2; {STIG}"))
}
