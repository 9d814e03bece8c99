//! Inputs one after the other in one scope: what one defines, the next can
//! use. It keeps no steps, and knows neither a terminal nor a node.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;

use rhai::{AST, Dynamic, Engine, Expr, LexError, Module, ParseError, ParseErrorType, Scope, Stmt};

use crate::bindings::{Params, Value};
use crate::facts::Node;
use crate::fault::Result;
use crate::session::Session;

use super::{Declared, Script, Surroundings, bind, compile, errors, library, refine, values};

/// An engine and all that earlier inputs left in it.
pub struct Lines {
    engine: Engine,
    scope: Scope<'static>,
    seat: bind::SessionSlot,
    sources: library::Sources,
    resolvers: BTreeMap<Option<PathBuf>, library::Resolver>,
    imports: BTreeMap<String, String>,
}

/// An input that can be run.
pub struct Compiled {
    ast: AST,
    script: Script,
    declared: Declared,
}

/// How a function that scripts defined is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// What it was imported as; empty where it was defined here.
    pub module: String,
    /// Its name.
    pub name: String,
    /// Its parameters.
    pub params: Vec<String>,
}

impl Compiled {
    /// What the input says of itself.
    pub fn declared(&self) -> &Declared {
        &self.declared
    }
}

impl Lines {
    /// An engine in which nothing is defined yet.
    pub fn new(surroundings: Surroundings) -> Self {
        Self::with(surroundings, library::Sources::default())
    }

    /// Another engine in which nothing is defined yet, that keeps its texts
    /// where this one does.
    #[must_use]
    pub fn anew(&self, surroundings: Surroundings) -> Self {
        Self::with(surroundings, Rc::clone(&self.sources))
    }

    fn with(surroundings: Surroundings, sources: library::Sources) -> Self {
        let seat = bind::SessionSlot::default();
        let engine = super::engine(&seat, surroundings);
        Self {
            engine,
            scope: Scope::new(),
            seat,
            sources,
            resolvers: BTreeMap::new(),
            imports: BTreeMap::new(),
        }
    }

    /// Gives `params` and `host` their values.
    pub fn set_values(&mut self, node: &Node, params: &Params) {
        super::set_values(&mut self.engine, node, params);
    }

    /// Whether a text that starts at line `first` of its source stops in the
    /// middle of something that another line could end.
    pub fn wants_more(&self, text: &str, first: usize) -> bool {
        let text = &placed(text, first);
        let compiled = self.engine.compile_with_scope(&self.scope, text);
        compiled.is_err_and(|error| is_unfinished(&error, text))
    }

    /// Compiles an input that starts at line `first` of its source. Nothing is
    /// defined yet.
    pub fn compile(&mut self, script: &Script, first: usize) -> Result<Compiled> {
        let name = script.short_name();
        let text = placed(&script.text, first);
        self.keep_source(name, &text, first);
        let mut ast = compile(&self.engine, &self.scope, &text, name)?;
        ast.set_source(name);
        let declared = Declared::read(&ast, name)?;
        Ok(Compiled {
            ast,
            script: script.clone(),
            declared,
        })
    }

    /// Runs an input; its calls act on `session`, which comes back. Gives its
    /// value, or nothing where it called `exit`. After a fault, what it has
    /// defined by then is still there.
    ///
    /// # Panics
    ///
    /// Never: the session is put in its seat here, and nothing else takes it.
    pub fn run(&mut self, input: &Compiled, session: Session) -> (Session, Result<Option<Value>>) {
        *self.seat.borrow_mut() = Some(session);
        let outcome = self.evaluate(input);
        let session = self
            .seat
            .borrow_mut()
            .take()
            .expect("nothing else takes it");
        let outcome = match outcome {
            Ok(result) => Ok(Some(values::value(&result))),
            Err(error) => match errors::running(error, input.script.short_name()) {
                Some(fault) => Err(refine(fault, &input.ast, &self.engine, &self.sources)),
                None => Ok(None),
            },
        };
        (session, outcome)
    }

    fn evaluate(
        &mut self,
        input: &Compiled,
    ) -> std::result::Result<Dynamic, Box<rhai::EvalAltResult>> {
        let resolver = self.resolver(input.script.folder.as_ref());
        self.engine.set_module_resolver(resolver.clone());
        let result = self
            .engine
            .eval_ast_with_scope(&mut self.scope, &input.ast)?;
        self.keep_functions(input)?;
        self.keep_imports(&input.ast, &resolver);
        Ok(result)
    }

    /// A module is loaded once, whichever input imports it.
    fn resolver(&mut self, folder: Option<&PathBuf>) -> library::Resolver {
        let sources = Rc::clone(&self.sources);
        let known = self.resolvers.entry(folder.cloned());
        known
            .or_insert_with_key(|folder| library::Resolver::new(folder.clone(), sources))
            .clone()
    }

    /// Functions see no variables, so they can be a module of their own. The
    /// newest one of a name is found first.
    fn keep_functions(
        &mut self,
        input: &Compiled,
    ) -> std::result::Result<(), Box<rhai::EvalAltResult>> {
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

    /// An import would end with its input.
    fn keep_imports(&mut self, ast: &AST, resolver: &library::Resolver) {
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

    /// Inputs from one source follow each other in it.
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

    /// The text of a source by the name that faults give.
    pub fn source(&self, name: &str) -> Option<Rc<str>> {
        self.sources.borrow().get(name).cloned()
    }

    /// The names of all variables, newest first.
    pub fn variables(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.scope.iter_raw().map(|(name, ..)| name).collect();
        names.reverse();
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(*name));
        names
    }

    /// The modules that were imported, by what they are called here.
    pub fn imports(&self) -> &BTreeMap<String, String> {
        &self.imports
    }

    /// What a variable holds.
    pub fn variable(&self, name: &str) -> Option<Value> {
        self.scope.get(name).map(values::value)
    }

    /// Every function that was defined here or came with an import.
    pub fn functions(&self) -> Vec<Signature> {
        let mut found = self.engine.collect_fn_metadata(
            None,
            |function| {
                let script = function.script?;
                Some(Signature {
                    module: function.namespace.to_string(),
                    name: script.name.to_owned(),
                    params: script.params.iter().map(ToString::to_string).collect(),
                })
            },
            false,
        );
        found.retain(|function| !function.name.starts_with("anon$"));
        found.sort_by(|a, b| (&a.module, &a.name).cmp(&(&b.module, &b.name)));
        found.dedup();
        found
    }
}

/// The text with empty lines before it, so that places in it are those in its
/// source.
fn placed(text: &str, first: usize) -> String {
    format!("{}{text}", "\n".repeat(first - 1))
}

fn is_unfinished(error: &ParseError, text: &str) -> bool {
    if let ParseErrorType::BadInput(error) = error.err_type() {
        let last = text.rfind('`').map(|start| &text[start..]);
        return matches!(error, LexError::UnterminatedString) && last.is_some();
    }
    let end = text.trim_end();
    let lines = end.lines().count();
    let columns = end.lines().last().map_or(0, |line| line.chars().count());
    let position = error.position();
    let place = (
        position.line().unwrap_or(usize::MAX),
        position.position().unwrap_or(usize::MAX),
    );
    place > (lines, columns)
}
