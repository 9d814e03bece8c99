//! The only module that knows the script engine: it compiles scripts, converts values and
//! forwards calls to bindings. It knows nothing of nodes.

mod argument_location;
mod bind;
mod bundled;
mod call_origin;
mod caught_errors;
mod ceilings;
mod check;
mod compile_errors;
mod declaration;
mod engine;
mod foreign_syntax;
mod host;
mod interpreter;
mod language;
mod library;
mod limits;
mod mixed_comparisons;
mod name_faults;
mod namespaces;
mod param_settings;
mod params;
mod positions;
mod reference_entries;
mod resolver;
mod runtime_errors;
mod script_source;
mod shadowing;
mod static_calls;
mod static_value;
mod testing;
mod unavailable;
mod unresolved_calls;
mod values;

pub use bundled::{Bundled, SCRIPTS, STDLIB, bundled};
pub use ceilings::{Ceilings, STACK};
pub use check::check;
pub use engine::{Surroundings, registered};
pub use host::Host;
pub use interpreter::{CompiledInput, FunctionSignature, Interpreter};
pub use param_settings::parse_param_settings;
pub use params::{Declared, ParamSpec};
pub use reference_entries::reference_entries;
pub use script_source::Script;
pub use static_value::{StaticCall, StaticValue};
pub use testing::{Compare, Load, Stage, Suite};
