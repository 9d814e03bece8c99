//! Lists the calls of bindings in a script without running it, with their arguments as far as
//! they are known.

use std::collections::BTreeMap;
use std::rc::Rc;

use rhai::{AST, ASTNode, Engine, Expr, FnCallExpr, Stmt};

use crate::bindings::{self, Binding};

use super::resolver::Resolver;

/// A call of a binding as it is written.
pub struct StaticCall {
    /// The binding.
    pub binding: &'static Binding,
    /// Its arguments.
    pub args: Vec<StaticValue>,
}

/// A value as far as it is known before a script runs.
#[derive(Clone, Debug, PartialEq)]
pub enum StaticValue {
    /// A string, number or boolean; a parameter in it is written `{name}`.
    Text(String),
    /// The keys of a map, in the order written, and their values.
    Map(Vec<(String, StaticValue)>),
    /// The items of a list.
    List(Vec<StaticValue>),
    /// A value that is known only in a run.
    Unknown,
}

impl StaticValue {
    /// The value as one word: of a list all items, of an unknown value `…`.
    pub fn word(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(items) if !items.is_empty() => {
                let words: Vec<_> = items.iter().map(Self::word).collect();
                words.join("|")
            }
            Self::List(_) | Self::Map(_) | Self::Unknown => "…".to_owned(),
        }
    }

    /// The keys of a map.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let entries: &[(String, StaticValue)] = if let Self::Map(entries) = self {
            entries
        } else {
            &[]
        };
        entries.iter().map(|(key, _)| key.as_str())
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&StaticValue> {
        let Self::Map(entries) = self else {
            return None;
        };
        entries
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, value)| value)
    }
}

/// The values of variables.
type StaticScope = BTreeMap<String, StaticValue>;

/// A script or module with its global constants and imports.
struct CompiledFile {
    ast: AST,
    constants: StaticScope,
    modules: BTreeMap<String, String>,
}

/// Walks through a script in the order it would run, into every branch and function.
pub(super) struct CallReader<'a> {
    engine: &'a Engine,
    resolver: &'a Resolver,
    files: BTreeMap<String, Rc<CompiledFile>>,
    // The functions being walked: a recursive call is not followed.
    active: Vec<(String, String)>,
    called: Vec<(String, String)>,
    calls: Vec<StaticCall>,
}

impl<'a> CallReader<'a> {
    /// The calls in a script, without those in its tests.
    pub(super) fn read(engine: &'a Engine, resolver: &'a Resolver, ast: &AST) -> Vec<StaticCall> {
        let mut reader = Self {
            engine,
            resolver,
            files: BTreeMap::new(),
            active: Vec::new(),
            called: Vec::new(),
            calls: Vec::new(),
        };
        let file = Rc::new(CompiledFile::new(ast.clone()));
        reader.files.insert(String::new(), Rc::clone(&file));
        let mut scope = file.constants.clone();
        reader.statements(file.ast.statements(), "", &mut scope);
        // Functions that nothing calls by name: closures, and unused ones.
        for function in file.ast.iter_functions() {
            let key = (String::new(), function.name.to_owned());
            if !function.name.starts_with("test_") && !reader.called.contains(&key) {
                reader.function("", function.name, &function.params, &[]);
            }
        }
        reader.calls
    }

    fn statements(&mut self, statements: &[Stmt], file: &str, scope: &mut StaticScope) {
        for statement in statements {
            statement.walk(&mut Vec::new(), &mut |path| {
                self.node(path.last(), file, scope);
                true
            });
        }
    }

