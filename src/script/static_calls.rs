//! Lists the calls of bindings in a script without running it, with their arguments as far as
//! they are known.

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use rhai::{AST, ASTNode, Engine, Expr, FnCallExpr, Stmt};

use crate::bindings;

use super::resolver::Resolver;
use super::static_value::{LONGEST_TEXT, StaticCall, StaticValue};

/// The values of variables.
type StaticScope = BTreeMap<String, StaticValue>;

/// A script or module with its global constants, imports and functions.
struct CompiledFile {
    ast: AST,
    constants: StaticScope,
    modules: BTreeMap<String, String>,
    /// Each function by its name and its number of parameters.
    functions: HashMap<(String, usize), Rc<CompiledFunction>>,
}

/// A function of a script or module.
struct CompiledFunction {
    name: String,
    params: Vec<String>,
    /// It alone, once it is walked.
    alone: OnceCell<AST>,
}

/// How many nodes and values are followed from each call into its function. A function that calls
/// another one twice, which does the same, doubles them: so a few lines can ask for any number.
const MAX_FOLLOWED: usize = 1_000_000;

/// Walks through a script in the order it would run, into every branch and function.
pub(super) struct CallReader<'a> {
    engine: &'a Engine,
    resolver: &'a Resolver,
    files: BTreeMap<String, Rc<CompiledFile>>,
    // The functions being walked: a recursive call is not followed.
    active: Vec<(String, String)>,
    called: BTreeSet<(String, String)>,
    calls: Vec<StaticCall>,
    /// How many nodes and values may still be followed. `None` if each function is walked once, with
    /// arguments that are not known.
    room: Option<Cell<usize>>,
}

impl<'a> CallReader<'a> {
    /// The calls in a script, without those in its tests. If the script is too large to follow each
    /// call, the arguments of its functions are unknown.
    pub(super) fn read(engine: &'a Engine, resolver: &'a Resolver, ast: &AST) -> Vec<StaticCall> {
        let file = Rc::new(CompiledFile::new(ast.clone()));
        let mut reader = Self::new(engine, resolver, &file, Some(Cell::new(MAX_FOLLOWED)));
        reader.read_all(&file);
        if reader.has_room() {
            return reader.calls;
        }
        let mut reader = Self::new(engine, resolver, &file, None);
        reader.read_all(&file);
        reader.calls
    }

    fn new(
        engine: &'a Engine,
        resolver: &'a Resolver,
        file: &Rc<CompiledFile>,
        room: Option<Cell<usize>>,
    ) -> Self {
        Self {
            engine,
            resolver,
            files: BTreeMap::from([(String::new(), Rc::clone(file))]),
            active: Vec::new(),
            called: BTreeSet::new(),
            calls: Vec::new(),
            room,
        }
    }

    fn read_all(&mut self, file: &CompiledFile) {
        self.statements(file.ast.statements(), "", &mut StaticScope::new());
        // Functions that nothing calls by name: closures, and unused ones.
        for function in file.ast.iter_functions() {
            let key = (String::new(), function.name.to_owned());
            if !function.name.starts_with("test_") && !self.called.contains(&key) {
                let count = function.params.len();
                if let Some(function) = file.function(function.name, count) {
                    self.function("", file, &function, &[]);
                }
            }
        }
    }

    /// Whether something more may be followed.
    fn has_room(&self) -> bool {
        self.room.as_ref().is_none_or(|room| room.get() > 0)
    }

    fn take_room(&self, count: usize) {
        if let Some(room) = &self.room {
            room.set(room.get().saturating_sub(count));
        }
    }

    fn statements(&mut self, statements: &[Stmt], file: &str, scope: &mut StaticScope) {
        for statement in statements {
            statement.walk(&mut Vec::new(), &mut |path| {
                self.node(path.last(), file, scope);
                self.has_room()
            });
        }
    }

    fn node(&mut self, node: Option<&ASTNode>, file: &str, scope: &mut StaticScope) {
        self.take_room(1);
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
        if let Some(function) = compiled.function(&call.name, args.len()) {
            self.function(&file, &compiled, &function, &args);
        }
    }

    fn function(
        &mut self,
        file: &str,
        compiled: &CompiledFile,
        function: &CompiledFunction,
        args: &[StaticValue],
    ) {
        let key = (file.to_owned(), function.name.clone());
        let is_once = self.room.is_none();
        if self.active.contains(&key) || is_once && self.called.contains(&key) {
            return;
        }
        let mut scope = StaticScope::new();
        for (index, param) in function.params.iter().enumerate() {
            let arg = args.get(index).filter(|_| !is_once).cloned();
            scope.insert(param.clone(), arg.unwrap_or(StaticValue::Unknown));
        }
        self.called.insert(key.clone());
        self.active.push(key);
        let count = function.params.len();
        let alone = || function_alone(&compiled.ast, &function.name, count);
        function.alone.get_or_init(alone).walk(&mut |path| {
            self.node(path.last(), file, &mut scope);
            self.has_room()
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
        let constant = |file: &str| self.files.get(file)?.constants.get(name);
        let found = match namespace {
            "params" => return StaticValue::Text(format!("{{{name}}}")),
            "host" => return StaticValue::Text(format!("{{host.{name}}}")),
            "global" => constant(file),
            "" => scope.get(name).or_else(|| constant(file)),
            _ => None,
        };
        found.map_or(StaticValue::Unknown, |value| self.copy(value))
    }

    /// A value of a variable. Where not every call is followed, only a short text: a value that holds
    /// another one twice doubles it.
    fn copy(&self, value: &StaticValue) -> StaticValue {
        self.take_room(value.size());
        let is_short = |text: &String| text.len() <= LONGEST_TEXT;
        let is_copied = match value {
            _ if self.room.is_some() => self.has_room(),
            StaticValue::Text(text) => is_short(text),
            StaticValue::Map(_) | StaticValue::List(_) | StaticValue::Unknown => false,
        };
        if is_copied {
            value.clone()
        } else {
            StaticValue::Unknown
        }
    }
}

/// One function of a script, without its statements.
pub(super) fn function_alone(ast: &AST, name: &str, count: usize) -> AST {
    let mut alone = ast.clone_functions_only();
    alone.retain_functions(|_, _, other, params| other == name && params == count);
    alone
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
        let functions = ast.iter_functions().map(|function| {
            let only = CompiledFunction {
                name: function.name.to_owned(),
                params: function.params.iter().map(ToString::to_string).collect(),
                alone: OnceCell::new(),
            };
            let key = (only.name.clone(), only.params.len());
            (key, Rc::new(only))
        });
        Self {
            functions: functions.collect(),
            ast,
            constants,
            modules,
        }
    }

    fn function(&self, name: &str, count: usize) -> Option<Rc<CompiledFunction>> {
        self.functions.get(&(name.to_owned(), count)).cloned()
    }
}
