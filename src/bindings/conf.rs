//! `conf.set_*` and `conf.delete_*`: edits of aspera.conf.

use std::rc::Rc;

use crate::conf as table;
use crate::facts::{Draft, Facts};
use crate::fault::Result;
use crate::state::{Section, SectionKind, State, Subject, WantedState};
use crate::step::{Act, Change};

use super::setting_value::{refuse_unsafe_secret, unchecked_state, wanted_state};
use super::{Args, Binding, Key, Made, Outcome, Param, Value, advice, docroot, fallback, ports};

pub(super) const USER: Key<Rc<str>> = Key::name("name", "Name of the transfer user.");
pub(super) const GROUP: Key<Rc<str>> = Key::name("name", "Name of the group.");
pub(super) const TRUNK: Key<u8> =
    Key::number("id", 1, 255, "Number of the virtual link, 1 to 255.");
pub(super) const CLASSES: Key<Rc<str>> = Key::name("classes", "Classes of messages; `*` for all.");
const UNCHECKED: Key<Option<bool>> = Key::flag(
    "unchecked",
    "Accepts settings and values that the settings table does not have.",
)
.optional()
.default("false");
const OPTIONS: Param = Param::options(&[UNCHECKED.param], "How to treat unknown settings.");

const fn settings(kind: SectionKind) -> Key<Value> {
    Key::settings(
        kind,
        "Settings by their asconfigurator names; `()` resets one to its default.",
    )
}

pub(super) const BINDINGS: &[Binding] = &[
    Binding::new(
        "conf.set_user",
        &[USER.param, settings(SectionKind::User).param, OPTIONS],
        "Sets settings of a transfer user.\n\nThe user is added to aspera.conf if it is not there; `account.ensure` creates the system account. A secret setting takes `secret(...)`; asconfigurator gets it on standard input.",
        r#"conf.set_user("faspex", #{ absolute: "/srv/faspex", token_encryption_key: secret("env:KEY") });"#,
        "IBM Aspera HSTS 4.4, User, group, and default configurations",
        |args, facts| set(Section::User(args.get(&USER)), args, facts),
    ),
    Binding::new(
        "conf.set_group",
        &[GROUP.param, settings(SectionKind::Group).param, OPTIONS],
        "Sets settings of a group of transfer users.\n\nThe system group must exist. If a user is in several groups, the one with the lowest `precedence` applies.",
        r#"conf.set_group("partners", #{ precedence: 0, transfer_out_bandwidth_flow_target_rate_cap: 100000 });"#,
        "IBM Aspera HSTS 4.2, Configuration Precedence",
        |args, facts| set(Section::Group(args.get(&GROUP)), args, facts),
    ),
    Binding::new(
        "conf.set_node",
        &[settings(SectionKind::Node).param, OPTIONS],
        "Sets the node's settings, which apply to every user without a value of its own.",
        r#"conf.set_node(#{ authorization_transfer_in_value: "deny" });"#,
        "IBM Aspera HSTS 4.4, User, group, and default configurations",
        |args, facts| set(Section::Node, args, facts),
    ),
    Binding::new(
        "conf.set_server",
        &[settings(SectionKind::Server).param, OPTIONS],
        "Sets settings of the Node API service: name, ports, certificate, activity logging.\n\nOne port for both HTTP and HTTPS is refused where both are enabled. Most of the settings take effect when asperanoded restarts: `service.refresh(\"asperanoded\")`.",
        r#"conf.set_server(#{ server_name: "node1.example.com" });"#,
        "IBM Aspera HSTS 4.4, Configuring the NodeD service",
        |args, facts| set(Section::Server, args, facts),
    ),
    Binding::new(
        "conf.set_trunk",
        &[TRUNK.param, settings(SectionKind::Trunk).param, OPTIONS],
        "Sets settings of a virtual link, a bandwidth shared by many transfers. Capacities are in kbps.",
        r#"conf.set_trunk(108, #{ trunk_name: "uploads", trunk_capacity: 50000, trunk_on: true });"#,
        "IBM Aspera, Controlling bandwidth usage with virtual links",
        |args, facts| set(Section::Trunk(args.get(&TRUNK)), args, facts),
    ),
    Binding::new(
        "conf.set_central",
        &[settings(SectionKind::CentralServer).param, OPTIONS],
        "Sets settings of asperacentral, the transfer manager.",
        r#"conf.set_central(#{ persistent_store: "enable" });"#,
        "IBM Aspera Faspex on Demand 3.6, Configuring a Remote Transfer-Server Node",
        |args, facts| set(Section::CentralServer, args, facts),
    ),
    Binding::new(
        "conf.set_client",
        &[settings(SectionKind::Client).param, OPTIONS],
        "Sets settings of transfers that start on this machine.",
        r#"conf.set_client(#{ transport_cipher: "aes-256" });"#,
        advice::ASCONFIGURATOR,
        |args, facts| set(Section::Client, args, facts),
    ),
    Binding::new(
        "conf.set_logging",
        &[CLASSES.param, settings(SectionKind::Logging).param, OPTIONS],
        "Sets how messages of some classes are logged: level, folder, size and number of files.\n\nWhich services must restart is not documented.",
        r#"conf.set_logging("*", #{ level: "dbg1" });"#,
        advice::OPTIONS_447,
        |args, facts| set(Section::Logging(args.get(&CLASSES)), args, facts),
    ),
    Binding::new(
        "conf.set_database",
        &[settings(SectionKind::Database).param, OPTIONS],
        "Sets settings of the database to which transfers are reported, for Console before 3.0.",
        r#"conf.set_database(#{ server: "10.0.0.5", port: 4406 });"#,
        advice::ASCONFIGURATOR,
        |args, facts| set(Section::Database, args, facts),
    ),
    Binding {
        name: "conf.set_fallback",
        doc: "Sets HTTP and HTTPS fallback.\n\nA port enables the protocol on that port, `true` enables it on its current port, `false` disables it. The ports must be those configured in Faspex, and one port for both protocols is refused.",
        params: &[Param::options(
            &[fallback::HTTP.param, fallback::HTTPS.param],
            "Ports and switches.",
        )
        .named("fallback")
        .required()],
        example: "conf.set_fallback(#{ http: 8080, https: 8443 });",
        source: "IBM Aspera, Configuring HTTP and HTTPS Fallback",
        make: fallback::set,
    },
    Binding {
        name: "conf.delete_user",
        doc: "Removes a transfer user from aspera.conf, and keeps the system account.",
        params: &[USER.param],
        example: r#"conf.delete_user("former");"#,
        source: advice::ASCONFIGURATOR,
        make: |args, facts| delete(&Section::User(args.get(&USER)), facts),
    },
    Binding {
        name: "conf.delete_group",
        doc: "Removes a group from aspera.conf, and keeps the system group.",
        params: &[GROUP.param],
        example: r#"conf.delete_group("partners");"#,
        source: advice::ASCONFIGURATOR,
        make: |args, facts| delete(&Section::Group(args.get(&GROUP)), facts),
    },
    Binding {
        name: "conf.delete_trunk",
        doc: "Removes a virtual link from aspera.conf.\n\nFirst remove it from the users and groups that refer to it.",
        params: &[TRUNK.param],
        example: "conf.delete_trunk(108);",
        source: advice::ASCONFIGURATOR,
        make: |args, facts| delete(&Section::Trunk(args.get(&TRUNK)), facts),
    },
];

