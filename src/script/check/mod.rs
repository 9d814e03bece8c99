//! Everything that can be said of scripts without running them. Each family
//! of findings has a file; this one reads the scripts and walks through them.

mod calls;
mod found;
mod functions;
mod names;
mod natives;
mod outline;
mod secrets;
mod sources;
mod text;

use std::rc::Rc;

use rhai::{AST, ASTNode, Engine, Expr, FnCallExpr, Position, Stmt};

use crate::fault::{Fault, Rule};
use crate::finding::{Checked, Finding};

use super::{Script, Surroundings, bind, declaration};

use calls::BlankNodeRunner;
use found::Found;
use names::Known;
use natives::Natives;
use outline::Outline;
use sources::{SourceFile, SourceFiles};

/// Checks scripts, and the modules beside them that they import.
pub fn check(scripts: Vec<Script>) -> Vec<Checked> {
    let engine = engine();
    let natives = Natives::of(&engine);
    let sources = SourceFiles::read(&engine, scripts);
    let checked = sources.all.iter().map(|source| Checked {
        name: Rc::clone(&source.text.name),
        text: Rc::clone(&source.text.whole),
        findings: findings(source, &sources, &natives),
    });
    checked.collect()
}

/// The engine of a run, but for names that nothing goes by: there they end
/// the reading, here they are found like all else.
fn engine() -> Engine {
    let surroundings = Surroundings {
        print: Box::new(|_| {}),
        is_stopped: Box::new(|| false),
    };
    let mut engine = super::engine(&bind::SessionSlot::default(), surroundings);
    engine.set_strict_variables(false);
    engine
}

fn findings(source: &SourceFile, sources: &SourceFiles, natives: &Natives) -> Vec<Finding> {
    let mut found = Found::new(&source.text);
    match &source.read {
        Ok((ast, outline)) => script(source, ast, outline, sources, natives, &mut found),
        Err(fault) => unreadable(fault, &mut found),
    }
    found.end()
}

fn unreadable(fault: &Fault, found: &mut Found<'_>) {
    let (line, column) = fault
        .location()
        .map_or((1, 1), |place| (place.line, place.column));
    let span = found
        .text
        .word(found.text.at(line as usize, column as usize));
    let rule = fault.rule().unwrap_or(Rule::Syntax);
    found.value(fault, rule, span, None);
}

fn script(
    source: &SourceFile,
    ast: &AST,
    outline: &Outline,
    sources: &SourceFiles,
    natives: &Natives,
    found: &mut Found<'_>,
) {
    let (declared, wrong) = declaration::examine(ast);
    for (fault, position) in &wrong {
        let span = found.text.word(found.text.offset(*position));
        let rule = fault.rule().unwrap_or(Rule::WrongDeclaration);
        found.value(fault, rule, span, None);
    }
    let modules = sources.modules(source, outline, found);
    let params = sources.params(source);
    let known = Known {
        outline,
        natives,
        modules: &modules,
        params: params.as_deref(),
    };
    functions::shadowing(ast, natives, found);
    if !sources.is_imported(source) {
        functions::unused(outline, found);
    }
    sources.unused_params(source, found);
    let mut walk = Walk {
        known: &known,
        thought: BlankNodeRunner::new(declared.platform),
        is_module: outline.is_module,
        is_closure: false,
    };
    let is_closure = |name: &str| name.contains('$');
    let (mut named, mut closures) = (ast.clone_functions_only(), ast.clone_functions_only());
    named.retain_functions(|_, _, name, _| !is_closure(name));
    closures.retain_functions(|_, _, name, _| is_closure(name));
    for statement in ast.statements() {
        statement.walk(&mut Vec::new(), &mut |path| walk.look(path, found));
    }
    named.walk(&mut |path| walk.look(path, found));
    walk.is_closure = true;
    closures.walk(&mut |path| walk.look(path, found));
}

/// A walk through what a script says.
struct Walk<'a> {
    known: &'a Known<'a>,
    thought: BlankNodeRunner,
    is_module: bool,
    /// Whether it is in a closure. What a closure takes from around it looks
    /// there like a name that nothing goes by, and is told around it.
    is_closure: bool,
}

impl Walk<'_> {
    fn look(&mut self, path: &[ASTNode<'_>], found: &mut Found<'_>) -> bool {
        match path.last() {
            Some(ASTNode::Expr(expression)) => self.expression(expression, found),
            Some(ASTNode::Stmt(Stmt::FnCall(call, position))) => self.call(call, *position, found),
            Some(ASTNode::Stmt(Stmt::Share(names))) if !self.is_closure => {
                for (name, _) in names.iter().filter(|(_, index)| index.is_none()) {
                    self.known.free_variable(&name.name, name.pos, found);
                }
            }
            _ => {}
        }
        true
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "nothing is held against the rest"
    )]
    fn expression(&mut self, expression: &Expr, found: &mut Found<'_>) {
        match expression {
            Expr::FnCall(call, position) => self.call(call, *position, found),
            Expr::MethodCall(call, position) => {
                if self.is_module {
                    functions::call_in_module(call, *position, found);
                }
                self.known.method(call, *position, found);
            }
            Expr::Variable(variable, ..) if !self.is_closure || !variable.2.is_empty() => {
                self.known.variable(expression, found);
            }
            Expr::StringConstant(text, position) => secrets::published(text, *position, found),
            _ => {}
        }
    }

    fn call(&mut self, call: &FnCallExpr, position: Position, found: &mut Found<'_>) {
        if self.is_module {
            functions::call_in_module(call, position, found);
        }
        if let Some(binding) = self.known.call(call, position, found) {
            let name = names::call_span(call, position, found);
            self.thought.call(binding, call, name, found);
        }
    }
}
