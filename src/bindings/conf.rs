//! `conf.*`: settings in aspera.conf.

use std::rc::Rc;

use crate::conf::{self as table, Setting};
use crate::facts::{Draft, Facts};
use crate::fault::{Fault, Result, Rule};
use crate::state::{Section, SectionKind, State, Subject, WantedState};
use crate::step::Change;
use crate::tools;

use super::{AS_IT_IS, Args, Binding, Made, Outcome, Param, Type, Value, advice};

const USER: Param = Param::required("name", Type::Name, "Name of the transfer user.");
const GROUP: Param = Param::required("name", Type::Name, "Name of the group.");
const TRUNK: Param = Param::required(
    "id",
    Type::Int { min: 1, max: 255 },
    "Number of the virtual link, 1 to 255.",
);
const OPTIONS: Param = Param::optional(
    "options",
    Type::Options(&[Param::optional(
        "unchecked",
        Type::Bool,
        "Lets settings through that the table does not know.",
    )
    .default("false")]),
    "How to treat unknown settings.",
);

const fn settings(kind: SectionKind) -> Param {
    Param::required(
        "settings",
        Type::Settings(kind),
        "Settings by the names asconfigurator knows; `()` takes one back to its default.",
    )
}

/// A binding that sets what its parameters say: the first names the section
/// where there are several of its kind.
const fn setter(
    name: &'static str,
    params: &'static [Param],
    doc: &'static str,
    example: &'static str,
    source: &'static str,
) -> Binding {
    Binding {
        name,
        doc,
        params,
        example,
        source,
        make: |args, facts| set(section(args), args, facts),
    }
}

pub(super) const BINDINGS: &[Binding] = &[
    setter(
        "conf.set_user",
        &[USER, settings(SectionKind::User), OPTIONS],
        "Sets what holds for one transfer user.\n\nThe user is added to aspera.conf if it is not there; the system account is `account.ensure`'s work. A secret setting takes `secret(...)` and goes to asconfigurator on standard input.",
        r#"conf.set_user("faspex", #{ absolute: "/srv/faspex", token_encryption_key: secret("env:KEY") });"#,
        "IBM Aspera HSTS 4.4, User, group, and default configurations",
    ),
    setter(
        "conf.set_group",
        &[GROUP, settings(SectionKind::Group), OPTIONS],
        "Sets what holds for a group of transfer users.\n\nThe system group must exist. Of several groups of a user, the one with the lowest `precedence` counts.",
        r#"conf.set_group("partners", #{ precedence: 0, transfer_out_bandwidth_flow_target_rate_cap: 100000 });"#,
        "IBM Aspera HSTS 4.2, Configuration Precedence",
    ),
    setter(
        "conf.set_node",
        &[settings(SectionKind::Node), OPTIONS],
        "Sets what holds for every user without a value of its own.",
        r#"conf.set_node(#{ authorization_transfer_in_value: "deny" });"#,
        "IBM Aspera HSTS 4.4, User, group, and default configurations",
    ),
    setter(
        "conf.set_server",
        &[settings(SectionKind::Server), OPTIONS],
        "Sets the Node API service: name, ports, certificate, activity logging.\n\nasperanoded must be restarted for most of these: `service.refresh(\"asperanoded\")`.",
        r#"conf.set_server(#{ server_name: "node1.example.com" });"#,
        "IBM Aspera HSTS 4.4, Configuring the NodeD service",
    ),
    setter(
        "conf.set_trunk",
        &[TRUNK, settings(SectionKind::Trunk), OPTIONS],
        "Sets a virtual link, a bandwidth shared by many transfers. Capacities are in kbps.",
        r#"conf.set_trunk(108, #{ trunk_name: "uploads", trunk_capacity: 50000, trunk_on: true });"#,
        "IBM Aspera, Controlling bandwidth usage with virtual links",
    ),
    setter(
        "conf.set_central",
        &[settings(SectionKind::CentralServer), OPTIONS],
        "Sets asperacentral, the transfer manager.",
        r#"conf.set_central(#{ persistent_store: "enable" });"#,
        "IBM Aspera Faspex on Demand 3.6, Configuring a Remote Transfer-Server Node",
    ),
    setter(
        "conf.set_client",
        &[settings(SectionKind::Client), OPTIONS],
        "Sets what holds for transfers that start on this machine.",
        r#"conf.set_client(#{ transport_cipher: "aes-256" });"#,
        advice::ASCONFIGURATOR,
    ),
    Binding {
        name: "conf.set_fallback",
        doc: "Sets HTTP and HTTPS fallback.\n\nA port switches a kind on, `true` switches it on with the port it has, `false` switches it off. The ports must be those configured in Faspex.",
        params: &[Param::required(
            "fallback",
            Type::Options(&[
                Param::optional(
                    "http",
                    Type::PortOrSwitch,
                    "TCP port for HTTP fallback, or a switch.",
                )
                .default(AS_IT_IS),
                Param::optional(
                    "https",
                    Type::PortOrSwitch,
                    "TCP port for HTTPS fallback, or a switch.",
                )
                .default(AS_IT_IS),
            ]),
            "Ports and switches.",
        )],
        example: "conf.set_fallback(#{ http: 8080, https: 8443 });",
        source: "IBM Aspera, Configuring HTTP and HTTPS Fallback",
        make: set_fallback,
    },
    Binding {
        name: "conf.delete_user",
        doc: "Takes a transfer user out of aspera.conf. The system account stays.",
        params: &[USER],
        example: r#"conf.delete_user("former");"#,
        source: advice::ASCONFIGURATOR,
        make: |args, facts| delete(&Section::User(args.required("name")), facts),
    },
    Binding {
        name: "conf.delete_group",
        doc: "Takes a group out of aspera.conf. The system group stays.",
        params: &[GROUP],
        example: r#"conf.delete_group("partners");"#,
        source: advice::ASCONFIGURATOR,
        make: |args, facts| delete(&Section::Group(args.required("name")), facts),
    },
    Binding {
        name: "conf.delete_trunk",
        doc: "Takes a virtual link out of aspera.conf.\n\nTake it from the users and groups that name it first.",
        params: &[TRUNK],
        example: "conf.delete_trunk(108);",
        source: advice::ASCONFIGURATOR,
        make: |args, facts| delete(&trunk(args), facts),
    },
    Binding {
        name: "conf.user",
        doc: "What is set for a transfer user now, by name; nothing if aspera.conf has no such user. A secret reads as `true`.",
        params: &[USER],
        example: r#"conf.user("faspex")"#,
        source: "aspera.conf",
        make: |args, facts| settings_of(Section::User(args.required("name")), facts),
    },
    Binding {
        name: "conf.group",
        doc: "What is set for a group now; nothing if aspera.conf has no such group.",
        params: &[GROUP],
        example: r#"conf.group("partners")"#,
        source: "aspera.conf",
        make: |args, facts| settings_of(Section::Group(args.required("name")), facts),
    },
    Binding {
        name: "conf.trunk",
        doc: "What is set for a virtual link now; nothing if there is none of that number.",
        params: &[TRUNK],
        example: "conf.trunk(108)",
        source: "aspera.conf",
        make: |args, facts| settings_of(trunk(args), facts),
    },
    Binding {
        name: "conf.node",
        doc: "What is set for every user now.",
        params: &[],
        example: "conf.node()",
        source: "aspera.conf",
        make: |_, facts| settings_of(Section::Node, facts),
    },
    Binding {
        name: "conf.server",
        doc: "What is set for the Node API service now.",
        params: &[],
        example: "conf.server()",
        source: "aspera.conf",
        make: |_, facts| settings_of(Section::Server, facts),
    },
    Binding {
        name: "conf.fallback",
        doc: "What is set for HTTP fallback now.",
        params: &[],
        example: "conf.fallback()",
        source: "aspera.conf",
        make: |_, facts| settings_of(Section::HttpServer, facts),
    },
    Binding {
        name: "conf.users",
        doc: "The names of all transfer users in aspera.conf.",
        params: &[],
        example: "conf.users()",
        source: "aspera.conf",
        make: |_, facts| Made::answer(facts.read(&Subject::Users)?),
    },
];

