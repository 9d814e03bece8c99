//! Knows which statement of the main script led to a call in a module.
//!
//! The engine gives a native function the position of its own call only. So a statement of the main
//! script that calls a module, or a function of the script, is compiled with a call in front that
//! notes its position. Statements in functions are not: there the call of the function counts.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

use rhai::{
    AST, ASTNode, Engine, Expr, FnCallExpr, INT, NativeCallContext, Position, Stmt, StmtBlock,
};

use crate::fault::Location;

use super::name_faults::is_namespace;

/// The function that notes a position.
const NOTE: &str = "__note_position";

/// The last position that was noted.
pub(super) type CallOrigin = Rc<RefCell<Option<Location>>>;

/// Registers the function that notes positions.
pub(super) fn register(engine: &mut Engine, origin: &CallOrigin) {
    let origin = Rc::clone(origin);
    engine.register_fn(
        NOTE,
        move |context: NativeCallContext<'_>, line: INT, column: INT| {
            let number = |value: INT| u32::try_from(value).unwrap_or_default();
            let source = context.call_source().unwrap_or_default();
            let mut origin = origin.borrow_mut();
            let file = match &*origin {
                Some(last) if *last.file == *source => Rc::clone(&last.file),
                _ => source.into(),
            };
            *origin = Some(Location {
                file,
                line: number(line),
                column: number(column),
            });
        },
    );
}

/// Adds the calls that note positions to a compiled main script.
pub(super) fn noting(engine: &Engine, ast: &AST) -> Option<AST> {
    let template = engine.compile(format!("{NOTE}(0, 0);")).ok()?;
    let functions = ast
        .iter_functions()
        .map(|function| function.name.to_owned());
    let marker = Marker {
        note: template.statements().first()?.clone(),
        functions: functions.collect(),
    };
    marker.first_call_of(ast.statements())?;
    let statements = ast.statements().iter().cloned();
    let mut block = StmtBlock::new(statements, Position::NONE, Position::NONE);
    marker.mark(&mut block);
    Some(AST::new(block, ast.shared_lib().clone()))
}

/// Puts a call of the noting function in front of statements.
struct Marker {
    note: Stmt,
    /// The functions of the script.
    functions: HashSet<String>,
}

impl Marker {
    fn mark(&self, block: &mut StmtBlock) {
        let statements = std::mem::take(block.statements_mut());
        for mut statement in statements {
            if let Some(position) = self.first_call(&statement) {
                block.statements_mut().push(self.note_of(position));
            }
            self.mark_blocks_in(&mut statement);
            block.statements_mut().push(statement);
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the others have no blocks")]
    fn mark_blocks_in(&self, statement: &mut Stmt) {
        match statement {
            Stmt::Block(block) => self.mark(block),
            Stmt::If(parts, _)
            | Stmt::While(parts, _)
            | Stmt::Do(parts, ..)
            | Stmt::TryCatch(parts, _) => {
                self.mark(&mut parts.body);
                self.mark(&mut parts.branch);
            }
            Stmt::For(parts, _) => self.mark(&mut parts.2.body),
            _ => {}
        }
    }

    /// A statement that notes a position.
    fn note_of(&self, position: Position) -> Stmt {
        let mut note = self.note.clone();
        let number =
            |value: Option<usize>| INT::try_from(value.unwrap_or_default()).unwrap_or_default();
        let numbers = [number(position.line()), number(position.position())];
        if let Some(call) = call_in(&mut note) {
            for (arg, value) in call.args.iter_mut().zip(numbers) {
                *arg = Expr::IntegerConstant(value, Position::NONE);
            }
        }
        note
    }

    fn first_call_of(&self, statements: &[Stmt]) -> Option<Position> {
        statements
            .iter()
            .find_map(|statement| self.first_call(statement))
    }

    /// Where a statement first calls a module or a function of the script.
    fn first_call(&self, statement: &Stmt) -> Option<Position> {
        let mut found = None;
        statement.walk(&mut Vec::new(), &mut |path| {
            if let Some(
                ASTNode::Expr(Expr::FnCall(call, position))
                | ASTNode::Stmt(Stmt::FnCall(call, position)),
            ) = path.last()
                && self.leads_away(call)
            {
                let root = call.namespace.path.first();
                found = Some(root.map_or(*position, |root| root.pos));
            }
            found.is_none()
        });
        found
    }

    fn leads_away(&self, call: &FnCallExpr) -> bool {
        match call.namespace.path.first() {
            Some(root) => !is_namespace(&root.name),
            None => self.functions.contains(call.name.as_str()),
        }
    }
}

/// The call that a statement consists of.
#[expect(clippy::wildcard_enum_match_arm, reason = "the others are no calls")]
fn call_in(statement: &mut Stmt) -> Option<&mut FnCallExpr> {
    match statement {
        Stmt::FnCall(call, _) => Some(call),
        Stmt::Expr(expression) => match &mut **expression {
            Expr::FnCall(call, _) => Some(call),
            _ => None,
        },
        _ => None,
    }
}
