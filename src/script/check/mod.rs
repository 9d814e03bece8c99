//! Checks scripts without running them. Each family of rules has a file; this one walks through
//! the scripts' statements and functions.

mod binding_calls;
mod finding_collector;
mod functions;
mod native_functions;
mod published_secrets;
mod script_outline;
mod source_files;
mod unknown_names;

use rhai::{AST, ASTNode, Engine, Expr, FnCallExpr, Position, Stmt};

use crate::fault::{Fault, Rule};
use crate::finding::{CheckedScript, Finding};

use super::bind::SessionSlot;
use super::declaration;
use super::engine::{self, Surroundings};
use super::script_source::Script;

use binding_calls::BlankNodeRunner;
use finding_collector::FindingCollector;
use native_functions::NativeFunctions;
use script_outline::ScriptOutline;
use source_files::{SourceFile, SourceFiles};
use unknown_names::KnownNames;

/// Checks scripts, and the modules beside them that they import.
pub fn check(scripts: Vec<Script>) -> Vec<CheckedScript> {
    let engine = lenient_engine();
    let natives = NativeFunctions::new(&engine);
    let sources = SourceFiles::read(&engine, scripts);
    let checked = sources.all.iter().map(|file| CheckedScript {
        source: file.source.clone(),
        findings: findings(file, &sources, &natives),
    });
    checked.collect()
}

/// The engine of a run, except that it compiles a script with unknown variables: one must not
/// hide the findings behind it.
fn lenient_engine() -> Engine {
    let mut engine = engine::engine(&SessionSlot::default(), Surroundings::none());
    engine.set_strict_variables(false);
    engine
}

fn findings(file: &SourceFile, sources: &SourceFiles, natives: &NativeFunctions) -> Vec<Finding> {
    let mut findings = FindingCollector::new(&file.source);
    match &file.compiled {
        Ok((ast, outline)) => check_script(file, ast, outline, sources, natives, &mut findings),
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
    file: &SourceFile,
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
    let modules = sources.modules(file, outline, findings);
    let params = sources.params(file);
    let names = KnownNames {
        outline,
        natives,
        modules: &modules,
        params: params.as_deref(),
    };
    functions::check_shadowing(ast, natives, findings);
    if !sources.is_imported(file) {
        functions::check_unused(outline, findings);
    }
    sources.check_unused_params(file, findings);
    let mut walker = Walker {
        names: &names,
        runner: BlankNodeRunner::new(declared.platform),
        is_module: outline.is_module,
        is_closure: false,
    };
    walker.walk(ast, findings);
}

/// Walks through the nodes of a compiled script.
struct Walker<'a> {
    names: &'a KnownNames<'a>,
    runner: BlankNodeRunner,
    is_module: bool,
    /// Whether the node is in a closure. A variable that a closure captures looks unknown there;
    /// it is checked where the closure is created.
    is_closure: bool,
}

impl Walker<'_> {
    fn walk(&mut self, ast: &AST, findings: &mut FindingCollector<'_>) {
        let is_closure = |name: &str| name.contains('$');
        let (mut functions, mut closures) =
            (ast.clone_functions_only(), ast.clone_functions_only());
        functions.retain_functions(|_, _, name, _| !is_closure(name));
        closures.retain_functions(|_, _, name, _| is_closure(name));
        for statement in ast.statements() {
            statement.walk(&mut Vec::new(), &mut |path| self.check_node(path, findings));
        }
        functions.walk(&mut |path| self.check_node(path, findings));
        self.is_closure = true;
        closures.walk(&mut |path| self.check_node(path, findings));
    }

    fn check_node(&mut self, path: &[ASTNode<'_>], findings: &mut FindingCollector<'_>) -> bool {
        match path.last() {
            Some(ASTNode::Expr(expression)) => self.check_expression(expression, findings),
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
        true
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "no rule is about the other expressions"
    )]
    fn check_expression(&mut self, expression: &Expr, findings: &mut FindingCollector<'_>) {
        match expression {
            Expr::FnCall(call, position) => self.check_call(call, *position, findings),
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
