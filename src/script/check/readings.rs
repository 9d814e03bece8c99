//! What expressions read from aspera.conf and from the parameters, as far as it is certain without
//! a run: a variable counts only where every declaration of its name reads the same, and nothing
//! changes it. A function sees no variables but its own, so each has readings of its own.

use std::collections::{HashMap, HashSet};

use rhai::{AST, ASTFlags, ASTNode, Expr, FnCallExpr, Position, Stmt};

use crate::bindings;
use crate::conf::{self, Setting};
use crate::fault::Fault;
use crate::script::param_type::ParamSpec;
use crate::state::{Platform, SectionKind, ValueType};

use super::possible_values::PossibleValues;

/// What an expression is.
#[derive(Clone, Copy)]
pub(super) enum Reading {
    /// The settings of a section, by name.
    Settings(SectionKind),
    /// Every setting in force for a transfer user, by name.
    InForce,
    /// One of those: its value and where it comes from.
    Entry(&'static Setting),
    /// One value.
    Value(PossibleValues),
}

/// A property of a map, or a key in brackets.
pub(super) struct Property<'a> {
    pub(super) name: &'a str,
    pub(super) position: Position,
}

/// The properties behind a map, as in `.absolute.value`.
pub(super) struct PropertyChain<'a> {
    pub(super) properties: Vec<Property<'a>>,
    /// Whether it is `()` where the map is.
    may_be_unset: bool,
    /// Whether something else follows, such as a call.
    is_longer: bool,
}

/// The properties of a setting in force.
const ENTRY: [&str; 2] = ["value", "from"];

/// The methods and functions that do not change a map.
const READ_ONLY: &[&str] = &[
    "contains",
    "debug",
    "get",
    "is_empty",
    "keys",
    "len",
    "print",
    "to_debug",
    "to_json",
    "to_string",
    "type_of",
    "values",
];

/// The variables of a script's statements or of one function, and the parameters.
#[derive(Default)]
pub(super) struct Readings<'a> {
    variables: HashMap<String, Option<Reading>>,
    params: &'a [ParamSpec],
}

impl<'a> Readings<'a> {
    /// The readings in the statements or in the one function that `ast` has.
    pub(super) fn new(ast: &AST, params: &'a [ParamSpec]) -> Self {
        let mut readings = Self {
            variables: HashMap::new(),
            params,
        };
        for name in unclear_names(ast) {
            readings.variables.insert(name, None);
        }
        ast.walk(&mut |path| {
            if let Some(ASTNode::Stmt(Stmt::Var(definition, ..))) = path.last() {
                readings.declare(&definition.0.name, readings.of(&definition.1));
            }
            true
        });
        readings
    }

    fn declare(&mut self, name: &str, reading: Option<Reading>) {
        let known = self.variables.get(name).copied();
        let merged = match (known, reading) {
            (None, reading) => reading,
            (Some(Some(one)), Some(other)) if one.is_same_map(other) => Some(one),
            (Some(_), _) => None,
        };
        self.variables.insert(name.to_owned(), merged);
    }

    /// What an expression is, if that is certain.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the values of other expressions are known only in a run"
    )]
    pub(super) fn of(&self, expression: &Expr) -> Option<Reading> {
        match expression {
            Expr::FnCall(call, _) => of_call(call),
            Expr::Variable(variable, ..) => {
                let name = variable.1.as_str();
                match variable.2.path.first().map(|root| root.name.as_str()) {
                    None => self.variables.get(name).copied().flatten(),
                    Some("params") => self.of_param(name),
                    Some("host") => of_host(name),
                    Some(_) => None,
                }
            }
            Expr::Dot(parts, ..) | Expr::Index(parts, ..) => {
                let chain = PropertyChain::behind_map(expression)?;
                let mut reading = self.of(&parts.lhs)?;
                for property in &chain.properties {
                    reading = reading.property(property.name)?;
                }
                (!chain.is_longer).then(|| reading.or_unset(chain.may_be_unset))
            }
            _ => None,
        }
    }

    fn of_param(&self, name: &str) -> Option<Reading> {
        let spec = self.params.iter().find(|spec| spec.name == name)?;
        PossibleValues::of_param(spec).map(Reading::Value)
    }
}

