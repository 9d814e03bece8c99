//! What a script calls, told from its text: each binding with its arguments,
//! as far as they are known before anything runs. What a call does to a node
//! is not told here.

use std::collections::BTreeMap;
use std::rc::Rc;

use rhai::{AST, ASTNode, Engine, Expr, FnCallExpr, Stmt};

use crate::bindings::{self, Binding};

use super::library::Resolver;

/// A call of a binding, as it is written.
pub struct Call {
    /// What is called.
    pub binding: &'static Binding,
    /// What it is given, in order.
    pub args: Vec<StaticValue>,
}

/// What can be told of a value before a script runs.
#[derive(Clone, Debug, PartialEq)]
pub enum StaticValue {
    /// A text or a number; a parameter stands in it as `{name}`.
    Text(String),
    /// The keys of a map, in the order written, and their values.
    Map(Vec<(String, StaticValue)>),
    /// The items of a list.
    List(Vec<StaticValue>),
    /// Nothing.
    Unknown,
}

impl StaticValue {
    /// As a word, where it is one; all words of a list.
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
        entries.iter().find(|(k, _)| k == key).map(|(_, told)| told)
    }
}

/// Names and what can be told of their values.
type Known = BTreeMap<String, StaticValue>;

/// A script or module, and what its top level says.
struct File {
    ast: AST,
    constants: Known,
    modules: BTreeMap<String, String>,
}

/// Goes through a script as it would run, into every branch.
pub(super) struct Reader<'a> {
    engine: &'a Engine,
    resolver: &'a Resolver,
    files: BTreeMap<String, Rc<File>>,
    // Functions that are gone through: one that calls itself ends there.
    within: Vec<(String, String)>,
    called: Vec<(String, String)>,
    found: Vec<Call>,
}

impl<'a> Reader<'a> {
    /// The calls of `ast`, those of its tests left out.
    pub(super) fn read(engine: &'a Engine, resolver: &'a Resolver, ast: &AST) -> Vec<Call> {
        let mut reader = Self {
            engine,
            resolver,
            files: BTreeMap::new(),
            within: Vec::new(),
            called: Vec::new(),
            found: Vec::new(),
        };
        let file = Rc::new(file(ast.clone()));
        reader.files.insert(String::new(), Rc::clone(&file));
        let mut known = file.constants.clone();
        reader.statements(file.ast.statements(), "", &mut known);
        // What nobody calls by its name: closures, and what is kept for later.
        for function in file.ast.iter_functions() {
            let key = (String::new(), function.name.to_owned());
            if !function.name.starts_with("test_") && !reader.called.contains(&key) {
                reader.function("", function.name, &function.params, &[]);
            }
        }
        reader.found
    }

    fn statements(&mut self, statements: &[Stmt], file: &str, known: &mut Known) {
        for statement in statements {
            statement.walk(&mut Vec::new(), &mut |path| {
                self.node(path.last(), file, known);
                true
            });
        }
    }

