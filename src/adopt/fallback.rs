//! HTTP fallback as a call: each protocol has a switch and a port.

use super::node_calls::{CallGroup, NodeCalls, call};
use crate::bindings::{self, Value};
use crate::conf::{self, Setting, SettingValue};
use crate::fault::Result;
use crate::state::Section;

const SECTION: Section = Section::HttpServer;

/// The call, if fallback differs from its defaults.
pub(super) fn calls(calls: &mut NodeCalls<'_>) -> Result<CallGroup> {
    let mut options = Vec::new();
    for (option, switch, port) in bindings::fallback_options() {
        let number = set_to(port, calls);
        let is_on = set_to(switch, calls).map(|word| is_on(switch, &word));
        match number.as_ref().and_then(|number| number.parse().ok()) {
            Some(number) if is_on == Some(true) => options.push((option, Value::Int(number))),
            _ => {
                let is_on = is_on.filter(|is_on| *is_on != is_on_by_default(switch));
                options.extend(is_on.map(|is_on| (option, Value::Bool(is_on))));
                leave_out_port(port, number.as_deref(), calls);
            }
        }
    }
    for (setting, _) in calls.document.settings(&SECTION) {
        let mut settable = bindings::fallback_options();
        if !settable.any(|(_, switch, port)| [switch, port].contains(&setting.name)) {
            let why = "no call sets this setting";
            calls.leftovers.add(&SECTION, Some(setting), why);
        }
    }
    if options.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = call("conf.set_fallback", vec![Value::map(options)]);
    if let Err(fault) = calls.try_call(&wanted)? {
        calls.leftovers.add(&SECTION, None, fault.message());
        return Ok(Vec::new());
    }
    Ok(vec![wanted])
}

/// What a setting is set to in the file.
fn set_to(name: &str, calls: &NodeCalls<'_>) -> Option<String> {
    let setting = conf::find(&SECTION, name)?;
    match calls.document.get(&SECTION, setting)? {
        SettingValue::Text(text) => Some(text.into_owned()),
        SettingValue::Secret(_) | SettingValue::Hidden => None,
    }
}

fn is_on(name: &str, word: &str) -> bool {
    conf::find(&SECTION, name).is_some_and(|setting| setting.agree(word, "true"))
}

/// Whether a protocol is enabled where nothing says so.
fn is_on_by_default(switch: &str) -> bool {
    conf::find(&SECTION, switch).is_some_and(|setting| setting.agree(setting.default, "true"))
}

/// A port is set only together with its switch.
fn leave_out_port(name: &str, number: Option<&str>, calls: &mut NodeCalls<'_>) {
    let differs =
        |setting: &&Setting| number.is_some_and(|number| !setting.agree(number, setting.default));
    if let Some(setting) = conf::find(&SECTION, name).filter(|setting| differs(setting)) {
        let why = "the port of a protocol that is not enabled";
        calls.leftovers.add(&SECTION, Some(setting), why);
    }
}
