//! Refuses calls that can lead nowhere, before anything runs: what a namespace
//! does not have, and a number of arguments that a binding does not take. What
//! an argument is, is the binding's to judge.

use rhai::{AST, ASTNode, Expr, FnCallExpr, Stmt};

use crate::bindings;
use crate::fault::{Kind, Result};

use super::errors;

/// Refuses the first such call.
pub(super) fn refuse(ast: &AST, file: &str) -> Result<()> {
    let mut outcome = Ok(());
    ast.walk(&mut |path| {
        if let Some(
            ASTNode::Expr(Expr::FnCall(call, position))
            | ASTNode::Stmt(Stmt::FnCall(call, position)),
        ) = path.last()
        {
            let refused = check(call);
            outcome = refused.map_err(|fault| {
                let at = errors::place(file, *position);
                fault.reword(Kind::Usage).at(at)
            });
        }
        outcome.is_ok()
    });
    outcome
}

fn check(call: &FnCallExpr) -> Result<()> {
    if call.namespace.is_empty() {
        let binding = bindings::find(&call.name);
        return binding.map_or(Ok(()), |binding| binding.check_count(call.args.len()));
    }
    let namespace = call.namespace.to_string();
    let written = format!("{namespace}.{}", call.name);
    match bindings::find(&written) {
        Some(binding) => binding.check_count(call.args.len()),
        None if errors::namespaces().any(|known| known == namespace) => {
            Err(errors::no_binding(&written))
        }
        // Of a module that the script imports.
        None => Ok(()),
    }
}