fn trunk(args: &Args) -> Section {
    let id = args.int("id").and_then(|id| u8::try_from(id).ok());
    Section::Trunk(id.expect("the table bounds the id"))
}

/// The section that a setter's call is about.
fn section(args: &Args) -> Section {
    let kind = args.section_kind();
    if kind == SectionKind::Trunk {
        return trunk(args);
    }
    let name = kind.is_named().then(|| args.required("name"));
    kind.section(&name.unwrap_or_default())
        .expect("only the id of a trunk can be wrong")
}

fn set(section: Section, args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let is_unchecked = args.flag("unchecked").unwrap_or_default();
    let entries = args.entries("settings");
    let mut wanted = Vec::with_capacity(entries.len().max(1));
    let mut notes = Vec::new();
    let mut unknown = Vec::new();
    for (name, value) in entries {
        let subject = |name: &'static str| Subject::setting(section.clone(), name);
        match table::find(&section, name) {
            Some(setting) => {
                let state =
                    wanted_state(setting, value).map_err(|fault| fault.in_argument(name))?;
                refuse_unsafe_secret(&state, facts).map_err(|fault| fault.in_argument(name))?;
                notes.extend(advice::setting(&section, setting, &state, facts));
                wanted.push((subject(setting.name), state));
            }
            None if is_unchecked => {
                unknown.push(unchecked(&section, name, value)?);
                notes.push(advice::unchecked(&section, name));
            }
            None => return Err(table::unknown(&section, name).in_argument(name)),
        }
    }
    if wanted.is_empty() && section.is_named() {
        wanted.push((Subject::Entry(section), State::Present.into()));
    }
    let draft = facts.change(wanted)?;
    Ok(with_unchecked(draft, unknown, facts)?.advise(notes).made())
}

