//! Checks scripts without running them. Each family of rules has a file; this one walks through
//! the scripts' statements and functions.

mod binding_calls;
mod bound_names;
mod comparisons;
mod finding_collector;
mod functions;
mod known_shapes;
mod native_functions;
mod possible_values;
mod published_secrets;
mod readings;
mod script_outline;
mod secret_params;
mod shell_habits;
mod source_files;
mod unknown_names;

use std::collections::HashSet;
use std::rc::Rc;

use rhai::{AST, ASTNode, Engine, Expr, FnCallExpr, Position, Stmt};

use crate::bindings::{self, DATA};
use crate::fault::{Fault, Rule};
use crate::finding::{CheckedScript, Finding};
use crate::source::SourceText;

use super::bind::SessionSlot;
use super::declaration;
use super::engine::{self, Surroundings};
use super::script_source::Script;
use super::static_calls::function_alone;

use binding_calls::BlankNodeRunner;
use finding_collector::FindingCollector;
use known_shapes::KnownShapes;
use native_functions::NativeFunctions;
use readings::Readings;
use script_outline::ScriptOutline;
use source_files::SourceFiles;
use unknown_names::KnownNames;

/// Checks scripts, and the modules beside them that they import.
pub fn check(scripts: Vec<Script>) -> Vec<CheckedScript> {
    let engine = lenient_engine();
    let natives = NativeFunctions::new(&engine);
    let sources = SourceFiles::read(&engine, scripts);
    let checked = (0..sources.all.len()).map(|index| CheckedScript {
        source: sources.all[index].source.clone(),
        findings: findings(index, &sources, &natives),
    });
    checked.collect()
}

/// Refuses a script that does not compile.
pub fn check_syntax(script: &Script) -> Result<(), Fault> {
    let source = SourceText::new(script.name.as_str(), Rc::clone(&script.text));
    source_files::compile(&lenient_engine(), &source).map(drop)
}

/// The engine of a run, except that it compiles a script with unknown variables: one must not
/// hide the findings behind it.
fn lenient_engine() -> Engine {
    let (mut engine, _) = engine::engine(&SessionSlot::default(), Surroundings::none());
    engine.set_strict_variables(false);
    engine
}

fn findings(index: usize, sources: &SourceFiles, natives: &NativeFunctions) -> Vec<Finding> {
    let file = &sources.all[index];
    let mut findings = FindingCollector::new(&file.source);
    match &file.compiled {
        Ok((ast, outline)) => check_script(index, ast, outline, sources, natives, &mut findings),
        Err(fault) => add_syntax_error(fault, &mut findings),
    }
    findings.finish()
}

fn add_syntax_error(fault: &Fault, findings: &mut FindingCollector<'_>) {
    let offset = fault
        .location()
        .map_or(0, |location| findings.source.offset_at(location));
    let span = findings.source.token_span(offset);
    findings.add_fault(fault, fault.rule().unwrap_or(Rule::Syntax), span);
}

fn check_script(
    index: usize,
    ast: &AST,
    outline: &ScriptOutline,
    sources: &SourceFiles,
    natives: &NativeFunctions,
    findings: &mut FindingCollector<'_>,
) {
    let (declared, wrong) = declaration::read_all(ast);
    for (fault, position) in &wrong {
        let rule = fault.rule().unwrap_or(Rule::WrongDeclaration);
        findings.add_fault(fault, rule, findings.token_at(*position));
    }
    let modules = sources.modules(index, outline, findings);
    let params = sources.params(index);
    let names = KnownNames {
        outline,
        natives,
        modules: &modules,
        params: params.as_ref(),
    };
    functions::check_shadowing(ast, natives, findings);
    if !sources.is_imported(index) {
        functions::check_unused(outline, findings);
    }
    secret_params::check(
        &declared.params,
        &sources.all[index].declared_params(),
        findings,
    );
    sources.check_unused_params(index, findings);
    let mut runner = BlankNodeRunner::new(declared.platform, sources.all[index].folder());
    let shapes = KnownShapes::new(&declared.params, ast, |name| {
        let binding = bindings::find(DATA).filter(|_| outline.counts(DATA).is_empty())?;
        runner.answer(binding, vec![name.into()])
    });
    let text = Rc::clone(&findings.source.text);
    let words = shell_habits::words(&text);
    let mut walker = Walker {
        names: &names,
        shapes: &shapes,
        readings: Readings::empty(&shapes),
        runner,
        words: &words,
        is_module: outline.is_module,
        is_closure: false,
    };
    walker.walk(ast, findings);
}

