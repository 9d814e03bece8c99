//! The sections of aspera.conf as calls.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::accounts;
use super::fallback;
use super::leftovers::Leftovers;
use super::node_calls::{CallGroup, NodeCall, NodeCalls};
use super::selection::Selection;
use super::system_groups;
use crate::bindings::{self, ArgType, Binding, Value, setting_value};
use crate::conf::{self, Setting, SettingValue};
use crate::fault::Result;
use crate::login;
use crate::state::{Section, SectionKind, State, ValueType};

/// The order of the script: what others name precedes them.
pub(super) const ORDER: &[(SectionKind, &str)] = &[
    (SectionKind::Trunk, "Virtual links."),
    (SectionKind::Node, "Defaults for every user."),
    (SectionKind::Server, "The Node API service."),
    (SectionKind::HttpServer, "HTTP fallback."),
    (SectionKind::CentralServer, "The transfer manager."),
    (SectionKind::Client, "Transfers that start on this machine."),
    (SectionKind::Database, "The database of Console."),
    (SectionKind::Logging, "Logs."),
    (SectionKind::Group, "Groups."),
    (SectionKind::User, "Transfer users."),
];

/// The settings of one section, by how a call passes them.
#[derive(Default)]
struct Settings {
    checked: Vec<(&'static Setting, Value)>,
    /// Values that the table of settings does not have.
    unchecked: Vec<(&'static Setting, Value)>,
}

/// Adds the sections of a kind, and before transfer users the system groups that they and other
/// accounts need.
pub(super) fn add(
    (kind, title): (SectionKind, &'static str),
    selection: &Selection,
    others: &BTreeSet<Rc<str>>,
    calls: &mut NodeCalls<'_>,
) -> Result<()> {
    let document = calls.document;
    let sections: Vec<_> = if kind.is_named() {
        let names = document.names(kind).into_iter();
        names.filter_map(|name| kind.section(&*name)).collect()
    } else {
        kind.section("").into_iter().collect()
    };
    let is_selected = |section: &Section| selection.has(section);
    let sections: Vec<_> = sections.into_iter().filter(is_selected).collect();
    if kind == SectionKind::User {
        let name = |section: &Section| section.name().map(|name| Rc::from(&*name));
        let users = sections.iter().filter_map(name);
        let users = users.chain(others.iter().cloned()).collect();
        system_groups::add(&users, calls)?;
    }
    let mut groups = Vec::new();
    for section in &sections {
        calls.leftovers.add_variants(section, document);
        let group = if kind == SectionKind::HttpServer {
            fallback::calls(calls)?
        } else {
            section_calls(section, calls)?
        };
        if !group.is_empty() {
            groups.push(group);
        }
    }
    let noun = if kind == SectionKind::User {
        "user"
    } else {
        "entry"
    };
    calls.add(title, noun, groups);
    Ok(())
}

fn section_calls(section: &Section, calls: &mut NodeCalls<'_>) -> Result<CallGroup> {
    let Some(binding) = setter(section.kind()) else {
        return Ok(Vec::new());
    };
    // A name that no call takes leaves out all of it.
    if section.is_named()
        && let Err(fault) = calls.try_call(&section_call(binding, section, &[], false))?
    {
        calls.leftovers.add(section, None, fault.message());
        return Ok(Vec::new());
    }
    let settings = read_settings(section, calls);
    let mut group = if let Section::User(name) = section {
        accounts::of_user(name, calls)?
    } else {
        Vec::new()
    };
    for (settings, is_unchecked) in [(settings.checked, false), (settings.unchecked, true)] {
        let settings = accepted(binding, section, settings, is_unchecked, calls)?;
        if !settings.is_empty() || (section.is_named() && !is_unchecked) {
            group.push(section_call(binding, section, &settings, is_unchecked));
        }
    }
    Ok(group)
}

/// The binding that sets the settings of a kind of section.
fn setter(kind: SectionKind) -> Option<&'static Binding> {
    bindings::all().find(|binding| {
        let mut params = binding.params.iter();
        params.any(|param| matches!(param.ty, ArgType::Settings(of) if of == kind))
    })
}

/// Reads what is set, except values that are the default anyway.
fn read_settings(section: &Section, calls: &mut NodeCalls<'_>) -> Settings {
    let document = calls.document;
    let mut settings = Settings::default();
    for (setting, value) in document.settings(section) {
        let plain = match value {
            SettingValue::Text(text) if !text.contains(login::HIDDEN) => Some(text),
            SettingValue::Text(_) | SettingValue::Secret(_) | SettingValue::Hidden => None,
        };
        if let Some(text) = plain {
            settings.add(section, setting, &text, &mut calls.leftovers);
        } else if setting.is_secret || setting.may_hold_login {
            let raw = document.secret_text(section, setting).unwrap_or_default();
            let secret = calls.secrets.of_setting(section, setting.name, &raw);
            settings.checked.push((setting, Value::Secret(secret)));
        } else {
            let why = "the value has a login in it, and this setting cannot hold a secret";
            calls.leftovers.add(section, Some(setting), why);
        }
    }
    settings
}

impl Settings {
    fn add(
        &mut self,
        section: &Section,
        setting: &'static Setting,
        text: &str,
        leftovers: &mut Leftovers,
    ) {
        let Err(fault) = setting.check(text) else {
            if !is_default(section, setting, text) {
                self.checked.push((setting, typed(setting, text)));
            }
            return;
        };
        if text.is_empty() {
            leftovers.add(section, Some(setting), "its element is empty");
        } else if setting.is_refused(text) || setting.check_writable(text).is_err() {
            leftovers.add(section, Some(setting), fault.message());
        } else {
            self.unchecked.push((setting, text.into()));
        }
    }
}

/// Whether a value is in force without being set. What a user or a group does not set comes from
/// elsewhere, a virtual link with a value says so, and sources may disagree about a default.
fn is_default(section: &Section, setting: &Setting, text: &str) -> bool {
    let is_certain = !section.is_named() && setting.note.is_empty();
    is_certain && !setting.default.is_empty() && setting.agree(text, setting.default)
}

/// The value as a script writes it; the text itself where nothing else means the same.
fn typed(setting: &Setting, text: &str) -> Value {
    if matches!(setting.kind, ValueType::List | ValueType::Items)
        && let Some(items) = list(text)
    {
        return items;
    }
    let value = setting_value(setting, &State::Text(text.into()));
    match value.plain() {
        Some(plain) if plain == text || matches!(value, Value::Bool(_)) => value,
        _ => Value::Text(text.into()),
    }
}

/// The items of a list that a call would join to the same text.
fn list(text: &str) -> Option<Value> {
    let separator = text.chars().next()?;
    let items: Vec<_> = text[separator.len_utf8()..].split(separator).collect();
    let joined = conf::join_list(&items)?;
    let items = items.into_iter().map(Value::from).collect::<Vec<_>>();
    (joined == text).then(|| items.into())
}

/// Those settings that the node has and the binding accepts.
fn accepted(
    binding: &'static Binding,
    section: &Section,
    settings: Vec<(&'static Setting, Value)>,
    is_unchecked: bool,
    calls: &mut NodeCalls<'_>,
) -> Result<Vec<(&'static Setting, Value)>> {
    let whole = section_call(binding, section, &settings, is_unchecked);
    if settings.is_empty() || calls.try_call(&whole)?.is_ok() {
        return Ok(settings);
    }
    let mut kept = Vec::new();
    for (setting, value) in settings {
        kept.push((setting, value));
        let call = section_call(binding, section, &kept, is_unchecked);
        if let Err(fault) = calls.try_call(&call)? {
            calls.leftovers.add(section, Some(setting), fault.message());
            kept.pop();
        }
    }
    Ok(kept)
}

fn section_call(
    binding: &'static Binding,
    section: &Section,
    settings: &[(&'static Setting, Value)],
    is_unchecked: bool,
) -> NodeCall {
    let mut args = Vec::new();
    match (section, section.name()) {
        (Section::Trunk(id), _) => args.push(Value::Int((*id).into())),
        (_, Some(name)) => args.push(Value::Text(name.as_ref().into())),
        (_, None) => {}
    }
    let settings = settings.iter();
    args.push(Value::map(
        settings.map(|(setting, value)| (setting.name, value.clone())),
    ));
    if is_unchecked {
        args.push(Value::map([("unchecked", Value::Bool(true))]));
    }
    NodeCall { binding, args }
}
