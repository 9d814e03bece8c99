//! Advisories that several bindings add, each with the document or observation
//! behind it. An advisory never stops a step.

use crate::conf::{self, Certainty, Setting};
use crate::facts::{Facts, SecretProperties};
use crate::fault;
use crate::state::{SecretText, Section, State, Subject, WantedState};
use crate::step::{Advisory, Level};

use super::ports;

/// The published procedure for a node on macOS.
pub(super) const FASPEX_NODE: &str = "IBM Aspera Faspex, Setting Up an OS X Node";
/// The published procedure for Sync with an access key.
pub(super) const SYNC_TOKEN: &str = "IBM Aspera Sync, Sync with Basic Token Authorization";
/// The reference of asconfigurator.
pub(super) const ASCONFIGURATOR: &str = "IBM Aspera, asconfigurator syntax and usage";
/// The manual of asnodeadmin.
pub(super) const ASNODEADMIN: &str = "IBM Aspera, Node Admin Tool";
/// The hardening rules of the US Department of Defense.
pub(super) const STIG: &str = "DISA STIG, IBM Aspera Platform 4.2";
/// The descriptions of settings that a 4.4.7 server prints.
pub(super) const OPTIONS_447: &str = "asuserdata -+ of build 4.4.7.2228";
/// A published script, not documentation.
const TETHERED: &str = "published HSTS operations guide (third party)";

/// Advisories about a setting and the value it is to have.
pub(super) fn setting(
    section: &Section,
    setting: &Setting,
    wanted: &WantedState,
    facts: &mut Facts<'_>,
) -> Vec<Advisory> {
    let mut notes = Vec::new();
    match (setting.name, &wanted.state) {
        (
            "authorization_transfer_in_value" | "authorization_transfer_out_value",
            State::Text(value),
        ) if &**value == "allow" && matches!(section, Section::User(_)) => {
            notes.push(authorization_allow());
        }
        ("token_encryption_key", State::Hidden) => {
            let secret = wanted.setting_secret().and_then(SecretText::alone);
            if let Some(traits) = secret.and_then(|secret| facts.secret_properties(secret)) {
                token_key(traits, &mut notes);
            }
        }
        ("async_db_dir", State::Text(_)) if *section == Section::Node => {
            notes.push(
                Advisory::new(
                    Level::Caution,
                    "sync-database-for-everyone",
                    "this sets the Sync database folder of every user on this machine without a folder of its own",
                )
                .source("IBM Aspera, Configuring Sync Endpoints"),
            );
        }
        _ => {}
    }
    if let Some(value) = wanted.setting_secret().filter(|_| setting.may_hold_login) {
        notes.extend(login_of(value, facts));
    }
    notes.extend(ports::privileged(section, setting.name, &wanted.state));
    notes.extend(other_versions(setting, &wanted.state));
    let subject = || Subject::setting(section.clone(), setting.name);
    notes
        .into_iter()
        .map(|note| note.about(subject()))
        .collect()
}

/// Advisories about the login of a URL.
fn login_of(value: &SecretText, facts: &mut Facts<'_>) -> Vec<Advisory> {
    let mut notes = Vec::new();
    for secret in value.secrets() {
        let Some(traits) = facts.secret_properties(secret) else {
            continue;
        };
        if value.alone().is_some() && !traits.url.has_login {
            notes.push(Advisory::new(
                Level::Caution,
                "secret-without-login",
                format!("{secret} is no URL with a login: once it is set, reports show it"),
            ));
        } else if !traits.url.is_percent_encoded {
            notes.push(
                Advisory::new(
                    Level::Caution,
                    "login-not-encoded",
                    format!("{secret} has characters that must be percent-encoded in a URL: write `%2F` for `/`, `%2B` for `+`, `%3D` for `=`"),
                )
                .source("IBM Aspera HSTS, docroots on object storage"),
            );
        }
    }
    notes
}