    fn node(&mut self, node: Option<&ASTNode>, file: &str, known: &mut Known) {
        match node {
            Some(ASTNode::Stmt(Stmt::Var(var, ..))) => {
                let value = self.told(&var.1, file, known);
                known.insert(var.0.name.to_string(), value);
            }
            Some(ASTNode::Stmt(Stmt::For(each, _))) => {
                let items = self.told(&each.2.expr, file, known);
                known.insert(each.0.name.to_string(), items);
            }
            Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _))) => {
                self.call(call, file, known);
            }
            _ => {}
        }
    }

    fn call(&mut self, call: &FnCallExpr, file: &str, known: &Known) {
        let args: Vec<_> = call
            .args
            .iter()
            .map(|arg| self.told(arg, file, known))
            .collect();
        if let Some(binding) = bindings::find(&written(call)) {
            self.found.push(Call { binding, args });
            return;
        }
        let place = if call.namespace.is_empty() {
            Some(file.to_owned())
        } else {
            self.module(file, &call.namespace.to_string())
        };
        let Some(of) = place
            .as_ref()
            .and_then(|place| self.files.get(place).cloned())
        else {
            return;
        };
        let mut functions = of.ast.iter_functions();
        let found = functions
            .find(|function| function.name == call.name && function.params.len() == args.len());
        if let (Some(place), Some(function)) = (place, found) {
            self.function(&place, function.name, &function.params, &args);
        }
    }

    fn function(&mut self, file: &str, name: &str, params: &[&str], args: &[StaticValue]) {
        let key = (file.to_owned(), name.to_owned());
        let Some(of) = self.files.get(file).cloned() else {
            return;
        };
        if self.within.contains(&key) {
            return;
        }
        let mut known = of.constants.clone();
        for (index, param) in params.iter().enumerate() {
            let arg = args.get(index).cloned();
            known.insert((*param).to_owned(), arg.unwrap_or(StaticValue::Unknown));
        }
        self.called.push(key.clone());
        self.within.push(key);
        let count = params.len();
        let mut only = of.ast.clone_functions_only();
        only.retain_functions(|_, _, other, params| other == name && params == count);
        only.walk(&mut |path| {
            self.node(path.last(), file, &mut known);
            true
        });
        self.within.pop();
    }

    /// The module that a file calls by that name, read if it was not.
    fn module(&mut self, file: &str, alias: &str) -> Option<String> {
        let name = self.files.get(file)?.modules.get(alias)?.clone();
        if !self.files.contains_key(&name) {
            let text = self.resolver.text(&name).ok()?;
            let ast = self.engine.compile(text).ok()?;
            self.files.insert(name.clone(), Rc::new(self::file(ast)));
        }
        Some(name)
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all else is known to a run alone"
    )]
    fn told(&self, expression: &Expr, file: &str, known: &Known) -> StaticValue {
        let text = |text: &dyn ToString| StaticValue::Text(text.to_string());
        match expression {
            Expr::StringConstant(value, _) => text(value),
            Expr::IntegerConstant(value, _) => text(value),
            Expr::BoolConstant(value, _) => text(value),
            Expr::InterpolatedString(parts, _) => {
                let parts = parts.iter().map(|part| self.told(part, file, known).word());
                StaticValue::Text(parts.collect())
            }
            Expr::Array(items, _) => {
                let items = items.iter().map(|item| self.told(item, file, known));
                StaticValue::List(items.collect())
            }
            Expr::Map(entries, _) => {
                let entries = entries.0.iter();
                let told = |(key, value): &(rhai::Ident, Expr)| {
                    (key.name.to_string(), self.told(value, file, known))
                };
                StaticValue::Map(entries.map(told).collect())
            }
            // `${…}` in a text is a block.
            Expr::Stmt(block) => match block.statements() {
                [Stmt::Expr(only)] => self.told(only, file, known),
                _ => StaticValue::Unknown,
            },
            Expr::Dot(parts, ..) => match &parts.rhs {
                Expr::Property(name, _) => {
                    let map = self.told(&parts.lhs, file, known);
                    map.get(&name.2).cloned().unwrap_or(StaticValue::Unknown)
                }
                _ => StaticValue::Unknown,
            },
            Expr::Variable(name, ..) => self.variable(&name.1, &name.2.to_string(), file, known),
            Expr::FnCall(call, _) if written(call) == "secret" => call
                .args
                .first()
                .map_or(StaticValue::Unknown, |arg| self.told(arg, file, known)),
            _ => StaticValue::Unknown,
        }
    }

    fn variable(&self, name: &str, namespace: &str, file: &str, known: &Known) -> StaticValue {
        let found = match namespace {
            "params" => return StaticValue::Text(format!("{{{name}}}")),
            "host" => return StaticValue::Text(format!("{{host.{name}}}")),
            "global" => self
                .files
                .get(file)
                .and_then(|file| file.constants.get(name)),
            "" => known.get(name),
            _ => None,
        };
        found.cloned().unwrap_or(StaticValue::Unknown)
    }
}

fn written(call: &FnCallExpr) -> String {
    if call.namespace.is_empty() {
        call.name.to_string()
    } else {
        format!("{}.{}", call.namespace, call.name)
    }
}

/// A file with the constants and imports of its top level.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the engine may add statements"
)]
fn file(ast: AST) -> File {
    let mut constants = Known::new();
    let mut modules = BTreeMap::new();
    for statement in ast.statements() {
        match statement {
            Stmt::Var(var, ..) => {
                if let Expr::StringConstant(value, _) = &var.1 {
                    constants.insert(var.0.name.to_string(), StaticValue::Text(value.to_string()));
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
    File {
        ast,
        constants,
        modules,
    }
}
