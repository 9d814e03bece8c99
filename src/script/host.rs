//! A compiled script and the engine that runs it.

use std::path::PathBuf;
use std::rc::Rc;

use rhai::{AST, Engine, Scope};

use crate::bindings::Params;
use crate::fault::{Fault, Result};
use crate::session::Session;

use super::argument_location;
use super::bind::SessionSlot;
use super::call_origin;
use super::ceilings::Meter;
use super::engine::{Surroundings, compile, engine, set_values};
use super::library::{self, SourceTexts};
use super::params::Declared;
use super::resolver::Resolver;
use super::runtime_errors;
use super::script_source::Script;
use super::static_calls::CallReader;
use super::static_value::StaticCall;

/// An engine with one compiled script.
pub struct Host {
    pub(super) engine: Engine,
    pub(super) meter: Rc<Meter>,
    pub(super) ast: AST,
    pub(super) script: Script,
    pub(super) slot: SessionSlot,
    pub(super) sources: SourceTexts,
    pub(super) declared: Declared,
}

impl Host {
    /// Compiles a script without running any of it.
    pub fn new(script: Script, surroundings: Surroundings) -> Result<Self> {
        let slot = SessionSlot::default();
        let sources = SourceTexts::default();
        let (mut engine, meter) = engine(&slot, surroundings);
        let resolver = Resolver::new(script.folder.clone(), Rc::clone(&sources));
        engine.set_module_resolver(resolver);
        let name = script.short_name().to_owned();
        sources
            .borrow_mut()
            .insert(name.clone(), Rc::clone(&script.text));
        let mut ast = compile(&engine, &Scope::new(), &script.text, &name)?;
        let declared = Declared::read(&ast, &name)?;
        ast = call_origin::noting(&engine, &ast).unwrap_or(ast);
        ast.set_source(name.as_str());
        Ok(Self {
            engine,
            meter,
            ast,
            script,
            slot,
            sources,
            declared,
        })
    }

    /// What the script declares.
    pub fn declared(&self) -> &Declared {
        &self.declared
    }

    /// The script.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// The text of a compiled source by the name that faults give it.
    pub fn source(&self, name: &str) -> Option<Rc<str>> {
        self.sources.borrow().get(name).cloned()
    }

    /// The files of the script and of the modules that were imported so far. `-` is standard
    /// input.
    pub fn files(&self) -> Vec<PathBuf> {
        let folder = self.script.folder.iter();
        let mut files: Vec<_> = folder
            .flat_map(|folder| library::files(folder, &self.sources))
            .collect();
        files.extend(self.script.file());
        files
    }

    /// The calls of bindings in the script and in the modules it imports, in the order written.
    /// Includes branches that are not taken and functions that nothing calls.
    pub fn calls(&self) -> Vec<StaticCall> {
        let folder = self.script.folder.clone();
        let resolver = Resolver::new(folder, Rc::clone(&self.sources));
        CallReader::read(&self.engine, &resolver, &self.ast)
    }

    /// Runs the script. Its calls act on `session`, which is returned.
    ///
    /// # Panics
    ///
    /// Never: the session is put into the slot here, and nothing else takes it out.
    pub fn run(&mut self, mut session: Session, params: &Params) -> (Session, Result<()>) {
        session.set_source_folder(self.script.folder.clone());
        set_values(&mut self.engine, session.node(), params);
        *self.slot.borrow_mut() = Some(session);
        self.meter.start(0);
        let result = self.engine.run_ast_with_scope(&mut Scope::new(), &self.ast);
        let session = self.slot.borrow_mut().take();
        let session = session.expect("nothing else takes it out");
        let fault = result.err().and_then(|error| {
            runtime_errors::fault(error, self.script.short_name(), &|name| self.source(name))
        });
        let outcome = fault.map_or(Ok(()), |fault| Err(self.locate_argument(fault)));
        let outcome = session.outcome(outcome);
        (session, outcome)
    }

    /// Frees the compiled statements, which take as much memory as the report of a long script.
    /// The text is kept.
    pub fn free_statements(&mut self) {
        self.ast.clear_statements();
    }

    /// Points a fault at the argument that it is about, if that is found.
    pub(super) fn locate_argument(&self, fault: Fault) -> Fault {
        argument_location::locate(fault, &self.ast, &self.engine, &self.sources)
    }
}