fn authorization_allow() -> Advisory {
    Advisory::new(
        Level::Caution,
        "authorization-allow",
        "`allow` lets transfers start without a token; `token` requires one, as later Faspex and Shares guides do",
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

/// An advisory about a secret that a document prints as an example.
pub(super) fn published(traits: SecretProperties) -> Option<Advisory> {
    traits.is_published.then(|| {
        Advisory::new(
            Level::Danger,
            "published-sample",
            "this secret is an example in a vendor document, which anyone can read",
        )
        .source("published samples")
    })
}

/// Advisories about the password of a Node API user.
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
            "a 4.4 server may refuse this password: by default it requires 16 to 92 characters with two lower-case letters, two upper-case letters and two digits (whether this applies to Node API users is not documented)",
        )
        .source(OPTIONS_447)
    });
    weak.into_iter().chain(published(traits)).collect()
}

/// Advisories about the password of a system account.
pub(super) fn account_password(traits: SecretProperties) -> Vec<Advisory> {
    let is_short = traits.length < 8;
    let short = is_short.then(|| {
        Advisory::new(
            Level::Caution,
            "short-password",
            "the password has fewer than 8 characters, which can be guessed",
        )
        .source("NIST SP 800-63B, 5.1.1.2: at least 8 characters")
    });
    short.into_iter().chain(published(traits)).collect()
}

/// An advisory about a docroot beside a restriction; `origin` says where they come from.
pub(super) fn restriction_and_docroot(origin: &str) -> Advisory {
    let text = format!(
        "a transfer user should have a docroot or a restriction, not both: with both, watch folders cannot be created, and only a user without a docroot can create access keys{origin}"
    );
    Advisory::new(Level::Note, "restriction-or-docroot", text)
        .source("IBM Aspera, Watch Folders setup; published Node API guides")
}

/// Advisories about settings whose names are not documented, which they list.
pub(super) fn uncertain_names(
    section: &Section,
    wanted: &[(Subject, WantedState)],
) -> Vec<Advisory> {
    let names = wanted.iter().filter_map(|(subject, _)| {
        if let Subject::Setting(_, name) = subject {
            conf::find(section.kind(), name)
        } else {
            None
        }
    });
    let settings: Vec<&Setting> = names.collect();
    let of = |certainty: Certainty| {
        let all = settings.iter().filter(move |of| of.certainty == certainty);
        let names: Vec<_> = all.map(|setting| setting.name).collect();
        let first = names.first().copied()?;
        let list = names.join("`, `");
        let text = match (certainty == Certainty::Guessed, names.len()) {
            (true, _) => format!(
                "the spelling of `{list}` is a guess; check it with `asuserdata -+` before a live run"
            ),
            (false, 1) => format!(
                "the name of `{list}` is not documented but derived from its place in aspera.conf; check it with `asuserdata -+`"
            ),
            (false, _) => format!(
                "the names of `{list}` are not documented but derived from their places in aspera.conf; check them with `asuserdata -+`"
            ),
        };
        let note = Advisory::new(Level::Note, "derived-setting", text).source(OPTIONS_447);
        Some(note.about(Subject::setting(section.clone(), first)))
    };
    [Certainty::Derived, Certainty::Guessed]
        .into_iter()
        .filter_map(of)
        .collect()
}

/// An advisory about a name or a value that build 4.4.7 does not have.
fn other_versions(setting: &Setting, wanted: &State) -> Option<Advisory> {
    let (name, versions) = (setting.name, setting.versions);
    let text = if setting.is_of_other_versions() {
        format!("`{name}` is a name of other versions: {versions}")
    } else {
        let value = wanted.text()?;
        setting.other_words.iter().find(|word| **word == value)?;
        format!("`{value}` of `{name}` is a value of other versions ({versions})")
    };
    let source = setting.sources().next().unwrap_or(OPTIONS_447);
    Some(Advisory::new(Level::Note, "other-versions", text).source(source))
}