/// Walks through the nodes of a compiled script.
struct Walker<'a> {
    names: &'a KnownNames<'a>,
    shapes: &'a KnownShapes,
    readings: Readings<'a>,
    runner: BlankNodeRunner,
    /// The words of the script.
    words: &'a HashSet<&'a str>,
    is_module: bool,
    /// Whether the node is in a closure. A variable that a closure captures looks unknown there;
    /// it is checked where the closure is created.
    is_closure: bool,
}

impl Walker<'_> {
    fn walk(&mut self, ast: &AST, findings: &mut FindingCollector<'_>) {
        self.walk_part(&ast.clone_statements_only(), findings);
        let functions: Vec<_> = ast.iter_functions().collect();
        for is_closure in [false, true] {
            self.is_closure = is_closure;
            let of_kind = functions
                .iter()
                .filter(|function| function.name.contains('$') == is_closure);
            for function in of_kind {
                let part = function_alone(ast, function.name, function.params.len());
                self.walk_part(&part, findings);
            }
        }
    }

    /// Walks through the statements or the one function that `part` has.
    fn walk_part(&mut self, part: &AST, findings: &mut FindingCollector<'_>) {
        if findings.is_full() {
            return;
        }
        self.readings = Readings::new(part, self.shapes);
        part.walk(&mut |path| self.check_node(path, findings));
    }

    fn check_node(&mut self, path: &[ASTNode<'_>], findings: &mut FindingCollector<'_>) -> bool {
        match path.last() {
            Some(ASTNode::Expr(expression)) => self.check_expression(expression, findings),
            Some(ASTNode::Stmt(statement @ Stmt::For(..))) => {
                shell_habits::check_loop(statement, findings);
            }
            Some(ASTNode::Stmt(Stmt::FnCall(call, position))) => {
                self.check_call(call, *position, findings);
            }
            Some(ASTNode::Stmt(Stmt::Share(names))) if !self.is_closure => {
                for (name, _) in names.iter().filter(|(_, index)| index.is_none()) {
                    self.names
                        .check_free_variable(&name.name, name.pos, findings);
                }
            }
            _ => {}
        }
        !findings.is_full()
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "no rule is about the other expressions"
    )]
    fn check_expression(&mut self, expression: &Expr, findings: &mut FindingCollector<'_>) {
        match expression {
            Expr::FnCall(call, position) => {
                self.readings.check_comparison(call, findings);
                self.check_call(call, *position, findings);
            }
            // A script that sets unchecked settings reads them as well.
            Expr::Dot(..) | Expr::Index(..) if !self.names.outline.keys.contains("unchecked") => {
                self.readings
                    .check_properties(expression, &self.names.outline.strings, findings);
            }
            Expr::Coalesce(parts, _) => self.readings.check_default(parts, findings),
            Expr::MethodCall(call, position) => {
                if self.is_module {
                    functions::check_call_in_module(call, *position, findings);
                }
                self.names.check_method(call, *position, findings);
            }
            Expr::Variable(variable, ..) if !self.is_closure || !variable.2.is_empty() => {
                self.names.check_variable(expression, findings);
            }
            Expr::StringConstant(text, position) => {
                published_secrets::check(text, *position, findings);
                shell_habits::check_string(text, *position, self.words, findings);
            }
            _ => {}
        }
    }

    fn check_call(
        &mut self,
        call: &FnCallExpr,
        position: Position,
        findings: &mut FindingCollector<'_>,
    ) {
        if self.is_module {
            functions::check_call_in_module(call, position, findings);
        }
        if let Some(binding) = self.names.check_call(call, position, findings) {
            let name = unknown_names::call_span(call, position, findings);
            self.runner.check_call(binding, call, name, findings);
        }
    }
}