    fn node(&mut self, node: Option<&ASTNode>, file: &str, scope: &mut StaticScope) {
        match node {
            Some(ASTNode::Stmt(Stmt::Var(var, ..))) => {
                let value = self.evaluate(&var.1, file, scope);
                scope.insert(var.0.name.to_string(), value);
            }
            Some(ASTNode::Stmt(Stmt::For(each, _))) => {
                let items = self.evaluate(&each.2.expr, file, scope);
                scope.insert(each.0.name.to_string(), items);
            }
            Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _))) => {
                self.call(call, file, scope);
            }
            _ => {}
        }
    }

    fn call(&mut self, call: &FnCallExpr, file: &str, scope: &StaticScope) {
        let args: Vec<_> = call
            .args
            .iter()
            .map(|arg| self.evaluate(arg, file, scope))
            .collect();
        if let Some(binding) = bindings::find(&path(call)) {
            self.calls.push(StaticCall { binding, args });
            return;
        }
        let file = if call.namespace.is_empty() {
            Some(file.to_owned())
        } else {
            self.module(file, &call.namespace.to_string())
        };
        let Some((file, compiled)) = file.and_then(|file| {
            self.files
                .get(&file)
                .cloned()
                .map(|compiled| (file, compiled))
        }) else {
            return;
        };
        let mut functions = compiled.ast.iter_functions();
        let called = functions
            .find(|function| function.name == call.name && function.params.len() == args.len());
        if let Some(function) = called {
            self.function(&file, function.name, &function.params, &args);
        }
    }

    fn function(&mut self, file: &str, name: &str, params: &[&str], args: &[StaticValue]) {
        let key = (file.to_owned(), name.to_owned());
        let Some(compiled) = self.files.get(file).cloned() else {
            return;
        };
        if self.active.contains(&key) {
            return;
        }
        let mut scope = compiled.constants.clone();
        for (index, param) in params.iter().enumerate() {
            let arg = args.get(index).cloned();
            scope.insert((*param).to_owned(), arg.unwrap_or(StaticValue::Unknown));
        }
        self.called.push(key.clone());
        self.active.push(key);
        let count = params.len();
        let mut function = compiled.ast.clone_functions_only();
        function.retain_functions(|_, _, other, params| other == name && params == count);
        function.walk(&mut |path| {
            self.node(path.last(), file, &mut scope);
            true
        });
        self.active.pop();
    }

    /// The module that a file imports under an alias; compiles it on first use.
    fn module(&mut self, file: &str, alias: &str) -> Option<String> {
        let name = self.files.get(file)?.modules.get(alias)?.clone();
        if !self.files.contains_key(&name) {
            let text = self.resolver.text(&name).ok()?;
            let ast = self.engine.compile(text).ok()?;
            self.files
                .insert(name.clone(), Rc::new(CompiledFile::new(ast)));
        }
        Some(name)
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "every other expression has a value only in a run"
    )]
    fn evaluate(&self, expression: &Expr, file: &str, scope: &StaticScope) -> StaticValue {
        let text = |text: &dyn ToString| StaticValue::Text(text.to_string());
        match expression {
            Expr::StringConstant(value, _) => text(value),
            Expr::IntegerConstant(value, _) => text(value),
            Expr::BoolConstant(value, _) => text(value),
            Expr::InterpolatedString(parts, _) => {
                let parts = parts
                    .iter()
                    .map(|part| self.evaluate(part, file, scope).word());
                StaticValue::Text(parts.collect())
            }
            Expr::Array(items, _) => {
                let items = items.iter().map(|item| self.evaluate(item, file, scope));
                StaticValue::List(items.collect())
            }
            Expr::Map(entries, _) => {
                let entries = entries.0.iter();
                let entry = |(key, value): &(rhai::Ident, Expr)| {
                    (key.name.to_string(), self.evaluate(value, file, scope))
                };
                StaticValue::Map(entries.map(entry).collect())
            }
            // `${…}` in a template string is a block.
            Expr::Stmt(block) => match block.statements() {
                [Stmt::Expr(only)] => self.evaluate(only, file, scope),
                _ => StaticValue::Unknown,
            },
            Expr::Dot(parts, ..) => match &parts.rhs {
                Expr::Property(name, _) => {
                    let map = self.evaluate(&parts.lhs, file, scope);
                    map.get(&name.2).cloned().unwrap_or(StaticValue::Unknown)
                }
                _ => StaticValue::Unknown,
            },
            Expr::Variable(name, ..) => self.variable(&name.1, &name.2.to_string(), file, scope),
            Expr::FnCall(call, _) if path(call) == "secret" => call
                .args
                .first()
                .map_or(StaticValue::Unknown, |arg| self.evaluate(arg, file, scope)),
            _ => StaticValue::Unknown,
        }
    }

    fn variable(
        &self,
        name: &str,
        namespace: &str,
        file: &str,
        scope: &StaticScope,
    ) -> StaticValue {
        let found = match namespace {
            "params" => return StaticValue::Text(format!("{{{name}}}")),
            "host" => return StaticValue::Text(format!("{{host.{name}}}")),
            "global" => self
                .files
                .get(file)
                .and_then(|file| file.constants.get(name)),
            "" => scope.get(name),
            _ => None,
        };
        found.cloned().unwrap_or(StaticValue::Unknown)
    }
}

/// The called name with its namespace.
fn path(call: &FnCallExpr) -> String {
    if call.namespace.is_empty() {
        call.name.to_string()
    } else {
        format!("{}.{}", call.namespace, call.name)
    }
}

impl CompiledFile {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the engine may add statements"
    )]
    fn new(ast: AST) -> Self {
        let mut constants = StaticScope::new();
        let mut modules = BTreeMap::new();
        for statement in ast.statements() {
            match statement {
                Stmt::Var(var, ..) => {
                    if let Expr::StringConstant(value, _) = &var.1 {
                        constants
                            .insert(var.0.name.to_string(), StaticValue::Text(value.to_string()));
                    }
                }
                Stmt::Import(import, _) => {
                    if let Expr::StringConstant(name, _) = &import.0 {
                        modules.insert(import.1.name.to_string(), name.to_string());
                    }
                }
                _ => {}
            }
        }
        Self {
            ast,
            constants,
            modules,
        }
    }
}
