//! Makes `<` and the like fail for values of different types. The engine's own are false then: a cap
//! of `"Unlimited"` would not be above 50000.

use std::any::TypeId;

use rhai::{
    Dynamic, Engine, FLOAT, FuncRegistration, INT, ImmutableString, Module, NativeCallContext,
    Position, RhaiFunc, Shared,
};

use crate::fault::Fault;

use super::runtime_errors::{NUMBER_OF_TEXT, type_name};
use super::values::thrown;

const ORDERS: &[&str] = &["<", "<=", ">", ">="];

/// Registers the comparisons that fail.
pub(super) fn register(engine: &mut Engine) {
    // With these on, the engine does not look for the functions that are registered here.
    engine.set_fast_operators(false);
    let numbers = [TypeId::of::<INT>(), TypeId::of::<FLOAT>()];
    let types = [
        TypeId::of::<ImmutableString>(),
        TypeId::of::<bool>(),
        TypeId::of::<()>(),
    ];
    let types = types.into_iter().chain(numbers);
    let mut module = Module::new();
    for operator in ORDERS {
        for left in types.clone() {
            for right in types.clone() {
                let are_numbers = numbers.contains(&left) && numbers.contains(&right);
                if left != right && !are_numbers {
                    FuncRegistration::new(*operator).set_into_module_raw(
                        &mut module,
                        [left, right],
                        RhaiFunc::Pure {
                            func: Shared::new(refuse),
                            has_context: false,
                            is_pure: true,
                            is_volatile: false,
                        },
                    );
                }
            }
        }
    }
    engine.register_global_module(module.into());
}

fn refuse(
    _: Option<NativeCallContext<'_>>,
    operands: &mut [&mut Dynamic],
) -> Result<Dynamic, Box<rhai::EvalAltResult>> {
    let types: Vec<_> = operands
        .iter()
        .map(|operand| type_name(operand.type_name()))
        .collect();
    let mut fault = Fault::script(format!("cannot compare {}", types.join(" with ")));
    if types.contains(&"a string") && types.contains(&"a number") {
        fault = fault.hint(NUMBER_OF_TEXT);
    }
    let fault =
        fault.hint("a setting may be a word such as \"Unlimited\", or `()`: ask for that first");
    Err(thrown(fault, Position::NONE))
}
