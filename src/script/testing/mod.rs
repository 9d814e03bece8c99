//! Runs the `test_…` functions of a file, each on a fresh node in memory. It
//! knows no test's meaning: that is the bench's and the expectations' work.

mod bench;
mod coverage;
mod words;

use std::path::Path;
use std::rc::Rc;

use rhai::{AST, ASTFlags, CallFnOptions, Dynamic, Module, Scope, Stmt};

use crate::exec::{Snapshot, World};
use crate::fault::{Fault, FaultKind, Location, Result};
use crate::run::RunRecord;
use crate::session::Session;
use crate::trial::{Covered, Failure, Judged, Trial};

use super::{Host, Script, Surroundings, errors, shadowing, values};
use bench::Bench;

/// What tests need of their surroundings.
pub struct Stage {
    /// Opens a session on a node, of which nothing is ever done.
    pub open: Box<dyn Fn(World) -> Session>,
    /// Reads a snapshot by its name, from a test's folder.
    pub snapshot: Box<Load>,
    /// Compares a preview with the one that was kept by that name, in a test's
    /// folder.
    pub golden: Box<Compare>,
    /// Whether somebody asked for a stop.
    pub is_stopped: Box<dyn Fn() -> bool>,
}

/// Takes a folder and a name, and reads.
pub type Load = dyn Fn(&Path, &str) -> Result<Snapshot>;

/// Takes a folder, a name and a preview, and compares.
pub type Compare = dyn Fn(&Path, &str, &RunRecord) -> Result<Judged>;

/// The tests of one file.
pub struct Suite {
    host: Host,
    declarations: AST,
    bench: Rc<Bench>,
    tests: Vec<Found>,
    reached: coverage::Reached,
}

struct Found {
    name: String,
    at: Location,
    params: usize,
}

impl Suite {
    /// Compiles a file, and the script that it tests.
    pub fn open(script: Script, stage: &Rc<Stage>) -> Result<Self> {
        let mut host = Host::new(script, surroundings(stage))?;
        let tests = found(&host);
        let script = tested(&host)?;
        let bench = Rc::new(Bench::new(stage, script, &host)?);
        words::register(&mut host.engine, &bench);
        let print = Rc::clone(&bench);
        host.engine.on_print(move |text| print.print(text));
        let print = Rc::clone(&bench);
        host.engine.on_debug(move |text, _, _| print.print(text));
        set_values(&mut host, &bench);
        let declarations = declarations(&host.ast);
        Ok(Self {
            host,
            declarations,
            bench,
            tests,
            reached: coverage::Reached::default(),
        })
    }

    /// Notes from now on what tests reach.
    pub fn watch(&mut self) {
        coverage::watch(&mut self.host, &self.reached);
        self.bench.watch(&self.reached);
    }

    /// What the tests that ran reached of the script they are about, and of the
    /// modules that it and they import.
    pub fn covered(&self) -> Vec<Covered> {
        let tests = self.host.script.short_name();
        let script = self.bench.covered(&self.reached);
        let is_apart = script.iter().all(|covered| covered.source != tests);
        let of_tests = coverage::covered(&self.host, &self.reached).into_iter();
        let of_tests = of_tests.filter(|covered| !is_apart || covered.source != tests);
        Covered::together(script.into_iter().chain(of_tests))
    }

    /// The names of the tests, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tests.iter().map(|test| test.name.as_str())
    }

    /// The text of a source by the name that faults give.
    pub fn source(&self, name: &str) -> Option<Rc<str>> {
        self.host.source(name).or_else(|| self.bench.source(name))
    }

    /// Runs the test of that number; a fault where somebody asked for a stop.
    pub fn run(&self, index: usize) -> Result<Trial> {
        let test = &self.tests[index];
        let failure = if test.params > 0 {
            Some(takes_parameters(test))
        } else {
            self.bench.begin()?;
            let outcome = self.call(&test.name);
            if let Err(fault) = &outcome
                && matches!(fault.kind(), FaultKind::Interrupted)
            {
                return Err(Fault::new(FaultKind::Interrupted, "stopped"));
            }
            self.bench
                .end(outcome.map_err(|fault| fault.at(Some(test.at.clone()))))
        };
        Ok(Trial {
            name: test.name.clone(),
            at: test.at.clone(),
            failure,
            printed: self.bench.printed(),
        })
    }

    fn call(&self, name: &str) -> Result<()> {
        let called = self.host.engine.call_fn_with_options::<Dynamic>(
            CallFnOptions::new(),
            &mut Scope::new(),
            &self.declarations,
            name,
            (),
        );
        let main = self.host.script.short_name();
        match called.err().and_then(|error| errors::running(error, main)) {
            Some(fault) => Err(self.host.refine(fault)),
            None => Ok(()),
        }
    }
}

