//! What expressions read from aspera.conf and from the parameters, as far as it is certain without
//! a run: a variable counts only where every declaration of its name reads the same, and nothing
//! changes it. A function sees no variables but its own, so each has readings of its own.

use std::collections::HashMap;

use rhai::{AST, ASTFlags, ASTNode, Expr, FnCallExpr, Position, Stmt};

use crate::bindings;
use crate::conf::{self, Setting};
use crate::fault::Fault;
use crate::state::{Platform, SectionKind, ValueType};

use super::bound_names::BoundNames;
use super::known_shapes::{KnownPart, KnownShapes, Shape};
use super::possible_values::PossibleValues;

/// What an expression is.
#[derive(Clone, Copy)]
pub(super) enum Reading<'a> {
    /// The settings of a section, by name.
    Settings(SectionKind),
    /// Every setting in force for a transfer user, by name.
    InForce,
    /// One of those: its value and where it comes from.
    Entry(&'static Setting),
    /// A list or map of a parameter or of a file of data.
    Data(KnownPart<'a>),
    /// One value.
    Value(PossibleValues),
}

/// A property of a map, or a key in brackets.
pub(super) struct Property<'a> {
    pub(super) name: &'a str,
    pub(super) position: Position,
}

/// What an expression takes from a map or a list.
pub(super) enum Link<'a> {
    Property(Property<'a>),
    /// An item, at an index that may be known only in a run.
    Item,
}

/// The properties behind a map, as in `.absolute.value`.
pub(super) struct PropertyChain<'a> {
    pub(super) links: Vec<Link<'a>>,
    /// Whether it is `()` where the map is.
    may_be_unset: bool,
    /// Whether something else follows, such as a call.
    is_longer: bool,
}

/// The properties of a setting in force.
const ENTRY: [&str; 2] = ["value", "from"];

/// The properties of a list.
const LIST_PROPERTIES: [&str; 2] = ["len", "is_empty"];

/// The variables of a script's statements or of one function, and what is known of parameters and
/// files.
pub(super) struct Readings<'a> {
    variables: HashMap<String, Option<Reading<'a>>>,
    /// The item of each loop whose variable does not change, by the position of that.
    items: HashMap<Position, Reading<'a>>,
    bound: BoundNames,
    shapes: &'a KnownShapes,
}

impl<'a> Readings<'a> {
    /// No variables.
    pub(super) fn empty(shapes: &'a KnownShapes) -> Self {
        Self {
            variables: HashMap::new(),
            items: HashMap::new(),
            bound: BoundNames::default(),
            shapes,
        }
    }

    /// The readings in the statements or in the one function that `ast` has.
    pub(super) fn new(ast: &AST, shapes: &'a KnownShapes) -> Self {
        let mut readings = Self::empty(shapes);
        readings.bound = BoundNames::new(ast);
        for name in &readings.bound.unclear {
            readings.variables.insert(name.clone(), None);
        }
        ast.walk(&mut |path| {
            match path.last() {
                Some(ASTNode::Stmt(Stmt::Var(definition, ..))) => {
                    readings.declare(&definition.0.name, readings.of(&definition.1));
                }
                Some(ASTNode::Stmt(Stmt::For(each, _))) => {
                    let position = each.0.pos;
                    let is_clear = !readings.bound.unclear_loops.contains(&position);
                    let item = readings.of(&each.2.expr).and_then(Reading::item);
                    let item = item.filter(|_| is_clear);
                    readings.items.extend(item.map(|item| (position, item)));
                }
                _ => {}
            }
            true
        });
        readings
    }

    fn declare(&mut self, name: &str, reading: Option<Reading<'a>>) {
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
    pub(super) fn of(&self, expression: &Expr) -> Option<Reading<'a>> {
        match expression {
            Expr::FnCall(call, _) => {
                let data = || self.shapes.data(call).map(Reading::of_part);
                of_call(call).or_else(data)
            }
            Expr::Variable(variable, _, position) => {
                let name = variable.1.as_str();
                match variable.2.path.first().map(|root| root.name.as_str()) {
                    None => self.of_variable(name, *position),
                    Some("params") => self.shapes.param(name).map(Reading::of_part),
                    Some("host") => of_host(name),
                    Some(_) => None,
                }
            }
            Expr::Dot(parts, ..) | Expr::Index(parts, ..) => {
                let chain = PropertyChain::behind_map(expression)?;
                let mut reading = self.of(&parts.lhs)?;
                for link in &chain.links {
                    reading = reading.follow(link)?;
                }
                (!chain.is_longer).then(|| reading.or_unset(chain.may_be_unset))
            }
            _ => None,
        }
    }

    fn of_variable(&self, name: &str, position: Position) -> Option<Reading<'a>> {
        match self.bound.loops.get(&position) {
            Some(of_loop) => self.items.get(of_loop).copied(),
            None => self.variables.get(name).copied().flatten(),
        }
    }
}

