//! What a script declares and mentions: functions, constants, imports, parameters, map keys. It is
//! collected in one walk before any rule is checked.

use std::collections::{BTreeMap, HashMap, HashSet};

use rhai::{AST, ASTFlags, ASTNode, Expr, Position, Stmt};

/// The names in one script.
#[derive(Default)]
pub(super) struct ScriptOutline {
    /// The functions it declares, without closures.
    pub(super) functions: Vec<OutlineFunction>,
    /// How many parameters the functions of each name have.
    counts: HashMap<String, Vec<usize>>,
    /// Its global constants and variables, and whether they are exported.
    pub(super) values: BTreeMap<String, bool>,
    /// Those of them that are constants.
    pub(super) constants: HashSet<String>,
    /// What it imports.
    pub(super) imports: Vec<OutlineImport>,
    /// Keys of maps, whose values may be functions.
    pub(super) keys: HashSet<String>,
    /// Names that are called or read.
    mentioned: HashSet<String>,
    /// All strings.
    pub(super) strings: HashSet<String>,
    /// The parameters it reads.
    pub(super) params: HashSet<String>,
    /// Whether it declares functions and its statements only declare or import.
    pub(super) is_module: bool,
}

/// A function of a script.
pub(super) struct OutlineFunction {
    /// Its name.
    pub(super) name: String,
    /// How many parameters it has.
    pub(super) count: usize,
    /// Their names.
    pub(super) params: Vec<String>,
    /// Whether modules may not call it.
    pub(super) is_private: bool,
}

/// An import.
pub(super) struct OutlineImport {
    /// The name after `as`; empty without one.
    pub(super) alias: String,
    /// The imported module, if it is a literal.
    pub(super) name: Option<String>,
    /// The position of that.
    pub(super) position: Position,
}

impl ScriptOutline {
    /// The outline of a compiled script.
    pub(super) fn new(ast: &AST) -> Self {
        let mut outline = Self::default();
        let functions = ast.iter_functions();
        let functions = functions.filter(|function| !function.name.contains('$'));
        outline
            .functions
            .extend(functions.map(|function| OutlineFunction {
                name: function.name.to_owned(),
                count: function.params.len(),
                params: function.params.iter().map(ToString::to_string).collect(),
                is_private: matches!(function.access, rhai::FnAccess::Private),
            }));
        for function in &outline.functions {
            let counts = outline.counts.entry(function.name.clone());
            counts.or_default().push(function.count);
        }
        outline.is_module = !outline.functions.is_empty();
        for statement in ast.statements() {
            outline.add_global(statement);
        }
        ast.walk(&mut |path| {
            match path.last() {
                Some(ASTNode::Stmt(statement)) => outline.add_statement(statement),
                Some(ASTNode::Expr(expression)) => outline.add_expression(expression),
                _ => {}
            }
            true
        });
        outline
    }

    /// Whether a name is used, if only in a string: `Fn("name")` calls a function by its name.
    pub(super) fn mentions(&self, name: &str) -> bool {
        self.mentioned.contains(name) || self.strings.contains(name)
    }

    /// The parameter counts of the functions with that name.
    pub(super) fn counts(&self, name: &str) -> &[usize] {
        self.counts.get(name).map_or(&[], Vec::as_slice)
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "every other statement does something"
    )]
    fn add_global(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Var(definition, flags, _) => {
                let name = definition.0.name.to_string();
                self.is_module &= name != "PARAMS" && name != "PLATFORM";
                if flags.contains(ASTFlags::CONSTANT) {
                    self.constants.insert(name.clone());
                }
                self.values.insert(name, flags.contains(ASTFlags::EXPORTED));
            }
            Stmt::Export(names, _) => {
                let (name, alias) = &**names;
                let exported = if alias.name.is_empty() { name } else { alias };
                self.values.insert(exported.name.to_string(), true);
            }
            Stmt::Import(..) | Stmt::Noop(_) => {}
            _ => self.is_module = false,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "only these mention names")]
    fn add_statement(&mut self, statement: &Stmt) {
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
                self.imports.push(OutlineImport {
                    alias: alias.name.to_string(),
                    name,
                    position: expression.position(),
                });
            }
            _ => {}
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "only these mention names")]
    fn add_expression(&mut self, expression: &Expr) {
        match expression {
            Expr::FnCall(call, _) | Expr::MethodCall(call, _) => {
                self.mentioned.insert(call.name.to_string());
            }
            Expr::StringConstant(text, _) => {
                self.strings.insert(text.to_string());
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
