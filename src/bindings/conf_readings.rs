//! `conf.user`, `conf.users` and the like: what aspera.conf has.

use std::borrow::Cow;
use std::rc::Rc;

use crate::facts::Facts;
use crate::fault::Result;
use crate::state::{SectionKind, State, Subject};

use super::conf::{CLASSES, GROUP, TRUNK, USER};
use super::{Args, Binding, Key, Made, Param, Value, effective, reading};

const LOGGED: Key<Option<Rc<str>>> = CLASSES.optional().default("*");

/// The name of the binding that returns every setting in force for a user.
pub const EFFECTIVE_USER: &str = "conf.effective_user";

/// The kind of section whose settings each of these bindings returns.
const SECTIONS: &[(&str, SectionKind)] = &[
    ("conf.user", SectionKind::User),
    ("conf.group", SectionKind::Group),
    ("conf.trunk", SectionKind::Trunk),
    ("conf.node", SectionKind::Node),
    ("conf.server", SectionKind::Server),
    ("conf.central", SectionKind::CentralServer),
    ("conf.client", SectionKind::Client),
    ("conf.logging", SectionKind::Logging),
    ("conf.database", SectionKind::Database),
    ("conf.fallback", SectionKind::HttpServer),
];

/// A binding that returns the settings of a section.
const fn reader(
    name: &'static str,
    params: &'static [Param],
    doc: &'static str,
    example: &'static str,
) -> Binding {
    Binding::new(name, params, doc, example, "aspera.conf", read_settings)
}

pub(super) const BINDINGS: &[Binding] = &[
    reader(
        "conf.user",
        &[USER.param],
        "Returns the settings of a transfer user, by name; `()` if aspera.conf has no such user.\n\nEach value has the type of its setting: a number, `true` or `false` (also for `yes`, `1` or `t` in the file), or a string. A secret reads as `true`. A docroot for clients of one address only is `absolute[peer_ip=192.0.2.10]`, which no tool sets.",
        r#"conf.user("faspex")"#,
    ),
    reader(
        "conf.group",
        &[GROUP.param],
        "Returns the settings of a group; `()` if aspera.conf has no such group.",
        r#"conf.group("partners")"#,
    ),
    reader(
        "conf.trunk",
        &[TRUNK.param],
        "Returns the settings of a virtual link; `()` if there is none of that number.",
        "conf.trunk(108)",
    ),
    reader(
        "conf.node",
        &[],
        "Returns the node's settings, which apply to every user.",
        "conf.node()",
    ),
    reader(
        "conf.server",
        &[],
        "Returns the settings of the Node API service.",
        "conf.server()",
    ),
    reader(
        "conf.central",
        &[],
        "Returns the settings of asperacentral, the transfer manager.",
        "conf.central()",
    ),
    reader(
        "conf.client",
        &[],
        "Returns the settings of transfers that start on this machine.",
        "conf.client()",
    ),
    reader(
        "conf.logging",
        &[LOGGED.param],
        "Returns how messages of some classes are logged; `()` if aspera.conf has no entry for exactly these classes.",
        "conf.logging()",
    ),
    reader(
        "conf.database",
        &[],
        "Returns the settings of the database to which transfers are reported.",
        "conf.database()",
    ),
    reader(
        "conf.fallback",
        &[],
        "Returns the settings of HTTP fallback.",
        "conf.fallback()",
    ),
    Binding {
        make: |_, facts| names(SectionKind::User, facts),
        ..reader(
            "conf.users",
            &[],
            "Returns the names of all transfer users in aspera.conf.",
            "conf.users()",
        )
    },
    Binding {
        make: |_, facts| names(SectionKind::Group, facts),
        ..reader(
            "conf.groups",
            &[],
            "Returns the names of all groups in aspera.conf.",
            "conf.groups()",
        )
    },
    Binding {
        make: |_, facts| names(SectionKind::Trunk, facts),
        ..reader(
            "conf.trunks",
            &[],
            "Returns the numbers of all virtual links in aspera.conf.",
            "conf.trunks()",
        )
    },
    Binding {
        name: EFFECTIVE_USER,
        doc: "Returns every setting in force for a transfer user, by name: its `value`, and `from`, where it comes from.\n\nThat is the user, else the group with the lowest `precedence` of those groups that the system account is in, else the node, each as `conf/user/anna`, `conf/group/partners` or `conf/node`; else the built-in default, as `default of 4.4.7`. Other versions have some other defaults: see the remarks of the settings. A value is `()` where nothing sets it and no default is known.",
        params: &[USER.param],
        example: r#"print(conf.effective_user("faspex").absolute.from);"#,
        source: "IBM Aspera HSTS 4.2, Configuration Precedence",
        make: |args, facts| Made::answer(effective::effective_user(args.get(&USER), facts)?),
    },
];

/// The kind of section whose settings a binding returns.
pub fn section_read(binding: &Binding) -> Option<SectionKind> {
    let row = SECTIONS.iter().find(|(name, _)| *name == binding.name);
    row.map(|(_, kind)| *kind)
}

/// The settings of the section that the arguments name.
///
/// # Panics
///
/// If the binding is not in the table: a mistake in this file.
fn read_settings(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let section = section_read(args.binding()).and_then(|kind| kind.section(section_name(args)));
    let Some(section) = section else {
        panic!("`{}` reads no section", args.binding().name);
    };
    let state = facts.read(&Subject::Settings(section.clone()))?;
    if let State::Settings(settings) = state {
        return Made::answer(reading::of_section(&section, settings));
    }
    // There is always one of the other sections, even if the file has no element for it.
    if section.is_named() {
        Made::answer(Value::Unit)
    } else {
        Made::answer(Value::Map(Vec::new()))
    }
}

/// The name of the section to read; empty where a file has only one of the kind.
fn section_name(args: &Args) -> Cow<'_, str> {
    let given = args.values().first();
    if let Some(Value::Int(number)) = given {
        return number.to_string().into();
    }
    let default = args
        .binding()
        .params
        .first()
        .map_or("", |param| param.default);
    given.and_then(Value::text).unwrap_or(default).into()
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