impl Reading {
    /// What a property of it is; `None` if it has no such property.
    pub(super) fn property(self, name: &str) -> Option<Self> {
        // A value with a condition has the type of its setting.
        let bare = name.split('[').next().unwrap_or(name);
        match self {
            Self::Settings(kind) => {
                let setting = conf::find(kind, bare)?;
                Some(Self::Value(PossibleValues::of_setting(setting)))
            }
            Self::InForce => {
                let setting = conf::find(SectionKind::User, name)?;
                (!setting.path.is_empty()).then_some(Self::Entry(setting))
            }
            Self::Entry(setting) => match name {
                "value" => {
                    let values = PossibleValues::of_setting(setting);
                    Some(Self::Value(values).or_unset(true))
                }
                "from" => Some(Self::Value(PossibleValues::of_type(ValueType::Text))),
                _ => None,
            },
            Self::Value(_) => None,
        }
    }

    /// The fault of a property that it does not have.
    pub(super) fn no_property(self, name: &str) -> Fault {
        match self {
            Self::Settings(kind) => conf::unknown(kind, name),
            Self::InForce => conf::unknown(SectionKind::User, name),
            Self::Entry(_) | Self::Value(_) => {
                Fault::script(format!("there is no property `{name}`")).suggest(name, ENTRY)
            }
        }
    }

    fn or_unset(self, may_be_unset: bool) -> Self {
        match self {
            Self::Value(values) if may_be_unset => Self::Value(values.or_unset()),
            Self::Value(_) | Self::Settings(_) | Self::InForce | Self::Entry(_) => self,
        }
    }

    fn is_same_map(self, other: Self) -> bool {
        match (self, other) {
            (Self::Settings(one), Self::Settings(other)) => one == other,
            (Self::InForce, Self::InForce) => true,
            _ => false,
        }
    }
}

impl<'a> PropertyChain<'a> {
    /// The properties in an expression such as `map.name`; `None` for other expressions.
    pub(super) fn behind_map(expression: &'a Expr) -> Option<Self> {
        let (Expr::Dot(parts, flags, _) | Expr::Index(parts, flags, _)) = expression else {
            return None;
        };
        let mut chain = Self {
            properties: Vec::new(),
            may_be_unset: flags.contains(ASTFlags::NEGATED),
            is_longer: false,
        };
        chain.add(&parts.rhs);
        Some(chain)
    }

    fn add(&mut self, expression: &'a Expr) {
        if let Expr::Property(property, position) = expression {
            let name = property.2.as_str();
            let position = *position;
            self.properties.push(Property { name, position });
        } else if let Expr::StringConstant(name, position) = expression {
            let position = *position;
            self.properties.push(Property { name, position });
        } else if let Expr::Dot(parts, flags, _) | Expr::Index(parts, flags, _) = expression {
            self.may_be_unset |= flags.contains(ASTFlags::NEGATED);
            self.add(&parts.lhs);
            if !self.is_longer {
                self.add(&parts.rhs);
            }
        } else {
            self.is_longer = true;
        }
    }
}

fn of_call(call: &FnCallExpr) -> Option<Reading> {
    let binding = bindings::find(&format!("{}.{}", call.namespace, call.name))?;
    if binding.name == bindings::EFFECTIVE_USER {
        return Some(Reading::InForce);
    }
    bindings::section_read(binding).map(Reading::Settings)
}

fn of_host(name: &str) -> Option<Reading> {
    let ty = match name {
        "platform" => ValueType::choice(&[Platform::Macos, Platform::Linux].map(Platform::name)),
        "name" => ValueType::Text,
        _ => return None,
    };
    Some(Reading::Value(PossibleValues::of_type(ty)))
}

/// The names of parameters of functions, of loops and of errors, and of variables that change.
fn unclear_names(ast: &AST) -> HashSet<String> {
    let functions = ast.iter_functions();
    let params = functions.flat_map(|function| function.params);
    let mut names: HashSet<_> = params.map(ToString::to_string).collect();
    ast.walk(&mut |path| {
        match path.last() {
            Some(ASTNode::Stmt(statement)) => add_unclear(statement, &mut names),
            Some(ASTNode::Expr(expression)) => names.extend(changed(expression)),
            _ => {}
        }
        true
    });
    names
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "other statements change no variable"
)]
fn add_unclear(statement: &Stmt, names: &mut HashSet<String>) {
    match statement {
        Stmt::For(each, _) => {
            names.insert(each.0.name.to_string());
            names.extend(each.1.as_ref().map(|counter| counter.name.to_string()));
        }
        Stmt::TryCatch(parts, _) => names.extend(root(&parts.expr)),
        Stmt::Assignment(assignment) => names.extend(root(&assignment.1.lhs)),
        Stmt::FnCall(call, _) => names.extend(changed_argument(call)),
        // A closure that shares a variable may change it.
        Stmt::Share(shared) => names.extend(shared.iter().map(|(name, _)| name.name.to_string())),
        _ => {}
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
