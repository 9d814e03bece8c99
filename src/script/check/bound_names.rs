//! The variables of a script's statements or of one function: which of them change, and which are
//! the variable of a loop.

use std::collections::{HashMap, HashSet};

use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};

use crate::bindings;

/// The methods and functions that change neither a map nor a value in it.
const READ_ONLY: &[&str] = &[
    "contains",
    "debug",
    "ends_with",
    "get",
    "index_of",
    "is_empty",
    "keys",
    "len",
    "parse_float",
    "parse_int",
    "print",
    "split",
    "starts_with",
    "sub_string",
    "to_debug",
    "to_json",
    "to_lower",
    "to_string",
    "to_upper",
    "type_of",
    "values",
];

/// The variables whose values are not certain, and where those of loops are read.
#[derive(Default)]
pub(super) struct BoundNames {
    /// Parameters of functions, errors, counters, and variables that change.
    pub(super) unclear: HashSet<String>,
    /// The loops whose variable changes, by its position.
    pub(super) unclear_loops: HashSet<Position>,
    /// Where the variable of a loop is read, and its position.
    pub(super) loops: HashMap<Position, Position>,
}

impl BoundNames {
    /// Those in the statements or in the one function that `ast` has.
    pub(super) fn new(ast: &AST) -> Self {
        let functions = ast.iter_functions();
        let params = functions.flat_map(|function| function.params);
        let mut bound = Self {
            unclear: params.map(ToString::to_string).collect(),
            ..Self::default()
        };
        ast.walk(&mut |path| {
            match path.last() {
                // A variable in a loop may have the name of the loop's.
                Some(ASTNode::Stmt(Stmt::Var(definition, ..))) => {
                    let of_loop = loop_of(&definition.0.name, path);
                    bound.unclear_loops.extend(of_loop);
                }
                Some(ASTNode::Stmt(statement)) => {
                    for name in unclear(statement) {
                        bound.add_unclear(name, path);
                    }
                }
                Some(ASTNode::Expr(expression)) => bound.add_expression(expression, path),
                _ => {}
            }
            true
        });
        bound
    }

    fn add_expression(&mut self, expression: &Expr, path: &[ASTNode<'_>]) {
        if let Some(name) = changed(expression) {
            self.add_unclear(name, path);
        }
        if let Expr::Variable(variable, _, position) = expression
            && variable.2.is_empty()
            && let Some(of_loop) = loop_of(&variable.1, path)
        {
            self.loops.insert(*position, of_loop);
        }
    }

    fn add_unclear(&mut self, name: String, path: &[ASTNode<'_>]) {
        match loop_of(&name, path) {
            Some(of_loop) => {
                self.unclear_loops.insert(of_loop);
            }
            None => {
                self.unclear.insert(name);
            }
        }
    }
}

/// The innermost loop around a node whose variable has that name.
fn loop_of(name: &str, path: &[ASTNode<'_>]) -> Option<Position> {
    let mut pairs = path.windows(2).rev();
    pairs.find_map(|pair| match pair {
        // The list of a loop is outside of it, and the only expression in it.
        [ASTNode::Stmt(Stmt::For(each, _)), ASTNode::Stmt(_)] if each.0.name == name => {
            Some(each.0.pos)
        }
        _ => None,
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "other statements change no variable"
)]
fn unclear(statement: &Stmt) -> Vec<String> {
    match statement {
        Stmt::For(each, _) => {
            let counter = each.1.iter();
            counter.map(|counter| counter.name.to_string()).collect()
        }
        Stmt::TryCatch(parts, _) => root(&parts.expr).into_iter().collect(),
        Stmt::Assignment(assignment) => root(&assignment.1.lhs).into_iter().collect(),
        Stmt::FnCall(call, _) => changed_argument(call).into_iter().collect(),
        // A closure that shares a variable may change it.
        Stmt::Share(shared) => shared
            .iter()
            .map(|(name, _)| name.name.to_string())
            .collect(),
        _ => Vec::new(),
    }
}

/// The variable that a call may change: a method changes its value, a function its first argument.
fn changed(expression: &Expr) -> Option<String> {
    if let Expr::FnCall(call, _) = expression {
        return changed_argument(call);
    }
    let (Expr::Dot(parts, ..) | Expr::Index(parts, ..)) = expression else {
        return None;
    };
    let mut called = &parts.rhs;
    while let Expr::Dot(inner, ..) | Expr::Index(inner, ..) = called {
        called = &inner.rhs;
    }
    let Expr::MethodCall(call, _) = called else {
        return None;
    };
    let is_read_only = READ_ONLY.contains(&call.name.as_str());
    root(&parts.lhs).filter(|_| !is_read_only)
}

fn changed_argument(call: &FnCallExpr) -> Option<String> {
    let is_read_only = call.is_operator_call()
        || !call.namespace.is_empty()
        || bindings::find(&call.name).is_some()
        || READ_ONLY.contains(&call.name.as_str());
    let argument = call.args.first().filter(|_| !is_read_only)?;
    root(argument)
}

/// The variable at the start of `name.a[1].b`.
fn root(expression: &Expr) -> Option<String> {
    if let Expr::Variable(variable, ..) = expression {
        Some(variable.1.to_string())
    } else if let Expr::Dot(parts, ..) | Expr::Index(parts, ..) = expression {
        root(&parts.lhs)
    } else {
        None
    }
}
