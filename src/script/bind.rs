//! Registers each binding as a function of the engine.

use std::any::TypeId;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use rhai::{Dynamic, Engine, FuncRegistration, Module, NativeCallContext, RhaiFunc};

use crate::bindings::{self, Binding};
use crate::fault::{Fault, FaultKind, Location};
use crate::session::{CallSite, Session};

use super::call_origin::CallOrigin;
use super::ceilings::Meter;
use super::positions::line_column;
use super::values::{arguments, dynamic, terminated, thrown};

/// The session that bindings act on; empty while no script runs.
pub(super) type SessionSlot = Rc<RefCell<Option<Session>>>;

/// The file of the last call. The next call is most likely in the same file, and shares its name:
/// a run holds the location of each of its steps.
type LastFile = Rc<RefCell<Rc<str>>>;

/// The namespaces of bindings and values.
pub(super) fn namespaces() -> Vec<&'static str> {
    let mut names: Vec<_> = bindings::all()
        .filter_map(|binding| binding.path().0)
        .collect();
    names.extend(bindings::VALUE_NAMESPACES);
    names.dedup();
    names
}

/// Registers every binding.
pub(super) fn register(
    engine: &mut Engine,
    slot: &SessionSlot,
    origin: &CallOrigin,
    meter: &Rc<Meter>,
) {
    let file = LastFile::default();
    register_rows(engine, bindings::all(), &|binding| {
        function(
            binding,
            Rc::clone(slot),
            Rc::clone(&file),
            Rc::clone(origin),
            Rc::clone(meter),
        )
    });
}

/// Registers bindings, each with the function that is created for it.
pub(super) fn register_rows(
    engine: &mut Engine,
    rows: impl Iterator<Item = &'static Binding>,
    function: &dyn Fn(&'static Binding) -> RhaiFunc,
) {
    let mut modules: BTreeMap<&str, Module> = BTreeMap::new();
    for binding in rows {
        let (namespace, name) = binding.path();
        let module = modules.entry(namespace.unwrap_or_default()).or_default();
        let required = binding
            .params
            .iter()
            .filter(|param| param.is_required)
            .count();
        for arity in required..=binding.params.len() {
            FuncRegistration::new(name).set_into_module_raw(
                module,
                vec![TypeId::of::<Dynamic>(); arity],
                function(binding),
            );
        }
    }
    for (namespace, module) in modules {
        if namespace.is_empty() {
            engine.register_global_module(module.into());
        } else {
            engine.register_static_module(namespace, module.into());
        }
    }
}

/// A binding as a function that acts on the session in `slot`.
pub(super) fn session_function(
    binding: &'static Binding,
    slot: SessionSlot,
    meter: Rc<Meter>,
) -> RhaiFunc {
    function(
        binding,
        slot,
        LastFile::default(),
        CallOrigin::default(),
        meter,
    )
}

/// A volatile function: the engine must not call it while it compiles.
fn function(
    binding: &'static Binding,
    slot: SessionSlot,
    file: LastFile,
    origin: CallOrigin,
    meter: Rc<Meter>,
) -> RhaiFunc {
    RhaiFunc::Pure {
        func: Rc::new(move |context, args| {
            let context = context.expect("it is registered with a context");
            let values = arguments(args, context.call_position())?;
            let mut slot = slot
                .try_borrow_mut()
                .map_err(|_| thrown(no_session(binding), context.call_position()))?;
            let session = slot
                .as_mut()
                .ok_or_else(|| thrown(no_session(binding), context.call_position()))?;
            let call_site = || {
                let at = call_location(&context, &file);
                let from = origin.borrow();
                let is_elsewhere =
                    |from: &&Location| at.as_ref().is_some_and(|at| at.file != from.file);
                let from = from.as_ref().filter(is_elsewhere).cloned();
                CallSite { at, from }
            };
            let result = meter.outside(|| session.call(binding, values, call_site));
            if let Ok(value) = &result {
                meter.hand_over(value);
            }
            result.map(dynamic).map_err(|fault| {
                let error = if session.is_stopped() {
                    terminated
                } else {
                    thrown
                };
                error(fault, context.call_position())
            })
        }),
        has_context: true,
        is_pure: true,
        is_volatile: true,
    }
}

/// Where the script calls.
pub(super) fn location(context: &NativeCallContext<'_>) -> Option<Location> {
    call_location(context, &LastFile::default())
}

fn call_location(context: &NativeCallContext<'_>, file: &LastFile) -> Option<Location> {
    let (line, column) = line_column(context.call_position())?;
    let source = context.call_source().unwrap_or_default();
    let mut file = file.borrow_mut();
    if **file != *source {
        *file = source.into();
    }
    Some(Location {
        file: Rc::clone(&file),
        line,
        column,
    })
}

fn no_session(binding: &Binding) -> Fault {
    Fault::new(
        FaultKind::Internal,
        format!("`{}` was called outside of a run", binding.name),
    )
}