fn set(section: Section, args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let is_unchecked = args.get(&UNCHECKED).unwrap_or_default();
    let entries = args.entries(&settings(section.kind()));
    let mut wanted = Vec::with_capacity(entries.len().max(1));
    let mut notes = Vec::new();
    let mut unknown = Vec::new();
    for (name, value) in entries {
        match table::find(&section, name) {
            Some(setting) => {
                let state = wanted_state(setting, value, is_unchecked)
                    .map_err(|fault| fault.in_argument(name))?;
                if is_unchecked {
                    notes.extend(advice::unchecked_value(&section, setting, &state));
                }
                refuse_unsafe_secret(setting, &state, facts)
                    .map_err(|fault| fault.in_argument(name))?;
                notes.extend(advice::setting(&section, setting, &state, facts));
                wanted.push((Subject::setting(section.clone(), setting.name), state));
            }
            None if is_unchecked => {
                unknown.push(unchecked(&section, name, value)?);
                notes.push(advice::unchecked(&section, name));
            }
            None => return Err(table::unknown(&section, name).in_argument(name)),
        }
    }
    notes.extend(advice::uncertain_names(&section, &wanted));
    notes.splice(..0, docroot::notes(&section, &wanted, facts.platform()));
    if section == Section::Server {
        refuse_equal_ports(&section, &wanted, facts)?;
    }
    // Without settings, the call is about the section itself.
    let mut whole = wanted.is_empty().then_some(Subject::Entry(section));
    if let Some(Subject::Entry(section)) = &whole
        && section.is_named()
    {
        wanted.extend(whole.take().map(|entry| (entry, State::Present.into())));
    }
    let draft = facts.change(wanted)?.about(whole);
    Ok(with_unchecked(draft, unknown, facts)?.advise(notes).made())
}

fn refuse_equal_ports(
    section: &Section,
    wanted: &[(Subject, WantedState)],
    facts: &mut Facts<'_>,
) -> Result<()> {
    let named = wanted.iter().filter_map(|(subject, wanted)| {
        if let Subject::Setting(_, name) = subject {
            Some((&**name, &wanted.state))
        } else {
            None
        }
    });
    let named: Vec<_> = named.collect();
    ports::refuse_equal(section, &named, facts)
}

/// Adds the commands for unknown settings, which have no change of their own: the
/// document cannot predict them.
fn with_unchecked(draft: Draft, settings: Vec<Change>, facts: &Facts<'_>) -> Result<Draft> {
    if settings.is_empty() {
        return Ok(draft);
    }
    let subjects: Vec<_> = settings
        .iter()
        .map(|change| change.subject.clone())
        .collect();
    let draft = draft.about(subjects);
    facts.with_act(draft, Act::SetUnchecked { settings })
}

fn unchecked(section: &Section, name: &str, value: &Value) -> Result<Change> {
    let after = unchecked_state(name, value).map_err(|fault| fault.in_argument(name))?;
    Ok(Change {
        subject: Subject::setting(section.clone(), name.to_owned()),
        before: State::Absent,
        after,
    })
}

fn delete(section: &Section, facts: &mut Facts<'_>) -> Result<Made> {
    Ok(facts.remove(section)?.made())
}

impl Draft {
    /// The step and its outcome.
    pub(super) fn made(self) -> Made {
        let outcome = Outcome {
            changed: !self.is_settled(),
            changes: self.changes.iter().chain(&self.settled).cloned().collect(),
        };
        Made::Step(self.step(), outcome)
    }
}
