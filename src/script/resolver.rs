//! Resolves the imports of a run: compiles each module once and keeps it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use rhai::module_resolvers::ModuleResolver;
use rhai::{Engine, EvalAltResult, GlobalRuntimeState, Module, Position, Scope, Shared};

use crate::fault::{Fault, FaultKind, Result};

use super::engine::compile;
use super::library::{self, SourceTexts, import_cycle};
use super::values::thrown;

/// Resolves imports. Clones share their modules.
#[derive(Clone)]
pub(super) struct Resolver {
    folder: Option<PathBuf>,
    sources: SourceTexts,
    loaded: Rc<RefCell<BTreeMap<String, Shared<Module>>>>,
    loading: Rc<RefCell<Vec<String>>>,
}

impl Resolver {
    /// A resolver for a script in `folder`. Without a folder only `std/` resolves.
    pub(super) fn new(folder: Option<PathBuf>, sources: SourceTexts) -> Self {
        Self {
            folder,
            sources,
            loaded: Rc::default(),
            loading: Rc::default(),
        }
    }

    /// The module of that name, if it was imported.
    pub(super) fn loaded(&self, name: &str) -> Option<Shared<Module>> {
        self.loaded.borrow().get(name).cloned()
    }

    /// The text of a module.
    pub(super) fn text(&self, name: &str) -> Result<String> {
        Ok(library::module(self.folder.as_deref(), name)?.0)
    }

    fn load(
        &self,
        engine: &Engine,
        global: &mut GlobalRuntimeState,
        name: &str,
        position: Position,
    ) -> std::result::Result<Shared<Module>, Box<EvalAltResult>> {
        let text = self
            .text(name)
            .map_err(|fault| thrown(fault, Position::NONE))?;
        let source = if name.starts_with("std/") {
            name.to_owned()
        } else {
            format!("{name}.rhai")
        };
        self.sources
            .borrow_mut()
            .insert(source.clone(), text.as_str().into());
        let mut ast = compile(engine, &Scope::new(), &text, &source)
            .map_err(|fault| thrown(fault, Position::NONE))?;
        ast.set_source(source.as_str());
        match Module::eval_ast_as_new_raw(engine, &mut Scope::new(), global, &ast) {
            Ok(module) => Ok(module.into()),
            // The error's position is in the module, not in the importing script.
            Err(error) => Err(EvalAltResult::ErrorInModule(source, error, position).into()),
        }
    }
}

impl ModuleResolver for Resolver {
    fn resolve(
        &self,
        _: &Engine,
        _: Option<&str>,
        path: &str,
        position: Position,
    ) -> std::result::Result<Shared<Module>, Box<EvalAltResult>> {
        let message = format!("`{path}` was imported without the state of the run");
        Err(thrown(Fault::new(FaultKind::Internal, message), position))
    }

    fn resolve_raw(
        &self,
        engine: &Engine,
        global: &mut GlobalRuntimeState,
        _: &mut Scope<'_>,
        path: &str,
        position: Position,
    ) -> std::result::Result<Shared<Module>, Box<EvalAltResult>> {
        if let Some(module) = self.loaded.borrow().get(path) {
            return Ok(module.clone());
        }
        // The engine would follow a cycle until its stack overflows.
        if self.loading.borrow().iter().any(|name| name == path) {
            return Err(thrown(import_cycle(path), position));
        }
        self.loading.borrow_mut().push(path.to_owned());
        let loaded = self.load(engine, global, path, position);
        self.loading.borrow_mut().pop();
        let module = loaded.map_err(|mut error| {
            if error.position().is_none() {
                error.set_position(position);
            }
            error
        })?;
        self.loaded
            .borrow_mut()
            .insert(path.to_owned(), module.clone());
        Ok(module)
    }
}
