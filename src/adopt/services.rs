//! The services as calls: which run, and which must load aspera.conf.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::node_calls::{NodeCalls, call};
use super::selection::Selection;
use crate::bindings::{ArgType, Value};
use crate::conf;
use crate::facts::NodeReader as _;
use crate::fault::Result;
use crate::state::{SectionKind, State, Subject};
use crate::tools;

/// Adds the calls that start and stop services as on the node, and those that make services load
/// the settings of the script.
pub(super) fn add(selection: &Selection, calls: &mut NodeCalls<'_>) -> Result<()> {
    let concerned = concerned(calls);
    let (mut states, mut refreshed) = (Vec::new(), Vec::new());
    for name in tools::service_names(calls.world.node().platform) {
        let subject = Subject::Service(Rc::from(*name));
        if !selection.has_services() && !concerned.contains(name) {
            continue;
        }
        let Some(State::Service(service)) = calls.read(&subject)? else {
            continue;
        };
        if selection.has_services() {
            let mut options = vec![("running", Value::Bool(service.running))];
            if is_disabled(name, calls)? {
                options.push(("enabled", Value::Bool(false)));
            }
            let ensure = call("service.ensure", vec![(*name).into(), Value::map(options)]);
            states.extend(calls.accept(&subject, ensure)?.map(|call| vec![call]));
        }
        if service.running && concerned.contains(name) {
            refreshed.push(vec![call("service.refresh", vec![(*name).into()])]);
        }
    }
    calls.add("Services.", "entry", states);
    let title = "The services load aspera.conf, unless they have done so.";
    calls.add(title, "entry", refreshed);
    Ok(())
}

/// Whether a service does not start with the machine. Snapshots and some systems do not tell.
fn is_disabled(name: &str, calls: &mut NodeCalls<'_>) -> Result<bool> {
    let enabled = Subject::EnabledService(Rc::from(name));
    match calls.world.read(&enabled) {
        Ok(state) => Ok(state == State::Absent),
        Err(fault) => fault.unless_fatal().map(|_| false),
    }
}

/// The services that must notice a setting of the script.
fn concerned(calls: &NodeCalls<'_>) -> BTreeSet<&'static str> {
    let mut services = BTreeSet::new();
    let groups = calls.blocks.iter().flat_map(|block| &block.groups);
    for call in groups.flatten() {
        for (param, value) in call.binding.params.iter().zip(&call.args) {
            if let (ArgType::Settings(kind), Value::Map(entries)) = (&param.ty, value) {
                let names = entries.iter().map(|(name, _)| &**name);
                services.extend(services_of(*kind, names));
            }
        }
        if call.binding.name == "conf.set_fallback" {
            let names = conf::settings_of(SectionKind::HttpServer).map(|setting| setting.name);
            services.extend(services_of(SectionKind::HttpServer, names));
        }
    }
    services
}

fn services_of<'n>(
    kind: SectionKind,
    names: impl Iterator<Item = &'n str>,
) -> impl Iterator<Item = &'static str> {
    let settings = names.filter_map(move |name| conf::find(kind, name));
    settings.flat_map(move |setting| setting.services_in(kind))
}
