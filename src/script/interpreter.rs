//! Runs inputs one after the other in one scope: each can use what earlier ones define.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rhai::{
    AST, Dynamic, Engine, EvalAltResult, Expr, LexError, Module, ParseError, ParseErrorType,
    Position, Scope, Stmt,
};

use crate::bindings::{Params, Value};
use crate::facts::Node;
use crate::fault::{Fault, Result, Rule};
use crate::session::Session;
use crate::source::tokens;

use super::bind::SessionSlot;
use super::ceilings::Meter;
use super::engine::{Surroundings, compile, engine, set_values};
use super::library::{self, SourceTexts};
use super::params::Declared;
use super::resolver::Resolver;
use super::script_source::Script;
use super::{
    argument_location, call_origin, foreign_syntax, runtime_errors, unresolved_calls, values,
};

/// An engine with the variables, functions and imports of earlier inputs.
pub struct Interpreter {
    engine: Engine,
    meter: Rc<Meter>,
    /// The size of what the variables hold.
    values: usize,
    scope: Scope<'static>,
    slot: SessionSlot,
    sources: SourceTexts,
    resolvers: BTreeMap<Option<PathBuf>, Resolver>,
    imports: BTreeMap<String, String>,
}

/// An input that can be run.
pub struct CompiledInput {
    ast: AST,
    script: Script,
    declared: Declared,
}

/// How a function of a script is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionSignature {
    /// The alias of its module; empty if an input defined it.
    pub module: String,
    /// Its name.
    pub name: String,
    /// Its parameters.
    pub params: Vec<String>,
}

impl CompiledInput {
    /// What the input declares.
    pub fn declared(&self) -> &Declared {
        &self.declared
    }
}

impl Interpreter {
    /// Creates an engine in which nothing is defined yet.
    pub fn new(surroundings: Surroundings) -> Self {
        Self::with_sources(surroundings, SourceTexts::default())
    }

    /// Creates another engine in which nothing is defined yet, with the same source texts.
    #[must_use]
    pub fn restarted(&self, surroundings: Surroundings) -> Self {
        Self::with_sources(surroundings, Rc::clone(&self.sources))
    }

    fn with_sources(surroundings: Surroundings, sources: SourceTexts) -> Self {
        let slot = SessionSlot::default();
        let (engine, meter) = engine(&slot, surroundings);
        Self {
            engine,
            meter,
            values: 0,
            scope: Scope::new(),
            slot,
            sources,
            resolvers: BTreeMap::new(),
            imports: BTreeMap::new(),
        }
    }

    /// Gives `params` and `host` their values.
    pub fn set_values(&mut self, node: &Node, params: &Params) {
        set_values(&mut self.engine, node, params);
    }

    /// Whether a text that starts at line `first` of its source is incomplete, so that further
    /// lines can complete it.
    pub fn is_incomplete(&self, text: &str, first: usize) -> bool {
        let text = &at_line(text, first);
        let compiled = self.engine.compile_with_scope(&self.scope, text);
        compiled.is_err_and(|error| is_at_end(&error, text))
    }

    /// Compiles an input that starts at line `first` of its source, without running it.
    pub fn compile(&mut self, script: &Script, first: usize) -> Result<CompiledInput> {
        let name = script.short_name();
        let text = at_line(&script.text, first);
        self.keep_source(name, &text, first);
        let mut ast = compile(&self.engine, &self.scope, &text, name)?;
        let imported = self.imports.iter();
        let imported = imported.map(|(alias, name)| (alias.as_str(), name.as_str()));
        unresolved_calls::refuse(&ast, name, imported)?;
        let declared = Declared::read(&ast, name)?;
        ast = call_origin::noting(&self.engine, &ast).unwrap_or(ast);
        ast.set_source(name);
        Ok(CompiledInput {
            ast,
            script: script.clone(),
            declared,
        })
    }

    /// Runs an input. Its calls act on `session`, which is returned with the input's value, or
    /// `None` if it called `exit`. After a fault, what it defined so far stays defined.
    ///
    /// # Panics
    ///
    /// Never: the session is put into the slot here, and nothing else takes it out.
    pub fn run(
        &mut self,
        input: &CompiledInput,
        mut session: Session,
    ) -> (Session, Result<Option<Value>>) {
        session.set_source_folder(input.script.folder.clone());
        *self.slot.borrow_mut() = Some(session);
        self.meter.start(self.values);
        let result = self.evaluate(input).and_then(|result| {
            // Short inputs end between two looks, and what they leave adds up.
            let fault = self.meter.full();
            fault.map_or(Ok(result), |fault| {
                Err(values::terminated(fault, Position::NONE))
            })
        });
        self.values = self.meter.values();
        let session = self.slot.borrow_mut().take();
        let session = session.expect("nothing else takes it out");
        let outcome = match result {
            Ok(result) => Ok(Some(values::value(&result))),
            Err(error) => match runtime_errors::fault(error, input.script.short_name(), &|name| {
                self.source(name)
            }) {
                Some(fault) => {
                    let fault = self.with_scope_hint(fault);
                    let fault = self.with_room_for_values(fault);
                    let (engine, sources) = (&self.engine, &self.sources);
                    Err(argument_location::locate(
                        fault, &input.ast, engine, sources,
                    ))
                }
                None => Ok(None),
            },
        };
        let outcome = session.outcome(outcome);
        (session, outcome)
    }

