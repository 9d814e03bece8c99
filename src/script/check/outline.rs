//! What a script declares: functions, constants, imports, the keys of its
//! maps. Found in one walk, before anything is held against it.

use std::collections::{HashMap, HashSet};

use rhai::{AST, ASTFlags, ASTNode, Expr, Position, Stmt};

/// The names of one script.
#[derive(Default)]
pub(super) struct Outline {
    /// Its functions.
    pub(super) functions: Vec<Function>,
    /// Constants and variables outside of functions; whether they are exported.
    pub(super) values: HashMap<String, bool>,
    /// What it imports.
    pub(super) imports: Vec<Import>,
    /// Keys of maps, which may hold functions.
    pub(super) keys: HashSet<String>,
    /// Functions that are called, or named in a text.
    pub(super) mentioned: HashSet<String>,
    /// The parameters it reads.
    pub(super) params: HashSet<String>,
    /// Whether it does nothing but declare.
    pub(super) is_module: bool,
}

/// A function of a script.
pub(super) struct Function {
    /// Its name.
    pub(super) name: String,
    /// How many parameters it has.
    pub(super) count: usize,
    /// Whether modules may not call it.
    pub(super) is_private: bool,
}

/// An import.
pub(super) struct Import {
    /// The name it goes by in the script; empty where it has none.
    pub(super) alias: String,
    /// What is imported, where that is a literal.
    pub(super) name: Option<String>,
    /// Where that stands.
    pub(super) position: Position,
}

impl Outline {
    /// The outline of a compiled script.
    pub(super) fn of(ast: &AST) -> Self {
        let mut outline = Self::default();
        let named = ast
            .iter_functions()
            .filter(|function| !function.name.contains('$'));
        outline.functions.extend(named.map(|function| Function {
            name: function.name.to_owned(),
            count: function.params.len(),
            is_private: matches!(function.access, rhai::FnAccess::Private),
        }));
        outline.is_module = !outline.functions.is_empty();
        for statement in ast.statements() {
            outline.declare(statement);
        }
        ast.walk(&mut |path| {
            match path.last() {
                Some(ASTNode::Stmt(statement)) => outline.statement(statement),
                Some(ASTNode::Expr(expression)) => outline.expression(expression),
                _ => {}
            }
            true
        });
        outline
    }

    /// The parameter counts of the functions of that name.
    pub(super) fn counts(&self, name: &str) -> Vec<usize> {
        let named = self
            .functions
            .iter()
            .filter(|function| function.name == name);
        named.map(|function| function.count).collect()
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "all else acts")]
    fn declare(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Var(definition, flags, _) => {
                let name = definition.0.name.to_string();
                self.is_module &= name != "PARAMS" && name != "PLATFORM";
                self.values.insert(name, flags.contains(ASTFlags::EXPORTED));
            }
            Stmt::Export(names, _) => {
                let (name, alias) = &**names;
                let shown = if alias.name.is_empty() { name } else { alias };
                self.values.insert(shown.name.to_string(), true);
            }
            Stmt::Import(..) | Stmt::Noop(_) => {}
            _ => self.is_module = false,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "only these mention names")]
    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::FnCall(call, _) => {
                self.mentioned.insert(call.name.to_string());
            }
            Stmt::Import(import, _) => {
                let (expression, alias) = &**import;
                let name = match expression {
                    Expr::StringConstant(name, _) => Some(name.to_string()),
                    _ => None,
                };
                self.imports.push(Import {
                    alias: alias.name.to_string(),
                    name,
                    position: expression.position(),
                });
            }
            _ => {}
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "only these mention names")]
    fn expression(&mut self, expression: &Expr) {
        match expression {
            Expr::FnCall(call, _) | Expr::MethodCall(call, _) => {
                self.mentioned.insert(call.name.to_string());
            }
            Expr::StringConstant(text, _) => {
                self.mentioned.insert(text.to_string());
            }
            Expr::Variable(variable, ..) => {
                let name = variable.1.to_string();
                let is_param = variable
                    .2
                    .path
                    .first()
                    .is_some_and(|root| root.name == "params");
                if is_param {
                    self.params.insert(name);
                } else {
                    self.mentioned.insert(name);
                }
            }
            Expr::Property(property, _) => {
                self.keys.insert(property.2.to_string());
            }
            Expr::Map(entries, _) => {
                let keys = entries.0.iter().map(|(key, _)| key.name.to_string());
                self.keys.extend(keys);
            }
            _ => {}
        }
    }
}
