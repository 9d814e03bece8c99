//! The script engine: its functions, limits and callbacks, and how a text is compiled.

use std::cell::Cell;
use std::rc::Rc;

use rhai::packages::Package as _;
use rhai::{AST, Dynamic, Engine, EvalAltResult, Module, Position, Scope, Token};

use crate::bindings::{Params, VALUE_NAMESPACES};
use crate::facts::Node;
use crate::fault::Result;
use crate::source::SourceText;

use super::bind::{self, SessionSlot};
use super::call_origin::{self, CallOrigin};
use super::ceilings::{Ceilings, Meter};
use super::{
    caught_errors, compile_errors, language, limits, mixed_comparisons, namespaces, runtime_errors,
    shadowing, unavailable, unresolved_calls, values, variable_limit,
};

/// The number of operations between two polls of the stop flag, less one.
const POLL_MASK: u64 = 1023;

/// Callbacks of a script.
pub struct Surroundings {
    /// Receives what `print` prints.
    pub print: Box<dyn Fn(&str)>,
    /// Whether the run was interrupted.
    pub is_stopped: Box<dyn Fn() -> bool>,
    /// The limits that are measured while the script runs.
    pub ceilings: Ceilings,
}

impl Surroundings {
    /// Those of a script that is read and not run.
    pub fn none() -> Self {
        Self {
            print: Box::new(|_| ()),
            is_stopped: Box::new(|| false),
            ceilings: Ceilings::default(),
        }
    }
}

/// Creates an engine whose bindings act on the session in the slot, and what measures its scripts.
pub(super) fn engine(slot: &SessionSlot, surroundings: Surroundings) -> (Engine, Rc<Meter>) {
    // `Engine::new` interns strings; once that cache is full, each new string searches all of it.
    let mut engine = Engine::new_raw();
    engine.register_global_module(language::Language::new().as_shared_module());
    limits::set(&mut engine);
    engine.set_strict_variables(true);
    engine.set_fail_on_invalid_map_property(true);
    engine.disable_symbol("eval");
    let map = namespaces::mapper(bind::namespaces());
    let has_catch = Rc::new(Cell::new(false));
    caught_errors::register(&mut engine, Rc::clone(&has_catch));
    #[expect(
        deprecated,
        reason = "the engine marks this hook as one that may change; the version is pinned"
    )]
    engine.on_parse_token(move |token, position, _| {
        has_catch.set(has_catch.get() || token == Token::Catch);
        map(token, position)
    });
    let meter = set_callbacks(&mut engine, surroundings);
    values::register(&mut engine);
    mixed_comparisons::register(&mut engine);
    let origin = CallOrigin::default();
    call_origin::register(&mut engine, &origin);
    bind::register(&mut engine, slot, &origin, &meter);
    // A namespace must be known when a script is compiled.
    for name in VALUE_NAMESPACES {
        engine.register_static_module(*name, Module::new().into());
    }
    unavailable::register(&mut engine);
    engine.register_fn("exit", exit);
    engine.register_fn("exit", |_: Dynamic| exit());
    (engine, meter)
}

/// Connects the engine to its surroundings. Returns what measures its scripts.
fn set_callbacks(engine: &mut Engine, surroundings: Surroundings) -> Rc<Meter> {
    let Surroundings {
        print,
        is_stopped,
        ceilings,
    } = surroundings;
    let meter = Rc::new(Meter::new(ceilings));
    let print: Rc<dyn Fn(&str)> = print.into();
    set_print(engine, &meter, print);
    let measured = Rc::clone(&meter);
    engine.on_progress(move |operations| {
        let is_polled = operations & POLL_MASK == 0;
        if is_polled && is_stopped() {
            return Some(Dynamic::from(runtime_errors::Stopped));
        }
        measured.exceeded(operations).map(values::caught)
    });
    meter
}

/// Sets what `print` and `debug` write to.
pub(super) fn set_print(engine: &mut Engine, meter: &Rc<Meter>, print: Rc<dyn Fn(&str)>) {
    let print = {
        let meter = Rc::clone(meter);
        Rc::new(move |text: &str| {
            print(text);
            meter.restart_clock();
        })
    };
    let debug = Rc::clone(&print);
    engine.on_print(move |text| print(text));
    engine.on_debug(move |text, _, _| debug(text));
}

fn exit() -> std::result::Result<Dynamic, Box<EvalAltResult>> {
    let token = Dynamic::from(runtime_errors::Exit);
    Err(EvalAltResult::ErrorTerminated(token, Position::NONE).into())
}

/// Compiles a text. Refuses functions that would hide native ones, and calls of functions that a
/// namespace does not have.
pub(super) fn compile(engine: &Engine, scope: &Scope<'_>, text: &str, name: &str) -> Result<AST> {
    let source = SourceText::new(name, text);
    variable_limit::refuse(&source)?;
    let ast = engine
        .compile_with_scope(scope, text)
        .map_err(|error| compile_errors::fault(&error, &source))?;
    if ast.iter_functions().next().is_some() {
        shadowing::refuse(engine, &ast, &source)?;
    }
    unresolved_calls::refuse(&ast, name, [])?;
    Ok(ast)
}

/// Gives `params` and `host` their values.
pub(super) fn set_values(engine: &mut Engine, node: &Node, params: &Params) {
    let params = params.iter();
    let params = params.map(|(name, value)| (name.as_str(), values::dynamic(value.clone())));
    set_namespace(engine, "params", params);
    let platform = node.platform.name().into();
    let host = [("platform", platform), ("name", node.name.clone().into())];
    set_namespace(engine, "host", host);
}

/// Gives the variables of a namespace their values.
pub(super) fn set_namespace<'n>(
    engine: &mut Engine,
    namespace: &str,
    values: impl IntoIterator<Item = (&'n str, Dynamic)>,
) {
    let mut module = Module::new();
    for (name, value) in values {
        module.set_var(name, value);
    }
    engine.register_static_module(namespace, module.into());
}

/// The bindings that an engine has: each name, with each number of arguments that it is
/// registered for.
pub fn registered() -> Vec<(String, usize)> {
    let mut engine = Engine::new_raw();
    bind::register(
        &mut engine,
        &SessionSlot::default(),
        &CallOrigin::default(),
        &Rc::new(Meter::new(Ceilings::default())),
    );
    let mut all = engine.collect_fn_metadata(
        None,
        |info| {
            let name = &info.metadata.name;
            let path = match &*info.namespace {
                "" => name.to_string(),
                namespace => format!("{namespace}.{name}"),
            };
            Some((path, info.metadata.num_params))
        },
        true,
    );
    all.sort();
    all
}