/// An advisory about a value that the table does not have.
pub(super) fn unchecked_value(
    section: &Section,
    setting: &Setting,
    wanted: &WantedState,
) -> Option<Advisory> {
    let value = wanted.state.text()?;
    setting.check(value).err()?;
    let text = format!(
        "`{}` of `{}` is not checked: the table of settings knows {}",
        value.escape_debug(),
        setting.name,
        setting.fits()
    );
    let subject = Subject::setting(section.clone(), setting.name);
    Some(Advisory::new(Level::Caution, "unchecked-value", text).about(subject))
}

/// An advisory about a setting that the table does not have.
pub(super) fn unchecked(section: &Section, name: &str) -> Advisory {
    Advisory::new(
        Level::Caution,
        "unchecked-setting",
        format!("`{name}` is not in the table of settings: its value is not checked, and it cannot be read back"),
    )
    .about(Subject::setting(section.clone(), name.to_owned()))
}

/// An advisory about equal names of a Node API user and a system account.
pub(super) fn same_name(name: &str) -> Advisory {
    Advisory::new(
        Level::Caution,
        "same-name",
        format!("`{name}` is both the Node API user and the system account; transactions are easier to trace with different names"),
    )
    .source(format!("{FASPEX_NODE}, step 5 of the configuration"))
}

/// An advisory about root as a transfer user.
pub(super) fn root_transfer_user(name: &str) -> Option<Advisory> {
    (name == "root").then(|| {
        Advisory::new(
            Level::Danger,
            "root-transfer-user",
            "transfers of root can read and write everything that no docroot or restriction excludes; use an account without administrative rights",
        )
        .source("DISA STIG ASP4-TS-020240")
    })
}

/// The access rights that public documents name.
const ACLS: [&str; 3] = ["admin", "impersonation", "internal"];

/// Advisories about access rights that no public document names.
pub(super) fn unknown_acls(acls: &[String]) -> impl Iterator<Item = Advisory> {
    let unknown = acls.iter().filter(|acl| !ACLS.contains(&acl.as_str()));
    unknown.map(|acl| {
        let near = fault::nearest(acl, ACLS).map(|near| format!("; did you mean `{near}`?"));
        let text = format!(
            "`{acl}` is none of the access rights that public documents name: {}{}",
            ACLS.join(", "),
            near.unwrap_or_default()
        );
        Advisory::new(Level::Caution, "unknown-acl", text)
            .source("GitHub IBMIntegration/aspera-academy and IBM/aspera-cli")
    })
}

/// An advisory that the node reloads by itself.
pub(super) fn reloads_itself() -> Advisory {
    Advisory::new(
        Level::Note,
        "node-reloads",
        "the node then reloads its users, configuration and license by itself",
    )
    .source(ASNODEADMIN)
}

/// An advisory about the restart of a service.
pub(super) fn restart_cuts_transfers(service: &str) -> Option<Advisory> {
    cuts_transfers(service, "restart-cuts-transfers", "restarts")
}

/// The same of a service that stops for good.
pub(super) fn stop_cuts_transfers(service: &str) -> Option<Advisory> {
    cuts_transfers(service, "stop-cuts-transfers", "stops")
}

fn cuts_transfers(service: &str, id: &'static str, verb: &str) -> Option<Advisory> {
    matches!(service, "asperahttpd" | "asperanoded").then(|| {
        let text = format!("transfers through {service} end when it {verb} (inferred)");
        Advisory::new(Level::Note, id, text).source(TETHERED)
    })
}

/// An advisory that root can log in.
pub(super) fn root_enabled() -> Advisory {
    Advisory::new(
        Level::Danger,
        "root-enabled",
        "root can then log in; the macOS node guide asks for it, later guides and the STIG advise against it",
    )
    .source(format!("{FASPEX_NODE}, step 2; {STIG}"))
}
