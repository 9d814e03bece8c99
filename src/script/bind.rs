//! Every row of the bindings' table, as a function of the engine.

use std::any::TypeId;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use rhai::{Dynamic, Engine, FuncRegistration, Module, NativeCallContext, RhaiFunc};

use crate::bindings::{self, Binding};
use crate::fault::{Fault, FaultKind, Location};
use crate::session::Session;

use super::values::{dynamic, thrown, value};

/// The session that bindings act on; there is none while nothing runs.
pub(super) type SessionSlot = Rc<RefCell<Option<Session>>>;

/// The file of the last call: the next is most likely in the same.
type LastFile = Rc<RefCell<Rc<str>>>;

/// The namespaces of the table, and those that hold values.
pub(super) fn namespaces() -> Vec<&'static str> {
    let mut names: Vec<_> = bindings::all()
        .filter_map(|binding| binding.path().0)
        .collect();
    names.extend(bindings::VALUE_NAMESPACES);
    names.dedup();
    names
}

/// Registers every binding.
pub(super) fn register(engine: &mut Engine, seat: &SessionSlot) {
    let file = LastFile::default();
    register_rows(engine, bindings::all(), &|binding| {
        function(binding, Rc::clone(seat), Rc::clone(&file))
    });
}

/// Registers rows of the table, each with the function made of it.
pub(super) fn register_rows(
    engine: &mut Engine,
    rows: impl Iterator<Item = &'static Binding>,
    function: &dyn Fn(&'static Binding) -> RhaiFunc,
) {
    let mut modules: BTreeMap<&str, Module> = BTreeMap::new();
    for binding in rows {
        let (namespace, name) = binding.path();
        let module = modules.entry(namespace.unwrap_or_default()).or_default();
        let least = binding
            .params
            .iter()
            .filter(|param| param.is_required)
            .count();
        for arity in least..=binding.params.len() {
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

/// A row as a function that acts on `seat`.
pub(super) fn acting(binding: &'static Binding, seat: SessionSlot) -> RhaiFunc {
    function(binding, seat, LastFile::default())
}

/// Volatile: the engine may never call it ahead of time.
fn function(binding: &'static Binding, seat: SessionSlot, file: LastFile) -> RhaiFunc {
    RhaiFunc::Pure {
        func: Rc::new(move |context, args| {
            let context = context.expect("it is registered with a context");
            let values = args.iter().map(|arg| value(arg)).collect();
            let mut seat = seat
                .try_borrow_mut()
                .map_err(|_| thrown(out_of_turn(binding), context.call_position()))?;
            let session = seat
                .as_mut()
                .ok_or_else(|| thrown(out_of_turn(binding), context.call_position()))?;
            session
                .call(binding, values, || placed(&context, &file))
                .map(dynamic)
                .map_err(|fault| thrown(fault.at(placed(&context, &file)), context.call_position()))
        }),
        has_context: true,
        is_pure: true,
        is_volatile: true,
    }
}

/// Where the script calls.
pub(super) fn place(context: &NativeCallContext<'_>) -> Option<Location> {
    placed(context, &LastFile::default())
}

fn placed(context: &NativeCallContext<'_>, file: &LastFile) -> Option<Location> {
    let position = context.call_position();
    let source = context.call_source().unwrap_or_default();
    let mut file = file.borrow_mut();
    if **file != *source {
        *file = source.into();
    }
    Some(Location {
        file: Rc::clone(&file),
        line: position.line().and_then(|line| u32::try_from(line).ok())?,
        column: position
            .position()
            .and_then(|column| u32::try_from(column).ok())?,
    })
}

pub(super) fn out_of_turn(binding: &Binding) -> Fault {
    Fault::new(
        FaultKind::Internal,
        format!("`{}` was called while no session was at work", binding.name),
    )
}