/// An unknown setting has no place in the document, so it is only said to the
/// tool: a command without a move of its own.
fn with_unchecked(mut draft: Draft, unknown: Vec<Change>, facts: &Facts<'_>) -> Result<Draft> {
    if !unknown.is_empty() {
        let all: Vec<_> = draft.changes.iter().cloned().chain(unknown).collect();
        draft.commands = tools::commands(facts.platform(), &all)?;
    }
    Ok(draft)
}

fn unchecked(section: &Section, name: &str, value: &Value) -> Result<Change> {
    let after = if let Value::Secret(secret) = value {
        WantedState::secret(secret.clone())
    } else if *value == Value::Unit {
        State::Absent.into()
    } else {
        State::Text(text(value).map_err(|fault| fault.in_argument(name))?).into()
    };
    Ok(Change {
        subject: Subject::setting(section.clone(), name.to_owned()),
        before: State::Absent,
        after,
    })
}

fn wanted_state(setting: &'static Setting, value: &Value) -> Result<WantedState> {
    let name = setting.name;
    if *value == Value::Unit {
        return Ok(State::Absent.into());
    }
    match (value, setting.is_secret) {
        (Value::Secret(secret), true) => Ok(WantedState::secret(secret.clone())),
        (Value::Secret(_), false) => Err(Fault::script(format!(
            "`{name}` is not a secret setting; its value would show in every reading"
        ))),
        (_, true) => Err(Fault::script(format!(
            "`{name}` is secret: it is named by a reference, not written out"
        ))
        .hint("write `secret(\"env:NAME\")`, `secret(\"file:PATH\")` or `secret(\"prompt:LABEL\")`")
        .with_rule(Rule::PlainSecret)),
        (plain, false) => {
            let text = text(plain)?;
            setting.check(&text)?;
            Ok(State::Text(text).into())
        }
    }
}

/// No way is known to quote a character inside an asconfigurator value.
fn refuse_unsafe_secret(wanted: &WantedState, facts: &mut Facts<'_>) -> Result<()> {
    if let Some(secret) = wanted.setting_secret()
        && facts
            .secret_properties(secret)
            .is_some_and(|traits| !traits.is_plain)
    {
        return Err(Fault::refused(format!(
            "{secret} holds a character that asconfigurator may not take as it is"
        ))
        .hint("use letters, digits and _ . ~ + = / - only"));
    }
    Ok(())
}

fn text(value: &Value) -> Result<Rc<str>> {
    match value {
        Value::Text(text) => Ok(Rc::clone(text)),
        Value::Bool(flag) => Ok(flag.to_string().into()),
        Value::Int(int) => Ok(int.to_string().into()),
        Value::Float(float) => Ok(float.to_string().into()),
        Value::List(items) => Ok(list(items)?.into()),
        Value::Unit | Value::Map(_) | Value::Secret(_) | Value::Outcome(_) | Value::Other(_) => {
            Err(Fault::script(format!(
                "a setting takes a text, a number, true, false, a list or `()`, not {}",
                value.noun()
            ))
            .with_rule(Rule::WrongType))
        }
    }
}

/// The tool takes a list as one text whose first character separates items.
fn list(items: &[Value]) -> Result<String> {
    let items: Vec<_> = items.iter().map(text).collect::<Result<_>>()?;
    let separator = ['|', ':', ',', '^', '#']
        .into_iter()
        .find(|c| !items.iter().any(|item| item.contains(*c)))
        .ok_or_else(|| Fault::script("the items use up every separator: | : , ^ #"))?;
    Ok(items.iter().fold(String::new(), |mut list, item| {
        list.push(separator);
        list.push_str(item);
        list
    }))
}

fn set_fallback(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let mut wanted = Vec::new();
    for (kind, enable, port) in [
        ("http", "enable_http", "http_port"),
        ("https", "enable_https", "https_port"),
    ] {
        let setting = |name| Subject::setting(Section::HttpServer, name);
        match args.get(kind) {
            Some(Value::Int(number)) => {
                wanted.push((setting(enable), State::Text("true".into())));
                wanted.push((setting(port), State::Text(number.to_string().into())));
            }
            Some(Value::Bool(on)) => {
                wanted.push((setting(enable), State::Text(on.to_string().into())));
            }
            _ => {}
        }
    }
    Ok(facts.change(wanted)?.made())
}

fn delete(section: &Section, facts: &mut Facts<'_>) -> Result<Made> {
    Ok(facts.remove(section)?.made())
}

fn settings_of(section: Section, facts: &mut Facts<'_>) -> Result<Made> {
    let is_named = section.is_named();
    let fact = facts.read(&Subject::Settings(section))?;
    // Of the others there is exactly one, whether the file says so or not.
    if fact == State::Absent && !is_named {
        return Made::answer(Value::Map(Vec::new()));
    }
    Made::answer(fact)
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
