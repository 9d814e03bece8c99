//! Refuses calls that can lead nowhere, before anything runs: what a namespace
//! or a module of the binary does not have, and a number of arguments that is
//! not taken. What an argument is, is the binding's to judge.

use rhai::{AST, ASTNode, Expr, FnCallExpr, Stmt};

use crate::bindings;
use crate::fault::{Fault, FaultKind, Result, nearest};

use super::library::{Bundled, STDLIB};
use super::{errors, pages};

/// Refuses the first such call.
pub(super) fn refuse(ast: &AST, file: &str) -> Result<()> {
    let mut outcome = Ok(());
    let modules = modules(ast);
    ast.walk(&mut |path| {
        if let Some(
            ASTNode::Expr(Expr::FnCall(call, position))
            | ASTNode::Stmt(Stmt::FnCall(call, position)),
        ) = path.last()
        {
            let refused = check(call, &modules);
            outcome = refused.map_err(|fault| {
                let at = errors::place(file, *position);
                fault.with_kind(FaultKind::Usage).at(at)
            });
        }
        outcome.is_ok()
    });
    outcome
}

fn check(call: &FnCallExpr, modules: &[(String, &'static Bundled)]) -> Result<()> {
    let namespace = match &call.namespace.path[..] {
        [] if call.is_operator_call() => return Ok(()),
        [] => "",
        [only] => only.as_str(),
        _ => return Ok(()),
    };
    if let Some(binding) = bindings::find_in(namespace, &call.name) {
        return binding.check_count(call.args.len());
    }
    if errors::namespaces().any(|known| known == namespace) {
        return Err(errors::no_binding(&format!("{namespace}.{}", call.name)));
    }
    let module = modules.iter().find(|(alias, _)| *alias == namespace);
    module.map_or(Ok(()), |(_, module)| of_module(call, namespace, module))
}

/// The modules of the binary that a text loads, by the names it gives them.
fn modules(ast: &AST) -> Vec<(String, &'static Bundled)> {
    let imports = ast.statements().iter().filter_map(|statement| {
        let Stmt::Import(import, _) = statement else {
            return None;
        };
        let (Expr::StringConstant(name, _), alias) = &**import else {
            return None;
        };
        let module = STDLIB.iter().find(|module| module.name == name.as_str())?;
        Some((alias.name.to_string(), module))
    });
    imports.collect()
}

fn of_module(call: &FnCallExpr, alias: &str, module: &'static Bundled) -> Result<()> {
    let written = format!("{alias}::{}", call.name);
    let given = call.args.len();
    let named = pages::signatures(module).filter(|(name, _)| *name == call.name.as_str());
    let named: Vec<_> = named.map(|(_, params)| params).collect();
    let Some(longest) = named.iter().max_by_key(|params| params.len()) else {
        return Err(no_function(&written, &call.name, alias, module));
    };
    if named.iter().any(|params| params.len() == given) {
        return Ok(());
    }
    let taken = named.iter().map(|params| params.len().to_string());
    let taken = taken.collect::<Vec<_>>().join(" or ");
    let fault = Fault::script(format!("`{written}` takes {taken} arguments, not {given}"));
    Err(fault.hint(format!("write `{written}({})`", longest.join(", "))))
}

fn no_function(written: &str, name: &str, alias: &str, module: &'static Bundled) -> Fault {
    let fault = Fault::script(format!("there is no `{written}`"));
    let known = pages::signatures(module).map(|(known, _)| known);
    let fault = match nearest(name, known) {
        Some(near) => fault.hint(format!("did you mean `{alias}::{near}`?")),
        None => fault,
    };
    fault.hint(format!(
        "`ascript docs {}` shows what there is",
        module.name
    ))
}
