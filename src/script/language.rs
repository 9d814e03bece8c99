//! The engine's own functions that scripts may call.

use rhai::packages::{
    BasicArrayPackage, BasicMapPackage, BasicMathPackage, CorePackage, LogicPackage,
    MoreStringPackage,
};

rhai::def_package! {
    /// Numbers, strings, lists and maps. No byte arrays, bit fields or iterators: configuration
    /// scripts do not need them. No clock: a preview must not depend on the time.
    pub(super) Language(lib):
        CorePackage,
        LogicPackage,
        BasicMathPackage,
        BasicArrayPackage,
        BasicMapPackage,
        MoreStringPackage
    {}
}