fn surroundings(stage: &Rc<Stage>) -> Surroundings {
    let stage = Rc::clone(stage);
    Surroundings {
        print: Box::new(|_| {}),
        is_stopped: Box::new(move || (stage.is_stopped)()),
    }
}

/// The functions that are tests, in the order of the text.
fn found(host: &Host) -> Vec<Found> {
    let file = host.script.short_name();
    let mut tests: Vec<_> = host
        .ast
        .iter_functions()
        .filter(|function| function.name.starts_with("test_"))
        .map(|function| Found {
            name: function.name.to_owned(),
            at: shadowing::declaration(
                &host.script.text,
                function.name,
                function.params.len(),
                file,
            ),
            params: function.params.len(),
        })
        .collect();
    tests.sort_by_key(|test| (test.at.line, test.at.column));
    tests
}

/// The script that a file of tests is about: the one its `SCRIPT` names, else
/// `x.rhai` for `x.test.rhai`, else itself.
fn tested(host: &Host) -> Result<Script> {
    let script = &host.script;
    if let Some((name, at)) = constant(&host.ast, "SCRIPT") {
        let file = script.short_name().into();
        let (line, column) = (
            at.line().unwrap_or_default(),
            at.position().unwrap_or_default(),
        );
        let place = Location {
            file,
            line: u32::try_from(line).unwrap_or_default(),
            column: u32::try_from(column).unwrap_or_default(),
        };
        return script.beside(&name).map_err(|fault| fault.at(Some(place)));
    }
    match script.short_name().strip_suffix(".test.rhai") {
        Some(name) => script.beside(&format!("{name}.rhai")),
        None => Ok(script.clone()),
    }
}

/// The literal text of a constant, and where it is declared.
fn constant(ast: &AST, wanted: &str) -> Option<(String, rhai::Position)> {
    ast.statements().iter().find_map(|statement| {
        let Stmt::Var(definition, _, _) = statement else {
            return None;
        };
        let (name, expression, _) = &**definition;
        let literal = expression.get_literal_value(None)?;
        let text = literal.into_string().ok()?;
        (name.as_str() == wanted).then_some((text, expression.position()))
    })
}

/// The functions, and of the statements those that functions rely on: imports
/// and constants. So a file is not run by each of its tests.
fn declarations(ast: &AST) -> AST {
    let is_kept = |statement: &&Stmt| {
        let is_constant = |flags: &ASTFlags| flags.intersects(ASTFlags::CONSTANT);
        matches!(statement, Stmt::Import(..))
            || matches!(statement, Stmt::Var(_, flags, _) if is_constant(flags))
    };
    let kept = ast.statements().iter().filter(is_kept).cloned();
    let mut declarations = AST::new(kept, ast.shared_lib().clone());
    declarations.set_source(ast.source().unwrap_or_default());
    declarations
}

/// Functions that a test calls directly see the node as it is given, and the
/// parameters' defaults.
fn set_values(host: &mut Host, bench: &Bench) {
    let mut module = Module::new();
    for (name, value) in host.declared.defaults() {
        module.set_var(name, values::dynamic(value));
    }
    host.engine.register_static_module("params", module.into());
    let mut module = Module::new();
    module.set_var("platform", bench.shown_platform());
    module.set_var("name", bench.shown_name());
    host.engine.register_static_module("host", module.into());
}

fn takes_parameters(test: &Found) -> Failure {
    let fault = Fault::script(format!(
        "`{}` takes parameters, and a test takes none",
        test.name
    ))
    .hint("call it from a test, or give it a name that does not start with `test_`")
    .at(Some(test.at.clone()));
    Failure {
        fault,
        unmet: None,
        run: None,
    }
}
