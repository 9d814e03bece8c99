//! Which functions of the engine's own a script has, before any binding is
//! added. What a node's words mean is not said here.

use rhai::packages::{
    BasicArrayPackage, BasicMapPackage, BasicMathPackage, CorePackage, LogicPackage,
    MoreStringPackage,
};

rhai::def_package! {
    /// Numbers, texts, lists and maps. Bytes and bits have no place in a
    /// procedure, and a preview must not depend on a clock.
    pub(super) Language(lib):
        CorePackage,
        LogicPackage,
        BasicMathPackage,
        BasicArrayPackage,
        BasicMapPackage,
        MoreStringPackage
    {}
}