    /// Adds a hint to the fault of a variable that is defined, but not in the function that reads
    /// it.
    fn with_scope_hint(&self, fault: Fault) -> Fault {
        let name = fault.unknown_name().unwrap_or_default();
        if fault.rule() == Some(Rule::UnknownVariable) && self.scope.contains(name) {
            let hint = foreign_syntax::outer_variable(name);
            return fault.hint(hint);
        }
        fault
    }

    /// Removes the variables after a fault if they take more memory than they may: otherwise every
    /// later input would exceed the limit as well. Says so in the fault.
    fn with_room_for_values(&mut self, fault: Fault) -> Fault {
        if !self.meter.is_full() {
            return fault;
        }
        self.scope.clear();
        self.values = 0;
        fault.hint("all variables were removed, to free the memory")
    }

    fn evaluate(
        &mut self,
        input: &CompiledInput,
    ) -> std::result::Result<Dynamic, Box<EvalAltResult>> {
        let resolver = self.resolver(input.script.folder.as_ref());
        self.engine.set_module_resolver(resolver.clone());
        let result = self
            .engine
            .eval_ast_with_scope(&mut self.scope, &input.ast)?;
        self.keep_functions(input)?;
        self.keep_imports(&input.ast, &resolver);
        Ok(result)
    }

    /// The resolver for a folder; inputs of one folder share its modules.
    fn resolver(&mut self, folder: Option<&PathBuf>) -> Resolver {
        let sources = Rc::clone(&self.sources);
        let known = self.resolvers.entry(folder.cloned());
        known
            .or_insert_with_key(|folder| Resolver::new(folder.clone(), sources))
            .clone()
    }

    /// Registers the input's functions as a module, so that later inputs can call them. The newest
    /// function of a name is found first.
    fn keep_functions(
        &mut self,
        input: &CompiledInput,
    ) -> std::result::Result<(), Box<EvalAltResult>> {
        if input.ast.iter_functions().next().is_none() {
            return Ok(());
        }
        let mut functions = input.ast.clone_functions_only();
        functions.set_source(input.script.short_name());
        let mut module = Module::eval_ast_as_new(Scope::new(), &functions, &self.engine)?;
        module.set_id(input.script.short_name());
        self.engine.register_global_module(module.into());
        Ok(())
    }

    /// Registers the input's imports, which would otherwise end with the input.
    fn keep_imports(&mut self, ast: &AST, resolver: &Resolver) {
        for statement in ast.statements() {
            if let Stmt::Import(import, _) = statement
                && let (Expr::StringConstant(path, _), name) = (&import.0, import.1.as_str())
                && let Some(module) = resolver.loaded(path)
            {
                self.engine.register_static_module(name, module);
                self.imports.insert(name.to_owned(), path.to_string());
            }
        }
    }

    /// Stores the text of an input at its line of its source.
    fn keep_source(&self, name: &str, text: &str, first: usize) {
        let mut sources = self.sources.borrow_mut();
        let known = sources.get(name).cloned().unwrap_or_default();
        let new: Vec<_> = text.lines().skip(first - 1).collect();
        let is_known = known
            .lines()
            .skip(first - 1)
            .take(new.len())
            .eq(new.iter().copied());
        if !is_known || known.is_empty() {
            let blank = std::iter::repeat("");
            let lines = known.lines().chain(blank).take(first - 1).chain(new);
            let text = lines.collect::<Vec<_>>().join("\n");
            sources.insert(name.to_owned(), text.into());
        }
    }

    /// The text of a source by the name that faults give it.
    pub fn source(&self, name: &str) -> Option<Rc<str>> {
        self.sources.borrow().get(name).cloned()
    }

    /// The files that inputs and modules were read from, if it was from `folder`.
    pub fn files(&self, folder: &Path) -> Vec<PathBuf> {
        library::files(folder, &self.sources)
    }

    /// The names of all variables, newest first.
    pub fn variables(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.scope.iter_raw().map(|(name, ..)| name).collect();
        names.reverse();
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(*name));
        names
    }

    /// The imported modules by alias.
    pub fn imports(&self) -> &BTreeMap<String, String> {
        &self.imports
    }

    /// The value of a variable.
    pub fn variable(&self, name: &str) -> Option<Value> {
        self.scope.get(name).map(values::value)
    }

    /// All functions that inputs defined or imported.
    pub fn functions(&self) -> Vec<FunctionSignature> {
        let mut functions = self.engine.collect_fn_metadata(
            None,
            |function| {
                let script = function.script?;
                Some(FunctionSignature {
                    module: function.namespace.to_string(),
                    name: script.name.to_owned(),
                    params: script.params.iter().map(ToString::to_string).collect(),
                })
            },
            false,
        );
        functions.retain(|function| !function.name.starts_with("anon$"));
        functions.sort_by(|a, b| (&a.module, &a.name).cmp(&(&b.module, &b.name)));
        functions.dedup();
        functions
    }
}

/// The text behind so many empty lines that its locations are those in its source.
fn at_line(text: &str, first: usize) -> String {
    format!("{}{text}", "\n".repeat(first - 1))
}

/// Whether an error is at the end of a text, where further lines could fix it.
fn is_at_end(error: &ParseError, text: &str) -> bool {
    if let ParseErrorType::BadInput(error) = error.err_type() {
        let is_open = tokens(text).last().is_some_and(|token| token.continues());
        return matches!(error, LexError::UnterminatedString) && is_open;
    }
    let end = text.trim_end();
    let lines = end.lines().count();
    let columns = end.lines().last().map_or(0, |line| line.chars().count());
    let position = error.position();
    let line = position.line().unwrap_or(usize::MAX);
    (line, position.position().unwrap_or(usize::MAX)) > (lines, columns)
}
