//! `conf.user`, `conf.users` and the like: what aspera.conf has.

use std::rc::Rc;

use crate::facts::Facts;
use crate::fault::Result;
use crate::state::{Section, SectionKind, State, Subject};

use super::conf::{CLASSES, GROUP, TRUNK, USER};
use super::{Binding, Key, Made, Value, effective, reading};

const LOGGED: Key<Option<Rc<str>>> = CLASSES.optional().default("*");

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "conf.user",
        doc: "Returns the settings of a transfer user, by name; `()` if aspera.conf has no such user.\n\nEach value has the type of its setting: a number, `true` or `false` (also for `yes`, `1` or `t` in the file), or a string. A secret reads as `true`. A docroot for clients of one address only is `absolute[peer_ip=192.0.2.10]`, which no tool sets.",
        params: &[USER.param],
        example: r#"conf.user("faspex")"#,
        source: "aspera.conf",
        make: |args, facts| answer(&Section::User(args.get(&USER)), facts),
    },
    Binding {
        name: "conf.group",
        doc: "Returns the settings of a group; `()` if aspera.conf has no such group.",
        params: &[GROUP.param],
        example: r#"conf.group("partners")"#,
        source: "aspera.conf",
        make: |args, facts| answer(&Section::Group(args.get(&GROUP)), facts),
    },
    Binding {
        name: "conf.trunk",
        doc: "Returns the settings of a virtual link; `()` if there is none of that number.",
        params: &[TRUNK.param],
        example: "conf.trunk(108)",
        source: "aspera.conf",
        make: |args, facts| answer(&Section::Trunk(args.get(&TRUNK)), facts),
    },
    Binding {
        name: "conf.node",
        doc: "Returns the node's settings, which apply to every user.",
        params: &[],
        example: "conf.node()",
        source: "aspera.conf",
        make: |_, facts| answer(&Section::Node, facts),
    },
    Binding {
        name: "conf.server",
        doc: "Returns the settings of the Node API service.",
        params: &[],
        example: "conf.server()",
        source: "aspera.conf",
        make: |_, facts| answer(&Section::Server, facts),
    },
    Binding {
        name: "conf.central",
        doc: "Returns the settings of asperacentral, the transfer manager.",
        params: &[],
        example: "conf.central()",
        source: "aspera.conf",
        make: |_, facts| answer(&Section::CentralServer, facts),
    },
    Binding {
        name: "conf.client",
        doc: "Returns the settings of transfers that start on this machine.",
        params: &[],
        example: "conf.client()",
        source: "aspera.conf",
        make: |_, facts| answer(&Section::Client, facts),
    },
    Binding {
        name: "conf.logging",
        doc: "Returns how messages of some classes are logged; `()` if aspera.conf has no entry for exactly these classes.",
        params: &[LOGGED.param],
        example: "conf.logging()",
        source: "aspera.conf",
        make: |args, facts| {
            let classes = args.get(&LOGGED).unwrap_or_else(|| "*".into());
            answer(&Section::Logging(classes), facts)
        },
    },
    Binding {
        name: "conf.database",
        doc: "Returns the settings of the database to which transfers are reported.",
        params: &[],
        example: "conf.database()",
        source: "aspera.conf",
        make: |_, facts| answer(&Section::Database, facts),
    },
    Binding {
        name: "conf.fallback",
        doc: "Returns the settings of HTTP fallback.",
        params: &[],
        example: "conf.fallback()",
        source: "aspera.conf",
        make: |_, facts| answer(&Section::HttpServer, facts),
    },
    Binding {
        name: "conf.users",
        doc: "Returns the names of all transfer users in aspera.conf.",
        params: &[],
        example: "conf.users()",
        source: "aspera.conf",
        make: |_, facts| names(SectionKind::User, facts),
    },
    Binding {
        name: "conf.groups",
        doc: "Returns the names of all groups in aspera.conf.",
        params: &[],
        example: "conf.groups()",
        source: "aspera.conf",
        make: |_, facts| names(SectionKind::Group, facts),
    },
    Binding {
        name: "conf.trunks",
        doc: "Returns the numbers of all virtual links in aspera.conf.",
        params: &[],
        example: "conf.trunks()",
        source: "aspera.conf",
        make: |_, facts| names(SectionKind::Trunk, facts),
    },
    Binding {
        name: "conf.effective_user",
        doc: "Returns every setting in force for a transfer user, by name: its `value`, and `from`, where it comes from.\n\nThat is the user, else the group with the lowest `precedence` of those groups that the system account is in, else the node, each as `conf/user/anna`, `conf/group/partners` or `conf/node`; else the built-in default, as `default of 4.4.7`. Other versions have some other defaults: see the remarks of the settings. A value is `()` where nothing sets it and no default is known.",
        params: &[USER.param],
        example: r#"print(conf.effective_user("faspex").absolute.from);"#,
        source: "IBM Aspera HSTS 4.2, Configuration Precedence",
        make: |args, facts| Made::answer(effective::effective_user(args.get(&USER), facts)?),
    },
];

fn answer(section: &Section, facts: &mut Facts<'_>) -> Result<Made> {
    let state = facts.read(&Subject::Settings(section.clone()))?;
    if let State::Settings(settings) = state {
        return Made::answer(reading::of_section(section, settings));
    }
    // There is always one of the other sections, even if the file has no element for it.
    if section.is_named() {
        Made::answer(Value::Unit)
    } else {
        Made::answer(Value::Map(Vec::new()))
    }
}

/// The names of all sections of a kind; of virtual links, the numbers.
fn names(kind: SectionKind, facts: &mut Facts<'_>) -> Result<Made> {
    let Value::List(names) = facts.read(&Subject::Sections(kind))?.into() else {
        return Made::answer(Value::List(Vec::new()));
    };
    let number = |name: Value| match name.text().map(str::parse) {
        Some(Ok(number)) if kind == SectionKind::Trunk => Value::Int(number),
        _ => name,
    };
    Made::answer(names.into_iter().map(number).collect::<Vec<_>>())
}