impl<'a> Reading<'a> {
    fn of_part(part: KnownPart<'a>) -> Self {
        match part.shape {
            Shape::List(_) | Shape::Map(_) => Self::Data(part),
            // A value may be left out.
            Shape::One(ty) => Self::Value(PossibleValues::of_type(*ty).or_unset()),
            Shape::Empty => Self::Value(PossibleValues::of_type(ValueType::Any).or_unset()),
        }
    }

    /// Whether every property that it can have is known.
    pub(super) fn has_known_properties(self) -> bool {
        !matches!(self, Self::Value(_))
    }

    /// Whether it is of a file of data.
    pub(super) fn is_of_file(self) -> bool {
        matches!(self, Self::Data(part) if part.is_of_file())
    }

    /// Whether the script itself says what it has.
    pub(super) fn is_declared(self) -> bool {
        matches!(self, Self::Data(part) if !part.is_of_file())
    }

    /// An item of it; `None` if it is no list.
    pub(super) fn item(self) -> Option<Self> {
        match self {
            Self::Data(part) => part.item().map(Self::of_part),
            Self::Settings(_) | Self::InForce | Self::Entry(_) | Self::Value(_) => None,
        }
    }

    fn follow(self, link: &Link<'_>) -> Option<Self> {
        match link {
            Link::Property(property) => self.property(property.name),
            Link::Item => self.item(),
        }
    }

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
            Self::Data(part) if part.item().is_some() => {
                let is_known = LIST_PROPERTIES.contains(&name);
                is_known.then(|| Self::Value(PossibleValues::of_type(ValueType::Any)))
            }
            Self::Data(part) => part.field(name).map(Self::of_part),
            Self::Value(_) => None,
        }
    }

    /// The fault of a property that it does not have.
    pub(super) fn no_property(self, name: &str) -> Fault {
        match self {
            Self::Settings(kind) => conf::unknown(kind, name),
            Self::InForce => conf::unknown(SectionKind::User, name),
            Self::Data(part) => part.no_field(name),
            Self::Entry(_) | Self::Value(_) => {
                Fault::script(format!("there is no property `{name}`")).suggest(name, ENTRY)
            }
        }
    }

    fn or_unset(self, may_be_unset: bool) -> Self {
        match self {
            Self::Value(values) if may_be_unset => Self::Value(values.or_unset()),
            Self::Value(_) | Self::Settings(_) | Self::InForce | Self::Entry(_) | Self::Data(_) => {
                self
            }
        }
    }

    fn is_same_map(self, other: Self) -> bool {
        match (self, other) {
            (Self::Settings(one), Self::Settings(other)) => one == other,
            (Self::InForce, Self::InForce) => true,
            (Self::Data(one), Self::Data(other)) => one.is(other),
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
            links: Vec::new(),
            may_be_unset: flags.contains(ASTFlags::NEGATED),
            is_longer: false,
        };
        chain.add(&parts.rhs, is_index(expression));
        Some(chain)
    }

    /// The last property.
    pub(super) fn last(&self) -> Option<&Property<'a>> {
        match self.links.last()? {
            Link::Property(property) => Some(property),
            Link::Item => None,
        }
    }

    fn add(&mut self, expression: &'a Expr, in_brackets: bool) {
        if let Expr::Property(property, position) = expression {
            self.add_property(&property.2, *position);
        } else if let Expr::StringConstant(name, position) = expression {
            self.add_property(name, *position);
        } else if let Expr::Dot(parts, flags, _) | Expr::Index(parts, flags, _) = expression {
            self.may_be_unset |= flags.contains(ASTFlags::NEGATED);
            self.add(&parts.lhs, in_brackets);
            if !self.is_longer {
                self.add(&parts.rhs, is_index(expression));
            }
        } else if in_brackets {
            self.links.push(Link::Item);
        } else {
            self.is_longer = true;
        }
    }

    fn add_property(&mut self, name: &'a str, position: Position) {
        self.links.push(Link::Property(Property { name, position }));
    }
}

fn is_index(expression: &Expr) -> bool {
    matches!(expression, Expr::Index(..))
}

fn of_call<'a>(call: &FnCallExpr) -> Option<Reading<'a>> {
    let binding = bindings::find(&format!("{}.{}", call.namespace, call.name))?;
    if binding.name == bindings::EFFECTIVE_USER {
        return Some(Reading::InForce);
    }
    bindings::section_read(binding).map(Reading::Settings)
}

fn of_host<'a>(name: &str) -> Option<Reading<'a>> {
    let ty = match name {
        "platform" => ValueType::choice(&[Platform::Macos, Platform::Linux].map(Platform::name)),
        "name" => ValueType::Text,
        _ => return None,
    };
    Some(Reading::Value(PossibleValues::of_type(ty)))
}
