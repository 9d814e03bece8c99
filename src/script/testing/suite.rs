//! The tests of one file and the script that they test.

use std::rc::Rc;

use rhai::{AST, ASTFlags, CallFnOptions, Dynamic, Position, Scope, Stmt};

use crate::fault::{Fault, FaultKind, Location, Result};
use crate::source::SourceText;
use crate::trial::{Coverage, Failure, Trial};

use super::super::engine::{set_namespace, set_print};
use super::super::host::Host;
use super::super::positions::location;
use super::super::script_source::Script;
use super::super::shadowing::Declarations;
use super::super::{runtime_errors, values};
use super::coverage::{self, Reached};
use super::stage::Stage;
use super::test_bindings;
use super::test_node::TestNode;

/// The tests of one file.
pub struct Suite {
    host: Host,
    declarations: AST,
    node: Rc<TestNode>,
    tests: Vec<TestFunction>,
    reached: Reached,
}

/// A test as it is declared.
struct TestFunction {
    name: String,
    location: Location,
    params: usize,
}

impl Suite {
    /// Compiles a file, and the script that it tests.
    pub fn open(script: Script, stage: &Rc<Stage>) -> Result<Self> {
        let surroundings = Stage::surroundings(stage, Box::new(|_| {}));
        let mut host = Host::new(script, surroundings)?;
        let tests = test_functions(&host);
        let script = tested_script(&host)?;
        let node = Rc::new(TestNode::new(stage, script, &host)?);
        test_bindings::register(&mut host.engine, &node, &host.meter);
        let print = Rc::clone(&node);
        set_print(
            &mut host.engine,
            &host.meter,
            Rc::new(move |text| print.print(text)),
        );
        set_values(&mut host, &node);
        let declarations = declarations(&host.ast);
        Ok(Self {
            host,
            declarations,
            node,
            tests,
            reached: Reached::default(),
        })
    }

    /// Records from now on which calls tests reach.
    pub fn watch(&mut self) {
        coverage::watch(&mut self.host, &self.reached);
        self.node.watch(&self.reached);
    }

    /// How much the tests reached of the script that they test, and of the modules that it and
    /// they import.
    pub fn covered(&self) -> Vec<Coverage> {
        let file = self.host.script.short_name();
        let script = self.node.covered(&self.reached);
        let is_separate = script.iter().all(|covered| covered.source != file);
        let tests = coverage::covered(&self.host, &self.reached).into_iter();
        let tests = tests.filter(|covered| !is_separate || covered.source != file);
        Coverage::merge(script.into_iter().chain(tests))
    }

    /// The names of the tests, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tests.iter().map(|test| test.name.as_str())
    }

    /// The text of a source by the name that faults give it.
    pub fn source(&self, name: &str) -> Option<Rc<str>> {
        self.host.source(name).or_else(|| self.node.source(name))
    }

    /// Runs the test of that index. Fails only if it is interrupted.
    pub fn run(&self, index: usize) -> Result<Trial> {
        let test = &self.tests[index];
        let failure = if test.params > 0 {
            Some(takes_parameters(test))
        } else {
            self.node.begin()?;
            let outcome = self.call(&test.name);
            if let Err(fault) = &outcome
                && matches!(fault.kind(), FaultKind::Stopped)
            {
                return Err(Fault::new(FaultKind::Stopped, "stopped"));
            }
            self.node
                .finish(outcome.map_err(|fault| fault.at(Some(test.location.clone()))))
        };
        Ok(Trial {
            name: test.name.clone(),
            at: test.location.clone(),
            failure,
            printed: self.node.printed(),
        })
    }

    fn call(&self, name: &str) -> Result<()> {
        self.host.meter.start(0);
        let called = self.host.engine.call_fn_with_options::<Dynamic>(
            CallFnOptions::new(),
            &mut Scope::new(),
            &self.declarations,
            name,
            (),
        );
        let main = self.host.script.short_name();
        match called
            .err()
            .and_then(|error| runtime_errors::fault(error, main, &|name| self.host.source(name)))
        {
            Some(fault) => Err(self.host.locate_argument(fault)),
            None => Ok(()),
        }
    }
}

/// The functions that are tests, in the order of the text.
fn test_functions(host: &Host) -> Vec<TestFunction> {
    let source = SourceText::new(host.script.short_name(), Rc::clone(&host.script.text));
    let declarations = Declarations::new(&source);
    let functions = host.ast.iter_functions();
    let mut tests: Vec<_> = functions
        .filter(|function| function.name.starts_with("test_"))
        .map(|function| TestFunction {
            name: function.name.to_owned(),
            location: declarations.location(function.name, function.params.len()),
            params: function.params.len(),
        })
        .collect();
    tests.sort_by_key(|test| (test.location.line, test.location.column));
    tests
}

/// The script that a file of tests is about: the one that its constant `SCRIPT` names, else
/// `x.rhai` for `x.test.rhai`, else itself.
fn tested_script(host: &Host) -> Result<Script> {
    let script = &host.script;
    if let Some((name, position)) = string_constant(&host.ast, "SCRIPT") {
        let location = location(script.short_name(), position);
        return script.beside(&name).map_err(|fault| fault.at(location));
    }
    match script.short_name().strip_suffix(".test.rhai") {
        Some(name) => script.beside(&format!("{name}.rhai")),
        None => Ok(script.clone()),
    }
}

/// The literal string of a global constant and its position.
fn string_constant(ast: &AST, wanted: &str) -> Option<(String, Position)> {
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

/// The functions of a file, and of its statements the imports and constants that functions use.
/// Its other statements must not run with each test.
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

/// Functions that a test calls directly see the node of the test and the defaults of parameters.
fn set_values(host: &mut Host, node: &TestNode) {
    let params = host.declared.defaults();
    let params = params.iter();
    let params = params.map(|(name, value)| (name.as_str(), values::dynamic(value.clone())));
    set_namespace(&mut host.engine, "params", params);
    let (platform, name) = (node.shared_platform(), node.shared_name());
    set_namespace(
        &mut host.engine,
        "host",
        [("platform", platform), ("name", name)],
    );
}

fn takes_parameters(test: &TestFunction) -> Failure {
    let fault = Fault::script(format!(
        "the test `{}` has parameters, and tests have none",
        test.name
    ))
    .hint("remove them, or rename the function so that it does not start with `test_`")
    .at(Some(test.location.clone()));
    Failure {
        fault,
        unmet: None,
        run: None,
    }
}
